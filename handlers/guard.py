"""Secret matters do not belong into a chat: what bears a mark is refused before anything of it is kept, but for a hash."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlmodel import Session

from bot.messages import Address, Card, Incoming
from bot.rules import guard
from bot.rules.words import MessageClass
from handlers import erasing
from handlers.desk import Turn
from storage import conversations, people
from storage.erasing import album_refused
from storage.tables import StoredFile

REFUSED = "refused"
"""Among the facts of what came in: under which mark it stood, and the hash of its words."""
KEPT = ("message", "at", "album", "addressed")


def screened(session: Session, incoming: Incoming) -> Incoming:
    """What came in; in the place of what bears a mark of secrecy (保守国家秘密法) a blank with its hash. To be asked before anything is
    kept, logged or done. The other pictures of an album go with the one whose words are marked."""
    mark, words = _mark(incoming), incoming.text
    if incoming.kind == "errand":
        words = json.dumps(incoming.facts, ensure_ascii=False, default=str) if mark else ""
    elif not mark and (album := incoming.facts.get("album")):
        mark = "album" if album_refused(session, incoming.channel, incoming.chat, album) else ""
    if not mark:
        return incoming
    facts: dict[str, Any] = {name: incoming.facts[name] for name in KEPT if name in incoming.facts}
    facts[REFUSED] = {
        "mark": mark, "sha256": hashlib.sha256(words.encode()).hexdigest(), "files": len(incoming.attachments),
        "uploads": [one.ref for one in incoming.attachments if incoming.channel == "webchat"],
    }  # fmt: skip
    return replace(incoming, text="", command="", title="", quote="", attachments=(), facts=facts)


def _mark(incoming: Incoming) -> str:
    if incoming.kind == "press" or (incoming.kind == "errand" and incoming.command != "unparsed"):
        return ""
    if incoming.kind == "errand":
        return guard.secret(json.dumps(incoming.facts, ensure_ascii=False, default=str))
    names = (guard.secret_name(one.name) for one in incoming.attachments)
    return guard.secret(incoming.text) or next(filter(None, names), "")


def refuse(turn: Turn) -> None:
    """A blank stands in the place of what came: who sent it is told why, and what to do instead; the service is asked to drop its copy."""
    refused = turn.incoming.facts[REFUSED]
    person = turn.known.person if turn.known else None
    turn.note("guard.refused", person=person, facts={name: refused[name] for name in ("mark", "sha256", "files")})
    if refused["uploads"]:
        erasing.destroy(turn, turn.incoming.dedup, uploads=refused["uploads"])
    if turn.incoming.direct:
        erasing.take_away(turn, turn.incoming.channel, turn.incoming.chat, str(turn.incoming.facts.get("message", "")))
    if turn.incoming.kind == "errand":
        return
    unique = f"refused:{turn.incoming.channel}:{turn.incoming.chat}:{turn.incoming.facts.get('album') or turn.incoming.dedup}"
    if turn.incoming.direct:
        turn.reply("guard.refused", unique=unique, group=False, count=refused["files"])
    elif person is not None and (known := people.account_of(turn.session, person)):
        text = turn.text("guard.refused", known.locale, group=True, count=refused["files"])
        turn.say(MessageClass.ANSWER, Card(text), person=person, key=unique, address=_direct(known))


def _direct(known: people.Known) -> Address:
    return Address(known.channel, known.chat, "", known.identity)


def refuse_file(turn: Turn, row: StoredFile) -> None:
    """A document whose head bears a mark was fetched and not kept: nothing but its hash stays, and it belongs to nothing."""
    facts, known = turn.incoming.facts, people.account_of(turn.session, row.person) if row.person else None
    project = erasing.project_of_file(turn, row)
    row.state, row.error, row.name, row.report, row.matter = "refused", "secret", "", None, None
    uploads = [row.source["ref"]] if row.source.get("channel") == "webchat" else []
    row.source = {}
    turn.session.flush()
    turn.note(
        "guard.refused", person=row.person, project=project,
        facts={"mark": facts["mark"], "sha256": facts["sha256"], "files": 1, "file": row.id},
    )  # fmt: skip
    if uploads:
        erasing.destroy(turn, f"file:{row.id}", uploads=uploads)
    conversations.drop_file(turn.session, row.person or 0, row.id)
    erasing.blank_source(turn, facts["errand"])
    if known:
        text = turn.text("guard.refused", known.locale, group=False, count=1)
        turn.say(
            MessageClass.ANSWER, Card(text), person=known.person, address=_direct(known), key=f"refused:file:{row.id}"
        )


def keep_unread(turn: Turn, row: StoredFile, told: Mapping[str, Any]) -> None:
    """A document whose words nobody could look at (a scan, or locked) is kept; its sender is asked to make sure, the project's log says it."""
    row.source = {**row.source, "unread": True}
    turn.session.flush()
    project = erasing.project_of_file(turn, row)
    turn.note("file.stored", person=row.person, project=project, facts={**told, "unread": True})
    known = people.account_of(turn.session, row.person) if row.person else None
    if known:
        text = turn.text("file.unread", known.locale, name=row.name)
        turn.say(MessageClass.ANSWER, Card(text), person=known.person, address=_direct(known), key=f"unread:{row.id}")
