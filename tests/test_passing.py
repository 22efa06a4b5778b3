"""转办 and 分办: to a colleague, who takes it or from whom it comes back; nobody is left out of the ladder by it."""

import pytest

from bot.rules.words import MatterState, Rung
from tests.test_ladder_story import ends, past_due, whose
from tests.test_matters import (
    DEPUTY,
    HEAD,
    LI,
    OFFICE,
    QIAN,
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
from tests.test_promises import promises
from tests.town import Town, at

pytestmark = pytest.mark.slow


async def passes_on(town: Town, who: str, to: str) -> None:
    await town.says(who, "17-1")
    await town.presses(who, "转办")
    await town.says(who, to)


async def test_taken_it_stays(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await passes_on(town, ZHAO, QIAN)
    assert f"已转办给{QIAN}" in town.text(ZHAO) and "一个工作日内没有签收会退回给您" in town.text(ZHAO)
    assert "【转办给您，一个工作日内未签收退回】17-1" in town.text(QIAN)
    assert row_of(town).due_at == at("2026-11-27 09:10"), "the limit goes on"
    await town.presses(QIAN, "签收")
    await look_at(town, "2026-11-26 10:00")
    assert whose(town) == QIAN and row_of(town).state is MatterState.HANDLING
    await answers(town, QIAN)
    await town.presses(SUN, "已解决")
    assert QIAN not in read_by(town, SUN), "how the unit shares its work is its own business"
    check_log(town)


async def test_not_taken_it_comes_back_after_one_working_day_over_a_weekend(settle_in):
    town = settled(settle_in, "2026-11-27 10:00")
    await raises(town, SUN)
    await town.presses(ZHAO, "签收")
    await passes_on(town, ZHAO, QIAN)
    for moment in ("2026-11-28 10:00", "2026-11-29 17:00", "2026-11-30 09:59"):
        await look_at(town, moment)
        assert whose(town) == QIAN, moment
    await look_at(town, "2026-11-30 10:00")
    assert whose(town) == ZHAO and "【同事未签收，退回您】17-1" in town.text(ZHAO)
    assert not [shown for shown in town.messages(QIAN) if "签收" in shown.labels]
    assert row_of(town).due_at == at("2026-12-02 10:00"), "the limit went on"
    await look_at(town, "2026-12-01 09:20")
    assert "没有签收，已退回原承办人" in town.text(QIAN)
    check_log(town)


async def test_a_promise_goes_along(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await promises(town)
    await passes_on(town, ZHAO, QIAN)
    await town.presses(QIAN, "签收")
    row = row_of(town)
    assert row.state is MatterState.PROMISED and row.due_at == at("2026-12-10 17:30")
    check_log(town)


async def test_the_deputy_head_passes_it_down_and_has_it_again_and_the_ladder_is_as_it_was(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    ladder = [(step["rung"], step["person"]) for step in row_of(town).steps]
    await past_due(town)
    assert whose(town) == DEPUTY
    await passes_on(town, DEPUTY, ZHAO)
    row = row_of(town)
    assert whose(town) == ZHAO and row.steps[row.rung]["rung"] == Rung.DEPUTY_HEAD, "on the rung it had reached"
    await look_at(town, "2026-11-30 09:10")
    row = row_of(town)
    assert whose(town) == DEPUTY and [(step["rung"], step["person"]) for step in row.steps] == ladder
    await past_due(town)
    assert whose(town) == HEAD
    check_log(town)


async def test_without_an_intake_the_deputy_head_shares_it_out_and_stays_above(settle_in):
    town = settled(settle_in)
    ends(town, ZHAO)
    await raises(town, SUN)
    assert whose(town) == DEPUTY
    await town.presses(DEPUTY, "分办")
    await town.says(DEPUTY, QIAN)
    row = row_of(town)
    assert [(step["rung"], step["person"]) for step in row.steps[:3]] == [
        (Rung.SECTION, town.people[QIAN]), (Rung.DEPUTY_HEAD, town.people[DEPUTY]), (Rung.HEAD, town.people[HEAD]),
    ]  # fmt: skip
    assert row.rung == 0 and whose(town) == QIAN and row.due_at == at("2026-11-27 09:10")
    await past_due(town)
    assert whose(town) == DEPUTY
    check_log(town)


async def test_what_the_office_is_asked_is_still_asked_after_it_was_passed_on(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await town.presses(ZHAO, "申请改派")
    await town.says(ZHAO, "归水务局")
    await passes_on(town, ZHAO, QIAN)
    assert "改派" in town.last(LI).labels, "the card still asks"
    await town.presses(LI, "改派")
    assert "在这张卡片之后有了变化" in town.text(LI) and "改派" in town.last(LI).labels
    await town.presses(LI, "不同意")
    await town.says(LI, f"就归{OFFICE}")
    assert row_of(town).asked_at is None
    check_log(town)
