"""One point of minutes: what its labels and its sentence say of units, persons, days and standards. Pure."""

import re
from collections.abc import Sequence
from datetime import date

from bot.rules import reading
from bot.rules.reading.values import WorkingDay
from bot.rules.words import Precision

_NAME = (
    r"(?:[\u4e00-\u9fffA-Za-z（）()]{1,16}?(?:局|委员会|管委会|委(?!员|托|派|会|书记)|办公室|办(?!理|好|结|法|公|事|成|证|齐|完|妥)|中心|公司|集团|"
    r"镇(?!街)|街道办?(?:事处)?|乡|银行|支行|支队|大队|部(?!门|分|署|位)|指挥部|专班|学院|医院|供电所|政府|镇街|单位|部门|党组))"
)
_LIST = rf"{_NAME}(?:\s*[、，,/和与及]\s*{_NAME})*"
UNITS = re.compile(_LIST)
_LABEL = re.compile(
    r"(?P<co>(?:配合|协办|协同|协助|参与|参加)(?:单位|部门)?)\s*[:：]|"
    r"(?P<unit>(?:责任|牵头|主办|承办|落实|主责)(?:单位|部门)|牵头|责任主体)\s*[:：]|"
    r"(?P<person>(?:包保|分管|具体)?(?:责任人|责任领导|负责人))\s*[:：]|"
    r"(?P<limit>(?:完成|办结|办理|落实|整改|工作)?(?:时限|期限)(?:要求)?|(?:完成|办结|整改)时间|时间节点)\s*[:：]|"
    r"(?P<standard>(?:办成|完成|工作|验收|办结)?(?:标准|成效|目标|成果)|(?:完成|工作)要求)\s*[:：]|"
    r"(?P<project>(?:涉及|所属)?项目(?:名称)?)\s*[:：]"
)
_LEAD = (
    re.compile(rf"(?:由|请|责成)?\s*(?P<units>{_LIST})\s*(?:具体|共同|分别)?牵头"),
    re.compile(rf"(?:由|请|责成|要求|明确由?|安排|委托|交由)\s*(?P<units>{_LIST})"),
    re.compile(rf"(?:^|[，,。；;：:、\n])\s*(?P<units>{_LIST})(?=(?:具体|全权|统一)?负责)"),
    re.compile(
        rf"(?:^|[，,。；;：:\n])\s*(?P<units>{_LIST})(?=\s*(?:要|须|应|于|在|会同|对|就|把|将|按|抓紧|尽快|加快|加强|做好|完成|研究|组织|制定|落实|想办法|"
        r"配合(?!单位)|明天|今天|本周|下周|每[周月天日]|\d|[:：]))"
    ),
)
CO = (
    re.compile(
        rf"(?P<units>{_LIST})\s*(?:等(?:部门|单位)?)?(?:积极|密切|全力|予以|做好|按职责)?(?:配合|协助|协办|协同|参与)"
    ),
    re.compile(rf"会同\s*(?P<units>{_LIST})"),
)
STANDING = re.compile(r"长期(?:坚持)?|持续(?:推进|坚持|跟进|抓好)?|常态化|常抓不懈|长效")
_BEFORE_NAME = re.compile(r"^(?:由|请|责成|要求|明确|安排|委托|交由|会同|属地|沿线|各自|分别)+")
_NOT_UNITS = re.compile(
    r"^(?:各|有关|相关|其他|项目单位|责任单位|牵头单位|配合单位|施工单位|建设单位|本单位|各自|上述).*|.*(?:部门|单位)$"
)


def bare(text: str) -> str:
    """A name without what calls upon it: 由区自规局 -> 区自规局."""
    return _BEFORE_NAME.sub("", text.strip())


class Told:
    """The words of one point, with what its labels and its sentence say."""

    def __init__(self, text: str) -> None:
        self.labels, self.words = labelled(text)
        self.lead = names_in(self.labels.get("unit", "")) or spoken(_LEAD, self.words)
        self.labelled = any(name in self.labels for name in ("unit", "limit"))

    @property
    def dated(self) -> bool:
        return "limit" in self.labels or bool(STANDING.search(self.words) or _WRITTEN_DAY.search(self.words))


_WRITTEN_DAY = re.compile(
    r"\d\s*[日号月]|[日月周旬底内](?:之|以)?前|(?:天|日|周|月)内|周[一二三四五六日]|月底|年底|春节|元旦"
)


def labelled(text: str) -> tuple[dict[str, str], str]:
    """What stands behind labels, and the words without them."""
    marks = list(_LABEL.finditer(text))
    values: dict[str, str] = {}
    left, at = "", 0
    for mark, following in zip(marks, [*marks[1:], None], strict=False):
        until = following.start() if following else len(text)
        end = re.compile(r"[。\n）)]" if mark.lastgroup == "standard" else r"[；;。\n）)]").search(
            text, mark.end(), until
        )
        stop = end.start() if end else until
        value = text[mark.end() : stop].strip(" ，,、；;（(")
        if value:
            values.setdefault(mark.lastgroup or "", value)
        left, at = left + text[at : mark.start()], stop
    left += text[at:]
    left = re.sub(r"[（(\[【][\s，,；;、。]*[)）\]】]", "", left)
    left = re.sub(r"[，,；;、\s]+(?=[，,；;。\n]|$)", "", left)
    left = re.sub(r"。{2,}", "。", left)
    return values, re.sub(r"\s*\n\s*", "\n", left).strip(" \n，,；;、（(")


def names_in(text: str) -> tuple[str, ...]:
    """The units of a list as they were written: 区自规局、住建局和供电公司; what is no name of one (各有关部门) is kept as it stands."""
    found: list[str] = []
    for part in re.split(r"[、，,/；;\s]|以及|(?<=[局委办心司镇道会])[和与及]", text):
        name = re.sub(r"(?:等.*|[（(].*)$", "", bare(part)).strip(" 。:：")
        if name and name not in found:
            found.append(name)
    return tuple(found)


def spoken(patterns: Sequence[re.Pattern[str]], words: str) -> tuple[str, ...]:
    """The units that the first fitting pattern finds in a sentence."""
    for pattern in patterns:
        for found in pattern.finditer(words):
            names = tuple(name for name in names_in(found["units"]) if not _NOT_UNITS.match(name))
            if names:
                return names
    return ()


def limit_of(label: str, words: str, held: date, working: WorkingDay) -> tuple[date | None, str, bool]:
    """(the last day, its words, whether it is for good). Of several days ahead the latest counts: by then all of it is done."""
    ahead = [one for one in reading.read(label or words, held, working=working).deadlines if one.day >= held]
    if not label:
        ahead = [one for one in ahead if one.precision is not Precision.YEAR or one.text.endswith(("前", "内", "底"))]
    latest = max(ahead, key=lambda one: one.day, default=None)
    if latest is not None:
        return reading.this_time(latest.day, latest.text, held), label or latest.text, False
    if label:
        written = reading.parse_due(label, held.year)
        day = reading.parse_date(label, held) or (written[0] if written and written[0] >= held else None)
        return day, label, day is None and bool(STANDING.search(label))
    standing = STANDING.search(words)
    return None, standing[0] if standing else "", bool(standing)
