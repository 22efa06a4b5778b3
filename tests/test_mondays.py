"""A leader's Monday: what waits for their word, what became of what they ordered, and nothing on a quiet week."""

import pytest

from bot.rules.words import Category, Origin, Post, Role, Way
from handlers import opening
from storage import people
from storage.tables import Matter
from tests.test_matters import LI, OFFICE, SUN, WANG, ZHAO, check_log, look_at, row_of, settled
from tests.town import Town

pytestmark = pytest.mark.slow

FENG, CHEN, QIN = "总调度老冯", "总协调老陈", "区领导老秦"


def with_matters(settle_in, now: str, count: int = 1) -> Town:
    """A district, and so many matters of one project that already stand on the rung of its 总调度人."""
    town = settled(settle_in, now)
    town.person(QIN, posts=[Post.LEADER])
    for number in range(count):
        opens(town, f"第 {number + 1} 件事")
    return town


def opens(
    town: Town,
    words: str,
    *,
    rung: str = "general_dispatcher",
    raised_by: str = SUN,
    origin: Origin = Origin.BLOCKER,
    **values,
) -> int:
    """A matter of project 17, put on a rung without the days in between."""
    from handlers import ladder
    from storage import projects

    def job(desk) -> int:
        project = projects.by_number(desk.session, 17)
        unit = people.unit_named(desk.session, OFFICE)
        moments = dict.fromkeys(("raised_at", "since_at", "due_at", "look_at", "handed_at"), desk.now)
        matter = Matter(
            id=0, project=project.id, number=0, category=Category.LAND, words=words, raised_by=town.people[raised_by], version=0, origin=origin,
            **moments, **values,
        )  # fmt: skip
        opening.open_matter(desk, matter, project, [], unit=unit.id)
        to = next((at for at, step in enumerate(matter.steps) if step["rung"] == rung), None)
        if to:
            ladder.climb(desk, matter, to)
        return matter.id

    return int(town.do(job))


def bundles(town: Town, who: str) -> list[str]:
    return [shown.text for shown in town.messages(who) if "【周一】" in shown.text or "【今日待办】" in shown.text]


async def proposes(town: Town, number: str, words: str) -> None:
    await town.says(LI, number)
    await town.presses(LI, "拟办意见")
    await town.says(LI, words)


# --- the card -----------------------------------------------------------------------------------------------------------


async def test_one_screen_with_proposals_and_the_card_moves_on(settle_in):
    town = with_matters(settle_in, "2026-11-19 10:00", 5)
    await town.settle()
    await proposes(town, "17-2", "由区里垫付，年底前结清")
    await look_at(town, "2026-11-23 09:10")
    card = town.last(FENG)
    lines = card.text.splitlines()
    assert lines[0] == f"【周一】{FENG}，需您定的 5 件，先列 3 件"
    assert lines[1] == "1 17-1 智诚慧家标准车间：第 1 件事，已 2 个工作日；项目办尚未提出意见"
    assert lines[2] == "2 17-2 智诚慧家标准车间：第 2 件事，已 2 个工作日；拟办“由区里垫付，年底前结清”"
    assert lines[3].startswith("3 17-3") and "17-4" not in card.text and "另有 2 项" in card.text
    assert card.labels == ["阅", "请…研究", "上会", "一事一议", "拟办意见", "下一项"] or card.labels[:4] == [
        "阅",
        "请…研究",
        "上会",
        "一事一议",
    ]

    await town.presses(FENG, "下一项", message=card)
    assert card.labels == ["同意", "阅", "请…研究", "上会", "一事一议", "下一项"]
    await town.presses(FENG, "同意", message=card)
    assert "由区里垫付" in town.text(ZHAO) or "领导已定" in "\n".join(shown.text for shown in town.messages("局长老周"))
    lines = card.text.splitlines()
    assert lines[0] == f"【周一】{FENG}，需您定的 4 件，先列 3 件"
    assert [line.split()[1] for line in lines[1:4]] == ["17-1", "17-3", "17-4"]
    assert row_of(town, 2).decision == "由区里垫付，年底前结清"
    await town.says(SUN, "17-2")
    assert "领导同意：“由区里垫付，年底前结清”" in town.text(SUN), "to those outside it is not the unit that agreed"
    check_log(town)


async def test_what_was_ordered_and_what_became_of_it(settle_in):
    town = with_matters(settle_in, "2026-11-12 10:00", 0)
    ordered = [
        opens(
            town,
            f"交办 {number}",
            rung="section",
            raised_by=QIN,
            origin=Origin.DIRECTIVE,
            recorded_by=town.people[LI],
            given_way=Way.TELEPHONE,
        )
        for number in range(1, 4)
    ]
    await town.settle()
    for shown in [shown for shown in town.messages(ZHAO) if "【交办给您】" in shown.text][:2]:
        await town.presses(ZHAO, "办结", message=shown)
        await town.presses(ZHAO, "已解决")
        await town.says(ZHAO, "办好了")
    asked = [shown for shown in town.messages(QIN) if "【请您确认是否解决】" in shown.text]
    await town.presses(QIN, "已解决", message=asked[0])
    assert len(ordered) == 3
    await look_at(town, "2026-11-16 09:10")
    [card] = bundles(town, QIN)
    assert (
        card.splitlines()[0] == f"【周一】{QIN}"
        and "您上次交办 3 件：已办 1，未办 17-2（已答复，待确认）、17-3" in card
    )
    assert "需您定" not in card
    # on the same day it is in the list on demand, and not on the next
    await town.says(QIN, "今日待办")
    assert "您上次交办 3 件" in town.text(QIN)
    await look_at(town, "2026-11-17 09:10")
    await town.says(QIN, "今日待办")
    assert "您上次交办" not in town.text(QIN)


async def test_a_quiet_week_has_no_card(settle_in):
    town = with_matters(settle_in, "2026-11-19 10:00", 0)
    opens(town, "还在科室", rung="section")
    await town.walk("2026-11-23 17:00", minutes=60)
    assert [town.messages(who) for who in (FENG, CHEN, QIN)] == [[], [], []]


async def test_what_was_closed_before_last_week_is_no_news(settle_in):
    town = with_matters(settle_in, "2026-11-10 10:00", 0)
    opens(town, "交办", rung="section", raised_by=QIN, origin=Origin.DIRECTIVE, recorded_by=town.people[LI])
    await town.settle()
    await town.presses(ZHAO, "办结")
    await town.presses(ZHAO, "已解决")
    await town.says(ZHAO, "办好了")
    await town.presses(LI, "已解决")
    await look_at(town, "2026-11-16 09:10")
    assert "您上次交办 1 件：已办 1" in town.text(QIN)
    count = len(bundles(town, QIN))
    await look_at(town, "2026-11-23 09:10")
    assert len(bundles(town, QIN)) == count


@pytest.mark.parametrize(
    ("opened", "down_from", "back"),
    [
        ("2026-11-19 10:00", "2026-11-20 17:00", "2026-11-23 15:00"),  # back on Monday afternoon
        ("2026-11-19 10:00", "2026-11-20 17:00", "2026-11-25 10:00"),  # on Wednesday
        ("2026-11-13 16:00", "2026-11-13 17:00", "2026-11-23 10:00"),  # after a week: one card, not two
    ],
)
async def test_after_an_outage_one_card(settle_in, opened, down_from, back):
    town = with_matters(settle_in, opened, 1)
    await town.walk(down_from, minutes=240)
    assert not bundles(town, FENG)
    for _ in range(2):
        await look_at(town, back)
        assert [text.splitlines()[0] for text in bundles(town, FENG)] == [f"【周一】{FENG}，需您定的 1 件"]


async def test_who_is_away_has_a_deputy_who_decides_for_them(settle_in):
    town = with_matters(settle_in, "2026-11-19 10:00", 1)
    town.person("副手老韩")
    opens(town, "交办", rung="section", raised_by=FENG, origin=Origin.DIRECTIVE, recorded_by=town.people[LI])
    await town.settle()
    await town.says(FENG, "委托 副手老韩 11-23到11-27 出差")
    await town.presses(FENG, "确认")
    await look_at(town, "2026-11-23 09:10")
    assert (
        "17-1" in town.text("副手老韩")
        and f"代 {FENG}" in town.text("副手老韩")
        and "同意" not in town.last("副手老韩").labels
    )
    assert "您上次交办" not in town.text("副手老韩")
    await town.presses("副手老韩", "一事一议")
    await town.says("副手老韩", "按纪要办")
    assert row_of(town, 1).decision == "按纪要办"
    check_log(town)


async def test_a_worked_saturday_is_no_monday(settle_in):
    """National Day 2026 ends on a Thursday; the Saturday after it is worked."""
    town = with_matters(settle_in, "2026-09-29 10:00", 1)
    days = []
    for day in ("10-08", "10-09", "10-10", "10-12"):
        count = len(town.messages(FENG))
        await look_at(town, f"2026-{day} 09:10")
        days += [day for shown in town.messages(FENG)[count:] if "【周一】" in shown.text]
    assert days == ["10-08", "10-12"]


# --- the office -----------------------------------------------------------------------------------------------------------


async def test_the_office_is_reminded_of_missing_proposals_the_working_day_before(settle_in):
    town = with_matters(settle_in, "2026-11-18 10:00", 2)
    await town.settle()
    await proposes(town, "17-2", "同意垫付")
    await look_at(town, "2026-11-19 09:10")
    assert "拟办意见" not in "".join(bundles(town, LI)[-1:])
    await look_at(town, "2026-11-20 09:10")
    card = town.last(LI)
    assert (
        f"17-1 智诚慧家标准车间：{FENG} 等着定，已 2 个工作日，还没有拟办意见" in card.text and "17-2" not in card.text
    )
    await town.presses(LI, "拟办意见", message=card)
    await town.says(LI, "请自规局先行受理")
    assert "还没有拟办意见" not in card.text
    await look_at(town, "2026-11-23 09:10")
    assert "拟办“请自规局先行受理”" in bundles(town, FENG)[-1]
    check_log(town)


# --- nothing else -----------------------------------------------------------------------------------------------------------


async def test_four_weeks_of_a_leader(settle_in):
    """A matter that stays below, one that comes up, an order by telephone that is done: all that three leaders got in four weeks."""
    town = with_matters(settle_in, "2026-11-02 09:20", 0)
    opens(town, "科室能办的事", rung="section")
    await town.settle()
    for label, words in (("签收", ""), ("首次答复", "先补材料，11月5日前办好"), ("办结", "")):
        await town.presses(ZHAO, label)
        if words:
            await town.says(ZHAO, words)
    await town.presses(ZHAO, "已解决")
    await town.says(ZHAO, "办好了")
    await town.presses(SUN, "已解决")
    opens(town, "交办的事", rung="section", raised_by=QIN, origin=Origin.DIRECTIVE, recorded_by=town.people[LI])
    await town.settle()
    await town.presses(ZHAO, "首次答复")
    await town.says(ZHAO, "先测绘，11月20日前办好")
    await town.walk("2026-11-04 10:00", minutes=120)
    opens(town, "要定的事")
    await town.walk("2026-11-09 17:00", minutes=120)
    await town.says(FENG, "17-3")
    await town.presses(FENG, "一事一议")
    await town.says(FENG, "按会议纪要办")
    answered = len(town.messages(FENG))
    await town.says("局长老周", "17-3")
    await town.presses("局长老周", "首次答复")
    await town.says("局长老周", "按纪要办，11月30日前办好")
    await town.walk("2026-11-18 10:00", minutes=240)
    await town.says(ZHAO, "17-2")
    await town.presses(ZHAO, "办结")
    await town.presses(ZHAO, "已解决")
    await town.says(ZHAO, "测绘已完成")
    await town.presses(LI, "已解决")
    await town.walk("2026-11-30 08:00", minutes=240)

    assert town.messages(CHEN) == []
    heard = [shown.text for shown in town.messages(FENG)[:answered] if "【" in shown.text]
    assert len(heard) <= 4 and len(town.messages(FENG)) == answered, [shown.text for shown in town.messages(FENG)]
    told = [shown.text for shown in town.messages(QIN)]
    assert [text.splitlines()[0] for text in told if "请您确认" not in text] == [f"【周一】{QIN}"] * 4, told
    assert "您上次交办 1 件：已办 1" in told[-1]
    check_log(town)


async def test_a_leader_s_own_order_is_told_of_on_monday_and_when_it_is_answered(settle_in):
    town = with_matters(settle_in, "2026-11-23 08:00", 0)
    await look_at(town, "2026-11-23 09:30")
    opens(town, "请自规局拿出方案", rung="section", raised_by=QIN, origin=Origin.DIRECTIVE)
    await town.settle()
    for label, words in (("签收", ""), ("首次答复", "11月30日前拿出方案"), ("反馈", "正在测绘")):
        await town.presses(ZHAO, label)
        if words:
            await town.says(ZHAO, words)
    await town.walk("2026-11-27 17:00", minutes=240)
    assert town.messages(QIN) == []
    await town.walk("2026-11-30 09:30", minutes=240)
    assert [shown.text.splitlines()[0] for shown in town.messages(QIN)] == [f"【周一】{QIN}"]
    await town.presses(ZHAO, "办结")
    await town.presses(ZHAO, "已解决")
    await town.says(ZHAO, "方案已拿出")
    assert "【请您确认是否解决】" in town.text(QIN)


async def test_a_red_light_is_told_to_who_leads_the_project_and_taken_back(settle_in):
    town = with_matters(settle_in, "2026-11-06 16:00", 0)
    town.project(
        "北辰机电二期", {Role.REPORTER: WANG, Role.GENERAL_DISPATCHER: FENG, Role.GENERAL_COORDINATOR: [CHEN, QIN]}, number=18,
        milestones=[("主体封顶", "2026-10-26")],
    )  # fmt: skip
    await look_at(town, "2026-11-09 09:20")
    assert town.messages(FENG) == []
    await look_at(town, "2026-11-10 09:20")
    for leader in (FENG, CHEN):
        [card] = bundles(town, leader)
        assert (
            "18 北辰机电二期 转红灯：节点“主体封顶”" in card and "11 个工作日" in card and not town.last(leader).labels
        )
    assert town.messages(QIN) == []
    await town.says(WANG, "北辰机电二期 主体封顶已完成")
    await town.presses(WANG, "确认")
    assert all("转红灯" not in town.text(leader) for leader in (FENG, CHEN))
    check_log(town)


async def test_a_matter_that_makes_the_light_red_comes_to_a_leader_by_its_ladder_alone(settle_in):
    town = with_matters(settle_in, "2026-11-19 10:00", 0)
    opens(town, "卡在局里", rung="head")
    await look_at(town, "2026-11-20 09:20")
    assert town.messages(FENG) == town.messages(CHEN) == []
