"""Lights kept, stages and rates on PostgreSQL: what is asked of the store is the same."""

from datetime import date
from decimal import Decimal

import pytest

from bot.policy import read_policy
from bot.rules.rates import four_rates
from bot.rules.words import Kind, Light, Post, Role
from handlers import watching
from handlers.desk import Desk
from storage import lights, stages
from storage.tables import Project
from tests import postgres

pytestmark = pytest.mark.postgres


async def test_a_light_kept_a_stage_told_and_the_rates(settle_in):
    postgres.needed()
    with postgres.cluster() as url:
        town = settle_in("2026-11-24 16:00", url=url)
        town.person("王科长")
        town.person("李调度", posts=[Post.DISPATCHER])
        town.project(
            "智诚慧家标准车间", {Role.REPORTER: "王科长"}, number=17, kind=Kind.NEW, plan=dict.fromkeys(range(1, 13), 1000),
            progress=Decimal(10), milestones=[("主体封顶", "2026-09-27")],
        )  # fmt: skip
        await town.says("王科长", "11月18日开工，施工许可证已取得，65%，今年以来完成投资9500万元，资金到位9000万元")
        await town.presses("王科长", "确认")
        await town.says("李调度", "自报 17 绿灯 封顶已完成，等验收单")
        await town.says("李调度", "红绿灯 17")
        assert "自报 绿灯（李调度，11-24）" in town.text("李调度")
        with town.store.read() as session:
            assert lights.since(session, [1]) == {1: date(2026, 11, 24)}
            assert lights.declared(session, [1])[1].light is Light.GREEN
            assert lights.changes(session, [1], date(2026, 1, 1), date(2026, 12, 31))[1]
            start, _, funds, *_ = four_rates(
                stages.rated(session, [Project.id > 0], date(2026, 11, 24)), ("permit",), date(2026, 11, 24)
            )
            assert (start.numerator, funds.numerator) == (1, 90_000_000)
            desk = Desk(session, town.now, town.app.house)
            for code in read_policy().file.light.preset:
                rule = desk.policy.light_rule(code)
                assert rule is not None and len(list(watching.by_rule(desk, rule, code))) == 1
        town.close()
        town.close = lambda: None
