"""Photos of a report: kept once with their place and time, sent on without; compulsory only where a standard asks for them."""

import io

import pytest
from sqlmodel import select

from bot.bare import bare
from bot.photos import look
from bot.rules.words import Post, Role
from handlers.routes import STEPS
from storage import dispatch_log
from storage.tables import Milestone, Report, StoredFile
from tests.photographs import photograph

pytestmark = pytest.mark.slow

WANG, ZHAO, SUN = "王科长", "收件小赵", "业主老孙"
OFFICE = "区自然资源局"


def site(town, standard=""):
    town.person(WANG)
    number = town.project(
        "智诚慧家标准车间", {Role.REPORTER: WANG}, number=17, plan=dict.fromkeys(range(1, 13), 1000), milestones=[("主体封顶", "2026-11-25")],
    )  # fmt: skip

    def ask(desk):
        desk.session.exec(select(Milestone)).one().standard = standard
        desk.session.flush()
        desk.note("milestones.laid", project=number, rows=desk.session.exec(select(Milestone)).all())

    town.do(ask)
    return number


def rows(town, table):
    with town.store.read() as session:
        return session.exec(select(table).order_by(table.id)).all()


def check_log(town):
    with town.store.read() as session:
        assert dispatch_log.verify(session, town.app.house.sealer).good
        verdict = dispatch_log.verify_rows(session, town.app.house.sealer)
        assert verdict.good, verdict


async def test_an_album_is_one_card_and_each_photo_is_kept_once_with_its_place_and_time(settle_in):
    town = settle_in("2026-11-24 17:00")
    site(town)
    one, two = photograph(90), photograph(35)
    await town.sends_file(WANG, one, album="a")
    await town.sends_file(WANG, two, album="a")
    await town.sends_file(WANG, one, album="a")
    assert len(town.messages(WANG)) == 1 and "收到 3 个文件" in town.text(WANG)
    await town.says(WANG, "65%")
    await town.sends_file(WANG, two, album="b")
    await town.sends_file(WANG, two, album="b")
    assert "照片、文件 5 个" in town.text(WANG) and len(town.messages(WANG)) == 3
    await town.presses(WANG, "确认")
    files = rows(town, StoredFile)
    assert {row.sha256 for row in files} and len({row.sha256 for row in files}) == 2
    assert {(row.latitude, row.longitude, str(row.taken_at)) for row in files} == {
        (36.5541, 116.7519, "2026-11-23 02:30:00+00:00")
    }
    kept = [path.read_bytes() for path in (town.settings.data_dir / "files").glob("*/*")]
    assert sorted(kept) == sorted([one, two])
    check_log(town)


async def test_what_is_sent_on_bears_no_position(settle_in):
    town = settle_in("2026-11-24 10:00")
    town.person(SUN, "智诚公司")
    town.person(ZHAO, OFFICE, posts=[Post.INTAKE])
    town.project("智诚慧家标准车间", {Role.OWNER_CONTACT: SUN}, number=17)
    await town.says(SUN, "反映问题")
    await town.presses(SUN, "用地")
    await town.sends_file(SUN, photograph(), caption="还差 30 亩指标")
    await town.presses(SUN, "一般")
    await town.presses(SUN, "提交")
    sent = []
    send = town.phones.send
    town.phones.send = lambda to, drawn: sent.extend(raw for _, raw in drawn.files) or send(to, drawn)
    await town.presses(ZHAO, "看照片")
    [copy] = sent
    assert "latitude" not in look(copy) and "taken_at" not in look(copy) and look(copy)["likeness"]
    [row] = rows(town, StoredFile)
    assert row.latitude == 36.5541
    [path] = (town.settings.data_dir / "files").glob("*/*")
    assert look(path.read_bytes())["latitude"] == 36.5541


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_copy_looks_the_same_and_tells_nothing(form):
    from PIL import Image

    original = Image.open(io.BytesIO(photograph()))
    out = io.BytesIO()
    original.save(out, form, exif=original.getexif(), **({"lossless": True} if form == "WEBP" else {}))
    copy = Image.open(io.BytesIO(bare(out.getvalue())))
    copy.load()
    assert Image.open(io.BytesIO(out.getvalue())).getexif().get_ifd(0x8825)
    assert not copy.getexif().get_ifd(0x8825)
    assert copy.tobytes() == Image.open(io.BytesIO(out.getvalue())).tobytes()


def test_a_jpeg_keeps_which_side_is_up_and_nothing_else():
    raw = photograph(turn=6)
    copy = bare(raw)
    from PIL import Image

    assert dict(Image.open(io.BytesIO(copy)).getexif()) == {0x0112: 6}
    for telling in (b"camera of Wang", b"GPSLatitude", b"2026:11:23", b"+36.5541"):
        assert telling in raw and telling not in copy
    assert bare(b"%PDF-1.7 +36.5541+116.7519/") == b"%PDF-1.7 +36.5541+116.7519/"
    film = b"\0\0\0\x18ftypqt  " + b"\xa9xyz+36.5541+116.7519+038.2/"
    assert len(bare(film)) == len(film) and b"36.5541" not in bare(film)


def test_a_broken_picture_is_no_trouble():
    raw = photograph()
    for size in range(3, len(raw), 7):
        assert isinstance(bare(raw[:size]), bytes)


async def test_a_standard_that_asks_for_photos_is_said_beforehand_asked_about_once_and_met(settle_in):
    town = settle_in("2026-11-24 08:00")
    site(town, "主体结构完成，附照片")
    await town.walk("2026-11-24 10:00")
    assert "节点“主体封顶”还有 1 个工作日（11-25），要求附照片等佐证" in town.text(WANG)
    await town.says(WANG, "填报")
    assert "节点“主体封顶”：11-25，要求附照片等佐证" in town.text(WANG)
    await town.says(WANG, "65% 主体封顶已完成")
    assert "要求附照片等佐证，可现在发" in town.text(WANG)
    await town.presses(WANG, "确认")
    assert "标准是“主体结构完成，附照片”" in town.text(WANG) and rows(town, Report) == []
    await town.sends_file(WANG, photograph())
    assert "照片、文件 1 个" in town.text(WANG) and "可现在发" not in town.text(WANG)
    await town.presses(WANG, "确认")
    assert [row.progress for row in rows(town, Report)] == [65]
    assert rows(town, Milestone)[0].done_on
    check_log(town)


async def test_a_reason_will_do_in_the_place_of_photos(settle_in):
    town = settle_in("2026-11-24 16:00")
    site(town, "验收单")
    await town.says(WANG, "65% 主体封顶已完成")
    await town.presses(WANG, "确认")
    await town.says(WANG, "嗯")
    assert rows(town, Report) == []
    await town.says(WANG, "验收单在走签字流程，下周补")
    [report] = rows(town, Report)
    assert "未附佐证：验收单在走签字流程，下周补" in report.words and rows(town, Milestone)[0].done_on
    assert "已记下" in town.text(WANG)
    check_log(town)


async def test_without_such_a_standard_nobody_is_asked_for_photos(settle_in):
    town = settle_in("2026-11-24 16:00")
    site(town, "主体结构全部完成")
    await town.says(WANG, "65% 主体封顶已完成")
    assert "佐证" not in town.text(WANG)
    await town.presses(WANG, "确认")
    assert len(rows(town, Report)) == 1 and "report.proof" in STEPS
    check_log(town)
