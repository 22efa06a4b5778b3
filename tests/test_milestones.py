"""节点: limit, standard, task and responsible person of each, changed by chat; moving one asks about those behind it."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.rules.words import Post, Role
from storage import dispatch_log
from storage.tables import Milestone, Person
from tests.town import Town

pytestmark = pytest.mark.slow

WANG, LI, SUN = "填报小王", "调度小李", "业主老孙"


def settled(settle_in) -> Town:
    town: Town = settle_in("2026-10-12 09:10")
    town.person(WANG)
    town.person(SUN, "智诚公司")
    town.person(LI, posts=[Post.DISPATCHER])
    town.project(
        "智诚慧家标准车间", {Role.REPORTER: WANG, Role.OWNER_CONTACT: SUN}, number=17,
        milestones=[("基础完成", "2026-10-09"), ("主体封顶", "2026-11-30"), ("设备安装", "2027-03-31"), ("竣工验收", "2027-06-30")],
    )  # fmt: skip
    return town


def rows(town: Town) -> dict[str, Milestone]:
    with town.store.read() as session:
        assert dispatch_log.verify_rows(session, town.app.house.sealer).good
        return {row.name: row for row in session.exec(select(Milestone).order_by(Milestone.position))}


async def test_each_milestone_with_its_light_and_what_it_wants(settle_in):
    town = settled(settle_in)
    await town.says(LI, "节点 17")
    card = town.text(LI)
    assert "1 基础完成 · 黄灯" in card and "时限 10-09 · 超期 2 个工作日" in card and "2 主体封顶 · 绿灯" in card
    assert town.last(LI).labels == ["1", "2", "3", "倒排节点", "项目"]
    await town.says(SUN, "节点 17")
    assert "时限 10-09" in town.text(SUN) and "黄灯" not in town.text(SUN) and town.last(SUN).labels == ["项目"]
    await town.says(SUN, "节点 17 2 责任人 老孙")
    assert rows(town)["主体封顶"].responsible == ""


async def test_standard_task_and_person_are_changed_by_tap_and_by_word(settle_in):
    town = settled(settle_in)
    await town.says(LI, "节点 17")
    await town.presses(LI, "2")
    assert "2 主体封顶" in town.text(LI) and "标准 没有" in town.text(LI)
    await town.presses(LI, "改标准")
    town.reopen()
    await town.says(LI, "主体结构验收合格")
    assert "已改" in town.text(LI) and "标准 主体结构验收合格" in town.text(LI)
    await town.says(LI, "节点 17")
    await town.says(LI, "2 责任人 张三")
    assert "责任人 张三" in town.text(LI)
    await town.says(LI, "节点 17 3 任务 完成生产线安装")
    found = rows(town)
    assert (found["主体封顶"].standard, found["主体封顶"].responsible, found["设备安装"].task) == (
        "主体结构验收合格",
        "张三",
        "完成生产线安装",
    )
    await town.says(LI, "日志 17")
    assert "节点“主体封顶”：责任人" in town.text(LI)


async def test_moving_one_asks_about_those_behind_it(settle_in):
    town = settled(settle_in)
    await town.says(LI, "节点 17")
    await town.says(LI, "2 时限 2026-12-10")
    card = town.text(LI)
    assert "节点“主体封顶” 11-30 → 12-10（晚 10 天）" in card and "后面还有 2 个没完成的节点，要不要一起顺延" in card
    assert "· 设备安装 2027-03-31 → 2027-04-12" in card, card
    assert str(rows(town)["主体封顶"].due) == "2026-11-30"
    town.reopen()
    await town.says(LI, "什么意思")
    assert "要不要一起顺延" in town.text(LI)
    await town.presses(LI, "一起顺延")
    found = rows(town)
    assert [str(found[name].due) for name in ("基础完成", "主体封顶", "设备安装", "竣工验收")] == [
        "2026-10-09",
        "2026-12-10",
        "2027-04-12",
        "2027-07-12",
    ]
    await town.says(LI, "节点 17 2 时限 2026-11-27")
    assert "要不要一起提前" in town.text(LI)
    await town.presses(LI, "只改这个")
    found = rows(town)
    assert str(found["主体封顶"].due) == "2026-11-27" and str(found["设备安装"].due) == "2027-04-12"
    await town.says(LI, "节点 17 2 时限 2026-12-31")
    await town.presses(LI, "取消")
    assert "没有改" in town.text(LI) and str(rows(town)["主体封顶"].due) == "2026-11-27"


async def test_the_last_one_and_a_new_one_move_alone(settle_in):
    town = settled(settle_in)
    await town.says(LI, "节点 17")
    await town.says(LI, "4 时限 明年9月底前")
    assert str(rows(town)["竣工验收"].due) == "2027-09-30" and "已改" in town.text(LI)
    await town.says(LI, "节点 17")
    await town.says(LI, "新增 竣工备案 2027-12-31")
    assert "已新增" in town.text(LI) and str(rows(town)["竣工备案"].due) == "2027-12-31"
    await town.says(LI, "2 时限 哪天都行")
    assert "不是一个日期" in town.text(LI)


async def test_other_words_after_the_list_are_heard_as_ever(settle_in):
    town = settled(settle_in)
    await town.says(LI, "节点 17")
    await town.says(LI, "开工率多少")
    assert "开工率" in town.text(LI)
    await town.says(LI, "节点 17")
    await town.says(LI, "3")
    assert "3 设备安装" in town.text(LI)


async def test_a_step_of_a_template_brings_its_standard_and_a_person_named_meanwhile(settle_in):
    town = settled(settle_in)
    await town.says(LI, "计划 17")
    await town.presses(LI, "倒排节点")
    await town.presses(LI, "1")
    await town.says(LI, "2028-06-30")
    assert "标准 主体结构完成浇筑" in town.text(LI)
    await town.says(LI, "4 责任人 张三")
    assert "责任人 张三" in town.text(LI)
    await town.says(LI, "4 标准 结构验收合格")
    await town.presses(LI, "确认")
    found = rows(town)
    assert found["主体封顶"].responsible == "张三" and found["主体封顶"].standard == "结构验收合格"
    assert found["打桩或基础开挖"].standard == "桩基检测合格或基坑验收合格"


async def test_one_is_removed_for_a_reason_and_those_behind_it_are_asked_about(settle_in):
    town = settled(settle_in)
    await town.says(LI, "节点 17")
    await town.presses(LI, "3")
    await town.presses(LI, "去掉节点")
    assert "为什么去掉节点“设备安装”" in town.text(LI)
    town.reopen()
    await town.says(LI, "并入竣工验收，不再单列")
    card = town.text(LI)
    assert "要不要一起提前 121 天" in card and "· 竣工验收 2027-06-30 → 2027-03-01" in card, card
    await town.says(LI, "等等")
    assert "要不要一起提前" in town.text(LI) and "设备安装" in rows(town)
    await town.presses(LI, "取消")
    assert "没有改" in town.text(LI) and "设备安装" in rows(town)
    await town.says(LI, "节点 17 3 去掉 并入竣工验收一步")
    await town.presses(LI, "一起提前")
    found = rows(town)  # the log still tells the rows
    assert list(found) == ["基础完成", "主体封顶", "竣工验收"] and str(found["竣工验收"].due) == "2027-03-01"
    await town.says(LI, "日志 17")
    assert "去掉节点“设备安装”（时限 2027-03-31），后面 1 个一起提前" in town.text(LI)
    assert "并入竣工验收一步" in town.text(LI)
    await town.says(LI, "节点 17 新增 设备安装 2027-02-26")
    assert list(rows(town)) == ["基础完成", "主体封顶", "竣工验收", "设备安装"]


async def test_what_is_removed_is_no_longer_late_nor_reminded_of(settle_in):
    town = settled(settle_in)
    await town.says(LI, "节点 17")
    await town.says(LI, "去掉 1 前期已并入主体")
    assert "一起提前" not in town.text(LI) and "后面 3 个节点的时限不变" in town.text(LI)
    await town.presses(LI, "去掉")
    assert "不再计入" in town.text(LI) and "基础完成" not in rows(town)
    await town.says(LI, "红绿灯 17")
    assert "基础完成" not in town.text(LI) and "绿灯" in town.text(LI)
    await town.says(SUN, "节点 17 1 去掉 不想做了")
    assert len(rows(town)) == 3


async def test_what_is_done_stays_and_a_row_brought_back_behind_the_log_is_found(settle_in):
    town = settled(settle_in)
    await town.says(WANG, "30% 基础已完成，验收合格")
    await town.presses(WANG, "确认")
    await town.says(LI, "节点 17 1 去掉 记错了")
    assert "是已有的事实，不能去掉" in town.text(LI) and rows(town)["基础完成"].done_on
    before = rows(town)["设备安装"]
    await town.says(LI, "节点 17 3 去掉 合并")
    await town.presses(LI, "后面不动")
    assert "设备安装" not in rows(town)
    town.do(lambda desk: desk.session.add(Milestone(**before.model_dump())))
    with town.store.read() as session:
        assert dispatch_log.verify_rows(session, town.app.house.sealer).problem == "row_unlogged"


async def test_a_limit_on_a_day_off_is_neither_today_nor_overdue(settle_in):
    town = settle_in("2026-11-27 09:10")  # a Friday
    town.person(LI, posts=[Post.DISPATCHER])
    town.project("智诚慧家标准车间", {}, number=17, milestones=[("主体封顶", "2026-11-28")])
    await town.says(LI, "节点 17")
    assert "时限 11-28 · 到期前没有工作日了" in town.text(LI)
    town.now += timedelta(days=2)
    await town.says(LI, "节点 17")
    assert "已到期，下个工作日起算超期" in town.text(LI) and "绿灯" in town.text(LI)
    await town.says(LI, "项目 17")
    assert "11-28（已到期，下个工作日起算超期）" in town.text(LI)
    town.now += timedelta(days=1)
    await town.says(LI, "节点 17")
    assert "超期 1 个工作日" in town.text(LI)


async def test_in_english_only_names_stay_chinese(settle_in):
    town = settled(settle_in)
    town.do(lambda desk: setattr(desk.session.get(Person, town.people[LI]), "locale", "en"))
    await town.says(LI, "节点 17")
    card = town.text(LI)
    assert "limit 10-09 · 2 working days overdue" in card and "milestone" not in card
    town.now = town.now.replace(day=23)
    await town.says(LI, "调度台")
    assert "oldest: 智诚慧家标准车间 (" in town.text(LI) and "到期" not in town.text(LI), town.text(LI)
