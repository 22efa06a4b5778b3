"""Writes bot/data/bulletin.docx, the template of the monthly bulletin. An office may edit a copy in Word and name it in the policy."""

from pathlib import Path

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

OUT = Path(__file__).parents[1] / "bot" / "data" / "bulletin.docx"
COLUMNS = (
    ("序号", "at"), ("项目名称", "name"), ("级别", "level"), ("总投资", "total"), ("年计划", "plan"), ("本月完成", "in_month"), ("累计完成", "actual"),
    ("占年计划", "share"), ("低于序时（百分点）", "points"), ("灯", "light"), ("牵头单位", "unit"), ("备注", "mark"),
)  # fmt: skip
UNITS = (
    ("单位", "name"),
    ("项目数", "projects"),
    ("达序时", "on_plan"),
    ("年计划", "plan"),
    ("累计完成", "actual"),
    ("占年计划", "share"),
)
WIDTHS = (1.0, 6.2, 1.2, 2.0, 2.0, 2.0, 2.0, 1.8, 2.0, 1.2, 3.4, 1.8)


def main() -> None:
    paper = Document()
    style = paper.styles["Normal"]
    style.font.name, style.font.size = "仿宋", Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    first = paper.sections[0]
    first.page_width, first.page_height = Cm(21), Cm(29.7)
    first.left_margin = first.right_margin = Cm(2.7)
    heading(paper, "{{ unit }}重点项目建设情况通报", 20)
    heading(paper, "（{{ year }}年{{ month }}月）", 14)
    for line in LINES:
        said(paper, line)
    section = paper.add_section()
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    section.left_margin = section.right_margin = Cm(1.5)
    said(paper, "附表1　各单位进展情况（单位：万元）", plain=True)
    table(paper, UNITS, "units", (7, 2.5, 2.5, 4, 4, 3))
    said(paper, "附表2　同类同规模项目进展情况（单位：万元；截至{{ until }}）", plain=True)
    said(paper, "{%p for group in groups %}", plain=True)
    said(paper, "{{ group.name }}", plain=True)
    table(paper, COLUMNS, "group.rows", WIDTHS)
    said(paper, "{%p endfor %}", plain=True)
    paper.save(str(OUT))


LINES = (
    "一、总体进展",
    "截至{{ until }}，全区在册重点项目{{ count }}个：{{ levels }}；{{ kinds }}。亮灯情况：{{ lights }}。",
    "年度计划投资{{ plan }}，累计完成{{ actual }}，占年度计划的{{ share }}；按序时应完成{{ planned }}。本月完成{{ in_month }}，{{ on_plan }}个项目达到序时进度，"
    "完成节点{{ done }}个。以上为调度完成投资，不是统计数。",
    "二、进展较好的项目",
    "{%p for one in ahead %}",
    "{{ loop.index }}. {{ one.name }}（{{ one.unit }}）：累计完成{{ one.actual }}，占年度计划的{{ one.share }}{% if one.progress %}，形象进度{{ one.progress }}{% endif %}。",
    "{%p endfor %}",
    "{%p if not ahead %}",
    "本月暂无。",
    "{%p endif %}",
    "三、进展较慢的项目及原因",
    "{%p for one in behind %}",
    "{{ loop.index }}. {{ one.name }}（{{ one.unit }}）：占年度计划的{{ one.share }}{% if one.points %}，低于序时{{ one.points }}个百分点{% endif %}。{{ one.reasons|join('；') }}",
    "{%p endfor %}",
    "{%p if not behind %}",
    "项目都达到序时进度。",
    "{%p endif %}",
    "四、问题办理",
    "本月新提出{{ matters.raised }}件，销号{{ matters.solved }}件，未销号{{ matters.open }}件。"
    "{% for name, one in categories %}{{ name }}类未销号{{ one.open }}件{% if not loop.last %}，{% endif %}{% endfor %}",
    "五、下步要求",
    "{%p for one in behind %}",
    "{{ one.unit }}{% if one.who %}（{{ one.who }}）{% endif %}：{{ one.name }}"
    "{% if one.next %}，{{ one.by }}前完成“{{ one.next }}”{% else %}，一周内报赶工措施{% endif %}。",
    "{%p endfor %}",
    "六、本月未调度的项目",
    "{% if untold %}{{ untold }}。{% else %}无。{% endif %}",
)


def heading(paper: Document, text: str, size: int) -> None:
    line = paper.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = line.add_run(text)
    run.bold, run.font.size = True, Pt(size)


def said(paper: Document, text: str, plain: bool = False) -> None:
    line = paper.add_paragraph()
    title = len(text) > 1 and text[1] == "、"
    if not title and not plain:
        line.paragraph_format.first_line_indent = Pt(28)
    line.add_run(text).bold = title


def table(paper: Document, columns: tuple[tuple[str, str], ...], rows: str, widths: tuple[float, ...]) -> None:
    """A header, and one row for each of `rows`: docxtpl takes out the rows that hold only a tag."""
    made = paper.add_table(rows=4, cols=len(columns))
    made.style, made.autofit = "Table Grid", False
    made.cell(1, 0).text, made.cell(3, 0).text = f"{{%tr for row in {rows} %}}", "{%tr endfor %}"
    for at, (title, name) in enumerate(columns):
        made.cell(0, at).text, made.cell(2, at).text = title, f"{{{{ row.{name} }}}}"
        made.columns[at].width = Cm(widths[at])
        for line in made.rows:
            line.cells[at].width = Cm(widths[at])
            for part in line.cells[at].paragraphs:
                part.paragraph_format.space_after = Pt(0)
                part.paragraph_format.line_spacing = 1.1
                for run in part.runs:
                    run.font.size = Pt(9)
    repeated = made.rows[0]._tr.get_or_add_trPr()
    repeated.append(repeated.makeelement(qn("w:tblHeader"), {qn("w:val"): "true"}))


if __name__ == "__main__":
    main()
