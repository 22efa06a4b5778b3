"""文稿: the dispatcher has a 月通报 or 旬报 composed, reads it section by section and mends its words before it goes out."""

import re
from typing import Any

from bot.messages import Card
from bot.rules.entitlement import Action
from handlers import closing, papers, periods, progress
from handlers.desk import Turn
from storage import board, people
from storage import papers as stored
from storage.tables import Paper

CHANGE = re.compile(r"(?:第\s*)?(\d{1,3})\s*(?:段|条)?\s*(?:改成|改为|换成|to)[:：]?\s*(.+)", re.DOTALL)
DROP = re.compile(r"(?:删掉|删除|删|去掉|drop)\s*(?:第\s*)?(\d{1,3})\s*(?:段|条)?")
ADD = re.compile(r"(?:第\s*)?(\d{1,3})\s*(?:段|条)?\s*(?:后面?加|后加|之后加|after)[:：]?\s*(.+)", re.DOTALL)
NUMBER = re.compile(r"(?:第\s*)?(\d{1,3})\s*(?:段|条)?")
LONGEST = 2_000
"""Characters of one paragraph."""

# --- which one ------------------------------------------------------------------------------------------------------------


def show(turn: Turn) -> None:
    """文稿: what is in hand; compose a 旬报 or 月通报. 通报 2026-10, 旬报 11月上旬: that one."""
    if not turn.may(turn.person, Action.DISPATCH):
        turn.reply("start.no_such_thing")
        return
    rest = str(turn.args.get("rest", "")).strip()
    if rest:
        kind = next((one for one in papers.PERIODS if papers.period_of(one, rest, turn.today)), "")
        if not kind:
            turn.reply("paper.no_period", words=rest)
            return
        turn.args = {"kind": kind, "period": rest}
        start(turn)
        return
    drafts = stored.drafts(turn.session, closing.units(turn))[:2]
    keys = [turn.key(f"compose_{kind}", "paper.start", kind=kind, period="") for kind in papers.PERIODS]
    more = [turn.key("close_period", "closing.show"), turn.key("published", "paper.published")]
    opened = [turn.key(f"draft_{at}", "paper.open", paper=row.id) for at, row in enumerate(drafts, 1)]
    turn.reply(
        "paper.hub",
        [[*opened, *keys], more],
        reusable=True,
        drafts=[papers.title_of(turn, row, turn.locale) for row in drafts],
    )


def start(turn: Turn) -> None:
    """A paper of a period: the draft in hand, else composed anew outside the writer."""
    kind, mine = turn.args["kind"], closing.units(turn)
    period = papers.period_of(kind, turn.args["period"], turn.today)
    unit = turn.args.get("unit", mine[0] if mine else None)
    if period is None or unit not in mine:
        turn.reply("start.no_such_thing")
        return
    if len(mine) > 1 and "unit" not in turn.args:
        names = people.unit_names(turn.session)
        keys = [
            turn.key(f"unit_{at}", "paper.start", kind=kind, period=period.key, unit=one)
            for at, one in enumerate(mine[:5], 1)
        ]
        turn.reply("paper.which_unit", [keys[:3], keys[3:]], units=[names[one] for one in mine[:5]])
        return
    if row := stored.draft(turn.session, unit, kind, period):
        _card(turn, row, 0)
        return
    shown = f"composing:{turn.incoming.channel}:{turn.incoming.account}:{turn.incoming.dedup}"
    many = board.count(turn.session, papers.unit_reach(turn, unit)) > progress.MANY
    papers.ask(turn, kind, period=period.key, unit=unit, compose=True, then="composed", shown=shown if many else "")
    turn.reply("paper.composing", unique=shown, period=period.zh)


# --- composed -------------------------------------------------------------------------------------------------------------


def composed(turn: Turn) -> None:
    """The words are there: a new draft, or one brought in step with closed figures (what was edited stays)."""
    facts, person = turn.incoming.facts, turn.incoming.facts["person"]
    payload = facts["payload"]
    known = people.account_of(turn.session, person)
    if known is None or not facts["ok"]:
        papers.delivered(turn)
        return
    kind, unit = payload["kind"], payload["unit"]
    period = papers.period_of(kind, payload["period"], turn.today)
    assert period is not None
    row = stored.draft(turn.session, unit, kind, period)
    if row is None:
        again = bool(stored.of_period(turn.session, unit, kind, period))
        title = facts["title"] + (turn.text("paper.again", known.locale).strip() if again else "")
        row = stored.add(
            turn.session, unit=unit, kind=kind, period_kind=period.kind, first=period.first, until=period.until, year=period.first.year, title=title,
            sections=facts["sections"], facts=facts["facts"], made_by=person, made_at=turn.now,
        )  # fmt: skip
        turn.note(
            "paper.drafted", person=person, facts={"paper": row.id, "kind": kind, "unit": unit, "first": period.first}
        )
    elif row.state == "draft":
        row.sections, row.facts, row.made_at = _merged(row.sections, facts["sections"]), facts["facts"], turn.now
        turn.session.flush()
    told = _told(turn, row, 0)
    text = turn.text("paper.draft", known.locale, **told, renewed="paper" in payload)
    papers.answer(turn, Card(text, tuple(map(tuple, _keys(turn, row, 0)))), person, key=f"paper:{facts['errand']}")


def _merged(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The new sections; one that somebody edited stays as it is."""
    edited = {one["name"]: one for one in old if one.get("edited") or any(line.get("edited") for line in one["lines"])}
    return [edited.get(one["name"], one) for one in new]


# --- its card -------------------------------------------------------------------------------------------------------------


def mine(turn: Turn, number: Any) -> Paper | None:
    """The draft that is meant, if the speaker dispatches its unit and it may still be changed; says so where not."""
    row = stored.by_id(turn.session, int(number)) if number else None
    if row is None or row.unit not in closing.units(turn):
        turn.reply("start.no_such_thing")
        return None
    if row.state != "draft":
        turn.reply("paper.over", state=row.state, title=papers.title_of(turn, row, turn.locale))
        return None
    return row


def open_draft(turn: Turn) -> None:
    """A draft in hand; page: one of its sections."""
    row = mine(turn, turn.args["paper"])
    if row is not None:
        _card(turn, row, turn.args.get("page", 0))


def _card(turn: Turn, row: Paper, page: int) -> None:
    turn.reply("paper.draft", _keys(turn, row, page), reusable=True, **_told(turn, row, page), renewed=False)


def _told(turn: Turn, row: Paper, page: int) -> dict[str, Any]:
    page %= max(1, len(row.sections))
    first = sum(len(one["lines"]) for one in row.sections[:page])
    section = row.sections[page]
    period = papers.span(row)
    return {
        "title": row.title, "period": period.zh, "closed": periods.closed_for(turn, period, row.unit) is not None, "page": page + 1, "pages": len(row.sections),
        "section": section["title"], "lines": [(first + at, line["text"], bool(line.get("edited"))) for at, line in enumerate(section["lines"], 1)],
        "facts": row.facts,
    }  # fmt: skip


def _keys(turn: Turn, row: Paper, page: int) -> list[list[Any]]:
    return [
        [
            turn.key("next_section", "paper.open", paper=row.id, page=page + 1), turn.key("amend_line", "paper.amend", paper=row.id, page=page),
            turn.key("see_file", "paper.see", paper=row.id),
        ],
        [turn.key("publish", "paper.publish", "primary", paper=row.id), turn.key("drop_draft", "paper.drop", paper=row.id)],
    ]  # fmt: skip


def see(turn: Turn) -> None:
    """看文件: the draft as it would be printed."""
    row = mine(turn, turn.args["paper"])
    if row is not None:
        papers.ask(turn, row.kind, period=papers.span(row).key, unit=row.unit, paper=row.id, name="draft")


def drop(turn: Turn) -> None:
    """放弃: the draft is laid aside."""
    row = mine(turn, turn.args["paper"])
    if row is not None:
        row.state = "dropped"
        turn.session.flush()
        turn.note("paper.dropped", person=turn.person, facts={"paper": row.id})
        turn.reply("paper.dropped", title=papers.title_of(turn, row, turn.locale))


# --- mending its words ------------------------------------------------------------------------------------------------------


def amend(turn: Turn) -> None:
    """改一段: which one, and how."""
    row = mine(turn, turn.args["paper"])
    if row is None:
        return
    turn.ask("paper.line", {"paper": row.id, "page": turn.args.get("page", 0), "line": 0})
    turn.reply(
        "paper.which_line",
        [[turn.key("back", "paper.back", paper=row.id, page=turn.args.get("page", 0))]],
        count=_count(row),
    )


def back(turn: Turn) -> None:
    """返回: nothing is changed."""
    turn.done()
    open_draft(turn)


def typed(turn: Turn) -> None:
    """ "3", then its new words; "3 改成 …", "3 后加 …", "删 3" at once."""
    draft, words = dict(turn.talk.draft), turn.typed
    row = mine(turn, draft.get("paper"))
    if row is None:
        turn.done()
        return
    change, drop_, add, number = (pattern.fullmatch(words) for pattern in (CHANGE, DROP, ADD, NUMBER))
    chosen = next((int(found[1]) for found in (change, drop_, add, number) if found), 0)
    if not draft["line"] and (not words or not 1 <= chosen <= _count(row)):
        turn.reply(
            "paper.unread_line",
            [[turn.key("back", "paper.back", paper=row.id, page=draft["page"])]],
            words=words,
            count=_count(row),
        )
    elif not draft["line"] and number:
        turn.ask("paper.line", {**draft, "line": chosen})
        turn.reply("paper.new_words", [[turn.key("back", "paper.back", paper=row.id, page=draft["page"])]], number=chosen, text=_line(row, chosen)["text"], copy=_line(row, chosen)["text"])  # fmt: skip
    elif draft["line"]:
        _change(turn, row, draft["line"], words)
    elif change or add:
        found = change or add
        assert found is not None
        _change(turn, row, chosen, found[2].strip(), after=add is not None and change is None)
    else:
        _change(turn, row, chosen, "")


def _count(row: Paper) -> int:
    return sum(len(one["lines"]) for one in row.sections)


def _place(row: Paper, number: int) -> tuple[int, int]:
    """(section, line) of a paragraph."""
    left = number - 1
    for at, section in enumerate(row.sections):
        if left < len(section["lines"]):
            return at, left
        left -= len(section["lines"])
    raise IndexError(number)


def _line(row: Paper, number: int) -> dict[str, Any]:
    at, line = _place(row, number)
    found: dict[str, Any] = row.sections[at]["lines"][line]
    return found


def _change(turn: Turn, row: Paper, number: int, words: str, *, after: bool = False) -> None:
    """New words in the place of a paragraph (after: behind it); "": it falls."""
    if len(words) > LONGEST:
        turn.reply("paper.too_long", count=len(words), most=LONGEST)
        return
    at, line = _place(row, number)
    was = row.sections[at]["lines"][line]["text"]
    lines = list(row.sections[at]["lines"])
    new = [{"text": words, "edited": True}] if words else []
    lines[line + after : line + 1] = new
    section = {**row.sections[at], "lines": lines, "edited": True}
    row.sections = [*row.sections[:at], section, *row.sections[at + 1 :]]
    row.edited_by, row.edited_at = turn.person, turn.now
    turn.done()
    turn.session.flush()
    turn.note(
        "paper.edited", person=turn.person, facts={"paper": row.id, "line": number, "what": "added" if after else "changed" if words else "dropped"},
        words={"was": was, "now": words},
    )  # fmt: skip
    _card(turn, row, at)
