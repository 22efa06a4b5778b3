"""A card that is in the chat twice: the chat service took it, its answer was lost, and the process died. Both have live buttons."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.rules.words import Post, Role
from tests.bot_api import BotApi, Person, Shown, dropped, hung
from tests.service import Service

pytestmark = pytest.mark.slow

OFFICE, WANG, SUN, ZHAO = "区自然资源局", "王科长", "业主老孙", "收件小赵"
ORDERS = [pytest.param([0, 1], id="the older first"), pytest.param([1, 0], id="the newer first")]


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as api:
        yield api


def settled(home: Path, api: BotApi) -> tuple[Service, dict[str, Person]]:
    """Project number 17, who reports on it, its owner, and the intake of the land office, each with a telephone."""
    service, phones = Service(home, api), {}
    with service.settling() as town:
        for name, unit, posts in ((WANG, "长泉区", []), (SUN, "智诚公司", []), (ZHAO, OFFICE, [Post.INTAKE])):
            phones[name] = api.user(name)
            town.person(name, unit, bound=False, posts=posts)
            service.bind(town, name, phones[name])
        town.project("智诚慧家标准车间", {Role.REPORTER: WANG, Role.OWNER_CONTACT: SUN}, number=17)
    return service, phones


def copies(person: Person, text: str) -> list[Shown]:
    """The bot's messages with this text on the screen, oldest first."""
    return [shown for shown in person.api.messages(person) if shown.from_bot and text in shown.text]


async def shown_twice(service: Service, person: Person, text: str) -> list[Shown]:
    """Kills the process while it waits for the answer to the card that is already in the chat, and starts it again: both copies."""
    await person.hears(text)
    await service.kill()
    assert service.value("SELECT count(*) FROM outbox WHERE state = 'sending'") == 1
    await service.start()
    both = await person.api.until(lambda: len(found := copies(person, text)) == 2 and found, what="two copies")
    await service.quiet()
    assert both[0].labels and both[0].labels == both[1].labels
    return both


def now_shown(person: Person, message: int) -> Shown:
    return next(shown for shown in person.api.messages(person) if shown.id == message)


async def press_both(
    service: Service, person: Person, label: str, both: list[Shown], order: list[int], done: str
) -> None:
    """Presses one copy and, as from a telephone that was not looked at since, the other; the step is told of, and no copy leads nowhere."""
    older, newer = (shown.id for shown in both)
    first, second = ((older, newer)[at] for at in order)
    press = person.presses(label, message=first)
    other = now_shown(person, second).raw
    await person.hears(done)
    await service.quiet()
    person.api.world.queries["late"] = person.api.world.queries[press] | {"message": other}
    person.presses_again("late")
    await service.quiet()
    told = f"{person.user['first_name']} 已在 11-24 09:30 选了“{label}”。"
    await person.api.until(lambda: person.toasts[-1] == told, what=told)
    await service.quiet()
    assert done in now_shown(person, newer).text, "the newer copy is the one that is kept up to date"
    left = now_shown(person, older)
    assert left.text == "这张卡片发重了，请看另一张。" and not left.labels


@pytest.mark.parametrize("order", ORDERS)
async def test_a_matters_card_that_is_there_twice_is_signed_for_once(
    api: BotApi, tmp_path: Path, order: list[int]
) -> None:
    service, phones = settled(tmp_path, api)
    zhao = phones[ZHAO]
    async with service.up():
        await raises(service, phones[SUN])
        both = await shown_twice(service, zhao, "【新问题，请办理】17-1")
        await press_both(service, zhao, "签收", both, order, "办理中")
        newer = now_shown(zhao, both[1].id)
        assert "首次答复" in newer.labels and "签收" not in newer.labels
        zhao.presses("首次答复", message=newer.id)
        await zhao.hears("哪天前办好")
        await service.quiet()
    assert service.value("SELECT count(*) FROM dispatch_log WHERE kind = 'matter.signed'") == 1
    service.verify()


async def raises(service: Service, sun: Person) -> None:
    """A matter is raised; the answer to the card of its intake will not come."""
    sun.says("反映问题")
    await sun.hears("属于哪一类")
    sun.presses("用地")
    await sun.hears("请说清楚")
    sun.says("还差 30 亩指标")
    await sun.hears("一般还是紧急")
    sun.presses("一般")
    await sun.hears("请确认")
    await service.quiet()
    sun.api.fail("sendMessage", hung())
    sun.presses("提交")


@pytest.mark.parametrize("order", ORDERS)
async def test_a_reports_card_that_is_there_twice_is_confirmed_once(
    api: BotApi, tmp_path: Path, order: list[int]
) -> None:
    service, phones = settled(tmp_path, api)
    wang = phones[WANG]
    async with service.up():
        api.fail("sendMessage", hung())
        wang.says("65% 累计8000万")
        both = await shown_twice(service, wang, "【请确认】")
        await press_both(service, wang, "确认", both, order, "已记下")
        assert now_shown(wang, both[1].id).labels == ["撤回误发"]
    assert service.value("SELECT count(*) FROM report") == 1
    assert service.value("SELECT count(*) FROM dispatch_log WHERE kind = 'report.received'") == 1
    service.verify()


async def test_a_card_pressed_before_it_is_sent_again_stays_the_only_one(api: BotApi, tmp_path: Path) -> None:
    service, phones = settled(tmp_path, api)
    wang = phones[WANG]
    async with service.up():
        api.fail("sendMessage", dropped())
        wang.says("65% 累计8000万")
        await wang.hears("【请确认】")
        await service.until("SELECT count(*) FROM outbox WHERE state = 'pending' AND attempts = 1")
        wang.presses("确认")
        await wang.hears("已记下")
        await service.quiet()
        assert len(api.calls("sendMessage")) == 1 and not copies(wang, "【请确认】")
    assert service.value("SELECT count(*) FROM report") == 1
    service.verify()
