"""The scripted Bot API server keeps Telegram's rules, so that what is tested against it means something."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import telegram
from starlette.requests import Request
from starlette.responses import Response
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from tests.bot_api import BotApi, Limits, Person, Upload, bad_gateway, dropped, hung, too_many
from tests.bot_api.markup import Unparsable, parse_html

pytestmark = pytest.mark.slow

Json = dict[str, Any]


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as server:
        yield server


@pytest.fixture
def wang(api: BotApi) -> Person:
    return api.user("王芳")


class Caller:
    """A client that knows nothing but HTTP."""

    def __init__(self, api: BotApi) -> None:
        self.api, self.http = api, httpx.AsyncClient(timeout=10, trust_env=False)

    async def __call__(self, method: str, **params: Any) -> Any:
        """The result; the description where it is not ok."""
        answer = await self.http.post(f"{self.api.url}/bot{self.api.token}/{method}", json=params)
        body = answer.json()
        return body["result"] if body["ok"] else body["description"]


@pytest.fixture
async def call(api: BotApi) -> AsyncIterator[Caller]:
    caller = Caller(api)
    yield caller
    await caller.http.aclose()


def texts(updates: list[Json]) -> list[str]:
    return [update["message"]["text"] for update in updates]


# Updates


async def test_an_offset_confirms_and_nothing_else_does(api: BotApi, wang: Person, call: Caller) -> None:
    for text in "甲乙丙":
        wang.says(text)
    first = await call("getUpdates", limit=2)
    assert texts(first) == ["甲", "乙"] == texts(await call("getUpdates", limit=2))
    assert texts(await call("getUpdates", offset=first[1]["update_id"])) == ["乙", "丙"]
    assert len(api.pending) == 2
    assert await call("getUpdates", offset=first[0]["update_id"] + 3) == []
    assert api.pending == []


async def test_a_negative_offset_keeps_the_last(api: BotApi, wang: Person, call: Caller) -> None:
    for text in "甲乙丙":
        wang.says(text)
    assert texts(await call("getUpdates", offset=-1)) == ["丙"]


async def test_a_long_poll_ends_when_something_happens(wang: Person, call: Caller) -> None:
    poll = asyncio.ensure_future(call("getUpdates", timeout=30))
    await call.api.until(lambda: call.api.calls("getUpdates"))
    assert not poll.done()
    wang.says("七成")
    assert texts(await asyncio.wait_for(poll, 5)) == ["七成"]


async def test_the_later_poller_wins(api: BotApi, wang: Person, call: Caller) -> None:
    first = asyncio.ensure_future(call("getUpdates", timeout=30))
    await api.until(lambda: api.calls("getUpdates"))
    second = asyncio.ensure_future(call("getUpdates", timeout=30))
    assert (await asyncio.wait_for(first, 5)).startswith("Conflict: terminated by other getUpdates request")
    wang.says("七成")
    assert texts(await asyncio.wait_for(second, 5)) == ["七成"]


async def test_a_poller_that_died_takes_nothing_with_it(api: BotApi, wang: Person) -> None:
    with pytest.raises(httpx.ReadTimeout):
        async with httpx.AsyncClient(timeout=0.1, trust_env=False) as dying:
            await dying.post(f"{api.url}/bot{api.token}/getUpdates", json={"timeout": 30})
    wang.says("七成")
    caller = Caller(api)
    assert texts(await caller("getUpdates", timeout=5)) == ["七成"]
    await caller.http.aclose()


async def test_only_allowed_kinds_are_laid_down(api: BotApi, wang: Person, call: Caller) -> None:
    await call("getUpdates", allowed_updates=["edited_message"])
    number = wang.says("65%")
    wang.edits(number, "66%")
    (update,) = await call("getUpdates")
    assert update["edited_message"]["text"] == "66%" and "edit_date" in update["edited_message"]


async def test_ids_are_the_same_in_each_run() -> None:
    def run() -> list[Json]:
        with BotApi(clock=lambda: 1763773200) as api:
            wang, group = api.user("王芳"), api.group("专班群", supergroup=True)
            wang.says("/start")
            wang.says("/board", group)
            return api.pending

    assert run() == run()
    assert [update["update_id"] for update in run()] == [500001, 500002]


async def test_an_update_shows_the_card_as_it_was_when_pressed(api: BotApi, wang: Person, call: Caller) -> None:
    keys = {"inline_keyboard": [[{"text": "确认", "callback_data": "t:0"}]]}
    card = await call("sendMessage", chat_id=wang.id, text="请确认", reply_markup=keys)
    query = wang.presses("确认")
    await call("editMessageText", chat_id=wang.id, message_id=card["message_id"], text="已确认")
    wang.presses_again(query)
    presses = [update["callback_query"] for update in await call("getUpdates")]
    assert [press["data"] for press in presses] == ["t:0", "t:0"]
    assert presses[0]["message"]["text"] == "请确认"
    with pytest.raises(AssertionError, match="no button 确认"):
        wang.presses("确认")


# Who may write to whom, and who hears what


async def test_privacy_mode(api: BotApi, wang: Person, call: Caller) -> None:
    group = api.group("专班群")
    sent = await call("sendMessage", chat_id=group.id, text="综述")
    wang.says("闲话", group)
    wang.says("@diaodu_bot 总览", group)
    wang.says("/board@other_bot", group)
    wang.sends_photo(b"x", "闲图", group)
    wang.says("/board", group)
    wang.says("/board@diaodu_bot", group)
    wang.says("收到", group, reply_to=sent["message_id"])
    assert texts(await call("getUpdates")) == ["/board", "/board@diaodu_bot", "收到"]
    assert len(api.messages(group)) == 8
    open_api = api.group("管理群", administrator=True)
    wang.says("闲话", open_api)
    assert len(await call("getUpdates")) == 4


async def test_the_bot_is_told_when_it_comes_and_goes(api: BotApi, wang: Person, call: Caller) -> None:
    group = api.group("专班群", with_bot=False)
    wang.invites_bot(group, code="GRP-7Q2M")
    wang.removes_bot(group)
    wang.blocks()
    updates = await call("getUpdates")
    changes = [update["my_chat_member"] for update in updates if "my_chat_member" in update]
    assert [(c["old_chat_member"]["status"], c["new_chat_member"]["status"]) for c in changes] == [
        ("left", "member"),
        ("member", "kicked"),
        ("member", "kicked"),
    ]
    assert updates[1]["message"]["text"] == "/start@diaodu_bot GRP-7Q2M"
    assert await call("sendMessage", chat_id=group.id, text="x") == "Forbidden: bot was kicked from the group chat"
    assert await call("sendMessage", chat_id=wang.id, text="x") == "Forbidden: bot was blocked by the user"
    wang.says("还在吗")
    assert len(await call("getUpdates")) == len(updates)


async def test_whom_the_bot_may_not_write_to(api: BotApi, wang: Person, call: Caller) -> None:
    stranger, group = api.user("未启动", started=False), api.group("专班群")
    assert await call("sendMessage", chat_id=77, text="x") == "Bad Request: chat not found"
    refused = await call("sendMessage", chat_id=stranger.id, text="x")
    assert refused == "Forbidden: bot can't initiate conversation with a user"
    stranger.opens("https://t.me/diaodu_bot?start=K7P2")
    assert (await call("sendMessage", chat_id=stranger.id, text="您好"))["text"] == "您好"
    new = group.becomes_supergroup()
    answer = await call.http.post(f"{api.url}/bot{api.token}/sendMessage", json={"chat_id": group.id, "text": "x"})
    assert answer.json()["parameters"] == {"migrate_to_chat_id": new.id}
    updates = await call("getUpdates")
    assert updates[-2]["message"]["migrate_to_chat_id"] == new.id
    assert updates[-1]["message"]["migrate_from_chat_id"] == group.id


async def test_topics_of_a_forum(api: BotApi, wang: Person, call: Caller) -> None:
    power = api.group("协调群", topic="供电")
    water = power.topic("供水")
    await call("sendMessage", chat_id=power.id, message_thread_id=power.thread, text="电")
    await call("sendMessage", chat_id=power.id, message_thread_id=water.thread, text="水")
    assert [shown.text for shown in api.messages(power) if shown.text] == ["电"]
    assert [shown.text for shown in api.messages(water) if shown.text] == ["水"]
    assert power.topic("供水").thread == water.thread
    nowhere = await call("sendMessage", chat_id=power.id, message_thread_id=999, text="?")
    assert nowhere == "Bad Request: message thread not found"
    power.chat.closed_topics.add(power.thread or 0)
    closed = await call("sendMessage", chat_id=power.id, message_thread_id=power.thread, text="?")
    assert closed == "Bad Request: TOPIC_CLOSED"


# What may be sent


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("a <b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("汉<x>y</x>", 'Unsupported start tag "x" at byte offset 3'),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("x <b", "Unclosed start tag at byte offset 2"),
        ("3 < 5 > 2", 'Unsupported start tag "" at byte offset 2'),
    ],
)
async def test_html_that_cannot_be_parsed(wang: Person, call: Caller, html: str, words: str) -> None:
    said = await call("sendMessage", chat_id=wang.id, text=html, parse_mode="HTML")
    assert said == f"Bad Request: can't parse entities: {words}"
    with pytest.raises(Unparsable, match=r"start tag|end tag"):
        parse_html(html)


async def test_html_becomes_text_and_entities_in_utf_16(api: BotApi, wang: Person, call: Caller) -> None:
    html = "  𠮷<b>绿 &lt;104&gt; &amp;#</b> <pre>抄</pre>&copy; "
    sent = await call("sendMessage", chat_id=wang.id, text=html, parse_mode="HTML")
    assert sent["text"] == "𠮷绿 <104> &# 抄&copy;"
    assert sent["entities"] == [
        {"type": "bold", "offset": 2, "length": 10},
        {"type": "pre", "offset": 13, "length": 1},
    ]
    assert (api.messages(wang)[0].bold, api.messages(wang)[0].pre) == (("绿 <104> &#",), ("抄",))


async def test_limits_of_text_caption_and_button(wang: Person, call: Caller) -> None:
    async def button(data: str) -> Any:
        keys = {"inline_keyboard": [[{"text": "阅", "callback_data": data}]]}
        return await call("sendMessage", chat_id=wang.id, text="卡", reply_markup=keys)

    assert (await call("sendMessage", chat_id=wang.id, text="𠮷" * 2048))["message_id"]
    assert await call("sendMessage", chat_id=wang.id, text="𠮷" * 2048 + "a") == "Bad Request: message is too long"
    assert await call("sendMessage", chat_id=wang.id, text=" \n ") == "Bad Request: message text is empty"
    assert await button("汉" * 21 + "a") and await button("汉" * 21 + "ab") == "Bad Request: BUTTON_DATA_INVALID"
    assert await button("") == "Bad Request: BUTTON_DATA_INVALID"
    form = {"chat_id": str(wang.id), "caption": "长" * 1025}
    url = f"{call.api.url}/bot{call.api.token}/sendPhoto"
    answer = await call.http.post(url, data=form, files={"photo": ("a.png", b"x")})
    assert answer.json()["description"] == "Bad Request: message caption is too long"


async def test_files_come_by_multipart_and_go_by_download(api: BotApi, wang: Person, call: Caller) -> None:
    url = f"{api.url}/bot{api.token}/sendDocument"
    answer = await call.http.post(
        url, data={"chat_id": str(wang.id), "caption": "台账"}, files={"document": ("台账.xlsx", b"PK")}
    )
    assert (api.messages(wang)[0].document, api.messages(wang)[0].text) == ("台账.xlsx", "台账")
    assert api.calls("sendDocument")[0].params["document"] == Upload("台账.xlsx", b"PK")
    file = await call("getFile", file_id=answer.json()["result"]["document"]["file_id"])
    content = await call.http.get(f"{api.url}/file/bot{api.token}/{file['file_path']}")
    assert content.content == b"PK"
    assert (await call.http.get(f"{api.url}/file/bot{api.token}/nowhere")).status_code == 404
    assert (await call.http.get(f"{api.url}/file/botwrong/{file['file_path']}")).status_code == 401
    assert await call("getFile", file_id="x") == "Bad Request: wrong file_id or the file is temporarily unavailable"


async def test_edits_and_deletions(api: BotApi, wang: Person, call: Caller) -> None:
    text = (await call("sendMessage", chat_id=wang.id, text="卡"))["message_id"]
    hers = wang.says("我的")

    async def edit(method: str, message: int, **more: Any) -> Any:
        return await call(method, chat_id=wang.id, message_id=message, **more)

    assert "message is not modified" in await edit("editMessageText", text, text="卡")
    assert (await edit("editMessageText", text, text="新"))["text"] == "新"
    assert await edit("editMessageText", 999, text="新") == "Bad Request: message to edit not found"
    assert await edit("editMessageText", hers, text="新") == "Bad Request: message can't be edited"
    assert (
        await edit("editMessageCaption", text, caption="新")
        == "Bad Request: there is no caption in the message to edit"
    )
    api.freeze(wang, text)
    assert await edit("editMessageText", text, text="更新") == "Bad Request: message can't be edited"
    assert await edit("deleteMessage", text) is True
    assert await edit("deleteMessage", text) == "Bad Request: message to delete not found"
    assert [shown.text for shown in api.messages(wang)] == ["我的"]


async def test_presses_are_acknowledged_in_time_or_not(api: BotApi, wang: Person, call: Caller) -> None:
    keys = {"inline_keyboard": [[{"text": "阅", "callback_data": "t:0"}]]}
    await call("sendMessage", chat_id=wang.id, text="卡", reply_markup=keys)
    query = wang.presses("阅")
    assert await call("answerCallbackQuery", callback_query_id=query, text="已阅") is True
    assert wang.toasts == ["已阅"]
    api.expire_presses()
    assert "query is too old" in await call("answerCallbackQuery", callback_query_id=query)


async def test_commands_have_scopes(call: Caller) -> None:
    command = [{"command": "report", "description": "填报"}]
    await call("setMyCommands", commands=command, scope={"type": "all_private_chats"})
    assert await call("getMyCommands") == []
    assert await call("getMyCommands", scope={"type": "all_private_chats"}) == command


async def test_tokens_and_methods_that_are_none(api: BotApi, call: Caller) -> None:
    assert (await call.http.get(f"{api.url}/bot1:x/getMe")).status_code == 401
    assert await call("getMoon") == "Not Found"
    assert (await call("GETME"))["username"] == "diaodu_bot"
    api.revoke_token()
    assert await call("getMe") == "Unauthorized"


# Faults


async def test_faults_hit_the_call_they_are_meant_for(api: BotApi, wang: Person, call: Caller) -> None:
    api.fail("sendMessage", too_many(3), call=2)
    api.fail("sendMessage", bad_gateway(), call=4)
    said = []
    for text in "甲乙丙":
        said.append(await call("sendMessage", chat_id=wang.id, text=text))
    assert said[1] == "Too Many Requests: retry after 3"
    answer = await call.http.post(f"{api.url}/bot{api.token}/sendMessage", json={"chat_id": wang.id, "text": "丁"})
    assert answer.status_code == 502 and answer.text.startswith("<html>")
    assert [shown.text for shown in api.messages(wang)] == ["甲", "丙"]
    assert [(one.number, one.status) for one in api.calls("sendMessage")] == [(1, 200), (2, 429), (3, 200), (4, 502)]


async def test_delivered_and_cut_delivered_and_silent(api: BotApi, wang: Person, call: Caller) -> None:
    api.fail("sendMessage", dropped())
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await call("sendMessage", chat_id=wang.id, text="断")
    api.fail("sendMessage", hung())
    call.http.timeout = httpx.Timeout(0.1)
    with pytest.raises(httpx.ReadTimeout):
        await call("sendMessage", chat_id=wang.id, text="默")
    api.fail("sendMessage", dropped(deliver=False))
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await call("sendMessage", chat_id=wang.id, text="无")
    assert [shown.text for shown in api.messages(wang)] == ["断", "默"]
    assert [one.answer for one in api.calls("sendMessage")] == ["drop", "hang", "drop"]


async def test_a_call_can_be_held(api: BotApi, wang: Person, call: Caller) -> None:
    with api.holding("sendMessage"):
        sending = asyncio.ensure_future(call("sendMessage", chat_id=wang.id, text="慢"))
        await api.until(lambda: api.calls("sendMessage"))
        assert api.messages(wang) == [] and not sending.done()
    assert (await sending)["text"] == "慢"


async def test_nobody_is_at_the_door(api: BotApi, wang: Person, call: Caller) -> None:
    await call("getMe")
    with api.refusing(), pytest.raises(httpx.ConnectError):
        await call("getMe")
    wang.says("门开了")
    assert texts(await call("getUpdates")) == ["门开了"]


async def test_the_budgets_of_telegram(wang: Person) -> None:
    now = [1000.0]
    with BotApi(clock=lambda: now[0]) as api:
        caller, people = Caller(api), [api.user(f"人{n}") for n in range(31)]
        group = api.group("专班群")
        api.enforce(Limits())
        assert (await caller("sendMessage", chat_id=people[0].id, text="1"))["message_id"]
        assert await caller("sendMessage", chat_id=people[0].id, text="2") == "Too Many Requests: retry after 1"
        answers = [await caller("sendMessage", chat_id=person.id, text="x") for person in people[1:]]
        assert [isinstance(answer, str) for answer in answers] == [False] * 29 + [True]
        for minute in range(21):
            now[0] += 1.5
            last = await caller("sendMessage", chat_id=group.id, text=str(minute))
        assert last == "Too Many Requests: retry after 30"
        await caller.http.aclose()


# Webhooks


class Hook:
    """Somebody who takes deliveries: answers 500 so many times, then 200."""

    def __init__(self, refusals: int) -> None:
        self.refusals, self.got = refusals, list[tuple[str | None, Json]]()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        self.got.append((request.headers.get("x-telegram-bot-api-secret-token"), await request.json()))
        status = 500 if len(self.got) <= self.refusals else 200
        await Response(status_code=status)(scope, receive, send)


async def test_a_webhook_is_tried_until_it_is_answered_with_200(api: BotApi, wang: Person, call: Caller) -> None:
    hook = Hook(refusals=2)
    config = Config(hook, interface="asgi3", log_config=None, lifespan="off", ws="none")
    config.load()
    door = await asyncio.get_running_loop().create_server(
        lambda: H11Protocol(config=config, server_state=ServerState(), app_state={}), "127.0.0.1", 0
    )
    url = f"http://127.0.0.1:{door.sockets[0].getsockname()[1]}/hook"
    wang.says("甲")
    wang.says("乙")
    assert await call("setWebhook", url=url, secret_token="s3cret") is True
    assert "webhook is active" in await call("getUpdates")
    await api.until(lambda: not api.pending)
    assert [update["message"]["text"] for _, update in hook.got] == ["甲", "甲", "甲", "乙"]
    assert {secret for secret, _ in hook.got} == {"s3cret"}
    info = await call("getWebhookInfo")
    assert (info["url"], info["last_error_message"]) == (url, "Wrong response from the webhook: 500")
    await call("deleteWebhook")
    door.close()
    wang.says("丙")
    assert texts(await call("getUpdates")) == ["丙"]


# A second opinion: a client library that was not written here


async def test_the_client_library_reads_every_answer(api: BotApi, wang: Person) -> None:
    group = api.group("协调群", topic="供电")
    wang.says("/start")
    wang.sends_photo(b"jpg", "图")
    wang.sends_document(b"PK", "台账.xlsx", mime="application/zip")
    wang.sends_voice(b"ogg")
    wang.sends_location(36.56, 116.75)
    wang.sends_sticker()
    wang.album([b"1", b"2"], "组图")
    wang.says("/转发", forwarded=True)
    wang.says("/bind X", group, anonymously=True)
    wang.invites_bot(api.group("另一群", with_bot=False))
    wang.blocks()
    wang.unblocks()
    api.group("小群").becomes_supergroup()
    number = wang.says("改前")
    wang.edits(number, "改后")
    async with telegram.Bot(api.token, f"{api.url}/bot", f"{api.url}/file/bot") as bot:
        keys = telegram.InlineKeyboardMarkup.from_button(telegram.InlineKeyboardButton("阅", callback_data="t:0"))
        await bot.send_message(wang.id, "卡", reply_markup=keys)
        wang.presses("阅")
        updates = await bot.get_updates()
        assert len(updates) == 18
        assert updates[1].message is not None and len(updates[1].message.photo) == 2
        assert (await bot.get_chat(group.id)).is_forum
        assert (await bot.get_chat_member(group.id, bot.id)).status == "member"
        await bot.set_my_commands([("report", "填报")])
        assert (await bot.get_my_commands())[0].description == "填报"
        assert (await bot.get_webhook_info()).pending_update_count == 18
        photos = await bot.send_media_group(wang.id, [telegram.InputMediaPhoto(b"1"), telegram.InputMediaPhoto(b"2")])
        assert len({photo.media_group_id for photo in photos}) == 1
        assert await bot.send_chat_action(wang.id, "typing") and await bot.leave_chat(group.id)
        with pytest.raises(telegram.error.Forbidden):
            await bot.send_message(group.id, "x")


# From other threads and other processes


def test_it_may_be_asked_from_any_thread(api: BotApi) -> None:
    people = [api.user(f"人{n}") for n in range(8)]
    threads = [threading.Thread(target=lambda p=p: [p.says(str(n)) for n in range(50)]) for p in people]
    for thread in threads:
        thread.start()
    api.wait(lambda: len(api.pending) == 400)
    ids = [update["update_id"] for update in api.pending]
    assert ids == list(range(500001, 500401))


def test_waiting_in_vain_tells_the_story(api: BotApi, wang: Person) -> None:
    httpx.post(f"{api.url}/bot{api.token}/sendMessage", json={"chat_id": 5, "text": "x"}, trust_env=False)
    wang.says("有人吗")
    with pytest.raises(AssertionError, match=r"sendMessage #1 → 400 Bad Request: chat not found.*pending: 1"):
        api.wait(lambda: False, timeout=0.01)


def test_started_by_hand_it_speaks_lines() -> None:
    root = Path(__file__).parents[1]
    command = [sys.executable, "-m", "tests.bot_api", "--port", "0", "--token", "5:T"]
    with subprocess.Popen(
        command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdin and process.stdout
        url = process.stdout.readline().strip()
        process.stdin.write("王芳: 65%\n")
        process.stdin.flush()
        (update,) = httpx.post(f"{url}/bot5:T/getUpdates", json={"timeout": 5}, trust_env=False).json()["result"]
        keys = {"inline_keyboard": [[{"text": "确认", "callback_data": "t:0"}]]}
        card = {"chat_id": update["message"]["chat"]["id"], "text": "请确认", "reply_markup": keys}
        httpx.post(f"{url}/bot5:T/sendMessage", json=card, trust_env=False)
        assert [process.stdout.readline().strip() for _ in range(2)] == ["→ 王芳: 请确认", "[确认]"]
        process.stdin.write("王芳！确认\n")
        process.stdin.close()
        process.wait(10)
