"""Less noise: 免打扰 (no reminders for a while) and 减负建议 (a word on where the bot is a burden)."""

from datetime import date, timedelta

from bot.rules import reading
from bot.rules.words import Post
from handlers.desk import Turn
from storage import people
from storage.tables import Person

SOME_DAYS = 3
LONGEST = timedelta(days=31)
OFF = ("恢复", "关闭", "取消", "off")

# --- 免打扰 ---------------------------------------------------------------------------------------------------------------


def start(turn: Turn) -> None:
    """免打扰: asks until when; a day typed with the word is taken at once."""
    words = _given(turn, "quiet")
    if words in OFF:
        until(turn, None)
    elif words:
        typed_day(turn, words)
    else:
        _offer(turn)


def _given(turn: Turn, command: str) -> str:
    """What was said together with the word."""
    rest = str(turn.args.get("rest", ""))
    return "" if rest == command else rest


def _aside(turn: Turn, step: str) -> None:
    """A question beside what is being talked about: the open draft waits."""
    draft = {name: value for name, value in turn.talk.draft.items() if name != "then"}
    turn.ask(step, {**draft, "then": turn.talk.draft.get("then", turn.talk.step)})


def _back(turn: Turn) -> None:
    """Back to the draft that waited."""
    if turn.talk.step not in ("quiet.until", "feedback.words"):
        return
    draft, then = dict(turn.talk.draft), turn.talk.draft.get("then", "")
    draft.pop("then", None)
    if then and draft:
        turn.ask(then, draft)
    else:
        turn.done()


def _offer(turn: Turn) -> None:
    person = turn.session.get(Person, turn.person)
    quiet = person.quiet_until if person and person.quiet_until and person.quiet_until >= turn.today else None
    some = turn.calendar.add_workdays(turn.today - timedelta(days=1), SOME_DAYS)
    keys = [
        turn.key("quiet_today", "quiet.until", day=turn.today.isoformat()),
        turn.key("quiet_days", "quiet.until", day=some.isoformat()),
        turn.key("quiet_date", "quiet.ask"),
    ]
    if quiet:
        keys.append(turn.key("quiet_off", "quiet.until", day=None))
    turn.reply("quiet.offer", [keys[:3], keys[3:]], until=quiet)


def chosen(turn: Turn) -> None:
    day = turn.args["day"]
    until(turn, day and date.fromisoformat(day))


def ask(turn: Turn) -> None:
    _aside(turn, "quiet.until")
    turn.reply("quiet.which_day")


def answered(turn: Turn) -> None:
    typed_day(turn, turn.typed)


def typed_day(turn: Turn, words: str) -> None:
    """A day in words: 下周五, 11-30."""
    day = reading.parse_date(words, turn.today)
    if day is None or not turn.today <= day <= turn.today + LONGEST:
        _aside(turn, "quiet.until")
        turn.reply("quiet.no_such_day", words=words, last=turn.today + LONGEST)
        return
    _back(turn)
    until(turn, day)


def until(turn: Turn, day: date | None) -> None:
    """Reminders wait until this day is over; None: no longer. What is newly handed over comes all the same."""
    person = turn.session.get(Person, turn.person)
    assert person is not None
    person.quiet_until = day
    turn.session.flush()
    turn.note("person.quiet", person=turn.person, facts={"until": day})
    turn.reply("quiet.done", until=day)


# --- 减负建议 -------------------------------------------------------------------------------------------------------------


def suggest(turn: Turn) -> None:
    """减负建议: a word typed with it is taken at once, else asked for."""
    words = _given(turn, "feedback")
    if words:
        take(turn, words)
    else:
        _aside(turn, "feedback.words")
        turn.reply("quiet.suggest")


def suggested(turn: Turn) -> None:
    if not turn.typed:
        turn.reply("quiet.suggest")
        return
    _back(turn)
    take(turn, turn.typed)


def take(turn: Turn, words: str) -> None:
    """Kept in the log; one line in the administrators' next bundle; thanked for."""
    entry = turn.note("feedback", person=turn.person, words={"text": words})
    name = turn.known.name if turn.known else ""
    for administrator, _ in people.everyone_with(turn.session, Post.ADMINISTRATOR, turn.today):
        text = turn.text("quiet.suggestion", administrator.locale, name=name, words=words)
        key = f"feedback:{entry}:{administrator.id}"
        turn.remind(administrator.id, "notice", key=key, about="", reason={"text": text})
    turn.reply("quiet.thanks")
