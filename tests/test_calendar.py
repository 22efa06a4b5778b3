"""日历: what a calendar program reads, from a link that shows only what its owner may see on the day it is fetched."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from bot.channels.webchat import WebChat
from bot.rules.icalendar import Event, calendar, escaped, folded
from bot.rules.words import Post, Role
from bot.web import Service, make_site
from storage import calendar_links
from storage.tables import CalendarLink, Person
from tests.town import Town

pytestmark = pytest.mark.slow

WANG, LI, SUN = "填报小王", "调度小李", "业主老孙"
WEB = "https://dispatch.example"


def settled(settle_in, now: str = "2026-11-24 09:10") -> Town:
    town: Town = settle_in(now)
    town.app.house.web = WEB
    for name in (WANG, "新来的小赵"):
        town.person(name)
    town.person(SUN, "智诚公司")
    town.person(LI, posts=[Post.DISPATCHER])
    town.person("自规收件", "区自然资源局", posts=[Post.INTAKE])
    roles: dict[Role, list[str] | str] = {Role.REPORTER: WANG, Role.OWNER_CONTACT: SUN}
    plan = dict.fromkeys(range(1, 13), 1000)
    town.project(
        "智诚慧家标准车间",
        roles,
        number=17,
        plan=plan,
        milestones=[("主体封顶，二次结构", "2026-12-20"), ("竣工", "2027-06-30")],
    )
    town.project(
        "北辰机电二期", {Role.REPORTER: "新来的小赵"}, number=18, plan=plan, milestones=[("桩基", "2026-12-01")]
    )
    return town


@dataclass(frozen=True)
class Got:
    """What a calendar program was answered."""

    status_code: int
    text: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Page:
    """The site, asked as a calendar program asks it."""

    site: Starlette

    async def get(self, path: str) -> Got:
        transport = httpx.ASGITransport(self.site)
        async with httpx.AsyncClient(transport=transport, base_url=WEB) as client:
            found = await client.get(path)
        return Got(found.status_code, found.text, dict(found.headers))


def page(town: Town) -> Page:
    channel = WebChat(town.settings.data_dir)
    service = Service(town.store, town.app.house, channel, town.app.receive, lambda: town.now)
    return Page(make_site(service))


def address(town: Town, who: str) -> str:
    found = re.search(rf"{re.escape(WEB)}(/calendar/\S+\.ics)", town.last(who).card.copy)
    assert found is not None, town.text(who)
    assert town.last(who).card.copy == WEB + found[1]
    return found[1]


def events(body: str) -> dict[str, dict[str, str]]:
    """uid -> its properties, as a program reads them: unfolded, names without parameters."""
    assert body.startswith("BEGIN:VCALENDAR\r\n") and body.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in body.split("\r\n"))
    found: dict[str, dict[str, str]] = {}
    one: dict[str, str] = {}
    for line in body.replace("\r\n ", "").split("\r\n"):
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            one = {}
        elif line == "END:VEVENT":
            found[one["UID"]] = one
        else:
            one[name.partition(";")[0]] = value
    return found


async def test_a_person_subscribes_to_milestones_and_limits_and_nothing_of_others(settle_in):
    town = settled(settle_in)
    await town.says(WANG, "日历")
    assert "到 2027-" in town.text(WANG), "a day of another year is told with its year"
    got = await page(town).get(address(town, WANG))
    assert got.status_code == 200 and got.headers["content-type"] == "text/calendar; charset=utf-8"
    found = events(got.text)
    titles = {one["SUMMARY"]: one["DTSTART"] for one in found.values()}
    assert (
        titles["主体封顶，二次结构｜智诚慧家标准车间"] == "20261220" and titles["竣工｜智诚慧家标准车间"] == "20270630"
    )
    assert (
        any(title.startswith("填报") and title.endswith("智诚慧家标准车间") for title in titles)
        and "北辰" not in got.text
    )
    again = events((await page(town).get(address(town, WANG))).text)
    assert again.keys() == found.keys(), "the same things keep their names"


async def test_who_answers_a_matter_has_its_limit_to_the_minute(settle_in):
    town = settled(settle_in)
    await town.says(SUN, "反映问题 用地手续没有办下来; 电话13812345678")
    for said in ("用地", "一般", "提交"):
        await town.says(SUN, said)
    await town.says("自规收件", "日历")
    found = events((await page(town).get(address(town, "自规收件"))).text)
    [one] = [one for uid, one in found.items() if uid.startswith("matter-")]
    assert re.fullmatch(r"\d{8}T\d{6}Z", one["DTSTART"]) and one["SUMMARY"].startswith("17-1 时限")
    assert "用地手续没有办下来\\; 电话" in one["DESCRIPTION"] and "13812345678" not in one["DESCRIPTION"]


async def test_a_project_that_is_handed_over_or_left_the_list_disappears_from_it(settle_in):
    town = settled(settle_in)
    await town.says(WANG, "日历")
    mine = address(town, WANG)
    await town.says(SUN, "日历 17")
    project = address(town, SUN)
    assert "主体封顶" in (await page(town).get(project)).text
    await town.says(LI, "退出 17 会议纪要")
    await town.presses(LI, "确认")
    for where in (mine, project):
        got = await page(town).get(where)
        assert got.status_code == 200 and "智诚" not in got.text and not events(got.text)


async def test_the_link_is_shown_once_kept_as_a_hash_and_stops_when_told(settle_in):
    town = settled(settle_in)
    await town.says(WANG, "日历")
    first = address(town, WANG)
    token = first.removeprefix("/calendar/").removesuffix(".ics")
    with town.store.read() as session:
        assert (
            session.get(CalendarLink, token) is None
            and session.get(CalendarLink, calendar_links.token_hash(token)) is not None
        )
    await town.says(WANG, "日历")
    assert "只显示一次" in town.text(WANG) and WEB not in town.text(WANG)
    town.reopen()
    town.app.house.web = WEB
    await town.presses(WANG, "换一个")
    second = address(town, WANG)
    client = page(town)
    assert (await client.get(first)).status_code == 404 and (await client.get(second)).status_code == 200
    await town.presses(WANG, "停用")
    assert "已停用" in town.text(WANG) and (await page(town).get(second)).status_code == 404
    assert (await page(town).get("/calendar/wrong.ics")).status_code == 404


async def test_it_ends_after_the_time_the_policy_gives_and_when_its_owner_leaves(settle_in):
    town = settled(settle_in)
    await town.says(WANG, "日历")
    mine = address(town, WANG)
    await town.says(SUN, "日历")
    owners = address(town, SUN)
    town.do(lambda desk: setattr(desk.session.get(Person, town.people[SUN]), "active", False))
    assert (await page(town).get(owners)).status_code == 404
    town.now = datetime(2027, 11, 23, tzinfo=UTC)
    assert (await page(town).get(mine)).status_code == 200
    town.now = datetime(2027, 11, 25, tzinfo=UTC)
    assert (await page(town).get(mine)).status_code == 404


async def test_of_a_project_one_may_not_see_there_is_no_link(settle_in):
    town = settled(settle_in)
    await town.says(SUN, "日历 18")
    assert "没有找到" in town.text(SUN)
    town.app.house.web = ""
    await town.says(SUN, "日历")
    assert "DIAODU_WEB_URL" in town.text(SUN)


@pytest.mark.parametrize(
    ("text", "value"),
    [("a;b,c", "a\\;b\\,c"), ("一\n二\r\n三", "一\\n二\\n三"), ("back\\slash", "back\\\\slash"), ("bell\x07", "bell")],
)
def test_a_text_is_a_value_whatever_is_in_it(text, value):
    assert escaped(text) == value


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=300))
def test_no_line_is_longer_than_75_octets_and_no_letter_is_lost(text):
    pieces = folded(text).split("\r\n")
    assert (
        all(len(piece.encode()) <= 75 for piece in pieces)
        and "".join([pieces[0], *(piece[1:] for piece in pieces[1:])]) == text
    )


def test_a_day_is_a_day_and_nothing_in_a_title_starts_a_line_of_its_own():
    stamp = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    body = calendar("名称", [Event("u@d", date(2026, 12, 31), "坏\r\nEND:VCALENDAR")], stamp, "Asia/Shanghai")
    assert "DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n" in body and "DTSTAMP:20261124T010000Z" in body
    assert body.count("\r\nEND:VCALENDAR\r\n") == 1
