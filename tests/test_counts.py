"""What things cost, counted and not clocked: statements, commits, calls of the service, and indexes that are used."""

import asyncio
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from bot.channels.telegram import Telegram
from bot.messages import Address, Drawn, Incoming
from bot.rules.words import Post, Role
from handlers import nudges
from storage import doubts, groups, matters, outbox, reports
from storage import nudges as items
from storage.db import BATCH
from tests.bot_api import BotApi
from tests.counting import Recorded, recording
from tests.town import Town, at

EVEN = dict.fromkeys(range(1, 13), 1000)
MANY = 64


@pytest.fixture
def office(settle_in: Callable[..., Town]) -> Callable[..., Town]:
    """A town in which everybody, from P0 on, reports one project."""

    def make(count: int, now: str = "2026-11-24 16:00", **project: Any) -> Town:
        town = settle_in(now)
        for one in range(count):
            town.person(f"P{one}")
            town.project(
                f"第{one}号车间", {Role.REPORTER: f"P{one}"}, plan=EVEN, milestones=[("封顶", "2026-12-20")], **project
            )
        return town

    return make


def texts(count: int) -> list[Incoming]:
    return [incoming(one, dedup=f"t{one}", kind="text", text="65% 累计8000万") for one in range(count)]


def presses(town: Town, count: int) -> list[Incoming]:
    """Everybody presses 确认 on the card they were shown."""
    tokens = {shown.chat: shown.card.buttons[0].token for shown in town.phones.messages if "确认" in shown.labels}
    return [incoming(one, dedup=f"p{one}", kind="press", press=tokens[f"P{one}"], handle="h") for one in range(count)]


def incoming(one: int, **values: Any) -> Incoming:
    who = {"person": f"P{one}", "name": f"P{one}", "chat": f"P{one}"}
    return Incoming(channel="phone", account="bot", direct=True, **who, **values)


async def takes_in(town: Town, batch: list[Incoming]) -> Recorded:
    """Lets the batch come in while the writer is at something else, so that all of it waits; what it then took."""
    busy, gate = threading.Event(), threading.Event()
    before = asyncio.ensure_future(town.store.run(lambda _: (busy.set(), gate.wait())))
    await asyncio.to_thread(busy.wait)
    coming = asyncio.ensure_future(town.app.receive(batch))
    while town.store._queue.qsize() < len(batch):  # noqa: ASYNC110
        await asyncio.sleep(0)
    with recording(town.store.engine) as found:
        gate.set()
        await asyncio.gather(before, coming)
    found.commits -= 1  # the gate's own
    await town.settle()
    return found


# --- reports ----------------------------------------------------------------------------------------------------------


async def test_one_report_takes_few_statements_and_one_commit(office):
    town = office(1)
    typed = await takes_in(town, texts(1))
    assert (typed.commits, len(typed.calls)) <= (1, 18), typed.calls
    confirmed = await takes_in(town, presses(town, 1))
    assert (confirmed.commits, len(confirmed.calls)) <= (1, 26), confirmed.calls


async def test_what_waits_shares_a_commit(office):
    """≤ 25 commits for 1,000 reports: each is typed and confirmed."""
    town = office(MANY)
    typed = await takes_in(town, texts(MANY))
    confirmed = await takes_in(town, presses(town, MANY))
    assert typed.commits == confirmed.commits == 1
    assert 1000 / BATCH * 2 <= 25


async def test_no_report_costs_more_for_the_others_and_their_log_goes_in_at_once(office):
    alone, together = office(1), office(MANY)
    one = [await takes_in(alone, texts(1)), await takes_in(alone, presses(alone, 1))]
    many = [await takes_in(together, texts(MANY)), await takes_in(together, presses(together, MANY))]
    for few, all_of_them in zip(one, many, strict=True):
        assert len(all_of_them.calls) <= MANY * len(few.calls)
    for table in ("dispatch_log", "log_words"):
        inserts = [sql for sql in many[1].calls if sql.startswith(f"INSERT INTO {table} ")]
        assert len(inserts) == 1 and sum(sql == inserts[0] for sql, _ in many[1].statements) >= MANY


# --- the clock's questions --------------------------------------------------------------------------------------------


def statements_of_the_tick(town: Town) -> int:
    with recording(town.store.engine) as found:
        while town.do(nudges.run):
            pass
    return len(found.calls)


async def test_the_tick_takes_as_many_statements_for_forty_projects_as_for_four(office):
    counted = {
        count: statements_of_the_tick(office(count, "2026-11-25 09:30", as_of=date(2026, 10, 25))) for count in (4, 40)
    }
    assert counted[4] == counted[40] <= 16


async def test_a_tick_with_nothing_to_do_takes_few(office):
    town = office(4, "2026-11-25 09:30", as_of=date(2026, 10, 25))
    statements_of_the_tick(town)
    assert statements_of_the_tick(town) <= 8


# --- plans ------------------------------------------------------------------------------------------------------------

SCANS: dict[str, Callable[[Any], object]] = {
    "ix_project_next_look": lambda session: items.due(session, date(2026, 11, 24), 100),
    "ix_outbox_pending": lambda session: list(outbox.claim(session, at("2026-11-24 16:00"), 24)),
    "ix_outbox_sending": outbox.left_sending,
    "ix_matter_open_look": lambda session: matters.due(session, at("2026-11-24 16:00")),
    "ix_nudge_about": lambda session: items.withdraw(session, ["report:1"]),
    "ix_outbox_about": lambda session: outbox.withdraw(session, ["report:1"], at("2026-11-24 16:00")),
    "ix_report_project_as_of": lambda session: reports.invested_before(session, 1, date(2026, 11, 1)),
    "ix_outside_figure_project": lambda session: doubts.basis(session, 1, date(2026, 11, 24)),
    "ix_report_corrects": lambda session: reports.correction_of(session, 1),
}


@pytest.mark.parametrize("index", SCANS)
def test_hot_scans_use_their_index(settle_in, index):
    town = settle_in("2026-11-24 16:00")
    with recording(town.store.engine) as found:
        town.store.run_now(SCANS[index])
    for sql, values in found.statements:
        plan = town.store.run_now(
            lambda session, sql=sql, values=values: (
                session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", tuple(values)).all()
            )
        )
        steps = [row[3] for row in plan]
        assert any(index in step for step in steps), (sql, steps)
        assert not any(step.startswith("SCAN") and "USING" not in step for step in steps), (sql, steps)


# --- calls of the service -----------------------------------------------------------------------------------------------


async def test_a_summary_and_a_bundle_are_one_call_each(settle_in):
    town = settle_in("2026-11-25 09:30")
    town.person("王科长")
    town.person("调度小李", posts=[Post.DISPATCHER])
    for number in range(1, 4):
        town.project(
            f"第{number}号车间",
            {Role.REPORTER: "王科长"},
            number=number,
            plan=EVEN,
            milestones=[("封顶", "2026-11-25")],
        )
    unit = town.unit("长泉区", None)
    town.do(lambda desk: groups.bind(desk.session, "phone", "项目群", "", "项目群", unit, None, desk.now))
    await town.walk("2026-11-25 18:00")
    summary, bundle = town.last("项目群"), town.last("王科长")
    assert "重点项目" in summary.text and summary.pictures and "今日待办" in bundle.text
    with BotApi() as api:
        telegram = Telegram(api.token, api.url)
        for shown in (summary, bundle):
            await telegram.send(Address("telegram", str(api.user("王科长").id)), Drawn(shown.card, shown.pictures))
        await telegram.close()
        assert [call.method for call in api.calls() if call.method.startswith("send")] == ["sendPhoto", "sendMessage"]
