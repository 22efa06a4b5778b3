"""The thirteen steps before building starts, as officials keep them in the 前期工作台账 (五大战役): how each is called in the form, and
by what words a milestone is known to be one of them. The last, 其他, takes what is none of the others."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Step:
    """name: as the policy's template calls it; form: as the form's column does."""

    name: str
    form: str
    words: re.Pattern[str]


def _step(name: str, form: str, words: str) -> Step:
    return Step(name, form, re.compile(words))


STEPS = (
    _step("项目申请报告书", "项目申请报告书", "申请报告|立项|项目建议书"),
    _step("可研", "项目可行性研究", "可研|可行性|可性研"),
    _step("初设预审、概算", "项目初设预审、概算", "初设|初步设计|概算"),
    _step("规划选址论证", "规划选址论证", "选址"),
    _step("环境评价", "项目环境评价", "环境?评|环境影响"),
    _step("用地用林用海预审", "用地、用林、用海预审", "用地.*预审|用林|用海|土地预审"),
    _step("规划一书两证", "规划一书二证办理", "一书[二两]证|规划许可"),
    _step("审图", "审图", "审图|施工图审"),
    _step("招投标", "招投标", "招投?标|投标"),
    _step("开工许可证", "开工许可证", "[开施]工许可"),
    _step("供地", "供地", "供地|土地出让|摘牌"),
    _step("供水供电", "供水供电", "供水|供电|水电"),
)
OTHER = _step("其他", "其他", "^其[他它]$")
"""The thirteenth."""


def step_of(name: str) -> Step | None:
    """Which step a milestone's name means; None where it means none of the thirteen."""
    return next((step for step in (*STEPS, OTHER) if step.words.search(name)), None)


def placed(milestones: Iterable[tuple[str, T]]) -> dict[Step, T]:
    """step -> the milestone that stands in its column; of several for one step the one that is called as the form calls it, else the
    first."""
    found: dict[Step, T] = {}
    known = list(milestones)
    called = {step.form: step for step in (*STEPS, OTHER)}
    for name, one in known:
        if name in called:
            found.setdefault(called[name], one)
    for name, one in known:
        step = step_of(name)
        if step is not None:
            found.setdefault(step, one)
    return found
