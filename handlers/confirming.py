"""What was typed is read into the draft and shown beside what is known, to be confirmed."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from bot.messages import Button
from bot.rules import reading
from bot.rules.figures import Base, figures
from bot.rules.truth import sayings
from bot.rules.truth.figures import USE
from bot.rules.words import Source
from handlers import drafts, filing, judging, lexicon, pick, report_card, stages
from handlers.desk import Desk, Turn
from storage import doubts, outbox, projects
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
    said = pick.without_names(turn, project, words)
    read = read_of(turn, milestones, said)
    if read.on_plan and read.percent is None and not read.amounts and not draft["words"] and not draft.get("proxy"):
        turn.args = {"project": project.id}
        filing.on_plan(turn)
        return
    typed(turn, draft, words)
    draft["unread"] = [*draft["unread"], *(read.unread or ([] if says_something(read) else [words]))]
    draft["blockers"] = sorted({*draft.get("blockers", []), *read.blockers})
    draft["questions"] = list(read.questions)
    if read.percent is not None:
        draft["progress"] = str(read.percent)
    basis = judging.basis(turn, project)
    take_amounts(turn, project, draft, read.amounts, said, basis)
    _take_sayings(draft, read, said)
    report_card.take(draft, read, milestones)
    stages.take(turn, project, draft, read, said)
    draft["done"] = sorted({*draft["done"], *report_card.done_by_name(read, milestones)})
    draft["on_plan"] = bool(draft.get("on_plan")) or read.on_plan
    put_right(turn, project, milestones, basis)


def read_of(turn: Turn, milestones: list[Milestone], words: str) -> reading.Reading:
    """Words about a project with these milestones, read as of today."""
    names = [row.name for row in milestones]
    return reading.read(words, turn.today, turn.house.lexicon, milestones=names, working=turn.calendar.is_workday)


def typed(turn: Turn, draft: dict[str, Any], words: str) -> None:
    """Words join the draft as they were said, with the message that said them; what a service made of a voice is marked so."""
    if turn.incoming.facts.get("transcribed"):
        draft["transcribed"], words = True, turn.words("report.transcribed", words=words).strip()
    draft["words"] = [*draft["words"], words]
    draft["messages"] = [*draft.get("messages", []), turn.message]
    draft["album"] = turn.incoming.facts.get("album") or ""


def put_right(turn: Turn, project: Project, milestones: list[Milestone], basis: Basis | None = None) -> None:
    """The draft has changed: its doubts are worked out anew, older cards are overtaken, and the card is shown."""
    draft = turn.talk.draft
    draft["card"] = turn.incoming.dedup
    draft["doubts"] = judging.of_draft(turn, project, draft, milestones, basis)
    turn.ask("report.figures", draft)
    show(turn, project, milestones)


def _take_sayings(draft: dict[str, Any], read: reading.Reading, words: str) -> None:
    """What else the words say that a figure is measured by: the day it is of, a stage after completion."""
    day = sayings.named_day(words, read.past)
    if day is not None:
        draft["named_day"] = day.isoformat()
    in_use = next((one.stage for one in read.stages if one.status == "done" and USE.search(one.stage)), "")
    draft["in_use"] = in_use or draft.get("in_use", "")


def take_amounts(
    turn: Turn, project: Project, draft: dict[str, Any], amounts: Sequence[reading.Amount], words: str, basis: Basis
) -> None:
    """The sums of `words` into the draft: the year's figure, and figures of others."""
    if not amounts:
        return
    own, others = sayings.apart(words, amounts)
    if others:
        draft["outside"] = {**draft.get("outside", {}), **others}
    base = _base(turn, project, basis)
    found = figures(own, base)
    draft["month_base"] = base.month_base
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
    if not _to_confirm(draft, milestones):
        turn.reply(
            "report.unread",
            as_words_keys(turn, project.id),
            words="\n".join(draft["words"]),
            project=project,
            questions=_asked(turn),
        )
        return
    doubted = _doubted(draft)
    turn.reply(
        "report.confirm", report_card.keys(turn, milestones, bool(doubted)), projects=[project.id], questions=_asked(turn),
        doubts=judging.worded(turn, doubted, turn.locale),
        explanations=sorted({one["explanation"] for one in draft.get("doubts", []) if one["explanation"]}),
        **report_card.facts(turn, project, draft, milestones),
    )  # fmt: skip


def show_files(turn: Turn, project: Project) -> None:
    """Files came without words: the card is shown with them on it; for the rest of an album in the place of its first card."""
    draft, album = turn.talk.draft, turn.incoming.facts.get("album")
    in_its_place(turn, album)
    if draft["words"]:
        show(turn, project, projects.milestones_of(turn.session, project.id))
    else:
        turn.reply("report.files_kept", count=len(draft["files"]), project=project)


def in_its_place(turn: Turn, album: str | None) -> None:
    """What is said next to a picture of this album stands in the place of what was said to the one before."""
    draft = turn.talk.draft
    last = outbox.last_answer(turn.session, turn.incoming.address) if album and draft.get("album") == album else None
    turn.pressed = last.id if last else None
    draft["album"] = album or ""
    turn.ask(turn.talk.step, draft)


def _to_confirm(draft: dict[str, Any], milestones: list[Milestone]) -> bool:
    """Whether there is anything to be confirmed."""
    figures = "progress" in draft or draft.get("invested_year") is not None or draft.get("outside")
    told = any(draft.get("told", {}).values()) and not draft.get("questions")
    return bool(
        figures or draft["done"] or draft.get("life") or draft.get("on_plan") or draft["files"] or told or _plain_words(draft)
        or report_card.offered(draft, milestones)
    )  # fmt: skip


def _doubted(draft: dict[str, Any]) -> list[Any]:
    """What has to be asked before anything is written. Of what a dispatcher writes for somebody nothing is: it goes on the list."""
    return [] if draft.get("proxy") else judging.unexplained(draft.get("doubts", []))


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
    marked = projects.milestones_of(turn.session, project.id) if draft["done"] else []
    wanting = report_card.unproved(draft, marked)
    if wanting:
        turn.ask("report.proof", draft)
        turn.reply("report.proof", [[turn.key("back", "report.card")]], wanting=wanting, project=project)
        return
    write(turn, project, draft)


def write(turn: Turn, project: Project, draft: dict[str, Any]) -> None:
    """What the draft holds becomes a report, and its sender is thanked."""
    proxy = draft.get("proxy")
    report = filing.write(
        turn, project, person=proxy["person"] if proxy else turn.person, source=Source.PROXY if proxy else Source.CHAT,
        recorded_by=turn.person if proxy else None, progress=Decimal(draft["progress"]) if "progress" in draft else None,
        invested_year=draft.get("invested_year"), invested_period=draft.get("invested_period"), done=draft["done"],
        words="\n".join(draft["words"]), basis=proxy["basis"] if proxy else "", files=draft["files"],
        messages=draft.get("messages"), doubts=draft.get("doubts"), outside=draft.get("outside"),
        life=draft.get("life"),
    )  # fmt: skip
    lexicon.keep(turn, draft.get("unread", []), project.id, report.id)
    turn.done()
    filing.thank(
        turn, project, report, many=draft.get("many", False) and not draft.get("queue"), hindered=bool(draft.get("blockers")),
        doubted=bool(_doubted(draft)),
    )  # fmt: skip
    if proxy and proxy["person"] is not None:
        filing.tell_proxied(turn, project, report, proxy)
