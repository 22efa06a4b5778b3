"""Who may do what: one table, action × role × scope. Absent and forbidden look alike to whoever asks."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.rules.words import Post, Role


class Action(StrEnum):
    SEE = "see"
    LIGHTS = "lights"
    REPORT = "report"
    RAISE = "raise"
    BOARD = "board"
    DISPATCH = "dispatch"
    REVIEW = "review"
    READ_LOG = "read_log"
    ADMINISTER = "administer"
    DIRECT = "direct"
    RECORD = "record"
    INSPECT = "inspect"


OFFICIALS = frozenset({Role.GENERAL_COORDINATOR, Role.GENERAL_DISPATCHER, Role.COORDINATOR, Role.DISPATCH_OFFICIAL})
REPORTERS = frozenset({Role.REPORTER, Role.OWNER_CONTACT})

BY_ASSIGNMENT: Mapping[Action, frozenset[Role]] = {
    Action.SEE: OFFICIALS | REPORTERS,
    Action.LIGHTS: OFFICIALS | {Role.REPORTER},
    Action.RAISE: OFFICIALS | REPORTERS,
    Action.READ_LOG: OFFICIALS | {Role.REPORTER},
    Action.DIRECT: frozenset({Role.GENERAL_COORDINATOR, Role.GENERAL_DISPATCHER}),
}
"""What a role in a project allows on that project. Reporting has a rule of its own: `reports_for`."""

BY_POST: Mapping[Action, frozenset[Post]] = {
    Action.SEE: frozenset(
        {
            Post.DISPATCHER,
            Post.LEADER,
            Post.LIAISON,
            Post.SUPERVISOR,
            Post.ADMINISTRATOR,
            Post.HEAD,
            Post.DEPUTY_HEAD,
            Post.INTAKE,
        }
    ),
    Action.LIGHTS: frozenset(
        {Post.DISPATCHER, Post.LEADER, Post.LIAISON, Post.SUPERVISOR, Post.ADMINISTRATOR, Post.HEAD, Post.DEPUTY_HEAD}
    ),
    Action.RAISE: frozenset({Post.DISPATCHER}),
    Action.BOARD: frozenset({Post.DISPATCHER, Post.LEADER, Post.LIAISON, Post.SUPERVISOR, Post.ADMINISTRATOR}),
    Action.DISPATCH: frozenset({Post.DISPATCHER}),
    Action.REVIEW: frozenset({Post.DEPUTY_HEAD, Post.HEAD}),
    Action.READ_LOG: frozenset({Post.DISPATCHER, Post.SUPERVISOR, Post.AUDITOR, Post.ADMINISTRATOR, Post.LEADER}),
    Action.ADMINISTER: frozenset({Post.ADMINISTRATOR}),
    Action.DIRECT: frozenset({Post.LEADER}),
    Action.RECORD: frozenset({Post.DISPATCHER, Post.LIAISON}),
    Action.INSPECT: frozenset({Post.SUPERVISOR, Post.DISPATCHER}),
}
"""What a post allows on every project in the subtree of its unit."""


def holders(action: Action) -> tuple[Post | Role, ...]:
    """Who may do this: posts, then roles in a project, each in the order of the vocabulary. Who reports is named by `REPORTERS`."""
    roles = REPORTERS if action is Action.REPORT else BY_ASSIGNMENT.get(action, frozenset())
    return (*(one for one in Post if one in BY_POST.get(action, ())), *(one for one in Role if one in roles))


@dataclass(frozen=True)
class Scope:
    """Where a project belongs: its unit and the unit that leads it."""

    project: int
    unit: int
    lead_unit: int | None = None


@dataclass(frozen=True)
class Standing:
    """What a person is, today: posts with the units they cover, roles by project, matters the person is concerned with."""

    person: int
    posts: tuple[tuple[Post, frozenset[int]], ...] = ()
    roles: Mapping[int, frozenset[Role]] = field(default_factory=dict)
    reports: frozenset[int] = frozenset()
    matters: Container[int] = frozenset()

    def holds(self, *posts: Post) -> bool:
        return any(post in posts for post, _ in self.posts)


NOT_DELEGATED = frozenset({Post.ADMINISTRATOR, Post.AUDITOR})
"""Posts that no deputy holds for somebody else."""


class _Any:
    """What is in one of these."""

    def __init__(self, parts: Sequence[Container[int]]) -> None:
        self._parts = parts

    def __contains__(self, one: object) -> bool:
        return any(one in part for part in self._parts)


def joined(own: Standing, others: Sequence[Standing]) -> Standing:
    """What a person is together with what those are whom they stand in for (委托)."""
    if not others:
        return own
    posts = [held for one in others for held in one.posts]
    roles: dict[int, frozenset[Role]] = {}
    for one in (own, *others):
        for project, held in one.roles.items():
            roles[project] = roles.get(project, frozenset()) | held
    reports = own.reports.union(*(one.reports for one in others))
    matters = _Any([one.matters for one in (own, *others)])
    return Standing(own.person, (*own.posts, *posts), roles, reports, matters)


def may(standing: Standing, action: Action, scope: Scope | None = None) -> bool:
    """Whether the person may do this (to this project; without one: to anything at all)."""
    if action is Action.REPORT:
        return bool(standing.reports) if scope is None else scope.project in standing.reports
    posts, roles = BY_POST.get(action, frozenset()), BY_ASSIGNMENT.get(action, frozenset())
    for post, units in standing.posts:
        if post in posts and (scope is None or scope.unit in units or scope.lead_unit in units):
            return True
    if scope is None:
        return any(held & roles for held in standing.roles.values())
    return bool(standing.roles.get(scope.project, frozenset()) & roles)


def reports_for(assigned: Mapping[Role, tuple[int, ...]]) -> frozenset[int]:
    """Who reports a project: its reporters (A and B) and owner's contacts; where neither is named, its 调度责任人."""
    named = (*assigned.get(Role.REPORTER, ()), *assigned.get(Role.OWNER_CONTACT, ()))
    return frozenset(named or assigned.get(Role.DISPATCH_OFFICIAL, ()))


def nudged_for(assigned: Mapping[Role, tuple[int, ...]]) -> tuple[int, ...]:
    """Who is asked for a report, one person: the first reporter, else the first owner's contact, else the 调度责任人."""
    for role in (Role.REPORTER, Role.OWNER_CONTACT, Role.DISPATCH_OFFICIAL):
        if assigned.get(role):
            return assigned[role][:1]
    return ()
