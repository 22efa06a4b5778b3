"""Where a matter goes: by category and district as the policy has it; and what a policy that cannot be used says."""

import pytest

from bot.policy import PolicyError, read_policy
from bot.rules.words import UTILITIES, Category, Post, Role
from handlers import ladder
from storage import people, projects
from tests.town import Town

pytestmark = pytest.mark.slow

OWN = """
[route]
land = ["市自然资源局"]
utilities = ["市住建局"]
road = ["市交通局"]
water = ["市水务局"]
power = ["市供电公司"]
network = ["市大数据局"]
gas = ["市燃气公司"]
heat = ["市热力公司"]
labour = ["没有这个局", "市人社局"]
owner = []

[routes."甲区"]
land = ["甲区自然资源局"]
power = ["甲区供电所"]

[routes."乙区"]
land = ["乙区自然资源局"]
utilities = ["乙区住建局"]
"""
UNITS = (
    "市自然资源局", "市住建局", "市交通局", "市水务局", "市供电公司", "市大数据局", "市燃气公司", "市热力公司", "市人社局", "甲区自然资源局", "甲区供电所",
    "乙区自然资源局", "乙区住建局",
)  # fmt: skip
RAISER = "业主老孙"


@pytest.fixture
def city(settle_in, tmp_path) -> Town:
    """A city with three districts, each with a project; every bureau has an intake."""
    path = tmp_path / "policy.toml"
    path.write_text(OWN, "utf-8")
    town: Town = settle_in("2026-11-24 09:10", read_policy(path))
    for district in ("甲区", "乙区", "丙区"):
        town.unit(district, "长泉市")
    town.unit("甲区开发区", "甲区")
    for unit in UNITS:
        town.person(f"{unit}收件", unit, posts=[Post.INTAKE], bound=False)
    town.person("调度小李", "长泉市", posts=[Post.DISPATCHER])
    town.person(RAISER, "智诚公司")
    for number, unit in enumerate(("甲区", "乙区", "丙区", "甲区开发区"), 1):
        town.project(f"{unit}项目", {Role.OWNER_CONTACT: RAISER}, unit=unit, number=number)
    return town


def goes_to(town: Town, number: int, category: Category) -> str:
    """The unit that a blocker of this project goes to; "" for none."""

    def job(desk) -> str:
        unit = ladder.route(desk, category, town.people[RAISER], projects.by_number(desk.session, number))
        return people.unit_name(desk.session, unit) if unit is not None else ""

    return str(town.do(job))


@pytest.mark.parametrize(
    ("number", "category", "unit"),
    [
        (1, Category.LAND, "甲区自然资源局"),
        (2, Category.LAND, "乙区自然资源局"),
        (3, Category.LAND, "市自然资源局"),
        (4, Category.LAND, "甲区自然资源局"),  # a unit below the district
        (1, Category.POWER, "甲区供电所"),
        (2, Category.POWER, "乙区住建局"),  # not named there: where the district's 要素 go
        (3, Category.POWER, "市供电公司"),
        (1, Category.WATER, "市水务局"),
        (3, Category.LABOUR, "市人社局"),  # the first that exists
        (1, Category.OWNER, ""),
    ],
)
def test_by_category_and_district(city, number, category, unit):
    assert goes_to(city, number, category) == unit


def test_road_water_power_network_gas_and_heat_each_to_its_own(city):
    expected = ["市交通局", "市水务局", "市供电公司", "市大数据局", "市燃气公司", "市热力公司"]
    assert [goes_to(city, 3, category) for category in UTILITIES] == expected


def test_every_category_has_a_route_of_its_own_in_the_policy():
    route = read_policy().file.route
    assert set(route) == set(Category)
    assert [category for category in route if not route[category]] == [Category.OWNER, Category.OTHER]


async def test_what_is_routed_nowhere_goes_to_the_dispatcher(city):
    await city.says(RAISER, "反映问题")
    await city.presses(RAISER, "1")
    await city.says(RAISER, "其他")
    await city.says(RAISER, "路边的树挡住了大门")
    await city.presses(RAISER, "一般")
    await city.presses(RAISER, "提交")
    assert "路边的树挡住了大门" in city.text("调度小李") and "【新问题，请办理】" in city.text("调度小李")


def test_a_unit_with_nobody_to_answer_is_passed_over(settle_in, tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text('[route]\nland = ["空的局", "有人的局"]\n', "utf-8")
    town: Town = settle_in("2026-11-24 09:10", read_policy(path))
    town.unit("空的局")
    town.person("小赵", "有人的局", posts=[Post.HEAD], bound=False)
    town.person(RAISER)
    town.project("项目", {Role.OWNER_CONTACT: RAISER}, number=1)
    assert goes_to(town, 1, Category.LAND) == "有人的局"


# --- a policy that cannot be used -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ('# own\n[route]\nlnad = ["局"]\n', 3, "route.lnad"),
        ('[route]\nland = "市自然资源局"\n', 2, "route.land"),
        ('[routes."甲区"]\nland = ["局"]\npwoer = ["局"]\n', 3, "routes.甲区.pwoer"),
        ('\n\n[routes."甲区"]\nland = 3\n', 4, "routes.甲区.land"),
        ("[limits.lnad]\nsection = 1\n", 1, "limits.lnad"),
        ("[limits.land]\nsectoin = 1\n", 2, "limits.land.sectoin"),
        ("[limits.land]\nsection = 0\n", 2, "limits.land.section"),
        ('[procedure.forest]\nname = ""\ndays = 45\n', 2, "procedure.forest.name"),
        ("[procedure.own]\ndays = 45\n", 1, "procedure.own.name"),
        ("[matter]\nsign_days = 1\nreminders = [\"3/2\"]\n", 3, "matter.reminders"),
        ("[matter]\nnight = [\"nobody\"]\n", 2, "matter.night"),
        ('[routes."甲区"]\n', 1, "routes.甲区"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_file_line_and_key(tmp_path, text, line, key):
    path = tmp_path / "own.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(PolicyError) as caught:
        read_policy(path)
    assert str(caught.value).startswith(f"{path}, line {line}, {key}"), caught.value
