"""报上级待批 and 中止: the clock stands, nobody climbs, and what was left of the limit comes back."""

import pytest

from bot.rules.words import MatterState
from tests.test_matters import DEPUTY, LI, SUN, ZHAO, answers, check_log, look_at, raises, read_by, row_of, settled
from tests.test_passing import QIAN
from tests.test_promises import asks_for_more, orders, promises, reminders
from tests.town import Town, at

pytestmark = pytest.mark.slow


def left(town: Town) -> int:
    """Working minutes until the limit of the matter ends."""
    return town.app.house.calendar.working_minutes(town.now, row_of(town).due_at)


async def refers(town: Town, words: str = "已报省厅，长自规〔2026〕31 号，预计2027年2月26日批复") -> None:
    await town.says(ZHAO, "17-1")
    await town.presses(ZHAO, "报上级")
    await town.says(ZHAO, words)


async def suspends(town: Town, words: str) -> None:
    await town.says(LI, "17-1")
    await town.presses(LI, "中止")
    await town.says(LI, words)


# --- with the level above -----------------------------------------------------------------------------------------------


async def test_sixty_working_days_at_the_province_looked_at_every_fortnight_and_never_climbing(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    town.now = at("2026-11-25 09:10")
    await refers(town)
    assert "报上级待批，预计 2027-02-26 批复" in town.text(ZHAO) or "预计 02-26 批复" in town.text(ZHAO)
    row = row_of(town)
    assert row.state is MatterState.REFERRED and row.left_minutes == 900
    days = town.app.house.calendar.add_workdays(at("2026-11-25 12:00").date(), 60)
    await town.walk(f"{days} 08:00", minutes=240)
    row = row_of(town)
    assert (row.rung, row.state, row.left_minutes) == (0, MatterState.REFERRED, 900)
    assert not town.messages(DEPUTY) and not any("提级" in shown.text for shown in town.messages(LI))
    assert len(reminders(town, ZHAO)) == 6 - 1, "every ten working days, and not on days off"
    assert "上级批了吗？" in read_by(town, ZHAO)
    await look_at(town, "2026-11-26 09:20")
    assert "已报上级" in read_by(town, SUN)
    check_log(town)


async def test_approved_what_was_left_comes_back_and_nothing_is_said_at_that_moment(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await town.presses(ZHAO, "签收")
    town.now = at("2026-11-26 16:00")
    before = left(town)
    await refers(town)
    await look_at(town, "2026-12-24 10:00")
    assert left(town) > 0
    heard = len(town.messages(ZHAO)), len(town.messages(LI))
    await town.says(ZHAO, "17-1")
    await town.presses(ZHAO, "恢复")
    row = row_of(town)
    assert row.state is MatterState.HANDLING and left(town) == before, "as long as there was"
    await look_at(town, "2026-12-24 10:01")
    assert (len(town.messages(ZHAO)), len(town.messages(LI))) == (heard[0] + 1, heard[1]), "the card that was asked for"
    await answers(town, ZHAO)
    await town.presses(SUN, "已解决")
    await look_at(town, "2026-12-25 09:20")
    assert "恢复办理" in read_by(town, SUN)
    check_log(town)


async def test_still_waiting_names_a_new_day_and_an_answer_may_be_given_at_once(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await refers(town, "已报省厅，预计12月3日批复")
    await look_at(town, "2026-12-03 08:30")
    await look_at(town, "2026-12-03 09:20")
    assert "上级批了吗？（预计 12-03）" in town.text(ZHAO)
    await town.presses(ZHAO, "仍在等")
    await town.says(ZHAO, "省里说 12月20日")
    row = row_of(town)
    assert row.paused_until.isoformat() == "2026-12-20" and row.due_at == at("2026-12-17 09:20")
    await look_at(town, "2026-12-17 09:30")
    await look_at(town, "2026-12-21 08:30")
    await look_at(town, "2026-12-21 09:20")
    assert len(reminders(town, ZHAO)) == 3
    await town.says(ZHAO, "17-1")
    await answers(town, ZHAO, words="省里批了，依据：鲁政地〔2026〕9 号")
    assert row_of(town).state is MatterState.ANSWERED and row_of(town).paused_until is None
    await town.presses(SUN, "已解决")
    check_log(town)


async def test_a_promise_moves_with_the_pause_and_its_old_day_stays_visible(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await promises(town)
    town.now = at("2026-12-08 09:00")
    await refers(town)
    town.now = at("2026-12-28 09:00")
    await town.presses(ZHAO, "恢复")
    row = row_of(town)
    assert row.state is MatterState.PROMISED and row.promised_on.isoformat() == "2026-12-30"
    assert row.earlier_dates == ["2026-12-10"]
    check_log(town)


# --- suspended ----------------------------------------------------------------------------------------------------------


async def test_over_spring_festival_and_on_again_by_itself(settle_in):
    town = settled(settle_in, "2026-02-10 09:10")
    await raises(town, SUN)
    await town.presses(ZHAO, "签收")
    town.now = at("2026-02-11 10:00")
    before = left(town)
    await suspends(town, "春节停工，到2月24日")
    assert "已中止到 02-24，到期自动恢复" in town.text(LI)
    assert row_of(town).state is MatterState.SUSPENDED
    await town.walk("2026-02-25 08:29", minutes=60)
    assert row_of(town).state is MatterState.SUSPENDED and "中止到 02-24：“春节停工" in read_by(town, SUN)
    heard = len(town.messages(ZHAO))
    await look_at(town, "2026-02-25 08:30")
    assert row_of(town).state is MatterState.HANDLING and left(town) == before and len(town.messages(ZHAO)) == heard
    await look_at(town, "2026-02-25 09:20")
    assert "恢复办理" in town.text(ZHAO) and "恢复办理" in town.text(SUN) and not reminders(town, ZHAO)
    check_log(town)


async def test_only_the_office_ends_it_early(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await suspends(town, "等规划调整，到12月20日")
    await town.says(ZHAO, "17-1")
    assert town.last(ZHAO).labels == ["反馈"]
    town.now = at("2026-12-01 10:00")
    await town.says(LI, "17-1")
    await town.presses(LI, "恢复")
    assert row_of(town).state is MatterState.UNSIGNED
    check_log(town)


async def test_what_was_lent_is_not_given_back_while_the_clock_stands(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await town.presses(ZHAO, "转办")
    await town.says(ZHAO, QIAN)
    town.now = at("2026-11-24 15:00")
    await suspends(town, "等规划调整，到12月1日")
    await town.walk("2026-12-01 17:00", minutes=60)
    assert row_of(town).state is MatterState.SUSPENDED and row_of(town).person == town.people[QIAN]
    await look_at(town, "2026-12-02 08:30")
    row = row_of(town)
    assert row.state is MatterState.UNSIGNED and row.person == town.people[QIAN], "they have a working day from now"
    await look_at(town, "2026-12-02 17:29")
    assert row_of(town).person == town.people[QIAN]
    await look_at(town, "2026-12-02 17:30")
    assert row_of(town).person == town.people[ZHAO]
    check_log(town)


async def test_what_waited_for_a_word_is_over_with_the_pause(settle_in):
    town = settled(settle_in)
    orders(town, "总调度老冯", "2026-12-04")
    await town.settle()
    await promises(town, words="12月3日前拿出方案")
    await asks_for_more(town, "延到12月15日")
    await refers(town)
    assert row_of(town).promise_open is None
    assert not [shown for shown in town.messages("总调度老冯") if "同意" in shown.labels]
    check_log(town)
