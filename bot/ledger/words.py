"""The words that ledgers use for their columns. The first pattern found in a header decides what the column holds.

A header is compared in one width, without spaces, units and explaining brackets; the rows of a merged header are joined
by "/": "包挂责任人/总协调人", "2023年分月投资计划/1月". Other ledgers word their columns differently: add a pattern here.
"""

import re

from bot.rules.words import Role

Key = str  # a field of LedgerProject or LedgerPerson, a Role, or one of these three
IGNORED, MATTERS, SPAN = "ignored", "matters", "span"
NUMBER, NAME, PHONE = "number", "name", "contact_phone"
MONEY = ("total", "invested_before", "year_plan", "invested_year", "invested_month")

_PROJECT: tuple[tuple[Key, str], ...] = (
    (NUMBER, r"^(?:项目)?序号$|^编号$|^NO\.?$"),
    (NAME, r"^(?:重点|建设|在建)*(?:项目|工程)(?:名称|名)$"),
    ("code", r"项目(?:编号|代码|编码|统一代码)|统一代码|赋码"),
    (MATTERS, r"销号|解决时限|提出时间|要素类别"),
    (IGNORED, r"%|占|率|比例|比重|增幅|排名|目标.*形象|形象.*目标|(?:年度?|计划).*形象|进度计划|年度?.*建设内容"),
    ("level", r"级别|层级|分级管理"),
    ("kind", r"(?:项目|建设)性质|^性质$"),
    ("chain", r"产业链|链条"),
    ("category", r"(?:项目|产业)(?:分类|类别|类型)|^(?:分类|类别|行业|所属行业|所属领域)$"),
    ("content", r"建设内容|建设规模|建设目标|^规模$"),
    (SPAN, r"起止(?:年限|时间|年月|日期)$|建设(?:期限|工期|年限|周期|时间)$"),
    ("start", r"开工(?:时间|日期|年月)?$"),
    ("finish", r"(?:建成|竣工|完工)(?:投产|投用)?(?:时间|日期|年月)?$"),
    ("figures_on", r"^(?:数据|进度|投资)?截[至止](?:时间|日期)?$|^数据(?:时间|日期)$"),
    ("invested_month", r"至[上中下]旬(?:累计)?完成|(?:^|/)(?:本月|当月)(?:实际)?完成"),
    (IGNORED, r"旬|月至\d+月计划|开工(?:以来|累计)|自开工|/\d+月份?(?:实际)?完成"),
    ("invested_before", r"年[底末](?![^/]*计划)[^/]*(?:完成|投资)|上年度?末?(?:累计)?(?:完成|投资)|以前年度|往年"),
    ("invested_year", r"1月?[-~–—至到]\d+月(?!.*(?:计划|形象|进展))|年内(?:累计|实际|已)*完成|今年以来|年初.*累计"),
    ("invested_year", r"[本当今]年度?(?:实际|累计|已)*完成|年度(?:累计|实际|已)+完成|(?:至|截至|截止|到)(?:20\d\d年)?\d+月[^/]*完成"),
    ("year_plan", r"(?:^|/)(?![^/]*(?:月|累计|实际|已))[^/]*年[^/]*计划[^/]*投资[^/]*$"),
    ("year_plan", r"(?:^|/)(?:20\d\d年|[本今]年|年|全年)度?(?:投资|投资额)?(?:计划|目标|任务)(?:投资)?[数额]?$"),
    ("total", r"(?<!完成)总投资额?(?:估算|规模|概算)?$|(?:^|/)投资(?:总额|规模)$"),
    (IGNORED, r"完成投资|计划投资|投资完成|资金"),
    ("progress_words", r"形象进度|(?:工程|工作|建设|项目|目前)进[展度]|进[展度]情况|^进[展度]$"),
    ("problems", r"问题|困难|需.*协调|梗阻|堵点|卡点"),
    *((role, role.zh) for role in Role if role is not Role.REPORTER),
    (IGNORED, r"(?:填报|联络|责任).*(?:电话|手机|联系方式)"),
    (Role.REPORTER, r"填报(?:联络)?[人员]|联络[员人]|信息员|报送人"),
    (PHONE, r"(?:业主|企业|建设单位|联系人)[^单]*(?:电话|手机|联系方式)"),
    (PHONE, r"电话|手机|联系方式"),
    (Role.OWNER_CONTACT, r"(?:业主|企业|建设单位|项目).*联系人|^联系人$"),
    (Role.OWNER_CONTACT, r"(?:业主|企业|建设单位|项目).*(?:负责人|法人)$"),
    (Role.GENERAL_DISPATCHER, r"分管(?:[区县市]?级?领导|副?[区县市]长)"),
    (Role.GENERAL_COORDINATOR, r"(?:包[挂保联抓]|挂[钩包点联]|联系|帮包|分包|牵头)[区县市]{0,2}级?领导$|(?:^|/)[区县]级?领导$"),
    (Role.DISPATCH_OFFICIAL, r"分管(?:负责人|责任人|局长)|(?:具体|直接)(?:负责人|责任人)"),
    (Role.COORDINATOR, r"(?:责任|牵头)(?:单位|部门)/?(?:主要)?(?:负责人|责任人)|主要负责人|^(?:项目|挂钩)?责任人$"),
    ("lead_unit", r"(?:责任|牵头|主管|包保|推进)(?:单位|部门)(?:/(?:责任单位|单位名称|名称))?$"),
    ("owner", r"业主(?:单位)?(?:或.*单位)?(?:/.*名称)?$|业主名称|(?:^|/)(?:建设单位|(?:项目|投资|实施)(?:法人|单位|主体))(?:名称)?$"),
    ("town", r"(?:属地|所属|所在)(?:镇|街|乡|区域|地|园区)|^(?:镇街|街镇|乡镇|街道|属地|建设地点)$"),
    ("note", r"^备注$"),
)  # fmt: skip

_PEOPLE: tuple[tuple[Key, str], ...] = (
    (NAME, r"^(?:人员)?姓名$"),
    ("scope", r"管辖|分管(?:单位|范围)"),
    ("unit", r"单位|部门"),
    ("title", r"职务|职位"),
    ("phone", r"电话|手机|联系方式"),
    ("posts", r"岗位|角色"),
)

_MILESTONE: tuple[tuple[Key, str], ...] = (
    ("name", r"(?:节点)?名称$"),
    ("due", r"(?:完成)?时[限间]$|完成(?:时间|日期)$"),
    ("standard", r"(?:完成)?标准$"),
    ("responsible", r"(?:责任人|负责人)$"),
    ("done", r"(?:完成(?:情况|进度)|是否完成|进展(?:情况)?)$"),
)

TELEPHONE = re.compile(r"电话|手机|联系方式")
Patterns = tuple[tuple[Key, re.Pattern[str]], ...]
PROJECT: Patterns = tuple((key, re.compile(pattern)) for key, pattern in _PROJECT)
PEOPLE: Patterns = tuple((key, re.compile(pattern)) for key, pattern in _PEOPLE)
MILESTONE: Patterns = tuple((key, re.compile(pattern)) for key, pattern in _MILESTONE)
