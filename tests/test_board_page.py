"""网页看板: a door of its own, that opens nothing else; only what may be seen; live; on a phone, on a wall, on one A3."""

import asyncio
import os
import re
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from bot.rules.words import Category, Post, Role
from storage import people
from storage.db import next_id
from storage.tables import Account, Matter, WebSession
from tests.pages import Browser, PageTown, Stream, pages

pytestmark = pytest.mark.slow

XU, QIAN, WANG = "徐区长", "钱区长", "王科长"
LONG = "智诚慧家智能家居及红木家具标准化生产车间（一期、二期、三期）及配套基础设施、道路管网和职工宿舍建设项目"


@pytest.fixture
def page_town(tmp_path):
    yield from pages(tmp_path)


def settled(town: PageTown) -> PageTown:
    town.person(WANG, "区住建局")
    town.person(XU, posts=[Post.LEADER])
    town.unit("临河区", parent=None)
    town.person(QIAN, "临河区", posts=[Post.LEADER])
    town.project(
        LONG, {Role.REPORTER: WANG}, number=17, lead="区住建局", plan=dict.fromkeys(range(1, 13), 1000),
        milestones=[("主体结构封顶", "2026-10-31")], start_on=date(2025, 3, 1), finish_on=date(2027, 6, 30),
    )  # fmt: skip
    town.project("临河新城道路", {}, number=31, unit="临河区")
    return town


async def code_of(town: PageTown, who: str = XU) -> str:
    await town.says(who, "挂图")
    await town.presses(who, "网页看板")
    assert "30 分钟内有效，只能用一次" in town.text(who) and "/board" in town.text(who)
    return town.text(who).split("输入 ")[1].split("。")[0]


async def enter(browser: Browser, code: str) -> httpx.Response:
    return await browser.http.post("/board/api/login", json={"code": code})


async def test_the_chat_gives_a_code_and_the_browser_shows_the_board_and_nothing_else(page_town):
    town = settled(page_town())
    town.app.house.web = "https://diaodu.example"
    async with town.served() as url:
        browser = Browser(town, url)
        assert "网页看板：只能看，不能改" in (await browser.http.get("/board")).text
        code = await code_of(town)
        assert "打开 https://diaodu.example/board，" in town.text(XU)
        assert (await enter(browser, code)).status_code == 200
        page = await browser.http.get("/board")
        assert (
            page.status_code == 200 and LONG in page.text and "临河新城道路" not in page.text and WANG not in page.text
        )
        assert "default-src 'none'" in page.headers["content-security-policy"] and "style=" not in page.text
        assert 'src="http' not in page.text and "节点“主体结构封顶”超期" in page.text
        assert (await browser.http.get("/api/chats")).status_code == 401 and "邀请码" in (
            await browser.http.get("/")
        ).text
        stolen = browser.http.cookies["diaodu_board"]
        thief = httpx.AsyncClient(base_url=url, cookies={"diaodu": stolen})
        assert (await thief.get("/api/chats")).status_code == 401
        assert (await enter(Browser(town, url), code)).status_code == 403  # once
        await browser.http.post("/board/api/logout", json={})
        assert LONG not in (await browser.http.get("/board")).text


async def test_messages_still_go_to_the_phone_and_nobody_is_bound_by_the_door(page_town):
    town = settled(page_town())
    async with town.served() as url:
        await enter(Browser(town, url), await code_of(town))
    with town.store.read() as session:
        assert not session.exec(select(Account).where(Account.channel == "webchat")).all()
        known = people.account_of(session, town.people[XU])
        assert known is not None and known.channel == "phone"


async def test_a_code_expires_and_an_invitation_is_none_and_the_login_ends_by_itself(page_town):
    town = settled(page_town())
    async with town.served() as url:
        browser = Browser(town, url)
        code = await code_of(town)
        town.now += timedelta(minutes=31)
        refused = await enter(browser, code)
        assert refused.status_code == 403 and refused.json() == {"wrong": "board_code_wrong"}
        assert (await enter(browser, town.invite(XU))).status_code == 403
        code = await code_of(town)
        assert (await browser.log_in(code)).status_code == 403  # the chat's door does not know it
        assert (await enter(browser, code)).status_code == 200
        town.now += timedelta(hours=13)
        assert LONG not in (await browser.http.get("/board")).text
        with town.store.read() as session:
            assert len(session.exec(select(WebSession)).all()) == 1


async def test_who_has_the_chat_has_the_board_if_their_post_has(page_town):
    town = settled(page_town())
    async with town.served() as url:
        leader, reporter = Browser(town, url), Browser(town, url)
        await leader.log_in(town.invite(XU))
        await reporter.log_in(town.invite(WANG))
        assert LONG in (await leader.http.get("/board")).text and 'href="/board"' in (await leader.http.get("/")).text
        refused = await reporter.http.get("/board")
        assert refused.status_code == 403 and "您的岗位没有看板" in refused.text and LONG not in refused.text
        assert (await reporter.http.get("/board/sheet")).status_code == 403
        assert 'href="/board"' not in (await reporter.http.get("/")).text
        assert (await Browser(town, url).http.get("/board/sheet")).status_code == 401


async def test_matters_for_the_office_alone_are_not_on_the_wall(page_town):
    town = settled(page_town())
    for words, internal in (("土地没批", False), ("干部不作为", True)):
        town.do(lambda desk, words=words, internal=internal: add_matter(desk, town, words, internal))
    async with town.served() as url:
        browser = Browser(town, url)
        await enter(browser, await code_of(town))
        page = (await browser.http.get("/board")).text
        assert "未结 1 个，其中超过办理时限 0 个" in page and "17-1" in page and "17-2" not in page


def add_matter(desk, town, words, internal):
    rows = len(desk.session.exec(select(Matter)).all())
    desk.session.add(
        Matter(
            id=next_id(desk.session, Matter), project=1, number=rows + 1, category=Category.LAND, words=words, internal=internal,
            raised_by=town.people[WANG], raised_at=desk.now, since_at=desk.now, due_at=desk.now + timedelta(days=3), look_at=desk.now,
            handed_at=desk.now,
        )
    )  # fmt: skip


async def test_what_changes_is_told_at_once_and_the_end_of_a_right_ends_the_stream(page_town, monkeypatch):
    monkeypatch.setattr("bot.web.board.LOOK_SECONDS", 0.05)
    town = settled(page_town())
    async with town.served() as url:
        browser = Browser(town, url)
        await enter(browser, await code_of(town))
        mark = (await browser.http.get("/board/sheet")).json()["mark"]
        async with browser.http.stream("GET", "/board/live", params={"since": mark}) as response:
            stream = Stream(response)
            assert (await stream.event())[0] == "here"
            await town.says(WANG, "62% 今年累计8200万")
            await town.presses(WANG, "确认")
            name, told = await asyncio.wait_for(stream.event(), 10)
            assert name == "changed" and told["mark"] != mark
            assert "62%" in (await browser.http.get("/board/sheet")).json()["html"]
            town.do(lambda desk: end_post(desk, town.people[XU]))
            names = [name]
            while names[-1] != "bye":
                names.append((await asyncio.wait_for(stream.event(), 10))[0])
        assert (await browser.http.get("/board")).status_code == 403


def end_post(desk, person):
    (held,) = people.posts_of(desk.session, person, desk.today)
    held.until = date(2026, 11, 1)


async def test_every_project_can_be_seen_by_unit_by_light_and_sheet_by_sheet(page_town):
    town = page_town()
    town.person(XU, posts=[Post.LEADER])
    for number in range(1, 281):
        late = [("主体结构封顶", "2026-10-31")] if number % 7 == 0 else []
        town.project(
            f"北辰机电第{number}号标准车间", {}, number=number, lead=f"第{number % 4}镇人民政府", milestones=late
        )
    async with town.served() as url:
        browser = Browser(town, url)
        await enter(browser, await code_of(town))

        async def listed(**picked) -> tuple[list[int], str]:
            html = (await browser.http.get("/board/sheet", params=picked)).json()["html"]
            return [int(number) for number in re.findall(r'class="number">(\d+)<', html)], html

        seen = [number for sheet in (1, 2, 3) for number in (await listed(sheet=sheet))[0]]
        assert sorted(seen) == list(range(1, 281)) and len(set(seen)) == 280
        first, html = await listed()
        assert set(range(7, 281, 7)) <= set(first) and "第 1 张，共 3 张" in html and "本张 120 个，共 280 个" in html
        red, html = await listed(light="red")
        assert sorted(red) == list(range(7, 281, 7)) and "第 1 张" not in html and "<strong>240</strong>" in html
        page = (await browser.http.get("/board")).text
        unit = re.search(r'value="(\d+)">第2镇人民政府<', page)[1]
        assert 'name="sheet"' in page
        of_unit, html = await listed(unit=unit)
        assert sorted(of_unit) == list(range(2, 281, 4)) and "第2镇人民政府重点项目挂图作战" in html
        assert sorted((await listed(unit=unit, light="red"))[0]) == list(range(14, 281, 28))
        assert (await listed(unit="999", light="blue", sheet="x"))[0] == first
        assert "没有这样的项目" in (await listed(unit=unit, light="yellow"))[1]


async def test_of_another_district_there_is_nothing_to_pick(page_town):
    town = settled(page_town())
    async with town.served() as url:
        browser = Browser(town, url)
        await enter(browser, await code_of(town))
        page = (await browser.http.get("/board")).text
        assert "区住建局</option>" in page and "临河区" not in page
        with town.store.read() as session:
            other = next(unit for unit, name in people.unit_names(session).items() if name == "临河区")
        assert "临河新城道路" not in (await browser.http.get("/board", params={"unit": other})).text


async def test_the_demonstration_has_the_board_of_each_person(page_town):
    town = settled(page_town(demo=True))
    town.settle_the_demo()
    async with town.served() as url:
        async with httpx.AsyncClient(base_url=url) as http:
            pages_of = {}
            for account in range(1, 12):
                page = await http.get(f"/demo/{account}/board")
                if page.status_code == 200:
                    pages_of[account] = page.text
        assert sum(LONG in page for page in pages_of.values()) == 1
        assert sum("临河新城道路" in page for page in pages_of.values()) == 1


# --- in a real browser ------------------------------------------------------------------------------------------------

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MEASURE = """() => {
  const units = document.querySelector(".units"), beside = document.querySelector(".beside"), sheet = document.querySelector(".sheet");
  const box = units.getBoundingClientRect();
  const shown = [...units.querySelectorAll(".row, h2")].filter((one) => one.offsetParent);
  const out = shown.filter((one) => { const at = one.getBoundingClientRect(); return at.right > box.right + 1 || at.bottom > box.bottom + 1; });
  return { out: out.length, beside: beside.scrollHeight - beside.clientHeight, high: sheet.getBoundingClientRect().height, rows: shown.filter((one) => one.matches(".row")).length };
}"""


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists() and os.environ.get("CI") != "true", reason="Chromium is not installed")
@pytest.mark.parametrize(("count", "listed"), [(0, 0), (1, 1), (48, 48), (133, 133), (420, None)])
async def test_it_is_one_a3_and_fits_a_phone_whatever_the_number_of_projects(page_town, count, listed):
    playwright = pytest.importorskip("playwright.async_api")
    town = page_town()
    town.person(XU, posts=[Post.LEADER])
    town.unit("长泉区")
    for number in range(1, count + 1):
        late = [("主体结构封顶", "2026-10-31")] if number % 6 == 0 else []
        name = f"{LONG}{number}" if number % 9 == 0 else f"北辰机电第{number}号标准车间"
        town.project(name, {}, number=number, lead=f"第{number % 23}镇人民政府", milestones=late, start_on=date(2025, 3, 1), finish_on=date(2027, 6, 30))  # fmt: skip
    async with town.served() as url, playwright.async_playwright() as driver:
        code = await code_of(town)
        chromium = await driver.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        context = await chromium.new_context(viewport={"width": 1527, "height": 1060}, locale="zh-CN")
        page, faults = await context.new_page(), []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        await page.goto(f"{url}board")
        await page.fill("#code", code)
        await page.click("button[type=submit]")
        await page.wait_for_selector("#sheet")
        raw = await page.pdf(prefer_css_page_size=True, print_background=True)
        assert len(re.findall(rb"/Type\s*/Page\b", raw)) == 1
        await page.emulate_media(media="print")
        if count:
            found = await page.evaluate(MEASURE)
            assert (
                found["out"] == 0
                and found["beside"] <= 1
                and found["rows"] == (listed or found["rows"])
                and found["rows"] > 0
            )
        await page.emulate_media(media="screen")
        for width in (390, 1920):
            await page.set_viewport_size({"width": width, "height": 844})
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert not faults
        await chromium.close()
