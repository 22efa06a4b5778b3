"""导出 over the Bot API: every table arrives as a workbook that opens; killed between the pick and the sending it comes once, and twice
only where it may have been under way."""

from pathlib import Path

import pytest

from tests.office import CHEN, LI, NAME, OTHER, THIRD, WANG, book, office, texts

pytestmark = pytest.mark.slow

TABLES = {
    "台账": "重点项目台账",
    "旬报表": "旬报表2026年9月",
    "月报": "月报2026年9月",
    "汇总表": "汇总表2026年9月",
    "问题台账": "问题台账2026年9月",
    "前期台账": "前期工作台账",
    "纳统对照": "调度数与统计数对照表2026年9月",
    "事项台账": "事项台账2026年9月",
}


async def test_every_table_arrives_and_opens_on_the_day_after_the_holiday(tmp_path: Path) -> None:
    async with office(tmp_path, "2026-09-29 16:00") as here:
        service, chen, li = here.service, here[CHEN], here[LI]
        async with service.up():
            await here.reports(f"{NAME} 60%，今年以来完成投资8000万元")
            await here.reports(f"{OTHER} 30%，今年以来完成投资3000万元")
            li.says("纳统 17 7500万 2026-08 原因：9月发票未到")
            await li.hears("纳统")
        service.set_clock("2026-10-08 09:05")
        async with service.up():
            for label in TABLES:
                chen.says(f"导出 {label} 2026-09")
            for label, name in TABLES.items():
                found = book(await here.gets(chen, name))
                assert found.worksheets[0].max_row >= 2, label
            month = texts(await here.gets(chen, TABLES["月报"]))
            assert "合  计" in month and "11000" in month, "8,000 and 3,000 万元 since January"
            ledger = texts(await here.gets(chen, TABLES["台账"]))
            assert all(name in ledger for name in (NAME, OTHER, THIRD))
            assert "9月发票未到" in texts(await here.gets(chen, TABLES["纳统对照"]))
            await service.quiet()
            captions = [one.text for one in here.api.messages(chen) if one.document]
            assert len(captions) == len(TABLES) and all(len(text) < 40 for text in captions)
            assert "【问题台账2026年9月】没有可列的" in captions
        service.verify()


@pytest.mark.parametrize(
    ("place", "times"),
    [("errand.done", 1), ("sender.before", 1), ("sender.after", 2)],
    ids=["it is written", "it is about to leave", "it has left, and nobody noted it"],
)
async def test_killed_between_the_pick_and_the_arrival(tmp_path: Path, place: str, times: int) -> None:
    async with office(tmp_path, "2026-10-10 09:10") as here:
        service, li = here.service, here[LI]
        async with service.up():
            li.says("导出 2026-09")
            await li.hears("要哪张表")
            await service.quiet()
            service.arm(place)
            li.presses("月报")
            await service.dead(30)
        service.disarm()
        async with service.up():
            sheet = book(await here.gets(li, "月报2026年9月", times))["月报"]
            assert NAME in str([[cell.value for cell in row] for row in sheet.iter_rows()])
            await service.quiet()
        assert len(here.documents(li)) == times
        [row] = service.rows("SELECT state, attempts FROM outbox WHERE body LIKE '%月报2026%xlsx%'")
        tried = {"errand.done": (1,), "sender.before": (1, 2), "sender.after": (2,)}[
            place
        ]  # before: it may have died at another message
        assert row["state"] == "sent" and row["attempts"] in tried
        service.verify()


async def test_a_reporter_is_told_of_the_one_table_they_may_have(tmp_path: Path) -> None:
    async with office(tmp_path, "2026-10-10 09:10") as here:
        wang = here[WANG]
        async with here.service.up():
            wang.says("导出")
            card = await wang.hears("【导出】")
            assert card.labels == ["旬报表"] and "台账" not in card.text
            wang.says("导出 月报 2026-09")
            await wang.hears("只有调度员和区领导能导出。您可以要旬报表")
            await here.service.quiet()
        assert not here.documents(wang)
