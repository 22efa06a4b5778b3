"""What was typed is read into the draft and shown beside what is known, to be confirmed."""

from datetime import date
from decimal import Decimal
from typing import Any

from bot.messages import Button
from bot.rules import reading
from bot.rules.figures import Base, figures, total_invested
from bot.rules.plan import share
from bot.rules.words import Source
from handlers import drafts, filing, lexicon, pick
from handlers.desk import Desk, Turn
from storage import projects, reports
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
    _take_amounts(turn, project, draft, read)
    done = [
        milestones[mention.index].id
        for mention in read.milestones
        if mention.status == "done" and milestones[mention.index].done_on is None
    ]
    draft["done"] = sorted({*draft["done"], *done})
    draft["on_plan"] = bool(draft.get("on_plan")) or read.on_plan
    draft["card"] = turn.incoming.dedup
    turn.ask("report.figures", draft)
    show(turn, project, milestones)


def _take_amounts(turn: Turn, project: Project, draft: dict[str, Any], read: reading.Reading) -> None:
    if not read.amounts:
        return
    found = figures(read.amounts, _base(turn, project))
    if found.ambiguous is not None:
        draft["ambiguous"] = found.ambiguous
    elif found.invested_year is not None:
        draft.pop("ambiguous", None)
        draft["invested_year"], draft["invested_period"], draft["period"] = (
            found.invested_year,
            found.invested_period,
            found.period,
        )


def _base(turn: Desk, project: Project) -> Base:
    month = turn.today.replace(day=1)
    period = turn.today.replace(day=1 if turn.today.day <= 10 else 11 if turn.today.day <= 20 else 21)
    year = turn.today.year

    def told_before(day: date) -> int:
        found = reports.invested_before(turn.session, project.id, day)
        return found[1] if found and found[0].year == year else 0

    known = project.invested_year if project.as_of and project.as_of.year == year else None
    earlier = told_before(month)
    in_period = told_before(period) if period != month else earlier
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
    }  # fmt: skip
    turn.reply(
        "report.confirm",
        [
            [
                turn.key("confirm", "report.confirm", "primary", card=draft.get("card")),
                turn.key("amend", "report.amend"),
                turn.key("cancel", "report.cancel"),
            ]
        ],
        projects=[project.id],
        **facts,
    )


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
    turn.talk.draft["invested_year"] = (
        amount - (project.invested_before or 0) if turn.args["since"] == "start" else amount
    )
    turn.ask("report.figures", turn.talk.draft)
    show(turn, project, projects.milestones_of(turn.session, project.id))


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
