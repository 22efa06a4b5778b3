"""Questions are answered from what is kept: one sentence first, then by which definition, how old, since when the list is as it is."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from bot.messages import Button, Card, plain
from bot.rules import questions as rules
from bot.rules.entitlement import Action
from bot.rules.plan import share
from bot.rules.questions import Question, Subject
from bot.rules.words import Light, MessageClass
from handlers import board as boards
from handlers import dispatch, matters, pick
from handlers.desk import Desk, Turn
from storage import board, people, projects, questions
from storage import groups as stored_groups
from storage.board import Reach
from storage.questions import Share, Where
from storage.tables import ChatGroup, Matter, Project

SHOWN = 5
GROUP_MINUTES = 1
"""How often a group may ask, at most."""
_NUMBER = re.compile(
    r"^(?:项目)?\s*[#＃]?\s*(\d{1,6})\s*号?(?:项目)?\s*(?=现在|目前|到|进|什|怎|情|咋|如|开|投|完|报|的|谁|有|多|卡|问|是)"
)
_ASKING = re.compile(
    r"现在|目前|今天|今年|本月|到哪一?步?了?|干到哪|建到哪|进展|进度|怎么?样了?|如何了?|什么情况|啥情况|情况|什么时候|啥时候|何时|能?(?:开工|竣工|投产|复工)了?|投资|完成|多少|几成|了|吗|呢|么|没有?|的|项目|是|[?？!！。，, ]"
)


@dataclass(frozen=True)
class Answer:
    """One sentence with its facts. ids: the projects of the list behind it, told under `heading`; matters: likewise."""

    facts: dict[str, Any]
    ids: tuple[int, ...] = ()
    heading: str = "question.listed"
    matters: tuple[Matter, ...] = ()


@dataclass(frozen=True)
class View:
    """What whoever asks may see. lights: also the lights; inside: matters of others, too; all_of: the unit they see all of."""

    reach: Reach
    lights: Reach
    inside: bool
    all_of: str
    group: bool = False


# --- who asks ----------------------------------------------------------------------------------------------------------------


def ask(turn: Turn) -> None:
    """查数 …: what follows is a question, whoever asks."""
    words = str(turn.args.get("rest", "")).strip()
    if not words:
        turn.reply("question.how")
    elif not asked(turn, words, bare=True):
        turn.reply("question.not_known", words=words)


def kept(turn: Turn) -> None:
    """查数: the words that were kept were a question."""
    words = "".join(turn.talk.draft.get("words", [])[-1:])
    turn.done()
    if not words or not asked(turn, words, bare=True):
        turn.reply("question.not_known", words=words)


def asked(turn: Turn, words: str, *, bare: bool = False, only_plain: bool = False) -> bool:
    """Answers what the words ask. False where they ask nothing figures could answer. bare: a mere subject is a question, too;
    only_plain: only what cannot be anything else."""
    if rules.asked(words, turn.today) is None:
        return False
    question = rules.asked(words, turn.today, questions.names(turn.session))
    if question is None or not (question.sure or bare) or (only_plain and not question.plain):
        return False
    view = _view(turn)
    found = _one(turn, words, question, view)
    if found is not None and len(found) == 1:
        _project(turn, found[0], question)
        return True
    if found:
        pick.show(turn, found, "project.show", heading="dossier.several")
        return True
    if question.subject is Subject.STATE:
        return False
    answer = _answer(turn, question, view)
    _say(turn, question, answer)
    return True


def seems_asked(turn: Turn, words: str) -> bool:
    """Whether words might be a question, for the buttons of who may report as well."""
    return rules.asked(words, turn.today) is not None


def _view(turn: Turn) -> View:
    standing = turn.standing(turn.person)
    posts = [post for post in people.posts_of(turn.session, turn.person, turn.today) if post.role in boards.BOARD_POSTS]
    widest = max(posts, key=lambda post: len(people.subtree(turn.session, post.unit)), default=None)
    return View(
        board.reach(standing, Action.SEE), board.reach(standing, Action.LIGHTS), turn.may(turn.person, Action.LIGHTS),
        people.unit_names(turn.session)[widest.unit] if widest else "",
    )  # fmt: skip


def _one(turn: Turn, words: str, question: Question, view: View) -> list[Project] | None:
    """The projects meant by a number or name in the question; None where none is."""
    seen = board.projects(turn.session, view.reach)
    number = _NUMBER.match(words)
    if number:
        return [row for row in seen if row.number == int(number[1])] or None
    name = _ASKING.sub("", words)
    if (
        len(name) < 2
        or question.named
        or question.subject in (Subject.REPORTED, Subject.LIGHTS, Subject.MATTERS, Subject.COUNT)
    ):
        return None
    names = pick.known_names(turn, seen)
    whole = [row for row in seen if any(name in one for one in names[row.id])]
    return (
        whole or [row for row in seen if len(name) >= 3 and any(_in_order(name, one) for one in names[row.id])] or None
    )


def _in_order(short: str, name: str) -> bool:
    """北辰二期 in 北辰机电二期车间: the letters in their order, the first at the beginning."""
    rest = iter(name)
    return name[:1] == short[:1] and all(letter in rest for letter in short)


# --- one project -------------------------------------------------------------------------------------------------------------


def _project(turn: Turn, project: Project, question: Question) -> None:
    """One line on a project; its card is a tap away. An owner's contact sees no light."""
    milestones = [row for row in projects.milestones_of(turn.session, project.id) if row.done_on is None]
    inner = turn.may(turn.person, Action.LIGHTS, project.id)
    concerned = turn.standing(turn.person).matters
    opened = [row for row in projects.open_matters(turn.session, project.id) if inner or row.id in concerned]
    measured = project.invested_year is not None and project.year_plan
    facts: dict[str, Any] = {
        "project": project, "inner": inner, "share": share(project.invested_year or 0, project.year_plan or 0) if measured else None,
        "age": (turn.today - project.as_of).days if project.as_of else 0, "next": next((row for row in milestones if row.due), None),
        "opened": len(opened), "when": question.when,
    }  # fmt: skip
    line = plain(turn.words("question.project_line", **facts))
    turn.reply(
        "question.project", [[turn.key("project", "project.show", project=project.id, fresh=True)]], copy=line, line=line, reusable=True,
        projects=[project.id], **facts,
    )  # fmt: skip


# --- many projects -----------------------------------------------------------------------------------------------------------


def _answer(desk: Desk, question: Question, view: View) -> Answer:
    """What is known, to be put into words. Raises nothing: what is not kept is said to be not kept."""
    meant = _where(desk, question, view.lights if question.subject is Subject.LIGHTS else view.reach)
    return _ANSWERS[question.subject](desk, question, view, meant)


def _where(desk: Desk, question: Question, reach: Reach) -> Where:
    named = dict(question.named)
    units: Iterable[int] | None = None
    if "unit" in named and (unit := people.unit_named(desk.session, named.pop("unit"))):
        units = people.subtree(desk.session, unit.id)
    return questions.where(
        reach, level=question.level, kind=question.kind, light=question.light if question.subject is not Subject.LIGHTS else None,
        units=units, **named,
    )  # fmt: skip


def _of_share(found: Share, *, rest: bool) -> dict[str, Any]:
    number = found.of - found.count if rest else found.count
    return {
        "number": number, "of": found.of, "share": share(found.count, found.of) if found.of else None, "new": found.new, "of_new": found.of_new,
        "new_share": share(found.new, found.of_new) if found.of_new else None,
    }  # fmt: skip


def _started(desk: Desk, question: Question, view: View, meant: Where) -> Answer:
    found = questions.started(desk.session, meant)
    return Answer(
        _of_share(found, rest=question.negated), tuple(found.rest if question.negated or found.rest else found.done)
    )


def _finished(desk: Desk, question: Question, view: View, meant: Where) -> Answer:
    found = questions.finished(desk.session, meant)
    return Answer(_of_share(found, rest=question.negated), tuple(found.rest if question.negated else found.done))


def _resumed(desk: Desk, question: Question, view: View, meant: Where) -> Answer:
    """Nobody writes down that work goes on again: what is known instead is who of the continued projects has reported this year."""
    continued = [*meant, *questions.where(view.reach, kind="continued")]
    found = questions.reported_within(desk.session, continued, date(desk.today.year, 1, 1))
    return Answer({"of": found.of, "number": found.count}, tuple(found.rest))


def _invested(desk: Desk, question: Question, view: View, meant: Where) -> Answer:
    money = questions.money(desk.session, meant, desk.today)
    span = question.span
    facts: dict[str, Any] = {
        "money": money,
        "share": share(money.invested, money.plan) if money.plan else None,
        "within": None,
        "told": 0,
        "doubtful": questions.doubtful(desk.session, meant, Project.invested_year, desk.today.year),
    }
    if span is not None and span.first != date(desk.today.year, 1, 1):
        facts["within"], facts["told"] = questions.money_within(desk.session, meant, span.first, span.last)
        facts["doubtful"] = questions.doubtful_within(desk.session, meant, span.first, span.last)
    return Answer(facts)


def _total(desk: Desk, question: Question, view: View, meant: Where) -> Answer:
    return Answer({"money": questions.money(desk.session, meant, desk.today)})


def _reported(desk: Desk, question: Question, view: View, meant: Where) -> Answer:
    """Whose report of this period, or the one before, is still wanted; persons by name only for the office."""
    wanted = set(questions.ids(desk.session, meant))
    owing = [one for one in dispatch.unreported(desk, view.reach) if one.project.id in wanted]
    watched = sum(row.id in wanted for row in board.watched(desk.session, view.reach, desk.today))
    names: list[tuple[str, int]] = []
    if not view.group and isinstance(desk, Turn) and desk.may(desk.person, Action.DISPATCH):
        by_person = dispatch.asked(desk, owing)
        known = {one.person: one.name for one in board.contacts(desk.session, [who for who in by_person if who])}
        names = sorted(
            ((known.get(who or 0, ""), len(mine)) for who, mine in by_person.items()), key=lambda one: -one[1]
        )
    late = sum(one.days < 0 for one in owing)
    facts = {"number": len(owing), "of": watched, "late": late, "names": names[:8], "more": max(0, len(names) - 8)}
    return Answer(facts, tuple(one.project.id for one in owing))


def _lights(desk: Desk, question: Question, view: View, meant: Where) -> Answer:
    found = questions.lights(desk.session, meant)
    chosen = found[question.light] if question.light else [*found[Light.RED], *found[Light.YELLOW]]
    return Answer(
        {"counts": {light.value: len(ids) for light, ids in found.items()}, "of": sum(map(len, found.values()))},
        tuple(chosen),
    )


def _matters(desk: Desk, question: Question, view: View, meant: Where) -> Answer:
    span = question.span
    which = question.of_matters
    if which in ("new", "closed") and span is None:
        span = rules.span("本月", desk.today)
    first = desk.calendar.at(span.first, time.min) if span else None
    last = desk.calendar.at(span.last + rules.DAY, time.min) if span else None
    found = questions.matters(
        desk.session, meant, which=which, category=question.category, first=first, last=last, now=desk.now, open_to_all=view.group or not view.inside,
    )  # fmt: skip
    if not view.inside and isinstance(desk, Turn):
        concerned = desk.standing(desk.person).matters
        found = [row for row in found if row.id in concerned]
    counted = sorted(
        {row.category: sum(one.category is row.category for one in found) for row in found}.items(),
        key=lambda one: -one[1],
    )
    over = sum(row.due_at <= desk.now and row.state.working for row in found)
    facts = {
        "number": len(found),
        "which": which,
        "category": question.category,
        "span": span,
        "counted": counted[:6],
        "over": over,
    }
    return Answer(facts, matters=tuple(found))


def _milestones(desk: Desk, question: Question, view: View, meant: Where) -> Answer:
    found = questions.overdue_milestones(desk.session, meant, desk.today)
    return Answer({"number": len(found), "of": len(set(found))}, tuple(dict.fromkeys(found)))


def _progress(desk: Desk, question: Question, view: View, meant: Where) -> Answer:
    mean, told = questions.progress(desk.session, meant)
    return Answer({"mean": mean, "told": told, "doubtful": questions.doubtful(desk.session, meant, Project.progress)})


def _count(desk: Desk, question: Question, view: View, meant: Where) -> Answer:
    found = questions.ids(desk.session, meant)
    return Answer({"number": len(found)}, tuple(found))


_ANSWERS: dict[Subject, Callable[[Desk, Question, View, Where], Answer]] = {
    Subject.STARTED: _started,
    Subject.RESUMED: _resumed,
    Subject.FINISHED: _finished,
    Subject.INVESTED: _invested,
    Subject.TOTAL: _total,
    Subject.REPORTED: _reported,
    Subject.LIGHTS: _lights,
    Subject.MATTERS: _matters,
    Subject.MILESTONES: _milestones,
    Subject.PROGRESS: _progress,
    Subject.COUNT: _count,
}

# --- in words ----------------------------------------------------------------------------------------------------------------


def _worded(desk: Desk, question: Question, answer: Answer, view: View, locale: str) -> tuple[str, str]:
    """(the sentence, the whole answer) in light markup."""
    reach = view.lights if question.subject is Subject.LIGHTS else view.reach
    facts = {
        "subject": question.subject.value, "question": question, "negated": question.negated, "all_of": view.all_of,
        "basis": questions.basis(desk.session, _where(desk, question, reach)), "filters": _filters(desk, question, locale), **answer.facts,
    }  # fmt: skip
    line = plain(desk.text(f"question.{question.subject.value}", locale, **facts))
    return line, desk.text("question.answer", locale, line=line, **facts)


def _filters(desk: Desk, question: Question, locale: str) -> str:
    return plain(desk.text("question.filters", locale, question=question, named=list(question.named.values())))


def _say(turn: Turn, question: Question, answer: Answer) -> None:
    view = _view(turn)
    line, text = _worded(turn, question, answer, view, turn.locale)
    numbers = [
        Button(matters.number_of(turn, row), "question.matter", {"matter": row.id})
        for row in answer.matters[: SHOWN - 1]
    ]
    more = []
    if answer.ids:
        more.append(turn.key("names", "question.list", ids=list(answer.ids), heading=answer.heading))
    if turn.may(turn.person, Action.BOARD):
        more.append(turn.key("board", "board.show", fresh=True))
    rows = tuple(tuple(row) for row in (numbers[:3], [*numbers[3:], *more][:3]) if row)
    turn.say(
        MessageClass.ANSWER, Card(text, rows, copy=line), person=turn.person, address=turn.incoming.address, reusable=True,
        projects=list(answer.ids[:1]),
    )  # fmt: skip


def listed(turn: Turn) -> None:
    """看名单: the projects behind a figure, those one may still see."""
    found = {row.id: row for row in board.projects(turn.session, board.reach(turn.standing(turn.person), Action.SEE))}
    shown = [found[one] for one in turn.args["ids"] if one in found]
    turn.pressed = None
    if shown:
        pick.show(turn, shown, "project.show", heading=turn.args["heading"])
    else:
        turn.reply("start.no_such_thing")


def of_matter(turn: Turn) -> None:
    """A matter's number was pressed."""
    matter = turn.session.get(Matter, turn.args["matter"])
    matters.show_number(turn, matters.number_of(turn, matter) if matter else "0-0")


# --- in a group ---------------------------------------------------------------------------------------------------------------


def in_group(turn: Turn, words: str, group: ChatGroup, reach: Reach) -> None:
    """A question put to the bot in a work group: a figure a group may see; no person beside it, nothing internal, no list."""
    question = rules.asked(words, turn.today, questions.names(turn.session))
    about = f"asked:{group.id}"
    if question is None or question.subject is Subject.STATE:
        return
    if stored_groups.said_since(turn.session, about, turn.now - timedelta(minutes=GROUP_MINUTES)):
        return
    view = View(reach, reach, True, people.unit_names(turn.session)[group.unit], group=True)
    _, text = _worded(turn, question, _answer(turn, question, view), view, "")
    turn.say(MessageClass.ANSWER, Card(text), chat_group=group.id, about=about)
