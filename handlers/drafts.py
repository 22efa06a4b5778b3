"""The draft of a report: what is kept of a talk until it is confirmed, cancelled or too old."""

from typing import Any

from bot.messages import Address, Card
from bot.rules.entitlement import Action
from bot.rules.words import MessageClass
from handlers.desk import Desk, Turn
from storage import conversations, people
from storage.db import next_id
from storage.tables import StoredFile


def blank(project: int, *, many: bool = False) -> dict[str, Any]:
    """An empty draft. `many`: this person reports more than one project."""
    return {"project": project, "done": [], "words": [], "unread": [], "files": [], "many": many}


def still_mine(turn: Turn, project: int) -> bool:
    proxy = turn.talk.draft.get("proxy")
    return turn.may(turn.person, Action.DISPATCH if proxy else Action.REPORT, project)


def keep_files(turn: Turn) -> list[int]:
    """A row and an errand for each attachment that came in; returns the rows."""
    kept = []
    for at, attachment in enumerate(turn.incoming.attachments):
        row = StoredFile(
            id=next_id(turn.session, StoredFile), person=turn.person, kind=attachment.kind, name=attachment.name, mime=attachment.mime,
            size=attachment.size, source={"channel": turn.incoming.channel, "ref": attachment.ref}, received_at=turn.now,
        )  # fmt: skip
        turn.session.add(row)
        turn.session.flush()
        source = {
            "file": row.id,
            "channel": turn.incoming.channel,
            "kind": attachment.kind,
            "ref": attachment.ref,
            "name": attachment.name,
            "size": attachment.size,
            "mime": attachment.mime,
        }
        turn.errand(
            "fetch",
            source,
            key=f"fetch:{turn.incoming.channel}:{turn.incoming.account}:{turn.incoming.dedup}:{at}",
            person=turn.person,
            address=turn.incoming.address,
        )
        kept.append(row.id)
    return kept


def expire_drafts(desk: Desk) -> int:
    """Drops drafts past their time and gives the words back, so that nothing typed is lost. Returns how many."""
    gone = conversations.expired(desk.session, desk.now)
    for talk in gone:
        behind = [
            word for one in talk.draft.get("queue", []) for word in [*one.get("draft", one)["words"], *one["words"]]
        ]
        said = dict.fromkeys([*talk.draft.get("words", []), *behind])
        words = [word for word in said if isinstance(word, str)]
        known = people.known_by_account(desk.session, talk.account)
        if words and known:
            name = "directive.expired" if talk.step.startswith("order.") else "report.expired"
            card = Card(desk.text(name, known.locale, words=words))
            desk.say(
                MessageClass.ANSWER,
                card,
                person=known.person,
                address=Address(known.channel, known.chat, "", known.identity),
                key=f"expired:{talk.account}:{talk.expires_at}",
            )
        talk.step, talk.draft, talk.expires_at = "", {}, None
        conversations.save(desk.session, talk, desk.now)
    return len(gone)
