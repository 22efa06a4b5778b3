"""回头看: some time after closing who raised a matter is asked whether it is still solved."""

import pytest

from bot.rules.words import MatterState, Rung
from tests.test_ladder_story import whose
from tests.test_matters import DEPUTY, LI, SUN, ZHAO, answers, check_log, look_at, raises, read_by, row_of, settled
from tests.test_promises import orders
from tests.town import Town

pytestmark = pytest.mark.slow


async def closed(settle_in) -> Town:
    """Closed on 24 November; the question comes on 24 December."""
    town = settled(settle_in)
    await raises(town, SUN)
    await answers(town, ZHAO)
    await town.presses(SUN, "已解决")
    assert row_of(town).review_on.isoformat() == "2026-12-24"
    return town


async def asked(town: Town) -> None:
    await look_at(town, "2026-12-23 09:20")
    assert "还是解决的吗" not in read_by(town, SUN)
    await look_at(town, "2026-12-24 08:30")
    await look_at(town, "2026-12-24 09:20")
    assert "已销号一段时间，还是解决的吗？" in town.text(SUN)


async def test_still_solved_is_the_end_of_it(settle_in):
    town = await closed(settle_in)
    await asked(town)
    await town.presses(SUN, "仍已解决")
    assert "谢谢，已记下" in read_by(town, SUN)
    row = row_of(town)
    assert row.review_on is None and row.state is MatterState.CLOSED
    await look_at(town, "2026-12-25 09:20")
    assert read_by(town, SUN).count("还是解决的吗") <= 1
    check_log(town)


async def test_broken_again_it_opens_one_rung_higher_with_a_limit_of_its_own(settle_in):
    town = await closed(settle_in)
    await asked(town)
    await town.presses(SUN, "又出现了")
    await town.says(SUN, "指标又被收回")
    row = row_of(town)
    assert whose(town) == DEPUTY and row.steps[row.rung]["rung"] == Rung.DEPUTY_HEAD
    assert (row.state, row.reopened, row.review_on, row.closed_at) == (MatterState.UNSIGNED, 1, None, None)
    assert "【又出现了，请再办】17-1" in town.text(DEPUTY) and "指标又被收回" in town.text(DEPUTY)
    assert row.due_at > town.now
    await answers(town, DEPUTY, words="重新落实")
    await town.presses(SUN, "已解决")
    assert row_of(town).review_on is not None, "and is looked at once more"
    await look_at(town, "2026-12-25 09:20")
    check_log(town)


async def test_silence_of_ten_working_days_counts_as_yes(settle_in):
    town = await closed(settle_in)
    await asked(town)
    await town.walk("2027-01-08 17:00", minutes=240)
    assert row_of(town).review_on is not None
    assert read_by(town, SUN).count("还是解决的吗") == 1, "asked once"
    await look_at(town, "2027-01-11 09:20")
    assert row_of(town).review_on is None and row_of(town).state is MatterState.CLOSED
    assert not any("还是解决" in one.text or "裁定" in one.text for one in town.messages(LI))
    await town.says(SUN, "17-1")
    assert "又出现了" not in town.last(SUN).labels
    check_log(town)


async def test_an_outage_over_the_day_asks_afterwards(settle_in):
    town = await closed(settle_in)
    await look_at(town, "2026-12-28 08:30")
    await look_at(town, "2026-12-28 09:20")
    assert "还是解决的吗" in town.text(SUN)
    check_log(town)


async def test_of_an_order_that_was_written_down_the_one_who_wrote_is_asked(settle_in):
    town = settled(settle_in)
    town.person("市领导", bound=False)
    orders(town, "市领导", "2026-12-04", recorder=LI)
    await town.settle()
    await answers(town, ZHAO)
    await town.presses(LI, "已解决")
    await look_at(town, "2026-12-24 08:30")
    await look_at(town, "2026-12-24 09:20")
    assert "还是解决的吗" in read_by(town, LI)
    await town.says(LI, "17-1")
    await town.presses(LI, "仍已解决")
    assert row_of(town).review_on is None
    check_log(town)


async def test_a_part_is_not_asked_about(settle_in):
    from tests.test_joint import POWER, WATER, answers_part, joint

    town = await joint(settle_in)
    for who, number in ((ZHAO, "17-1"), (WATER, "17-2"), (POWER, "17-3")):
        await answers_part(town, who, number, "已办")
    await town.presses(SUN, "已解决")
    await look_at(town, "2026-12-24 08:30")
    await look_at(town, "2026-12-24 09:20")
    assert town.text(SUN).count("还是解决的吗") == 1
    check_log(town)
