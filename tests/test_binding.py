"""Getting acquainted: codes that work once, for 72 hours, for one person, and what is told to whom where they do not."""

import pytest
import sqlalchemy as sa

from bot.rules.words import Post, Role
from handlers import handover, start
from storage import dispatch_log, people
from storage.tables import Account, Alarm, Conversation, Person

pytestmark = pytest.mark.slow

ADMIN, WANG = "管理员老赵", "王科长"


def settled(settle_in, now="2026-11-24 10:00"):
    """A town with an administrator and somebody who is not bound yet."""
    town = settle_in(now)
    town.person(ADMIN, posts=[Post.ADMINISTRATOR])
    town.person(WANG, "区发展和改革局", bound=False)
    return town


def code_for(town, name):
    return town.do(lambda desk: start.invite(desk, town.people[name]))


def bound_to(town, identity):
    """The name of whoever this phone belongs to now."""
    with town.store.read() as session:
        known = people.known_at(session, "phone", identity)
        return known.name if known else None


async def told_next_morning(town, who):
    """What came with the next morning's bundle."""
    before = len(town.messages(who))
    await town.walk("2026-11-25 09:30")
    return "\n".join(shown.text for shown in town.messages(who)[before:])


async def test_a_stranger_hears_how_to_get_a_code_and_nothing_else(settle_in):
    town = settled(settle_in)
    for words in ("你好", "65%", "填报", "/todo", "王科长"):
        await town.says("陌生人", words)
        assert "邀请码" in town.text("陌生人") and WANG not in town.text("陌生人")
    assert bound_to(town, "陌生人") is None


@pytest.mark.parametrize("form", ["绑定 {}", "{}", "绑定：{}", "/start {}", "我的邀请码是 {}，谢谢"])
async def test_a_code_binds_however_it_is_sent(settle_in, form):
    town = settled(settle_in)
    await town.says("新手机", form.format(code_for(town, WANG)))
    assert bound_to(town, "新手机") == WANG
    assert f"{WANG}，您好，已绑定" in town.text("新手机")


async def test_small_letters_and_a_missing_dash_are_no_obstacle(settle_in):
    town = settled(settle_in)
    await town.says("新手机", f"绑定 {code_for(town, WANG).replace('-', '').lower()}")
    assert bound_to(town, "新手机") == WANG


async def test_the_first_card_shows_what_is_yours_and_what_waits(settle_in):
    town = settled(settle_in)
    town.project("智诚慧家标准车间", {Role.REPORTER: WANG}, plan={11: 100}, milestones=[("主体封顶", "2026-11-25")])
    await town.says("新手机", code_for(town, WANG))
    assert "由您填报 1 个" in town.text("新手机")
    assert "等您办的" in town.text("新手机") and "主体封顶" in town.text("新手机")
    assert town.last("新手机").labels == ["填报进展", "今日待办"]


async def test_a_second_use_is_refused_and_alarms_at_once(settle_in):
    town = settled(settle_in)
    code = code_for(town, WANG)
    await town.says("新手机", code)
    await town.says("别的手机", code)
    assert "这个邀请码不能用" in town.text("别的手机") and WANG not in town.text("别的手机")
    assert "已使用过的邀请码" in town.text(ADMIN) and WANG in town.text(ADMIN)
    with town.store.read() as session:
        assert session.execute(sa.select(sa.func.count()).select_from(Alarm)).scalar() == 1


async def test_ones_own_link_opened_again_only_says_hello(settle_in):
    town = settled(settle_in)
    code = code_for(town, WANG)
    await town.says("新手机", f"/start {code}")
    await town.says("新手机", f"/start {code}")
    assert "已绑定" in town.text("新手机") and not town.messages(ADMIN)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("expired", "过期的邀请码"),
        ("withdrawn", "已作废的邀请码"),
        ("unknown", "不存在的邀请码"),
        ("left", "已作废的邀请码"),
    ],
)
async def test_why_a_code_does_not_work_is_for_the_administrator_alone(settle_in, spoil, said):
    town = settled(settle_in)
    code = code_for(town, WANG)
    if spoil == "expired":
        await town.walk("2026-11-27 10:30", minutes=720)
    elif spoil == "withdrawn":
        code_for(town, WANG)
    elif spoil == "left":
        town.do(lambda desk: handover.deactivate(desk, desk.session.get(Person, town.people[WANG])))
    else:
        code = "2345-6789"
    await town.says("陌生人", f"绑定 {code}")
    assert town.text("陌生人") == "这个邀请码不能用。请核对后再发一次，或请管理员重新生成。"
    before = len(town.messages(ADMIN))
    await town.walk("2026-12-01 09:30", minutes=60)
    assert any(said in shown.text for shown in town.messages(ADMIN)[before:])


async def test_a_code_lasts_72_hours_to_the_minute(settle_in):
    town = settled(settle_in)
    code = code_for(town, WANG)
    await town.sleep_until("2026-11-27 09:59")
    await town.says("新手机", code)
    assert bound_to(town, "新手机") == WANG


async def test_five_wrong_codes_and_half_an_hours_pause(settle_in):
    town = settled(settle_in)
    right = code_for(town, WANG)
    for at in range(5):
        await town.says("陌生人", f"绑定 2345-678{at + 2}")
    assert "11-24 10:30 之后再试" in town.text("陌生人")
    await town.says("陌生人", right)
    assert "之后再试" in town.text("陌生人") and bound_to(town, "陌生人") is None
    await town.sleep_until("2026-11-24 10:31")
    await town.says("陌生人", right)
    assert bound_to(town, "陌生人") == WANG
    assert any("已暂停一会儿" in shown.text for shown in town.messages(ADMIN))


async def test_somebody_elses_tries_do_not_count(settle_in):
    town = settled(settle_in)
    for at in range(5):
        await town.says("陌生人", f"绑定 2345-678{at + 2}")
    await town.says("新手机", code_for(town, WANG))
    assert bound_to(town, "新手机") == WANG


async def test_never_in_a_group_and_a_code_shown_there_is_worth_nothing(settle_in):
    town = settled(settle_in)
    code = code_for(town, WANG)
    await town.says("新手机", f"绑定 {code}", group="工作群")
    assert bound_to(town, "新手机") is None
    await town.says("新手机", code)
    assert bound_to(town, "新手机") is None


async def test_an_account_that_goes_over_is_told_to_both(settle_in):
    town = settled(settle_in)
    li = town.person("李主任")
    town.do(lambda desk: people.bind(desk.session, li, "phone", "李主任的平板", "李主任的平板", "", desk.now))
    await town.says("李主任", "填报")
    await town.says("李主任", f"绑定 {code_for(town, WANG)}")
    assert bound_to(town, "李主任") == WANG
    assert f"{WANG}，您好，已绑定" in town.text("李主任")
    assert f"改绑给{WANG}" in town.text("李主任的平板")
    assert f"由李主任改绑给{WANG}" in await told_next_morning(town, ADMIN)


async def test_a_draft_does_not_go_over_with_the_account(settle_in):
    town = settled(settle_in)
    town.person("李主任")
    town.project("跨河大桥", {Role.REPORTER: "李主任"})
    await town.says("李主任", "65%")
    await town.says("李主任", f"绑定 {code_for(town, WANG)}")
    with town.store.read() as session:
        account = people.known_at(session, "phone", "李主任").account
        talk = session.get(Conversation, account)
        assert (talk.step, talk.draft) == ("", {})


async def test_a_second_account_of_one_person_is_told_to_the_first(settle_in):
    town = settled(settle_in)
    await town.says("新手机", code_for(town, WANG))
    await town.says("平板", code_for(town, WANG))
    assert "又绑定了一个账号" in town.text("新手机")
    with town.store.read() as session:
        rows = session.execute(sa.select(Account.person).where(Account.identity.in_(("新手机", "平板")))).all()
        assert {row[0] for row in rows} == {town.people[WANG]}


async def test_what_happened_is_in_the_log_and_the_code_is_not(settle_in):
    town = settled(settle_in)
    code = code_for(town, WANG)
    await town.says("新手机", code)
    with town.store.read() as session:
        entries = list(dispatch_log.entries(session, town.app.house.sealer))
        assert [entry.row.kind for entry in entries][-2:] == ["invite.made", "account.bound"]
        assert not any(code in entry.row.body or code in str(entry.words) for entry in entries)
        assert dispatch_log.verify(session, town.app.house.sealer).good
