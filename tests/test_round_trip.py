"""What came in and goes out goes in again and changes nothing: every form that can be had, on a whole district."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from bot.ledger import read_ledger_safely
from bot.rules.words import Post, Role
from handlers import exports
from handlers import ledger as ledgers
from storage import people
from storage.tables import Project, Report
from tests import county_ledgers
from tests.town import Town

pytestmark = pytest.mark.slow

DATA = Path(__file__).parent / "data"
DEMO = Path("bot/data/ledger_demo.xlsx")
ROUND = ("ledger", "xunbao", "qianqi", "problems", "matters")


def takes(town: Town, path: Path) -> dict[str, Any]:
    ledger = read_ledger_safely(path)
    return town.do(lambda desk: ledgers.bring_in(desk, ledger, dry_run=False))  # type: ignore[no-any-return]


def changes(record: dict[str, Any]) -> dict[str, Any]:
    """All that an import would have changed."""
    matters = record["matters"]
    return {
        "added": record["added"], "changed": [(one["number"], one["what"], one["old"], one["new"]) for one in record["changed"]],
        "persons": record["persons"], "posts": record["posts"], "proposals": matters["added"], "rows": matters["changed"],
    }  # fmt: skip


NOTHING: dict[str, Any] = {"added": [], "changed": [], "persons": 0, "posts": 0, "proposals": [], "rows": []}


async def reported(town: Town) -> None:
    """Somebody reports by chat and raises a problem: what goes out is not only what came in."""
    with town.store.read() as session:
        project = session.exec(select(Project).order_by(Project.number)).first()
    assert project is not None
    town.person("填报小王", posts=[])
    town.do(lambda desk: assign(desk, project.id, town.people["填报小王"]))
    with town.store.read() as session:
        root = people.root_unit(session)
    assert root is not None
    town.person("调度小李", root.name, posts=[Post.DISPATCHER])
    await town.says("调度小李", "待立项")
    if "1" in town.last("调度小李").labels:
        await town.presses("调度小李", "1")
        await town.presses("调度小李", "转为事项")
    await town.says("填报小王", f"{project.name} 71.5%")
    await town.presses("填报小王", "确认" if "确认" in town.last("填报小王").labels else "照报")


def assign(desk: Any, project: int, person: int) -> None:
    from storage.db import next_id
    from storage.tables import Assignment

    desk.session.add(
        Assignment(
            id=next_id(desk.session, Assignment),
            project=project,
            role=Role.REPORTER,
            person=person,
            rank=1,
            since=date(2020, 1, 1),
        )
    )


def goes_out(town: Town, name: str, path: Path) -> Path:
    with town.store.read() as session:
        exports.TABLES[name](town.desk(session), path, date(town.now.year, town.now.month, 1), None)
    return path


@pytest.mark.parametrize("name", ROUND)
@pytest.mark.parametrize(
    ("now", "files"),
    [
        ("2026-11-24 09:00", [DEMO]),
        (
            "2023-09-04 09:00",
            [DATA / f"{name}.xlsx" for name in ("ledger_district", "ledger_qianqi", "ledger_xunbao", "blockers")],
        ),
    ],
    ids=["the demonstration's district", "the district's four tables"],
)
async def test_a_table_that_went_out_changes_nothing_when_it_comes_in(
    settle_in: Callable[..., Town], tmp_path: Path, name: str, now: str, files: list[Path]
) -> None:
    town = settle_in(now)
    for file in files:
        takes(town, file)
    await reported(town)
    before = town.store.run_now(lambda session: len(session.exec(select(Report)).all()))
    path = goes_out(town, name, tmp_path / f"{name}.xlsx")
    assert changes(takes(town, path)) == NOTHING
    assert town.store.run_now(lambda session: len(session.exec(select(Report)).all())) == before


@pytest.mark.parametrize("name", ["ledger_district", "ledger_xunbao", "ledger_qianqi", "blockers"])
def test_the_same_table_twice_changes_nothing(settle_in: Callable[..., Town], name: str) -> None:
    town = settle_in("2023-09-04 09:00")
    for file in ("ledger_district", name):
        takes(town, DATA / f"{file}.xlsx")
    assert changes(takes(town, DATA / f"{name}.xlsx")) == NOTHING


def test_a_ledger_of_works_under_way_written_in_years_comes_back_as_it_went_out(
    settle_in: Callable[..., Town], tmp_path: Path
) -> None:
    town = settle_in("2026-09-01 09:00")
    takes(town, county_ledgers.write(county_ledgers.expected("under_way_seven_nodes"), tmp_path / "in.xlsx"))
    path = goes_out(town, "ledger", tmp_path / "out.xlsx")
    assert changes(takes(town, path)) == NOTHING
