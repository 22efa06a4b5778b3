"""The sender, told as what arrives: said once more or not, to whom else, and what one bad message does to the others."""

from datetime import timedelta

from sqlmodel import select

from bot.channels import Stopped, TryLater, Uncertain, Unreachable
from bot.messages import Card
from bot.outbox import Pacer
from bot.rules.words import MessageClass, Post
from handlers import house
from storage import outbox, people
from storage.tables import NudgeRow, Outbox
from tests.town import Phones

WANG, LI, ADMIN = "王科长", "李科长", "管理员"


def lay(town, who, text, klass=MessageClass.HAND, **options):
    """A message in the outbox; its row."""
    return town.do(lambda desk: desk.say(klass, Card(text), person=town.people[who], **options))


def row(town, number):
    with town.store.read() as session:
        return session.get(Outbox, number)


async def test_what_was_perhaps_delivered_is_said_once_more_but_a_nudge_is_not(settle_in):
    town = settle_in("2026-11-24 10:00")
    cases = {
        MessageClass.ANSWER: 2, MessageClass.HAND: 2, MessageClass.URGENT: 2, MessageClass.SUMMARY: 1, MessageClass.NUDGE: 1,
    }  # fmt: skip
    for at, (klass, tries) in enumerate(cases.items()):
        town.person(klass)
        town.phones.trouble[klass] = [Uncertain("no answer")] * 5
        number = lay(town, klass, "17-3 供电增容", klass)
        for minute in range(3):
            await town.sleep_until(f"2026-11-24 10:{10 * at + minute:02}")
        assert (row(town, number).state, 5 - len(town.phones.trouble[klass])) == ("uncertain", tries), klass


async def test_a_doubtful_message_that_then_arrives_is_sent(settle_in):
    town = settle_in("2026-11-24 10:00")
    town.person(WANG)
    town.phones.trouble[WANG] = [Uncertain("no answer")]
    number = lay(town, WANG, "17-3 供电增容")
    await town.settle()
    assert town.messages(WANG) == []
    await town.sleep_until("2026-11-24 10:01")
    assert town.text(WANG) == "17-3 供电增容" and row(town, number).state == "sent"


async def test_a_refused_connection_is_tried_eight_times_a_pause_of_the_account_does_not_count(settle_in):
    town = settle_in("2026-11-24 10:00")
    town.person(WANG)
    town.person(LI)
    town.phones.trouble[WANG] = [TryLater("no connection")] * 20
    number = lay(town, WANG, "一")
    for minute in range(1, 15):
        await town.sleep_until(f"2026-11-24 10:{minute:02}")
    assert 20 - len(town.phones.trouble[WANG]) == 8
    assert row(town, number).state == "failed"
    town.phones.trouble[LI] = [TryLater("429", 0.01, whole=True)] * 20
    lay(town, LI, "二")
    for minute in range(15, 40):
        await town.sleep_until(f"2026-11-24 10:{minute:02}")
    assert town.text(LI) == "二"


async def test_one_card_that_cannot_be_drawn_up_harms_no_other(settle_in, monkeypatch):
    """A broken text must not stop the service, nor come again at each start."""
    town = settle_in("2026-11-24 10:00")
    for name in (WANG, LI):
        town.person(name)
    town.person(ADMIN, posts=[Post.ADMINISTRATOR])
    monkeypatch.setitem(house.RENDERS, "broken", lambda desk, row: 1 / 0)
    number = town.do(
        lambda desk: outbox.put(desk.session, MessageClass.HAND, desk.now, render="broken", person=town.people[WANG])
    )
    lay(town, LI, "照常")
    await town.settle()
    assert town.text(LI) == "照常"
    assert (row(town, number).state, row(town, number).error) == ("failed", "ZeroDivisionError: division by zero")
    assert "ZeroDivisionError" in town.text(ADMIN)


async def test_many_messages_to_one_person_do_not_keep_the_others_waiting(settle_in):
    """Telegram takes one message a second in one chat: those behind it in the same lane go to other people meanwhile."""
    town = settle_in("2026-11-24 10:00")
    for name in (WANG, LI):
        town.person(name)
    pacer = town.app.sender._pacers["phone"]
    pacer.per_chat = 1000.0
    for at in range(60):
        lay(town, WANG, str(at))
    lay(town, LI, "照常")
    for _ in range(4):
        await town.settle()
    assert town.text(LI) == "照常" and len(town.messages(WANG)) == 1


def page_too(town, *names):
    """A second service, where these people have an account they have not used lately."""
    page = Phones(lambda: town.now, name="page")
    town.app.channels["page"] = page
    town.app.sender._pacers["page"] = Pacer(1000, 0, 0)
    earlier = town.now - timedelta(days=1)
    for name in names:
        town.do(lambda desk, name=name: people.bind(desk.session, town.people[name], "page", name, name, name, earlier))
    return page


async def test_a_stopped_service_is_told_to_the_operator_through_the_other_one(settle_in):
    town = settle_in("2026-11-24 10:00")
    town.person(ADMIN, posts=[Post.ADMINISTRATOR])
    town.person(WANG)
    page = page_too(town, ADMIN)
    town.phones.trouble[WANG] = [Stopped("Unauthorized")]
    number = lay(town, WANG, "一")
    await town.settle()
    assert "Unauthorized" in page.messages[-1].text and town.messages(ADMIN) == []
    assert row(town, number).state == "pending" and town.app.sender.stopped == {"phone": "Unauthorized"}


async def test_who_cannot_be_reached_here_is_spoken_to_elsewhere(settle_in):
    town = settle_in("2026-11-24 10:00")
    town.person("调度小李", posts=[Post.DISPATCHER])
    for name in (WANG, LI):
        town.person(name)
        town.phones.trouble[name] = [Unreachable("blocked")] * 9
    page = page_too(town, WANG)
    lay(town, WANG, "17-3 供电增容")
    lay(town, LI, "17-4 供水")
    await town.settle()
    assert [shown.text for shown in page.messages] == ["17-3 供电增容"]
    with town.store.read() as session:
        told = list(session.exec(select(NudgeRow)).all())
    assert [LI in told.reason["text"] for told in told] == [True]


async def test_an_answer_stays_where_it_was_asked(settle_in):
    town = settle_in("2026-11-24 10:00")
    town.person(WANG)
    page = page_too(town, WANG)
    town.phones.trouble[WANG] = [Unreachable("blocked")]
    await town.says(WANG, "帮助")
    assert page.messages == [] and town.messages(WANG) == []
