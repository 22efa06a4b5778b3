"""Secret matters are refused before anything is kept; numbers of people are shown to the office alone."""

import io
import json
import zipfile
import zlib

import pytest
from sqlmodel import select

from bot.errands import stored_path
from bot.heads import head, unread
from bot.messages import Incoming
from bot.rules.words import Post, Role
from storage import dispatch_log
from storage.tables import Account, IncomingRow, LogEntry, Report, StoredFile

WANG, ZHAO, LI, OWNER = "王科长", "赵调度", "李局长", "陈总"


@pytest.fixture
def town(settle_in):
    town = settle_in("2026-11-24 15:00")
    town.person(WANG)
    town.person(OWNER)
    town.person(ZHAO, posts=[Post.DISPATCHER])
    town.person(LI, "区自然资源局", posts=[Post.INTAKE], post_unit="区自然资源局")
    town.project(
        "智诚慧家标准车间", {Role.REPORTER: WANG, Role.OWNER_CONTACT: OWNER}, plan=dict.fromkeys(range(1, 13), 1000)
    )
    return town


def rows(town, table):
    with town.store.read() as session:
        return session.exec(select(table)).all()


def everything(town) -> bytes:
    """All bytes on the disk: the database with its log ahead, and the files."""
    home = town.settings.data_dir.parent
    return b"".join(path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file())


def sound(town):
    with town.store.read() as session:
        assert dispatch_log.verify(session, town.app.house.sealer).good
        assert dispatch_log.verify_rows(session, town.app.house.sealer).good


def document(text: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        paragraphs = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in text.split("\n"))
        packed.writestr("word/document.xml", f"<w:document><w:body>{paragraphs}</w:body></w:document>")
    return made.getvalue()


def pdf(text: str, packed: bool = False) -> bytes:
    """A PDF as office programs make them: packed contents, letters by codes, a table of what they stand for."""
    letters = sorted(set(text) - {"\n"})
    codes = {letter: code for code, letter in enumerate(letters, 3)}
    table = "".join(f"<{code:04x}> <{letter.encode('utf-16-be').hex()}>\n" for letter, code in codes.items())
    lines = [f"<{''.join(f'{codes[letter]:04x}' for letter in line)}> Tj 0 -14 Td" for line in text.split("\n")]
    contents = f"BT /F1 12 Tf {' '.join(lines)} ET"

    def stream(words: str, facts: str = "") -> bytes:
        return f"<< /Filter /FlateDecode {facts}>>\nstream\n".encode() + zlib.compress(words.encode()) + b"\nendstream"

    plain = {
        1: "<< /Type /Catalog /Pages 2 0 R >>", 2: "<< /Type /Pages /Kids [3 0 R] /Resources 6 0 R >>",
        3: "<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>", 6: "<< /Font << /F1 7 0 R >> >>",
        7: "<< /Type /Font /Encoding /Identity-H /ToUnicode 5 0 R >>",
    }  # fmt: skip
    objects = {4: stream(contents), 5: stream(f"{len(codes)} beginbfchar\n{table}endbfchar")}
    if packed:
        places, whole = [], ""
        for number, body in plain.items():
            places.append(f"{number} {len(whole)}")
            whole += body + "\n"
        first = " ".join(places) + "\n"
        objects[9] = stream(first + whole, f"/Type /ObjStm /N {len(plain)} /First {len(first)} ")
    else:
        objects |= {number: body.encode() for number, body in plain.items()}
    return b"%PDF-1.7\n" + b"".join(b"%d 0 obj\n%b\nendobj\n" % (number, body) for number, body in objects.items())


async def test_a_marked_text_is_refused_kindly_and_only_its_hash_is_kept(town):
    await town.says(WANG, "机密★1年 代号灯塔的选址在老机场")
    assert "没有保存" in town.text(WANG) and "机要渠道" in town.text(WANG)
    assert "灯塔" not in town.text(WANG)
    assert "灯塔".encode() not in everything(town)
    (row,) = rows(town, IncomingRow)
    refused = Incoming.from_json(row.body).facts["refused"]
    assert row.state == "refused" and len(refused["sha256"]) == 64
    entry = next(entry for entry in rows(town, LogEntry) if entry.kind == "guard.refused")
    assert json.loads(entry.body)["facts"] == {"mark": "star", "sha256": refused["sha256"], "files": 0}
    sound(town)


async def test_the_service_is_asked_to_drop_its_copy(town):
    await town.comes_in(person=WANG, name=WANG, chat=WANG, text="密级：绝密 名单如下", facts={"message": "77"})
    assert (WANG, "77") in town.phones.deleted


async def test_a_stranger_is_refused_as_well(town):
    await town.says("路人", "绝密文件，请勿外传：名单")
    assert "没有保存" in town.text("路人") and "名单".encode() not in everything(town)


async def test_an_open_question_does_not_take_a_marked_answer(town):
    await town.says(WANG, "反映问题")
    await town.says(WANG, "长密发〔2026〕3号要求的用地没有落实")
    assert "没有保存" in town.text(WANG)
    assert "要求的用地".encode() not in everything(town)
    await town.says(WANG, "秘密花园小区旁的用地手续没有落实")
    assert "没有保存" not in town.text(WANG)


async def test_a_handler_that_breaks_does_not_keep_it_either(town, monkeypatch):
    from handlers import entry

    def broken(turn):
        raise RuntimeError("broken")

    monkeypatch.setattr(entry, "_route", broken)
    await town.says(WANG, "机密★1年 代号灯塔的选址在老机场")
    assert "灯塔".encode() not in everything(town)


async def test_a_marked_name_or_caption_and_the_file_is_not_fetched(town):
    await town.sends_file(WANG, b"plan of the harbour", kind="file", name="机密-港口方案.pdf")
    await town.sends_file(WANG, b"photo of the harbour", caption="秘密★ 港口")
    assert town.text(WANG).count("没有保存") == 1
    assert rows(town, StoredFile) == [] and not (town.settings.data_dir / "files").exists()


async def test_the_other_pictures_of_an_album_go_with_the_marked_one(town):
    await town.sends_file(WANG, b"first", caption="机密★长期", album="a1")
    await town.sends_file(WANG, b"second", album="a1")
    assert len([one for one in town.messages(WANG) if "没有保存" in one.text]) == 1
    assert rows(town, StoredFile) == []


async def test_a_document_that_bears_its_mark_inside_is_not_kept(town):
    raw = document("机 密 ★ 1年\n关于港口的方案")
    await town.sends_file(WANG, raw, kind="file", name="港口方案.docx", caption="65%")
    assert "没有保存" in town.text(WANG)
    (row,) = rows(town, StoredFile)
    assert (row.state, row.name, row.sha256) == ("refused", "", "")
    assert "港口".encode() not in everything(town)
    await town.presses(WANG, "确认")
    assert len(rows(town, Report)) == 1
    sound(town)


async def test_a_pdf_that_bears_its_mark_on_the_first_page_is_not_kept(town):
    await town.sends_file(WANG, pdf("机密★1年\n关于港口的方案"), kind="file", name="方案.pdf", caption="65%")
    assert "没有保存" in town.text(WANG)
    (row,) = rows(town, StoredFile)
    assert (row.state, row.name, row.sha256) == ("refused", "", "")
    sound(town)


async def test_an_ordinary_pdf_is_kept(town):
    await town.sends_file(WANG, pdf("保密协议\n甲方：智诚慧家"), kind="file", name="协议.pdf", caption="65%")
    (row,) = rows(town, StoredFile)
    assert row.state == "stored"


async def test_an_ordinary_document_is_kept(town):
    raw = document("保密协议\n甲方：智诚慧家")
    await town.sends_file(WANG, raw, kind="file", name="协议.docx", caption="65%")
    (row,) = rows(town, StoredFile)
    assert row.state == "stored" and stored_path(town.settings.data_dir, row.sha256).exists()


LOCKED = pdf("协议").replace(b"<< /Type /Catalog", b"<< /Encrypt 8 0 R /Type /Catalog")
SCANNED = pdf("协议").replace(b"/Contents 4 0 R", b"")
PASSWORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le")


@pytest.mark.parametrize("raw", [LOCKED, SCANNED, PASSWORD])
async def test_what_nobody_could_look_at_is_kept_and_its_sender_asked_once(town, raw):
    await town.sends_file(WANG, raw, kind="file", name="方案.pdf", caption="65%")
    await town.presses(WANG, "确认")
    asked = [one.text for one in town.messages(WANG) if "查不了密级" in one.text]
    assert len(asked) == 1 and "“方案.pdf”" in asked[0] and "误发" in asked[0]
    (row,) = rows(town, StoredFile)
    assert row.state == "stored" and len(rows(town, Report)) == 1
    entry = next(entry for entry in rows(town, LogEntry) if entry.kind == "file.stored")
    assert json.loads(entry.body)["facts"]["unread"] is True
    await town.says(ZHAO, "日志 1")
    assert "内容无法核对密级" in town.text(ZHAO)
    sound(town)


async def test_the_office_sees_it_among_the_files_of_a_matter(town):
    await town.says(WANG, "反映问题")
    await town.presses(WANG, "用地")
    await town.sends_file(WANG, SCANNED, kind="file", name="方案.pdf", caption="还差 30 亩指标")
    await town.presses(WANG, "一般")
    await town.presses(WANG, "提交")
    await town.says(ZHAO, "1-1")
    await town.presses(ZHAO, "看照片")
    assert "方案.pdf：内容无法核对密级" in town.text(ZHAO)
    await town.says(ZHAO, "日志 1")
    assert "1 个内容无法核对密级" in town.text(ZHAO)


@pytest.mark.parametrize("raw", [pdf("协议"), document("协议"), b"\xff\xd8\xff\xe0 photo", "协议".encode(), b""])
def test_what_can_be_read_and_a_photo_are_not_asked_about(raw):
    assert not unread(raw, head(raw))


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (document("秘密★5年"), "秘密★5年"),
        ("机密★1年\n正文".encode("gb18030"), "机密★1年"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "机密★1年".encode("utf-16-le"), "机密★1年"),
        (b"PK\x03\x04 broken", ""),
        (pdf("秘密★长期\n正文"), "秘密★长期"),
        (pdf("秘密★长期\n正文", packed=True), "秘密★长期"),
        (pdf("秘密★长期").replace(b"<< /Type /Catalog", b"<< /Encrypt 8 0 R /Type /Catalog"), ""),
        (pdf("秘密★长期")[:40], ""),
        (b"%PDF-1.7 ...", ""),
        (b"%PDF-1.7 " + b"1 0 obj " * 100_000, ""),
        (b"\xff\xd8\xff\xe0 photo", ""),
        (b"", ""),
    ],
)
def test_the_head_of_a_document(raw, told):
    assert told in head(raw) and (told or not head(raw))


# --- numbers of people ----------------------------------------------------------------------------------------------------


async def test_numbers_are_for_the_writer_and_the_office_and_in_the_log(town):
    await town.says(WANG, "反映问题 用地手续没办下来，请联系村里张三13812345678，身份证110101199003077395")
    for label in ("用地", "一般"):
        if label in town.last(WANG).labels:
            await town.presses(WANG, label)
    assert "13812345678" in town.text(WANG)
    await town.presses(WANG, "提交")
    seen = " ".join(one.text for one in town.messages(LI) + town.messages(ZHAO))
    assert "13812345678" not in seen and "110101199003077395" not in seen
    await town.says(LI, "1-1")
    assert "张三138****5678" in town.text(LI) and "110101********7395" in town.text(LI)
    await town.says(ZHAO, "1-1")
    assert "张三13812345678" in town.text(ZHAO)
    with town.store.read() as session:
        entries = list(dispatch_log.entries(session, town.app.house.sealer, kind="matter.raised"))
    assert "13812345678" in json.dumps([entries[0].words, entries[0].row_words], ensure_ascii=False)
    sound(town)


async def test_a_telephone_the_house_keeps_is_shown_to_whom_it_may(settle_in):
    town = settle_in("2026-11-24 15:00")
    town.person(WANG, phone="13900000003")
    town.person(ZHAO, posts=[Post.DISPATCHER])
    town.project("智诚慧家标准车间", {Role.REPORTER: WANG})
    await town.says(ZHAO, "项目 1")
    assert "13900000003" in town.text(ZHAO)
    assert rows(town, Account)
