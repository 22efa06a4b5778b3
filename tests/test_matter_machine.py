"""Random people press random things, type words and days, are away, the clock jumps, the service restarts: the loop of a matter holds.

A small model of its own reads the log and says what each entry must have done; it knows nothing of the handlers. `make chaos` runs it longer.
"""

import asyncio
import os
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import select

from bot.messages import Button
from bot.rules.words import Category, Origin, Post, Role, Rung, Urgency
from handlers.matters import LABELS
from handlers.opening import open_matter
from handlers.parties import steps_for
from storage import dispatch_log, projects
from storage.dispatch_log import Entry
from storage.tables import Matter, NudgeRow, Outbox
from tests.town import Shown, Town, at

RUNS = int(os.environ.get("DIAODU_CHAOS_MATTERS", "0"))
"""Examples of the long run; none where `make chaos` does not say so."""
START = "2026-09-23 09:10"
"""A week before National Day, with a worked Sunday behind and a worked Saturday ahead."""
LAND, WATER = "区自然资源局", "区城乡水务局"
SUN, WANG, LI, HE = "业主老孙", "填报小王", "调度小李", "调度小何"
ZHAO, QIAN, DEPUTY, HEAD, PUMP = "收件小赵", "科员小钱", "分管孙局", "局长老周", "水务小何"
FENG, CHEN, WU = "总调度老冯", "总协调老陈", "协调老吴"
PEOPLE = (SUN, WANG, LI, HE, ZHAO, QIAN, DEPUTY, HEAD, PUMP, FENG, CHEN, WU)
MOST = 3
"""Matters raised by a machine; parts come on top."""
SAID = (
    "已经办好了，依据：会议纪要 3 号",
    "先补材料，10月20日前办好",
    "已报省厅，预计12月1日批复",
    "不行，再等等",
    "9月30日",
    "取消",
)
WORKING = ("unsigned", "handling", "promised")


def settle(home: Path) -> dict[str, int]:
    """The town that every machine begins with; made once, copied for each."""
    town = Town(home, START)
    town.person(SUN, "智诚公司")
    town.person(WANG)
    for name in (LI, HE):
        town.person(name, posts=[Post.DISPATCHER])
    for name, post in ((ZHAO, Post.INTAKE), (DEPUTY, Post.DEPUTY_HEAD), (HEAD, Post.HEAD)):
        town.person(name, LAND, posts=[post])
    town.person(QIAN, LAND)
    town.person(PUMP, WATER, posts=[Post.INTAKE])
    for name in (FENG, CHEN, WU):
        town.person(name)
    roles = {
        Role.REPORTER: WANG, Role.OWNER_CONTACT: SUN, Role.COORDINATOR: WU, Role.GENERAL_DISPATCHER: FENG,
        Role.GENERAL_COORDINATOR: CHEN,
    }  # fmt: skip
    town.project("标准车间", roles, number=17, accepted=None)
    town.close()
    return town.people


# --- the model --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Model:
    """What a matter must be like, by its log alone. paused: the state to go back to. fast: 特办 was granted, one jump is free."""

    state: str = ""
    rung: int = 0
    holder: int | None = None
    plan: bool = False
    dated: bool = False
    paused: str = ""
    lent_by: int | None = None
    climbed: date | None = None
    fast: bool = False

    @property
    def signed(self) -> "Model":
        """Whoever acts on it has signed for it."""
        state = ("promised" if self.plan and self.dated else "handling") if self.state == "unsigned" else self.state
        return replace(self, state=state, lent_by=None)


FREE = {
    "proposed", "held", "asked", "kept", "extension_asked", "extension_refused", "extended", "fast_asked", "fast_refused", "suggested",
    "joined", "copied", "unwatched", "marked", "still_waiting", "paused_look", "all_answered", "fast_granted", "reviewed",
}  # fmt: skip
"""Entries that move nothing: neither state, nor rung, nor hands."""
BY_HOLDER = {
    "signed", "promised", "procedure", "feedback", "answered", "passed_on", "referred", "still_waiting", "asked", "extension_asked",
    "seen", "agreed", "to_meeting", "studied",
}  # fmt: skip
BY_OFFICE = {
    "redirected",
    "kept",
    "held",
    "sent_back",
    "closed",
    "suspended",
    "joined",
    "copied",
    "suggested",
    "marked",
}


def expected(was: Model, what: str, row: dict[str, Any], facts: dict[str, Any], day: date) -> Model:
    """What the matter must be like after this entry. What the model cannot know (who sits on a ladder laid anew) it takes from the row."""
    steps, person = row["steps"], row["person"]
    seated = replace(was, state="unsigned", holder=person, lent_by=None)
    if what in FREE:
        return replace(was, fast=was.fast or what == "fast_granted")
    if what in ("signed", "seen"):
        return replace(was.signed, state="handling") if what == "seen" else was.signed
    if what == "feedback":
        return was.signed
    if what in ("promised", "procedure"):
        return replace(was.signed, state="promised", plan=True)
    if what in ("referred", "suspended"):
        before = was.signed if what == "referred" else was
        return replace(before, state=what, paused=before.state)
    if what == "resumed":
        return replace(was, state=was.paused, paused="")
    if what in ("assigned", "passed_on"):
        rung = was.rung if what == "passed_on" else 0
        lent = was.holder if what == "passed_on" else None
        return replace(was, state="unsigned", holder=facts["person"], lent_by=lent, rung=rung)
    if what == "given_back":
        return replace(was, state="unsigned", holder=was.lent_by, lent_by=None)
    if what == "answered":
        return replace(was, state="answered", lent_by=None, paused="")
    if what == "disputed":
        return replace(was, state="disputed")
    if what == "sent_back":
        return replace(was, state="handling", plan=False)
    if what in ("solved", "closed", "closed_with"):
        return replace(was, state="closed")
    if what in ("redirected", "studied", "raised"):
        return replace(seated, rung=0, plan=False)
    if what == "climbed":
        rung = was.rung + 1 + facts["skipped"]
        return replace(seated, rung=rung, climbed=day, holder=steps[rung]["person"], fast=False)
    if what == "reopened":
        rung = row["rung"]
        assert rung in (was.rung, *range(was.rung + 1, len(steps)))
        return replace(seated, rung=rung, climbed=day, plan=False, holder=steps[rung]["person"])
    if what == "to_meeting":
        return replace(
            seated, rung=next(at for at, step in enumerate(steps) if step["rung"] == Rung.MEETING), climbed=day
        )
    assert what in ("agreed", "decided"), f"an entry the model does not know: {what}"
    return replace(seated, rung=row["rung"])


# --- the machine ------------------------------------------------------------------------------------------------------


class Loop(RuleBasedStateMachine):
    """One district, a few matters, and everything that people and time can do to them."""

    template: Path
    people: dict[str, int]

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="matters"))
        shutil.copytree(self.template, self.home, dirs_exist_ok=True)
        self.runner = asyncio.Runner()
        self.town = Town(self.home, START)
        self.town.people = dict(self.people)
        self.names = {number: name for name, number in self.people.items()}
        self.models: dict[int, Model] = {}
        self.versions: dict[int, int] = {}
        self.entries = 0
        self.heard = 0
        self.old: list[tuple[str, Shown, Button]] = []
        self.asked = ""

    # --- what may happen ----------------------------------------------------------------------------------------------

    @initialize(urgent=st.booleans())
    def begins(self, urgent: bool) -> None:
        self._open(SUN, Category.LAND, Origin.BLOCKER, urgent)

    @precondition(lambda self: len(self.models) < MOST)
    @rule(
        raiser=st.sampled_from((SUN, WANG, ZHAO, LI)), urgent=st.booleans(),
        category=st.sampled_from((Category.LAND, Category.WATER, Category.OTHER)),
    )  # fmt: skip
    def raises(self, raiser: str, category: Category, urgent: bool) -> None:
        self._open(raiser, category, Origin.BLOCKER, urgent)

    @precondition(lambda self: len(self.models) < MOST)
    @rule(recorder=st.sampled_from((None, LI)), days=st.integers(1, 20))
    def orders(self, recorder: str | None, days: int) -> None:
        self._open(FENG, Category.LAND, Origin.DIRECTIVE, False, recorder, days)

    @rule(data=st.data())
    def presses(self, data: st.DataObject) -> None:
        """Somebody presses a button in sight."""
        seen = [
            (shown.chat, shown, button)
            for shown in self.town.phones.messages
            for button in shown.card.buttons
            if button.action.startswith("matter.") and shown.chat in self.people
        ]
        if seen:
            who, shown, button = data.draw(st.sampled_from(seen[-60:]), label="pressed")
            self.old.append((who, shown, button))
            self._press(who, shown, button)

    @rule(data=st.data())
    def takes_a_step(self, data: st.DataObject) -> None:
        """Somebody does one of the things that are theirs to do, to the end: the card, the button, a choice, a word with a day."""
        may = self._may()
        if not may:
            return
        who, number, label = data.draw(st.sampled_from(may), label="step")
        self.asked = who
        self._await(self.town.says(who, "取消"))
        self._await(self.town.says(who, number))
        self._await(self.town.presses(who, label))
        for _ in range(3):
            labels = self.town.last(who).labels
            first = next((one for one in ("1", "已解决", "部分解决") if one in labels), None)
            if "取消" in labels and first is None:
                self._await(self.town.says(who, data.draw(st.sampled_from(SAID[:3]), label="said")))
                return
            if first is None or (first == "已解决" and "部分解决" not in labels):
                return
            self._await(self.town.presses(who, first))

    @precondition(lambda self: self.old)
    @rule(data=st.data())
    def presses_something_stale(self, data: st.DataObject) -> None:
        who, shown, button = data.draw(st.sampled_from(self.old[-20:]), label="stale")
        self._press(who, shown, button)

    @precondition(lambda self: self.asked)
    @rule(words=st.sampled_from(SAID))
    def types(self, words: str) -> None:
        """Whoever pressed last answers, or says something else."""
        self._await(self.town.says(self.asked, words))

    @rule(who=st.sampled_from(PEOPLE), number=st.integers(1, MOST + 1))
    def opens_the_card(self, who: str, number: int) -> None:
        self._await(self.town.says(who, f"17-{number}"))

    @rule(hours=st.sampled_from((1, 3, 8, 24, 24 * 3, 24 * 8, 24 * 20)))
    def time_passes(self, hours: int) -> None:
        """The service was down, or nothing happened, for so long."""
        self._clock(self.town.now + timedelta(hours=hours))

    @rule()
    def the_next_moment_comes(self) -> None:
        """The clock comes to where something is due, in working hours."""
        looks = [row.look_at for row in self._rows() if row.state.open and row.look_at > self.town.now]
        if looks:
            self._clock(self.town.app.house.calendar.next_opening(min(looks)))

    @rule()
    def the_next_morning(self) -> None:
        """Limits are looked at, then the bundle comes."""
        calendar = self.town.app.house.calendar
        day = calendar.next_workday(calendar.day(self.town.now))
        for clock in ("08:30", "09:20"):
            self._clock(at(f"{day} {clock}"))

    @rule()
    def restarts(self) -> None:
        self.town.reopen()

    @rule(who=st.sampled_from((ZHAO, LI, FENG, SUN)), deputy=st.sampled_from((QIAN, HE, HEAD, WANG)))
    def is_away(self, who: str, deputy: str) -> None:
        self._await(self.town.says(who, f"委托 {deputy} 本周"))
        confirm = next((button for button in self.town.last(who).card.buttons if button.label == "确认"), None)
        if confirm:
            self._press(who, self.town.last(who), confirm)

    # --- how ----------------------------------------------------------------------------------------------------------

    def _await(self, what: Any) -> None:
        self.runner.run(what)

    def _may(self) -> list[tuple[str, str, str]]:
        """Who may do what now: (name, number of the matter, label), the rarer steps as often as the usual ones."""
        found = []
        with self.town.store.read() as session:
            desk = self.town.desk(session)
            for row in session.exec(select(Matter).order_by(Matter.id)).all():  # type: ignore[arg-type]
                for name in PEOPLE:
                    for step in steps_for(desk, row, self.people[name]):
                        found.append((name, f"17-{row.number}", desk.label(LABELS.get(step.name, step.name))))
        return sorted(found, key=lambda one: (one[2], one[1], one[0]))

    def _press(self, who: str, shown: Shown, button: Button) -> None:
        self.asked = who
        number = next(self.town._dedup)
        self._await(
            self.town.comes_in(
                person=who, name=who, chat=who, kind="press", press=button.token, quote=shown.number, handle=f"press{number}"
            )
        )  # fmt: skip

    def _clock(self, moment: datetime) -> None:
        self.town.now = moment

        async def looks() -> None:
            for _ in range(2):
                await self.town.app.look_at_everything()
                await self.town.settle()

        self._await(looks())

    def _open(
        self, raiser: str, category: Category, origin: Origin, urgent: bool, recorder: str | None = None, days: int = 0
    ) -> None:
        def job(desk: Any) -> None:
            project = projects.by_number(desk.session, 17)
            matter = Matter(
                id=0, project=project.id, number=0, origin=origin, category=category, words="还差指标",
                urgency=Urgency.URGENT if urgent else Urgency.ORDINARY, raised_by=self.people[raiser],
                recorded_by=self.people[recorder] if recorder else None,
                promised_on=desk.calendar.add_workdays(desk.today, days) if days else None, raised_at=desk.now, since_at=desk.now,
                due_at=desk.now, look_at=desk.now, handed_at=desk.now, version=0,
            )  # fmt: skip
            open_matter(desk, matter, project, [])

        self.town.do(job)
        self._await(self.town.settle())

    def _rows(self) -> list[Matter]:
        with self.town.store.read() as session:
            return list(session.exec(select(Matter).order_by(Matter.id)))  # type: ignore[arg-type]

    # --- what must hold -----------------------------------------------------------------------------------------------

    @invariant()
    def it_holds(self) -> None:
        self._log_and_model_agree()
        self._every_open_matter_has_somebody_and_a_next_moment()
        self._nobody_is_told_twice()

    def _log_and_model_agree(self) -> None:
        with self.town.store.read() as session:
            found = list(dispatch_log.entries(session, self.town.app.house.sealer, kind="matter.", after=self.entries))
            keys = Counter(session.exec(select(Outbox.key).where(Outbox.key.startswith("matter:"))))  # type: ignore[union-attr]
            keys.update(session.exec(select(NudgeRow.key).where(NudgeRow.key.startswith("matter:"))))  # type: ignore[attr-defined]
        for entry in found:
            self._take(entry, keys)
            self.entries = entry.row.id
            twice = [key for key, count in keys.items() if count > 1 and key.startswith(f"matter:{entry.row.id}:")]
            assert not twice, f"told twice of {entry.row.kind}: {twice}, {self.models[entry.facts['matter']]}"

    def _take(self, entry: Entry, keys: Counter[str]) -> None:
        """One entry: allowed, by somebody who may, and its effect as the model has it; whoever has it now was told."""
        key, what = entry.facts["matter"], entry.row.kind.removeprefix("matter.")
        row = next(value for value in entry.rows["matter"] if value["id"] == key)
        was = self.models.get(key, Model())
        day = self.town.app.house.calendar.day(entry.row.at)
        actor = entry.facts.get("for", entry.row.person)
        note = f"{what} of {key} by {self.names.get(actor or 0)}: {was}"
        if what in BY_HOLDER:
            assert actor == was.holder, note
        if what in BY_OFFICE:
            assert self.names[actor] in (LI, HE), note
        if what in ("solved", "disputed", "reviewed", "reopened") and actor is not None:
            assert actor in (row["raised_by"], row["recorded_by"]), note
        if what in ("solved", "closed"):
            assert row["answered_by"] not in (actor, entry.row.person), f"closed by who answered it: {note}"
            assert was.state in ("answered", "disputed"), note
        if what == "answered":
            assert was.state in (*WORKING, "referred"), note
        if what == "climbed":
            assert was.state in WORKING, note
            free = was.fast or was.climbed is None
            workdays = 1 if free else self.town.app.house.calendar.workdays_between(was.climbed or day, day)
            assert workdays > 0, f"two rungs in a working day: {note}"
        event(what)
        now = expected(was, what, row, entry.facts, day)
        now = replace(now, dated=row["promised_on"] is not None)
        assert (row["state"], row["person"], row["rung"]) == (now.state, now.holder, now.rung), f"{note} -> {now}"
        moved = now.holder is not None and now.holder != was.holder and now.state == "unsigned"
        if moved and now.holder not in (actor, entry.row.person):
            told = [one for one in keys if one.startswith(f"matter:{entry.row.id}:")]
            assert told, f"nobody was told: {note} -> {now}"
        self.models[key] = now

    def _every_open_matter_has_somebody_and_a_next_moment(self) -> None:
        for row in self._rows():
            assert row.version >= self.versions.get(row.id, 0)
            self.versions[row.id] = row.version
            model = self.models[row.id]
            assert (row.state, row.person, row.rung) == (model.state, model.holder, model.rung), (
                "changed without a word in the log"
            )
            if not row.state.open:
                continue
            assert row.look_at <= row.due_at, "a moment after the end"
            assert row.person is not None or row.asked_at is not None, "nobody has it, nobody was asked"
            assert row.person != row.raised_by, "answers for what they raised"
            if row.steps:
                assert row.steps[row.rung]["person"] == row.person
            assert row.state.value not in ("referred", "suspended") or row.left_minutes is not None

    def _nobody_is_told_twice(self) -> None:
        """No two new messages of the same words in one chat at one time."""
        fresh = self.town.phones.messages[self.heard :]
        self.heard = len(self.town.phones.messages)
        said = Counter((shown.chat, shown.at, shown.text) for shown in fresh if shown.chat != self.asked)
        assert [one for one, count in said.items() if count > 1] == []

    def teardown(self) -> None:
        try:
            with self.town.store.read() as session:
                sealer = self.town.app.house.sealer
                assert dispatch_log.verify(session, sealer).good
                verdict = dispatch_log.verify_rows(session, sealer)
                assert verdict.good, verdict
        finally:
            self.town.close()
            self.runner.close()
            shutil.rmtree(self.home, ignore_errors=True)


def run(home: Path, examples: int, steps: int, *, derandomize: bool) -> None:
    Loop.template = home
    Loop.people = settle(home)
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Loop,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, derandomize=derandomize, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


@pytest.mark.slow
def test_whatever_people_and_time_do(tmp_path: Path) -> None:
    run(tmp_path, examples=8, steps=40, derandomize=True)


@pytest.mark.chaos
@pytest.mark.skipif(not RUNS, reason="make chaos")
def test_whatever_people_and_time_do_for_long(tmp_path: Path) -> None:
    run(tmp_path, examples=RUNS, steps=60, derandomize=False)
