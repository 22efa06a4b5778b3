"""Questions are answered from what is kept, and taken for no report."""

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from bot.rules.words import Kind, Level, Light, Post, Role
from handlers import watching
from storage import dispatch_log
from storage.tables import Milestone, Project, Report
from tests.town import at

pytestmark = pytest.mark.slow

WANG, ZHAO, LEADER, OWNER, LI = "王科长", "赵调度", "张区长", "陈总", "李局长"
OFFICE = "区自然资源局"


@pytest.fixture
def town(settle_in):
    town = settle_in("2026-11-24 15:00")
    town.person(WANG)
    town.person(OWNER)
    town.person(ZHAO, posts=[Post.DISPATCHER])
    town.person(LEADER, posts=[Post.LEADER])
    town.person(LI, OFFICE, posts=[Post.INTAKE])
    year = dict.fromkeys(range(1, 13), 1000)
    held = {Role.REPORTER: WANG, Role.GENERAL_DISPATCHER: LEADER}
    town.project(
        "智诚慧家标准车间",
        held,
        number=17,
        plan=year,
        level=Level.PROVINCE,
        milestones=[("主体封顶", "2026-12-20")],
        town="平安街道",
    )
    town.project(
        "北辰机电二期车间",
        held,
        number=18,
        plan=year,
        milestones=[("开工", "2026-10-01")],
        finish_words="2027年6月底前",
    )
    town.project("跨河大桥", held, number=19, plan=year, kind=Kind.CONTINUED, town="文昌街道")
    town.project("康养中心", {Role.OWNER_CONTACT: OWNER}, number=20, plan=year, kind=Kind.RESERVE)
    return town


def rows(town, table):
    with town.store.read() as session:
        return session.exec(select(table)).all()


def sound(town):
    with town.store.read() as session:
        assert dispatch_log.verify(session, town.app.house.sealer).good
        assert dispatch_log.verify_rows(session, town.app.house.sealer).good


def copied(town, who: str) -> str:
    return town.last(who).card.copy


async def test_a_leader_gets_one_sentence_then_the_basis(town):
    await town.says(LEADER, "现在开工率多少")
    first, *rest = town.text(LEADER).split("\n")
    assert first == "截至11月24日，长泉区重点项目在列 3 个，已开工 1 个，开工率 33.3%。"
    assert copied(town, LEADER) == first
    assert any("口径" in line and "谋划储备不算" in line for line in rest)
    assert any("其中新建 2 个，已开工 0 个" in line for line in rest)
    assert any("清单：共 4 项（清单截至 11-24）" in line for line in rest)
    assert "看名单" in town.last(LEADER).labels and "总览" in town.last(LEADER).labels


async def test_the_figure_follows_what_is_reported(town):
    await town.says(WANG, "智诚慧家 12% 累计800万")
    await town.presses(WANG, "确认")
    await town.says(LEADER, "还有几个没开工？")
    assert town.text(LEADER).startswith("截至11月24日，长泉区重点项目在列 3 个，还没开工 1 个，开工率 66.7%。")
    assert "数据截至 11-24，3 个还没报过" in town.text(LEADER)
    await town.presses(LEADER, "看名单")
    assert "北辰机电二期车间" in town.text(LEADER) and "智诚慧家" not in town.text(LEADER)
    sound(town)


async def test_what_counts_as_a_start_is_what_the_policy_says(town):
    def done(desk, name):
        row = desk.session.exec(select(Milestone).where(Milestone.name == "开工")).one()
        row.name = name
        row.done_on = desk.today
        desk.session.flush()
        desk.note("milestone.done", project=row.project, rows=[row])

    town.do(lambda desk: done(desk, "开工"))
    await town.says(LEADER, "开工率")
    assert "已开工 1 个，开工率 33.3%" in town.text(LEADER) and "取得施工许可证，或桩基" in town.text(LEADER)
    town.do(lambda desk: setattr(desk.session.get(Milestone, 2), "name", "取得施工许可证"))
    await town.says(LEADER, "开工率")
    assert "已开工 2 个，开工率 66.7%" in town.text(LEADER)
    await town.says(LEADER, "上半年开工率多少")
    assert copied(town, LEADER) == "上半年，长泉区新建重点项目在列 2 个，6月30日前已开工 0 个，上半年开工率 0%。"


async def test_money_of_the_year_and_of_a_month(town):
    await town.says(LEADER, "今年投资完成多少")
    assert "还没有今年的投资数" in town.text(LEADER)
    await town.says(WANG, "智诚慧家 40% 今年累计6000万")
    await town.presses(WANG, "确认")
    await town.says(LEADER, "今年投资完成多少")
    line = town.text(LEADER).split("\n")[0]
    assert (
        line
        == "今年以来，长泉区重点项目完成投资 6,000 万元，占年计划（4.80 亿元）的 12.5%，有数的 1 个，共 4 个（调度数据）。"
    )
    await town.says(LEADER, "上月投资完成多少")
    assert "没有报上来的投资数" in town.text(LEADER)


async def test_a_sum_says_how_much_of_it_is_doubtful(town):
    await town.says(WANG, "智诚慧家 40% 今年累计6000万")
    await town.presses(WANG, "确认")
    await town.says(WANG, "智诚慧家 38% 今年累计5900万")
    await town.presses(WANG, "照报")
    await town.says(LEADER, "今年投资完成多少")
    assert "完成投资 5,900 万元" in copied(town, LEADER)
    assert "有数的 1 个（其中 1 个存疑待核），共 4 个" in copied(town, LEADER)
    await town.says(LEADER, "11月投资完成多少")
    assert "分不出投资数：1 个报了今年累计，但之前没有报过；共 4 个" in copied(town, LEADER)
    await town.says(LEADER, "平均进度多少")
    assert "形象进度平均 38%，有数的 1 个（其中 1 个存疑待核）" in copied(town, LEADER)


async def test_a_month_is_what_came_since_the_figure_before(town):
    def reports(desk):
        for number, (month, amount) in enumerate(((9, 10), (10, 25)), 900):
            desk.session.add(
                Report(
                    id=number,
                    project=1,
                    person=town.people[WANG],
                    source="chat",
                    said_at=datetime(2026, month, 25, tzinfo=UTC),
                    as_of=datetime(2026, month, 25, tzinfo=UTC).date(),
                    invested_year=amount * 1_000_000,
                )
            )

    town.do(reports)
    await town.says(LEADER, "10月投资完成多少")
    assert "报上来的投资 1,500 万元，有数的 1 个" in town.text(LEADER)
    assert "减去之前报的累计" in town.text(LEADER)


async def test_a_project_by_number_by_name_and_by_part_of_it(town):
    for words in ("18号到哪了", "北辰二期到哪了", "北辰机电二期车间进展怎么样"):
        await town.says(LEADER, words)
        assert town.text(LEADER).split("\n")[0].startswith("北辰机电二期车间：还没有报过进展"), words
        assert "下一个节点：开工，10-01（已超期）" in town.text(LEADER)
    await town.presses(LEADER, "项目")
    assert town.text(LEADER).startswith("18 北辰机电二期车间")
    await town.says(LEADER, "北辰二期什么时候能竣工")
    assert "竣工 2027年6月底前" in town.text(LEADER)


async def test_filters(town):
    await town.says(LEADER, "省重点有几个项目")
    assert "省级重点项目在列 1 个" in town.text(LEADER)
    await town.says(LEADER, "平安街道有几个项目")
    assert "平安街道重点项目在列 1 个" in town.text(LEADER)


async def test_lights_and_overdue_milestones(town):
    await town.says(LEADER, "红灯有几个")
    assert "红灯 1 个" in town.text(LEADER) or "红灯 0 个" in town.text(LEADER)
    count = sum(row.light is Light.RED for row in rows(town, Project))
    assert f"红灯 {count} 个" in town.text(LEADER)
    await town.says(LEADER, "有几个节点超期")
    assert "超期未完成的节点 1 个，涉及项目 1 个" in town.text(LEADER)


async def test_what_is_not_kept_is_said_to_be_not_kept(town):
    await town.says(LEADER, "资金到位率多少")
    assert "还没有录过到位资金" in town.text(LEADER)
    for words in ("查数 今年用了多少水泥", "今年用了多少水泥"):
        await town.says(LEADER, words)
        assert "这个数我没有" in town.text(LEADER) and "能答的有：四率" in town.text(LEADER), words


async def test_who_has_not_reported_by_name_for_the_office_only(town):
    await town.says(ZHAO, "谁还没报")
    assert "本期还没报 4 个" in town.text(ZHAO) and "王科长 3 个" in town.text(ZHAO)
    await town.says(LEADER, "谁还没报")
    assert "还没报 4 个" in town.text(LEADER) and "王科长" not in town.text(LEADER)


async def test_matters_by_category_and_time(town):
    await town.says(WANG, "反映问题 17 用地手续没有落实")
    await town.presses(WANG, "1")
    for label in ("用地", "一般", "提交"):
        if label in town.last(WANG).labels:
            await town.presses(WANG, label)
    await town.says(LEADER, "用地问题有几个没解决")
    assert "用地问题还没解决 1 个" in town.text(LEADER)
    await town.says(LEADER, "资金问题有几个没解决")
    assert "资金问题还没解决 0 个" in town.text(LEADER)
    await town.says(LEADER, "本月新提了几个问题")
    assert town.text(LEADER).startswith("本月，长泉区新提出问题 1 个。")
    await town.presses(LEADER, "18-1")
    assert "18-1" in town.text(LEADER) and "用地" in town.text(LEADER)
    sound(town)


async def test_who_sees_little_is_told_about_little(town):
    await town.says(OWNER, "还有几个没开工")
    assert "您能看到的" in town.text(OWNER) and "在列 0 个" in town.text(OWNER)
    await town.says(OWNER, "红灯有几个")
    assert "0 个" in town.text(OWNER)
    await town.says(OWNER, "北辰二期到哪了")
    assert "北辰" not in town.text(OWNER).replace("北辰二期到哪了", "")


async def test_a_reporters_question_is_no_report_and_their_report_no_question(town):
    await town.says(WANG, "还有几个没开工？")
    assert "还没开工 2 个" in town.text(WANG)
    await town.says(WANG, "智诚慧家 65% 还有几个问题需要协调")
    assert "确认" in town.last(WANG).labels
    await town.presses(WANG, "确认")
    (report,) = rows(town, Report)
    assert report.progress == 65


async def test_a_question_in_the_midst_of_a_report_leaves_the_draft(town):
    await town.says(WANG, "智诚慧家 65%")
    await town.says(WANG, "红灯有几个？")
    assert "红灯" in town.text(WANG)
    await town.presses(WANG, "确认")
    assert [row.progress for row in rows(town, Report)] == [65]


async def test_where_it_is_not_clear_a_button_asks(town):
    await town.says(WANG, "红灯情况")
    assert {"填报进展", "查数"} <= set(town.last(WANG).labels)
    await town.presses(WANG, "查数")
    assert "红灯" in town.text(WANG)
    assert rows(town, Report) == []


async def test_a_group_is_answered_when_the_bot_is_asked_and_hears_no_names(town):
    from storage import groups

    def bind(desk):
        groups.bind(desk.session, "phone", "g1", "", "工作群", 1, None, desk.now)

    town.do(bind)
    base = {"person": ZHAO, "name": ZHAO, "chat": "g1", "direct": False}
    await town.comes_in(**base, text="谁还没报")
    assert not town.messages("g1")
    await town.comes_in(**base, text="谁还没报", facts={"addressed": True})
    assert "还没报 4 个" in town.text("g1") and "王科长" not in town.text("g1")
    assert town.last("g1").labels == []
    await town.walk("2026-11-24 15:05", minutes=5)
    await town.comes_in(**base, kind="command", command="ask", text="开工率多少")
    assert "开工率" in town.text("g1")


def test_the_town_is_as_told(town):
    assert watching and len(rows(town, Project)) == 4


async def test_the_four_rates_with_their_numerators_and_denominators(town):
    await town.says(WANG, "智诚慧家 40% 今年累计6000万")
    await town.presses(WANG, "确认")
    await town.says(LEADER, "平安街道四率怎么样")
    text = town.text(LEADER)
    assert copied(town, LEADER).startswith(
        "截至11月24日，长泉区平安街道重点项目：新建开工率 100%、投资完成率 50%、资金到位率没有数"
    )
    assert "投资完成率：6,000 万元 ÷ 1.20 亿元 ＝ 50%" in text and "清单：共 1 项" in text


@pytest.mark.parametrize("words", ["平安街道情况怎么样", "平安街道", "查数 平安街道"])
async def test_how_a_place_stands_in_one_sentence(town, words):
    await town.says(LEADER, words)
    line = copied(town, LEADER)
    assert line.startswith(
        "截至11月24日，长泉区平安街道重点项目 1 个，已开工 0 个（0%），年计划投资 1.20 亿元，还没有今年的投资数；红灯"
    ), line


async def test_a_project_whose_name_has_a_place_in_it_is_meant_and_not_the_place(town):
    town.project("平安街道污水厂", {Role.REPORTER: WANG}, number=21, town="平安街道")
    await town.says(LEADER, "平安街道污水厂怎么样了")
    assert town.text(LEADER).startswith("平安街道污水厂：还没有报过进展")


async def test_whoever_sees_a_board_gets_the_picture_beside_the_sentence(town):
    for words in ("现在开工率多少", "今年投资完成多少", "红灯有几个", "还有几个问题没解决"):
        await town.says(LEADER, words)
        assert len(town.last(LEADER).pictures) >= 1, words
    await town.says(LEADER, "平安街道有几个红灯")
    assert not town.last(LEADER).pictures, "of a single project there is nothing to compare"
    await town.says(OWNER, "还有几个没开工")
    assert not town.last(OWNER).pictures


async def test_a_closed_month_answers_with_its_closed_figures(settle_in):
    town = settle_in("2026-09-25 10:00")
    town.person(WANG)
    town.person(ZHAO, posts=[Post.DISPATCHER])
    town.person(LEADER, posts=[Post.LEADER])
    town.project("智诚慧家标准车间", {Role.REPORTER: WANG}, number=17, plan=dict.fromkeys(range(1, 13), 1000))
    for moment, said in (("2026-09-25 10:00", "50%，今年累计7000万"), ("2026-10-24 10:00", "60%，今年累计8500万")):
        town.now = at(moment)
        await town.says(WANG, f"智诚慧家标准车间 {said}")
        await town.presses(WANG, "确认")
    town.now = at("2026-11-02 10:00")
    await town.says(ZHAO, "定稿 10月")
    await town.presses(ZHAO, "定稿")

    def later(desk):
        desk.session.add(
            Report(
                id=900,
                project=1,
                person=town.people[WANG],
                source="chat",
                said_at=desk.now,
                as_of=at("2026-10-28 10:00").date(),
                invested_year=90_000_000,
            )
        )

    town.now = at("2026-11-03 10:00")
    town.do(later)
    await town.says(LEADER, "10月完成投资多少")
    assert copied(town, LEADER).startswith(
        "10月（10-01至10-31，已定稿），长泉区重点项目报上来的投资 1,500 万元，有数的 1 个"
    )
    assert "11-02 定稿" in town.text(LEADER) and "更正过 1 项" in town.text(LEADER)
    await town.says(LEADER, "10月红灯有几个")
    assert "截至10月31日（已定稿）" in copied(town, LEADER)
    await town.says(LEADER, "9月红灯有几个")
    assert "灯是那天的" in town.text(LEADER)


async def test_a_standing_of_a_day_that_is_past_is_over_the_list_of_that_day(town):
    await town.says(ZHAO, "退出 18 会议纪要")
    await town.presses(ZHAO, "确认")
    await town.says(LEADER, "现在有多少个项目")
    assert "在列 3 个" in copied(town, LEADER)
    assert "清单：共 3 项；另 11-24 退出 1 项（清单截至 11-24）" in town.text(LEADER)
    await town.says(LEADER, "10月有多少个项目")
    assert copied(town, LEADER) == "截至10月31日，长泉区重点项目在列 4 个。"
    await town.says(LEADER, "上月开工率多少")
    assert copied(town, LEADER).startswith("截至10月31日，长泉区重点项目在列 3 个")


async def test_a_place_that_there_is_not_is_said_and_no_figure_of_all(town):
    await town.says(LEADER, "10月火星街道投资完成率")
    assert "没有叫“火星街道”的属地" in town.text(LEADER) and "万元" not in town.text(LEADER)
