"""挂图 (000: 挂图作战): what a leader taps and sees; of what a unit, a project; what is missing is said; nobody sees beyond their district."""

from datetime import date
from io import BytesIO

import pytest
import sqlalchemy as sa
from PIL import Image, ImageOps
from sqlmodel import select

from bot.messages import Picture
from bot.pictures import document, draw
from bot.rules.words import Light, Post, Role
from handlers import charts
from handlers.chart_scope import Scope
from storage import board, people, projects
from storage.board import Reach
from storage.tables import Milestone
from tests.town import at

pytestmark = pytest.mark.slow

XU, LI, WANG, QIAN, SUN = "徐区长", "李主任", "王科长", "钱区长", "孙厂长"
LONG = "智诚慧家智能家居及红木家具标准化生产车间（一期、二期、三期）及配套基础设施、道路管网和职工宿舍建设项目"
KINDS = {
    "红黄绿灯": "lights",
    "横道图": "gantt",
    "投资曲线": "curve",
    "项目阶段": "stages",
    "未结问题": "blockers",
    "挂图作战": "chart",
}
EVEN = dict.fromkeys(range(1, 13), 1000)


def settled(settle_in, now="2026-11-24 09:00"):
    """A district with four projects of two units, and the district next to it with one."""
    town = settle_in(now)
    town.person(WANG, "区住建局")
    town.person(SUN, "润丰公司")
    town.person(XU, posts=[Post.LEADER])
    town.person(LI, posts=[Post.DISPATCHER])
    town.unit("临河区", parent=None)
    town.person(QIAN, "临河区", posts=[Post.LEADER])
    days = {"start_on": date(2025, 3, 1), "finish_on": date(2027, 6, 30), "total": 500_000_000}
    works = [("桩基施工完成", "2026-03-31"), ("主体结构封顶", "2026-10-31"), ("竣工验收", "2027-06-30")]
    town.project(
        LONG, {Role.REPORTER: WANG}, number=17, lead="区住建局", plan=EVEN, milestones=works,
        **{**days, "invested_year": 60_000_000, "invested_as_of": date(2026, 10, 31)},
    )  # fmt: skip
    town.project("北辰机电二期车间", {Role.REPORTER: WANG}, number=18, lead="区工信局", plan=EVEN, **days)
    town.project("山东润丰压力容器", {Role.OWNER_CONTACT: SUN, Role.REPORTER: WANG}, number=19, lead="区工信局")
    town.project("海水淡化装置", {Role.REPORTER: WANG}, number=20, lead="区工信局", kind="reserve")
    town.project("临河新城道路", {}, number=31, unit="临河区", plan=EVEN)
    return town


async def drawn(town, who: str, label: str) -> Picture:
    await town.presses(who, label)
    shown = town.last(who)
    assert shown.card.picture is not None and shown.pictures, shown.text
    assert all(Image.open(BytesIO(page)).size[0] == 1080 for page in shown.pictures)
    return shown.card.picture


async def tells(town, words: str) -> None:
    """The reporter tells this of the first project."""
    await town.says(WANG, words)
    await town.presses(WANG, "1")
    await town.presses(WANG, "照报" if "照报" in town.last(WANG).labels else "确认")


async def test_a_leader_taps_through_every_chart(settle_in):
    town = settled(settle_in)
    await tells(town, "62% 今年累计8200万")
    await town.says(XU, "总览")
    assert town.last(XU).labels[-1] == "挂图" and len(town.last(XU).labels) <= 6
    await town.presses(XU, "挂图")
    assert town.last(XU).labels == ["红黄绿灯", "横道图", "投资曲线", "项目阶段", "未结问题", "更多"]
    for label, kind in KINDS.items():
        picture = await drawn(town, XU, label)
        assert picture.kind == kind and picture.values["as_of"] == "截至 11-24 09:00"
        assert len(town.last(XU).labels) <= 6 and label not in town.last(XU).labels
        assert town.text(XU) == f"【{label}】长泉区，截至 11-24 09:00"
    shown = [one.text for one in town.messages(XU) if one.pictures]
    assert len(shown) == 1 + len(KINDS) and not any(one.edited for one in town.messages(XU) if one.pictures)


async def test_the_lights_have_their_letters_their_arithmetic_and_their_age(settle_in):
    town = settled(settle_in)
    await town.says(XU, "挂图")
    values = (await drawn(town, XU, "红黄绿灯")).values
    assert values["counts"] == {"red": 1, "yellow": 1, "green": 2} and values["letters"] == {
        "red": "红",
        "yellow": "黄",
        "green": "绿",
    }
    assert [(unit["name"], unit["red"], unit["yellow"], unit["green"]) for unit in values["units"]] == [
        ("区住建局", 1, 0, 0), ("区工信局", 0, 1, 2),
    ]  # fmt: skip
    red, yellow, *_ = values["rows"]
    assert red["number"] == 17 and "超期" in red["reason"] and yellow["reason"] == "今年还没有投资数"
    assert yellow["age"] == "还没报过" and values["subtitle"] == "共 4 个项目 · 4 个没报过"


async def test_a_declared_light_stands_beside_the_computed_one(settle_in):
    town = settled(settle_in)
    await town.says(WANG, "自报 17 黄灯 封顶本周完成")
    await town.says(XU, "挂图")
    values = (await drawn(town, XU, "红黄绿灯")).values
    assert [row["declared"] for row in values["rows"]] == ["自报黄灯", "", "", ""] and values["counts"]["red"] == 1


async def test_a_project_has_its_milestones_planned_and_told(settle_in):
    town = settled(settle_in)
    town.do(lambda desk: done(desk, "桩基施工完成", date(2026, 4, 12)))
    await town.says(XU, "项目 17")
    values = (await drawn(town, XU, "挂图")).values
    whole, piling, roof, end = values["rows"]
    assert values["title"] == LONG and values["subtitle"].startswith("横道图")
    assert whole["whole"] and whole["plan"]["from"] < values["today"] < whole["plan"]["to"]
    assert piling["note"] == "时限 03-31 · 完成 04-12，晚 7 个工作日" and piling["actual"]["state"] == "late"
    assert roof["note"] == "时限 10-31 · 超期 17 个工作日" and roof["actual"]["state"] == "late"
    assert roof["actual"]["from"] == piling["actual"]["to"] and roof["actual"]["to"] == values["today"]
    assert end["actual"] is None and [mark["state"] for mark in end["marks"]] == ["open"]
    assert town.last(XU).labels == ["投资曲线", "项目"]
    assert (await drawn(town, XU, "投资曲线")).values["title"] == LONG


def done(desk, name, day):
    desk.session.exec(select(Milestone).where(Milestone.name == name)).one().done_on = day


async def test_the_curve_says_what_is_needed_in_each_month(settle_in):
    town = settled(settle_in, "2026-09-30 10:00")
    await tells(town, "30% 今年累计5000万")
    town.now = at("2026-10-31 10:00")
    await tells(town, "40% 今年累计6000万")
    town.now = at("2026-11-24 09:00")
    await town.says(XU, "挂图 17")
    values = (await drawn(town, XU, "投资曲线")).values
    figures = dict(values["figures"])
    assert figures["年计划"] == "1.20 亿元" and figures["已完成"] == "6,000 万元（50%）"
    assert figures["到报数日应完成"] == "1.00 亿元" and figures["与序时比"] == "低 33.3 个百分点"
    assert (
        figures["照目前进度全年（差 4,800 万元）"] == "约 7,200 万元" and values["forecast_label"] == "预计 7,200 万元"
    )
    assert values["forecast"] == [values["needed"][0], [1, pytest.approx(0.6)]]
    assert figures["今后 2 个月每月要"] == "3,000 万元"
    assert [point["x"] for point in values["told"]] == [0.75, 10 / 12] and all(
        point["whole"] for point in values["told"]
    )
    assert values["bars"][9]["told"] == pytest.approx(1000 / 3000) and values["bars"][11]["needed"] == 1
    assert values["missing"] == ""


async def test_what_is_missing_is_said(settle_in):
    town = settled(settle_in)
    await town.says(XU, "挂图 19")
    assert town.last(XU).card.picture.values["rows"][0]["missing"] == "缺开工、竣工时间"
    values = (await drawn(town, XU, "投资曲线")).values
    assert values["missing"].startswith("还没有今年的投资计划，也没有报过投资")
    await town.says(XU, "挂图 18")
    assert (await drawn(town, XU, "投资曲线")).values["missing"].startswith("还没有报过今年投资")
    await town.says(XU, "挂图")
    assert (await drawn(town, XU, "未结问题")).values["empty"] == "长泉区没有未结问题"


async def test_a_district_without_projects_says_what_to_do(settle_in):
    town = settle_in("2026-11-24 09:00")
    town.person(XU, posts=[Post.LEADER])
    await town.says(XU, "挂图")
    for label in ("红黄绿灯", "横道图", "项目阶段", "挂图作战"):
        assert (await drawn(town, XU, label)).values["empty"].startswith("长泉区还没有项目。先导入台账")


async def test_the_stages_follow_milestones_progress_and_what_was_told(settle_in):
    town = settled(settle_in)
    await town.says(XU, "挂图")
    values = (await drawn(town, XU, "项目阶段")).values
    rows = {row["name"]: row for row in values["rows"]}
    assert {name: row["count"] for name, row in rows.items() if row["count"]} == {"谋划储备": 1, "签约落地": 3}
    assert values["rate"] == "新建项目开工率 0%（3 个中已开工 0 个）" and "施工许可证" in values["footer"]
    town.do(lambda desk: done(desk, "桩基施工完成", date(2026, 4, 12)))
    values = (await drawn(town, XU, "项目阶段")).values
    rows = {row["name"]: row for row in values["rows"]}
    assert rows["开工"]["count"] == 1 and rows["开工"]["counts"] == {"red": 1, "yellow": 0, "green": 0}
    assert rows["开工"]["note"] == "总投资 5.00 亿元" and values["rate"].startswith("新建项目开工率 33.3%")
    town.do(lambda desk: done(desk, "竣工验收", date(2026, 11, 20)))
    rows = {row["name"]: row["count"] for row in (await drawn(town, XU, "项目阶段")).values["rows"]}
    assert rows["竣工"] == 1 and rows["开工"] == 0


async def test_blockers_by_category_with_the_longest_open_first(settle_in):
    town = settled(settle_in, "2026-11-02 09:00")
    for words, category in (("供电要增容", "要素"), ("土地没批", "用地"), ("征地没谈拢", "用地")):
        await town.says(WANG, "反映问题")
        await town.presses(WANG, "1")
        await town.presses(WANG, category)
        if category == "要素":
            await town.presses(WANG, "电")
        await town.says(WANG, words)
        await town.presses(WANG, "一般")
        await town.presses(WANG, "提交")
        await town.walk(f"2026-11-{town.now.day + 7:02} 09:00", minutes=360)
    await town.says(XU, "挂图")
    values = (await drawn(town, XU, "未结问题")).values
    assert [(row["name"], row["count"]) for row in values["categories"]] == [("用地", 2), ("电", 1)]
    assert [row["age"] for row in values["rows"]] == ["15 天", "10 天", "5 天"]
    assert values["categories"][1]["note"].endswith("最久 15 天 · 平均 15 天")
    assert WANG not in str(values)


# --- who sees what ----------------------------------------------------------------------------------------------------


async def test_a_unit_by_its_name_and_nothing_beyond_ones_district(settle_in):
    town = settled(settle_in)
    for name in ("挂图 区工信局", "挂图 工信局", "挂图 工信"):
        await town.says(XU, name)
        assert town.text(XU).startswith("【区工信局 · 挂图作战】"), name
    values = (await drawn(town, XU, "红黄绿灯")).values
    assert {row["number"] for row in values["rows"]} == {18, 19, 20} and values["title"] == "区工信局 · 红黄绿灯"
    assert (await drawn(town, XU, "横道图")).values["rows"][0]["group"] == "区工信局"
    for other in ("挂图 临河区", "挂图 31", "挂图 临河新城道路", "挂图 没有的局"):
        await town.says(XU, other)
        assert "不是您能看的单位或项目" in town.text(XU)
    await town.says(QIAN, "挂图")
    for label in KINDS:
        assert LONG not in str((await drawn(town, QIAN, label)).values)
    await town.says(XU, "挂图 区")
    assert "叫这个的单位有：区住建局、区工信局" in town.text(XU)


async def test_a_reporter_has_the_charts_of_their_own_and_an_owners_contact_none(settle_in):
    town = settled(settle_in)
    await town.says(WANG, "挂图")
    assert town.last(WANG).labels == ["1", "2", "3", "4"]
    assert (await drawn(town, WANG, "1")).values["title"] == LONG
    await town.says(SUN, "挂图")
    assert "没有找到" in town.text(SUN)
    await town.says(SUN, "挂图 19")
    assert "不是您能看的" in town.text(SUN)


@pytest.mark.parametrize("label", ["红黄绿灯", "更多"])
async def test_who_has_lost_their_post_gets_no_chart_from_an_old_button(settle_in, label):
    town = settled(settle_in)
    await town.says(XU, "挂图")
    town.do(lambda desk: end_post(desk, town.people[XU]))
    await town.presses(XU, label)
    assert "没有找到" in town.text(XU)


def end_post(desk, person):
    (held,) = people.posts_of(desk.session, person, desk.today)
    held.until = date(2026, 11, 1)


# --- as pictures ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(charts.CHARTS))
def test_forty_projects_with_long_names_take_full_pages_and_stay_in_their_margins(settle_in, kind):
    town = settled(settle_in)
    for number in range(100, 140):
        town.project(
            f"{LONG}第{number}号", {}, number=number, lead="区工信局", plan=EVEN, milestones=[("A" * 60, "2026-12-31")]
        )
    pages = [Image.open(BytesIO(page)).convert("RGB") for page in draw(of_all(town, kind))]
    if kind in ("lights", "gantt", "wall"):
        assert len(pages) > 2 and all(page.size == (1080, 1280) for page in pages)
    for page in pages:
        edges = [page.crop((0, 0, 30, page.height)), page.crop((1052, 0, 1080, page.height))]
        assert all(edge.getextrema() == ((255, 255),) * 3 for edge in edges)


def of_all(town, kind, **more):
    def look(desk):
        seen = board.reach(desk.standing(town.people[XU]), charts.Action.BOARD)
        return charts.picture(desk, kind, Scope(seen, "长泉区", **more))[0]

    return town.do(look)


def test_lights_differ_in_grey_too(settle_in):
    """The same project under each light: without colours no two pictures are alike."""
    town = settled(settle_in)
    picture = of_all(town, "lights")
    seen = set()
    for light in Light:
        row = {**picture.values["rows"][0], "light": light.value}
        (page,) = draw(Picture("lights", {**picture.values, "rows": [row], "units": []}))
        seen.add(ImageOps.grayscale(Image.open(BytesIO(page))).point(lambda shade: 255 if shade > 128 else 0).tobytes())
    assert len(seen) == 3


@pytest.mark.parametrize("kind", sorted(charts.CHARTS))
def test_every_chart_is_a_pdf_too_and_speaks_english(settle_in, kind):
    town = settled(settle_in)
    picture = of_all(town, kind, locale="en")
    assert document(picture).startswith(b"%PDF")
    assert not set("红黄绿灯截至") & set(picture.values["title"].replace("长泉区", "") + picture.values["as_of"])


def test_a_chart_asks_the_store_a_few_times_whatever_its_projects(settle_in):
    town = settled(settle_in)
    counts: list[int] = []
    said: list[str] = []
    sa.event.listen(town.store.engine, "before_cursor_execute", lambda *args: said.append(args[2]))
    for extra in (0, 30):
        for number in range(extra):
            town.project(f"第{number}号车间", {}, number=200 + number, lead="区工信局", plan=EVEN)
        said.clear()
        for kind in charts.CHARTS:
            of_all(town, kind)
        counts.append(len(said))
    assert counts[0] == counts[1]


def test_the_rest_is_counted_where_there_are_more_than_fit(settle_in):
    town = settled(settle_in)
    values = of_all(town, "lights", most=2).values
    assert [row["light"] for row in values["rows"]] == ["red", "yellow"] and "另有 2 个项目未列出" in values["footer"]


def test_a_reach_within_another_has_only_what_both_have(settle_in):
    town = settled(settle_in)

    def look(desk):
        here = board.reach(desk.standing(town.people[XU]), charts.Action.BOARD)
        other = projects.by_number(desk.session, 31)
        return board.projects(desk.session, Reach(frozenset([other.unit]), within=here))

    assert town.do(look) == []
