"""Tables that come in over the Bot API: tried out, mended, killed before 确认, written once; what is no table is refused; a reporter's
旬报表 filled in and sent back."""

import io
from pathlib import Path

import pytest

from tests.bot_api import Shown
from tests.odd_ledgers import Odd
from tests.office import LI, NAME, OTHER, THIRD, WANG, ZHAO, Office, book, office, texts

pytestmark = pytest.mark.slow

HEADER = ["序号", "项目名称", "业主单位", "总投资（万元）", "资金情况（1—9月）"]


def ledger(tmp_path: Path) -> bytes:
    """Two new projects and one that is known, with a column whose header nobody knows."""
    rows = [
        [1, "云计算中心", "甲公司", 50_000, 3_000],
        [2, "智能仓储基地", "乙公司", 20_000, 1_200],
        [17, NAME, "", 45_000, 8_000],
    ]
    title = ["长泉区2026年重点项目台账（1—9月）"]
    return Odd("", [title, HEADER, *rows], {}).write(tmp_path / "in.xlsx").read_bytes()


async def page_with(here: Office, who: str, words: str, first: str) -> Shown:
    """Turns the pages of a card that begins with `first` until it shows the words; that card."""
    seen = await here[who].hears(first)
    for page in range(2, 15):
        if words in seen.text:
            return seen
        here[who].presses("更多", message=seen.id)
        seen = await here[who].hears(f"第 {page}/")
    raise AssertionError(seen.text)


async def test_a_column_mended_by_tap_and_a_kill_before_it_is_confirmed(tmp_path: Path) -> None:
    async with office(tmp_path, "2026-10-08 09:10") as here:
        service, zhao = here.service, here[ZHAO]
        async with service.up():
            service.arm("errand.done", 2)  # the file is fetched, the table read, and nobody told of it yet
            zhao.sends_document(ledger(tmp_path), "长泉区台账.xlsx")
            await service.dead(30)
        service.disarm()
        async with service.up():
            card = await zhao.hears("【请确认导入】")
            assert "新增 2" in card.text and "（请留好原表）：E\u00a0资金情况" in card.text
            assert card.labels == ["确认", "对应关系", "明细", "取消"]
            zhao.presses("对应关系")
            listed = await page_with(here, ZHAO, "E 列", "【对应关系】")
            zhao.presses(next(line[0] for line in listed.text.splitlines() if "E 列" in line), message=listed.id)
            await zhao.hears("，现在按")
            options = await page_with(here, ZHAO, "今年以来完成投资", "E 列“资金情况")
            line = next(line for line in options.text.splitlines() if line.endswith("今年以来完成投资"))
            zhao.presses(line[0], message=options.id)
            card = await zhao.hears("E\u00a0资金情况→今年以来完成投资")
            await service.quiet()
            await service.kill()
        assert service.value("SELECT count(*) FROM project") == 3 and not service.rows("SELECT * FROM form")

        async with service.up():
            press = zhao.presses("确认", message=card.id)
            await zhao.hears("已导入")
            zhao.presses_again(press)
            await service.quiet()
        found = service.rows("SELECT name, invested_year FROM project ORDER BY number")
        assert [row["name"] for row in found].count("云计算中心") == 1 and len(found) == 5
        assert {row["name"]: row["invested_year"] for row in found}["云计算中心"] == 30_000_000
        assert service.value("SELECT count(*) FROM report") == 3
        assert service.value("SELECT total FROM project WHERE number = 17") == 450_000_000
        assert service.value("SELECT times FROM form") == 1
        told = [shown.text for shown in here.api.messages(zhao) if "已导入" in shown.text]
        assert len(told) == 1, told
        service.verify()


async def test_what_is_no_table_is_refused_with_its_reason_and_the_bot_goes_on(tmp_path: Path) -> None:
    async with office(tmp_path, "2026-10-08 09:10") as here:
        service, zhao = here.service, here[ZHAO]
        async with service.up():
            for name, raw, why in (
                ("照片.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(2000), "不是能读的 Excel 文件"),
                ("通讯录.xlsx", Odd("", [["姓名", "电话"]], {}).write(tmp_path / "x.xlsx").read_bytes(), "没有找到"),
                ("整个硬盘.xlsx", b"PK\x03\x04" + bytes(20_000_001), "超过 20 MB"),
            ):
                zhao.sends_document(raw, name)
                refused = await zhao.hears(f"“{name}”没有导入")
                assert why in refused.text
                zhao.says(f"17 {name}")
                await zhao.hears(f"“17 {name}”")
            zhao.sends_document(ledger(tmp_path), "台账.xlsx")
            await zhao.hears("【请确认导入】")
            zhao.presses("取消")
            await zhao.hears("没有导入")
            await service.quiet()
        assert service.value("SELECT count(*) FROM project") == 3
        assert not here.api.calls("getFile")[-1].error, "the big one is not asked for: Telegram says how big it is"


async def test_a_reporter_fills_in_the_ten_day_table_on_a_saturday_that_is_worked(tmp_path: Path) -> None:
    async with office(tmp_path, "2026-09-30 10:00") as here:
        service, wang = here.service, here[WANG]
        async with service.up():
            for name in (NAME, OTHER):
                await here.reports(f"{name} 60%，今年以来完成投资8000万元")
        service.set_clock("2026-10-10 09:00")
        async with service.up():
            wang.says("导出")
            await wang.hears("【导出】")
            wang.presses("旬报表")
            raw = await here.gets(wang, "旬报表2026年10月")
            assert THIRD not in texts(raw) and NAME in texts(raw)
            filled = book(raw)
            sheet = filled["10月上旬"]
            at = next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == NAME)
            for column, value in ((9, 700), (11, 700), (18, "主体施工至五层")):
                sheet.cell(at, column, value)
            out = io.BytesIO()
            filled.save(out)
            wang.sends_document(out.getvalue(), "旬报表（王）.xlsx")
            card = await wang.hears("1 个项目有新数")
            assert "8,000 万元 → 8,700 万元" in card.text and "主体施工至五层" in card.text
            await service.quiet()
            await service.kill()
        assert service.value("SELECT count(*) FROM report") == 2

        async with service.up():
            press = wang.presses("全部确认", message=card.id)
            await wang.hears("已填报 1 个项目")
            wang.presses_again(press)
            await service.quiet()
        newest = service.rows("SELECT invested_year, as_of, source FROM report ORDER BY id DESC LIMIT 1")[0]
        assert newest == {"invested_year": 87_000_000, "as_of": "2026-10-10", "source": "chat"}
        assert service.value("SELECT count(*) FROM report") == 3
        assert not [one for one in here.api.messages(here[LI]) if one.from_bot and "没有写成" in one.text]
        service.verify()
