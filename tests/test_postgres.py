"""The same day on PostgreSQL: import, report, press, log."""

import pytest
from sqlmodel import select

from bot.ledger import read_ledger
from bot.rules.words import Role
from handlers import ledger as ledgers
from storage import dispatch_log
from storage.tables import Project, Report
from tests import postgres

pytestmark = pytest.mark.postgres


async def test_a_day_on_postgresql(settle_in):
    postgres.needed()
    with postgres.cluster() as url:
        town = settle_in("2026-11-24 16:00", url=url)
        record = town.do(lambda desk: ledgers.bring_in(desk, read_ledger("bot/data/ledger_demo.xlsx"), dry_run=False))
        assert len(record["added"]) == 48
        town.person("王科长")
        town.project(
            "智诚慧家标准车间",
            {Role.REPORTER: "王科长"},
            plan=dict.fromkeys(range(1, 13), 1000),
            milestones=[("主体封顶", "2026-11-27")],
        )
        await town.says("王科长", "65% 累计8000万 主体封顶已完成")
        await town.presses("王科长", "确认")
        await town.says("王科长", "七成")
        assert "70%（上次 65%）" in town.text("王科长")
        await town.walk("2026-11-25 18:00", minutes=60)
        with town.store.read() as session:
            project = session.exec(select(Project).where(Project.name == "智诚慧家标准车间")).one()
            assert len(session.exec(select(Report).where(Report.project == project.id)).all()) == 1
            assert dispatch_log.verify(session, town.app.house.sealer).good
            verdict = dispatch_log.verify_rows(session, town.app.house.sealer)
            assert verdict.good, verdict
        town.close()
        town.close = lambda: None
