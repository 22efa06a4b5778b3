"""A meeting's items become matters in one step (S6, 004); what was on the agenda and was decided leaves it."""

import re
from collections.abc import Sequence
from datetime import date

from bot.messages import Button
from bot.rules.mending import references
from bot.rules.words import Category, Origin, Post, Way
from handlers.decisions import conclude
from handlers.desk import Turn
from handlers.matters import in_rows, meant, number_of, project_of, unit_name
from handlers.minute_items import Around, Draft, around
from handlers.opening import open_matter
from handlers.parties import rules
from storage import matters, meetings, people, projects
from storage.tables import Matter, Meeting

ALIKE = 4
"""So many characters in a row, beside the project's name, that an item and a matter on the agenda have in common."""
OFFERED = 5

# --- all in one go ----------------------------------------------------------------------------------------------------------


def issue(turn: Turn, draft: Draft) -> None:
    """The meeting, a matter for each item, a part for each co-unit; a matter on the agenda that an item names is decided instead."""
    known = around(turn, draft["chair"])
    held = date.fromisoformat(draft["held_on"])
    unit = _own_unit(turn)
    meeting = meetings.add(
        turn.session, unit, draft["title"], held, draft["chair"], draft["document"], "\n".join(draft["words"]), turn.person, turn.now
    )  # fmt: skip
    facts = {
        "meeting": meeting.id,
        "unit": unit,
        "held_on": held,
        "chair": draft["chair"],
        "items": len(draft["items"]),
    }
    turn.note("meeting.recorded", person=turn.person, facts=facts, words={"title": meeting.title})
    done = [_one(turn, meeting, item, known) for item in draft["items"]]
    lines = [
        {
            "number": number_of(turn, matter), "unit": unit_name(turn, matter.unit), "words": matter.words if not item["matter"] else item["words"],
            "day": matter.promised_on, "merged": item["matter"] is not None, "parts": [unit_name(turn, part.unit) for part in _parts(turn, matter)],
            "lost": [one["words"] for one in item["co"] if one["unit"] not in known.staffed],
        }
        for matter, item in zip(done, draft["items"], strict=True)
    ]  # fmt: skip
    turn.reply(
        "meeting.receipt", [[turn.key("last_results", "meeting.last", meeting=meeting.id)]], title=meeting.title, lines=lines,
        projects=[matter.project for matter in done if matter.project is not None],
    )  # fmt: skip
    _offer(turn, _mentioned(turn, meeting, draft, around(turn, draft["chair"])))


def _own_unit(turn: Turn) -> int:
    """The unit whose dispatcher records the meeting."""
    held = [unit for post, unit in people.held_by(turn.session, turn.person, turn.today) if post is Post.DISPATCHER]
    others = [
        unit
        for one in turn.acts_for(turn.person)
        for post, unit in people.held_by(turn.session, one, turn.today)
        if post is Post.DISPATCHER
    ]
    return [*held, *others][0]


def _parts(turn: Turn, matter: Matter) -> list[Matter]:
    return matters.parts_of(turn.session, matter.id)


def _one(turn: Turn, meeting: Meeting, item: Draft, known: Around) -> Matter:
    """One item: a matter of its own, or what the meeting decided on one that was on its agenda."""
    unit = item["unit"] if item["unit"] in known.staffed else None
    on_agenda = turn.session.get(Matter, item["matter"]) if item["matter"] else None
    if on_agenda is not None and on_agenda.state.open and on_agenda.agenda_at is not None:
        on_agenda.meeting = meeting.id
        conclude(turn, on_agenda, "decided", item["words"], unit)
        return on_agenda
    matter = Matter(
        id=0, project=item["project"], unit_scope=None if item["project"] else meeting.unit, number=0, origin=Origin.MEETING,
        category=Category(item["category"]), words=_words(item, known), standard=item["standard"], document=_document(meeting),
        meeting=meeting.id, raised_by=meeting.chair or turn.person, recorded_by=turn.person, given_on=meeting.held_on, given_way=Way.MEETING,
        promised_on=date.fromisoformat(item["limit"]) if item["limit"] else None, raised_at=turn.now, since_at=turn.now, due_at=turn.now,
        look_at=turn.now, handed_at=turn.now, version=0,
    )  # fmt: skip
    project = projects.by_id(turn.session, item["project"]) if item["project"] else None
    person = _person(turn, item, unit, matter.raised_by)
    helping = [one["unit"] for one in item["co"] if one["unit"] in known.staffed and one["unit"] != unit]
    return open_matter(turn, matter, project, [], unit=unit, person=person, unplaced=unit is None, helping=helping)


def _person(turn: Turn, item: Draft, unit: int | None, raised_by: int) -> int | None:
    """The one of the unit whom the minutes name as responsible; None: the unit's intake shares it out."""
    found = people.person_named(turn.session, item["person"], unit) if item["person"] and unit is not None else []
    return found[0].id if len(found) == 1 and found[0].id != raised_by else None


def _words(item: Draft, known: Around) -> str:
    """The words of the minutes, with what of them is kept nowhere else: units that nobody knows, a limit that is no day."""
    lost = [item["unit_words"]] if item["unit"] not in known.staffed and item["unit_words"] else []
    helping = [one["words"] for one in item["co"] if one["unit"] not in known.staffed]
    words = [item["words"]]
    words += [f"责任单位：{name}" for name in lost if name not in item["words"]]
    words += [f"配合单位：{name}" for name in helping if name not in item["words"]]
    words += [f"责任人：{item['person']}"] if item["person"] and item["person"] not in item["words"] else []
    said = item["limit_words"]
    words += [f"时限：{said}"] if said and item["limit"] is None and said not in item["words"] else []
    return "\n".join(words)


def _document(meeting: Meeting) -> str:
    return f"{meeting.title}（{meeting.document}）" if meeting.document else meeting.title


# --- what was on the agenda ---------------------------------------------------------------------------------------------------

Mention = tuple[Matter, str]
"""A matter on the agenda, with the words of the item that seem to be about it."""


def _mentioned(turn: Turn, meeting: Meeting, draft: Draft, known: Around) -> list[Mention]:
    """Matters still on the agenda that the minutes speak of: by number, or by project and words."""
    found: list[Mention] = []
    for number, matter in known.agenda.items():
        said = next((item["words"] for item in draft["items"] if _speaks_of(turn, item, number, matter)), None)
        if said is None and number in references(meeting.words):
            said = next(
                (line.strip() for line in meeting.words.split("\n") if number in references(line)), meeting.title
            )
        if said is not None:
            found.append((matter, said))
    return found


def _speaks_of(turn: Turn, item: Draft, number: tuple[int, int], matter: Matter) -> bool:
    if number in references(item["words"]):
        return True
    project = project_of(turn, matter)
    if project is None or item["project"] != project.id:
        return False
    said, raised = (
        re.sub(r"[\s，,。；;：:、]|项目", "", text.replace(project.name, "")) for text in (item["words"], matter.words)
    )
    return any(raised[at : at + ALIKE] in said for at in range(len(raised) - ALIKE + 1))


def _offer(turn: Turn, found: Sequence[Mention]) -> None:
    """Each may be marked as heard, with the words as its decision; the others stay on the agenda."""
    if not found:
        return
    shown = found[:OFFERED]
    pairs = [[matter.id, said] for matter, said in shown]
    keys = [
        Button(number_of(turn, matter), "meeting.heard", {"matter": matter.id, "said": said, "all": pairs})
        for matter, said in shown
    ]
    turn.reply(
        "meeting.heard", in_rows(keys), fresh=True, lines=[(number_of(turn, matter), matter.words, said) for matter, said in shown], done="",
        projects=[matter.project for matter, _ in shown if matter.project is not None],
    )  # fmt: skip


def heard(turn: Turn) -> None:
    """已上会: the item's words are what the meeting decided."""
    matter = meant(turn)
    if matter is None:
        return
    if not rules(turn, turn.person, matter) or matter.agenda_at is None or not matter.state.open:
        turn.reply("meeting.not_on_agenda", number=number_of(turn, matter))
        return
    conclude(turn, matter, "decided", turn.args["said"])
    left = [
        (row, said)
        for number, said in turn.args["all"]
        if (row := turn.session.get(Matter, number)) and row.agenda_at is not None
    ]
    pairs = [[row.id, said] for row, said in left]
    keys = [
        Button(number_of(turn, row), "meeting.heard", {"matter": row.id, "said": said, "all": pairs})
        for row, said in left
    ]
    turn.reply(
        "meeting.heard", in_rows(keys), lines=[(number_of(turn, row), row.words, said) for row, said in left], done=number_of(turn, matter),
        projects=[row.project for row, _ in left if row.project is not None],
    )  # fmt: skip
