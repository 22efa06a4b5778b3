"""误发清除: what was sent by mistake is destroyed; that it was there, who took it out, when and why, stays."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.messages import Button, Card, Incoming
from bot.rules.entitlement import Action
from bot.rules.words import MessageClass
from handlers import dossier, pick
from handlers.desk import Desk, Turn
from handlers.matters import find_number
from handlers.parties import raisers, visible
from handlers.roster import Refused
from storage import dispatch_log, erasing, matters, outbox, people, projects
from storage.tables import IncomingRow, Outbox, Project, Report, StoredFile

HOURS = 24
"""So long one may destroy what one sent oneself; later the dispatcher does it, with a reason."""
SHOWN = 5
HINT = 14
"""Characters by which somebody knows their own words again."""
BEFORE = timedelta(hours=48)
"""So long before a thing was written down its words may have come in: a draft lives a day."""


@dataclass
class Mistake:
    """What is to be destroyed: whose words, since when they may lie about, the messages they came in with and the files."""

    person: int
    since: datetime
    texts: list[str] = field(default_factory=list)
    came: list[IncomingRow] = field(default_factory=list)
    files: list[StoredFile] = field(default_factory=list)
    project: int | None = None


# --- the sender --------------------------------------------------------------------------------------------------------------


def start(turn: Turn) -> None:
    """误发: in reply to one's own message that one, else the last five of a day; behind it a project's number, for the dispatcher."""
    rest = str(turn.args.get("rest", "")).strip()
    if rest and turn.may(turn.person, Action.DISPATCH):
        _of_project(turn, rest)
        return
    recent = erasing.said_by(turn.session, turn.person, turn.now - timedelta(hours=HOURS))
    recent = [row for row in recent if row.dedup != turn.incoming.dedup and _words(turn, row)]
    quoted = [row for row in recent if turn.incoming.quote and turn.incoming.quote in _numbers(row)]
    if quoted:
        _confirm(turn, quoted)
    elif not recent:
        turn.reply("guard.none_recent", hours=HOURS, office=turn.may(turn.person, Action.DISPATCH))
    else:
        shown = recent[:SHOWN]
        keys = [Button(str(at), "erase.pick", {"rows": [row.id]}) for at, row in enumerate(shown, 1)]
        items = [(row.received_at, *_hint(turn, row)) for row in shown]
        turn.reply(
            "guard.which",
            [keys, [turn.key("cancel", "erase.cancel")]],
            items=items,
            office=turn.may(turn.person, Action.DISPATCH),
        )


def _numbers(row: IncomingRow) -> tuple[str, ...]:
    """What a reply to this message quotes: the service's number, of one edited later the same as at first; on the page its line."""
    came = Incoming.from_json(row.body)
    return (str(came.facts.get("message", "")), came.quote if came.kind == "edited" else "", f"i{row.id}")


def _words(turn: Turn, row: IncomingRow) -> bool:
    """Whether it says anything that could be a mistake: no command, no number of a button or of a matter."""
    came = Incoming.from_json(row.body)
    said = came.text.strip()
    return bool(came.attachments) or (not came.command and len(said) > 1 and not find_number(said) and not _names(said))


def _names(said: str) -> bool:
    """Whether this is the word of a command and nothing else."""
    from handlers import routes

    return any(said in route.words for route in routes.COMMANDS)


def _hint(turn: Turn, row: IncomingRow) -> tuple[str, int]:
    """The beginning of the words, and how many files."""
    came = Incoming.from_json(row.body)
    words = " ".join(came.text.split())
    return (words if len(words) <= HINT else f"{words[:HINT]}…"), len(came.attachments)


def picked(turn: Turn) -> None:
    """One of the last messages was chosen."""
    _confirm(turn, _mine(turn, turn.args["rows"]))


def of_report(turn: Turn) -> None:
    """The button on a receipt: the messages that made up this report."""
    report = turn.session.get(Report, turn.args["report"])
    if report is None or turn.person not in (report.person, report.recorded_by):
        turn.reply("start.no_such_thing")
        return
    lines = {line.strip() for line in (report.words, *report.words.split("\n")) if line.strip()}
    came = [
        row
        for row in erasing.said_by(turn.session, turn.person, report.said_at - BEFORE)
        if Incoming.from_json(row.body).text.strip() in lines or set(_numbers(row)) & set(report.messages)
    ]
    _confirm(turn, _mine(turn, [row.id for row in came]))


def of_matter(turn: Turn) -> None:
    """The button on the receipt of a matter, or of an answer: the messages with what the speaker said in it, and the files."""
    matter = matters.by_id(turn.session, turn.args["matter"])
    if matter is None or not visible(turn, turn.person, matter):
        turn.reply("start.no_such_thing")
        return
    said = [matter.words] if turn.person in raisers(matter) else []
    for entry in matters.history(turn.session, turn.house.sealer, matter):
        if turn.person == entry.row.person:
            said += [text for text in (entry.words or {}).values() if isinstance(text, str)]
    lines = {line.strip() for text in said for line in (text, *text.split("\n")) if len(line.strip()) > 1}
    recent = erasing.said_by(turn.session, turn.person, turn.now - timedelta(hours=HOURS))
    _confirm(turn, [row for row in recent if _brought(turn, row, lines, matter.id)])


def _brought(turn: Turn, row: IncomingRow, lines: set[str], matter: int) -> bool:
    """Whether a message brought one of these lines to a matter, or a file of it."""
    text = Incoming.from_json(row.body).text
    return any(line in text for line in lines) or any(
        one.matter == matter for one in erasing.files_with(turn.session, [row])
    )


def _mine(turn: Turn, rows: Sequence[int]) -> list[IncomingRow]:
    """Those of these messages that the speaker may still destroy."""
    allowed = {row.id: row for row in erasing.said_by(turn.session, turn.person, turn.now - timedelta(hours=HOURS))}
    return [allowed[row] for row in rows if row in allowed]


def _confirm(turn: Turn, rows: Sequence[IncomingRow]) -> None:
    if not rows:
        turn.reply("guard.too_late", hours=HOURS)
        return
    hints = [(row.received_at, *_hint(turn, row)) for row in rows]
    keys = [
        turn.key("destroy", "erase.now", "danger", rows=[row.id for row in rows]),
        turn.key("cancel", "erase.cancel"),
    ]
    turn.reply("guard.confirm", [keys], items=hints, why="")


def now(turn: Turn) -> None:
    """销毁: done at once."""
    rows = _mine(turn, turn.args["rows"])
    if not rows:
        turn.reply("guard.too_late", hours=HOURS)
        return
    came = [Incoming.from_json(row.body) for row in rows]
    mistake = Mistake(
        turn.person, min(row.received_at for row in rows), [one.text for one in came if one.text.strip()], rows,
        erasing.files_with(turn.session, rows),
    )  # fmt: skip
    done = carry_out(turn, mistake, turn.words("guard.own_reason"))
    turn.reply("guard.done", **done)


def cancel(turn: Turn) -> None:
    if turn.talk.step.startswith("erase."):
        turn.done()
    turn.reply("guard.cancelled")


# --- the dispatcher ------------------------------------------------------------------------------------------------------------


def _of_project(turn: Turn, rest: str) -> None:
    """误发 17: the newest words in the log of a project one dispatches."""
    found = dossier.meant(turn, rest.lstrip("#"), Action.DISPATCH)
    if len(found) == 1:
        _list(turn, found[0])
    elif found:
        pick.show(turn, found, "erase.project", heading="dossier.several")
    else:
        turn.reply("start.no_such_thing")


def of_project(turn: Turn) -> None:
    """A project was chosen."""
    project = projects.by_id(turn.session, turn.args["project"])
    if project is None or not turn.may(turn.person, Action.DISPATCH, project.id):
        turn.reply("start.no_such_thing")
    else:
        _list(turn, project)


def _list(turn: Turn, project: Project) -> None:
    page = int(turn.args.get("page", 0))
    said = [(entry, texts) for entry, texts in _said(turn, project.id) if texts][::-1]
    shown = said[page * SHOWN : (page + 1) * SHOWN]
    if not shown:
        turn.reply("guard.nothing_said", project=project)
        return
    keys = [
        Button(str(at), "erase.entry", {"entry": entry.row.id, "project": project.id})
        for at, (entry, _) in enumerate(shown, 1)
    ]
    if len(said) > SHOWN:
        keys.append(turn.key("more", "erase.project", project=project.id, page=(page + 1) % -(-len(said) // SHOWN)))
    items = [
        (
            entry.row.at,
            people.name_of(turn.session, entry.row.person),
            [" ".join(text.split()) for text in texts[:3]],
        )
        for entry, texts in shown
    ]
    turn.reply(
        "guard.of_project", [keys[:3], keys[3:]], reusable=True, project=project, items=items, projects=[project.id],
    )  # fmt: skip


def _said(desk: Desk, project: int) -> list[tuple[dispatch_log.Entry, list[str]]]:
    """Entries of a project with the words that each brought: not those that a row had before."""
    known: dict[tuple[str, str], str] = {}
    found = []
    for entry in dispatch_log.entries(desk.session, desk.house.sealer, project=project):
        texts = [text for text in (entry.words or {}).values() if isinstance(text, str)]
        for key, columns in (entry.row_words or {}).items():
            for name, text in columns.items():
                if isinstance(text, str) and text and known.get((key, name)) != text:
                    texts.append(text)
                    known[key, name] = text
        stub = desk.text("guard.stub").strip()
        found.append((entry, [text for text in dict.fromkeys(texts) if text.strip() and stub not in text]))
    return found


def entry_picked(turn: Turn) -> None:
    """Whose words, by the entry of the log: asks why."""
    project = turn.args["project"]
    if not turn.may(turn.person, Action.DISPATCH, project):
        turn.reply("start.no_such_thing")
        return
    turn.ask("erase.why", {"entry": turn.args["entry"], "project": project})
    turn.reply("guard.why", [[turn.key("cancel", "erase.cancel")]], number=turn.args["entry"])


def why(turn: Turn) -> None:
    """The reason was given: done at once."""
    draft = dict(turn.talk.draft)
    project = projects.by_id(turn.session, draft["project"])
    found = [(entry, texts) for entry, texts in _said(turn, draft["project"]) if entry.row.id == draft["entry"]]
    if project is None or not turn.may(turn.person, Action.DISPATCH, project.id) or not found or not found[0][1]:
        turn.done()
        turn.reply("start.no_such_thing")
        return
    if not turn.typed:
        turn.reply("guard.why", [[turn.key("cancel", "erase.cancel")]], number=draft["entry"])
        return
    turn.done()
    done = carry_out(turn, _mistake(turn, *found[0], project), turn.typed)
    turn.reply("guard.done", **done)


def _mistake(desk: Desk, entry: dispatch_log.Entry, texts: list[str], project: Project) -> Mistake:
    """What an entry of the log brought, back to the messages and files it was made of."""
    author = entry.row.person or 0
    lines = {line.strip() for text in texts for line in (text, *text.split("\n")) if line.strip()}
    came = [
        row
        for row in erasing.said_by(desk.session, author, entry.row.at - BEFORE)
        if row.received_at <= entry.row.at and any(line in Incoming.from_json(row.body).text for line in lines)
    ]
    since = min([entry.row.at, *(row.received_at for row in came)])
    reports, matters = ([one["id"] for one in entry.rows.get(table, [])] for table in ("report", "matter"))
    files = erasing.files_of(
        desk.session, report=next(iter(reports), None), matter=next(iter(matters), None), person=author, around=entry.row.at
    )  # fmt: skip
    whole = [Incoming.from_json(row.body).text for row in came]
    return Mistake(author, since, list(dict.fromkeys([*whole, *texts, *lines])), came, files, project.id)


# --- doing it --------------------------------------------------------------------------------------------------------------------


def carry_out(desk: Desk, mistake: Mistake, reason: str) -> dict[str, Any]:
    """Destroys the words and files wherever they lie, has the services' copies taken away, and writes down that it was done. Returns what
    was done, for the answer: messages, files, cards, mine (the words were the speaker's own), figures (some were reported with them)."""
    by = desk.person if isinstance(desk, Turn) else None
    stub = desk.text("guard.stub").strip()
    gone = {row.sha256 for row in mistake.files if row.sha256}
    found = erasing.take_out(desk.session, desk.house.sealer, mistake.person, mistake.since, mistake.texts, stub)
    carried = erasing.sent_files(desk.session, mistake.since, gone)
    made = erasing.sent_files(desk.session, mistake.since, set(found.withheld))
    shown = list({row.id: row for row in (*found.said, *carried, *made)}.values())
    uploads = [
        ref for row in mistake.came for ref in erasing.blank(row, {"at": desk.now.isoformat(), "by": by}, desk.now)
    ]
    hashes, more = erasing.drop_files(desk.session, mistake.files)
    number = desk.note(
        dispatch_log.ERASED, project=mistake.project or _only_project(found.rows), person=by, rows=found.rows,
        facts={
            "of": mistake.person, "entries": found.entries, "files": [row.id for row in mistake.files],
            "messages": len(mistake.came), "cards": len(shown), "withheld": found.withheld,
        },
        words={"why": reason},
    )  # fmt: skip
    destroy(desk, f"entry:{number}", stored=[*hashes, *found.withheld], uploads=[*uploads, *more])
    for row in mistake.came:
        came = Incoming.from_json(row.body)
        message = next(filter(None, (str(came.facts.get("message", "")),)), "")
        if came.direct:
            take_away(desk, row.channel, row.chat, message, of=mistake.person)
    for card in shown:
        _show_again(desk, card, carried=card in carried, made=card in made)
    figures = any(
        isinstance(row, Report) and (row.progress is not None or row.invested_year is not None) for row in found.rows
    )
    return {
        "messages": len(mistake.came), "attached": len(mistake.files), "cards": len(shown), "mine": by == mistake.person,
        "figures": figures,
    }  # fmt: skip


def _only_project(rows: Sequence[Any]) -> int | None:
    found = {row.id if isinstance(row, Project) else getattr(row, "project", None) for row in rows} - {None}
    return next(iter(found)) if len(found) == 1 else None


def _show_again(desk: Desk, row: Outbox, *, carried: bool, made: bool) -> None:
    """A message that showed the words shows itself without them; one of several pieces, or with a file (carried: one sent by mistake;
    made: one that the program made of the words), is taken away first."""
    card = Card.from_json(row.shown or row.body)
    text = card.text
    if made:
        known = people.account_of(desk.session, row.person) if row.person else None
        text = f"{text}\n{desk.text('guard.file_gone', known.locale if known else '').strip()}"
    if carried or made or any(mark in row.message for mark in ",;"):
        take_away(desk, row.channel, row.chat, row.message, thread=row.thread, row=row.id)
    open_ = outbox.pressable(desk.session, row.id)
    outbox.put(
        desk.session, MessageClass.ANSWER, desk.now, card=Card(text, card.rows if open_ else (), None, (), ""),
        person=row.person, chat_group=row.chat_group, address=None if row.chat_group else outbox.address_of(row), edits=row.id,
        projects=row.projects, matter=row.matter, reusable=open_ == "reusable",
    )  # fmt: skip


# --- at the services and on the disk ----------------------------------------------------------------------------------------


def take_away(
    desk: Desk,
    channel: str,
    chat: str,
    message: str,
    *,
    thread: str = "",
    row: int | None = None,
    of: int | None = None,
) -> None:
    """Has the service drop a message. row: the outbox row it shows; of: whose own message it is."""
    if message:
        payload = {"channel": channel, "chat": chat, "thread": thread, "message": message, "row": row, "of": of}
        desk.errand("take_away", payload, key=f"take_away:{channel}:{chat}:{message}:{row or 0}")


def destroy(desk: Desk, occasion: str, *, stored: Sequence[str] = (), uploads: Sequence[str] = ()) -> None:
    """Has files destroyed, once what says so is on disk."""
    if stored or uploads:
        desk.errand("destroy", {"stored": list(stored), "uploads": list(uploads)}, key=f"destroy:{occasion}")


def taken_away(turn: Turn) -> None:
    """The service answered: where a person's own message stays on their phone, they are asked to delete it themselves."""
    facts, payload = turn.incoming.facts, turn.incoming.facts["payload"]
    if facts["ok"] and facts["taken"]:
        return
    card = turn.session.get(Outbox, payload["row"]) if payload.get("row") else None
    whose = payload.get("of") or (card.person if card else None)
    known = people.account_of(turn.session, whose) if whose else None
    if known:
        text = turn.text("guard.delete_yourself", known.locale, own=payload.get("of") is not None)
        key = f"delete:{payload['channel']}:{payload['chat']}:{turn.today}:{payload.get('of') is not None}"
        turn.say(MessageClass.ANSWER, Card(text), person=known.person, key=key)


def destroyed(turn: Turn) -> None:
    """Files are gone: nothing is left to be done."""


def project_of_file(desk: Desk, row: StoredFile) -> int | None:
    """Of which project a file was."""
    return erasing.project_of(desk.session, row)


def blank_source(desk: Desk, errand: int) -> None:
    """Takes out of what came in the file that an errand fetched."""
    erasing.blank_source(desk.session, errand, desk.now)


# --- one person's words, at their request ------------------------------------------------------------------------------------------


def person(desk: Desk, row: Any, reason: str, *, dry_run: bool) -> dict[str, Any]:
    """Erases what a person wrote: the words beside the log, those of their reports, the talk with the bot on both sides, their drafts.
    What stays: that something was said, when and by which message; figures; matters, which others work on. Raises Refused."""
    rows = erasing.rows_spoken_of(desk.session, desk.house.sealer, row.id)
    reports = [one for one in rows if isinstance(one, Report) and row.id in (one.person, one.recorded_by)]
    found = {
        "person": row.id,
        "name": row.name,
        "reports": len(reports),
        "kept": len(rows) - len(reports),
        "done": not dry_run,
    }
    if dry_run:
        return {**found, "entries": 0, "messages": 0, "cards": 0}
    if not reason.strip():
        raise Refused("guard.no_reason")
    for one in reports:
        one.words = one.basis = one.reason = ""
    came, told = erasing.blank_talk(desk.session, row.id, desk.text("guard.stub").strip(), desk.now)
    entries = dispatch_log.erase_person(desk.session, desk.house.sealer, row.id)
    desk.session.flush()
    facts = {"of": row.id, "words": entries, "reports": len(reports), "messages": came, "cards": told}
    desk.note("person.erased", facts=facts, rows=rows, words={"why": reason})
    return {**found, "entries": entries, "messages": came, "cards": told}
