"""Figures that cannot be believed: asked about in private, before anything is written; what nobody explains stays marked."""

import asyncio
import io
import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlmodel import select

from bot.rules.words import Post, Role
from handlers import board, judging
from storage import dispatch_log, doubts, reports
from storage.tables import Doubt, Project, Report, StoredFile

pytestmark = pytest.mark.slow

WANG, LI = "王科长", "调度小李"


def site(town, **values):
    town.person(WANG)
    town.person(LI, posts=[Post.DISPATCHER])
    return town.project(
        "智诚慧家标准车间", {Role.REPORTER: WANG}, number=17, plan=dict.fromkeys(range(1, 13), 1000), invested_before=0,
        **{"milestones": [("主体封顶", "2026-12-27")], **values},
    )  # fmt: skip


def check_log(town):
    with town.store.read() as session:
        assert dispatch_log.verify(session, town.app.house.sealer).good
        verdict = dispatch_log.verify_rows(session, town.app.house.sealer)
        assert verdict.good, verdict


async def reported(town, words, press="确认"):
    await town.says(WANG, words)
    await town.presses(WANG, press)


def marks(town, project):
    with town.store.read() as session:
        return session.get(Project, project).doubt, [
            (row.code, row.state, row.explanation) for row in session.exec(select(Doubt)).all()
        ]


async def test_the_reporter_is_asked_first_and_mends_it(settle_in):
    town = settle_in("2026-11-24 15:00")
    project = site(town)
    await reported(town, "65% 累计8000万")
    await town.says(WANG, "63% 累计7900万")
    asked = town.text(WANG)
    assert "【请核对】智诚慧家标准车间" in asked and "形象进度 63%，比 11-24 报的 65% 少了 2 个百分点" in asked
    assert "今年以来 7,900 万元，比上次少了 100 万元" in asked
    assert town.last(WANG).labels == ["更正", "说明原因", "照报", "取消"]
    with town.store.read() as session:
        assert len(reports.of_project(session, project)) == 1
    await town.says(WANG, "更正")
    await town.says(WANG, "返回")
    await town.presses(WANG, "更正")
    await town.says(WANG, "68% 累计8300万")
    assert "【请确认】" in town.text(WANG) and town.last(WANG).labels == ["确认", "修改", "取消"]
    await town.presses(WANG, "确认")
    assert marks(town, project) == ("", []) and town.messages(LI) == []
    check_log(town)


async def test_an_explanation_may_be_typed_and_stands_beside_the_figure(settle_in):
    town = settle_in("2026-11-24 15:00")
    project = site(town)
    await reported(town, "65% 累计8000万")
    await town.says(WANG, "65% 累计9800万")
    assert "形象进度仍是 65%" in town.text(WANG)
    await town.says(WANG, "是的")
    assert "请用一句话说明原因" in town.messages(WANG)[-2].text and "照报" in town.last(WANG).labels
    await town.says(WANG, "设备集中到货一次付清")
    assert "说明：“设备集中到货一次付清”" in town.text(WANG) and town.last(WANG).labels == ["确认", "修改", "取消"]
    with town.store.read() as session:
        assert len(reports.of_project(session, project)) == 1
    await town.presses(WANG, "确认")
    assert marks(town, project) == ("explained", [("money_without_work", "explained", "设备集中到货一次付清")])
    await town.says(LI, "项目 17")
    assert "已说明：投资从 8,000 万元增到 9,800 万元" in town.text(LI) and "设备集中到货一次付清" in town.text(LI)
    assert "疑" not in town.text(LI)
    await reported(town, "70% 累计9900万")
    assert marks(town, project)[0] == ""
    check_log(town)


async def test_after_the_button_even_figures_are_an_explanation(settle_in):
    town = settle_in("2026-11-24 15:00")
    project = site(town)
    await reported(town, "65% 累计8000万")
    await town.says(WANG, "累计1.5亿")
    assert "是年计划 1.20 亿元的 125%" in town.text(WANG)
    await town.presses(WANG, "说明原因")
    await town.says(WANG, "二期提前投入3000万")
    assert "今年以来 1.50 亿元" in town.text(WANG) and "二期提前投入3000万" in town.text(WANG)
    await town.presses(WANG, "确认")
    mark, rows = marks(town, project)
    assert mark == "explained" and {state for _, state, _ in rows} == {"explained"}
    with town.store.read() as session:
        assert session.get(Project, project).invested_year == 150_000_000
    await town.says(WANG, "累计1.52亿")
    assert "【请确认】" in town.text(WANG), "what lasts is explained once a year"
    await town.presses(WANG, "确认")
    assert marks(town, project)[0] == "explained"
    check_log(town)


async def test_a_new_doubt_of_a_mended_draft_is_asked_about_again(settle_in):
    town = settle_in("2026-11-24 15:00")
    site(town)
    await reported(town, "65% 累计8000万")
    await town.says(WANG, "65% 累计9800万")
    await town.says(WANG, "设备集中到货一次付清")
    await town.says(WANG, "60%")
    assert "【请核对】" in town.text(WANG) and "比 11-24 报的 65% 少了 5 个百分点" in town.text(WANG)
    assert "照报" in town.last(WANG).labels


async def test_unexplained_it_is_marked_until_the_dispatcher_has_checked(settle_in):
    town = settle_in("2026-11-24 15:00")
    project = site(town)
    await reported(town, "65% 累计4000万")
    await reported(town, "65% 累计3900万", "照报")
    assert "存疑待核" in town.text(WANG) and "说明原因" in town.last(WANG).labels
    assert marks(town, project)[0] == "open"
    await town.says(LI, "调度台")
    assert "存疑待核 1 项" in town.text(LI)
    facts = town.do(
        lambda desk: board.gathered(desk, board.board.reach(desk.standing(town.people[LI]), "board"), "长泉区")
    )
    [item] = facts["troubled"]
    picture = town.do(lambda desk: board.picture(desk, facts))
    assert item["doubt"] == "open" and picture.values["rows"][0]["invested"].endswith(" 疑")
    assert "“疑”：存疑待核" in picture.values["footer"]
    words = town.do(lambda desk: board.overview(desk, facts))
    assert "数字存疑待核" in words and words.splitlines()[-1].endswith("存疑待核 1")
    await town.says(LI, "项目 17")
    assert "形象进度 65% 疑" in town.text(LI) and "存疑待核：今年以来 3,900 万元" in town.text(LI)
    await town.says(LI, "存疑待核")
    assert "比上次少了 100 万元" in town.text(LI)
    await town.presses(LI, "1")
    assert "【存疑待核】17" in town.text(LI) and town.last(LI).labels[:3] == ["已核", "请说明", "更正"]
    await town.presses(LI, "已核")
    assert marks(town, project) == ("", [("investment_falls", "checked", "")])
    await town.says(LI, "调度台")
    assert "存疑待核" not in town.text(LI)
    check_log(town)


async def test_the_dispatcher_asks_and_the_reporter_explains_afterwards(settle_in):
    town = settle_in("2026-11-24 15:00")
    project = site(town)
    await reported(town, "65% 累计8000万")
    await reported(town, "65% 累计7900万", "照报")
    await town.says(LI, "存疑待核")
    await town.presses(LI, "1")
    await town.presses(LI, "请说明")
    assert "已请王科长核对" in town.text(LI)
    assert "【请核对】智诚慧家标准车间" in town.text(WANG)
    await town.presses(WANG, "说明原因")
    await town.says(WANG, "上月把设备款算重了")
    assert marks(town, project) == ("explained", [("investment_falls", "explained", "上月把设备款算重了")])
    await town.presses(LI, "存疑待核")
    assert "存疑待核 0" in town.text(LI)
    check_log(town)


async def test_the_word_of_the_button_puts_right_what_the_card_asks_about(settle_in):
    town = settle_in("2026-11-24 15:00")
    site(town)
    await reported(town, "65% 累计8000万")
    await reported(town, "63% 累计7900万", "照报")
    await town.says(LI, "存疑待核")
    await town.presses(LI, "1")
    await town.presses(LI, "请说明")
    assert "更正" in town.last(WANG).labels
    await town.says(WANG, "更正")
    assert "取消" in town.last(WANG).labels and "1" not in town.last(WANG).labels
    await town.says(WANG, "因为看错行，应为66%")
    assert "形象进度 63% → 66%" in town.text(WANG)


async def test_what_a_dispatcher_writes_for_somebody_asks_nobody_and_is_on_the_list(settle_in):
    town = settle_in("2026-11-24 15:00")
    project = site(town)
    await reported(town, "65% 累计8000万")
    await town.says(LI, "代填")
    await town.says(LI, "17")
    await town.says(LI, "王科长电话 14:30")
    await town.says(LI, "60%")
    assert "【请确认】" in town.text(LI) and "确认" in town.last(LI).labels
    await town.presses(LI, "确认")
    assert marks(town, project) == ("open", [("progress_falls", "open", "")])
    assert not any("核对" in shown.text for shown in town.messages(WANG))
    check_log(town)


async def test_imported_figures_are_looked_over_by_the_clock(settle_in):
    town = settle_in("2026-11-24 08:00")
    project = site(town, total=100_000_000)

    def imported(desk):
        row = reports.add(
            desk.session, project=project, person=None, recorded_by=None, source="import", said_at=desk.now, as_of=date(2026, 10, 31),
            period="2026-10", progress=Decimal(100), invested_year=160_000_000, invested_period=None, milestones_done=[], words="", basis="",
            corrects=None, reason="", messages=[], state="counts",
        )  # fmt: skip
        desk.note("ledger.imported", project=project, rows=[row])

    town.do(imported)
    await town.walk("2026-11-24 08:30")
    mark, rows = marks(town, project)
    assert mark == "open" and [code for code, *_ in rows] == ["over_year_plan", "over_total", "whole_with_open"]
    assert not town.messages(WANG)
    assert town.do(judging.look_over) is False
    await town.says(LI, "存疑待核")
    assert "1 项" in town.text(LI) or "存疑待核 1" in town.text(LI)
    check_log(town)


async def test_the_statistical_figure_is_another_thing_and_a_gap_has_a_reason(settle_in):
    town = settle_in("2026-11-24 15:00")
    project = site(town)
    await reported(town, "65% 累计9000万")
    await town.says(LI, "纳统 17 5000万 2026-10")
    assert "入库纳统投资 5,000 万元" in town.text(LI) and "相差 4,000 万元" in town.text(LI)
    await town.says(WANG, "68% 累计9500万")
    assert "调度完成 9,500 万元，入库纳统 5,000 万元，差 4,500 万元（47.4%）" in town.text(WANG)
    await town.says(WANG, "设备款未开票，统计未入库")
    await town.presses(WANG, "确认")
    await town.says(LI, "项目 17")
    assert "入库纳统 5,000 万元（2026-10）" in town.text(LI)
    await town.says(WANG, "累计9600万，入库纳统8000万")
    assert "入库纳统投资 8,000 万元" in town.text(WANG) and "【请确认】" in town.text(WANG)
    await town.presses(WANG, "确认")
    with town.store.read() as session:
        assert doubts.outside(session, project, "statistical", 2026).amount == 80_000_000
        assert session.get(Project, project).invested_year == 96_000_000
    check_log(town)


async def test_a_person_who_may_not_see_it_cannot_open_a_doubt(settle_in):
    town = settle_in("2026-11-24 15:00")
    site(town)
    town.person("外人")
    await reported(town, "65% 累计8000万")
    await reported(town, "60%", "照报")
    await town.says("外人", "存疑待核")
    assert "智诚" not in town.text("外人")


# --- photos -----------------------------------------------------------------------------------------------------------


def photo(seed, taken="", place=None):
    image = Image.radial_gradient("L").rotate(seed * 37).resize((320, 240)).convert("RGB")
    image.paste((seed * 5 % 255, 90, 30), (seed % 200, 40, seed % 200 + 90, 150))
    exif = Image.Exif()
    if taken:
        exif.get_ifd(0x8769)[0x9003] = taken
    if place:
        exif.get_ifd(0x8825).update(
            {1: "N", 2: (float(int(place[0])), 0.0, place[0] % 1 * 3600), 3: "E", 4: (float(int(place[1])), 0.0, place[1] % 1 * 3600)}
        )  # fmt: skip
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


async def test_a_photo_seen_before_is_asked_about_before_it_is_written(settle_in):
    town = settle_in("2026-10-20 15:00")
    project = site(town)
    await town.sends_file(WANG, photo(3), caption="60%")
    await town.presses(WANG, "确认")
    await town.sleep_until("2026-11-24 15:00")
    await town.sends_file(WANG, photo(3), caption="65%")
    await town.presses(WANG, "确认")
    assert "有一张照片和 10-20 报的是同一张" in town.text(WANG) and "照报" in town.last(WANG).labels
    with town.store.read() as session:
        assert len(reports.of_project(session, project)) == 1
    await town.presses(WANG, "照报")
    assert marks(town, project) == ("open", [("photo_seen", "open", "")])
    check_log(town)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (photo(5, "2025:06:01 10:00:00"), "有一张照片拍于 2025-06-01，早于本期"),
        (photo(5, place=(36.65, 117.0)), "公里处"),
        (photo(5, "2026:11:23 10:00:00", (36.55, 116.75)), ""),
        (b"not a photo at all", ""),
    ],
)
async def test_a_photo_of_another_time_or_place(settle_in, raw, said):
    town = settle_in("2026-11-24 15:00")
    site(town)
    await town.says(LI, "坐标 17 36.5536,116.7513")
    assert "坐标" in town.text(LI)
    await town.sends_file(WANG, raw, caption="65%")
    await town.presses(WANG, "确认")
    assert (said in town.text(WANG) and "照报" in town.last(WANG).labels) if said else "已记下" in town.text(WANG)
    check_log(town)


async def test_a_photo_that_looks_like_an_older_one_is_noticed(settle_in):
    town = settle_in("2026-11-24 15:00")
    site(town)
    again = Image.open(io.BytesIO(photo(3))).resize((300, 225))
    out = io.BytesIO()
    again.save(out, "JPEG", quality=60)
    await town.sends_file(WANG, photo(3), caption="60%")
    await town.presses(WANG, "确认")
    await town.sends_file(WANG, out.getvalue(), caption="65%")
    await town.presses(WANG, "确认")
    assert "很像" in town.text(WANG)
    with town.store.read() as session:
        assert len({row.sha256 for row in session.exec(select(StoredFile)).all()}) == 2


# --- nothing is written by reading --------------------------------------------------------------------------------------


TYPED = (
    "65% 累计8000万", "63%", "因为返工", "是的", "七成", "累计1.5亿", "停工了", "主体封顶已完成", "100%", "不对，62%", "本月完成3800万",
    "因为补报上月3000万", "入库纳统3亿", "截至9月1日 50%", "说明原因如下：补报", "照报一下", "确认了", "填报", "项目 17",
)  # fmt: skip
TAPS = {"确认", "照报", "按计划推进"}
"""What writes, typed as well as tapped: everything else only reads."""


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(st.sampled_from(TYPED) | st.text(min_size=1, max_size=24), min_size=1, max_size=6))
def test_reading_never_writes(settle_in, texts):
    """Whatever people type while a card is open, in whatever order: only 确认 or 照报 writes."""

    async def live():
        town = settle_in("2026-11-24 15:00")
        site(town)
        await reported(town, "65% 累计8000万")
        for text in texts:
            if (
                not any(tap in unicodedata.normalize("NFKC", text) for tap in TAPS - {"照报"})
                and text.strip() != "照报"
            ):
                await town.says(WANG, text)
        with town.store.read() as session:
            assert len(session.exec(select(Report)).all()) == 1 and not session.exec(select(Doubt)).all()
        town.close()

    asyncio.run(live())
