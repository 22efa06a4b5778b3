"""委托 over the Bot API: cards go to the deputy, who acts for who is away; the log says so; it ends by itself; it may be refused."""

from pathlib import Path

import pytest

from bot.rules.words import Post, Role
from tests.bot_api import BotApi
from tests.service import Service
from tests.test_matters_over_telegram import LI, OFFICE, SUN, raises

pytestmark = pytest.mark.slow

ZHANG, SI = "张三", "李四"


async def test_the_deputy_acts_it_ends_by_itself_and_is_refused_the_next_time(tmp_path: Path) -> None:
    with BotApi() as api:
        service, phones = Service(tmp_path, api, "2026-11-24 10:00"), {}
        with service.settling() as town:
            for name, unit, posts in (
                (SUN, "智诚公司", []),
                (LI, "长泉区", [Post.DISPATCHER]),
                (ZHANG, OFFICE, [Post.INTAKE]),
                (SI, OFFICE, []),
            ):
                phones[name] = api.user(name)
                town.person(name, unit, bound=False, posts=posts)
                service.bind(town, name, phones[name])
            town.project("智诚慧家标准车间", {Role.OWNER_CONTACT: SUN}, number=17)
        sun, li, zhang, si = (phones[name] for name in (SUN, LI, ZHANG, SI))
        async with service.up():
            zhang.says("委托 李四 11-24到11-25 出差")
            await zhang.hears("李四代您：11-24（周二）至 11-25（周三），出差")
            await service.kill()

        async with service.up():
            zhang.presses("确认")
            await zhang.hears("已委托：李四代您")
            asked = await si.hears("张三委托您代办")
            assert asked.labels == ["不接受"]
            await raises(sun)
            card = await si.hears("【新问题，请办理】17-1")
            assert card.text.startswith("代 张三：") and "签收" in card.labels
            press = si.presses("签收")
            await si.hears("办理中")
            await service.kill()

        async with service.up():
            si.presses_again(press)
            si.presses("首次答复")
            await si.hears("哪天前办好")
            si.says("补正材料，12月4日前下达")
            await si.hears("【已首次答复】17-1")
            li.says("17-1")
            shown = await li.hears("李四（代张三）签收")
            assert "李四（代张三）首次答复，12-04 前办结" in shown.text
            zhang.says("17-1")
            mine = await zhang.hears("李四（代张三）签收")
            assert "反馈" in mine.labels, "what is open works for either"
            await service.quiet()
            assert not any("【新问题" in shown.text for shown in api.messages(zhang))
        assert service.value("SELECT count(*) FROM dispatch_log WHERE kind = 'matter.signed'") == 1

        service.set_clock("2026-11-26 09:20")
        async with service.up():
            await si.hears("您代张三的委托到期结束")
            await zhang.hears("李四代您的委托到期结束")
            sun.says("反映问题 红线还没有批")
            await sun.hears("属于哪一类")
            sun.presses("用地")
            await sun.hears("一般还是紧急")
            sun.presses("一般")
            await sun.hears("请确认")
            sun.presses("提交")
            own = await zhang.hears("【新问题，请办理】17-2")
            assert not own.text.startswith("代")
            zhang.says("委托 李四 11-30到12-02 培训")
            await zhang.hears("11-30（周一）至 12-02（周三），培训")
            zhang.presses("确认")
            await si.hears("11-30（周一）至 12-02（周三）")
            si.presses("不接受")
            await zhang.hears("李四不接受代张三")
            await service.quiet()
            assert not any("17-2" in shown.text for shown in api.messages(si))
        ended = [row["ended"] for row in service.rows("SELECT ended FROM delegation ORDER BY id")]
        assert ended == ["over", "refused"]
        service.verify()
