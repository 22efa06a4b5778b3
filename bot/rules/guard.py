"""What must not be kept, and what others need not see: secrecy marks, and the numbers of cards and telephones. Pure.

Marks as documents bear them (保守国家秘密法; 国家秘密定密管理规定: 绝密、机密、秘密, ★ and a term; GB/T 9704-2012: the upper left corner).
"""

import re
import unicodedata

TRADITIONAL = str.maketrans("機絕祕級號電傳發辦長", "机绝秘级号电传发办长")
_ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_GAP = r"[ \t.·_\-]{0,4}"
_LEVEL = rf"(?:秘{_GAP}密|机{_GAP}密|绝{_GAP}密)"
_TERM = r"(?:\d{1,2}|[一二三五十]+)\s*(?:年|个?月|日)|长期|启用前|公布前"
_STAR = "[★☆⭐✩✪✭*※]"
_URGENT = "(?:特提|特急|加急|平急|急件)"
_PAPER = "(?:文件|公文|材料|资料|图纸|电报|纪要|附件|数据|通知|方案|内容|信息|来电)"
_NO_THING = "(?!柜|库|室|袋|箱|架|销毁|印刷|中心|处理|管理|打印|粉碎|存储|传递)"
_OWNER = "(?:密字|密发|密函|密电|密传|密办|密报|密文|秘密|机密|绝密|密)"
_CITIES = "(?<![高新]密)(?<![高新])"
"""高密, 新密: towns whose papers bear their name."""

_MARKS: dict[str, re.Pattern[str]] = {
    "star": re.compile(rf"{_LEVEL}\s*{_STAR}|{_STAR}\s*{_LEVEL}"),
    "level": re.compile(rf"密{_GAP}级\s*(?:[:：为是]|定为)?\s*[\[(（【《]?\s*(?:{_LEVEL}|工作秘密)|(?:定密|标密)(?:为|[:：])\s*{_LEVEL}"),
    "urgent": re.compile(rf"(?:^|[\s\[(【])(?:{_LEVEL}[\s·、.]*{_URGENT}|{_URGENT}[\s·、.]*{_LEVEL})"),
    "line": re.compile(
        rf"^[\s\[(【<《“\"'#=\-—]*{_LEVEL}\s*(?:级|件|文件)?\s*(?:{_TERM})?[\s\])】>》”\"'#=\-—!。]*$", re.MULTILINE
    ),
    "bracket": re.compile(rf"[\[(【<]\s*{_LEVEL}\s*(?:级|件|文件|{_TERM})?\s*[\])】>]"),
    "head": re.compile(
        rf"\A[\s\W]*{_LEVEL}(?:级|件|{_PAPER})?\s*(?:{_TERM}\s*)?[:,!;、](?!\s*\d+%)|^\s*保密期限\s*[:：]|\A[\s\W]*{_LEVEL}[ \t]+(?:{_TERM}|\d)", re.MULTILINE
    ),
    "number": re.compile(
        rf"{_CITIES}{_OWNER}\s*[〔\[(（【﹝]\s*(?:19|20)\d\d\s*(?:年)?\s*[〕\])）】﹞]\s*第?\s*\d+\s*号"
    ),
    "said": re.compile(
        rf"{_PAPER}.{{0,4}}(?:(?<![不非])(?:是|属|属于|定为|定的是|标的是|标了|标注?为?|列为|涉及|含有?)){_LEVEL}(?:级|件|文件)?(?=$|[\s,。;!?、，的])"
        rf"|{_PAPER}.{{0,4}}(?<!不)(?<!未)(?:涉及|属于|含有?|是)(?:党和)?国家秘密(?=$|[\s,。;!?])"
    ),
    "paper": re.compile(rf"{_LEVEL}(?:级{_PAPER}|文件|公文|电报|件(?=$|[\s,。;!?、]|[一两三几\d]份)){_NO_THING}"),
}  # fmt: skip
"""What is found -> how. Each is tried on half-width, simplified text; `paper` only where nobody forbids or denies it."""
_FORBIDS = re.compile(
    r"(?:不得|不能|不要|不准|不许|不可|不应|不涉及|不含|没有|严禁|禁止|请勿|勿|杜绝|防止|避免|非|无|未|查处|学习|违规|泄露|保管|管理|销毁|清退|有关|关于).{0,12}$"
)
_NAME_PARTS = re.compile(r"[\s_.·—~+()（）【】\[\]《》“”\-]+")
_NAME_MARK = re.compile(
    rf"(?:秘密|机密|绝密)(?:级|件|文件|公文|材料|资料|电报)?(?:{_STAR}?(?:{_TERM})?)?(?:{_URGENT})?"
)
_TOPS = 1500
"""Characters of a document in which its mark is looked for: the first page bears it."""


def secret(text: str) -> str:
    """Under which mark of secrecy a text stands ("star", "number", ...); "" where it bears none."""
    if not _quick(text):
        return ""
    words = _plain(text)
    for name, pattern in _MARKS.items():
        for found in pattern.finditer(words):
            clause = re.split(r"[,。;!?\n]", words[: found.start()])[-1]
            if name not in ("paper", "said") or not _FORBIDS.search(clause):
                return name
    return ""


def secret_name(name: str) -> str:
    """Likewise for the name of a file, where a part of it may be the mark (机密-方案.docx)."""
    if not _quick(name):
        return ""
    parts = _NAME_PARTS.split(_plain(name))
    return "name" if any(_NAME_MARK.fullmatch(part) for part in parts) else secret(name)


def secret_document(text: str) -> str:
    """Likewise for the text of a document: its head."""
    return secret(text[:_TOPS])


def _quick(text: str) -> bool:
    """Whether there is anything to look for: most of what is typed has no such letter."""
    return "密" in text or "★" in text


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(_ZERO_WIDTH).translate(TRADITIONAL).replace("\u3000", " ")


# --- numbers of people ----------------------------------------------------------------------------------------------------

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_SEPARATED = r"[ \u3000\-]?"
_CARD = re.compile(
    rf"(?<![0-9０-９A-Za-z])(?:[0-9０-９]{_SEPARATED}){{17}}[0-9０-９XxＸｘ](?![0-9０-９A-Za-z])"
    r"|(?<![0-9A-Za-z])[1-8]\d{5}\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?![0-9A-Za-z元万亿])"
)
"""18 digits with their check digit, 15 of the old kind with a date in it (GB 11643-1999)."""
_PHONE = re.compile(
    rf"(?<![0-9０-９A-Za-z.〔-])(?:(?:\+|00)?86{_SEPARATED})?[1１][3-9３-９][0-9０-９](?:{_SEPARATED}[0-9０-９]{{4}}){{2}}(?![0-9０-９A-Za-z]|\s*(?:元|万|亿|平方|[.,]\d))"
)
_ENOUGH = re.compile(r"(?:[0-9０-９][ \u3000\-]?){11}")


def masked(text: str, own: str = "") -> str:
    """The text with the numbers of identity cards and mobile telephones made unreadable: 370113********2345, 138****5678.
    Those that stand in `own`, what the reader wrote, stay."""
    if not _ENOUGH.search(text):
        return text

    def card(found: re.Match[str]) -> str:
        digits = _digits(found[0])
        known = len(digits) == 15 or identity_card(digits)
        return _hidden(digits, 6, 4) if known and found[0] not in own else found[0]

    def phone(found: re.Match[str]) -> str:
        return found[0] if found[0] in own else _hidden(_digits(found[0])[-11:], 3, 4)

    return _PHONE.sub(phone, _CARD.sub(card, text))


def identity_card(number: str) -> bool:
    """Whether 18 digits are the number of an identity card: a date of birth in it, and the check digit right."""
    if not re.fullmatch(r"[1-8]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9X]", number):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return _CHECKS[total % 11] == number[17]


def _digits(number: str) -> str:
    return re.sub(r"[^0-9X]", "", unicodedata.normalize("NFKC", number).upper())


def _hidden(digits: str, first: int, last: int) -> str:
    return f"{digits[:first]}{'*' * (len(digits) - first - last)}{digits[-last:]}"
