"""What must never be taken for a figure: names with digits in them, and counts of things that are not money."""

import re

from bot.rules.reading.numerals import NUMBER

# Each takes the place, character by character, of what was recognised, so that nothing is read twice.
NAME, DATE, COUNT, SHARE, MONEY, LENGTH = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004", "\ue005"
FLOORS = "\ue006"  # a count of storeys: 12层
COUNTS = f"[{COUNT}{FLOORS}]"

_HOUSE = (
    r"楼|栋|幢|厂房|线|地块|标|路|院|机组|机|井|桥|墩|门|馆|库|仓|车间|塔|炉|泵|池|洞|隧道|煤|主变|风机|文|令|坝|船|矿|窑|住宅|学生|教学|宿舍|综合|办公|生产"
    r"|安置|公寓|商铺|站|口|闸|锅炉|地|区|片区|通道|竖井|承台|盖梁|台|盾构|[a-z]|\d"
)
_COUNTER = (
    r"延长米|延米|芯公里|千伏安|兆伏安|伏安|mva|gw|标方|标准件|册|床|泊位|车位|床位|尾|匹|平方公里|平方米|平方|平米|㎡|m2|m²|m3|m³|立方米|立方|公顷|公里|千米|米|km|kva|kw|kv|mw|千瓦时|千瓦|兆瓦|千伏|伏|度电|吨|亩|方|平|户|人次|人|名|家|株|棵|台|套|栋|幢|座|间"
    r"|层|条|根|片|榀|节|段|处|宗|项|件|次(?!结构|衬|装修|搬运|招标|供水)|头|(?<!亿)(?<!万)只|羽|辆|斤|公斤|公分|厘米|毫米|标准箱|标箱|箱|桶|支|张|颗|盏|眼|口|孔|跨|环|组|批|所|枚|块(?=砖|板|钢|玻|石)|字|级|位|村|镇|条"
    r"|个(?!亿|百分点|点|月|多月|半月|工作[日天]|星期|礼拜|季|多亿|小时)"
)
# Names and counts that must never be taken for figures: 3号楼, G312, 1#, 二期, 10千伏, 35万平方米, 11户, K12+300.
_IDENTIFIERS = re.compile(
    rf"[〔\[(](?:19|20)\d\d[〕\])]第?\d{{1,5}}号?|1[3-9]\d{{9}}(?!\d)|k\d{{1,4}}\+\d{{1,4}}|\d{{1,4}}#|#\d{{1,4}}"
    rf"|(?<![a-z])(?!q[1-4])[a-z]{{1,4}}-?\d{{1,6}}(?:[-+]\d{{1,4}})?(?![\d.%])"
    rf"|[“\"]?十[一二三四五六]五[”\"]?(?=规划|计划|期间|末|以来|时期|[”\",])"
    rf"|(?<![\d月.])(?:\d{{1,4}}|[一二三四五六七八九十]{{1,3}})(?:[-~—、至和](?:\d{{1,4}}|[一二三四五六七八九十]{{1,3}}))?号(?={_HOUSE})"
    rf"|第[一二三四五六七八九十\d]{{1,3}}(?!季|个季)(?:批|标段|标|次|段|期|阶段)?"
    rf"|[一二三四五六七八九十\d]{{1,3}}期(?!间)|[一二三四五六七八九十\d]{{1,2}}标段?(?=[^准]|$)|[三五七](?=通一平)|(?<=通)一(?=平)|[一二三四五六七八九](?:证齐全|图四库)|统一|一些|一直|一般|一律|一线|一定|一样|一起|一下|一点"
)
_QUANTITIES = re.compile(rf"(?<!周)(?<!星期)(?<!礼拜){NUMBER}(?:多|余|来)?个?(?:万|亿)?(?:多|余|来)?(?:{_COUNTER})")


def hide_names(text: str) -> str:
    """The plain text with identifiers and counts masked."""
    text = _IDENTIFIERS.sub(lambda match: NAME * len(match[0]), text)
    return _QUANTITIES.sub(lambda match: (FLOORS if match[0].endswith("层") else COUNT) * len(match[0]), text)
