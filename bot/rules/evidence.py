"""Evidence of completion (佐证): photos are never compulsory, except where a milestone's own standard asks for them."""

import re

WORDS = re.compile(
    r"照片|影像|图片|相片|现场照|视频|佐证|证明材料|证明文件|验收单|验收报告|验收记录|验收材料|签证单|影像资料"
)
NOT = re.compile(
    r"(?:无需|不需|不必|不用|免)(?:要|提供|附|报|交)*[^,，。;；]{0,6}?(?:照片|影像|图片|视频|佐证|证明材料|验收单)"
)


def asked_for(standard: str) -> bool:
    """Whether a milestone's standard (标准) asks for evidence of its completion."""
    return bool(WORDS.search(NOT.sub("", standard)))
