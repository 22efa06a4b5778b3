"""发布: a draft goes to the groups and people the dispatcher chooses; what was published stays as it was published, and can be had again."""

import re
from collections.abc import Sequence

from bot.messages import Button, Card
from bot.rules.entitlement import Action
from bot.rules.words import MessageClass
from handlers import drafting, papers, periods
from handlers.desk import Turn
from storage import board, people
from storage import groups as chats
from storage import papers as stored
from storage.tables import ChatGroup, Paper, Person

PAGE = 4
NUMBERS = re.compile(r"\d{1,2}")

# --- to whom ----------------------------------------------------------------------------------------------------------------


def publish(turn: Turn) -> None:
    """发布: of a closed period only; a draft older than the closing is brought in step first."""
    row = drafting.mine(turn, turn.args["paper"])
    if row is None:
        return
    period = papers.span(row)
    closed = periods.closed_for(turn, period, row.unit)
    if closed is None:
        keys = [
            turn.key("close_period", "closing.open", unit=row.unit, period=period.key),
            turn.key("back", "paper.open", paper=row.id),
        ]
        turn.reply("paper.not_closed", [keys], period=period.zh, reusable=True)
    elif row.made_at < closed.closed_at:
        papers.ask(turn, row.kind, period=period.key, unit=row.unit, paper=row.id, compose=True, then="composed")
        turn.reply("paper.in_step", period=period.zh)
    else:
        turn.ask("paper.to", {"paper": row.id, "groups": [one.id for one in _groups(turn, row)], "persons": []})
        _show(turn, row)


def _groups(turn: Turn, row: Paper) -> list[ChatGroup]:
    return chats.groups_of(turn.session, people.subtree(turn.session, row.unit))


def _readers(turn: Turn, row: Paper) -> list[Person]:
    return stored.readers(turn.session, people.subtree(turn.session, row.unit), turn.now)


def _show(turn: Turn, row: Paper, unread: str = "") -> None:
    draft, groups = turn.talk.draft, _groups(turn, row)
    names = {one.id: one.name for one in _readers(turn, row)}
    numbers = [
        Button(str(at), "paper.toggle", {"paper": row.id, "group": one.id}) for at, one in enumerate(groups[:PAGE], 1)
    ]
    keys = [
        turn.key("publish_now", "paper.publish_now", "primary", paper=row.id),
        turn.key("cancel", "paper.keep", paper=row.id),
    ]
    turn.reply(
        "paper.to", [numbers, keys], title=papers.title_of(turn, row, turn.locale), groups=[(one.title or one.chat, one.id in draft["groups"]) for one in groups],
        persons=[names[one] for one in draft["persons"] if one in names], unread=unread, reusable=True,
    )  # fmt: skip


def _chosen(turn: Turn) -> Paper | None:
    """The draft whose readers are being chosen."""
    draft = turn.talk.draft
    row = drafting.mine(turn, draft.get("paper"))
    if row is not None and turn.talk.step == "paper.to" and turn.args.get("paper", row.id) == row.id:
        return row
    if row is not None:
        turn.reply("paper.gone")
    return None


def toggle(turn: Turn) -> None:
    """A group more or less."""
    row = _chosen(turn) if turn.talk.step == "paper.to" else None
    if row is None:
        if turn.talk.step != "paper.to":
            turn.reply("paper.gone")
        return
    draft = dict(turn.talk.draft)
    draft["groups"] = _turned(draft["groups"], turn.args["group"])
    turn.ask("paper.to", draft)
    _show(turn, row)


def _turned(chosen: Sequence[int], one: int) -> list[int]:
    return [each for each in chosen if each != one] if one in chosen else [*chosen, one]


def typed(turn: Turn) -> None:
    """Numbers of groups, names of people: each more or less."""
    row = _chosen(turn)
    if row is None:
        return
    draft, groups = dict(turn.talk.draft), _groups(turn, row)
    readers = {one.name: one.id for one in _readers(turn, row)}
    unread = []
    for word in re.split(r"[\s,，、;；]+", turn.typed):
        if NUMBERS.fullmatch(word) and 1 <= int(word) <= len(groups):
            draft["groups"] = _turned(draft["groups"], groups[int(word) - 1].id)
        elif word in readers:
            draft["persons"] = _turned(draft["persons"], readers[word])
        elif word:
            unread.append(word)
    turn.ask("paper.to", draft)
    _show(turn, row, "、".join(unread))


def keep(turn: Turn) -> None:
    """取消: it stays a draft."""
    turn.done()
    drafting.open_draft(turn)


# --- out ----------------------------------------------------------------------------------------------------------------------


def now(turn: Turn) -> None:
    """确认发布: the paper is drawn from the closed figures and goes out when it is there."""
    if turn.talk.step != "paper.to":
        turn.reply("paper.gone")
        return
    row = _chosen(turn)
    if row is None:
        return
    draft = dict(turn.talk.draft)
    if not draft["groups"] and not draft["persons"]:
        _show(turn, row)
        return
    turn.done()
    row.state, row.recipients = "publishing", {"groups": draft["groups"], "persons": draft["persons"]}
    row.published_by = turn.person
    turn.session.flush()
    papers.ask(
        turn,
        row.kind,
        period=papers.span(row).key,
        unit=row.unit,
        paper=row.id,
        groups=bool(draft["groups"]),
        then="published",
    )
    turn.reply("paper.publishing", title=papers.title_of(turn, row, turn.locale))


def done(turn: Turn) -> None:
    """The paper is drawn: kept by its hash, logged, sent. One that could not be drawn is a draft again."""
    facts, person = turn.incoming.facts, turn.incoming.facts["person"]
    row = stored.by_id(turn.session, facts["payload"]["paper"])
    if row is None or row.state != "publishing":
        return
    if not facts["ok"] or not facts.get("files"):
        row.state = "draft"
        turn.session.flush()
        papers.delivered(turn)
        return
    row.state, row.files, row.facts, row.published_at = "published", facts["files"], facts["facts"], turn.now
    turn.session.flush()
    period = papers.span(row)
    turn.note(
        "paper.published", person=person,
        facts={"paper": row.id, "kind": row.kind, "unit": row.unit, "first": row.first, "until": row.until, "files": row.files, "recipients": row.recipients},
    )  # fmt: skip
    name = papers.name_of(turn, {"kind": row.kind, "period": period.key})
    for group in row.recipients["groups"]:
        chat = chats.group_by_id(turn.session, group)
        if chat is not None and chat.active:
            turn.say(MessageClass.SUMMARY, _card(turn, row, "", (papers.place(row.files["group"], f"{name}.pdf"),)), chat_group=group, key=stored.key_of(row.id, group))  # fmt: skip
    for one in row.recipients["persons"]:
        known = people.account_of(turn.session, one)
        later = None if turn.calendar.in_hours(turn.now) else turn.calendar.next_opening(turn.now)
        card = _card(turn, row, known.locale if known else "", (papers.place(row.files["pdf"], f"{name}.pdf"),))
        turn.say(MessageClass.HAND, card, person=one, key=f"paper:{row.id}:person:{one}", not_before=later, own=True)
    known = people.account_of(turn.session, person)
    locale = known.locale if known else ""
    text = turn.text("paper.published", locale, title=papers.title_of(turn, row, locale), groups=len(row.recipients["groups"]), persons=len(row.recipients["persons"]))  # fmt: skip
    papers.answer(turn, Card(text, files=papers.attached(row.files, name)), person, key=f"paper:{facts['errand']}")


def _card(turn: Turn, row: Paper, locale: str, files: tuple[str, ...]) -> Card:
    return Card(
        turn.text("paper.card", locale, title=row.title, period=papers.span(row).zh, facts=row.facts), files=files
    )


# --- 已发布 -------------------------------------------------------------------------------------------------------------------


def listed(turn: Turn) -> None:
    """已发布: what was published, the newest first; a number has it sent again, unchanged."""
    if not turn.may(turn.person, Action.BOARD):
        turn.reply("start.no_such_thing")
        return
    meant = board.reach(turn.standing(turn.person), Action.BOARD)
    found = stored.published(turn.session, meant.units)
    page = int(turn.args.get("page", 0)) % max(1, -(-len(found) // PAGE))
    shown = found[page * PAGE :][:PAGE]
    numbers = [Button(str(at), "paper.again", {"paper": row.id}) for at, row in enumerate(shown, 1)]
    more = [turn.key("more", "paper.published", page=page + 1)] if len(found) > PAGE else []
    turn.reply(
        "paper.list", [numbers, more], reusable=True, count=len(found), rows=[(papers.title_of(turn, row, turn.locale), row.published_at, _late(turn, row)) for row in shown]
    )  # fmt: skip


def _late(turn: Turn, row: Paper) -> int:
    """How many of its figures were put right since."""
    return len(periods.amended(turn, papers.span(row))) if row.first else 0


def again(turn: Turn) -> None:
    """The files as they were published."""
    row = stored.by_id(turn.session, turn.args["paper"])
    meant = board.reach(turn.standing(turn.person), Action.BOARD)
    if row is None or row.state != "published" or row.unit not in meant.units:
        turn.reply("start.no_such_thing")
        return
    name = papers.name_of(turn, {"kind": row.kind, "period": papers.span(row).key}) if row.first else row.title
    text = turn.words(
        "paper.again_card",
        title=papers.title_of(turn, row, turn.locale),
        at=row.published_at,
        files={key: value[:12] for key, value in row.files.items()},
    )
    turn.say(
        MessageClass.ANSWER,
        Card(text, files=papers.attached(row.files, name)),
        person=turn.person,
        address=turn.incoming.address,
    )
