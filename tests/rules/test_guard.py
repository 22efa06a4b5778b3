"""What bears a mark of secrecy and what only speaks of secrets; numbers of cards and telephones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.guard import identity_card, masked, secret, secret_document, secret_name

MARKED = [
    "机密★1年",
    "秘密★",
    "绝密★长期",
    "机 密 ★ 1年\n关于某项工作的通知",
    "机　密　★　10年",
    "绝 密 ☆ 30年",
    "★机密 会议纪要",
    "秘密*5年 请各单位阅",
    "密级：机密",
    "密级:秘密 北辰二期方案",
    "密 级：绝密",
    "密级为机密，请注意",
    "密级（秘密）",
    "定密为秘密，期限五年",
    "密级：工作秘密",
    "【机密】北辰二期选址方案",
    "[绝密] 今晚行动安排",
    "（秘密）某单位人员名单",
    "<机密>",
    "机密",
    "机密\n北辰二期主体65%",
    "特急 机密\n各街道：",
    "绝密·特急",
    "机密：今天下午三点开会，内容如下",
    "绝密文件，请勿外传",
    "秘密 10年\n关于调整的通知",
    "保密期限：长期\n北辰二期",
    "长机密〔2026〕5号 关于开展工作的通知",
    "长密发〔2026〕3号文要求月底前完成",
    "济密字[2025]第12号",
    "区密电（2026）7号已收到",
    "某某绝密〔2026〕1号",
    "這份是機密★3年",
    "机\u200b密★1年",
    "这份文件是机密，别外传",
    "附件定为秘密级，只给你看",
    "下面的材料属于绝密。",
    "该资料涉及国家秘密，请看后删除",
    "发给你一份机密文件",
    "刚收到两份机密级材料",
    "转发秘密件一份",
]

ORDINARY = [
    "",
    "65% 累计1.2亿",
    "保密局办公楼改造项目主体完成80%",
    "秘密花园小区二期主体封顶",
    "秘密花园小区外墙保温完成",
    "施工单位涉密资质已经办好",
    "涉密信息系统集成资质（甲级）到期，正在换证",
    "涉及企业的商业秘密，合同金额暂不便公开",
    "商业秘密保护工作已部署",
    "已签保密协议，图纸下周给到",
    "合同里的保密期限为3年",
    "机密性测试已完成",
    "高密市支援的塔吊已到场",
    "高密发〔2026〕3号文件已转给项目部",
    "新密〔2026〕2号地块已摘牌",
    "密云路下穿段完成70%",
    "密级配沥青面层摊铺完成",
    "密级：公开",
    "密级：无",
    "密级：内部",
    "不得在群里发机密文件",
    "严禁通过微信传递秘密文件和资料",
    "请勿上传涉密信息",
    "本文件不涉及国家秘密",
    "材料不属于机密，可以公开",
    "工地要遵守保密规定，不得泄露工作秘密",
    "保密教育已组织，学习了保守国家秘密法",
    "机密文件柜采购已完成招标",
    "涉密机房设备安装完成60%",
    "密封材料已进场，密目网已挂好",
    "人员密集，密切关注",
    "绝密飞行影城装修完成30%",
    "长政发〔2026〕5号文已落实",
    "济发改投资〔2026〕123号批复下来了",
    "密码管理局测评通过，商密应用安全性评估合格",
    "秘密会见厅修缮工程完成",
    "文件柜里的机密级涉密计算机已安装",
    "加密狗已到货",
    "这是我们的小秘密哈哈",
    "机要室装修完成 90%",
    "主楼*3号 钢筋绑扎完成 ★★★",
    "保密柜到货 3 个",
]


def test_the_tables_are_long_enough():
    assert len(MARKED) >= 40 and len(ORDINARY) >= 40


@pytest.mark.parametrize("words", MARKED)
def test_what_bears_a_mark_is_refused(words):
    assert secret(words)


@pytest.mark.parametrize("words", ORDINARY)
def test_ordinary_sentences_about_secrets_are_not(words):
    assert secret(words) == ""


@pytest.mark.parametrize(
    "name",
    ["机密★会议纪要.docx", "（秘密）选址方案.pdf", "绝密-行动.docx", "[机密]名单.xlsx", "机密文件.pdf", "秘密_2026.doc", "长密发〔2026〕3号.pdf", "秘密★10年 通知.wps"],
)  # fmt: skip
def test_names_of_files_that_bear_a_mark(name):
    assert secret_name(name)


@pytest.mark.parametrize(
    "name",
    ["秘密花园小区效果图.jpg", "保密协议（签字版）.pdf", "商业秘密保护承诺书.docx", "涉密资质证书.jpg", "密目网.jpg", "密封条检测报告.pdf", ""],
)  # fmt: skip
def test_names_of_files_that_bear_none(name):
    assert secret_name(name) == ""


def test_a_document_is_marked_by_its_head():
    assert secret_document("秘密★5年\n关于…的通知\n" + "正文" * 2000)
    assert not secret_document("保密工作手册\n" + "正文。" * 1000 + "\n机密★1年 是标注的样子")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("联系人张三13812345678", "联系人张三138****5678"),
        ("电话 138 1234 5678，急", "电话 138****5678，急"),
        ("138-1234-5678", "138****5678"),
        ("+86 13812345678", "138****5678"),
        ("１３８１２３４５６７８", "138****5678"),
        ("身份证110101199003077395", "身份证110101********7395"),
        ("11010119900307002X 李四", "110101********002X 李四"),
        ("110101 19900307 7395", "110101********7395"),
        ("老证110101900307123", "老证110101*****7123"),
        ("张三13812345678、李四15987654321", "张三138****5678、李四159****4321"),
    ],
)
def test_numbers_of_people_are_made_unreadable(typed, shown):
    assert masked(typed) == shown


@pytest.mark.parametrize(
    "typed",
    [
        "项目代码 2312-370113-89-01-147288",
        "投资13800000000元",
        "总投资 13800000000 元",
        "110101199003077396",
        "统一社会信用代码 91370113MA3C1B2D3E",
        "合同号 20261124138123",
        "0531-87654321",
        "3号楼 65% 累计1.2亿",
        "G312 K1380+123",
    ],
)
def test_other_numbers_stay(typed):
    assert masked(typed) == typed


def test_the_check_digit_tells_a_card():
    assert identity_card("110101199003077395") and identity_card("11010119900307002X")
    assert not identity_card("110101199003077394") and not identity_card("110101199013077395")


@given(st.text(alphabet="机密秘绝级★ \n12年〔〕号发字文件是不0139X-　", max_size=200))
def test_whatever_is_typed_the_guard_answers(words):
    assert isinstance(secret(words), str) and isinstance(secret_name(words), str)
    assert masked(masked(words)) == masked(words)
