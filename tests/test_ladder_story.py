"""The ladder (分级负责、逐层解决), rung by rung, with exact times by the State Council's calendar."""

from decimal import Decimal

import pytest

from bot.policy import Policy, read_policy
from bot.rules.words import MatterState, Post, Rung
from storage import matters, people, projects
from storage.tables import Person, PostHeld
from tests.test_matters import (
    DEPUTY,
    HEAD,
    LI,
    OFFICE,
    SUN,
    ZHAO,
    answers,
    check_log,
    look_at,
    raises,
    read_by,
    row_of,
    settled,
)
from tests.town import Town, at

pytestmark = pytest.mark.slow

COORDINATOR, DISPATCHER, TOP, HE = "协调老吴", "总调度老冯", "总协调老陈", "调度小何"


async def climbs(town: Town, moment: str, rung: Rung) -> None:
    """A minute before nothing moves; at the moment the matter stands on this rung."""
    before = at(moment).astimezone(town.app.house.calendar.zone)
    was = row_of(town).rung
    await look_at(
        town,
        f"{before.replace(minute=before.minute - 1) if before.minute else before.replace(hour=before.hour - 1, minute=59):%Y-%m-%d %H:%M}",
    )
    assert row_of(town).rung == was, f"climbed before {moment}"
    await look_at(town, moment)
    row = row_of(town)
    assert row.steps[row.rung]["rung"] == rung, f"{moment}: {row.steps[row.rung]['rung']}, due {row.due_at}"


def whose(town: Town) -> str:
    names = {number: name for name, number in town.people.items()}
    return names[row_of(town).person or 0]


async def kinds(town: Town) -> list[str]:
    with town.store.read() as session:
        history = matters.history(session, town.app.house.sealer, row_of(town))
        return [entry.row.kind.removeprefix("matter.") for entry in history]


async def test_all_the_way_over_national_day(settle_in):
    town = settled(settle_in, "2026-09-29 10:00")
    await raises(town, SUN)
    assert "请于 10-09 10:00 前首次答复" in town.text(ZHAO)
    await town.presses(ZHAO, "签收")
    for day in ("2026-10-01 10:00", "2026-10-05 15:00", "2026-10-07 17:00"):
        await look_at(town, day)
    assert row_of(town).rung == 0

    await climbs(town, "2026-10-09 10:00", Rung.DEPUTY_HEAD)
    assert "【提级到您】17-1" in town.text(DEPUTY) and "请于 10-13 10:00 前首次答复" in town.text(DEPUTY)
    assert "还差 30 亩指标" in town.text(DEPUTY) and "收件小赵签收" in town.text(DEPUTY)
    assert not [shown for shown in town.messages(ZHAO) if shown.labels], "the old rung has nothing left to press"
    await climbs(town, "2026-10-13 10:00", Rung.HEAD)
    assert "请于 10-20 10:00 前首次答复" in town.text(HEAD) and not town.messages(COORDINATOR)
    await look_at(town, "2026-10-14 09:20")
    assert "用地问题已到主要负责人，请知悉" in town.text(COORDINATOR)
    assert "已提级到主要负责人，不用您再答复" in town.text(DEPUTY)

    await look_at(town, "2026-10-20 10:00")
    assert "【拟提级，10-20 15:15 前可暂缓】" in town.text(LI) and town.last(LI).labels[:2] == ["立即提级", "暂缓提级"]
    assert not town.messages(DISPATCHER)
    await climbs(town, "2026-10-20 15:15", Rung.GENERAL_DISPATCHER)
    assert "【提级到您】17-1" in town.text(DISPATCHER) and not town.messages(TOP)
    assert not [shown for shown in town.messages(LI) if shown.labels]
    await climbs(town, "2026-10-29 15:15", Rung.GENERAL_COORDINATOR)
    assert "请于 11-09 15:15 前办理" in town.text(TOP)

    assert await kinds(town) == ["raised", "signed", "climbed", "climbed", "proposed", "climbed", "climbed"]
    assert "提级" not in town.last(TOP).labels
    await answers(town, TOP, "已解决", "专题会已定")
    await town.presses(SUN, "已解决")
    assert row_of(town).state is MatterState.CLOSED
    assert len([shown for shown in town.messages(DISPATCHER) if "提级到您" in shown.text]) == 1
    check_log(town)


async def test_a_worked_saturday_counts_and_the_spring_festival_does_not(settle_in):
    town = settled(settle_in, "2026-02-13 15:00")
    await raises(town, SUN)
    for day in range(14, 24):
        await look_at(town, f"2026-02-{day} 16:00")
    await climbs(town, "2026-02-25 15:00", Rung.DEPUTY_HEAD)
    await climbs(town, "2026-02-28 15:00", Rung.HEAD)
    assert row_of(town).due_at == at("2026-03-06 15:00")
    check_log(town)


async def test_a_limit_that_ends_with_the_day_is_heard_of_the_next_morning(settle_in):
    town = settled(settle_in, "2026-11-19 20:00")
    await raises(town, SUN)
    assert row_of(town).due_at == at("2026-11-24 17:30")
    await look_at(town, "2026-11-24 17:30")
    assert row_of(town).rung == 1 and not town.messages(DEPUTY)
    await look_at(town, "2026-11-25 09:20")
    assert "【今日待办】" in town.text(
        DEPUTY
    ) and "17-1 智诚慧家标准车间 用地问题：待签收，11-27 17:30 前首次答复" in town.text(DEPUTY)


# --- who sits on it -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left_out", "raiser", "ladder"),
    [
        ([], SUN, [ZHAO, DEPUTY, HEAD, DISPATCHER, TOP]),
        ([DEPUTY], SUN, [ZHAO, HEAD, DISPATCHER, TOP]),
        ([DEPUTY, HEAD], SUN, [ZHAO, DISPATCHER, TOP]),
        ([ZHAO], SUN, [DEPUTY, HEAD, DISPATCHER, TOP]),
        ([], DISPATCHER, [ZHAO, DEPUTY, HEAD, TOP]),
        ([], TOP, [ZHAO, DEPUTY, HEAD, DISPATCHER]),
        ([HEAD], COORDINATOR, [ZHAO, DEPUTY, DISPATCHER, TOP]),
    ],
)
async def test_empty_rungs_and_the_raisers_own_are_skipped(settle_in, left_out, raiser, ladder):
    town = settled(settle_in, "2026-11-24 09:10")
    for name in left_out:
        ends(town, name)
    await raises(town, raiser)
    assert [step["person"] for step in row_of(town).steps] == [town.people[name] for name in [*ladder, LI, LI]]
    for name in [*ladder[1:], LI]:
        await past_due(town)
        if whose(town) != name:
            await past_due(town)
        assert whose(town) == name
    await past_due(town)
    assert row_of(town).rung == len(ladder) + 1 and whose(town) == LI, "to the level above"
    assert town.people[raiser] not in {row_of(town).person}
    check_log(town)


async def past_due(town: Town) -> None:
    """The clock comes to where the limit, or the office's half day, has passed."""
    row = row_of(town)
    moment = row.due_at
    if row.proposed_at is not None:
        moment = town.app.house.calendar.add_minutes(row.proposed_at, 225)
    await look_at(town, f"{town.app.house.calendar.local(max(moment, town.now)):%Y-%m-%d %H:%M}")


def ends(town: Town, name: str) -> None:
    """A person's posts end before today."""

    def end(desk):
        for post in people.posts_of(desk.session, town.people[name], desk.today):
            desk.session.get(PostHeld, post.id).until = desk.calendar.add_workdays(desk.today, -1)

    town.do(end)


async def test_one_person_on_two_rungs_has_one(settle_in):
    town = settled(settle_in, "2026-11-24 09:10")
    ends(town, HEAD)
    town.do(
        lambda desk: (
            people.give_post(desk.session, town.people[DEPUTY], unit, Post.HEAD, desk.today)
            if (unit := _unit(desk))
            else None
        )
    )
    await raises(town, SUN)
    assert [step["rung"] for step in row_of(town).steps] == [
        "section",
        "deputy_head",
        "general_dispatcher",
        "general_coordinator",
        "meeting",
        "level_above",
    ]
    await past_due(town)
    await look_at(town, "2026-11-30 09:20")
    assert whose(town) == DEPUTY and "请知悉" in read_by(town, COORDINATOR), (
        "the peer is told with the rung that was joined"
    )


def _unit(desk) -> int:
    unit = people.unit_named(desk.session, OFFICE)
    assert unit is not None
    return unit.id


@pytest.mark.parametrize("how", ["left", "post ended"])
async def test_who_has_gone_since_is_passed_over(settle_in, how):
    town = settled(settle_in, "2026-11-24 09:10")
    await raises(town, SUN)
    if how == "left":
        town.do(lambda desk: setattr(desk.session.get(Person, town.people[DEPUTY]), "active", False))
    else:
        ends(town, DEPUTY)
    await past_due(town)
    assert whose(town) == HEAD and not town.messages(DEPUTY)
    check_log(town)


async def test_a_leader_who_has_left_is_passed_over_too(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    town.do(lambda desk: setattr(desk.session.get(Person, town.people[DISPATCHER]), "active", False))
    for _ in range(4):
        await past_due(town)
    assert whose(town) == TOP and not town.messages(DISPATCHER)
    check_log(town)


async def test_frozen_when_raised_a_new_head_or_policy_touches_only_new_ones(settle_in):
    town = settled(settle_in, "2026-11-24 09:10")
    await raises(town, SUN)
    ladder = read_policy().file.ladder.model_copy(update={"section": Decimal(1), "deputy_head": Decimal(1)})
    town.policy = Policy(read_policy().file.model_copy(update={"ladder": ladder}), "changed")
    town.reopen()
    town.person("新局长", OFFICE)
    town.do(
        lambda desk: people.give_post(desk.session, town.people["新局长"], _unit(desk), Post.DEPUTY_HEAD, desk.today)
    )
    await raises(town, SUN, words="第二件")
    assert (row_of(town).due_at, row_of(town, 2).due_at) == (at("2026-11-27 09:10"), at("2026-11-25 09:10"))
    await climbs(town, "2026-11-27 09:10", Rung.DEPUTY_HEAD)
    assert row_of(town).due_at == at("2026-12-02 09:10") and whose(town) == DEPUTY


# --- the office -----------------------------------------------------------------------------------------------------------


async def at_the_head(settle_in, now: str = "2026-11-24 09:10") -> Town:
    """A matter whose head has let the limit pass: 拟提级 lies with the dispatcher."""
    town = settled(settle_in, now)
    await raises(town, SUN)
    for _ in range(3):
        await past_due(town)
    assert "【拟提级" in town.text(LI)
    return town


async def test_held_with_a_reason_it_is_listed_each_working_morning_until_it_moves(settle_in):
    town = await at_the_head(settle_in)
    await town.presses(LI, "暂缓提级")
    assert "会记入日志" in town.text(LI)
    await town.says(LI, "本周五开专题会")
    await look_at(town, "2026-12-09 16:00")
    assert whose(town) == HEAD and not town.messages(DISPATCHER)
    await town.says(HEAD, "17-1")
    assert "调度小李暂缓提级：“本周五开专题会”" in town.text(HEAD) and "提级" not in town.last(HEAD).labels
    for day in ("2026-12-10", "2026-12-11"):
        await look_at(town, f"{day} 09:20")
        assert "暂缓提级，已超时限" in town.text(LI) and "已超时限" in town.text(HEAD)
        assert town.app.house.calendar.local(town.last(LI).at).date().isoformat() == day
    heard = len(town.messages(LI))
    await look_at(town, "2026-12-12 09:20")
    assert len(town.messages(LI)) == heard, "a Saturday"
    await town.says(LI, "17-1")
    await town.presses(LI, "提级")
    await town.says(LI, "专题会没有定下来")
    assert whose(town) == DISPATCHER
    check_log(town)


async def test_not_held_but_sent_up_at_once(settle_in):
    town = await at_the_head(settle_in)
    await town.presses(LI, "立即提级")
    assert whose(town) == DISPATCHER and "已提级到总调度人" in "".join(shown.text for shown in town.messages(LI))
    check_log(town)


async def test_two_dispatchers_the_second_hears_what_the_first_did(settle_in):
    town = settled(settle_in)
    town.person(HE, posts=[Post.DISPATCHER])
    await raises(town, SUN)
    for _ in range(3):
        await past_due(town)
    token = next(button.token for button in town.last(HE).card.buttons if button.label == "立即提级")
    await town.presses(LI, "暂缓提级")
    await town.says(LI, "专题会将定")
    card = town.last(HE)
    assert not card.labels
    await town.comes_in(person=HE, name="", chat=HE, kind="press", press=token, handle="late", quote=card.number)
    assert "调度小李暂缓提级：“专题会将定”" in card.text and whose(town) == HEAD
    check_log(town)


async def test_by_hand_with_a_reason_one_rung_a_working_day(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await town.presses(ZHAO, "提级")
    await town.says(ZHAO, "要局里统筹指标")
    assert whose(town) == DEPUTY and "“要局里统筹指标”" in town.text(DEPUTY)
    await town.presses(DEPUTY, "提级")
    await town.says(DEPUTY, "要一把手定")
    assert "今天已经提过一级" in town.text(DEPUTY) and whose(town) == DEPUTY
    town.now = at("2026-11-25 09:10")
    await town.presses(DEPUTY, "提级")
    await town.says(DEPUTY, "要一把手定")
    assert whose(town) == HEAD
    await town.says(SUN, "17-1")
    assert "要局里统筹指标" not in town.text(SUN) and "已提级协调" in town.text(SUN)
    check_log(town)


async def test_after_the_leaders_the_office_takes_it_to_a_meeting_and_to_the_level_above(settle_in):
    town = await at_the_head(settle_in)
    for _ in range(3):
        await past_due(town)
    assert row_of(town).steps[row_of(town).rung]["rung"] == Rung.MEETING and whose(town) == LI
    assert "【提级到您】17-1" in town.text(LI) and "专题会" in town.text(LI) and "已拟提级" not in town.text(LI)
    await past_due(town)
    assert row_of(town).steps[row_of(town).rung]["rung"] == Rung.LEVEL_ABOVE and "提请上一级" in town.text(LI)
    await past_due(town)
    for day in ("2027-01-21", "2027-01-22"):
        heard = len(town.messages(LI))
        for clock in ("08:00", "09:20", "16:00"):
            await look_at(town, f"{day} {clock}")
        assert len(town.messages(LI)) == heard + 1 and "上面已无人可提级" in town.text(LI), "once, as holder and office"
    check_log(town)


async def test_at_the_top_it_is_listed_each_working_morning_and_never_falls_silent(settle_in):
    town = await at_the_head(settle_in)
    for _ in range(2):
        await past_due(town)
    assert whose(town) == TOP
    ends(town, LI)
    town.person(HE, posts=[Post.SUPERVISOR])
    await past_due(town)
    assert row_of(town).due_at == town.now == at("2026-12-29 14:25") and whose(town) == TOP
    for day, working in {
        "2026-12-30": True,
        "2026-12-31": True,
        "2027-01-01": False,
        "2027-01-02": False,
        "2027-01-04": True,
        "2027-01-05": True,
    }.items():
        heard = {who: len(town.messages(who)) for who in (TOP, HE, LI, DISPATCHER)}
        for clock in ("08:00", "09:20", "11:00", "16:00"):
            await look_at(town, f"{day} {clock}")
        new = {who: len(town.messages(who)) - heard[who] for who in heard}
        assert new == {TOP: int(working), HE: int(working), LI: 0, DISPATCHER: 0}, day
        if working:
            assert "17-1" in town.text(TOP) and "17-1" in town.text(HE)
        if day == "2027-01-05":
            assert "上面已无人可提级" in town.text(TOP) and "已到最高一级，仍未办结" in town.text(HE)
    await town.says(TOP, "17-1")
    await answers(town, TOP, "条件不具备", "等省里批复")
    await town.presses(SUN, "已解决")
    heard_by_top = len(town.messages(TOP))
    await look_at(town, "2027-01-06 09:20")
    assert "问题：" not in "".join(shown.text for shown in town.messages(TOP)[heard_by_top:])
    check_log(town)


# --- time -----------------------------------------------------------------------------------------------------------------


async def test_urgent_has_a_third_of_each_limit(settle_in):
    town = settled(settle_in, "2026-11-24 08:30")
    await raises(town, SUN, urgency="紧急")
    assert row_of(town).due_at == at("2026-11-24 17:30"), "one working day to the first answer"
    await climbs(town, "2026-11-24 17:30", Rung.DEPUTY_HEAD)
    assert row_of(town).due_at == at("2026-11-25 17:30")
    await climbs(town, "2026-11-25 17:30", Rung.HEAD)
    assert row_of(town).due_at == at("2026-11-27 15:00"), "a third of five working days"
    check_log(town)


async def test_an_answered_matter_waits_for_the_raiser_and_does_not_climb(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    town.now = at("2026-11-27 09:00")
    await answers(town, ZHAO)
    for moment in ("2026-11-27 09:10", "2026-11-30 10:00", "2026-12-03 17:00"):
        await look_at(town, moment)
    assert row_of(town).rung == 0 and not town.messages(DEPUTY)


async def test_after_four_days_down_one_rung_a_working_day(settle_in):
    ladder = read_policy().file.ladder
    short = ladder.model_copy(update=dict.fromkeys(("section", "deputy_head", "head"), ladder.hold_days))
    town = settled(
        settle_in, "2026-11-24 09:10", Policy(read_policy().file.model_copy(update={"ladder": short}), "short")
    )
    await raises(town, SUN)
    await look_at(town, "2026-11-28 10:00")
    assert row_of(town).rung == 0, "a Saturday"
    for clock in ("08:30", "08:31", "12:00", "17:29"):
        await look_at(town, f"2026-11-30 {clock}")
    assert row_of(town).rung == 1
    for clock in ("08:30", "17:29"):
        await look_at(town, f"2026-12-01 {clock}")
    assert row_of(town).rung == 2
    assert len([shown for shown in town.messages(HEAD) if "提级到您" in shown.text]) == 1
    check_log(town)


async def test_a_restart_between_any_two_looks_changes_nothing(settle_in):
    told = []
    for restarts in (False, True):
        town = settled(settle_in)
        await raises(town, SUN)
        for moment in (
            "2026-11-27 09:10",
            "2026-12-02 09:10",
            "2026-12-09 09:10",
            "2026-12-09 14:45",
            "2026-12-10 09:20",
        ):
            if restarts:
                town.reopen()
            await look_at(town, moment)
            await look_at(town, moment)
        told.append([(shown.chat, shown.text) for shown in town.phones.messages])
        check_log(town)
    assert told[0] == told[1]


async def test_the_light_follows_the_ladder(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await past_due(town)
    await past_due(town)
    assert whose(town) == HEAD
    with town.store.read() as session:
        project = projects.by_number(session, 17)
        assert project is not None and project.light == "red"
    await answers(town, HEAD)
    await town.presses(SUN, "已解决")
    with town.store.read() as session:
        project = projects.by_number(session, 17)
        assert project is not None and project.light == "green"
    check_log(town)
