"""A step is noted, and those it concerns are told: by a card, by a line in their bundle, or by a card that loses its buttons."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import SQLModel

from bot.messages import Card, plain
from bot.rules.words import FastLane, Urgency
from handlers import limits, watchers, watching
from handlers.desk import Desk, Turn
from handlers.matters import SHOWN, about, args, buttons_for, facts, in_rows, locale_of, marks, project_of
from handlers.parties import leads, visible
from storage import matters
from storage.tables import Matter, Outbox


def record(
    desk: Desk,
    matter: Matter,
    what: str,
    *,
    person: int | None = None,
    facts: Mapping[str, Any] | None = None,
    words: str = "",
    rows: Sequence[SQLModel] = (),
    moves: bool = True,
) -> int:
    """Notes a step in the log, works out the project's light anew and returns the entry's number.

    moves: the matter's version grows, so that cards shown before say what happened meanwhile.
    """
    if moves:
        matter.version += 1
    if matter.state.open:
        limits.plan_look(desk, matter)
    desk.session.flush()
    noted = {"matter": matter.id, "version": matter.version, "unit": matter.unit, **(facts or {})}
    if isinstance(desk, Turn) and desk.acting is not None:
        noted["for"] = desk.acting
    said = {"words": words} if words else None
    entry = desk.note(
        f"matter.{what}", project=matter.project, person=person, facts=noted, rows=[matter, *rows], words=said
    )
    project = project_of(desk, matter)
    if project is not None:
        watching.refresh(desk, project)
    watchers.refresh(desk, matter)
    return entry


TO_RULE = frozenset({"proposed", "asked", "disputed", "fast_asked", "extension", "to_place"})
"""Headings of the cards that ask the office for a decision."""


def ruling(matter: Matter) -> str:
    """The subject of what the office is asked to rule on."""
    return f"ruling:{matter.id}"


# --- telling ------------------------------------------------------------------------------------------------------------


def hand_to(
    desk: Desk,
    matter: Matter,
    entry: int,
    person: int,
    heading: str,
    *,
    said: str = "",
    told: int = SHOWN,
    key: str = "",
    at_once: bool | None = None,
) -> None:
    """The card of a matter that is newly a person's to act on, with all that is known of it. at_once: at any hour, even at night;
    where nothing is said, an urgent matter is."""
    if heading in TO_RULE:
        let_see(desk, matter, person)
    locale = locale_of(desk, person)
    shown = facts(desk, matter, person, locale, heading=heading, said=said, told=told)
    rows = in_rows(buttons_for(desk, matter, person, locale))
    card = Card(desk.text("matter.card", locale, **shown), tuple(tuple(row) for row in rows))
    desk.hand(
        person, card, key=key or f"matter:{entry}:{person}", about=ruling(matter) if heading in TO_RULE else about(matter),
        project=matter.project, matter=matter.id, urgent=matter.urgency is Urgency.URGENT if at_once is None else at_once,
        reason={"heading": heading},
    )  # fmt: skip


def let_see(desk: Desk, matter: Matter, person: int) -> None:
    """Whoever is asked to rule on a matter may open it: an administrator too, to whom it comes where there is no office, and to whom it
    would be hidden otherwise."""
    if not visible(desk, person, matter):
        matters.concern(desk.session, matter.id, [person])


def inform(desk: Desk, matter: Matter, entry: int, person: int, what: str, *, said: str = "") -> None:
    """A line in a person's next bundle: told, not asked."""
    _remind(desk, matter, entry, person, _news(desk, matter, person, what, said))


def tell_raiser(desk: Desk, matter: Matter, entry: int, what: str, *, said: str = "", by: int | None = None) -> None:
    """What became of it, to who raised it and who wrote it down for them: in the bundle, at once if urgent; nothing where they did it
    themselves, or have it. Of a co-unit's part, to whoever has the whole. A leader hears how far it is on Monday, and is asked once it is answered."""
    for person in raisers_of(desk, matter):
        quiet = matter.urgency is not Urgency.URGENT and leads(desk, person, matter)
        if person not in (by, matter.person) and not quiet:
            _tell(desk, matter, entry, person, what, said)


def raisers_of(desk: Desk, matter: Matter) -> list[int]:
    """Who is told what becomes of a matter: of a district leader's order that somebody wrote down, only they until it is answered."""
    whole = matters.by_id(desk.session, matter.part_of) if matter.part_of is not None else None
    if whole is not None:
        return [whole.person] if whole.person is not None else []
    return [matter.recorded_by] if matter.recorded_by is not None else [matter.raised_by]


def _tell(desk: Desk, matter: Matter, entry: int, person: int, what: str, said: str) -> None:
    text = _news(desk, matter, person, what, said)
    if matter.urgency is not Urgency.URGENT:
        _remind(desk, matter, entry, person, text)
        return
    card = Card(text, ((desk.button("show", "matter.show", locale_of(desk, person), **args(desk, matter)),),))
    desk.hand(
        person, card, key=f"matter:{entry}:{person}", about=f"news:{entry}", project=matter.project, matter=matter.id, urgent=True,
    )  # fmt: skip


def _news(desk: Desk, matter: Matter, person: int, what: str, said: str) -> str:
    shown = facts(desk, matter, person, locale_of(desk, person), said=said)
    return desk.text("matter.news", locale_of(desk, person), what=what, **shown)


def _remind(desk: Desk, matter: Matter, entry: int, person: int, text: str) -> None:
    desk.remind(
        person, "notice", key=f"matter:{entry}:{person}", about=f"news:{entry}", project=matter.project, matter=matter.id,
        reason={"text": plain(text)},
    )  # fmt: skip


def take_back(desk: Desk, matter: Matter, *subjects: str) -> None:
    """The matter has gone to other hands: cards and items that asked for something (about `subjects`) lose their point; without
    any, those of who has it, and the office's too once nothing waits for its word.

    The card whose button did it is left to the answer that takes its place.
    """
    pressed = desk.session.get(Outbox, desk.pressed) if isinstance(desk, Turn) and desk.pressed else None
    if pressed is not None:
        pressed.about = ""
        desk.session.flush()
    asked = (about(matter),) if awaits_word(matter) else (about(matter), ruling(matter))
    desk.withdraw(*(subjects or asked))


def awaits_word(matter: Matter) -> bool:
    """Whether something that was asked on the way waits for the office, or for who gave it."""
    proposed = matter.proposed_at is not None and not matter.held
    pending = matter.asked_at is not None or matter.promise_open is not None or matter.fast_lane is FastLane.ASKED
    return matter.state.working and (proposed or pending)


SAID = frozenset({"answered", "disputed"})
"""What is done with words that somebody else is to read."""


def tell_doer(turn: Turn, matter: Matter, what: str) -> None:
    """What was done, in place of the card whose button did it; nothing is left to press, but to take back words sent by mistake."""
    keys = [turn.key("mistake", "erase.matter", matter=matter.id)] if what in SAID else []
    turn.reply(
        "matter.done",
        [keys],
        what=what,
        **{**marks(matter), "about": ""},
        **facts(turn, matter, turn.person, turn.locale),
    )
