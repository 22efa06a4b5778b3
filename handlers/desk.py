"""What a handler works with: the transaction, the time, the texts, and the few ways of having an effect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlmodel import Session, SQLModel

from bot.messages import Address, Button, Card, Incoming, Picture
from bot.policy import Policy
from bot.rules.calendar import WorkCalendar
from bot.rules.entitlement import NOT_DELEGATED, Action, Standing, may, reports_for
from bot.rules.guard import masked
from bot.rules.reading.lexicon import Lexicon, seed
from bot.rules.words import MessageClass, Role
from bot.texts import Texts
from storage import conversations, delegation, dispatch_log, entitlement, errands, matters, nudges, outbox, people
from storage.conversations import Talk
from storage.delegation import FOR
from storage.people import Known
from storage.tables import Outbox, Person


@dataclass
class House:
    """What stays the same from one occasion to the next."""

    texts: Texts
    policy: Policy
    calendar: WorkCalendar
    sealer: dispatch_log.Sealer
    data_dir: Path
    demo: bool = False
    web: str = ""
    """The address people reach the page at, without a slash at the end; "": not known."""
    abroad: frozenset[str] = frozenset()
    links: dict[str, str] = field(default_factory=dict)
    """channel -> what an invite code is put behind to open the chat with the bot."""
    lexicon: Lexicon = field(default_factory=seed)
    """The words that reports are read with; it learns (词库)."""
    held: bool = False
    """Nothing is said by itself until an administrator confirms: the database was put back from a copy."""


class Desk:
    """One occasion: everything done through it happens in one transaction, or not at all."""

    def __init__(self, session: Session, now: datetime, house: House, *, channel: str = "", message: str = "") -> None:
        self.session = session
        self.now = now
        self.house = house
        self.channel = channel
        self.message = message
        self._standings: dict[int, Standing] = {}
        self.acting: int | None = None
        """For whom what is being done is done, where it is for another (委托)."""
        self._redrawn: set[int] = set()

    @cached_property
    def today(self) -> date:
        return self.house.calendar.day(self.now)

    @property
    def calendar(self) -> WorkCalendar:
        return self.house.calendar

    @property
    def policy(self) -> Policy:
        return self.house.policy

    # --- saying ---------------------------------------------------------------------------------------------------

    def text(self, name: str, locale: str = "", /, **facts: Any) -> str:
        """A message of the templates; `today` and `now` are always among its facts."""
        return self.house.texts.say(name, locale, today=self.today, now=self.now, **facts)

    def readable(self, words: str) -> str:
        """What somebody wrote, as whoever this desk serves may read it: without the numbers of cards and telephones in it, but at the
        server, where the office keeps the records."""
        return words if self.channel == "cli" else masked(words)

    def label(self, name: str, locale: str = "") -> str:
        return self.house.texts.label(name, locale)

    def button(self, label: str, action: str, locale: str = "", style: str = "", /, **args: Any) -> Button:
        """A button whose label is `label` in the labels file."""
        return Button(self.label(label, locale), action, args, style=style)

    def say(
        self,
        klass: MessageClass,
        card: Card,
        *,
        person: int | None = None,
        address: Address | None = None,
        own: bool = False,
        **options: Any,
    ) -> int | None:
        """Lays a message in the outbox (options: see `storage.outbox.put`); returns its row, None where its key was said before.

        What is no answer goes to the deputy of a person who is away, and says for whom it is; own: it is meant for nobody else.
        """
        if person is not None and klass is not MessageClass.ANSWER and address is None and not own:
            deputy = self.deputy_of(person, options.get("matter"))
            if deputy != person:
                card = replace(card, text=f"{self.for_whom(person)}\n{card.text}")
                options |= {"facts": {FOR: person}, "key": _for_another(options.get("key"), person, deputy)}
                person = deputy
        return outbox.put(self.session, klass, self.now, card=card, person=person, address=address, **options)

    def for_whom(self, person: int) -> str:
        """代 张三：, the first line of a card that a deputy gets."""
        row = self.session.get(Person, person)
        return self.text("delegation.for", row.locale if row else "", name=row.name if row else "").strip()

    def hand(
        self,
        person: int,
        card: Card,
        *,
        key: str,
        about: str,
        project: int | None = None,
        matter: int | None = None,
        urgent: bool = False,
        reason: Mapping[str, Any] | None = None,
        own: bool = False,
    ) -> None:
        """Something newly a person's: at once in working hours (urgent: at any hour), else with the next bundle. While they are away
        their deputy gets it; own: nobody else does."""
        if nudges.said(
            self.session, _for_another(key, person, person if own else self.deputy_of(person, matter)) or key
        ):
            return
        if urgent or self.calendar.in_hours(self.now):
            klass = MessageClass.URGENT if urgent else MessageClass.HAND
            self.say(
                klass, card, person=person, key=key, about=about, projects=[project] if project else [], matter=matter, own=own
            )  # fmt: skip
        else:
            kept = {"card": card.to_json(), **(reason or {})}
            self.remind(person, "hand", key=key, about=about, project=project, matter=matter, reason=kept, own=own)

    def remind(
        self,
        person: int,
        kind: str,
        *,
        key: str,
        about: str,
        project: int | None = None,
        milestone: int | None = None,
        matter: int | None = None,
        reason: Mapping[str, Any] | None = None,
        day: date | None = None,
        own: bool = False,
    ) -> None:
        """One item for a person's bundle; nothing where this key was there before, or was said in a card. While they are away it is in their deputy's, but
        for a notice about no project and no matter, and what is their own."""
        deputy = person if own or nudges.personal(kind, project, matter) else self.deputy_of(person, matter)
        if deputy != person:
            key = _for_another(key, person, deputy) or key
        if outbox.said(self.session, key):
            return
        values = {
            "acting_for": person if deputy != person else None,
            "project": project,
            "milestone": milestone,
            "matter": matter,
            "about": about,
            "reason": {**(reason or {}), **({nudges.OWN: True} if own else {})},
        }
        nudges.add(self.session, [nudges.row(self.session, deputy, kind, key, day or self.today, self.now, **values)])

    def withdraw(self, *about: str) -> None:
        """Takes back what these subjects made pointless: items of bundles, unsent messages; sent cards lose their buttons."""
        for bundle in nudges.withdraw(self.session, about):
            self.redraw(bundle)
        for row in outbox.withdraw(self.session, about, self.now):
            shown = row.shown or row.body
            if shown and '"rows": []' not in shown:
                self.strip(row)

    def redraw(self, bundle: int) -> None:
        """Has the sender render a bundle that was sent once more, and edit it; once for all that happens on one occasion."""
        row = self.session.get(Outbox, bundle)
        if row is None or row.state not in ("sending", "sent") or bundle in self._redrawn:
            return
        self._redrawn.add(bundle)
        outbox.put(
            self.session, MessageClass.ANSWER, self.now, render=row.render, facts=row.facts, person=row.person,
            address=outbox.address_of(row), edits=row.id, projects=row.projects, matter=row.matter,
        )  # fmt: skip

    def strip(self, row: Outbox, note: str = "") -> None:
        """Edits a sent card: the same words, no buttons, and what became of it."""
        shown = Card.from_json(row.shown or row.body)
        text = shown.text + (f"\n\n{note}" if note else "")
        outbox.put(
            self.session,
            MessageClass.ANSWER,
            self.now,
            card=Card(text),
            person=row.person,
            address=outbox.address_of(row),
            edits=row.id,
            projects=row.projects,
            matter=row.matter,
        )

    def supersede(self, row: Outbox, text: str) -> None:
        """Edits a sent card: other words in its place, nothing of what it showed, no buttons; for whom it concerns no longer."""
        address = outbox.address_of(row)
        outbox.put(
            self.session,
            MessageClass.ANSWER,
            self.now,
            card=Card(text),
            person=row.person,
            address=address,
            edits=row.id,
        )

    def errand(
        self,
        kind: str,
        payload: Mapping[str, Any],
        *,
        key: str,
        person: int | None = None,
        address: Address | None = None,
    ) -> None:
        """Slow work, done outside the writer; its result comes in as an Incoming of kind `errand`."""
        errands.add(
            self.session,
            kind,
            payload,
            key,
            self.now,
            person=person,
            address=outbox.as_dict(address) if address else None,
        )

    # --- remembering ----------------------------------------------------------------------------------------------

    def note(
        self,
        kind: str,
        *,
        project: int | None = None,
        person: int | None = None,
        facts: Mapping[str, Any] | None = None,
        rows: Sequence[SQLModel] = (),
        gone: Sequence[SQLModel] = (),
        words: Mapping[str, str] | None = None,
    ) -> int:
        """An entry in the dispatch log, with the new values of the changed rows, and which were removed (gone). What somebody does for another names them."""
        if self.acting is not None and person is not None:
            facts = {FOR: self.acting, **(facts or {})}
        return dispatch_log.append(
            self.session, self.house.sealer, self.now, kind, project=project, person=person, channel=self.channel,
            message=self.message, facts=facts, rows=rows, gone=gone, words=words,
        )  # fmt: skip

    # --- rights ---------------------------------------------------------------------------------------------------

    def standing(self, person: int) -> Standing:
        if person not in self._standings:
            self._standings[person] = entitlement.standing(self.session, person, self.today)
        return self._standings[person]

    def deputy_of(self, person: int, matter: int | None = None) -> int:
        """Who gets today what is meant for a person: while they are away their deputy, through whom that one has named in turn (委托),
        else they themselves. Nobody answers for a matter they raised: of such a one it stays with the person."""
        line = delegation.line(delegation.deputies(self.session, self.today), person)
        if not line:
            return person
        row = matters.by_id(self.session, matter) if matter is not None else None
        return person if row is not None and line[-1] in (row.raised_by, row.recorded_by) else line[-1]

    def acts_for(self, person: int) -> tuple[int, ...]:
        """For whom a person acts today, directly or through others."""
        return delegation.behind(delegation.deputies(self.session, self.today), person)

    def behalf(self, person: int, *, project: int | None = None, matter: int | None = None) -> int | None:
        """For whom a person reports this project, or deals with this matter, today: None where they may in their own right."""
        others = self.acts_for(person)
        if not others:
            return None
        if project is not None:
            reporting = reports_for(self.assigned(project))
            return None if person in reporting else next((one for one in others if one in reporting), None)

        def concerned(one: int) -> bool:
            without = NOT_DELEGATED if one != person else frozenset()
            return matter in entitlement.own(self.session, one, self.today, without).matters

        return None if concerned(person) else next((one for one in others if concerned(one)), None)

    def stand_anew(self) -> None:
        """A delegation has begun or ended: who may do what is worked out anew."""
        delegation.forget(self.session)
        self._standings.clear()

    def may(self, person: int, action: Action, project: int | None = None) -> bool:
        """Whether a person may do this, to this project or (without one) at all."""
        if project is None:
            return may(self.standing(person), action)
        if action is Action.REPORT:
            reporting = reports_for(self.assigned(project))
            return person in reporting or any(one in reporting for one in self.acts_for(person))
        scope = entitlement.scope(self.session, project)
        return scope is not None and may(self.standing(person), action, scope)

    def assigned(self, project: int) -> dict[Role, tuple[int, ...]]:
        """role -> persons of a project today, the first answers."""
        return entitlement.assigned(self.session, project, self.today)


def _for_another(key: str | None, person: int, deputy: int) -> str | None:
    """The key of what a deputy gets for a person. Where it ends with whom it is for, it is that of what they get in their own right:
    nobody is told twice."""
    return f"{key.removesuffix(f':{person}')}:{deputy}" if key is not None and key.endswith(f":{person}") else key


class Turn(Desk):
    """A desk with a person before it: what they said, where the talk stands, and how to answer."""

    def __init__(self, session: Session, now: datetime, house: House, incoming: Incoming, known: Known | None) -> None:
        super().__init__(
            session, now, house, channel=incoming.channel, message=str(incoming.facts.get("message") or incoming.dedup)
        )
        self.incoming = incoming
        self.known = known
        self.args: dict[str, Any] = {}
        self.pressed: int | None = None
        self.toast = ""
        self._talk: Talk | None = None

    @property
    def person(self) -> int:
        """Who speaks; only for routes that want a bound person."""
        assert self.known is not None
        return self.known.person

    @property
    def locale(self) -> str:
        return (self.known.locale if self.known else "") or self.house.texts.default

    @property
    def typed(self) -> str:
        return self.incoming.text.strip()

    @property
    def talk(self) -> Talk:
        if self._talk is None:
            assert self.known is not None
            self._talk = conversations.talk(self.session, self.known.account)
        return self._talk

    def ask(self, step: str, draft: Mapping[str, Any] | None = None, *, hours: float | None = None) -> None:
        """Opens a step: the next words of this person answer it. The draft is kept for `hours` (the policy's draft_hours)."""
        self.talk.step = step
        if draft is not None:
            self.talk.draft = dict(draft)
        self.talk.expires_at = self.now + timedelta(hours=hours or self.policy.file.report.draft_hours)
        conversations.save(self.session, self.talk, self.now)

    def done(self) -> None:
        """Closes the open step and drops the draft."""
        if self.talk.step or self.talk.draft:
            self.talk.step, self.talk.draft, self.talk.expires_at = "", {}, None
            conversations.save(self.session, self.talk, self.now)

    def words(self, name: str, /, **facts: Any) -> str:
        """A text in the speaker's language, for the speaker's eyes."""
        return self.text(name, self.locale, reader=self.readable, **facts)

    def readable(self, words: str) -> str:
        """The office reads all; everybody else what they wrote themselves just now."""
        if self.known is None:
            return masked(words)
        if masked(words) == words or self.may(self.person, Action.DISPATCH):
            return words
        return masked(words, own=f"{self.typed}\n{self.talk.draft}")

    def key(self, label: str, action: str, style: str = "", /, **args: Any) -> Button:
        """A button in the speaker's language."""
        return self.button(label, action, self.locale, style, **args)

    def reply(
        self,
        name: str,
        rows: Sequence[Sequence[Button]] = (),
        /,
        *,
        picture: Picture | None = None,
        files: Sequence[str] = (),
        copy: str = "",
        fresh: bool = False,
        projects: Sequence[int] = (),
        reusable: bool = False,
        unique: str | None = None,
        about: str = "",
        matter: int | None = None,
        **facts: Any,
    ) -> None:
        """Answers: in the place of the card that was pressed, else (or `fresh`) as a new message. Buttons are the speaker's alone."""
        card = Card(self.words(name, **facts), tuple(tuple(row) for row in rows if row), picture, tuple(files), copy)
        edits = self.pressed if self.pressed and not fresh and not files and not copy and not picture else None
        self.say(
            MessageClass.ANSWER, card, person=self.known.person if self.known else None, address=self.incoming.address, edits=edits,
            projects=projects, reusable=reusable, key=unique, about=about, matter=matter,
        )  # fmt: skip
        self.pressed = None

    def on_behalf(self, project: int | None = None, matter: int | None = None) -> int | None:
        """For whom the speaker reports this project, or deals with this matter: None where they may in their own right."""
        return self.behalf(self.person, project=project, matter=matter)

    def reaches(self, person: int) -> Known | None:
        """The account a person can be reached at."""
        return people.account_of(self.session, person)
