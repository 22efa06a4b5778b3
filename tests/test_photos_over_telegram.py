"""An album with positions in it, over the Bot API: kept with them on the server, sent on without; a voice, and several projects."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.photos import look
from bot.rules.words import Post, Role
from tests.bot_api import BotApi, Person, Upload
from tests.photographs import photograph
from tests.service import Service

pytestmark = pytest.mark.slow

WANG, SUN, ZHAO = "王科长", "业主老孙", "收件小赵"
OFFICE = "区自然资源局"


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as api:
        yield api


def settled(home: Path, api: BotApi) -> tuple[Service, dict[str, Person]]:
    service, phones = Service(home, api, "2026-11-24 10:00"), {}
    with service.settling() as town:
        for name, unit, posts in ((WANG, "长泉区", []), (SUN, "智诚公司", []), (ZHAO, OFFICE, [Post.INTAKE])):
            phones[name] = api.user(name)
            town.person(name, unit, bound=False, posts=posts)
            service.bind(town, name, phones[name])
        plan = dict.fromkeys(range(1, 13), 1000)
        roles = {Role.REPORTER: WANG, Role.OWNER_CONTACT: SUN}
        town.project("智诚慧家标准车间", roles, number=17, plan=plan)
        town.project("北辰机电二期厂房", {Role.REPORTER: WANG}, number=18, plan=plan)
    return service, phones


async def test_an_album_is_one_report_and_keeps_place_and_time_on_the_server(api: BotApi, tmp_path: Path) -> None:
    service, phones = settled(tmp_path, api)
    wang = phones[WANG]
    photos = [photograph(90), photograph(35), photograph(90)]
    async with service.up():
        wang.album(photos, "智诚慧家 65%")
        await service.until("SELECT count(*) = 3 FROM stored_file WHERE state = 'stored'")
        card = await wang.hears("照片、文件 3 个")
        assert card.text.startswith("【请确认】智诚慧家标准车间") and card.labels == ["确认", "修改", "取消"]
        wang.presses("修改")
        await wang.hears("改哪一项")
        wang.presses("1")
        await wang.hears("改成多少")
        wang.says("七成")
        await wang.hears("形象进度 70%")
        wang.presses("确认")
        await wang.hears("已记下")
        await service.quiet()
    files = service.rows("SELECT sha256, latitude, longitude, taken_at, report FROM stored_file")
    assert len({row["sha256"] for row in files}) == 2 and {row["report"] for row in files} == {1}
    assert {(row["latitude"], row["longitude"]) for row in files} == {(36.5541, 116.7519)}
    assert all(str(row["taken_at"]).startswith("2026-11-23 02:30") for row in files)
    service.verify()


async def test_no_photo_is_sent_on_with_its_position(api: BotApi, tmp_path: Path) -> None:
    service, phones = settled(tmp_path, api)
    sun, zhao = phones[SUN], phones[ZHAO]
    async with service.up():
        sun.says("反映问题")
        await sun.hears("属于哪一类")
        sun.presses("用地")
        await sun.hears("请说清楚")
        sun.sends_document(photograph(), "现场.jpg", "还差 30 亩指标", mime="image/jpeg")
        await sun.hears("一般还是紧急")
        sun.presses("一般")
        await sun.hears("请确认")
        sun.presses("提交")
        await sun.hears("编号 17-1")
        await service.until("SELECT count(*) = 1 FROM stored_file WHERE state = 'stored'")
        await zhao.hears("17-1")
        while "看照片" not in api.messages(zhao)[-1].labels:
            shown = api.messages(zhao)[-1].labels
            zhao.presses("更多")
            await api.until(lambda shown=shown: api.messages(zhao)[-1].labels not in ([], shown))
        zhao.presses("看照片")
        await api.until(lambda: api.calls("sendDocument"))
        await service.quiet()
    [call] = api.calls("sendDocument")
    upload = call.params["document"]
    assert isinstance(upload, Upload)
    seen = look(upload.content)
    assert seen["likeness"] and not {"latitude", "longitude", "taken_at"} & seen.keys()
    for telling in (b"GPSLatitude", b"+36.5541", b"2026:11:23"):
        assert telling not in upload.content
    [kept] = (service.home / "data" / "files").glob("*/*")
    assert look(kept.read_bytes())["latitude"] == 36.5541
    service.verify()


async def test_a_voice_and_several_projects_with_a_kill_between_the_cards(api: BotApi, tmp_path: Path) -> None:
    service, phones = settled(tmp_path, api)
    wang = phones[WANG]
    async with service.up():
        wang.says("填报")
        await wang.hears("报哪个项目")
        wang.sends_voice(b"a voice")
        await wang.hears("我还听不了语音")
        wang.says("取消")
        wang.says("智诚 65%，北辰 40% 累计8000万")
        await wang.hears("【请确认】智诚慧家标准车间（1/2）")
        await service.quiet()
        await service.kill()
    async with service.up():
        wang.presses("确认")
        await wang.hears("【请确认】北辰机电二期厂房（2/2）")
        wang.presses("确认")
        await wang.hears("已记下“北辰机电二期厂房”：40%")
        await service.quiet()
    assert [row["progress"] for row in service.rows("SELECT progress FROM report ORDER BY id")] == [6500, 4000]
    service.verify()
