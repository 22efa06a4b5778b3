"""Telegram from end to end: the real process, its database in a file, and a scripted Bot API server on loopback."""

import asyncio
import hashlib
import json
import re
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from bot.messages import Card
from bot.rules.words import MessageClass, Post, Role
from handlers.gaps import FOUR
from storage import people
from tests.bot_api import BotApi, Person, bad_gateway, dropped, foreign_page, hung, refusal, too_many
from tests.chaos.nursery import Nursery
from tests.service import Service
from tests.town import Town

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

ODD = "标准厂房<b>&amp;“二期”"
OFFICIAL = "包挂领导"
"""Holds the four roles of every project, so that none is told to be empty."""
SERVE = (sys.executable, "-m", "bot", "serve")


class District:
    """A service with an administrator, a dispatcher and reporters, each with a telephone and a project of their own."""

    def __init__(self, home: Path, api: BotApi, nursery: Nursery | None = None, **settings: str) -> None:
        self.api = api
        self.service = Service(home, api, "2026-03-24 09:30", nursery, **settings)
        self.phones: dict[str, Person] = {}
        with self.service.settling() as town:
            town.person(OFFICIAL, bound=False)
            self.appoint(town, "管理员", [Post.ADMINISTRATOR])
            self.appoint(town, "调度小李", [Post.DISPATCHER])
            for name, project in (("王科长", "智诚慧家标准车间"), ("李科长", ODD), ("赵科长", "北辰机电")):
                self.appoint(town, name)
                self.build(town, project, name)
            town.person("新科长", bound=False)
            self.build(town, "新科长的路", "新科长")

    def appoint(self, town: Town, name: str, posts: list[Post] | None = None, started: bool = True) -> None:
        self.phones[name] = self.api.user(name, started=started)
        town.person(name, bound=False, posts=posts or [])
        self.service.bind(town, name, self.phones[name])

    def build(self, town: Town, project: str, reporter: str) -> int:
        plan = dict.fromkeys(range(1, 13), 1000)
        roles = {Role.REPORTER: reporter, **dict.fromkeys(FOUR, OFFICIAL)}
        return town.project(project, roles, plan=plan, invested_before=0, invested_year=110_000_000)

    def __getitem__(self, name: str) -> Person:
        return self.phones[name]


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as api:
        yield api


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def nursery() -> AsyncIterator[Nursery]:
    """Where the services come from that live for one story."""
    async with Nursery() as nursery:
        yield nursery


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def district(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[District]:
    """One service for all stories that leave it as they found it."""
    with BotApi() as api:
        district = District(tmp_path_factory.mktemp("district"), api)
        async with district.service.up():
            yield district
        district.service.verify()


# --- getting acquainted -----------------------------------------------------------------------------------------------


async def test_the_menu_of_commands_is_set_at_the_start(district: District) -> None:
    (call,) = district.api.calls("setMyCommands")
    menu = {one["command"]: one["description"] for one in json.loads(call.params["commands"])}
    assert {"report", "todo", "projects", "blocker", "matters", "help"} <= menu.keys()
    assert json.loads(call.params["scope"])["type"] == "all_private_chats"


async def test_an_invite_binds_by_its_link_once(district: District) -> None:
    admin, new, other = district["管理员"], district.api.user("新手机"), district.api.user("别人")
    admin.says("邀请 新科长")
    card = await admin.hears("t.me")
    link = re.search(r"https://t\.me/\S+\?start=[\w-]+", card.text)
    assert link is not None
    new.says("你好")
    assert "邀请码" in (await new.hears("不认识")).text
    new.opens(link.group())
    assert "新科长，您好" in (await new.hears("已绑定")).text
    other.opens(link.group())
    assert (await other.hears("邀请码")).text == "这个邀请码不能用。请核对后再发一次，或请管理员重新生成。"


# --- reporting --------------------------------------------------------------------------------------------------------


async def test_a_report_is_confirmed_on_the_card_itself(district: District) -> None:
    wang = district["王科长"]
    wang.says("65%")
    card = await wang.hears("请确认")
    assert card.labels == ["确认", "修改", "取消"] and "65%" in card.bold
    query = wang.presses("确认")
    done = await wang.hears("已记下")
    assert (done.id, done.labels) == (card.id, ["撤回误发"])
    wang.presses_again(query)
    await district.api.until(lambda: any("确认" in toast for toast in wang.toasts))
    assert district.service.value("SELECT count(*) FROM report WHERE progress = 6500") == 1


async def test_a_label_may_be_typed_as_well(district: District) -> None:
    wang = district["王科长"]
    wang.says("66%")
    await wang.hears("66%")
    wang.says("确认")
    await wang.hears("已记下“智诚慧家标准车间”：66%")
    assert district.service.value("SELECT count(*) FROM report WHERE progress = 6600") == 1


async def test_what_people_write_is_shown_literally(district: District) -> None:
    li = district["李科长"]
    li.says("{{7*7}} <script>alert(1)</script> **粗** 67%")
    card = await li.hears("请确认")
    assert ODD in card.text and "{{7*7}} <script>" in card.text and "49" not in card.text
    li.presses("确认")
    assert ODD in (await li.hears("已记下")).text


async def test_a_photo_and_an_album_belong_to_the_report_and_are_kept_once(district: District) -> None:
    zhao, service = district["赵科长"], district.service
    photos = [b"photo one", b"photo two", b"photo three"]
    zhao.album(photos, "基坑完成 68%")
    await zhao.hears("请确认")
    await service.until("SELECT count(*) = 3 FROM stored_file WHERE sha256 <> ''")
    zhao.presses("确认")
    await zhao.hears("已记下“北辰机电”：68%")
    zhao.sends_photo(photos[0], "69%")
    await zhao.hears("69%")
    await service.until("SELECT count(*) = 4 FROM stored_file WHERE sha256 <> ''")
    zhao.presses("确认")
    await zhao.hears("是同一张")
    zhao.presses("照报")
    await zhao.hears("已记下“北辰机电”：69%")
    await service.quiet()
    kept = {path.name: path.read_bytes() for path in (service.home / "data" / "files").glob("*/*")}
    assert kept == {hashlib.sha256(photo).hexdigest(): photo for photo in photos}
    of_reports = (
        "SELECT progress, count(*) AS files FROM report JOIN stored_file ON report = report.id GROUP BY report.id"
    )
    assert {row["progress"]: row["files"] for row in service.rows(of_reports)} == {6800: 3, 6900: 1}


# --- groups -----------------------------------------------------------------------------------------------------------


async def group_code(district: District) -> tuple[str, str]:
    """(code, link) of a new code for a group of the whole district."""
    admin = district["管理员"]
    seen = {shown.id for shown in district.api.messages(admin)}
    admin.says("绑定群 长泉区")

    def answers() -> list[str]:
        return [one.text for one in district.api.messages(admin) if one.id not in seen and "工作群绑定码" in one.text]

    (text,) = await district.api.until(answers)
    code, link = re.search(r"/bind (\S+)", text), re.search(r"https://t\.me/\S+\?startgroup=[\w-]+", text)
    assert code and link
    return code.group(1), link.group()


async def test_a_group_is_bound_by_a_command_and_hears_only_commands(district: District) -> None:
    wang, group = district["王科长"], district.api.group("重点项目专班")
    code, _ = await group_code(district)
    wang.says(f"/bind {code}", group)
    await wang.hears("本群已绑定“长泉区”", group)
    before = len(district.api.messages(group))
    wang.says("七成", group)
    wang.says("/board@diaodu_bot", group)
    board = await wang.hears("绿", group)
    assert board.photo
    assert len(district.api.messages(group)) == before + 3


async def test_a_link_adds_the_bot_to_a_group_and_binds_it(district: District) -> None:
    wang, group = district["王科长"], district.api.group("园区专班", with_bot=False)
    code, link = await group_code(district)
    assert link.endswith(code)
    wang.invites_bot(group, code=code)
    await wang.hears("本群已绑定“长泉区”", group)


async def test_a_topic_of_a_forum_is_a_group_of_its_own(district: District) -> None:
    wang, power = district["王科长"], district.api.group("协调群", topic="供电")
    water = power.topic("供水")
    code, _ = await group_code(district)
    wang.says(f"/bind {code}", power)
    await wang.hears("本群已绑定", power)
    wang.says("/board", power)
    await wang.hears("绿", power)
    assert not [shown for shown in district.api.messages(water) if shown.from_bot]


async def bound_group(district: District, title: str):
    group, wang = district.api.group(title), district["王科长"]
    code, _ = await group_code(district)
    wang.says(f"/bind {code}", group)
    await wang.hears("本群已绑定", group)
    return group


async def test_a_group_that_says_it_moved_is_spoken_to_at_its_new_place(district: District) -> None:
    group = await bound_group(district, "将成超级群")
    new = group.becomes_supergroup()
    district["王科长"].says("/board", new)
    await district["王科长"].hears("绿", new)
    assert len(chats_of(district, new.id)) == 1 and chats_of(district, group.id) == []


async def test_a_group_that_moved_unheard_is_found_out_by_the_first_message(district: District) -> None:
    """The message service and the updates travel apart: a send may meet the old id before anybody has told us."""
    wang, api = district["王科长"], district.api
    group = await bound_group(district, "悄悄成超级群")
    with api.world.lock:
        wang.says("/board", group)
        chat = api.world.add_group(group.chat.title, supergroup=True)
        chat.members, chat.bot_status, group.chat.moved_to = set(group.chat.members), "member", chat.id
    await api.until(lambda: [message for message in chat.messages if "photo" in message])
    assert len(chats_of(district, chat.id)) == 1
    api.inject({"message": old_notice(api, group.chat, chat.id)})
    await district.service.quiet()
    assert len(chats_of(district, chat.id)) == 1 and chats_of(district, group.id) == []


def old_notice(api: BotApi, chat, new: int) -> dict:
    return {
        "message_id": 999_999, "date": int(api.world.clock()), "chat": chat.json(), "migrate_to_chat_id": new,
        "from": {"id": 1087968824, "is_bot": True, "first_name": "Group"},
    }  # fmt: skip


def chats_of(district: District, chat: int) -> list[dict]:
    return district.service.rows("SELECT * FROM chat_group WHERE chat = :chat AND active", chat=str(chat))


# --- people who cannot be reached -------------------------------------------------------------------------------------

TOLD = "SELECT count(*) FROM nudge JOIN person ON person.id = nudge.person WHERE name = '调度小李' AND about LIKE 'unreachable:%'"
UNREACHABLE = (
    "SELECT count(*) FROM account JOIN person ON person.id = person WHERE person.name = :name AND unreachable <> ''"
)


def hand(town: Town, name: str, text: str) -> None:
    """Something newly a person's, waiting to be said."""
    town.do(lambda desk: desk.say(MessageClass.HAND, Card(text), person=town.people[name]))


async def test_who_blocked_the_bot_is_told_to_the_dispatcher_once_and_is_reached_again(
    api: BotApi, nursery: Nursery, tmp_path: Path
) -> None:
    district = District(tmp_path, api, nursery)
    service, zhao, dispatcher = district.service, district["赵科长"], district["调度小李"]
    async with service.up():
        zhao.blocks()
        await service.until(f"SELECT ({TOLD}) = 1")
    with service.settling() as town:
        hand(town, "赵科长", "17-3 供电增容")
    async with service.up():
        await service.until("SELECT count(*) FROM outbox WHERE state = 'failed' AND error LIKE '%blocked by the user%'")
        assert service.value(TOLD) == 1 and service.value(UNREACHABLE, name="赵科长") == 1
    service.set_clock("2026-03-25 09:30")
    async with service.up():
        bundle = await dispatcher.hears("今日待办")
        assert "赵科长联系不上：停用了机器人" in bundle.text
        zhao.unblocks()
        await service.until(f"SELECT ({UNREACHABLE}) = 0", name="赵科长")
        await service.quiet()
        zhao.says("70%")
        await zhao.hears("请确认")
        await api.until(lambda: not any("联系不上" in shown.text for shown in api.messages(dispatcher)))
    service.verify()


async def test_who_never_pressed_start_is_told_to_the_dispatcher_once(
    api: BotApi, nursery: Nursery, tmp_path: Path
) -> None:
    district = District(tmp_path, api, nursery)
    service = district.service
    with service.settling() as town:
        district.appoint(town, "孙科长", started=False)
        for at in range(3):
            hand(town, "孙科长", f"17-{at} 供电增容")
    async with service.up():
        await service.until("SELECT count(*) = 3 FROM outbox WHERE state = 'failed'")
        assert service.value(TOLD) == 1
        sun = str(district["孙科长"].id)
        assert [call.status for call in api.calls("sendMessage") if call.params["chat_id"] == sun] == [403] * 3


# --- when the service is in trouble -----------------------------------------------------------------------------------


async def test_too_many_requests_silence_the_whole_bot_for_as_long_as_asked(
    api: BotApi, nursery: Nursery, tmp_path: Path
) -> None:
    district = District(tmp_path, api, nursery)
    async with district.service.up():
        api.fail("sendMessage", too_many(2))
        district["王科长"].says("65%")
        await api.until(lambda: api.calls("sendMessage"))
        for name in ("李科长", "赵科长"):
            district[name].says("帮助")
        for name, words in (("王科长", "请确认"), ("李科长", "填报"), ("赵科长", "填报")):
            await district[name].hears(words)
    refused, *after = api.calls("sendMessage")
    assert refused.status == 429 and min(call.at for call in after) - refused.at >= 2
    assert [call.status for call in after] == [200] * 3


@pytest.mark.parametrize("fault", [bad_gateway(), foreign_page(), dropped(deliver=False), hung(deliver=False)])
async def test_an_answer_that_may_not_have_arrived_is_given_once_more(
    api: BotApi, nursery: Nursery, tmp_path: Path, fault
) -> None:
    district = District(tmp_path, api, nursery)
    async with district.service.up():
        api.fail("sendMessage", fault)
        district["王科长"].says("65%")
        await district["王科长"].hears("请确认")
        await district.service.quiet()
    first, second = api.calls("sendMessage")
    assert second.at - first.at >= 5
    assert district.service.value("SELECT state FROM outbox WHERE id = 1") == "sent"


async def test_polling_outlives_whatever_comes_back(api: BotApi, nursery: Nursery, tmp_path: Path) -> None:
    district = District(tmp_path, api, nursery)
    for fault in (bad_gateway(), foreign_page(), dropped(), dropped(deliver=False), hung(), refusal(500, "Internal")):
        api.fail("getUpdates", fault)
    district["王科长"].says("65%")
    async with district.service.up():
        await district["王科长"].hears("请确认")
        with api.refusing():
            await health(district.service, lambda told: "channel telegram" in told["wrong"])
        district["李科长"].says("66%")
        await district["李科长"].hears("请确认")
        await health(district.service, lambda told: told["ok"])
        await district.service.quiet()
    assert district.service.value("SELECT count(*) FROM incoming WHERE channel = 'telegram'") == 2


def address(service: Service) -> str:
    """Where this life of the service answers over HTTP."""
    return re.findall(r"http://127\.0\.0\.1:\d+", service.log)[-1]


async def health(service: Service, wanted) -> dict:
    """Waits until /health says what is wanted."""
    async with httpx.AsyncClient(trust_env=False) as http:
        for _ in range(200):
            told = (await http.get(f"{address(service)}/health")).json()
            if wanted(told):
                return told
            await asyncio.sleep(0.05)
    raise AssertionError(told)


async def test_a_revoked_token_stops_the_polling_and_is_told_through_the_page(
    api: BotApi, nursery: Nursery, tmp_path: Path
) -> None:
    district = District(tmp_path, api, nursery)
    service = district.service
    with service.settling() as town:
        admin = town.do(lambda desk: people.person_named(desk.session, "管理员")[0].id)
        town.do(lambda desk: people.bind(desk.session, admin, "webchat", "1", "1", "管理员", desk.now))
    async with service.up():
        district["管理员"].says("帮助")
        await district["管理员"].hears("邀请")
        api.revoke_token()
        await service.until(
            "SELECT count(*) FROM outbox WHERE channel = 'webchat' AND state = 'sent' AND body LIKE '%telegram 的消息收不进来%'"
        )
        polls = len(api.calls("getUpdates"))
        told = await health(service, lambda told: not told["ok"])
        assert told["wrong"] == ["channel telegram"]
        async with httpx.AsyncClient(trust_env=False) as http:
            assert (await http.get(f"{address(service)}/")).status_code == 200
        assert len(api.calls("getUpdates")) == polls and not service.ending.done()
        assert api.token not in service.log


async def test_a_second_poller_is_told_to_the_operator_and_sending_goes_on(
    api: BotApi, nursery: Nursery, tmp_path: Path
) -> None:
    district = District(tmp_path, api, nursery)
    async with district.service.up():
        api.fail("getUpdates", refusal(409, "Conflict: terminated by other getUpdates request"), times=9)
        district["王科长"].says("65%")
        alarm = await district["管理员"].hears("somebody else polls")
        assert "故障 1" in alarm.text and not district.service.ending.done()


# --- told twice, or at once -------------------------------------------------------------------------------------------

COUNTS = "SELECT (SELECT count(*) FROM report) AS reports, (SELECT count(*) FROM outbox) AS said, (SELECT count(*) FROM dispatch_log) AS entries"


async def test_everything_told_once_more_after_a_restart_changes_nothing(
    api: BotApi, nursery: Nursery, tmp_path: Path
) -> None:
    district = District(tmp_path, api, nursery)
    service, wang = district.service, district["王科长"]
    async with service.up():
        wang.says("65%")
        await wang.hears("请确认")
        wang.presses("确认")
        await wang.hears("已记下")
        await service.quiet()
    before = service.rows(COUNTS)
    api.world.pending[:] = api.world.updates
    async with service.up():
        await service.quiet()
    assert service.rows(COUNTS) == before
    service.verify()


SECRET = "hook-secret_42"


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def hooked(home: Path, api: BotApi, nursery: Nursery, *, polling: bool = False) -> District:
    """A district whose service may be told by webhook (and, where `polling`, polls as well)."""
    port = free_port()
    url = "" if polling else f"http://127.0.0.1:{port}/telegram"
    return District(
        home, api, nursery, web_port=str(port), telegram_webhook_url=url, telegram_webhook_secret=SECRET,
    )  # fmt: skip


async def delivered(district: District, update: dict, secret: str | None = SECRET) -> int:
    """The status a delivery is answered with."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret is not None else {}
    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        url = f"http://127.0.0.1:{district.service.settings['web_port']}/telegram"
        return (await http.post(url, json=update, headers=headers)).status_code


def text_update(district: District, name: str, text: str, number: int) -> dict:
    user = district[name].user
    chat = {"id": user["id"], "type": "private", "first_name": name}
    return {"update_id": number, "message": {"message_id": number, "from": user, "chat": chat, "date": 1, "text": text}}


async def test_a_webhook_wants_its_secret_and_answers_when_it_is_on_disk(
    api: BotApi, nursery: Nursery, tmp_path: Path
) -> None:
    district = hooked(tmp_path, api, nursery)
    service, wang = district.service, district["王科长"]
    taken = "SELECT count(*) FROM incoming WHERE channel = 'telegram'"
    async with service.up():
        update = text_update(district, "王科长", "65%", 7)
        for secret in (None, "", "wrong"):
            assert await delivered(district, update, secret) == 403
        assert service.value(taken) == 0
        assert await delivered(district, update) == 200
        assert service.value(taken) == 1
        wang.says("66%")  # Telegram itself delivers
        await wang.hears("66%")
        assert api.calls("getUpdates") == [] and not api.pending
    service.arm("store.inside")
    await service.begin()
    wang.says("67%")
    await service.dead(30)
    service.disarm()
    assert api.pending
    async with service.up():
        await wang.hears("67%")
        await service.quiet()
    assert service.value(taken) == 3
    service.verify()


async def test_webhook_and_polling_may_overlap(api: BotApi, nursery: Nursery, tmp_path: Path) -> None:
    district = hooked(tmp_path, api, nursery, polling=True)
    service, wang = district.service, district["王科长"]
    async with service.up():
        with api.holding("getUpdates"):
            for text in ("65%", "七成"):
                wang.says(text)
            both = [delivered(district, update) for update in api.pending for _ in range(5)]
            assert set(await asyncio.gather(*both)) == {200}
        await service.quiet()
        assert service.value("SELECT count(*) FROM incoming WHERE channel = 'telegram'") == 2
        assert service.value("SELECT count(*) FROM outbox") == 2


async def test_deliveries_in_the_wrong_order_are_each_taken_once(api: BotApi, nursery: Nursery, tmp_path: Path) -> None:
    district = hooked(tmp_path, api, nursery)
    service, names = district.service, ("王科长", "李科长", "赵科长")
    told = [text_update(district, name, f"{60 + at}%", 10 + at) for at, name in enumerate(names)]
    original = text_update(district, "王科长", "帮助", 20)
    correction = {"update_id": 21, "edited_message": original["message"] | {"text": "填报", "edit_date": 2}}
    async with service.up():
        for update in (told[2], correction, told[0], told[2], original, told[1], told[0], correction):
            assert await delivered(district, update) == 200
        for at, name in enumerate(names):
            await district[name].hears(f"{60 + at}%")
        await service.quiet()
    states = service.rows("SELECT dedup, state FROM incoming WHERE channel = 'telegram' ORDER BY dedup")
    assert states == [{"dedup": number, "state": "done"} for number in ("10", "11", "12", "20", "21")]
    assert service.value("SELECT count(*) FROM outbox WHERE body LIKE '%请确认%'") == 3
    service.verify()


async def test_a_button_pressed_a_hundred_times_at_once_has_one_effect(
    api: BotApi, nursery: Nursery, tmp_path: Path
) -> None:
    district = hooked(tmp_path, api, nursery)
    service, wang = district.service, district["王科长"]
    async with service.up():
        wang.says("65%")
        card = await wang.hears("请确认")
        data = card.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        presses = [
            {"update_id": 1000 + at, "callback_query": {
                "id": f"press-{at}", "from": wang.user, "message": card.raw, "chat_instance": "1", "data": data,
            }}
            for at in range(100)
        ]  # fmt: skip
        statuses = await asyncio.gather(*(delivered(district, press) for press in presses))
        assert statuses == [200] * 100
        await wang.hears("已记下")
        await api.until(lambda: len(api.calls("answerCallbackQuery")) == 100)
        await service.quiet()
    assert service.value("SELECT count(*) FROM report") == 1
    assert service.value("SELECT count(*) FROM dispatch_log WHERE kind = 'report.received'") == 1
    assert service.value("SELECT count(*) FROM outbox") == 2
    service.verify()


# --- coming and going -------------------------------------------------------------------------------------------------


async def test_sigterm_ends_it_cleanly_in_the_middle_of_work(api: BotApi, nursery: Nursery, tmp_path: Path) -> None:
    district = District(tmp_path, api, nursery)
    service, names = district.service, ("王科长", "李科长", "赵科长")
    await service.start()
    for at in range(5):
        for name in names:
            district[name].says(f"{60 + at}%")
    await api.until(lambda: api.calls("sendMessage"))
    code, seconds = await service.stop()
    assert (code, seconds < 5) == (0, True), service.log
    assert service.value("SELECT count(*) FROM outbox WHERE state = 'sending'") == 0
    async with service.up():
        await service.quiet()
    for name in names:
        cards = [shown for shown in api.messages(district[name]) if shown.from_bot]
        assert [f"{60 + at}%" in card.text for at, card in enumerate(cards)] == [True] * 5, cards
    assert {row["attempts"] for row in service.rows("SELECT attempts FROM outbox")} == {1}
    service.verify()


async def test_a_second_service_on_the_same_database_does_not_start_and_names_the_first(
    api: BotApi, tmp_path: Path
) -> None:
    service = District(tmp_path, api).service
    service.command = SERVE
    async with service.up():
        pipe = asyncio.subprocess.PIPE
        second = await asyncio.create_subprocess_exec(*SERVE, env=service.environment, stdout=pipe, stderr=pipe)
        out, err = await asyncio.wait_for(second.communicate(), 30)
        assert second.returncode not in (0, None) and out == b""
        assert len(err.decode().splitlines()) == 1 and str(service.running.pid) in err.decode()


async def test_a_text_longer_than_a_message_comes_in_parts(api: BotApi, nursery: Nursery, tmp_path: Path) -> None:
    district = District(tmp_path, api, nursery)
    with district.service.settling() as town:
        hand(town, "王科长", "综述。" * 1000 + "𠮷" * 1500 + "完")
    async with district.service.up():
        await district["王科长"].hears("完")
    texts = [shown.text for shown in api.messages(district["王科长"])]
    assert "".join(texts) == "综述。" * 1000 + "𠮷" * 1500 + "完" and len(texts) == 2
