"""Slow work comes back: files that were fetched, ledgers that were read, updates that could not be understood."""

from collections.abc import Callable

from bot.messages import Address, Card
from bot.rules.words import MessageClass
from handlers import (
    alarms,
    closing,
    doubts,
    erasing,
    exports,
    guard,
    judging,
    ledger_chat,
    meetings,
    minutes,
    paper_results,
    ten_day_return,
)
from handlers.desk import Turn
from storage import conversations, people
from storage.tables import StoredFile


def came_back(turn: Turn) -> None:
    """An errand's result, by the errand's name."""
    RESULTS[turn.incoming.command](turn)


def fetched(turn: Turn) -> None:
    """A file is kept; or it could not be had, and its sender is told what to do."""
    facts = turn.incoming.facts
    row = turn.session.get(StoredFile, facts["payload"]["file"])
    if row is None:
        return
    if facts["ok"]:
        row.state, row.sha256, row.size = "stored", facts["sha256"], facts["size"]
        judging.looked_at(turn, row, facts.get("photo") or {})
        turn.session.flush()
        ledger_chat.fetched(turn, row)
        minutes.fetched(turn, row)
        told = {"file": row.id, "sha256": row.sha256, "size": row.size, "report": row.report, "matter": row.matter}
        if facts.get("unread"):
            guard.keep_unread(turn, row, told)
        else:
            turn.note("file.stored", person=row.person, facts=told)
        doubts.photo_came(turn, row)
        return
    as_table = ledger_chat.not_fetched(turn, row)
    if facts["error"] == "secret":
        guard.refuse_file(turn, row)
        return
    row.state, row.error = "failed", facts["error"]
    turn.session.flush()
    known = people.account_of(turn.session, row.person) if row.person else None
    if known:
        lost = "file.too_large" if row.error == "too_large" else "file.lost"
        text = turn.text("ledger.not_fetched" if as_table else lost, known.locale, name=row.name, why=row.error)
        address = Address(turn.incoming.channel, turn.incoming.chat, turn.incoming.thread, turn.incoming.person)
        turn.say(
            MessageClass.ANSWER,
            Card(text),
            person=known.person,
            address=address if address.chat else None,
            key=f"file:{row.id}",
        )


def unparsed(turn: Turn) -> None:
    """Something the channel could not understand: kept, told to the operator once, never looped on."""
    conversations.park(turn.session, turn.incoming, turn.now, "unparsed")
    alarms.unparsed(turn, turn.incoming)


RESULTS: dict[str, Callable[[Turn], None]] = {
    "fetch": fetched,
    "ledger_try": ledger_chat.tried,
    "ledger_import": ledger_chat.imported,
    "ten_days": ten_day_return.came,
    "table": exports.written,
    "paper": paper_results.came_back,
    "closing": closing.came,
    "take_away": erasing.taken_away,
    "destroy": erasing.destroyed,
    "workbook": meetings.written,
    "minutes_text": minutes.text_came,
    "unparsed": unparsed,
}
