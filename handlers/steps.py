"""The steps of a matter: what each button does, for who answers, for who raised it, and for the office."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.messages import Button
from bot.rules.matters import Step
from bot.rules.words import MatterState, Post, Result, Rung
from handlers import ladder, reports
from handlers.desk import Turn
from handlers.matters import args, buttons_for, facts, history, in_rows, meant, number_of, project_of, seen_state, show
from handlers.parties import office, steps_for, visible
from handlers.telling import hand_to, inform, record, ruling, take_back, tell_raiser
from storage import matters, people
from storage.tables import Matter, StoredFile

PAGE = 5
MEANWHILE = 6

# --- a press ----------------------------------------------------------------------------------------------------------


def press(turn: Turn) -> None:
    """A step's button: done at once, or a choice or a word is asked for first."""
    matter = meant(turn)
    step = _fits(turn, matter, turn.args["step"]) if matter else None
    if matter is None or step is None:
        return
    if step.name in CHOICES:
        choose(turn, matter, step.name)
    elif step.name == "finish":
        keys = [
            turn.key(f"result_{result}", "matter.result", **args(turn, matter), step="finish", result=result)
            for result in Result
        ]
        turn.reply("matter.which_result", [keys[:2], keys[2:]], number=number_of(turn, matter), **_of(matter))
    elif step.words:
        _ask(turn, matter, step.name)
    else:
        DO[step.name](turn, matter, "", {})


def with_result(turn: Turn) -> None:
    """办结: which result it claims; then what was done and on what basis."""
    matter = meant(turn)
    if matter and _fits(turn, matter, "finish"):
        _ask(turn, matter, "finish", result=turn.args["result"])


def _fits(turn: Turn, matter: Matter, name: str) -> Step | None:
    """The step, if it still fits; else the presser is told what happened meanwhile, with the buttons that fit now."""
    found = next((step for step in steps_for(turn, matter, turn.person) if step.name == name), None)
    if found is not None and turn.args["version"] == matter.version:
        return found
    lines = history(turn, matter, turn.person, turn.locale, turn.args["seen"])
    turn.reply(
        "matter.meanwhile", in_rows(buttons_for(turn, matter, turn.person, turn.locale)), number=number_of(turn, matter),
        lines=lines[-MEANWHILE:], state=seen_state(turn, matter, turn.person), kept=turn.args.get("typed", ""), **_of(matter),
    )  # fmt: skip
    return None


def _of(matter: Matter) -> dict[str, Any]:
    """What marks a reply as being about a matter."""
    return {"projects": [matter.project], "matter": matter.id, "about": f"matter:{matter.id}"}


# --- a word first -----------------------------------------------------------------------------------------------------


def _ask(turn: Turn, matter: Matter, step: str, **more: Any) -> None:
    """Opens the step for a word; it is kept across restarts."""
    turn.ask("matter.words", {**args(turn, matter), "step": step, "files": [], "words": [], **more})
    _question(turn, matter, step)


def _question(turn: Turn, matter: Matter, step: str, count: int = 0) -> None:
    keys = [turn.key("submit", "matter.send")] if count and step == "feedback" else []
    album = turn.incoming.facts.get("album") if count else None
    turn.reply(
        "matter.ask", [[*keys, turn.key("cancel", "matter.cancel")]], step=step, number=number_of(turn, matter), count=count,
        unique=f"album:{turn.known and turn.known.account}:{album}" if album else None, **_of(matter),
    )  # fmt: skip


def words(turn: Turn) -> None:
    """The word that was asked for, or photos and files that go with it."""
    draft = turn.talk.draft
    matter = matters.by_id(turn.session, draft["matter"])
    if matter is None:
        turn.done()
        turn.reply("start.no_such_thing")
        return
    if turn.incoming.attachments:
        draft["files"] = [*draft["files"], *reports.keep_files(turn)]
    if turn.typed:
        _take(turn, matter, turn.typed)
    else:
        turn.ask("matter.words", draft)
        _question(turn, matter, draft["step"], len(draft["files"]))


def send(turn: Turn) -> None:
    """提交: the files go without a word."""
    draft = turn.talk.draft
    matter = matters.by_id(turn.session, draft.get("matter", 0))
    if turn.talk.step != "matter.words" or matter is None or not draft["files"]:
        turn.reply("matter.gone")
        return
    _take(turn, matter, "")


def _take(turn: Turn, matter: Matter, said: str) -> None:
    draft = dict(turn.talk.draft)
    turn.done()
    turn.args = {**draft, "typed": said}
    if _fits(turn, matter, draft["step"]) is None:
        return
    for number in draft["files"]:
        row = turn.session.get(StoredFile, number)
        if row:
            row.matter = matter.id
    turn.session.flush()
    DO[draft["step"]](turn, matter, said, draft)


def cancel(turn: Turn) -> None:
    """取消: the card as it was."""
    draft = dict(turn.talk.draft)
    matter = matters.by_id(turn.session, draft.get("matter", 0))
    if turn.talk.step in ("matter.words", "matter.choice"):
        turn.done()
    if matter is None or not visible(turn, turn.person, matter):
        turn.reply("matter.gone")
    else:
        show(turn, matter)


# --- a choice first ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """What a step lets one choose from: (id, text) of each, and what is done with the chosen one."""

    options: Callable[[Turn, Matter], list[tuple[int, str]]]
    take: Callable[[Turn, Matter, int], None]


def choose(turn: Turn, matter: Matter, step: str, page: int = 0) -> None:
    """A numbered page of what may be chosen; a name may be typed as well."""
    options = CHOICES[step].options(turn, matter)
    shown = options[page * PAGE : (page + 1) * PAGE]
    pages = max(1, -(-len(options) // PAGE))
    carried = {**args(turn, matter), "step": step}
    keys = [Button(str(at), "matter.chosen", {**carried, "id": key}) for at, (key, _) in enumerate(shown, 1)]
    if pages > 1:
        keys.append(turn.key("more", "matter.page", **carried, page=(page + 1) % pages))
    else:
        keys.append(turn.key("cancel", "matter.cancel"))
    turn.ask("matter.choice", carried)
    turn.reply(
        "matter.choose", in_rows(keys), step=step, number=number_of(turn, matter), options=[text for _, text in shown], page=page + 1,
        pages=pages, count=len(options), **_of(matter),
    )  # fmt: skip


def turn_page(turn: Turn) -> None:
    matter = meant(turn)
    if matter and _fits(turn, matter, turn.args["step"]):
        choose(turn, matter, turn.args["step"], turn.args["page"])


def chosen(turn: Turn) -> None:
    """A number was pressed."""
    matter = meant(turn)
    if matter is None or _fits(turn, matter, turn.args["step"]) is None:
        return
    step, key = turn.args["step"], turn.args["id"]
    if key not in dict(CHOICES[step].options(turn, matter)):
        choose(turn, matter, step)
        return
    turn.done()
    CHOICES[step].take(turn, matter, key)


def typed_choice(turn: Turn) -> None:
    """A name was typed: the one option that holds it."""
    turn.args = {**turn.talk.draft, "typed": turn.typed}
    matter = matters.by_id(turn.session, turn.args["matter"])
    if matter is None or _fits(turn, matter, turn.args["step"]) is None:
        turn.done()
        return
    options = CHOICES[turn.args["step"]].options(turn, matter)
    found = [key for key, text in options if turn.typed and turn.typed in text]
    exact = [key for key, text in options if turn.typed == text.split("（")[0]]
    if len(exact or found) != 1:
        choose(turn, matter, turn.args["step"])
        return
    turn.done()
    CHOICES[turn.args["step"]].take(turn, matter, (exact or found)[0])


# --- who answers ------------------------------------------------------------------------------------------------------


def sign(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """签收."""
    _signed(turn, matter)
    entry = record(turn, matter, "signed", person=turn.person)
    tell_raiser(turn, matter, entry, "signed")
    show(turn, matter)


def _signed(turn: Turn, matter: Matter) -> None:
    """Whoever acts on a matter has it."""
    matter.state = MatterState.HANDLING
    matter.signed_at = matter.signed_at or turn.now


def colleagues(turn: Turn, matter: Matter) -> list[tuple[int, str]]:
    """Whom the intake may give it to: the people of the unit and of those below it, but not who raised it, has it, or sits above."""
    units = people.subtree(turn.session, matter.unit) if matter.unit is not None else frozenset()
    names = people.unit_names(turn.session)
    above = {seat["person"] for seat in matter.seats if seat["rung"] != Rung.SECTION}
    others = {matter.raised_by, matter.person, *above}
    found = [row for row in matters.colleagues(turn.session, units) if row.id not in others]
    places = [names.get(row.unit or 0, "") if row.unit != matter.unit else "" for row in found]
    marks = [" ".join(filter(None, (place, row.title))) for row, place in zip(found, places, strict=True)]
    return [(row.id, f"{row.name}（{mark}）" if mark else row.name) for row, mark in zip(found, marks, strict=True)]


def assign(turn: Turn, matter: Matter, person: int) -> None:
    """分办: this person answers for it on the first rung from now; the limit goes on."""
    before = matter.person
    matter.seats = [{**seat, "person": person} if seat["rung"] == Rung.SECTION else seat for seat in matter.seats]
    ladder.build(matter)
    matter.person, matter.state, matter.signed_at = person, MatterState.UNSIGNED, None
    matters.concern(turn.session, matter.id, [person])
    entry = record(turn, matter, "assigned", person=turn.person, facts={"person": person})
    take_back(turn, matter)
    hand_to(turn, matter, entry, person, "assigned")
    if before is not None and before != turn.person:
        inform(turn, matter, entry, before, "assigned")
    tell_raiser(turn, matter, entry, "assigned", by=turn.person)
    _answer(turn, matter, "assigned")


def feedback(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """反馈: a word, photo or file to the raiser, without closing."""
    new = matter.state is MatterState.UNSIGNED
    _signed(turn, matter)
    facts = {"files": len(draft["files"])}
    entry = record(turn, matter, "feedback", person=turn.person, facts=facts, words=said, moves=new)
    tell_raiser(turn, matter, entry, "feedback", said=said)
    show(turn, matter, heading="fed_back")


def finish(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """办结: result and basis; the raiser is asked whether it is solved."""
    _signed(turn, matter)
    answer, _, basis = said.partition("依据：") if "依据：" in said else said.partition("依据:")
    matter.state, matter.result = MatterState.ANSWERED, Result(draft["result"])
    matter.answer, matter.basis = answer.strip(" ；;，,\n") or basis.strip(), basis.strip()
    matter.answered_at, matter.answered_by = turn.now, turn.person
    matter.proposed_at, matter.held, matter.asked_at = None, False, None
    matter.due_at = turn.calendar.add_working_days(turn.now, turn.policy.ladder.silence_days)
    facts = {"result": matter.result, "files": len(draft["files"])}
    entry = record(turn, matter, "answered", person=turn.person, facts=facts, words=said)
    take_back(turn, matter)
    hand_to(turn, matter, entry, matter.raised_by, "answered", told=0)
    _answer(turn, matter, "answered")


def escalate(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """提级 by hand: one rung up at once, at most once a working day."""
    if not ladder.rested(turn, matter):
        turn.reply(
            "matter.climbed_today", in_rows(buttons_for(turn, matter, turn.person, turn.locale)), number=number_of(turn, matter), said=said,
            **_of(matter),
        )  # fmt: skip
        return
    to = ladder.next_rung(turn, matter)
    if to is None:
        turn.reply("matter.nobody_above", number=number_of(turn, matter), said=said, **_of(matter))
        return
    ladder.climb(turn, matter, to, by=turn.person, why=said)
    _answer(turn, matter, "climbed")


def reassign(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """申请改派: the office is asked to send it elsewhere; it stays, and its clock goes on, until the office says so."""
    matter.asked_at = turn.now
    matter.passed_on = [*matter.passed_on, matter.unit or 0]
    entry = record(turn, matter, "asked", person=turn.person, words=said, moves=False)
    for person in office(turn, matter):
        hand_to(turn, matter, entry, person, "asked", said=said)
    show(turn, matter, heading="asking")


# --- who raised it ------------------------------------------------------------------------------------------------------


def solved(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """已解决: closed."""
    _close(turn, matter, "solved", "")


def unsolved(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """未解决: to the office, unseen by who answered."""
    ladder.dispute(turn, matter, by=turn.person, why=said)
    _answer(turn, matter, "disputed")


# --- the office ---------------------------------------------------------------------------------------------------------


def hold(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """暂缓提级, with the reason in the log; the matter is listed each working morning until it moves."""
    matter.held = True
    record(turn, matter, "held", person=turn.person, words=said, moves=False)
    take_back(turn, matter, ruling(matter))
    _answer(turn, matter, "held")


def climb_now(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """立即提级: the office need not wait half a day."""
    escalate(turn, matter, said, draft)


def targets(turn: Turn, matter: Matter) -> list[tuple[int, str]]:
    """The units with somebody to answer, but for those that had it."""
    staffed = {
        unit
        for post in (Post.INTAKE, Post.DEPUTY_HEAD, Post.HEAD)
        for person, unit in people.everyone_with(turn.session, post, turn.today)
        if person.id != matter.raised_by
    }
    names = people.unit_names(turn.session)
    return [(unit, names[unit]) for unit in sorted(staffed - {matter.unit, *matter.passed_on}, key=names.__getitem__)]


def redirect(turn: Turn, matter: Matter, unit: int) -> None:
    """改派: to another unit, its ladder laid anew with the limits frozen at first."""
    before = matter.person
    ladder.lay(turn, matter, project_of(turn, matter), unit)
    matters.concern(turn.session, matter.id, ladder.everybody(matter))
    entry = record(turn, matter, "redirected", person=turn.person)
    take_back(turn, matter)
    if matter.person is not None:
        hand_to(turn, matter, entry, matter.person, "redirected")
    if before is not None and before not in (matter.person, turn.person):
        inform(turn, matter, entry, before, "passed_on")
    tell_raiser(turn, matter, entry, "redirected", by=turn.person)
    _answer(turn, matter, "redirected")


def keep(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """不同意改派: it stays where it is, with the reason."""
    matter.asked_at = None
    entry = record(turn, matter, "kept", person=turn.person, words=said)
    take_back(turn, matter)
    if matter.person is not None and matter.person != turn.person:
        hand_to(turn, matter, entry, matter.person, "kept", said=said)
    _answer(turn, matter, "kept")


def send_back(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """退回办理: to whoever has it, with a reason; the limit begins anew."""
    matter.state, matter.proposed_at, matter.held = MatterState.HANDLING, None, False
    ladder.begin_anew(turn, matter)
    entry = record(turn, matter, "sent_back", person=turn.person, words=said)
    take_back(turn, matter)
    if matter.person is not None:
        hand_to(turn, matter, entry, matter.person, "sent_back", said=said)
    tell_raiser(turn, matter, entry, "sent_back", by=turn.person)
    _answer(turn, matter, "sent_back")


def close(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """销号 by the office, with a reason that the raiser hears."""
    _close(turn, matter, "closed", said)


def _close(turn: Turn, matter: Matter, what: str, said: str) -> None:
    matter.state, matter.closed_at = MatterState.CLOSED, turn.now
    entry = record(turn, matter, what, person=turn.person, words=said)
    take_back(turn, matter)
    for person in {matter.person, matter.answered_by} - {None, turn.person, matter.raised_by}:
        inform(turn, matter, entry, person, "closed")  # type: ignore[arg-type]
    tell_raiser(turn, matter, entry, "closed", said=said, by=turn.person)
    _answer(turn, matter, what)


def _answer(turn: Turn, matter: Matter, what: str) -> None:
    """What was done, in place of the card whose button did it; nothing is left to press."""
    turn.reply(
        "matter.done", what=what, **{**_of(matter), "about": ""}, **facts(turn, matter, turn.person, turn.locale)
    )


DO: dict[str, Callable[[Turn, Matter, str, dict[str, Any]], None]] = {
    "sign": sign,
    "feedback": feedback,
    "finish": finish,
    "escalate": escalate,
    "reassign": reassign,
    "solved": solved,
    "unsolved": unsolved,
    "hold": hold,
    "climb_now": climb_now,
    "keep": keep,
    "send_back": send_back,
    "close": close,
}
"""Steps that are done at once or after a word."""

CHOICES: dict[str, Choice] = {"assign": Choice(colleagues, assign), "redirect": Choice(targets, redirect)}
"""Steps that are done with one chosen of many."""
