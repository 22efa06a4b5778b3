"""Files that anybody may have sent: bombs, broken archives, endless sheets. Each is refused with a reason, none takes the reader along."""

import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from bot.ledger import Ledger, LedgerError, Refusal, read_ledger, read_ledger_safely, safely
from bot.ledger.archive import LARGEST_DIRECTORY, LARGEST_UNPACKED, check_archive

pytestmark = pytest.mark.slow

DISTRICT = Path(__file__).parent / "data" / "ledger_district.xlsx"
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEET = "xl/worksheets/sheet1.xml"


def zipped(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def with_sheet(path: Path, change: Callable[[bytes], bytes]) -> Path:
    """The district's ledger with the XML of its first sheet changed."""
    with zipfile.ZipFile(DISTRICT) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    return zipped(path, entries | {SHEET: change(entries[SHEET])})


def refusal(path: Path) -> LedgerError:
    with pytest.raises(LedgerError) as refused:
        read_ledger_safely(path)
    assert refused.value.facts["file"] == path.name
    return refused.value


def test_a_sound_ledger_comes_out_of_the_child_process_as_it_is() -> None:
    assert read_ledger_safely(DISTRICT) == read_ledger(DISTRICT)
    assert read_ledger_safely(DISTRICT, year=2024).year == 2024


# --- before anything is unpacked ----------------------------------------------------------------------------------


@pytest.fixture
def no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal must come from the look at the archive: starting a child is a failure."""

    def start(*_: object, **__: object) -> None:
        raise AssertionError("unpacked")

    monkeypatch.setattr(safely.subprocess, "run", start)


@pytest.mark.usefixtures("no_child")
def test_a_bomb_is_refused_by_its_directory_alone(tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "bomb.xlsx", {SHEET: bytes(LARGEST_UNPACKED + 1)})
    assert bomb.stat().st_size < 100_000
    error = refusal(bomb)
    assert error.reason is Refusal.TOO_LARGE and error.facts["what"] == "unpacked"


@pytest.mark.usefixtures("no_child")
def test_many_middling_entries_are_a_bomb_too(tmp_path: Path) -> None:
    error = refusal(zipped(tmp_path / "bomb.xlsx", {f"xl/{n}.xml": bytes(4 << 20) for n in range(17)}))
    assert error.reason is Refusal.TOO_LARGE and error.facts["what"] == "unpacked"


@pytest.mark.usefixtures("no_child")
def test_one_entry_of_an_absurd_ratio_is_refused(tmp_path: Path) -> None:
    assert refusal(zipped(tmp_path / "bomb.xlsx", {SHEET: bytes(20 << 20)})).facts["what"] == "ratio"


@pytest.mark.usefixtures("no_child")
def test_a_huge_directory_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "many.xlsx"
    content = bytearray(DISTRICT.read_bytes())
    end = content.rfind(b"PK\x05\x06")
    struct.pack_into("<I", content, end + 12, LARGEST_DIRECTORY + 1)
    path.write_bytes(content)
    assert refusal(path).facts["what"] == "directory"


@pytest.mark.usefixtures("no_child")
def test_too_many_entries_are_refused(tmp_path: Path) -> None:
    assert refusal(zipped(tmp_path / "many.xlsx", {f"{n}": b"" for n in range(5_000)})).facts["what"] == "entries"


@pytest.mark.usefixtures("no_child")
def test_entries_that_lie_over_one_another_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "overlap.xlsx", {SHEET: random.Random(1).randbytes(1000), "other": b""})
    content = bytearray(path.read_bytes())
    second = content.rfind(b"PK\x01\x02")
    struct.pack_into("<I", content, second + 20, 1_000_000)
    path.write_bytes(content)
    assert refusal(path).reason is Refusal.TOO_LARGE


@pytest.mark.usefixtures("no_child")
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", Refusal.EMPTY),
        (b"PK", Refusal.NOT_A_WORKBOOK),
        (b"PK\x03\x04" + bytes(100), Refusal.NOT_A_WORKBOOK),
        ("项目名称,总投资\n甲项目,100\n".encode("gb18030"), Refusal.NOT_A_WORKBOOK),
        (b"%PDF-1.7 ...", Refusal.NOT_A_WORKBOOK),
        (b"<html><table><tr><td>x</td></tr></table></html>", Refusal.NOT_A_WORKBOOK),
        (bytes((32 << 20) + 1), Refusal.TOO_LARGE),
        (DISTRICT.read_bytes()[:-100], Refusal.NOT_A_WORKBOOK),
    ],
    ids=["empty", "two bytes", "no directory", "csv", "pdf", "html", "33 MB", "cut off"],
)
def test_what_is_no_archive_is_refused_at_once(tmp_path: Path, content: bytes, reason: Refusal) -> None:
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(content)
    assert refusal(path).reason is reason


@pytest.mark.usefixtures("no_child")
def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.xlsx").reason is Refusal.NOT_FOUND
    assert refusal(tmp_path).reason is Refusal.NOT_FOUND  # a directory


# --- in the child -------------------------------------------------------------------------------------------------


def test_an_old_excel_file_passes_the_look_and_is_judged_by_the_reader(tmp_path: Path) -> None:
    path = tmp_path / "ledger.xls"
    path.write_bytes(OLD_EXCEL + bytes(4096))
    check_archive(path)
    assert refusal(path).reason in (Refusal.NOT_A_WORKBOOK, Refusal.CRASHED)


def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    assert refusal(zipped(tmp_path / "notes.xlsx", {"readme.txt": b"hello"})).reason is Refusal.NOT_A_WORKBOOK


def test_an_entry_larger_than_its_directory_says_is_refused(tmp_path: Path) -> None:
    path = with_sheet(
        tmp_path / "lie.xlsx", lambda xml: xml.replace(b"</sheetData>", b"<row></row>" * 100_000 + b"</sheetData>")
    )
    content = bytearray(path.read_bytes())
    entry = content.rfind(SHEET.encode()) - 46
    assert content[entry : entry + 4] == b"PK\x01\x02"
    struct.pack_into("<I", content, entry + 24, 10_000)
    path.write_bytes(content)
    assert refusal(path).reason is Refusal.NOT_A_WORKBOOK


def test_a_cell_at_the_far_corner_costs_the_child_its_memory_and_us_nothing(tmp_path: Path) -> None:
    path = tmp_path / "far.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write(0, 0, "项目名称")
    sheet.write(1_048_575, 16_383, "x")
    book.close()
    error = refusal(path)
    assert error.reason is Refusal.TOO_LARGE and error.facts["what"] == "memory"


def test_a_panic_of_the_reader_s_library_is_a_refusal(tmp_path: Path) -> None:
    path = tmp_path / "alone.xlsx"
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet().write(1_048_575, 16_383, "x")
    book.close()
    assert refusal(path).reason is Refusal.CRASHED


def test_a_sheet_used_down_to_its_last_row_is_read(tmp_path: Path) -> None:
    path = tmp_path / "long.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_column(0, 0, ["2026年台账", "项目名称", "甲项目"])
    sheet.write_row(1, 1, ["业主单位", "责任单位"])
    sheet.write_row(2, 1, ["甲公司", "区住建局"])
    sheet.write(1_048_575, 0, " ")
    book.close()
    ledger = read_ledger_safely(path)
    assert [project.name for project in ledger.projects] == ["甲项目"]


def test_an_entity_bomb_in_the_xml_does_not_go_off(tmp_path: Path) -> None:
    entities = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12)
    )
    path = with_sheet(tmp_path / "laughs.xlsx", lambda xml: xml.replace(b"<worksheet", entities + b"]><worksheet", 1))
    assert len(read_ledger_safely(path).projects) == 133


def test_a_reader_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    with pytest.raises(LedgerError) as refused:
        read_ledger_safely(DISTRICT, seconds=0)
    assert refused.value.reason is Refusal.TIMEOUT


def test_the_child_is_told_none_of_our_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIAODU_SECRET_KEY", "not for you")
    told: dict[str, str] = {}
    run = safely.subprocess.run

    def listen(*command: object, **settings: dict[str, str]) -> object:
        told.update(settings["env"])
        return run(*command, **settings)  # type: ignore[call-overload]

    monkeypatch.setattr(safely.subprocess, "run", listen)
    read_ledger_safely(DISTRICT)
    assert told and not any(name.startswith("DIAODU") for name in told)


def test_damaged_files_are_read_or_refused_but_never_break_the_reader(tmp_path: Path) -> None:
    chance = random.Random(57)
    sound = DISTRICT.read_bytes()
    for turn in range(60):
        content = bytearray(sound)
        for _ in range(chance.choice((1, 3, 20))):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path = tmp_path / f"{turn}.xlsx"
        path.write_bytes(content)
        try:
            check_archive(path)
            assert isinstance(read_ledger(path), Ledger)
        except LedgerError as error:
            assert error.reason in Refusal


def test_shuffled_cells_never_break_the_reader(tmp_path: Path) -> None:
    """Whatever stands in whatever column: every row is a project, a problem or skipped, and nothing is raised."""
    chance = random.Random(61)
    odd = [
        "面议",
        "",
        "合计",
        "注：",
        -1,
        1e300,
        True,
        "2023.13",
        "张三、、李四",
        "=1+1",
        "甲" * 3000,
        "\n",
        "；；",
        "1.",
        "①②③",
        "（）",
        0.5,
    ]
    odd += [
        "项目名称",
        "𠮷\ud7ff龑",
        "%",
        "100%",
        "1-7月",
        "——",
        "NaN",
        "inf",
        "１２３",
        "2023年2月30日",
        "#REF!",
        " ",
        "0x10",
        "9" * 400,
    ]
    for turn in range(20):
        path = tmp_path / f"{turn}.xlsx"
        book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_numbers": False})
        sheet = book.add_worksheet("台账")
        header = [
            "序号",
            "项目编号",
            "项目名称",
            "级别",
            "项目性质",
            "总投资（万元）",
            "2023年度计划投资（万元）",
            "1—7月累计完成投资（万元）",
        ]
        header += [
            "形象进度",
            "节点1名称",
            "节点1完成时限",
            "节点1完成情况",
            "存在问题",
            "总协调人",
            "联络员",
            "联系电话",
            "业主单位",
            "建设起止年限",
        ]
        chance.shuffle(header)
        sheet.write_row(0, 0, ["2023年台账"])
        sheet.write_row(1, 0, header)
        for row in range(2, 40):
            sheet.write_row(row, 0, [chance.choice(odd) for _ in header])
        book.close()
        ledger = read_ledger(path)
        placed = {project.row for project in ledger.projects} | {skip.row for skip in ledger.skipped}
        placed |= {problem.row for problem in ledger.problems}
        assert len(placed) >= 30
