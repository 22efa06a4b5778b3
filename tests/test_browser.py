"""The page in a real browser, at the size of a phone: what a person does with a thumb, and what must survive."""

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlmodel import select

from bot.messages import Button, Card, Picture
from bot.rules.words import MessageClass, Post, Role
from storage.tables import IncomingRow, StoredFile
from tests.pages import PageTown, Running, pages

sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "zh-CN",
}
WANG, LI = "王科长", "李主任"
LONG = "智诚慧家智能家居及红木家具标准化生产车间（一期、二期、三期）及配套基础设施、道路管网和职工宿舍建设项目"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists() and os.environ.get("CI") != "true", reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def chromium():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page_town(tmp_path):
    yield from pages(tmp_path)


@pytest.fixture
def running(page_town):
    """A town that lives in a thread: a reporter, a dispatcher, two projects."""
    town = page_town()
    town.person(WANG, "区住建局", bound=False, title="投资科科长")
    town.person(LI, bound=False, posts=[Post.DISPATCHER])
    town.project("智诚慧家标准车间", {Role.REPORTER: WANG}, number=17, plan=dict.fromkeys(range(1, 13), 1000))
    yield from alive(town)


def alive(town: PageTown):
    running = Running(town)
    running.start()
    yield running
    running.stop()


class Phone:
    """One browser with one person's page. Every fault of the page fails the test."""

    def __init__(self, chromium, **options) -> None:
        self.context = chromium.new_context(**{**PHONE, **options})
        self.context.set_default_timeout(8000)
        self.faults: list[str] = []
        self.page = self.tab()

    def tab(self):
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self._hear(said))
        return page

    def _hear(self, said) -> None:
        if said.type == "error" and "Failed to load resource" not in said.text:
            self.faults.append(said.text)

    def log_in(self, running: Running, who: str) -> "Phone":
        self.page.goto(running.url + "?code=" + running.town.invite(who))
        self.page.get_by_role("button", name="登录").click()
        expect(self.page.locator("#shortcuts button").first).to_be_visible()
        return self

    def says(self, text: str) -> None:
        self.page.fill("#text", text)
        self.page.click("#send")

    @property
    def newest(self):
        """The newest card of the bot."""
        return self.page.locator(".line.current")

    def presses(self, label: str) -> None:
        self.newest.get_by_role("button", name=label, exact=True).click()

    def close(self) -> None:
        self.context.close()
        assert self.faults == []


@pytest.fixture
def phone(chromium):
    made: list[Phone] = []

    def make(**options) -> Phone:
        made.append(Phone(chromium, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


def sideways(page) -> int:
    """By how much the page can be scrolled sideways: never by anything."""
    return page.evaluate(
        "Math.max(...[...document.querySelectorAll('body, .phone, .transcript, main')].map((one) => one.scrollWidth - one.clientWidth))"
    )


def too_small(page) -> list[str]:
    """What is to be touched and is under 44 pixels."""
    return page.evaluate(
        """() => [...document.querySelectorAll('button, summary, a[href], input:not([hidden]), textarea')]
            .filter((one) => one.checkVisibility() && !one.closest('p'))
            .filter((one) => { const box = one.getBoundingClientRect(); return box.width < 44 || box.height < 43.5 })
            .map((one) => one.outerHTML.slice(0, 80))"""
    )


def test_a_report_by_thumb_old_beside_new(running, phone):
    wang = phone().log_in(running, WANG)
    expect(wang.newest).to_contain_text("您好，已绑定")
    wang.says("65% 累计1.2亿")
    expect(wang.newest).to_contain_text("形象进度 65%")
    expect(wang.newest.locator("strong").first).to_have_text("65%")
    wang.presses("确认")
    expect(wang.newest).to_contain_text("已记下")
    expect(wang.newest.locator(".keyboard button")).to_have_text(["撤回误发"])
    wang.says("七成")
    expect(wang.newest).to_contain_text("70%（上次 65%）")
    assert sideways(wang.page) == 0 and too_small(wang.page) == []
    assert wang.page.locator(".line.mine .text").all_inner_texts() == ["65% 累计1.2亿", "七成"]


def test_a_stranger_with_a_wrong_code_reads_why_and_stays_outside(running, phone):
    stranger = phone()
    stranger.page.goto(running.url)
    stranger.page.get_by_label("邀请码").fill("aaaa-bbbb")
    stranger.page.keyboard.press("Enter")
    expect(stranger.page.get_by_role("alert")).to_have_text("这个邀请码不能用。请核对后再发一次，或请管理员重新生成。")
    expect(stranger.page.locator("#composer")).to_have_count(0)
    assert too_small(stranger.page) == [] and sideways(stranger.page) == 0


def test_a_second_tab_shows_the_same_at_once(running, phone):
    wang = phone().log_in(running, WANG)
    second = wang.tab()
    second.goto(running.url)
    expect(second.locator(".line.current")).to_contain_text("您好")
    wang.page.bring_to_front()
    wang.says("65%")
    expect(wang.newest).to_contain_text("请确认")
    second.bring_to_front()
    expect(second.locator(".line.current")).to_contain_text("请确认")
    assert second.locator(".line.mine .text").all_inner_texts() == ["65%"]


def test_the_service_goes_away_and_comes_back_and_nothing_is_lost(running, phone):
    wang = phone().log_in(running, WANG)
    wang.says("65%")
    expect(wang.newest).to_contain_text("请确认")
    running.stop()
    expect(wang.page.get_by_text("连接断了，正在重连")).to_be_visible()
    wang.says("八成")
    again = wang.page.get_by_role("button", name="没发出去 · 重发")
    expect(again).to_be_visible()
    running.town.do(lambda desk: desk.say(MessageClass.HAND, Card("停机时说的"), person=running.town.people[WANG]))
    running.start()
    expect(wang.page.get_by_text("停机时说的")).to_be_visible(timeout=20_000)
    expect(wang.page.get_by_text("连接断了，正在重连")).to_be_hidden()
    again.click()
    expect(wang.newest).to_contain_text("80%")
    assert wang.page.locator(".line.mine .text").all_inner_texts() == ["65%", "八成"]


def test_what_could_not_be_sent_survives_a_reload_and_arrives_once(running, phone):
    wang = phone().log_in(running, WANG)
    wang.page.route("**/api/say", lambda route: route.abort())
    wang.says("七成半")
    expect(wang.page.get_by_role("button", name="没发出去 · 重发")).to_be_visible()
    wang.page.unroute("**/api/say")
    wang.page.reload()
    expect(wang.newest).to_contain_text("请确认")
    wang.page.reload()
    expect(wang.newest).to_contain_text("请确认")
    assert wang.page.locator(".line.mine .text").all_inner_texts() == ["七成半"]
    with running.town.store.read() as session:
        assert len(session.exec(select(IncomingRow).where(IncomingRow.kind == "text")).all()) == 1


def test_photos_go_up_with_the_words_and_open_large(running, phone, tmp_path):
    wang = phone().log_in(running, WANG)
    shots = []
    for at, colour in enumerate(((200, 120, 60), (60, 120, 200))):
        shots.append(tmp_path / f"现场{at}.jpg")
        Image.new("RGB", (800, 600), colour).save(shots[-1])
    wang.page.set_input_files("#photos", shots)
    expect(wang.page.locator("#attached li")).to_have_count(2)
    wang.says("65%")
    expect(wang.newest).to_contain_text("照片、文件 2 个")
    expect(wang.page.locator(".line.mine .picture img")).to_have_count(2)
    expect(wang.page.locator("#attached")).to_be_hidden()
    wang.page.locator(".line.mine .picture").first.click()
    expect(wang.page.locator("#viewer")).to_be_visible()
    wang.page.get_by_role("button", name="关闭").click()
    expect(wang.page.locator("#viewer")).to_be_hidden()
    wang.page.locator(".line.mine .picture").first.click()
    wang.page.go_back()
    expect(wang.page.locator("#viewer")).to_be_hidden()
    expect(wang.page.locator("#composer")).to_be_visible()
    with running.town.store.read() as session:
        assert len(session.exec(select(StoredFile)).all()) == 2


def test_a_file_too_large_is_refused_before_it_goes_up(running, phone, tmp_path):
    wang = phone().log_in(running, WANG)
    large = tmp_path / "大文件.zip"
    with large.open("wb") as file:
        file.truncate(20_000_001)
    wang.page.set_input_files("#files", large)
    expect(wang.page.locator("#toast")).to_contain_text("超过 20 MB")
    expect(wang.page.locator("#attached")).to_be_hidden()


def test_long_names_wrap_and_sixty_projects_come_page_by_page(page_town, phone):
    town = page_town()
    town.person(WANG, "区住建局", bound=False)
    for at in range(60):
        town.project(f"{LONG}{at}", {Role.REPORTER: WANG}, number=at + 1)
    for running in alive(town):
        wang = phone().log_in(running, WANG)
        wang.page.locator("#shortcuts").get_by_role("button", name="填报").click()
        expect(wang.newest).to_contain_text("第 1/12 页，共 60 个")
        first = wang.newest.locator(".text").inner_text()
        assert sideways(wang.page) == 0 and too_small(wang.page) == []
        wang.presses("更多")
        expect(wang.newest).to_contain_text("第 2/12 页")
        assert wang.newest.locator(".text").inner_text() != first
        wang.presses("5")
        expect(wang.newest).to_contain_text("现在怎么样")
        assert sideways(wang.page) == 0


def test_a_new_message_moves_into_sight_and_is_counted_where_it_does_not(running, phone):
    running.town.group("长泉区重点项目调度群")
    wang = phone().log_in(running, WANG)
    expect(wang.page.get_by_role("button", name="长泉区重点项目调度群")).to_be_visible()
    for at in range(30):
        running.nudge(WANG, f"第{at}条提醒")
    expect(wang.page.get_by_text("第29条提醒")).to_be_in_viewport()
    wang.page.evaluate("document.getElementById('transcript').scrollTop = 200")
    running.nudge(WANG, "新到的提醒")
    wang.page.get_by_role("button", name="新消息").click()
    expect(wang.page.get_by_text("新到的提醒")).to_be_in_viewport()
    group = running.town.do(lambda desk: desk.say(MessageClass.SUMMARY, Card("今日综述"), chat_group=1))
    assert group
    running.nudge(WANG, "再来一条")
    expect(wang.page.locator(".tabs .badge")).to_have_text("1")
    expect(wang.page).to_have_title("(1) 调度通")
    wang.page.get_by_role("button", name=re.compile("调度群")).click()
    expect(wang.page.get_by_text("今日综述")).to_be_visible()
    expect(wang.page.locator(".tabs .badge")).to_have_count(0)
    expect(wang.page).to_have_title("调度通")
    with wang.page.expect_response("**/api/seen"):
        pass
    wang.page.reload()
    expect(wang.page.get_by_text("今日综述")).to_be_visible()
    expect(wang.page.locator(".tabs .badge")).to_have_count(0)
    assert wang.page.locator(".line").count() == 1


def test_a_hidden_tab_lets_go_of_its_stream_and_catches_up(running, phone):
    wang = phone().log_in(running, WANG)
    expect(wang.newest).to_contain_text("您好")
    hide = "(hidden) => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true }); document.dispatchEvent(new Event('visibilitychange')) }"
    wang.page.evaluate(hide, True)
    for _ in range(100):
        if running.town.web.health()["listening"] == 0:
            break
        wang.page.wait_for_timeout(50)
    assert running.town.web.health()["listening"] == 0
    running.nudge(WANG, "您不在时")
    expect(wang.page.get_by_text("您不在时")).to_have_count(0)
    wang.page.evaluate(hide, False)
    expect(wang.page.get_by_text("您不在时")).to_be_visible()


def test_a_card_is_replied_to_by_thumb(running, phone):
    wang = phone().log_in(running, WANG)
    wang.says("项目 17")
    expect(wang.newest).to_contain_text("智诚慧家标准车间")
    wang.newest.get_by_role("button", name="回复").click()
    bar = wang.page.locator("#quote")
    expect(bar).to_contain_text("回复：")
    expect(bar).to_contain_text("智诚慧家标准车间")
    expect(wang.page.locator("#text")).to_be_focused()
    wang.page.set_viewport_size({"width": 390, "height": 430})  # the keyboard is open
    expect(bar).to_be_in_viewport(ratio=1)
    expect(wang.page.locator("#send")).to_be_in_viewport(ratio=1)
    assert sideways(wang.page) == 0 and too_small(wang.page) == []
    wang.page.get_by_role("button", name="不回复这条").click()
    expect(bar).to_be_hidden()
    wang.newest.get_by_role("button", name="回复").click()
    wang.says("七成")
    expect(bar).to_be_hidden()
    expect(wang.page.locator(".line.mine .quoted")).to_contain_text("智诚慧家标准车间")
    expect(wang.newest).to_contain_text("70%")
    wang.page.reload()
    expect(wang.page.locator(".line.mine .quoted")).to_contain_text("智诚慧家标准车间")


def test_what_is_too_long_is_told_and_stays_in_the_box(running, phone):
    wang = phone().log_in(running, WANG)
    wang.says("长" * 4_001)
    expect(wang.page.locator("#toast")).to_contain_text("字都还在")
    assert len(wang.page.input_value("#text")) == 4_001
    assert wang.page.locator(".line.mine").count() == 0
    wang.says("长" * 4_000)
    expect(wang.page.locator(".line.mine")).to_have_count(1)


def test_words_to_copy_and_a_picture_of_the_bot(running, phone):
    wang = phone(permissions=["clipboard-read", "clipboard-write"]).log_in(running, WANG)
    running.nudge(
        WANG,
        "请转发给**张三**，13800012345",
        copy="张三：请今天下班前报进展。",
        picture=Picture("qr", {"text": "K7P2-9QXM"}),
    )
    wang.page.get_by_role("button", name="复制").click()
    expect(wang.page.locator("#toast")).to_have_text("已复制")
    assert wang.page.evaluate("navigator.clipboard.readText()") == "张三：请今天下班前报进展。"
    expect(wang.newest.locator("a")).to_have_attribute("href", "tel:13800012345")
    assert wang.newest.locator("img").evaluate("async (one) => { await one.decode(); return one.naturalWidth }") > 100


def test_buttons_with_long_labels_stand_two_and_two(running, phone):
    wang = phone().log_in(running, WANG)
    labels = ["按计划推进", "填报进展", "反映问题", "稍后提醒"]
    running.nudge(WANG, "今日待办", rows=(tuple(Button(label, "report.start") for label in labels),))
    expect(wang.newest.locator(".keyboard button")).to_have_count(4)
    boxes = wang.newest.locator(".keyboard button").evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect().toJSON())"
    )
    assert len({round(box["y"]) for box in boxes}) == 2 and min(box["height"] for box in boxes) >= 44
    assert sideways(wang.page) == 0


def test_the_composer_grows_with_the_words_and_stays_above_the_keyboard(running, phone):
    wang = phone().log_in(running, WANG)
    low = wang.page.locator("#text").bounding_box()["height"]
    wang.page.fill("#text", "\n".join(["很长的话"] * 12))
    high = wang.page.locator("#text").bounding_box()["height"]
    assert low < high <= 134
    wang.page.set_viewport_size({"width": 390, "height": 450})
    expect(wang.page.locator("#send")).to_be_in_viewport(ratio=1)
    expect(wang.newest).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_day_and_night_are_easy_to_read(running, phone, scheme):
    wang = phone(color_scheme=scheme).log_in(running, WANG)
    wang.says("65% 累计1.2亿")
    expect(wang.newest).to_contain_text("请确认")
    faint = wang.page.evaluate(CONTRAST)
    assert faint == []
    night = wang.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (scheme == "dark") == (int(re.findall(r"\d+", night)[0]) < 60)


def test_everything_can_be_done_with_the_keys(running, phone):
    wang = phone(is_mobile=False, has_touch=False).log_in(running, WANG)
    wang.page.locator("#text").focus()
    wang.page.keyboard.type("七成")
    wang.page.keyboard.press("Enter")
    expect(wang.newest).to_contain_text("请确认")
    wang.newest.get_by_role("button", name="确认").focus()
    wang.page.keyboard.press("Enter")
    expect(wang.newest).to_contain_text("已记下")
    unnamed = wang.page.evaluate(
        """() => [...document.querySelectorAll('button, input:not([hidden]), textarea, summary, img, dialog')]
            .filter((one) => !(one.ariaLabel || one.alt !== undefined && one.tagName === 'IMG' || one.textContent.trim() || one.labels?.length))
            .map((one) => one.outerHTML.slice(0, 80))"""
    )
    assert unnamed == []


def test_english_too(page_town, phone):
    town = page_town()
    town.person(WANG, bound=False, locale="en")
    for running in alive(town):
        door = phone(locale="en-GB")
        door.page.goto(running.url)
        expect(door.page.get_by_role("button", name="Log in")).to_be_visible()
        door.page.get_by_label("Invite code").fill(town.invite(WANG))
        door.page.keyboard.press("Enter")
        expect(door.page.get_by_label("Message", exact=True)).to_be_visible()
        expect(door.page.locator("#shortcuts")).to_contain_text("Help")
        assert sideways(door.page) == 0


def test_log_out_closes_the_page_for_everybody_else(running, phone):
    wang = phone().log_in(running, WANG)
    wang.page.locator(".menu summary").click()
    wang.page.get_by_role("button", name="退出登录").click()
    expect(wang.page.get_by_label("邀请码")).to_be_visible()
    wang.page.reload()
    expect(wang.page.get_by_label("邀请码")).to_be_visible()


def test_the_demonstration_two_people_and_a_clock(page_town, phone):
    town = page_town(demo=True)
    town.person("雷永刚", "开发区", bound=False)
    town.person("石雨桐", bound=False, posts=[Post.DISPATCHER])
    town.project("车间", {Role.REPORTER: "雷永刚"}, plan={1: 100})
    town.settle_the_demo()
    for running in alive(town):
        one = phone()
        one.page.goto(running.url)
        expect(one.page.get_by_text("演示环境·数据全部虚构")).to_be_visible()
        expect(one.page.locator("#clock-day")).to_have_text("工作日")
        two = one.tab()
        two.goto(running.url)
        two.get_by_role("link", name=re.compile("石雨桐.*调度员")).click()
        expect(two.locator(".empty h2")).to_have_text("还没有消息")
        one.page.bring_to_front()
        one.page.get_by_role("link", name=re.compile("雷永刚")).first.click()
        one.says("七成")
        expect(one.newest).to_contain_text("请确认")
        assert sideways(one.page) == 0 and too_small(one.page) == []
        one.page.get_by_role("button", name="下个工作日早上").click()
        expect(one.page.locator("#clock-time")).to_have_text("09:08", timeout=20_000)
        expect(one.page.locator("#clock-date")).to_contain_text("11月25日")
        expect(one.page.locator(".break").first).to_contain_text("昨天")
        two.bring_to_front()
        expect(two.locator("#clock-time")).to_have_text("09:08")
        expect(two.get_by_text("七成")).to_have_count(0)
        two.close()
        one.page.goto(running.url)
        card = one.page.get_by_role("link", name=re.compile("石雨桐.*调度员"))
        expect(card.locator(".badge")).to_be_hidden()
        running.town.now += timedelta(minutes=1)
        running.nudge("石雨桐", "有人没报")
        expect(card.locator(".badge")).to_have_text("1")
        card.click()
        expect(one.page.get_by_text("有人没报")).to_be_visible()


CONTRAST = """() => {
  const parse = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = ([red, green, blue]) => [red, green, blue].map((part) => part / 255).map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)).reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (one) => { for (let at = one; at; at = at.parentElement) { const found = parse(getComputedStyle(at).backgroundColor); if (found.length === 3 || found[3] > 0) return found; } return [255, 255, 255]; };
  const faint = [];
  for (const one of document.querySelectorAll('h1, h2, p, span, button, strong, label, a')) {
    if (!one.checkVisibility() || one.disabled || ![...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())) continue;
    const [front, back] = [light(parse(getComputedStyle(one).color)), light(behind(one))];
    const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    if (ratio < 4.5) faint.push(`${one.textContent.trim().slice(0, 20)} ${ratio.toFixed(2)}`);
  }
  return faint;
}"""
"""The texts whose contrast with what is behind them is under 4.5 (WCAG AA)."""
