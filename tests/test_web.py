"""The page over HTTP: logging in, chatting, what is new, files, who may see what, and whether everything is alive."""

import asyncio
import contextlib
import json
import re
import signal
import time
from datetime import timedelta

import httpx
import pytest
from sqlmodel import select

from bot import demo
from bot.messages import Button, Card, Picture
from bot.rules.words import MessageClass, Post, Role
from bot.texts import HOME, LOCALES
from bot.web import address, live, open_socket, serve_web
from bot.web.guards import Bucket
from bot.web.words import locale_of, words
from handlers import routes
from storage import people, webchat
from storage.tables import IncomingRow, Outbox, StoredFile, WebSession
from tests.pages import Browser, PageTown, pages, said
from tests.town import at

pytestmark = pytest.mark.slow

WANG, LI = "王科长", "李主任"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 64


@pytest.fixture
def page_town(tmp_path):
    yield from pages(tmp_path)


@pytest.fixture
def town(page_town) -> PageTown:
    """A reporter with one project, a dispatcher, nobody at the page yet."""
    town = page_town()
    town.person(WANG, "区住建局", bound=False)
    town.person(LI, bound=False, posts=[Post.DISPATCHER])
    town.project("智诚慧家标准车间", {Role.REPORTER: WANG}, number=17, plan=dict.fromkeys(range(1, 13), 1000))
    return town


@contextlib.asynccontextmanager
async def visiting(town: PageTown, *who: str):
    """Browsers of people who have logged in; without names, one of a stranger."""
    async with town.served() as url:
        browsers = [Browser(town, url) for _ in who or ("",)]
        for browser, name in zip(browsers, who, strict=False):
            assert (await browser.log_in(town.invite(name))).status_code == 200
        yield browsers[0] if len(browsers) == 1 else browsers
        for browser in browsers:
            await browser.http.aclose()


def rows(town, table):
    with town.store.read() as session:
        return list(session.exec(select(table)).all())


# --- the door ---------------------------------------------------------------------------------------------------------


async def test_a_stranger_sees_the_door_and_nothing_else(town):
    async with visiting(town) as browser:
        door = await browser.http.get("/")
        assert door.status_code == 200 and 'id="code"' in door.text and "composer" not in door.text
        for path in ("/api/chats", "/api/lines", "/api/live", "/api/picture/o1/0"):
            assert (await browser.http.get(path)).status_code == 401
        for path in ("/api/say", "/api/press", "/api/seen", "/api/upload"):
            assert (await browser.http.post(path, json={})).status_code == 401


async def test_the_code_opens_the_door_once_and_the_bot_says_hello(town):
    code = town.invite(WANG)
    async with visiting(town) as browser:
        answer = await browser.log_in(code)
        cookie = answer.headers["set-cookie"]
        assert answer.status_code == 200
        assert (
            all(part in cookie for part in ("HttpOnly", "SameSite=strict", "Max-Age=7776000"))
            and "Secure" not in cookie
        )
        assert "composer" in (await browser.http.get("/")).text
        assert ["您好" in text for text in await browser.texts()] == [True]
        assert browser.http.cookies["diaodu"] not in {row.token_hash for row in rows(town, WebSession)}
    async with visiting(town) as another:
        assert (await another.log_in(code)).status_code == 403


async def test_behind_https_the_cookie_is_for_https_only(town):
    async with visiting(town) as browser:
        browser.http.headers["X-Forwarded-Proto"] = "https"
        assert "Secure" in (await browser.log_in(town.invite(WANG))).headers["set-cookie"]


async def test_wrong_used_and_expired_codes_look_alike_and_five_tries_are_enough(town):
    used, expired = town.invite(WANG), town.invite(LI)
    async with visiting(town) as first:
        await first.log_in(used)
    town.now += timedelta(hours=73)
    async with visiting(town) as stranger:
        answers = [await stranger.log_in(code) for code in ("AAAA-BBBB", used, expired, "QQQQ-QQQQ", "WWWW-WWWW")]
        assert {answer.status_code for answer in answers} == {403}
        assert len({str(answer.json()["said"]) for answer in answers[:4]}) == 1
        fresh = town.invite(LI)
        paused = (await stranger.log_in(fresh)).json()["said"]
        assert "次数太多" in said({"text": paused})
        town.now += timedelta(minutes=31)
        assert (await stranger.log_in(fresh)).status_code == 200


async def test_who_throws_the_cookie_away_is_stopped_by_address(town):
    async with visiting(town) as stranger:
        codes = set()
        for _ in range(22):
            stranger.http.cookies.clear()
            codes.add((await stranger.log_in("AAAA-BBBB")).status_code)
        assert codes == {403, 429}


async def test_what_a_stranger_was_told_is_no_part_of_the_talk_afterwards(town):
    async with visiting(town) as browser:
        await browser.log_in("AAAA-BBBB")
        await browser.log_in(town.invite(WANG))
        assert len(await browser.lines()) == 1


async def test_a_second_device_shows_the_same_talk(town):
    async with visiting(town, WANG, WANG) as (phone, desktop):
        await phone.says("七成")
        assert await phone.texts() == await desktop.texts()
        assert "七成" in await desktop.texts()
        assert len({(await browser.chats())[0]["chat"] for browser in (phone, desktop)}) == 1


async def test_two_people_one_after_the_other_at_one_browser_stay_two(town):
    async with visiting(town, WANG) as browser:
        await browser.says("七成")
        await browser.http.post("/api/logout")
        assert (await browser.http.get("/api/chats")).status_code == 401
        await browser.log_in(town.invite(LI))
        assert "七成" not in str(await browser.lines())


async def test_a_login_ends_after_ninety_days_and_with_the_person(town):
    async with visiting(town, WANG, LI) as (wang, li):
        town.now += timedelta(days=89)
        assert (await wang.http.get("/api/chats")).status_code == 200
        town.do(lambda desk: setattr(desk.session.get(people.Person, town.people[LI]), "active", False))
        assert (await li.http.get("/api/chats")).status_code == 401
        town.now += timedelta(days=2)
        assert (await wang.http.get("/api/chats")).status_code == 401


# --- chatting ---------------------------------------------------------------------------------------------------------


async def test_a_report_by_words_and_a_tap(town):
    async with visiting(town, WANG) as browser:
        await browser.says("65% 累计1.2亿")
        *_, mine, card = await browser.lines()
        assert (
            mine["mine"] and not card["mine"] and "请确认" in said(card) and ("65%", True) in map(tuple, card["text"])
        )
        assert [[button["label"] for button in row] for row in card["rows"]] == [["确认", "修改", "取消"]]
        assert await browser.presses("确认") == ""
        confirmed = (await browser.lines())[-1]
        assert (
            confirmed["key"] == card["key"]
            and confirmed["edited"]
            and "已记下" in said(confirmed)
            and [key["label"] for row in confirmed["rows"] for key in row] == ["撤回误发"]
        )


async def test_the_same_post_ten_times_at_once_is_one_message(town):
    async with visiting(town, WANG) as browser:
        chat = (await browser.chats())[0]["chat"]
        body = {"client": "the-same-client-id", "chat": chat, "text": "65%"}
        answers = await asyncio.gather(*(browser.http.post("/api/say", json=body) for _ in range(10)))
        await town.settle()
        assert {answer.status_code for answer in answers} == {200}
        assert (await browser.texts()).count("65%") == 1 and len(await browser.lines()) == 3


async def test_a_button_pressed_twice_says_who_pressed_it(town):
    async with visiting(town, WANG) as browser:
        await browser.says("65%")
        card = (await browser.lines())[-1]
        token = card["rows"][0][2]["token"]
        await browser.post("press", key=card["key"], token=token)
        again = (await browser.post("press", key=card["key"], token=token)).json()["toast"]
        assert WANG in again and "取消" in again


async def test_a_button_of_somebody_else_tells_nothing(town):
    async with visiting(town, WANG, LI) as (wang, li):
        await wang.says("65%")
        token = (await wang.lines())[-1]["rows"][0][0]["token"]
        for pressed in (token, "nonsense:0", ""):
            toast = (await li.post("press", key="o1", token=pressed)).json()["toast"]
            assert toast and "智诚" not in toast and WANG not in toast
        assert not [text for text in await wang.texts() if "已记下" in text]


async def test_a_slash_begins_a_command_and_shows_as_it_was_typed(town):
    async with visiting(town, WANG) as browser:
        await browser.says("/report")
        assert "/report" in await browser.texts() and "现在怎么样" in (await browser.texts())[-1]


async def test_shortcuts_are_the_words_a_person_may_use(town):
    async with visiting(town, WANG, LI) as (wang, li):
        labels = [
            [label for _, label in (await browser.http.get("/api/chats")).json()["shortcuts"]] for browser in (wang, li)
        ]
        assert "填报" in labels[0] and "调度台" not in labels[0]
        assert "调度台" in labels[1] and "填报" not in labels[1]


async def test_what_people_write_is_text_wherever_it_shows(town):
    hostile = "<img src=x onerror=alert(1)> **粗** {{ 7*7 }} </script>"
    town.person(hostile, bound=False)
    async with visiting(town, hostile) as browser:
        await browser.says(hostile)
        lines = await browser.lines()
        assert lines[1]["text"] == [[hostile, False]]
        page = (await browser.http.get("/")).text
        assert "<img src=x" not in page
        told = re.search(r'id="settings">(.*?)</script>', page, re.DOTALL)
        assert told and json.loads(told[1])["name"] == hostile


@pytest.mark.parametrize(
    "body",
    [
        {"client": "short", "text": "65%"},
        {"client": "long-enough-id", "text": ""},
        {"client": "long-enough-id", "text": "65%", "chat": "group:1"},
        {"client": "long-enough-id", "text": "65%", "chat": "web-other"},
        {"client": "long-enough-id", "text": "", "files": [{"ref": "1-" + "a" * 32, "name": "x"}]},
        {"client": "long-enough-id", "text": "", "files": "all"},
        {"client": "long-enough-id", "text": "", "files": ["x"]},
    ],
)
async def test_a_post_that_makes_no_sense_is_refused_and_kept_out(town, body):
    async with visiting(town, WANG) as browser:
        chat = (await browser.chats())[0]["chat"]
        before = len(rows(town, IncomingRow))
        assert (await browser.http.post("/api/say", json={"chat": chat, **body})).status_code == 400
        assert len(rows(town, IncomingRow)) == before


async def test_another_site_cannot_post_with_our_cookie(town):
    async with visiting(town, WANG) as browser:
        chat, before = (await browser.chats())[0]["chat"], len(rows(town, IncomingRow))
        del browser.http.headers["X-Diaodu"]
        body = {"client": "long-enough-id", "chat": chat, "text": "65%", "code": "AAAA-BBBB"}
        for path in ("say", "press", "seen", "upload", "login", "logout"):
            assert (await browser.http.post(f"/api/{path}", json=body)).status_code == 403
        assert len(rows(town, IncomingRow)) == before and (await browser.http.get("/api/chats")).status_code == 200


async def test_bodies_are_limited_whatever_they_say_of_their_length(town):
    async def endless():
        for _ in range(30):
            yield b"x" * 1_000_000

    async with visiting(town, WANG) as browser:
        assert (await browser.http.post("/api/say", content=b"x" * 1_000_001)).status_code == 413
        assert (await browser.uploads(b"x" * 20_000_001)).status_code == 413
        assert (await browser.http.post("/api/upload", content=endless())).status_code == 413
        assert not list(town.web.uploads.iterdir())
        assert (await browser.says("长" * 4001)).status_code == 413


async def test_who_posts_too_fast_waits(town):
    town.service.posts = Bucket(3, 0.001)
    async with visiting(town, WANG) as browser:
        answers = [(await browser.says(f"第{at}句")).status_code for at in range(4)]
        assert answers == [200, 200, 200, 429]


def test_a_bucket_fills_again_and_each_has_their_own():
    bucket = Bucket(2, 0.5)
    assert [bucket.take("wang", 0), bucket.take("wang", 0), bucket.take("wang", 0)] == [True, True, False]
    assert bucket.take("li", 0)
    assert not bucket.take("wang", 1.9) and bucket.take("wang", 2.0)


async def test_every_answer_carries_the_guards(town):
    async with visiting(town) as browser:
        for path in ("/", "/static/chat.js", "/nowhere", "/api/chats", "/health", "/manifest.webmanifest"):
            headers = (await browser.http.get(path)).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert (
                "script-src 'self';" in headers["content-security-policy"]
                and "unsafe" not in headers["content-security-policy"]
            )
        door = (await browser.http.get("/")).text
        assert not re.search(r"<script(?![^>]*(src=|application/json))|\son\w+=|style=|https?://", door)


# --- what is new ------------------------------------------------------------------------------------------------------


async def test_the_stream_tells_what_is_said_and_what_changed(town):
    async with visiting(town, WANG) as browser, browser.listening(await browser.mark()) as stream:
        now = town.now.isoformat()
        await browser.says("65%")
        seen = {line["key"]: line for line in await stream.lines(after=now)}
        while len(seen) < 2:
            seen |= {line["key"]: line for line in await stream.lines(after=now)}
        mine, card = seen.values()
        assert mine["mine"] and mine["client"] and card["rows"]
        await browser.presses("取消")
        changed = card
        while not changed["edited"]:
            changed = (await stream.lines(after=now))[-1]
        assert changed["key"] == card["key"] and not changed["rows"]


async def test_a_dropped_stream_brings_back_what_was_missed_and_nothing_else(town):
    async with visiting(town, WANG) as browser:
        await browser.says("65%")
        town.now += timedelta(minutes=1)
        async with browser.listening() as stream:
            await stream.event()
            mark = stream.last
        await browser.presses("确认")
        town.now += timedelta(minutes=1)
        await browser.says("/help")
        async with browser.listening(since=mark) as again:
            missed = await again.lines()
        assert ["已记下" in said(missed[0]), said(missed[1]), len(missed)] == [True, "/help", 3]
        async with browser.listening(since="0-0", last_event=mark) as by_header:
            assert [line["key"] for line in await by_header.lines()] == [line["key"] for line in missed]


async def test_a_clock_set_back_hides_nothing(town):
    async with visiting(town, WANG) as browser:
        await browser.says("/help")
        mark = await browser.mark()
        town.now -= timedelta(seconds=3)
        await browser.says("/help")
        async with browser.listening(since=mark) as stream:
            assert "可以直接说" in said((await stream.lines())[-1])


async def test_a_stream_ends_when_the_login_does(town, monkeypatch):
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.05)
    async with visiting(town, WANG) as browser, browser.listening() as stream:
        assert (await stream.until("beat"))[-1] == "beat"
        await browser.http.post("/api/logout")
        assert (await stream.until("bye"))[-1] == "bye" and await stream.until("end") == ["end"]


async def test_older_messages_come_page_by_page_without_gap(town):
    async with visiting(town, WANG) as browser:
        for minute in range(60):
            town.now += timedelta(minutes=1)
            town.do(
                lambda desk, minute=minute: desk.say(
                    MessageClass.ANSWER, Card(f"第{minute}条"), person=town.people[WANG]
                )
            )
            await town.settle()
        newest = await browser.lines()
        older = await browser.lines(before=newest[0]["at"])
        assert len(newest) == 40 and [said(line) for line in [*older, *newest]][1:] == [f"第{at}条" for at in range(60)]


async def test_what_was_withdrawn_before_it_was_said_never_shows(town):
    async with visiting(town, WANG) as browser:
        town.do(
            lambda desk: (
                desk.say(MessageClass.HAND, Card("多余的话"), person=town.people[WANG], about="report:1"),
                desk.withdraw("report:1"),
            )
        )
        await town.settle()
        assert "多余的话" not in await browser.texts()


# --- unread -----------------------------------------------------------------------------------------------------------


async def test_what_is_unread_is_counted_until_it_is_seen_on_any_device(town):
    async with visiting(town, WANG, WANG) as (phone, desktop):
        await phone.post("seen")
        town.now += timedelta(minutes=1)
        for text in ("一", "二"):
            town.do(lambda desk, text=text: desk.say(MessageClass.HAND, Card(text), person=town.people[WANG]))
        await town.settle()
        assert [(await browser.chats())[0]["unread"] for browser in (phone, desktop)] == [2, 2]
        town.now += timedelta(minutes=1)
        await desktop.post("seen")
        assert [(await browser.chats())[0]["unread"] for browser in (phone, desktop)] == [0, 0]


# --- files ------------------------------------------------------------------------------------------------------------


async def test_several_photos_are_one_album_and_belong_to_the_report(town):
    async with visiting(town, WANG) as browser:
        refs = [(await browser.uploads(raw)).json()["ref"] for raw in (PNG, JPEG)]
        files = [{"ref": ref, "name": "现场.png"} for ref in refs]
        assert (await browser.says("65%", files=files)).status_code == 200
        line = next(line for line in await browser.lines() if line["mine"])
        assert len(line["pictures"]) == 2 and not line["files"] and said(line) == "65%"
        shown = [await browser.http.get(path) for path in line["pictures"]]
        assert [answer.content for answer in shown] == [PNG, JPEG]
        assert [answer.headers["content-type"] for answer in shown] == ["image/png", "image/jpeg"]
        stored = rows(town, StoredFile)
        assert [(row.state, row.kind, row.size) for row in stored] == [
            ("stored", "photo", len(PNG)),
            ("stored", "photo", len(JPEG)),
        ]
        kept = [path for path in (town.settings.data_dir / "files").rglob("*") if path.is_file()]
        assert len(kept) == 2, "each is on disk once; an upload is another name for it"


async def test_only_pictures_are_shown_whatever_a_file_is_called(town):
    async with visiting(town, WANG) as browser:
        page = b"<html><script>alert(1)</script>"
        ref = (await browser.uploads(page)).json()["ref"]
        await browser.says("", files=[{"ref": ref, "name": '照片"/../x.jpg'}])
        line = next(line for line in await browser.lines() if line["mine"])
        assert not line["pictures"] and line["files"][0]["size"] == len(page)
        answer = await browser.http.get(line["files"][0]["address"])
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment;") and "/" not in line["files"][0]["name"]
        assert answer.headers["content-security-policy"].startswith("sandbox")


async def test_files_are_for_those_who_see_the_message(town):
    async with visiting(town, WANG, LI) as (wang, li):
        ref = (await wang.uploads(PNG)).json()["ref"]
        await wang.says("", files=[{"ref": ref, "name": "a.png"}])
        picture = next(line for line in await wang.lines() if line["mine"])["pictures"][0]
        assert (await li.http.get(picture)).status_code == 404
        assert (await li.says("", files=[{"ref": ref, "name": "a.png"}])).status_code == 400
        assert [(await wang.http.get(picture[:-1] + at)).status_code for at in ("1", "9")] == [404, 404]
        assert (await wang.uploads(b"")).status_code == 400


async def test_pictures_and_files_of_the_bot_are_shown_to_whom_they_were_sent(town):
    chart = Picture("qr", {"text": "K7P2-9QXM"})
    (town.settings.data_dir / "exports").mkdir(parents=True)
    (town.settings.data_dir / "exports" / "台账.xlsx").write_bytes(b"PK")
    (town.settings.data_dir.parent / "secret").write_text("no")
    card = Card("给您", picture=chart, files=("exports/台账.xlsx",), copy="一段话")
    async with visiting(town, WANG, LI) as (wang, li):
        town.do(lambda desk: desk.say(MessageClass.ANSWER, card, person=town.people[WANG]))
        await town.settle()
        line = (await wang.lines())[-1]
        assert (await wang.http.get(line["pictures"][0])).content.startswith(b"\x89PNG") and line["copy"] == "一段话"
        workbook = await wang.http.get(line["files"][0]["address"])
        assert workbook.content == b"PK" and "%E5%8F%B0%E8%B4%A6.xlsx" in workbook.headers["content-disposition"]
        assert (await li.http.get(line["pictures"][0])).status_code == 404


# --- groups -----------------------------------------------------------------------------------------------------------


def test_who_belongs_to_a_group(page_town):
    town = page_town()
    town.group("全区群")
    town.group("城建群", "区住建局")
    town.person("科员", "区住建局")
    town.person("外单位", "区水务局")
    town.person("分管区长", "区政府办", posts=[Post.LEADER], post_unit="长泉区")
    town.person("调度员", "项目办", posts=[Post.DISPATCHER], post_unit="区住建局")
    town.person("收件口", "区外单位", posts=[Post.INTAKE], post_unit="区住建局")
    town.person("企业联系人", "区住建局")
    town.project("车间", {Role.OWNER_CONTACT: "企业联系人", Role.REPORTER: "科员"})

    def groups(who):
        return town.do(
            lambda desk: [group.title for group in webchat.groups_of(desk.session, town.people[who], desk.today)]
        )

    assert {who: groups(who) for who in town.people} == {
        "科员": ["全区群", "城建群"],
        "外单位": ["全区群"],
        "分管区长": ["全区群", "城建群"],
        "调度员": ["全区群", "城建群"],
        "收件口": ["全区群"],
        "企业联系人": [],
    }


async def test_a_group_shows_only_what_was_said_to_it(town):
    chat = town.group("全区群")
    async with visiting(town, WANG, LI) as (wang, li):
        await wang.says("65%")
        town.do(lambda desk: desk.say(MessageClass.SUMMARY, Card("今日综述"), chat_group=int(chat.partition(":")[2])))
        await town.settle()
        await li.says("大家看看", chat=chat)
        assert await wang.texts(chat) == ["今日综述", "大家看看"]
        line = (await wang.lines(chat))[-1]
        assert (line["mine"], line["bot"], line["name"]) == (False, False, LI)
        assert "今日综述" not in await wang.texts() and "65%" not in await li.texts(chat)
        assert {one["chat"]: one["unread"] for one in await wang.chats()}[chat] == 2


async def test_a_button_in_a_group_is_for_every_bound_member_and_for_nobody_else(town, monkeypatch):
    pressed = []
    monkeypatch.setitem(routes.BUTTONS, "test.seen", lambda turn: pressed.append((turn.person, turn.incoming.direct)))
    town.person("企业联系人", bound=False)
    town.project("另一个车间", {Role.OWNER_CONTACT: "企业联系人", Role.REPORTER: WANG})
    chat = town.group("全区群")
    card = Card("请知悉", rows=((Button("阅", "test.seen"),),))
    async with visiting(town, LI, "企业联系人") as (li, outsider):
        town.do(lambda desk: desk.say(MessageClass.SUMMARY, card, chat_group=1, reusable=True))
        await town.settle()
        line = (await li.lines(chat))[-1]
        token = line["rows"][0][0]["token"]
        assert (await outsider.post("press", chat=chat, key=line["key"], token=token)).status_code == 400
        assert (await li.post("press", chat=chat, key=line["key"], token=token)).json() == {"toast": ""}
        assert pressed == [(town.people[LI], False)]


async def test_who_does_not_belong_sees_no_group(town):
    chat = town.group("水务群", "区水务局")
    async with visiting(town, WANG) as browser:
        assert [one["group"] for one in await browser.chats()] == [False]
        assert (await browser.http.get("/api/lines", params={"chat": chat})).status_code == 404
        assert (await browser.says("在吗", chat=chat)).status_code == 400


# --- alive? -----------------------------------------------------------------------------------------------------------


async def health(town, browser):
    answer = await browser.http.get("/health")
    return answer.status_code, answer.json()["wrong"]


async def test_health_names_what_is_wrong(town):
    ticked = {"nudges": (town.now, 60), "drafts": (None, 600)}
    town.service.ticks = lambda: ticked
    async with visiting(town) as browser:
        assert await health(town, browser) == (200, [])
        town.now += timedelta(seconds=181)
        assert await health(town, browser) == (503, ["tick nudges"])
        ticked["nudges"] = (town.now, 60)
        town.do(lambda desk: desk.say(MessageClass.NUDGE, Card("提醒"), person=town.people[WANG]))
        town.do(
            lambda desk: desk.say(
                MessageClass.ANSWER, Card("回答"), person=town.people[WANG], not_before=town.now + timedelta(minutes=5)
            )
        )
        town.now += timedelta(minutes=6, seconds=59)
        ticked["nudges"] = (town.now, 60)
        assert await health(town, browser) == (200, [])
        town.now += timedelta(seconds=2)
        assert await health(town, browser) == (503, ["sender"])
        town.do(lambda desk: [setattr(row, "state", "sent") for row in desk.session.exec(select(Outbox))])
        town.phones.health = lambda: {"ok": False, "last_error": "timed out"}
        assert await health(town, browser) == (503, ["channel phone"])
        far = (await browser.http.get("/health", headers={"X-Forwarded-For": "10.1.2.3"})).json()
        assert far == {"ok": False, "wrong": ["channel phone"]}
        found = (await browser.http.get("/health")).json()
        assert found["channels"]["phone"]["last_error"] == "timed out" and "sqlite" in found["database"]


async def test_metrics_are_for_this_machine_only(town):
    async with visiting(town, WANG) as browser:
        text = (await browser.http.get("/metrics")).text
        assert 'diaodu_incoming{channel="webchat",kind="command",state="done"} 1.0' in text
        assert 'diaodu_outbox{class="answer",state="sent"} 1.0' in text and "diaodu_log_entries" in text
        far = {"X-Forwarded-For": "10.1.2.3"}
        assert (await browser.http.get("/metrics", headers=far)).status_code == 404


async def test_a_delivery_of_telegram_is_handed_on_with_its_secret(town):
    heard = []

    async def webhook(body: bytes, secret: str) -> int:
        heard.append((body, secret))
        return 200 if secret == "s3cret" else 403

    async with visiting(town) as browser:
        assert (await browser.http.post("/telegram", content=b"{}")).status_code == 404
        town.service.telegram = webhook
        right = {"X-Telegram-Bot-Api-Secret-Token": "s3cret"}
        assert (await browser.http.post("/telegram", content=b'{"update_id": 1}', headers=right)).status_code == 200
        assert (await browser.http.post("/telegram", content=b"{}")).status_code == 403
        assert heard == [(b'{"update_id": 1}', "s3cret"), (b"{}", "")]


# --- the server -------------------------------------------------------------------------------------------------------


async def test_the_server_stops_at_once_though_streams_are_open(town):
    town.at_the_page(WANG)
    listening = open_socket("127.0.0.1", 0)
    url, handler = address(listening), signal.getsignal(signal.SIGTERM)
    up = asyncio.Event()
    serving = asyncio.ensure_future(serve_web(town.site(), listening, closing=town.web.close, ready=up.set))
    await asyncio.wait_for(up.wait(), 5)
    assert signal.getsignal(signal.SIGTERM) is handler, "signals are not the server's business"
    browsers = [Browser(town, url) for _ in range(2)]
    for browser in browsers:
        await browser.log_in(town.invite(WANG))
    async with browsers[0].listening() as one, browsers[1].listening() as two:
        assert [(await stream.event())[0] for stream in (one, two)] == ["here", "here"]
        began = time.monotonic()
        serving.cancel()
        await asyncio.wait([serving])
        assert time.monotonic() - began < 0.9
        assert [(await stream.until("end"))[-1] for stream in (one, two)] == ["end", "end"]
    with pytest.raises(httpx.ConnectError):
        await browsers[0].http.get("/")


def test_a_port_that_is_taken_says_so():
    first = open_socket("127.0.0.1", 0)
    port = first.getsockname()[1]
    assert address(first) == f"http://127.0.0.1:{port}/"
    with pytest.raises(OSError):
        open_socket("127.0.0.1", port)
    first.close()


# --- the page's own words ---------------------------------------------------------------------------------------------


def test_the_page_speaks_both_tongues_and_every_word_is_there():
    first, *others = [words(locale) for locale in LOCALES]
    assert all(set(other) == set(first) for other in others)
    static, templates = HOME.parent / "static", HOME / "pages"
    used = {
        name for path in static.glob("*.js") for name in re.findall(r"\bwords\.([a-z_]+)\b", path.read_text("utf-8"))
    }
    used |= {
        name
        for path in templates.glob("*.html")
        for name in re.findall(r"\bwords\.([a-z_]+)\b", path.read_text("utf-8"))
    }
    assert used - set(first) == set()


@pytest.mark.parametrize(
    ("accepted", "locale"),
    [
        ("", "zh_CN"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh_CN"),
        ("en-GB,en;q=0.9", "en"),
        ("de,en;q=0.5", "en"),
        ("fr", "zh_CN"),
    ],
)
def test_a_stranger_is_spoken_to_in_the_browsers_tongue(accepted, locale):
    assert locale_of(accepted, "zh_CN") == locale


def test_the_scripts_speak_no_newer_tongue_than_the_phones_in_use():
    newer = re.compile(
        r"\(\?<[!=]|AbortSignal\.(timeout|any)|requestSubmit|randomUUID|structuredClone|\.at\(-|\.findLast|Object\.groupBy"
    )
    for path in (HOME.parent / "static").glob("*.js"):
        assert not newer.search(path.read_text("utf-8")), path


def test_nothing_is_loaded_from_elsewhere():
    static, templates = HOME.parent / "static", HOME / "pages"
    for path in [*static.glob("*.js"), *static.glob("*.css"), *templates.glob("*.html")]:
        assert not re.search(
            r"https?://|innerHTML|insertAdjacentHTML|document\.write|eval\(", path.read_text("utf-8")
        ), path


# --- the demonstration ------------------------------------------------------------------------------------------------


@pytest.fixture
def demo_town(page_town) -> PageTown:
    town = page_town(demo=True)
    town.person("雷永刚", "开发区", bound=False)
    town.person("田卫东", "恒岳公司", bound=False)
    town.person("石雨桐", "项目办", bound=False, posts=[Post.DISPATCHER], post_unit="长泉区", title="调度科科长")
    town.person("廖子涵", bound=False, posts=[Post.LEADER])
    town.person("徐国栋", "区自然资源局", bound=False, posts=[Post.INTAKE])
    town.person("钱云鹏", "区自然资源局", bound=False, posts=[Post.DEPUTY_HEAD])
    town.person("别的收件口", "区水务局", bound=False, posts=[Post.INTAKE])
    town.person("贾欣怡", "项目办", bound=False, posts=[Post.ADMINISTRATOR], post_unit="长泉区")
    roles = {Role.REPORTER: "雷永刚", Role.OWNER_CONTACT: "田卫东", Role.GENERAL_COORDINATOR: "廖子涵"}
    town.project("车间", roles, plan={1: 100})
    town.settle_the_demo()
    town.settle_the_demo()
    return town


async def test_the_picker_offers_every_part_once_and_says_that_it_is_a_demonstration(demo_town):
    async with demo_town.served() as url, httpx.AsyncClient(base_url=url) as http:
        page = (await http.get("/")).text
        assert "演示环境·数据全部虚构" in page
        offered = re.findall(r'<a class="persona" href="(/demo/\d+)(#group:\d+)?">', page)
        assert len(offered) == 8 and len({path for path, _ in offered}) == 7 and offered[-1][1]
        assert page.count("区自然资源局") == 2 and "别的收件口" in page
        for path, _ in offered:
            phone = await http.get(path)
            assert phone.status_code == 200 and "演示环境·数据全部虚构" in phone.text
        assert (await http.get("/demo/999")).status_code == 404
        assert (await http.get("/demo/999/api/chats")).status_code == 401
        assert (await http.post("/api/login", json={"code": "AAAA-BBBB"})).status_code == 404


async def test_the_picker_shows_on_whose_phone_something_waits(demo_town):
    async with demo_town.served() as url:
        reporter = Browser(demo_town, url, f"/demo/{account_of(demo_town, '雷永刚')}")
        assert not any((await reporter.http.get("/demo/unread")).json().values())
        demo_town.do(lambda desk: desk.say(MessageClass.HAND, Card("请看"), person=demo_town.people["雷永刚"]))
        demo_town.do(lambda desk: desk.say(MessageClass.SUMMARY, Card("综述"), chat_group=1))
        await demo_town.settle()
        waiting = {
            address: count for address, count in (await reporter.http.get("/demo/unread")).json().items() if count
        }
        group = f"/demo/{account_of(demo_town, '石雨桐')}#group:1"
        assert waiting == {reporter.base: 1, group: 1}
        await reporter.post("seen")
        assert (await reporter.http.get("/demo/unread")).json() == {group: 1}


def account_of(town, name):
    return town.do(lambda desk: {one.name: one.account for one in demo.personas(desk.session, "webchat", desk.today)})[
        name
    ]


async def test_two_tabs_are_two_people(demo_town):
    async with demo_town.served() as url:
        reporter, dispatcher = [
            Browser(demo_town, url, f"/demo/{account_of(demo_town, name)}") for name in ("雷永刚", "石雨桐")
        ]
        async with (
            reporter.listening(await reporter.mark()) as one,
            dispatcher.listening(await dispatcher.mark()) as two,
        ):
            await reporter.says("七成")
            assert said((await one.lines())[0]) == "七成"
            assert "七成" not in str(await dispatcher.texts())
            await dispatcher.says("/help")
            assert said((await two.lines())[0]) == "/help"


@pytest.mark.parametrize(
    ("now", "to", "until"),
    [
        ("2026-11-24 10:00", "hour", "2026-11-24 11:00"),
        ("2026-11-24 10:00", "morning", "2026-11-25 09:08"),
        ("2026-11-24 07:00", "morning", "2026-11-24 09:08"),
        ("2026-11-27 16:00", "morning", "2026-11-30 09:08"),
        ("2026-11-28 07:00", "morning", "2026-11-30 09:08"),
        ("2026-11-24 10:00", "evening", "2026-11-24 17:31"),
        ("2026-11-27 18:00", "evening", "2026-11-30 17:31"),
        ("2026-09-30 18:00", "morning", "2026-10-08 09:08"),
        ("2026-11-24 10:00", "yesterday", None),
    ],
)
def test_where_a_move_of_the_clock_ends(page_town, now, to, until):
    town = page_town(now)
    assert demo.target(town.app.house, town.now, to) == (at(until) if until else None)


async def test_the_clock_walks_once_at_a_time_and_shows_how_far_it_is(demo_town):
    going = asyncio.Event()
    walked = []

    async def walk(until):
        half = demo_town.now + (until - demo_town.now) / 2
        demo_town.now = half
        walked.append(until)
        await going.wait()
        demo_town.now = until

    demo_town.pass_until = walk
    async with demo_town.served() as url, httpx.AsyncClient(base_url=url, headers={"X-Diaodu": "1"}) as http:
        before = (await http.get("/demo/clock")).json()
        assert before == {"day": "2026-11-24", "time": "10:00", "working": True, "part": None}
        moving = asyncio.ensure_future(http.post("/demo/clock", json={"to": "evening"}))
        while (state := (await http.get("/demo/clock")).json())["part"] is None:
            pass
        assert state["part"] == pytest.approx(0.5)
        assert (await http.post("/demo/clock", json={"to": "hour"})).status_code == 409
        going.set()
        assert (await moving).json() == {"day": "2026-11-24", "time": "17:31", "working": True, "part": None}
        assert walked == [at("2026-11-24 17:31")]


async def test_in_service_there_is_no_picker_and_no_clock(town):
    town.at_the_page(WANG)
    async with visiting(town) as browser:
        for path in ("/demo/1", "/demo/clock", "/demo/1/api/chats"):
            assert (await browser.http.get(path)).status_code == 404
        assert (await browser.http.post("/demo/clock", json={"to": "hour"})).status_code == 404
        assert "演示" not in (await browser.http.get("/")).text


async def test_what_was_sent_by_mistake_shows_as_a_stub_to_whoever_looks(town):
    async with visiting(town, WANG) as browser:
        await browser.says("钥匙在门口花盆下")
        await browser.says("误发")
        for label in ("1", "销毁"):
            keys = [key for one in await browser.lines() for row in one["rows"] for key in row if key["label"] == label]
            await browser.post("press", key="o1", token=keys[-1]["token"])
        texts = await browser.texts()
        assert not [text for text in texts if "花盆" in text] and "（误发，已清除）" in texts
