"""计划: how a year stands against its plan, spreading it anew, and milestones laid backwards."""

import pytest
from sqlmodel import select

from bot.policy import read_policy
from bot.rules.words import Post, Role
from storage import dispatch_log, projects
from storage.tables import Milestone
from tests.town import Town

pytestmark = pytest.mark.slow

WANG, LI, SUN = "填报小王", "调度小李", "业主老孙"


def settled(settle_in, now: str = "2026-10-12 09:10", **values) -> Town:
    town: Town = settle_in(now)
    town.person(WANG)
    town.person(SUN, "智诚公司")
    town.person(LI, posts=[Post.DISPATCHER])
    values = {"plan": dict.fromkeys(range(1, 13), 1000), "invested_before": 0, **values}
    town.project(
        "智诚慧家标准车间", {Role.REPORTER: WANG, Role.OWNER_CONTACT: SUN}, number=17, total=400_000_000, **values
    )
    return town


def months(town: Town) -> dict[int, int]:
    with town.store.read() as session:
        return {month: money // 10_000 for month, money in projects.plans(session, [1], 2026)[1].items()}


def check_log(town: Town) -> None:
    with town.store.read() as session:
        assert dispatch_log.verify(session, town.app.house.sealer).good
        verdict = dispatch_log.verify_rows(session, town.app.house.sealer)
        assert verdict.good, verdict


async def reports(town: Town, words: str) -> None:
    await town.says(WANG, words)
    await town.presses(WANG, "确认")


async def test_quarter_and_year_with_what_is_needed_from_now_on(settle_in):
    town = settled(settle_in, "2026-09-25 09:10")
    await reports(town, "60%，今年以来完成投资8100万元")
    await town.walk("2026-10-12 09:00", minutes=600)
    await reports(town, "65%，今年以来完成投资8500万元")
    await town.says(LI, "计划 17")
    card = town.text(LI)
    for words in (
        "年计划 1.20 亿元 · 已完成 8,500 万元（70.8%，截至 10-12）",
        "低于序时",
        "四季度 计划 3,000 万元 · 已完成 400 万元 · 保季：每月还要 1,166.67 万元",
        "保年：今后 3 个月，每月要 1,166.67 万元",
        "1—9月 计划 9,000 万元 · 完成 8,100 万元",
        "以后：11月 1,000 万元、12月 1,000 万元",
    ):
        assert words in card, words
    assert town.last(LI).labels == ["分解计划", "倒排节点", "节点", "项目"]
    for words in (
        "前几个月结转欠 900 万元",
        "本月 计划 1,000 万元（序时 387.10 万元）· 已完成 400 万元 · 保月：还要 1,500 万元",
        "预测 1—9月平均每月 900 万元，照此全年约 1.08 亿元，差 1,200 万元",
        "总投资还剩 3.15 亿元，约 2029 年 8 月投完",
    ):
        assert words in card, words


async def test_without_a_plan_or_a_figure_it_says_so(settle_in):
    town = settled(settle_in, plan={})
    await town.says(LI, "计划 17")
    assert "今年没有投资计划" in town.text(LI)
    await town.presses(LI, "分解计划")
    assert "还没有年计划" in town.text(LI) and town.last(LI).labels == ["取消"]
    await town.says(LI, "很多")
    assert "“很多”没有读懂" in town.text(LI)
    await town.says(LI, "9000万")
    await town.presses(LI, "平均")
    assert "10月 3,000 万元（原 0 万元）" in town.text(LI)
    await town.presses(LI, "确认")
    assert months(town) == {10: 3000, 11: 3000, 12: 3000} and "年计划 9,000 万元" in town.text(LI)
    check_log(town)


async def test_what_is_over_stays_and_the_rest_is_spread_by_season_after_a_restart(settle_in):
    town = settled(settle_in)
    await town.says(LI, "计划 17")
    await town.presses(LI, "分解计划")
    town.reopen()
    await town.says(LI, "年计划1.5亿")
    await town.presses(LI, "按季节")
    town.reopen()
    assert "年计划 1.50 亿元（原 1.20 亿元）" in town.text(LI)
    await town.presses(LI, "确认")
    found = months(town)
    assert [found[month] for month in range(1, 10)] == [1000] * 9 and sum(found.values()) in (14_998, 14_999, 15_000)
    assert found[10] > found[11] > found[12]
    check_log(town)


async def test_by_hand_and_too_small(settle_in):
    town = settled(settle_in)
    await town.says(LI, "计划 17")
    await town.presses(LI, "分解计划")
    await town.says(LI, "10月800万 12月1200万")
    assert "10月 800 万元（原 1,000 万元）" in town.text(LI) and "11月 1,000 万元" in town.text(LI)
    await town.presses(LI, "确认")
    assert {month: found for month, found in months(town).items() if month > 9} == {10: 800, 11: 1000, 12: 1200}
    await town.presses(LI, "分解计划")
    await town.says(LI, "8000万")
    await town.presses(LI, "平均")
    assert "比已过去月份的计划 9,000 万元 还少" in town.text(LI)
    await town.says(LI, "3月800万")
    assert "没有读懂" in town.text(LI)
    await town.presses(LI, "取消")
    check_log(town)


async def test_an_owners_contact_and_a_stranger_to_the_project_see_nothing(settle_in):
    town = settled(settle_in)
    town.person("外人")
    for who in (SUN, "外人"):
        await town.says(who, "计划 17")
        assert "年计划" not in town.text(who)
    await town.says(WANG, "计划 17")
    assert "年计划" in town.text(WANG) and town.last(WANG).labels == ["节点", "项目"]


async def test_milestones_laid_backwards_moved_with_those_behind_and_held(settle_in):
    town = settled(settle_in, milestones=[("主体封顶", "2026-12-01"), ("开工进场", "2026-03-01")])
    await town.says(LI, "计划 17")
    await town.presses(LI, "倒排节点")
    assert "建设七节点" in town.text(LI) and "前期十三节点" in town.text(LI)
    await town.presses(LI, "1")
    await town.says(LI, "昨天")
    assert "不是以后的一天" in town.text(LI)
    await town.says(LI, "2027-12-31")
    assert "7 正式投产或交付使用 2027-12-31" in town.text(LI) and "（原 12-01）" in town.text(LI)
    town.reopen()
    await town.says(LI, "6 改到 2027-12-06")
    assert "后面 1 个节点也一起顺延 " in town.text(LI)
    await town.presses(LI, "一起顺延")
    assert "6 试投产或交付验收 2027-12-06" in town.text(LI) and "7 正式投产或交付使用 2028-01-03" in town.text(LI)
    await town.says(LI, "去掉 1")
    assert "6 正式投产或交付使用" in town.text(LI)
    await town.presses(LI, "确认")
    assert "6 个节点已写入" in town.text(LI)
    with town.store.read() as session:
        rows = {row.name: row.due for row in session.exec(select(Milestone))}
    assert len(rows) == 7 and str(rows["正式投产或交付使用"]) == "2028-01-03" and str(rows["开工进场"]) == "2026-03-01"
    check_log(town)


async def test_a_step_moved_forward_says_so_and_one_out_of_order_is_named(settle_in):
    town = settled(settle_in)
    await town.says(LI, "计划 17")
    await town.presses(LI, "倒排节点")
    await town.presses(LI, "1")
    await town.says(LI, "2028-12-29")
    await town.says(LI, "6 改到 2028-03-01")
    assert "第 6 个早于它前面的第 5 个，请核对" in town.text(LI)
    assert "后面 1 个节点也一起提前 " in town.text(LI) and town.last(LI).labels == ["确认", "一起提前", "取消"]
    await town.presses(LI, "一起提前")
    assert "7 正式投产或交付使用 2028-03-2" in town.text(LI), town.text(LI)


async def test_a_template_of_ones_own_is_offered_and_laid_over_working_days(settle_in, tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        '[template.road]\nname = "道路三步"\nsteps = [["路基", 60], ["路面", 5, "弯沉合格"], ["通车", 3]]\n', "utf-8"
    )
    town: Town = settle_in("2026-10-12 09:10", read_policy(path))
    town.person(LI, posts=[Post.DISPATCHER])
    town.project("南环路", {}, number=3)
    await town.says(LI, "计划 3")
    await town.presses(LI, "倒排节点")
    assert "3 道路三步：路基 → 路面 → 通车" in town.text(LI)
    await town.presses(LI, "3")
    await town.says(LI, "2027-10-10")  # a Sunday; 1 October is a day off
    card = town.text(LI)
    assert "1 路基 2027-09-27" in card and "2 路面 2027-10-05" in card and "3 通车 2027-10-08" in card, card
    assert "标准 弯沉合格" in card
