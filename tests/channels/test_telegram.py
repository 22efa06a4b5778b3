"""The Telegram channel: payloads as the Bot API documents them, and its talk with a scripted Bot API server."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import ChannelError, Gone, Moved, Stopped, TryLater, Uncertain, Undeliverable, Unreachable
from bot.channels.telegram import Telegram, incoming
from bot.channels.telegram.writing import bare, parts, split, to_html, units, written
from bot.messages import Ack, Address, Attachment, Button, Card, Drawn, Incoming, Sent, escape_markup
from tests.bot_api import (
    BotApi,
    Fault,
    Person,
    bad_gateway,
    blocked,
    dropped,
    foreign_page,
    hung,
    migrated,
    refusal,
    too_many,
)
from tests.bot_api.markup import parse_html

FIXTURES = Path(__file__).parent / "fixtures" / "telegram"
ACCOUNT, USERNAME = "7364951820", "diaodu_bot"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + (1080).to_bytes(4, "big") + (1280).to_bytes(4, "big")

pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


# What comes in


def read(name: str) -> list[Incoming]:
    return incoming(json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8")), ACCOUNT, USERNAME)


SAYS: dict[str, dict[str, Any]] = {
    "text": {
        "kind": "text",
        "text": "65% 累计1.2亿 主体封顶已完成",
        "direct": True,
        "person": "5182736450",
        "name": "芳 王",
    },
    "start_with_code": {"kind": "command", "command": "start", "text": "K7P2-9QXM"},
    "start_bare": {"kind": "command", "command": "start", "text": ""},
    "command_in_group": {
        "kind": "command",
        "command": "board",
        "text": "长清",
        "direct": False,
        "title": "重点项目专班",
    },
    "command_in_the_middle": {"kind": "text", "text": "请发 /report 试试"},
    "mention_in_group": {"kind": "text", "text": "总览", "facts.addressed": True},
    "text_in_group": {"kind": "text", "chat": "-4837261905", "direct": False, "facts.addressed": None},
    "press": {
        "kind": "press",
        "press": "q7Zk3vXw2LrN9aTb:0",
        "quote": "409",
        "handle": "22258911034587211190",
        "chat": "5182736450",
        "person": "5182736450",
        "direct": True,
    },
    "press_in_topic": {
        "kind": "press",
        "thread": "31",
        "chat": "-1002290016637",
        "person": "5190028431",
        "quote": "77",
    },
    "press_on_old_message": {"kind": "press", "quote": "12", "thread": ""},
    "photo": {
        "kind": "files",
        "text": "智诚慧家 主体封顶",
        "attachments": (Attachment("photo", "AgACAgUAAxkBAAIBy", "AQADy.jpg", 84210, "image/jpeg"),),
    },
    "album_first": {"kind": "files", "text": "封顶现场三张", "facts.album": "13983472104829311"},
    "album_second": {"kind": "files", "text": "", "facts.album": "13983472104829311", "facts.message": "421"},
    "document": {
        "kind": "files",
        "attachments": (
            Attachment(
                "file",
                "BQACAgUAAxkBAAIB",
                "11月台账.xlsx",
                48213,
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ),
        ),
    },
    "voice": {"kind": "files", "attachments": (Attachment("voice", "AwACAgUAAxkBAAIC", "", 15320, "audio/ogg"),)},
    "video": {
        "kind": "files",
        "text": "吊装",
        "attachments": (Attachment("video", "BAACAgUAAxkBAAID", "IMG_0231.MOV", 9321455, "video/quicktime"),),
    },
    "animation": {"attachments": (Attachment("video", "CgACAgUAAx", "mp4.mp4", 51234, "video/mp4"),)},
    "location": {"kind": "text", "text": "", "facts.location": [36.5612, 116.7515]},
    "sticker": {"kind": "text", "text": "", "facts.sticker": True},
    "contact": {"kind": "text", "text": "", "facts.other": True},
    "forwarded": {"kind": "text", "text": "供电局答复下周进场", "facts.forwarded": True},
    "reply": {"kind": "text", "text": "七成", "quote": "409", "facts.message": "430", "facts.at": 1763773200},
    "edited_text": {"kind": "edited", "text": "66%", "quote": "412", "facts.message": "412"},
    "edited_caption": {"kind": "edited", "text": "智诚慧家 主体封顶 更正：四层", "quote": "412"},
    "topic_text": {"kind": "command", "command": "matters", "thread": "31", "quote": "", "facts.addressed": None},
    "topic_reply": {"kind": "text", "thread": "31", "quote": "77", "facts.addressed": True},
    "thread_without_topic": {"kind": "text", "thread": "", "quote": "90"},
    "anonymous_administrator": {"kind": "command", "command": "bind", "person": "", "name": "重点项目专班"},
    "linked_channel_post": {"kind": "text", "person": "", "name": "区情快报"},
    "joined_group": {"kind": "joined", "chat": "-4837261905", "person": "5182736450", "direct": False},
    "put_out_of_group": {"kind": "left", "chat": "-1002174839261"},
    "blocked": {"kind": "blocked", "chat": "5182736450", "direct": True},
    "unblocked": {"kind": "joined", "chat": "5182736450", "direct": True},
    "migrated_to": {"kind": "migrated", "facts": {"from": "-4837261905", "to": "-1002174839261"}},
    "migrated_from": {"kind": "migrated", "facts": {"from": "-4837261905", "to": "-1002174839261"}},
    "broken_message": {"kind": "errand", "command": "unparsed", "chat": "", "person": ""},
}
SAYS_NOTHING = [
    "added_to_channel",
    "another_bot",
    "command_for_another_bot",
    "edited_live_location",
    "made_administrator",
    "members_came",
    "press_inline",
    "restricted_in_group",
    "title_changed",
    "topic_created",
    "unknown_kind",
]


@pytest.mark.parametrize("name", SAYS)
def test_an_update_says(name: str) -> None:
    (found,) = read(name)
    for field, expected in SAYS[name].items():
        value = found.facts.get(field.removeprefix("facts.")) if "." in field else getattr(found, field)
        assert value == expected, field
    raw = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
    assert (found.channel, found.account, found.dedup) == ("telegram", ACCOUNT, str(raw["update_id"]))
    assert Incoming.from_json(found.to_json()) == found


@pytest.mark.parametrize("name", SAYS_NOTHING)
def test_an_update_that_says_nothing_to_us(name: str) -> None:
    assert read(name) == []


def test_every_fixture_is_looked_at() -> None:
    assert {path.stem for path in FIXTURES.glob("*.json")} == set(SAYS) | set(SAYS_NOTHING)


def test_a_topic_that_the_bot_opened_does_not_address_it() -> None:
    raw = json.loads((FIXTURES / "topic_text.json").read_text(encoding="utf-8"))
    raw["message"] |= {"text": "收到", "entities": []}
    assert raw["message"]["reply_to_message"]["from"]["id"] == int(ACCOUNT)
    assert "addressed" not in incoming(raw, ACCOUNT, USERNAME)[0].facts


def test_what_cannot_be_read_keeps_its_raw_form() -> None:
    (broken,) = read("broken_message")
    assert broken.facts["raw"]["message"]["text"] == 7
    (nameless,) = incoming({"message": "?"}, ACCOUNT, USERNAME)
    assert nameless.dedup == incoming({"message": "?"}, ACCOUNT, USERNAME)[0].dedup != ""


# What goes out: text


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("短", 10, ["短"]),
        ("第一段在此处。\n\n第二段", 10, ["第一段在此处。\n\n", "第二段"]),
        ("一行一行一行\n二行二行", 10, ["一行一行一行\n", "二行二行"]),
        ("甲甲甲甲甲甲。乙乙乙乙乙", 10, ["甲甲甲甲甲甲。", "乙乙乙乙乙"]),
        ("甲甲甲甲甲甲；乙乙乙乙乙", 10, ["甲甲甲甲甲甲；", "乙乙乙乙乙"]),
        ("甲甲甲甲甲甲，乙乙乙乙乙", 10, ["甲甲甲甲甲甲，", "乙乙乙乙乙"]),
        ("甲，乙乙乙乙乙乙乙乙乙乙", 10, ["甲，乙乙乙乙乙乙乙乙", "乙乙"]),
        ("𠮷" * 6, 5, ["𠮷𠮷", "𠮷𠮷", "𠮷𠮷"]),
        ("abcd👨‍👩‍👧ef", 8, ["abcd", "👨‍👩‍👧", "ef"]),
    ],
)
def test_split_at_sentence_ends(text: str, limit: int, expected: list[str]) -> None:
    assert split(text, limit) == expected


@given(
    st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("。；，\n\n𠮷👨‍👩‍👧é "), max_size=300),
    st.integers(2, 40),
)
def test_splitting_keeps_every_letter_and_every_limit(text: str, limit: int) -> None:
    found = split(text, limit)
    assert "".join(found) == text
    assert all(0 < units(part) <= limit for part in found)


@given(st.text(st.characters() | st.sampled_from("<>&/b;*\\"), max_size=200), st.integers(5, 60))
def test_what_people_write_is_shown_literally(said: str, limit: int) -> None:
    """Whatever was written, Telegram's own parser finds the words and nothing but our bold."""
    pieces = written(f"**项目{escape_markup(said)}** {escape_markup(said)}")
    shown = ""
    for part in parts(pieces, limit):
        plain, entities = parse_html(to_html(part))
        assert units(plain) <= limit
        assert {entity["type"] for entity in entities} <= {"bold"}
        shown += plain
    whole = bare(pieces)
    assert [letter for letter in shown if not letter.isspace()] == [letter for letter in whole if not letter.isspace()]


def test_a_bold_piece_that_is_cut_stays_bold() -> None:
    assert [to_html(part) for part in parts(written("**甲乙丙丁**戊"), 3)] == ["<b>甲乙丙</b>", "<b>丁</b>戊"]


# A talk


class Receiver:
    """The core, as the channel sees it: keeps what it was given, may fail, may be slow."""

    def __init__(self) -> None:
        self.seen: list[Incoming] = []
        self.failures = 0
        self.before: Callable[[], Any] | None = None

    async def __call__(self, batch: list[Incoming]) -> list[Ack]:
        if self.before:
            await self.before()
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the disk is full")
        self.seen += batch
        return []

    def texts(self) -> list[str]:
        return [one.text for one in self.seen]


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as server:
        yield server


@pytest.fixture
def wang(api: BotApi) -> Person:
    return api.user("王芳")


@pytest.fixture
def sink() -> Receiver:
    return Receiver()


def bot(api: BotApi, **options: Any) -> Telegram:
    return Telegram(api.token, api.url, **({"timeout": 5, "first_wait": 0.01} | options))


@asynccontextmanager
async def running(channel: Telegram, sink: Receiver) -> AsyncIterator["asyncio.Task[None]"]:
    task = asyncio.create_task(channel.run(sink))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def to(person: Person) -> Address:
    return Address("telegram", str(person.id), person=str(person.id))


def card(text: str, *labels: str, **more: Any) -> Card:
    return Card(text, rows=(tuple(Button(label) for label in labels),) if labels else (), **more).with_tokens(
        "q7Zk3vXw"
    )


async def test_a_report_goes_in_and_its_card_comes_out(api: BotApi, wang: Person, sink: Receiver) -> None:
    channel = bot(api, menu=[("report", "填报"), ("todo", "今日待办")])
    async with running(channel, sink):
        wang.says("65%")
        await api.until(lambda: sink.seen)
        sent = await channel.send(
            sink.seen[0].address, Drawn(card("**请确认** 智诚慧家 65% <上次 62%>", "确认", "修改"))
        )
        shown = await wang.hears("请确认")
        assert (shown.text, shown.bold) == ("请确认 智诚慧家 65% <上次 62%>", ("请确认",))
        assert shown.buttons == (("确认", "修改"),)
        wang.presses("确认")
        await api.until(lambda: len(sink.seen) == 2)
        assert (sink.seen[1].press, sink.seen[1].quote) == ("q7Zk3vXw:0", sent.message)
        await channel.ack(sink.seen[1].handle, "已记录")
        assert wang.toasts == ["已记录"]
        await channel.update(sink.seen[1].address, sent.message, Drawn(card("已确认 65%")))
        assert [(s.text, s.buttons) for s in api.messages(wang) if s.from_bot] == [("已确认 65%", ())]
    assert api.world.commands["all_private_chats"] == [
        {"command": "report", "description": "填报"},
        {"command": "todo", "description": "今日待办"},
    ]


async def test_the_service_is_told_only_after_the_sink_has_returned(api: BotApi, wang: Person, sink: Receiver) -> None:
    """Killed half-way: what the sink had not finished comes again, and nothing was confirmed."""
    inside = asyncio.Event()

    async def never() -> None:
        inside.set()
        await asyncio.Event().wait()

    sink.before = never
    for number in range(3):
        wang.says(f"第{number}条")
    async with running(bot(api), sink):
        await inside.wait()
    assert len(api.pending) == 3
    sink.before = None
    async with running(bot(api), sink):
        await api.until(lambda: not api.pending)
    assert sink.texts() == ["第0条", "第1条", "第2条"]


async def test_a_sink_that_fails_is_asked_again(api: BotApi, wang: Person, sink: Receiver) -> None:
    sink.failures = 2
    channel = bot(api)
    async with running(channel, sink):
        wang.says("65%")
        await api.until(lambda: not api.pending)
        assert sink.texts() == ["65%"]
        assert channel.health()["ok"]
    offsets = [call.params.get("offset") for call in api.calls("getUpdates")]
    assert offsets[:3] == [None, None, None]


async def test_an_update_that_cannot_be_read_is_parked_and_the_next_goes_on(
    api: BotApi, wang: Person, sink: Receiver
) -> None:
    poison = api.inject({"message": {"message_id": 1, "chat": {"id": "?"}}})
    wang.says("后面的")
    async with running(bot(api), sink):
        await api.until(lambda: not api.pending)
    assert [(one.kind, one.command) for one in sink.seen] == [("errand", "unparsed"), ("text", "")]
    assert sink.seen[0].facts["raw"] == poison
    assert len(api.calls("getUpdates")) <= 3


async def test_what_was_typed_while_the_bot_was_away_arrives_in_order(
    api: BotApi, wang: Person, sink: Receiver
) -> None:
    api.world.commands["all_private_chats"] = []
    for number in range(250):
        wang.says(str(number))
    async with running(bot(api), sink):
        await api.until(lambda: not api.pending)
    assert sink.texts() == [str(number) for number in range(250)]


async def test_waiting_poll_names_what_it_wants(api: BotApi, sink: Receiver) -> None:
    async with running(bot(api, poll_seconds=30), sink):
        await api.until(lambda: api.calls("getUpdates"))
    (poll,) = api.calls("getUpdates")
    assert json.loads(poll.params["allowed_updates"]) == [
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
    ]
    assert (poll.params["limit"], poll.params["timeout"], "offset" in poll.params) == ("100", "30", False)
    (gone,) = api.calls("deleteWebhook")
    assert gone.params.get("drop_pending_updates") in (None, "false", "False")


async def test_an_album_arrives_piece_by_piece_and_can_be_fetched(api: BotApi, wang: Person, sink: Receiver) -> None:
    channel = bot(api)
    async with running(channel, sink):
        wang.album([PNG + b"1", PNG + b"2", PNG + b"3"], caption="封顶现场")
        await api.until(lambda: len(sink.seen) == 3)
        assert len({one.facts["album"] for one in sink.seen}) == 1
        assert sink.texts() == ["封顶现场", "", ""]
        files = [await channel.fetch(one.attachments[0]) for one in sink.seen]
    assert files == [PNG + b"1", PNG + b"2", PNG + b"3"]


async def test_in_a_forum_the_answer_goes_to_the_topic(api: BotApi, wang: Person, sink: Receiver) -> None:
    topic = api.group("要素保障协调群", topic="供电")
    channel = bot(api)
    async with running(channel, sink):
        wang.says("/matters", topic)
        await api.until(lambda: sink.seen)
        await channel.send(sink.seen[0].address, Drawn(card("供电增容：办理中")))
        assert (await wang.hears("供电增容", topic)).thread == str(topic.thread)
    assert [shown.text for shown in api.messages(topic) if shown.from_bot and shown.text] == ["供电增容：办理中"]


async def test_privacy_mode_hides_plain_talk_and_health_says_so(api: BotApi, wang: Person, sink: Receiver) -> None:
    group = api.group("专班群")
    channel = bot(api)
    async with running(channel, sink):
        wang.says("今天天气不错", group)
        wang.says("/board", group)
        await api.until(lambda: sink.seen)
        await api.until(lambda: not api.pending)
        assert [one.command for one in sink.seen] == ["board"]
        assert channel.health()["reads_all_group_messages"] is False


async def test_a_group_that_becomes_a_supergroup(api: BotApi, wang: Person, sink: Receiver) -> None:
    group = api.group("专班群")
    channel = bot(api)
    async with running(channel, sink):
        new = group.becomes_supergroup()
        await api.until(lambda: len(sink.seen) == 2)
        assert [one.facts for one in sink.seen] == [{"from": str(group.id), "to": str(new.id)}] * 2
        with pytest.raises(Moved) as moved:
            await channel.send(Address("telegram", str(group.id)), Drawn(card("综述")))
        assert moved.value.chat == str(new.id)
        await channel.send(Address("telegram", moved.value.chat), Drawn(card("综述")))
    assert [shown.text for shown in api.messages(new) if shown.text] == ["综述"]


async def test_blocking_and_coming_back(api: BotApi, wang: Person, sink: Receiver) -> None:
    channel = bot(api)
    async with running(channel, sink):
        wang.blocks()
        with pytest.raises(Unreachable):
            await channel.send(to(wang), Drawn(card("提醒")))
        wang.unblocks()
        await channel.send(to(wang), Drawn(card("提醒")))
        await api.until(lambda: len(sink.seen) == 2)
    assert [one.kind for one in sink.seen] == ["blocked", "joined"]


# What can go wrong with sending

FAULTS: list[tuple[str, Fault, type[ChannelError], bool]] = [
    ("429: nothing arrived, the whole account waits", too_many(7), TryLater, False),
    ("429 without a time", refusal(429, "Too Many Requests"), TryLater, False),
    ("the person blocked the bot", blocked(), Unreachable, False),
    ("never pressed Start", refusal(403, "Forbidden: bot can't initiate conversation with a user"), Unreachable, False),
    ("no such chat", refusal(400, "Bad Request: chat not found"), Unreachable, False),
    (
        "no right to post",
        refusal(400, "Bad Request: not enough rights to send text messages to the chat"),
        Unreachable,
        False,
    ),
    ("the topic is gone", refusal(400, "Bad Request: message thread not found"), Unreachable, False),
    ("the group moved", migrated(-1002000000042), Moved, False),
    ("refused for good", refusal(400, "Bad Request: BUTTON_DATA_INVALID"), Undeliverable, False),
    ("too large", Fault(413, "<html>413 Request Entity Too Large</html>"), Undeliverable, False),
    ("the token was revoked", refusal(401, "Unauthorized"), Stopped, False),
    ("the token never was", refusal(404, "Not Found"), Stopped, False),
    ("502 with a page, not delivered", bad_gateway(), Uncertain, False),
    ("502 with a page, delivered", bad_gateway(deliver=True), Uncertain, True),
    ("500", refusal(500, "Internal Server Error"), Uncertain, False),
    ("a proxy's page in place of the answer", foreign_page(), Uncertain, False),
    ("delivered, then the connection was cut", dropped(), Uncertain, True),
    ("cut before it was delivered", dropped(deliver=False), Uncertain, False),
    ("delivered, and no answer", hung(), Uncertain, True),
]


@pytest.mark.parametrize(("fault", "error", "arrived"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
async def test_sending_goes_wrong(
    api: BotApi, wang: Person, fault: Fault, error: type[ChannelError], arrived: bool
) -> None:
    api.fail("sendMessage", fault)
    with pytest.raises(error) as raised:
        await bot(api, timeout=0.3).send(to(wang), Drawn(card("提醒")))
    assert type(raised.value) is error
    assert [shown.text for shown in api.messages(wang)] == (["提醒"] if arrived else [])
    assert api.token not in f"{raised.value!r} {raised.value}"
    assert raised.value.__cause__ is None and raised.value.__context__ is None


async def test_429_says_how_long_and_for_whom(api: BotApi, wang: Person) -> None:
    api.fail("sendMessage", too_many(7))
    with pytest.raises(TryLater) as raised:
        await bot(api).send(to(wang), Drawn(card("提醒")))
    assert (raised.value.seconds, raised.value.whole) == (7.0, True)


async def test_refused_connections_are_tried_later(api: BotApi, wang: Person) -> None:
    channel = bot(api)
    with api.refusing(), pytest.raises(TryLater) as raised:
        await channel.send(to(wang), Drawn(card("提醒")))
    assert not raised.value.whole
    await channel.send(to(wang), Drawn(card("提醒")))
    assert [shown.text for shown in api.messages(wang)] == ["提醒"]


async def test_the_real_refusals_of_the_server_are_understood(api: BotApi) -> None:
    """The same errors, but from the server's own state."""
    channel = bot(api)
    stranger, gone = api.user("未启动", started=False), api.user("已注销")
    gone.leaves_telegram()
    outside = api.group("别人的群", with_bot=False)
    forum = api.group("论坛", topic="供电")
    cases = [
        (to(stranger), Unreachable),
        (to(gone), Unreachable),
        (Address("telegram", "4242"), Unreachable),
        (Address("telegram", str(outside.id)), Unreachable),
        (Address("telegram", str(forum.id), "999"), Unreachable),
    ]
    for address, error in cases:
        with pytest.raises(error):
            await channel.send(address, Drawn(card("提醒")))
    api.revoke_token()
    with pytest.raises(Stopped):
        await channel.send(Address("telegram", str(forum.id)), Drawn(card("提醒")))


# Long cards, pictures, files


async def test_a_long_text_is_split_and_the_buttons_hang_on_the_last_part(api: BotApi, wang: Person) -> None:
    line = "智诚慧家标准车间：低于序时 18.4 个百分点，黄灯。\n"
    text = f"**需关注**\n{line * 400}"
    sent = await bot(api).send(to(wang), Drawn(card(text, "阅")))
    shown = api.messages(wang)
    assert len(shown) > 2 and sent.message == ",".join(str(one.id) for one in shown)
    assert [one.labels for one in shown] == [[]] * (len(shown) - 1) + [["阅"]]
    assert "\n".join(one.text for one in shown) == text.replace("**", "").strip()
    assert shown[0].bold == ("需关注",)


async def test_4096_units_fit_and_one_more_does_not(api: BotApi, wang: Person) -> None:
    channel = bot(api)
    assert "," not in (await channel.send(to(wang), Drawn(card("𠮷" * 2048)))).message
    assert "," in (await channel.send(to(wang), Drawn(card("𠮷" * 2048 + "a")))).message


async def test_one_picture_carries_a_short_text_and_the_buttons(api: BotApi, wang: Person) -> None:
    channel = bot(api)
    sent = await channel.send(to(wang), Drawn(card("**综述** 绿 104", "发群", "修改"), pictures=(PNG,)))
    (shown,) = api.messages(wang)
    assert (shown.photo, shown.text, shown.labels) == (True, "综述 绿 104", ["发群", "修改"])
    assert sent.message == f"p:{shown.id}"
    await channel.update(to(wang), sent.message, Drawn(card("综述 绿 105")))
    assert [(one.photo, one.text, one.labels) for one in api.messages(wang)] == [(True, "综述 绿 105", [])]
    await channel.update(to(wang), sent.message, Drawn(card("综述 绿 106"), pictures=(PNG + b"new",)))
    assert api.messages(wang)[0].text == "综述 绿 106"
    assert await channel.fetch(Attachment("photo", api.messages(wang)[0].raw["photo"][-1]["file_id"])) == PNG + b"new"


async def test_a_picture_with_a_long_text_goes_first(api: BotApi, wang: Person) -> None:
    sent = await bot(api).send(to(wang), Drawn(card("长" * 1025, "阅"), pictures=(PNG,)))
    picture, text = api.messages(wang)
    assert (picture.photo, picture.text, text.photo, text.labels) == (True, "", False, ["阅"])
    assert sent.message == f"{picture.id},{text.id}"


async def test_several_pictures_are_one_album_before_the_text(api: BotApi, wang: Person) -> None:
    await bot(api).send(to(wang), Drawn(card("挂图", "阅"), pictures=tuple(PNG + bytes([n]) for n in range(11))))
    *pictures, text = api.messages(wang)
    assert len(pictures) == 11 and all(one.photo for one in pictures)
    assert len({one.album for one in pictures[:10]}) == 1 and pictures[0].album and not pictures[10].album
    assert (text.text, text.labels) == ("挂图", ["阅"])


async def test_files_are_sent_as_documents(api: BotApi, wang: Person) -> None:
    channel = bot(api)
    await channel.send(to(wang), Drawn(card("台账", "阅"), files=(("台账.xlsx", b"PK1"),)))
    await channel.send(to(wang), Drawn(card("两份"), files=(("通报.docx", b"PK2"), ("台账.xlsx", b"PK3"))))
    shown = [(one.document, one.text, one.labels) for one in api.messages(wang)]
    assert shown == [("台账.xlsx", "台账", ["阅"]), ("通报.docx", "", []), ("台账.xlsx", "", []), ("", "两份", [])]


async def test_what_is_to_be_copied_comes_as_a_block_of_its_own(api: BotApi, wang: Person) -> None:
    channel = bot(api)
    sent = await channel.send(to(wang), Drawn(card("一键催报", "一键催报", copy="各位：<请>于今日填报\n王芳 138")))
    first, second = api.messages(wang)
    assert sent == Sent(f"{first.id};{second.id}") and first.labels == ["一键催报"]
    assert second.pre == ("各位：<请>于今日填报\n王芳 138",)
    api.fail("sendMessage", bad_gateway(), call=4)
    assert (await channel.send(to(wang), Drawn(card("一键催报", copy="各位")))).degraded == ("copy",)


async def test_a_card_half_delivered_is_finished_not_begun_again(api: BotApi, wang: Person) -> None:
    api.fail("sendMessage", refusal(429, "Too Many Requests: retry after 1", retry_after=0.01), call=2)
    await bot(api).send(to(wang), Drawn(card("长" * 5000, "阅")))
    assert [len(one.text) for one in api.messages(wang)] == [4096, 904]


async def test_a_text_that_telegram_cannot_parse_goes_out_plainly(api: BotApi, wang: Person) -> None:
    channel = bot(api)
    api.fail("sendMessage", refusal(400, "Bad Request: can't parse entities: Unsupported start tag"))
    sent = await channel.send(to(wang), Drawn(card("**综述** <绿>", "阅")))
    assert sent.degraded == ("plain",)
    (shown,) = api.messages(wang)
    assert (shown.text, shown.bold, shown.labels) == ("综述 <绿>", (), ["阅"])


@pytest.mark.parametrize("token", ["", "q" * 65, "汉" * 22])
async def test_a_token_that_does_not_fit_is_refused_before_anything_is_sent(
    api: BotApi, wang: Person, token: str
) -> None:
    with pytest.raises(Undeliverable):
        await bot(api).send(to(wang), Drawn(Card("卡", rows=((Button("确认", token=token),),)), pictures=(PNG, PNG)))
    assert api.calls() == []


async def test_a_card_that_says_nothing_is_refused_before_anything_is_sent(api: BotApi, wang: Person) -> None:
    with pytest.raises(Undeliverable):
        await bot(api).send(to(wang), Drawn(card(" \n")))
    assert api.calls() == []


async def test_lone_surrogates_do_not_stop_a_card(api: BotApi, wang: Person) -> None:
    await bot(api).send(to(wang), Drawn(card("坏\ud83d字", "确\udc00认")))
    (shown,) = api.messages(wang)
    assert (shown.text, shown.labels) == ("坏\ufffd字", ["确\ufffd认"])


async def test_no_link_is_previewed(api: BotApi, wang: Person) -> None:
    await bot(api).send(to(wang), Drawn(card("见 https://example.org")))
    assert json.loads(api.calls("sendMessage")[0].params["link_preview_options"]) == {"is_disabled": True}


# Edits


async def test_an_edit_that_changes_nothing_is_a_success(api: BotApi, wang: Person) -> None:
    channel = bot(api)
    sent = await channel.send(to(wang), Drawn(card("不变", "阅")))
    assert await channel.update(to(wang), sent.message, Drawn(card("不变", "阅"))) == sent
    assert "not modified" in api.calls("editMessageText")[0].error


async def test_an_edit_of_what_is_no_longer_there(api: BotApi, wang: Person) -> None:
    channel = bot(api)
    erased = await channel.send(to(wang), Drawn(card("已删")))
    frozen = await channel.send(to(wang), Drawn(card("太旧")))
    api.erase(wang, int(erased.message))
    api.freeze(wang, int(frozen.message))
    for message in (erased.message, frozen.message, "", "no number"):
        with pytest.raises(Gone):
            await channel.update(to(wang), message, Drawn(card("新")))


async def test_a_new_text_too_long_for_an_edit_is_gone(api: BotApi, wang: Person) -> None:
    channel = bot(api)
    text = await channel.send(to(wang), Drawn(card("短")))
    picture = await channel.send(to(wang), Drawn(card("短"), pictures=(PNG,)))
    for message, length in ((text.message, 4097), (picture.message, 1025)):
        with pytest.raises(Gone):
            await channel.update(to(wang), message, Drawn(card("长" * length)))


async def test_of_several_messages_the_last_is_edited(api: BotApi, wang: Person) -> None:
    channel = bot(api)
    sent = await channel.send(to(wang), Drawn(card("长" * 5000, "阅")))
    await channel.update(to(wang), sent.message, Drawn(card("已阅")))
    assert [one.text for one in api.messages(wang)] == ["长" * 4096, "已阅"]


async def test_the_caption_of_a_picture_pressed_is_edited_by_its_plain_number(api: BotApi, wang: Person) -> None:
    """A press names only the message; the channel finds out that it is a picture."""
    channel = bot(api)
    sent = await channel.send(to(wang), Drawn(card("综述", "阅"), pictures=(PNG,)))
    plain = sent.message.removeprefix("p:")
    assert (await channel.update(to(wang), plain, Drawn(card("已阅")))).message == sent.message
    assert api.messages(wang)[0].text == "已阅"


async def test_only_the_buttons_change_where_no_text_is_given(api: BotApi, wang: Person) -> None:
    channel = bot(api)
    sent = await channel.send(to(wang), Drawn(card("综述", "发群", "修改")))
    await channel.update(to(wang), sent.message, Drawn(card("", "阅")))
    assert [(one.text, one.labels) for one in api.messages(wang)] == [("综述", ["阅"])]


# Presses and files


async def test_an_acknowledgement_never_raises(api: BotApi, wang: Person, sink: Receiver) -> None:
    channel = bot(api)
    await channel.ack("unknown", "好")
    with api.refusing():
        await channel.ack("unknown", "好")
    async with running(channel, sink):
        await channel.send(to(wang), Drawn(card("卡", "确认")))
        wang.presses("确认")
        await api.until(lambda: sink.seen)
        await channel.ack(sink.seen[0].handle, "长" * 300)
        assert wang.toasts == ["长" * 200]
        api.expire_presses()
        await channel.ack(sink.seen[0].handle, "迟了")
    assert api.calls("answerCallbackQuery")[-1].status == 400


async def test_fetching_a_file(api: BotApi, wang: Person, sink: Receiver) -> None:
    channel = bot(api)
    async with running(channel, sink):
        wang.sends_document(b"PK\x03\x04ledger", "11月台账.xlsx", "台账")
        await api.until(lambda: sink.seen)
    (attachment,) = sink.seen[0].attachments
    assert (attachment.name, attachment.size) == ("11月台账.xlsx", 10)
    assert await channel.fetch(attachment) == b"PK\x03\x04ledger"
    api.fail("getFile", bad_gateway())
    with pytest.raises(TryLater):
        await channel.fetch(attachment)
    api.world.files[attachment.ref].path = "moved"
    api.fail("getFile", Fault(200, {"ok": True, "result": {"file_id": "f", "file_unique_id": "u", "file_path": "old"}}))
    with pytest.raises(Undeliverable, match="gone"):
        await channel.fetch(attachment)
    with pytest.raises(Undeliverable):
        await channel.fetch(Attachment("file", "unknown"))


async def test_a_file_above_20_mb_is_too_large(api: BotApi) -> None:
    channel = bot(api)
    with pytest.raises(Undeliverable, match="too_large"):
        await channel.fetch(Attachment("file", "any", size=20_000_001))
    assert api.calls() == []
    huge = Fault(
        200, {"ok": True, "result": {"file_id": "f", "file_unique_id": "u", "file_size": 20_000_001, "file_path": "p"}}
    )
    for fault in (refusal(400, "Bad Request: file is too big"), huge):
        api.fail("getFile", fault)
        with pytest.raises(Undeliverable, match="too_large"):
            await channel.fetch(Attachment("file", "any"))


# When the service is away


async def test_polling_outlives_a_night_of_trouble(api: BotApi, wang: Person, sink: Receiver) -> None:
    for fault in (
        bad_gateway(),
        foreign_page(),
        dropped(),
        refusal(500, "Internal Server Error"),
        dropped(deliver=False),
    ):
        api.fail("getUpdates", fault)
    api.fail("getMe", bad_gateway(), times=2)
    channel = bot(api)
    async with running(channel, sink):
        wang.says("65%")
        await api.until(lambda: not api.pending)
        assert channel.health() | {"last_poll": 0} == {
            "ok": True,
            "mode": "polling",
            "last_poll": 0,
            "last_error": "",
            "username": "diaodu_bot",
            "reads_all_group_messages": False,
        }
    assert sink.texts() == ["65%"]
    assert not channel.health()["ok"]


async def test_polling_comes_back_when_the_door_opens_again(api: BotApi, wang: Person, sink: Receiver) -> None:
    channel = bot(api)
    async with running(channel, sink):
        await api.until(lambda: api.calls("getUpdates"))
        with api.refusing():
            await api.until(lambda: "ConnectError" in str(channel.health()["last_error"]))
            assert not channel.health()["ok"]
        wang.says("65%")
        await api.until(lambda: sink.seen)


async def test_after_some_failures_the_connection_is_made_anew(api: BotApi, wang: Person, sink: Receiver) -> None:
    """A half-open connection can fail silently for ever; a new client has a new one."""
    channel = bot(api)
    api.fail("getUpdates", bad_gateway(), times=5)
    async with running(channel, sink):
        first = channel._polls._client
        wang.says("65%")
        await api.until(lambda: sink.seen)
        assert first.is_closed and not channel._polls._client.is_closed
    await channel.close()
    assert channel._polls._client.is_closed and all(lane._client.is_closed for lane in channel._sends.lanes)


async def test_a_revoked_token_stops_the_channel(api: BotApi, sink: Receiver) -> None:
    channel = bot(api)
    async with running(channel, sink) as task:
        await api.until(lambda: api.calls("getUpdates"))
        api.revoke_token()
        api.server.refuse()
        api.server.accept()
        with pytest.raises(Stopped) as stopped:
            await asyncio.wait_for(task, 5)
    assert api.token not in str(stopped.value)
    assert not channel.health()["ok"]


async def test_a_second_poller_makes_it_stop_with_a_clear_word(api: BotApi, sink: Receiver) -> None:
    api.fail("getUpdates", refusal(409, "Conflict: terminated by other getUpdates request"), times=9)
    async with running(bot(api), sink) as task:
        with pytest.raises(Stopped, match="somebody else polls"):
            await asyncio.wait_for(task, 5)
    assert len(api.calls("getUpdates")) == 5


async def test_conflicts_long_past_are_forgiven(api: BotApi, wang: Person, sink: Receiver) -> None:
    """A restart meets its predecessor's last poll now and then; only a poll left undisturbed shows that we are alone."""
    for number in (1, 2, 3, 4, 6, 7, 8, 9):
        api.fail("getUpdates", refusal(409, "Conflict: terminated by other getUpdates request"), call=number)
    async with running(bot(api, poll_seconds=0), sink):
        await api.until(lambda: len(api.calls("getUpdates")) > 9)
        wang.says("65%")
        await api.until(lambda: sink.seen)
    assert [one.text for one in sink.seen] == ["65%"]


async def test_two_channels_on_one_token_do_not_fight_for_ever(api: BotApi, sink: Receiver) -> None:
    async with running(bot(api), sink) as first, running(bot(api), sink) as second:
        done, _ = await asyncio.wait({first, second}, timeout=5, return_when=asyncio.FIRST_COMPLETED)
        assert done and all(isinstance(task.exception(), Stopped) for task in done)


# Webhook


SECRET = "hook-secret_42"


def hooked(api: BotApi, url: str = "http://127.0.0.1:9/telegram") -> Telegram:
    return bot(api, webhook_url=url, webhook_secret=SECRET)


async def test_a_webhook_answers_only_what_it_may(api: BotApi, sink: Receiver) -> None:
    channel = hooked(api)
    body = json.dumps({"update_id": 7, "message": None}).encode()
    assert await channel.webhook(body, SECRET, sink) == 503
    async with running(channel, sink):
        await api.until(lambda: channel.health()["ok"])
        cases: list[tuple[bytes, str | None, int]] = [
            (body, SECRET, 200),
            (body, None, 403),
            (body, "", 403),
            (body, "wrong", 403),
            (body, "钥", 403),
            (b"x" * 1_000_001, SECRET, 413),
            (b"x" * 1_000_001, "wrong", 403),
            (b"{not json", SECRET, 400),
            (b"\xff\xfe", SECRET, 400),
            (b"[1]", SECRET, 400),
            (b"[" * 100_000, SECRET, 400),
        ]
        for content, secret, status in cases:
            assert await channel.webhook(content, secret, sink) == status, (content[:20], secret)
    assert sink.seen == []


async def test_a_webhook_says_200_only_after_the_sink(api: BotApi, sink: Receiver) -> None:
    channel = hooked(api)
    raw = (FIXTURES / "text.json").read_bytes()
    async with running(channel, sink):
        await api.until(lambda: channel.health()["ok"])
        sink.failures = 1
        assert await channel.webhook(raw, SECRET, sink) == 500
        assert "disk is full" in str(channel.health()["last_error"])
        assert await channel.webhook(raw, SECRET, sink) == 200
        assert await channel.webhook(b'{"update_id": 8, "message": {}}', SECRET, sink) == 200
        assert channel.health()["ok"]
    assert [one.kind for one in sink.seen] == ["text", "errand"]


async def test_the_webhook_is_announced_with_its_secret(api: BotApi, sink: Receiver) -> None:
    wang = api.user("王芳")
    wang.says("先前的")
    async with running(hooked(api), sink):
        await api.until(lambda: api.calls("setWebhook"))
    (call,) = api.calls("setWebhook")
    assert (call.params["url"], call.params["secret_token"]) == ("http://127.0.0.1:9/telegram", SECRET)
    assert call.params.get("drop_pending_updates") in (None, "false", "False")
    assert json.loads(call.params["allowed_updates"]) == [
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
    ]
    assert len(api.pending) == 1 and api.calls("getUpdates") == []


async def test_a_webhook_that_is_refused_stops_with_the_reason(api: BotApi, sink: Receiver) -> None:
    with pytest.raises(Stopped, match="invalid url"):
        await asyncio.wait_for(hooked(api, "ftp://nowhere").run(sink), 5)


def test_a_webhook_needs_a_secret() -> None:
    with pytest.raises(ValueError, match="secret"):
        Telegram("1:x", webhook_url="https://example.org/hook")


async def test_from_webhook_to_polling_nothing_is_lost(api: BotApi, wang: Person, sink: Receiver) -> None:
    async with running(hooked(api), sink):
        await api.until(lambda: api.calls("setWebhook"))
        wang.says("送不到的")
    async with running(bot(api), sink):
        await api.until(lambda: not api.pending)
    assert sink.texts() == ["送不到的"]


# Links, and what must not be said


async def test_deep_links(api: BotApi, wang: Person, sink: Receiver) -> None:
    channel = bot(api)
    with pytest.raises(ValueError, match="not started"):
        channel.deep_link("K7P2-9QXM")
    async with running(channel, sink):
        await api.until(lambda: channel.username)
        assert channel.deep_link("K7P2-9QXM") == "https://t.me/diaodu_bot?start=K7P2-9QXM"
        assert channel.deep_link("GRP-1", group=True) == "https://t.me/diaodu_bot?startgroup=GRP-1"
        for payload in ("", "x" * 65, "码", "a b"):
            with pytest.raises(ValueError, match="payload"):
                channel.deep_link(payload)
        wang.opens(channel.deep_link("K7P2-9QXM"))
        await api.until(lambda: sink.seen)
    assert (sink.seen[0].command, sink.seen[0].text) == ("start", "K7P2-9QXM")


async def test_the_token_reaches_no_log(
    api: BotApi, wang: Person, sink: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = api.token.partition(":")[2]
    page = Fault(502, f"<html>cannot reach /bot{api.token}/sendMessage</html>")
    channel = bot(api)
    async with running(channel, sink):
        for method in ("getMe", "getUpdates", "sendMessage"):
            api.fail(method, page)
        with pytest.raises(Uncertain) as raised:
            await channel.send(to(wang), Drawn(card("提醒")))
        wang.says("65%")
        await api.until(lambda: not api.pending)
        with api.refusing():
            await api.until(lambda: channel.health()["last_error"])
            await channel.ack("x", "y")
    api.revoke_token()
    with pytest.raises(Stopped):
        await channel.run(sink)
    told = caplog.text + str(raised.value) + str(channel.health()) + repr(channel._bot) + repr(channel)
    assert secret not in told
