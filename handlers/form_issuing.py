"""出单: a matter's 交办单, 督办单 or 提级报告单 is given its number, drawn, and kept as it was issued."""

from bot.messages import Card
from bot.rules.words import MessageClass
from handlers import matters, order_forms, papers, parties
from handlers.desk import Turn
from storage import matters as matters_kept
from storage import papers as stored
from storage import people
from storage.tables import Matter


def choose(turn: Turn) -> None:
    """出单: which form; those issued before are listed and can be had again."""
    matter = _meant(turn)
    if matter is None:
        return
    keys = [turn.key(f"form_{kind}", "form.issue", matter=matter.id, kind=kind) for kind in order_forms.KINDS]
    issued = [row for row in stored.of_matter(turn.session, matter.id) if row.state == "published"]
    again = [turn.key("form_again", "form.again", matter=matter.id)] if issued else []
    back = turn.key("back", "matter.show", **matters.args(turn, matter))
    turn.reply(
        "paper.forms", [keys, [*again, back]], reusable=True, number=matters.number_of(turn, matter), title=matters.title_of(turn, matter, turn.locale),
        issued=[(order_forms.number_of(turn, row), row.made_at) for row in issued], **matters.marks(matter),
    )  # fmt: skip


def _meant(turn: Turn) -> Matter | None:
    matter = matters_kept.by_id(turn.session, turn.args["matter"])
    if matter is None or not parties.may_issue(turn, turn.person, matter):
        turn.reply("start.no_such_thing")
        return None
    return matter


def issue(turn: Turn) -> None:
    """The form gets its number and is drawn."""
    matter = _meant(turn)
    if matter is None:
        return
    kind, unit = turn.args["kind"], _office_unit(turn, matter)
    row = stored.add(
        turn.session, unit=unit, kind=kind, matter=matter.id, year=turn.today.year, number=stored.next_number(turn.session, unit, kind, turn.today.year),
        title=matters.number_of(turn, matter), state="publishing", made_by=turn.person, made_at=turn.now,
    )  # fmt: skip
    papers.ask(turn, kind, paper=row.id, matter=matter.id, name=order_forms.number_of(turn, row), then="issued")


def _office_unit(turn: Turn, matter: Matter) -> int:
    """The district whose office looks after a matter."""
    project = matters.project_of(turn, matter)
    root = people.root_unit(turn.session)
    return project.unit if project else matter.unit_scope or (root.id if root else 1)


def issued(turn: Turn) -> None:
    """The form is drawn: kept, logged, sent to who issued it. One that could not be drawn gives its number back."""
    facts = turn.incoming.facts
    row = stored.by_id(turn.session, facts["payload"]["paper"])
    if row is None or row.state != "publishing":
        return
    if not facts["ok"] or not facts.get("files"):
        row.state, row.number = "dropped", None
        papers.delivered(turn)
        return
    row.state, row.files, row.published_by, row.published_at = "published", facts["files"], row.made_by, turn.now
    turn.session.flush()
    matter = matters_kept.by_id(turn.session, row.matter or 0)
    turn.note(
        "paper.issued", project=matter.project if matter else None, person=row.made_by,
        facts={"paper": row.id, "kind": row.kind, "number": order_forms.number_of(turn, row), "matter": row.matter, "files": row.files},
    )  # fmt: skip
    papers.delivered(turn)


def again(turn: Turn) -> None:
    """The forms issued before, unchanged."""
    matter = _meant(turn)
    if matter is None:
        return
    rows = [row for row in stored.of_matter(turn.session, matter.id) if row.state == "published"]
    files = tuple(one for row in rows for one in papers.attached(row.files, order_forms.number_of(turn, row)))
    text = turn.words("paper.forms_again", number=matters.number_of(turn, matter), count=len(rows))
    turn.say(
        MessageClass.ANSWER,
        Card(text, files=files),
        person=turn.person,
        address=turn.incoming.address,
        matter=matter.id,
    )
