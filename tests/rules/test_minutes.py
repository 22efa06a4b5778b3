"""Minutes of every shape read as items: pasted from Word, from a table, from a chat, typed in a hurry."""

import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.mending import Mend, project_meant, read_mend, references
from bot.rules.minute_words import names_in
from bot.rules.minutes import Minutes, read_minutes

DATA = Path(__file__).parents[1] / "data" / "minutes"
TODAY = date(2026, 11, 24)


def of(name: str) -> Minutes:
    return read_minutes((DATA / f"{name}.txt").read_text("utf-8"), TODAY)


def table(found: Minutes) -> list[tuple[str, tuple[str, ...], str]]:
    """(lead, co-units, limit) of each item."""
    return [(item.unit, item.co_units, str(item.limit or item.limit_words)) for item in found.items]


# --- the shapes -----------------------------------------------------------------------------------------------------------


def test_numbered_with_headings_and_what_was_only_reported_or_stressed_left_out():
    found = of("numbered")
    assert (found.title, found.held_on, found.chair, found.document) == (
        "长泉区重点项目调度会议纪要", date(2026, 11, 20), "区委常委、副区长冯国栋", "长重项办〔2026〕12号",
    )  # fmt: skip
    assert table(found) == [
        ("区自规局", ("区住建局", "供电公司"), "2026-12-10"),
        ("供电公司", (), "2026-12-20"),
        ("区财政局", (), "2026-11-30"),
        ("区审批局", ("区生态环境分局",), "2026-11-25"),
    ]
    assert found.items[0].words.startswith("智诚慧家标准车间项目用地问题。由区自规局牵头")
    assert [line[:6] for line in found.unread] == ["会议听取了项", "各级各部门要", "项目办要加强"]


def test_one_paragraph_with_a_clause_for_each_unit():
    found = of("paragraph")
    assert (found.held_on, found.chair) == (date(2026, 11, 18), "冯国栋")
    assert table(found) == [
        ("自规局", ("住建局", "供电公司"), "2026-12-10"),
        ("财政局", (), "2026-12-15"),
        ("崮山街道", (), "长期坚持"),
    ]
    assert [item.standing for item in found.items] == [False, False, True] and not found.unread


def test_labels_on_lines_of_their_own_or_in_brackets():
    found = of("labels")
    assert table(found) == [
        ("供电公司", ("区住建局", "崮山街道"), "2026-12-15"),
        ("区行政审批服务局", (), "2026-12-31"),
        ("区征地拆迁服务中心", ("崮山街道",), "2026-12-08"),
        ("区住建局", (), "长期坚持"),
        ("区水务局", (), "立即"),
    ]
    first, _, third, _, last = found.items
    assert first.standard == "临时变压器送电，满足500千伏安" and third.words == "清理山东润丰厂区西侧地上附着物。"
    assert first.words == "解决智诚慧家标准车间临时用电问题，保证12月份设备调试需要。"
    assert (last.person, last.limit, last.standing) == ("刘建民", None, False)


def test_a_table_with_tabs_a_broken_cell_and_a_project_that_holds_for_the_rows_below():
    found = of("table")
    assert table(found) == [
        ("区自然资源局", ("区住建局", "供电公司"), "2026-12-10"),
        ("区交通局", (), "2026-12-31"),
        ("供电公司", ("崮山街道",), "2026-12-20"),
        ("公安分局", ("崮山街道",), "长期坚持"),
        ("", (), "2027-02-05"),
    ]
    assert [item.project for item in found.items] == ["智诚慧家标准车间"] * 2 + ["北辰机电二期"] * 2 + ["山东润丰"]
    assert (found.items[0].words, found.items[0].person, found.items[0].standard) == (
        "完成30亩用地组卷报批", "周明", "取得省厅受理通知",
    )  # fmt: skip


def test_a_table_without_a_header():
    found = read_minutes(
        "1\t打通智诚慧家东侧断头路\t区交通运输局\t12月31日前\n2\t办理施工许可\t区住建局\t年底前", TODAY
    )
    assert table(found) == [("区交通运输局", (), "2026-12-31"), ("区住建局", (), "2026-12-31")]
    assert found.items[0].words == "打通智诚慧家东侧断头路"


def test_a_day_that_limits_is_not_the_day_of_the_meeting():
    found = read_minutes("由自规局牵头，12月10日前完成；由财政局负责，11月20日前落实资金。", TODAY)
    assert found.held_on is None and table(found) == [("自规局", (), "2026-12-10"), ("财政局", (), "2026-11-20")]


def test_points_in_one_line_of_a_chat():
    found = of("wechat")
    assert table(found) == [
        ("住建局", (), "2026-11-27"),
        ("燃气公司", ("城管局",), "2026-12-02"),
        ("人社局", (), "2026-11-30"),
        ("", (), ""),
    ]
    assert (found.title, found.held_on, found.chair) == ("", None, "")


def test_points_within_points():
    found = of("nested")
    assert (found.held_on, found.document) == (date(2026, 11, 19), "第9期") and "陈立新" in found.chair
    assert table(found) == [
        ("区自然资源局", (), "2026-12-10"),
        ("区供电公司", (), "2026-12-25"),
        ("区住房和城乡建设局", (), "2026-12-08"),
        ("区住房和城乡建设局", (), "2026-12-18"),
        ("区应急管理局", (), "持续推进"),
    ]
    assert found.items[0].words.endswith("补正勘测定界图\n核对地类。") and "智诚慧家" in found.items[0].context


def test_first_second_third_in_a_sentence():
    assert table(of("points")) == [
        ("交通运输局", (), "2026-12-31"),
        ("水务局", ("住建局",), "2026-12-12"),
        ("项目办", (), ""),
        ("财政局", ("国资中心",), ""),
    ]


def test_twelve_items():
    found = of("twelve")
    assert len(found.items) == 12 and found.items[1].standard == "满足2000千伏安"
    assert [item.unit for item in found.items][8] == "" and found.items[7].limit is None, "明年 says nothing of a limit"
    assert not found.unread


# --- single sentences -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "unit", "helping", "limit"),
    [
        ("由自规局牵头，12月10日前完成", "自规局", (), "2026-12-10"),
        ("请区住建局于1月15日前办结", "区住建局", (), "2027-01-15"),
        ("交通运输局负责打通断头路", "交通运输局", (), ""),
        ("责成供电公司会同住建局3个工作日内拿出方案", "供电公司", ("住建局",), "2026-11-27"),
        ("由财政局、国资中心研究提出意见", "财政局", ("国资中心",), ""),
        ("道路接入。交警大队、崮山街道办事处配合，区交通局牵头，12月底前完成", "区交通局", ("交警大队", "崮山街道办事处"), "2026-12-31"),
        ("各有关部门抓好落实", "", (), ""),
        ("办理有关手续，尽快开工", "", (), ""),
        ("由发展和改革局与行政审批服务局负责", "发展和改革局", ("行政审批服务局",), ""),
        ("12月5日前拿出方案，12月20日前完成，供电公司负责", "供电公司", (), "2026-12-20"),
        ("项目竣工验收（责任单位：区住建局；时限：2027年6月底）", "区住建局", (), "2027-06-30"),
    ],
)  # fmt: skip
def test_who_and_until_when(said, unit, helping, limit):
    [item] = read_minutes(f"会议议定：\n1. {said}", TODAY).items
    assert (item.unit, item.co_units, str(item.limit or item.limit_words)) == (unit, helping, limit)


def test_limits_count_from_the_day_of_the_meeting():
    [item] = read_minutes("时间：2026年11月20日\n会议议定：\n1. 由住建局两周内办结", TODAY).items
    assert item.limit == date(2026, 12, 4)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("区自规局、区住建局和供电公司", ("区自规局", "区住建局", "供电公司")),
        ("住房和城乡建设局", ("住房和城乡建设局",)),
        ("发改局与财政局等部门", ("发改局", "财政局")),
        ("各镇街", ("各镇街",)),
        ("", ()),
    ],
)
def test_names_in_a_list(text, names):
    assert names_in(text) == names


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *"一二1２.、（)：:；\t\n局委负责由 ",
                "会议议定",
                "牵头单位：",
                "12月10日前",
                "2月30日",
                "配合",
                "完成时限：",
            ]
        ),
        max_size=60,
    ).map("".join)
)
def test_no_text_is_too_strange_and_nothing_is_made_up(text):
    read = read_minutes(text, TODAY)
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    for item in read.items:
        said, letters = "".join(unicodedata.normalize("NFKC", item.words).split()), iter(plain)
        assert said and all(letter in letters for letter in said), "its letters stand in the text, in this order"


# --- what is typed to put it right ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("3 改单位 住建局", Mend("unit", (3,), "住建局")),
        ("3改时限12-20", Mend("limit", (3,), "12-20")),
        ("第3项时限：长期", Mend("limit", (3,), "长期")),
        ("去掉 5", Mend("drop", (5,))),
        ("去掉 5、6和7", Mend("drop", (5, 6, 7))),
        ("5 去掉", Mend("drop", (5,))),
        ("3 协办 供电公司、住建局", Mend("co_units", (3,), "供电公司、住建局")),
        ("3 加协办 供电公司", Mend("co_units", (3,), "供电公司")),
        ("3 内容 换一句话", Mend("words", (3,), "换一句话")),
        ("3 另立", Mend("apart", (3,))),
        ("加 新的一项，由住建局负责", Mend("add", value="新的一项，由住建局负责")),
        ("主持 冯国栋", Mend("chair", value="冯国栋")),
        ("时间 11-20", Mend("held_on", value="11-20")),
        ("17-3", None),
        ("3", None),
        ("今天先这样", None),
        ("加强领导", None),
    ],
)
def test_a_typed_change(typed, meant):
    assert read_mend(typed) == meant


NAMES = {17: "智诚慧家标准车间", 18: "北辰机电二期厂房", 19: "智诚慧家宿舍楼", 20: "北辰机电二期"}


@pytest.mark.parametrize(
    ("said", "project"),
    [
        ("智诚慧家标准车间供电增容", 17),
        ("北辰机电二期厂房施工许可", 18),
        ("北辰机电二期的线路", 20),
        ("智诚慧家的围挡", None),
        ("智诚慧家标准车间和北辰机电二期", None),
        ("冬季扬尘治理", None),
    ],
)
def test_which_project_is_meant(said, project):
    assert project_meant(said, NAMES) == project


def test_numbers_of_matters_in_a_text():
    assert references("17-3 用地，2026-12-10，〔2026〕12号；0-2") == ((17, 3), (0, 2))
