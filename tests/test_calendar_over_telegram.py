"""日历 over the Bot API: the link comes by chat, a calendar program fetches it over HTTP and reads it strictly (RFC 5545), and it dies."""

import re
import socket
from datetime import date, datetime
from pathlib import Path

import httpx
import pytest

from bot.rules.words import Post, Role
from tests.office import LI, NAME, WANG, Office, office

pytestmark = pytest.mark.slow

SUN, OFFICER, BUREAU = "自规收件小孙", "业主老刘", "区自然资源局"
NAMED = re.compile(r"([A-Z][A-Z0-9-]*)((?:;[A-Z-]+=[^;:,\"]+)*):(.*)")
TEXTS = ("SUMMARY", "DESCRIPTION", "CATEGORIES", "X-WR-CALNAME")
ONCE = ("UID", "DTSTAMP", "DTSTART", "SUMMARY")
LINK = re.compile(r"http://127\.0\.0\.1:\d+/calendar/[\w-]+\.ics")
Event = dict[str, tuple[str, str]]


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def strictly(raw: bytes) -> tuple[Event, list[Event]]:
    """(properties of the calendar, events): name -> (parameters, value). Fails on whatever RFC 5545 does not allow."""
    assert raw.endswith(b"\r\n") and b"\n" not in raw.replace(b"\r\n", b"") and b"\r" not in raw.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n")), "3.1: lines are folded at 75 octets"
    for line in raw.split(b"\r\n"):
        line.decode("utf-8")  # no letter is cut in two
    lines = raw.decode("utf-8").replace("\r\n ", "").removesuffix("\r\n").split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-1] == "END:VCALENDAR"
    whole, events, here = Event(), list[Event](), Event()
    inside = False
    for line in lines[1:-1]:
        found = NAMED.fullmatch(line)
        assert found, line
        name, parameters, value = found.groups()
        if name in ("BEGIN", "END"):
            assert value == "VEVENT" and (name == "END") == inside, line
            inside, here = not inside, here if inside else Event()
            events += [here] if not inside else []
            continue
        target = here if inside else whole
        assert name not in target, f"{name} twice"
        if name in TEXTS:
            assert not re.search(r"[\\,;]", re.sub(r"\\[\\,;nN]", "", value)), f"3.3.11: {line}"
        target[name] = (parameters, value)
    assert not inside and whole["VERSION"] == ("", "2.0") and whole["PRODID"][1]
    for event in events:
        assert all(name in event for name in ONCE), event
        assert re.fullmatch(r"\d{8}T\d{6}Z", event["DTSTAMP"][1])
        parameters, value = event["DTSTART"]
        days = parameters == ";VALUE=DATE"
        assert re.fullmatch(r"\d{8}" if days else r"\d{8}T\d{6}Z", value), (
            "whole days, or UTC: no zone need be described"
        )
    assert len({event["UID"][1] for event in events}) == len(events)
    return whole, events


def day(event: Event) -> date:
    return datetime.strptime(event["DTSTART"][1][:8], "%Y%m%d").date()


async def fetched(link: str, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.get(link, headers=headers)


async def link_of(here: Office, who: str, words: str = "日历") -> str:
    here[who].says(words)
    card = await here[who].hears("手机日历订阅下面的地址")
    copied = await here[who].hears("/calendar/")
    assert LINK.fullmatch(copied.text) and copied.pre == (copied.text,) and copied.id > card.id, (
        "to copy with one touch"
    )
    await here.service.quiet()
    return copied.text


async def test_a_subscription_with_milestones_and_limits_until_it_is_stopped(tmp_path: Path) -> None:
    async with office(tmp_path, "2026-10-08 09:10", web_port=free_port()) as here:
        service = here.service
        with service.settling() as town:
            for name, unit, posts in ((SUN, BUREAU, [Post.INTAKE]), (OFFICER, "智诚公司", [])):
                here.phones[name] = here.api.user(name)
                town.person(name, unit, bound=False, posts=posts)
                service.bind(town, name, here.phones[name])
            long = "主体封顶，含二次结构; 幕墙\\石材 " + "以及其余各项收尾工程" * 6
            town.project("海水淡化", {Role.OWNER_CONTACT: OFFICER, Role.REPORTER: WANG}, number=20, milestones=[(long, "2027-02-28")])  # fmt: skip
        owner, sun = here[OFFICER], here[SUN]
        async with service.up():
            owner.says("反映问题 用地手续没有办下来; 电话13812345678")
            await here.taps(OFFICER, "用地", "一般", "提交")
            await sun.hears("20-1")
            mine, limits = await link_of(here, WANG), await link_of(here, SUN)
            got = await fetched(mine)
            assert got.status_code == 200 and got.headers["content-type"] == "text/calendar; charset=utf-8"
            whole, events = strictly(got.content)
            assert whole["REFRESH-INTERVAL"] == (";VALUE=DURATION", "PT6H")
            titles = [event["SUMMARY"][1] for event in events]
            assert sum("主体封顶" in title for title in titles) == 3 and "通车" not in str(titles)
            assert any(r"主体封顶，含二次结构\; 幕墙\\石材" in title for title in titles)
            assert any(title.startswith("填报") and NAME in title for title in titles)
            [limit] = [event for event in strictly((await fetched(limits)).content)[1] if "20-1" in event["SUMMARY"][1]]
            assert date(2026, 10, 9) <= day(limit) <= date(2026, 10, 13) and "13812345678" not in str(limit)
            await service.kill()

        async with service.up():
            again = await fetched(mine)
            assert [event["UID"] for event in strictly(again.content)[1]] == [event["UID"] for event in events]
            here[WANG].says("日历")
            card = await here[WANG].hears("链接只显示一次")
            assert "http" not in card.text and len(card.text) < 120
            here[WANG].presses("换一个")
            await here.service.quiet()
            assert (await fetched(mine)).status_code == 404
            sun.says("日历")
            await sun.hears("链接只显示一次")
            sun.presses("停用")
            await sun.hears("日历链接已停用")
            assert (await fetched(limits)).status_code == 404
            await service.quiet()
        logged = service.log
        assert mine.rpartition("/")[2].removesuffix(".ics") not in logged, "who reads the log cannot read the calendar"
        service.verify()


async def test_asked_again_with_its_mark_nothing_new_is_not_sent_again(tmp_path: Path) -> None:
    async with office(tmp_path, "2026-10-10 09:10", web_port=free_port()) as here:
        async with here.service.up():
            mine = await link_of(here, WANG)
            first = await fetched(mine)
            assert first.headers["etag"] and "no-store" not in first.headers["cache-control"]
            second = await fetched(mine, **{"If-None-Match": first.headers["etag"]})
            assert second.status_code == 304 and not second.content
            li = here[LI]
            li.says("节点 17")
            await li.hears("主体封顶")
            await here.service.quiet()
            await here.reports(f"{NAME} 95%，主体封顶已完成，今年以来完成投资8000万元")
            third = await fetched(mine, **{"If-None-Match": first.headers["etag"]})
            assert third.status_code == 200 and third.headers["etag"] != first.headers["etag"]
        here.service.verify()
