"""抄送: who watches a matter has one card of it, kept up to date in place."""

import pytest

from bot.rules.words import Post
from handlers import deputies
from tests.test_matters import HEAD, LI, SUN, WANG, ZHAO, answers, check_log, look_at, raises, settled
from tests.test_promises import promises
from tests.town import Town

pytestmark = pytest.mark.slow

BOSS = "分管区长"


async def copied(settle_in, now: str = "2026-11-24 09:10") -> Town:
    town = settled(settle_in, now)
    town.person(BOSS, posts=[Post.LEADER])
    await raises(town, SUN)
    await town.says(LI, "17-1")
    await town.presses(LI, "抄送")
    await town.says(LI, BOSS)
    return town


async def test_one_card_that_is_edited_in_place(settle_in):
    town = await copied(settle_in)
    assert "【抄送】17-1" in town.text(BOSS) and town.last(BOSS).labels == ["查看", "不再关注"]
    card = town.last(BOSS)
    await town.presses(ZHAO, "签收")
    assert "办理中" in card.text and "收件小赵签收" in card.text
    await promises(town)
    assert "已首次答复" in card.text and "办结期限 12-10" in card.text
    await town.presses(ZHAO, "反馈")
    await town.says(ZHAO, "材料已收")
    await town.says(ZHAO, "17-1")
    await answers(town, ZHAO)
    assert "待核实" in card.text
    await town.presses(SUN, "已解决")
    assert "已销号" in card.text and card.labels == ["查看"]
    assert town.messages(BOSS) == [card], "all day long one message"
    await look_at(town, "2026-11-25 09:20")
    assert town.messages(BOSS) == [card]
    check_log(town)


async def test_a_long_list_has_a_way_out_on_every_page(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await town.says(LI, "17-1")
    await town.presses(LI, "抄送")
    assert town.last(LI).labels == ["1", "2", "3", "4", "更多", "取消"]
    await town.presses(LI, "更多", message=town.last(LI))
    assert "取消" in town.last(LI).labels and "第 2/" in town.text(LI)
    await town.says(LI, "取消")
    assert "还差 30 亩指标" in town.text(LI) and "抄送给谁" not in town.text(LI)


async def test_no_longer_watching(settle_in):
    town = await copied(settle_in)
    await town.presses(BOSS, "不再关注")
    text, count = town.text(BOSS), len(town.messages(BOSS))
    await town.presses(ZHAO, "签收")
    assert (town.text(BOSS), len(town.messages(BOSS))) == (text, count) and "不再关注" not in town.last(BOSS).labels
    await town.says(LI, "17-1")
    await town.presses(LI, "抄送")
    assert BOSS in town.text(LI), "may be given a copy again"
    check_log(town)


async def test_at_night_the_card_comes_when_work_begins_with_all_that_happened(settle_in):
    town = await copied(settle_in, "2026-11-24 20:00")
    assert not town.messages(BOSS)
    await look_at(town, "2026-11-25 08:31")
    assert "【抄送】17-1" in town.text(BOSS)
    check_log(town)


async def test_who_watches_finds_it_in_their_list_and_sees_no_buttons_of_others(settle_in):
    town = await copied(settle_in)
    await town.says(BOSS, "事项")
    assert "我关注的 1 件" in town.text(BOSS)
    await town.says(BOSS, "17-1")
    assert town.last(BOSS).labels == ["不再关注"]
    for who in (HEAD, "总调度老冯"):
        await town.says(who, "事项")
        assert "没有和您有关的事项" in town.text(who)


async def test_two_who_watch_each_have_their_own_and_a_restart_changes_nothing(settle_in):
    town = await copied(settle_in)
    await town.says(LI, "17-1")
    await town.presses(LI, "抄送")
    await town.says(LI, WANG)
    town.reopen()
    await town.presses(ZHAO, "签收")
    for who in (BOSS, WANG):
        assert "收件小赵签收" in town.text(who) and len(town.messages(who)) == 1
    check_log(town)


async def test_what_is_marked_internal_says_so_to_insiders_alone(settle_in):
    town = await copied(settle_in)
    await town.says(LI, "17-1")
    await town.presses(LI, "标为内部")
    assert "内部" in town.text(BOSS)
    await town.says(SUN, "17-1")
    assert "内部" not in town.text(SUN)
    await town.says(LI, "17-1")
    await town.presses(LI, "取消内部")
    assert "· 内部" not in town.text(BOSS)
    check_log(town)


async def test_while_the_watcher_is_away_the_deputy_has_the_card_until_they_are_back(settle_in):
    town = settled(settle_in)
    town.person(BOSS, posts=[Post.LEADER])
    await raises(town, SUN)
    town.do(lambda desk: deputies.begin(desk, town.people[BOSS], town.people[WANG], desk.today, None))
    await town.says(LI, "17-1")
    await town.presses(LI, "抄送")
    await town.says(LI, BOSS)
    assert town.text(WANG).startswith(f"代 {BOSS}：\n【抄送】17-1") and not town.messages(BOSS)
    card = town.last(WANG)
    await town.presses(ZHAO, "签收")
    assert "收件小赵签收" in card.text and card.text.startswith(f"代 {BOSS}：")
    await town.says(BOSS, "我回来了")
    assert "收件小赵" not in card.text and not card.labels, "the deputy's card is over"
    mine = next(shown for shown in town.messages(BOSS) if "【抄送】17-1" in shown.text)
    await promises(town)
    assert "已首次答复" in mine.text and "已首次答复" not in card.text
    check_log(town)


async def test_the_deputy_stops_watching_for_who_is_away(settle_in):
    town = settled(settle_in)
    town.person(BOSS, posts=[Post.LEADER])
    await raises(town, SUN)
    town.do(lambda desk: deputies.begin(desk, town.people[BOSS], town.people[WANG], desk.today, None))
    await town.says(LI, "17-1")
    await town.presses(LI, "抄送")
    await town.says(LI, BOSS)
    await town.presses(WANG, "不再关注")
    card, text = town.messages(WANG)[-1], town.text(WANG)
    await town.presses(ZHAO, "签收")
    assert card.text == text and not [shown for shown in town.messages(BOSS) if "抄送" in shown.text]
    await town.says(BOSS, "我回来了")
    await town.says(BOSS, "事项")
    assert "我关注的" not in town.text(BOSS)
    check_log(town)


async def test_copied_again_before_the_first_card_has_come_it_comes_once(settle_in):
    town = await copied(settle_in, "2026-11-24 20:00")
    await town.says(BOSS, "17-1")
    await town.presses(BOSS, "不再关注")
    await town.says(LI, "17-1")
    await town.presses(LI, "抄送")
    await town.says(LI, BOSS)
    await look_at(town, "2026-11-25 08:31")
    assert [shown.text for shown in town.messages(BOSS)].count(town.text(BOSS)) == 1 and "【抄送】17-1" in town.text(
        BOSS
    )
    card = town.last(BOSS)
    await look_at(town, "2026-11-25 09:20")
    await town.presses(ZHAO, "签收")
    assert "收件小赵签收" in card.text
    check_log(town)
