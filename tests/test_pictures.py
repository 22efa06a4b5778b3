"""Pictures: pages of the right size, nothing cut, nothing interpreted, every name's characters there."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import segno
from PIL import Image

from bot import pictures
from bot.messages import Picture
from bot.pictures import draw, font_path

FULL_PAGE = (1080, 1280)
HOSTILE = [
    '#panic("no")',
    '"]*',
    "$x^2$ `a` <b> @c // d",
    "\\u{41} \\",
    "{{ 1 + 1 }}",
    "line\nline\u202e\x00",
    "\ud800",
    "🔴",
]


def row(number: int = 17, name: str = "智诚慧家标准车间", **more: Any) -> dict[str, Any]:
    return {
        "number": number,
        "name": name,
        "light": "red",
        "light_word": "红灯",
        "reason": "用地手续，区级协调中，已 12 个工作日",
        "progress": "62%",
        "invested": "1.20 亿元",
        "plan_share": "65%",
        "age": "截至 11-12，10 天前",
    } | more


def summary(rows: list[dict[str, Any]], **more: Any) -> Picture:
    values = {
        "title": "长泉区重点项目 · 11月22日",
        "subtitle": "今日新报 37 · 新问题 3",
        "as_of": "截至 17:30",
        "counts": {"green": 104, "yellow": 21, "red": 8},
        "labels": {"green": "绿灯", "yellow": "黄灯", "red": "红灯"},
        "headers": {
            "light": "灯",
            "project": "项目 / 原因",
            "progress": "形象进度",
            "invested": "累计投资",
            "plan_share": "年计划",
        },
        "rows": rows,
        "footer": "调度数据，非统计数据",
        "empty": "全部达序时",
    }
    return Picture("summary", values | more)


def charted(name: str, *milestones: tuple[str, str, str], group: str = "续建") -> dict[str, Any]:
    words = {"number": 17, "name": name, "light": "yellow", "light_word": "黄灯", "progress": "62%", "group": group}
    return words | {"milestones": [{"name": name, "due": due, "state": state} for name, due, state in milestones]}


def chart(rows: list[dict[str, Any]], today: str = "2026-11-24") -> Picture:
    values = {
        "title": "挂图作战",
        "labels": {"done": "已完成", "open": "未到期", "overdue": "逾期", "today": "今天"},
        "headers": {"project": "项目"},
        "months": [f"2026-{month:02d}" for month in range(1, 13)],
        "today": today,
        "rows": rows,
        "empty": "暂无项目",
    }
    return Picture("chart", values)


def opened(page: bytes) -> Image.Image:
    return Image.open(BytesIO(page)).convert("RGB")


def height(picture: Picture) -> int:
    (page,) = draw(picture)
    return opened(page).height


@pytest.mark.parametrize(("rows", "pages"), [(0, 1), (1, 1), (12, 1), (16, 2), (17, 2), (60, 5)])
def test_a_summary_takes_as_many_pages_as_its_rows_need(rows: int, pages: int) -> None:
    drawn = draw(summary([row(number) for number in range(1, rows + 1)]))
    assert len(drawn) == pages
    assert all(page.startswith(b"\x89PNG\r\n\x1a\n") for page in drawn)
    sizes = [opened(page).size for page in drawn]
    assert all(size == FULL_PAGE for size in sizes) if pages > 1 else sizes[0][0] == 1080 and sizes[0][1] <= 1280


def test_a_page_with_few_rows_is_no_higher_than_they_are() -> None:
    assert height(summary([row()])) < height(summary([row()] * 4)) < 700


def test_the_calm_page_says_its_word() -> None:
    calm, other = summary([]), summary([], empty="全部按期")
    assert draw(calm) != draw(other)


def test_a_long_name_wraps_and_pushes_the_row_down() -> None:
    short, long = summary([row(name="基地")]), summary([row(name="空天信息产业基地配套道路与综合管廊建设项目一期")])
    assert height(long) > height(short)


def test_a_long_run_of_letters_stays_inside_the_margins() -> None:
    for picture in (
        summary([row(name="A" * 90, reason="B" * 90)]),
        chart([charted("A" * 90, ("B" * 90, "2026-12", "open"))]),
    ):
        (page,) = draw(picture)
        image = opened(page)
        edges = [image.crop((0, 0, 34, image.height)), image.crop((1046, 0, 1080, image.height))]
        assert all(edge.getextrema() == ((255, 255),) * 3 for edge in edges)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_people_wrote_is_printed_and_never_run(name: str) -> None:
    assert len(draw(summary([row(name=name, reason=name)], title=name, footer=name))) == 1
    assert len(draw(chart([charted(name, (name, "2026-11", "open"), group=name)]))) == 1
    assert len(draw(Picture("qr", {"text": "https://example.org", "caption": name}))) == 1


@pytest.mark.parametrize(
    ("written", "interpreted"), [("*b*", "b"), ("_b_", "b"), ("$b$", "b"), ("#1", "1"), ("\\#", "#"), ("~", " ")]
)
def test_markup_in_a_name_is_only_text(written: str, interpreted: str) -> None:
    assert draw(summary([row(name=written)])) != draw(summary([row(name=interpreted)]))


def test_an_endless_text_still_ends_on_one_page() -> None:
    assert draw(summary([row(reason="长" * 5000)])) == draw(summary([row(reason="长" * 4000)]))


def test_rare_characters_of_names_have_a_glyph() -> None:
    def shown(character: str) -> list[bytes]:
        return draw(summary([row(name=character)]))

    box = shown("\ue123")
    assert box == shown("\ue124"), "what has no glyph is a box, whatever it is"
    pages = [shown(character) for character in "堌龑垴崾砦骉"]
    assert box not in pages
    assert len({page for (page,) in pages}) == len(pages)


def test_a_chart_of_sixty_projects_has_full_pages() -> None:
    milestones = [
        ("施工许可", "2026-03", "done"),
        ("主体封顶", "2026-09", "overdue"),
        ("竣工验收", "2026-12-20", "open"),
    ]
    pages = draw(chart([charted(f"项目{number}", *milestones) for number in range(60)]))
    assert 3 <= len(pages) <= 6
    assert {opened(page).size for page in pages} == {FULL_PAGE}


def test_milestones_of_one_month_go_below_each_other() -> None:
    one, three = ([("主体封顶", "2026-06", "open")] * count for count in (1, 3))
    assert height(chart([charted("基地", *three)])) > height(chart([charted("基地", *one)]))


def test_milestones_outside_the_axis_are_still_shown() -> None:
    bare = draw(chart([charted("基地")]))
    for due in ("2025-06", "2027-03-01"):
        assert draw(chart([charted("基地", ("投产", due, "open"))])) != bare


def test_the_state_of_a_milestone_is_told_apart_without_colour() -> None:
    def grey(state: str) -> bytes:
        (page,) = draw(chart([charted("基地", ("投产", "2026-06", state))]))
        return opened(page).convert("L").point(lambda level: 255 * (level > 200)).tobytes()

    assert len({grey(state) for state in ("done", "open", "overdue")}) == 3


def test_a_chart_outside_its_months_has_no_line_for_today() -> None:
    rows = [charted("基地")]
    assert draw(chart(rows)) != draw(chart(rows, today="2027-11-24"))


def test_an_empty_chart_is_one_page() -> None:
    assert len(draw(chart([]))) == 1


def test_the_qr_code_is_the_one_segno_makes() -> None:
    text = "https://t.me/diaodu_bot?start=K7P2-9QXM"
    (page,) = draw(Picture("qr", {"text": text, "caption": "扫码绑定\n绑定码 K7P2-9QXM，72 小时内有效"}))
    image = opened(page).convert("L")
    dark = image.point(lambda level: 255 * (level == 0))
    left, top, *_ = dark.getbbox() or (0, 0)
    matrix = [list(line) for line in segno.make(text, micro=False, error="m").matrix]
    # The finder pattern at the upper left is seven modules wide.
    module = next(at for at in range(image.width) if image.getpixel((left + at, top)) != 0) // 7
    assert module >= 6
    middles = [index * module + module // 2 for index in range(len(matrix))]
    assert [[int(image.getpixel((left + x, top + y)) == 0) for x in middles] for y in middles] == matrix
    assert left >= 4 * module
    assert top >= 4 * module
    below = image.crop((0, top + len(matrix) * module + 4 * module, image.width, image.height))
    assert below.point(lambda level: 255 * (level < 100)).getbbox(), "the caption stands below the quiet zone"


def test_an_unknown_kind_is_refused_with_the_known_ones_named() -> None:
    with pytest.raises(
        ValueError,
        match=r"unknown kind of picture 'poster'.*summary, chart, lights, gantt, curve, stages, blockers, qr",
    ):
        draw(Picture("poster", {}))


def test_missing_values_are_refused_with_the_name_of_what_is_missing() -> None:
    with pytest.raises(ValueError, match=r"'summary' cannot be drawn.*headers"):
        draw(Picture("summary", {"rows": [], "counts": {}}))


def test_a_picture_that_was_written_down_is_drawn_alike_in_any_thread() -> None:
    picture = summary([row(number) for number in range(4)])
    with ThreadPoolExecutor(3) as pool:
        first, *others = pool.map(draw, [picture] * 3)
    assert all(other == first for other in others)


def test_the_packages_font_comes_first_so_that_machines_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packaged = font_path()
    assert packaged.name == "NotoSansSC-Regular.otf"
    system = tmp_path / "system.otf"
    system.write_bytes(packaged.read_bytes())
    monkeypatch.setattr(pictures, "SYSTEM_FONTS", (str(tmp_path / "none.ttc"), str(system)))
    assert font_path() == packaged
    monkeypatch.setattr(pictures, "_packaged_font", lambda: None)
    assert font_path() == system
    assert draw(summary([row()])) == draw(summary([row()]), font=packaged)
    monkeypatch.setattr(pictures, "SYSTEM_FONTS", ())
    with pytest.raises(FileNotFoundError, match="pylopdf-fonts-zh-cn"):
        font_path()


def test_a_chosen_font_must_be_there_and_be_a_font(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.otf"):
        font_path(tmp_path / "none.otf")
    (tmp_path / "words.otf").write_text("no font")
    with pytest.raises(FileNotFoundError, match="no font that can be used"):
        draw(summary([]), font=tmp_path / "words.otf")


def test_start_up_does_not_pay_for_drawing() -> None:
    script = "import sys, bot.pictures; print({'typst', 'segno', 'PIL', 'pylopdf_fonts_zh_cn'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
