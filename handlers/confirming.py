"""What was typed is read into the draft and shown beside what is known, to be confirmed."""

from decimal import Decimal
from typing import Any

from bot.messages import Button
from bot.rules import reading
from bot.rules.figures import Base, figures, total_invested
from bot.rules.plan import share
from bot.rules.truth import sayings
from bot.rules.truth.figures import USE
from bot.rules.words import Source
from handlers import drafts, filing, judging, lexicon, pick
from handlers.desk import Desk, Turn
from storage import doubts, projects
from storage.doubts import Basis
from storage.tables import Milestone, Project


def says_something(read: reading.Reading) -> bool:
    """Whether anything of a report was read: figures, stages, milestones, a hindrance, or something to be asked about."""
    figures = read.percents or read.plan_share is not None or read.amounts or read.questions
    return bool(figures or read.on_plan or read.stages or read.milestones or read.blockers)


def read_into(turn: Turn, project: Project | None, words: str) -> None:
    """Reads the words into the draft and shows the confirm card; what cannot be read is quoted and asked about."""
    assert project is not None
    draft = turn.talk.draft
    milestones = projects.milestones_of(turn.session, project.id)
    said = pick.without_name(project.name, words)
    names = [row.name for row in milestones]
    read = reading.read(said, turn.today, turn.house.lexicon, milestones=names, working=turn.calendar.is_workday)
    if read.on_plan and read.percent is None and not read.amounts and not draft["words"] and not draft.get("proxy"):
        turn.args = {"project": project.id}
        filing.on_plan(turn)
        return
    draft["words"] = [*draft["words"], words]
    draft["unread"] = [*draft["unread"], *(read.unread or ([] if says_something(read) else [words]))]
    draft["blockers"] = sorted({*draft.get("blockers", []), *read.blockers})
    draft["questions"] = list(read.questions)
    if read.percent is not None:
        draft["progress"] = str(read.percent)
    basis = judging.basis(turn, project)
    _take_amounts(turn, project, draft, read, said, basis)
    _take_sayings(turn, draft, read, said)
    done = [
        milestones[mention.index].id
        for mention in read.milestones
        if mention.status == "done" and milestones[mention.index].done_on is None
    ]
    draft["done"] = sorted({*draft["done"], *done})
    draft["on_plan"] = bool(draft.get("on_plan")) or read.on_plan
    draft["card"] = turn.incoming.dedup
    draft["doubts"] = judging.of_draft(turn, project, draft, milestones, basis)
    turn.ask("report.figures", draft)
    show(turn, project, milestones)


def _take_sayings(turn: Turn, draft: dict[str, Any], read: reading.Reading, words: str) -> None:
    """What else the words say that a figure is measured by: the day it is of, a stage after completion; and which message said it."""
    day = sayings.named_day(words, read.past)
    if day is not None:
        draft["named_day"] = day.isoformat()
    in_use = next((one.stage for one in read.stages if one.status == "done" and USE.search(one.stage)), "")
    draft["in_use"] = in_use or draft.get("in_use", "")
    draft["messages"] = [*draft.get("messages", []), turn.message]


def _take_amounts(
    turn: Turn, project: Project, draft: dict[str, Any], read: reading.Reading, words: str, basis: Basis
) -> None:
    if not read.amounts:
        return
    own, others = sayings.apart(words, read.amounts)
    if others:
        draft["outside"] = {**draft.get("outside", {}), **others}
    found = figures(own, _base(turn, project, basis))
    if found.ambiguous is not None:
        draft["ambiguous"] = found.ambiguous
    elif found.invested_year is not None:
        draft.pop("ambiguous", None)
        draft["invested_year"], draft["invested_period"], draft["period"] = (
            found.invested_year,
            found.invested_period,
            found.period,
        )


def _base(turn: Desk, project: Project, basis: Basis) -> Base:
    month = turn.today.replace(day=1)
    period = turn.today.replace(day=1 if turn.today.day <= 10 else 11 if turn.today.day <= 20 else 21)
    known = project.invested_year if project.as_of and project.as_of.year == turn.today.year else None
    earlier, in_period = (doubts.invested_before(turn.session, project.id, basis, day) for day in (month, period))
    return Base(known, project.invested_before, project.year_plan, project.total, earlier, in_period)


def show(turn: Turn, project: Project, milestones: list[Milestone]) -> None:
    """The confirm card: old beside new, derived values, what was not understood."""
    draft = turn.talk.draft
    if draft.get("ambiguous") is not None:
        keys = [
            turn.key("since_start", "report.meant", since="start"),
            turn.key("since_january", "report.meant", since="year"),
            turn.key("cancel", "report.cancel"),
        ]
        turn.reply("report.which_total", [keys], amount=draft["ambiguous"], project=project, projects=[project.id])
        return
    progress = Decimal(draft["progress"]) if "progress" in draft else None
    invested = draft.get("invested_year")
    done = [row for row in milestones if row.id in draft["done"]]
    if (
        progress is None
        and invested is None
        and not done
        and not draft.get("on_plan")
        and not draft.get("outside")
        and not draft["files"]
        and not _plain_words(draft)
    ):
        turn.reply(
            "report.unread",
            as_words_keys(turn, project.id),
            words="\n".join(draft["words"]),
            project=project,
            questions=_asked(turn),
        )
        return
    facts = {
        "project": project, "progress": progress, "invested": invested, "old_invested": project.invested_year,
        "change": invested - project.invested_year if invested is not None and project.invested_year is not None else None,
        "share": share(invested, project.year_plan) if invested is not None and project.year_plan else None,
        "total": total_invested(invested, project.invested_before), "total_share": share(total_invested(invested, project.invested_before) or 0, project.total) if invested is not None and project.total else None,
        "period_amount": draft.get("invested_period"), "period": draft.get("period", ""), "done": done, "unread": draft["unread"],
        "words": draft["words"], "file_count": len(draft["files"]), "questions": _asked(turn), "proxy": draft.get("proxy"),
        "outside": draft.get("outside", {}), "doubts": judging.worded(turn, _doubted(draft), turn.locale),
        "explanations": sorted({one["explanation"] for one in draft.get("doubts", []) if one["explanation"]}),
    }  # fmt: skip
    turn.reply("report.confirm", _keys(turn), projects=[project.id], **facts)


def _doubted(draft: dict[str, Any]) -> list[Any]:
    """What has to be asked before anything is written. Of what a dispatcher writes for somebody nothing is: it goes on the list."""
    return [] if draft.get("proxy") else judging.unexplained(draft.get("doubts", []))


def _keys(turn: Turn) -> list[list[Button]]:
    card, cancel = turn.talk.draft.get("card"), turn.key("cancel", "report.cancel")
    if not _doubted(turn.talk.draft):
        confirm = turn.key("confirm", "report.confirm", "primary", card=card)
        return [[confirm, turn.key("amend", "report.amend"), cancel]]
    mend, why = turn.key("mend", "report.amend", "primary"), turn.key("explain", "doubt.explain")
    return [[mend, why, turn.key("as_it_is", "report.confirm", card=card, anyway=True)], [cancel]]


def _plain_words(draft: dict[str, Any]) -> bool:
    """Words that are to stand as they are: nothing in them waits for an answer."""
    return bool(draft["words"] and not draft["unread"] and not draft.get("questions"))


def _asked(turn: Turn) -> list[str]:
    """What was left out because it was not clear, in words."""
    return [turn.words("report.question", code=code).strip() for code in turn.talk.draft.get("questions", [])]


def as_words_keys(turn: Turn, project: int) -> list[list[Button]]:
    return [
        [
            turn.key("report_blocker", "blocker.start", project=project),
            turn.key("as_words", "report.as_words"),
            turn.key("cancel", "report.cancel"),
        ]
    ]


def meant(turn: Turn) -> None:
    """Which 累计 was meant: since the start, or since January."""
    project = projects.by_id(turn.session, turn.talk.draft.get("project", 0))
    amount = turn.talk.draft.pop("ambiguous", None)
    if project is None or amount is None:
        turn.reply("report.draft_gone")
        return
    draft, milestones = turn.talk.draft, projects.milestones_of(turn.session, project.id)
    draft["invested_year"] = amount - (project.invested_before or 0) if turn.args["since"] == "start" else amount
    draft["doubts"] = judging.of_draft(turn, project, draft, milestones)
    turn.ask("report.figures", draft)
    show(turn, project, milestones)


def as_words(turn: Turn) -> None:
    """The words are to stand as they are, without figures."""
    project = projects.by_id(turn.session, turn.talk.draft.get("project", 0))
    if project is None:
        turn.reply("report.draft_gone")
        return
    turn.talk.draft["unread"], turn.talk.draft["questions"] = [], []
    turn.ask("report.figures", turn.talk.draft)
    show(turn, project, projects.milestones_of(turn.session, project.id))


def amend(turn: Turn) -> None:
    """修改: what is typed next is laid over the draft."""
    project = projects.by_id(turn.session, turn.talk.draft.get("project", 0))
    if project is None:
        turn.reply("report.draft_gone")
        return
    turn.talk.draft["unread"] = []
    turn.ask("report.figures", turn.talk.draft)
    turn.reply("report.amend", [[turn.key("cancel", "report.cancel")]], project=project, words=turn.talk.draft["words"])


def cancel(turn: Turn) -> None:
    """取消: what was typed is given back, so that nothing is lost."""
    words = turn.talk.draft.get("words", [])
    turn.done()
    turn.reply("report.cancelled", words=words)


def confirm(turn: Turn) -> None:
    """确认: what the card shows is written. A card that later words have overtaken is not: the newest is shown again."""
    draft = dict(turn.talk.draft)
    project = projects.by_id(turn.session, draft.get("project", 0))
    expired = turn.talk.expires_at is not None and turn.talk.expires_at <= turn.now
    if project is None or expired or (not draft.get("words") and not draft.get("files") and not draft.get("on_plan")):
        turn.reply("report.draft_gone")
        return
    if not drafts.still_mine(turn, project.id):
        turn.done()
        turn.reply("start.no_such_thing")
        return
    if turn.args.get("card") != draft.get("card"):
        turn.reply("report.stale")
        show(turn, project, projects.milestones(turn.session, [project.id])[project.id])
        return
    draft["doubts"] = judging.add_photos(turn, project, draft)
    if _doubted(draft) and not turn.args.get("anyway"):
        turn.ask("report.figures", draft)
        show(turn, project, projects.milestones(turn.session, [project.id])[project.id])
        return
    _write(turn, project, draft)


def _write(turn: Turn, project: Project, draft: dict[str, Any]) -> None:
    proxy = draft.get("proxy")
    report = filing.write(
        turn, project, person=proxy["person"] if proxy else turn.person, source=Source.PROXY if proxy else Source.CHAT,
        recorded_by=turn.person if proxy else None, progress=Decimal(draft["progress"]) if "progress" in draft else None,
        invested_year=draft.get("invested_year"), invested_period=draft.get("invested_period"), done=draft["done"],
        words="\n".join(draft["words"]), basis=proxy["basis"] if proxy else "", files=draft["files"],
    )  # fmt: skip
    lexicon.keep(turn, draft.get("unread", []), project.id, report.id)
    turn.done()
    filing.thank(turn, project, report, many=draft.get("many", False), hindered=bool(draft.get("blockers")))
    if proxy and proxy["person"] is not None:
        filing.tell_proxied(turn, project, report, proxy)
