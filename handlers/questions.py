"""Questions are answered from what is kept: one sentence first, then by which definition, how old, since when the list is as it is."""

import re
from datetime import timedelta
from typing import Any

from bot.messages import Button, Card, plain
from bot.rules import questions as rules
from bot.rules.entitlement import Action
from bot.rules.plan import needed, share
from bot.rules.questions import Question, Subject
from bot.rules.words import MessageClass
from handlers import answer as one_answer
from handlers import answers, matter_list, matters, pick
from handlers import board as boards
from handlers.answer import Answer, View
from handlers.desk import Desk, Turn
from handlers.reasons import worded
from storage import board, people, projects, questions
from storage import groups as stored_groups
from storage.board import Reach
from storage.tables import ChatGroup, Matter, Project

SHOWN = 5
GROUP_MINUTES = 1
"""How often a group may ask, at most."""
_NUMBER = re.compile(
    r"^(?:项目)?\s*[#＃]?\s*(\d{1,6})\s*号?(?:项目)?\s*(?=现在|目前|今年|到|进|什|怎|情|咋|如|开|投|完|报|的|谁|有|多|卡|问|是|为|还|差|停|红|黄|慢)"
)
_ASKING = re.compile(
    r"现在|目前|今天|今年|本月|到哪一?步?了?|干到哪|建到哪|进展|进度|怎么?样了?|如何了?|什么情况|啥情况|情况|什么时候|啥时候|何时|能?(?:开工|竣工|投产|复工)了?|为什么|为啥|为何|(?:什么|啥)?原因|[红黄]灯?|还差|停工|投资|完成|多少|几成|了|吗|呢|么|没有?|的|项目|是|[?？!！。，, ]"
)


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
    if not bare and rules.asked(words, turn.today) is None:
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
    if question.subject is Subject.STATE and not question.named:
        return False
    if name := rules.unknown(words, question.named):
        kind = "chain" if name.endswith("链") else "town"
        turn.reply("question.unknown", name=name, known=sorted(questions.names(turn.session)[kind]), kind=kind)
        return True
    _say(turn, question, answers.answer(turn, question, view))
    return True


def only_asks(turn: Turn) -> bool:
    """Answers words that plainly ask and order nothing, though they begin with the name of a unit (区住建局的项目开工了几个)."""
    return not _ORDERS.search(turn.typed) and asked(turn, turn.typed, only_plain=True)


_ORDERS = re.compile(
    "请|务必|必须|要求|责成|查清|查明|核实|督促|牵头|研究|落实|抓紧|尽快|限期|前(?:报|完成|办|解决|拿|给|把)|(?:天|日|周)内"
)
"""Words of who orders something."""


def seems_asked(turn: Turn, words: str) -> bool:
    """Whether words might be a question, for the buttons of who may report as well."""
    return rules.asked(words, turn.today) is not None


def sounds_asked(words: str) -> bool:
    """Whether words are a question, though perhaps none that figures could answer."""
    return rules.asks(words)


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
    names = pick.known_names(turn, seen)
    if question.named and question.subject is Subject.STATE and len(name) > max(map(len, question.named.values())):
        return [row for row in seen if any(name in one for one in names[row.id])] or None
    if (
        len(name) < 2
        or question.named
        or question.subject in (Subject.REPORTED, Subject.LIGHTS, Subject.MATTERS, Subject.COUNT, Subject.SLOWEST)
    ):
        return None
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
        "opened": len(opened), "when": question.when, "asked": question.subject.value, **_of_subject(turn, project, question, inner),
    }  # fmt: skip
    line = plain(turn.words("question.project_line", **facts))
    turn.reply(
        "question.project", [[turn.key("project", "project.show", project=project.id, fresh=True)]], copy=line, line=line, reusable=True,
        projects=[project.id], **facts,
    )  # fmt: skip


def _of_subject(turn: Turn, project: Project, question: Question, inner: bool) -> dict[str, Any]:
    """What is told of one project beside its line: why its light is what it is, and what is still wanting of the year's plan."""
    left, each = None, 0
    if question.subject is Subject.SHORT and project.year_plan and project.year == turn.today.year:
        told = project.invested_as_of is not None and project.invested_as_of.year == project.year
        actual = (project.invested_year or 0) if told else 0
        left, months = project.year_plan - actual, projects.plan(turn.session, project.id, project.year)
        each = needed(months, actual, turn.today, 12) if months else 0
    asks_why = inner and question.subject in (Subject.WHY, Subject.LIGHTS, Subject.SLOWEST)
    because = worded(turn, project.reasons, turn.locale) if asks_why else []
    return {"left": left, "each": each, "months": 13 - turn.today.month, "because": because}


# --- in words ----------------------------------------------------------------------------------------------------------------


def _worded(desk: Desk, question: Question, found: Answer, view: View, locale: str) -> tuple[str, str]:
    """(the sentence, the whole answer) in light markup."""
    where = one_answer.where(desk, question, view, found.day)
    on_list = desk.text("list.basis", locale, **one_answer.listed(desk, question, view, found.day))
    facts = {
        "subject": question.subject.value, "question": question, "negated": question.negated, "all_of": view.all_of, "day": found.day or desk.today,
        "past": found.day is not None, "closed": None, "basis": questions.basis(desk.session, where), "filters": _filters(desk, question, locale),
        "listed": plain(on_list).strip(), **found.facts,
    }  # fmt: skip
    line = plain(desk.text(f"question.{question.subject.value}", locale, **facts))
    return line, desk.text("question.answer", locale, line=line, **facts)


def _filters(desk: Desk, question: Question, locale: str) -> str:
    named = {kind: name for kind, name in question.named.items() if kind != "leader"}
    leader = question.named.get("leader", "")
    return plain(desk.text("question.filters", locale, question=question, named=list(named.values()), leader=leader))


def _say(turn: Turn, question: Question, found: Answer) -> None:
    view = _view(turn)
    line, text = _worded(turn, question, found, view, turn.locale)
    numbers = [
        Button(matters.number_of(turn, row), "question.matter", {"matter": row.id})
        for row in found.matters[: SHOWN - 1]
    ]
    more = []
    if found.ids:
        more.append(turn.key("names", "question.list", ids=list(found.ids), heading=found.heading))
    board_seen = turn.may(turn.person, Action.BOARD)
    if board_seen:
        more.append(turn.key("board", "board.show", fresh=True))
    name = f"{view.all_of}{_filters(turn, question, turn.locale)}"
    drawn = answers.picture(turn, question, view, found, name, turn.locale) if board_seen else None
    rows = tuple(tuple(row) for row in (numbers[:3], [*numbers[3:], *more][:3]) if row)
    turn.say(
        MessageClass.ANSWER, Card(text, rows, drawn, copy=line), person=turn.person, address=turn.incoming.address, reusable=True,
        projects=list(found.ids[:1]),
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
    matter_list.show_number(turn, matters.number_of(turn, matter) if matter else "0-0")


# --- in a group ---------------------------------------------------------------------------------------------------------------


def in_group(turn: Turn, words: str, group: ChatGroup, reach: Reach) -> None:
    """A question put to the bot in a work group: a figure a group may see; no person beside it, nothing internal, no list."""
    question = rules.asked(words, turn.today, questions.names(turn.session))
    about = f"asked:{group.id}"
    if question is None or "leader" in question.named or (question.subject is Subject.STATE and not question.named):
        return
    if stored_groups.said_since(turn.session, about, turn.now - timedelta(minutes=GROUP_MINUTES)):
        return
    view = View(reach, reach, True, people.unit_names(turn.session)[group.unit], group=True)
    _, text = _worded(turn, question, answers.answer(turn, question, view), view, "")
    turn.say(MessageClass.ANSWER, Card(text), chat_group=group.id, about=about)
