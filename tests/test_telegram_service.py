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
from handlers import groups
from storage import people
from tests.bot_api import BotApi, Person, bad_gateway, dropped, foreign_page, hung, refusal, too_many
from tests.service import Service
from tests.town import Town

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

ODD = "标准厂房<b>&amp;“二期”"
SERVE = (sys.executable, "-m", "bot", "serve")


class District:
    """A service with an administrator, a dispatcher and reporters, each with a telephone and a project of their own."""

    def __init__(self, home: Path, api: BotApi, now: str = "2026-11-24 09:30", **settings: str) -> None:
        self.api = api
        self.service = Service(home, api, now, **settings)
        self.phones: dict[str, Person] = {}
        with self.service.settling() as town:
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
        return town.project(project, {Role.REPORTER: reporter}, plan=plan, invested_before=0, invested_year=110_000_000)

    def __getitem__(self, name: str) -> Person:
        return self.phones[name]


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as api:
        yield api


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
    assert (done.id, done.labels) == (card.id, [])
    wang.presses_again(query)
    await district.api.until(lambda: any("确认" in toast for toast in wang.toasts))
    assert district.service.value("SELECT count(*) FROM report WHERE progress = 6500") == 1


async def test_a_label_may_be_typed_as_well(district: District) -> None:
    wang = district["王科长"]
    wang.says("66%")
    await wang.hears("66%")
    wang.says("确认")
    await wang.hears("已记下“智诚慧家标准车间”：66%")


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
    zhao.presses("确认")
    await zhao.hears("已记下“北辰机电”：69%")
    await service.quiet()
    kept = {path.name: path.read_bytes() for path in (service.home / "data" / "files").glob("*/*")}
    assert kept == {hashlib.sha256(photo).hexdigest(): photo for photo in photos}
    of_reports = "SELECT progress, count(*) AS files FROM report JOIN stored_file ON report = report.id GROUP BY report.id"
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
