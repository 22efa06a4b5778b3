"""Writes bot/data/*.docx, the templates of the papers. An office may edit a copy in Word and name it in the policy (docs/papers.md)."""

from collections.abc import Sequence
from pathlib import Path

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

OUT = Path(__file__).parents[1] / "bot" / "data"
COLUMNS = (
    ("序号", "at"), ("项目名称", "name"), ("级别", "level"), ("总投资", "total"), ("年计划", "plan"), ("{{ span }}完成", "in_month"), ("累计完成", "actual"),
    ("占年计划", "share"), ("低于序时（百分点）", "points"), ("形象进度", "progress"), ("灯", "light"), ("牵头单位", "unit"), ("备注", "mark"),
)  # fmt: skip
WIDTHS = (1.1, 5.6, 1.2, 2.0, 2.0, 1.9, 2.0, 1.8, 2.0, 1.6, 1.2, 2.8, 1.8)
UNITS = (
    ("单位", "name"), ("项目数", "projects"), ("达序时", "on_plan"), ("年计划", "plan"), ("累计完成", "actual"), ("占年计划", "share"),
)  # fmt: skip
UNIT_WIDTHS = (7, 2.5, 2.5, 4, 4, 3)
BODY, SMALL = 14, 9


def main() -> None:
    bulletin().save(str(OUT / "bulletin.docx"))
    form().save(str(OUT / "order.docx"))
    project().save(str(OUT / "project.docx"))


# --- 月通报, 旬报 -------------------------------------------------------------------------------------------------------


def bulletin() -> Document:
    paper = blank(BODY)
    heading(paper, "{{ title }}", 20)
    heading(paper, "（{{ period }}）", 14)
    said(paper, "{%p for section in sections %}", plain=True)
    said(paper, "{{ section.title }}", bold=True).paragraph_format.keep_with_next = True
    said(paper, "{%p for line in section.lines %}", plain=True)
    said(paper, "{{ line.text }}")
    said(paper, "{%p endfor %}", plain=True)
    said(paper, "{%p endfor %}", plain=True)
    said(paper, "")
    right(paper, "{{ unit }}重点项目调度办公室").paragraph_format.keep_with_next = True
    right(paper, "{{ day }}")
    footer(paper, "{{ standing }} · 调度日志 {{ head }}")
    section = paper.add_section()
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    section.left_margin = section.right_margin = Cm(1.5)
    said(paper, "附表1　各单位进展情况（单位：万元）", bold=True)
    table(paper, UNITS, "units", UNIT_WIDTHS)
    said(paper, "附表2　同类同规模项目进展情况（单位：万元；截至{{ until }}）", bold=True)
    said(paper, "{%p for group in groups %}", plain=True)
    said(paper, "{{ group.name }}", plain=True)
    table(paper, COLUMNS, "group.rows", WIDTHS)
    said(paper, "{%p endfor %}", plain=True)
    return paper


# --- 交办单, 督办单, 提级报告单 ---------------------------------------------------------------------------------------------


def form() -> Document:
    paper = blank(12)
    heading(paper, "{{ title }}", 20)
    right(paper, "{{ number }}")
    made = paper.add_table(rows=3, cols=2)
    made.style, made.alignment, made.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    made.cell(0, 0).text, made.cell(2, 0).text = "{%tr for row in rows %}", "{%tr endfor %}"
    made.cell(1, 0).text, made.cell(1, 1).text = "{{ row.label }}", "{{ row.text }}"
    sized(made, (3.2, 13.2), 12)
    said(paper, "", plain=True)
    signs = paper.add_table(rows=3, cols=2)
    signs.style, signs.alignment, signs.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    signs.cell(0, 0).text, signs.cell(2, 0).text = "{%tr for one in signatures %}", "{%tr endfor %}"
    signs.cell(1, 0).text = "{{ one }}"
    signs.cell(1, 1).text = "\n\n签名：　　　　　　　　　　　　年　　月　　日"
    sized(signs, (3.2, 13.2), 12)
    said(paper, "{{ note }}", plain=True)
    right(paper, "{{ unit }}重点项目调度办公室　{{ day }}")
    footer(paper, "{{ number }} · 调度日志 {{ head }}")
    return paper


# --- 项目一页纸 -----------------------------------------------------------------------------------------------------------


def project() -> Document:
    paper = blank(10)
    first = paper.sections[0]
    first.top_margin = first.bottom_margin = Cm(1.6)
    first.left_margin = first.right_margin = Cm(1.8)
    heading(paper, "{{ title }}", 16)
    heading(paper, "{{ subtitle }}", 10)
    made = paper.add_table(rows=3, cols=4)
    made.style, made.autofit = "Table Grid", False
    made.cell(0, 0).text, made.cell(2, 0).text = "{%tr for row in facts %}", "{%tr endfor %}"
    for at, name in enumerate(("a", "b", "c", "d")):
        made.cell(1, at).text = f"{{{{ row.{name} }}}}"
    sized(made, (2.4, 6.4, 2.4, 6.2), SMALL)
    said(paper, "{{ light }}", bold=True)
    said(paper, "{{ arithmetic }}", plain=True)
    said(paper, "{{ content }}", plain=True)
    said(paper, "投资（{{ unit_words }}）", bold=True)
    table(
        paper,
        (("", "name"), *((f"{month}月", f"m{month}") for month in range(1, 13)), ("全年", "year")),
        "money",
        (1.3, *[1.22] * 12, 1.5),
        7,
    )
    said(paper, "节点", bold=True)
    table(
        paper,
        (("节点", "name"), ("时限", "due"), ("标准", "standard"), ("责任人", "who"), ("情况", "state")),
        "milestones",
        (4.6, 2.4, 4.4, 2.4, 3.6),
    )
    said(paper, "责任人：{{ people }}", plain=True)
    said(paper, "问题与事项：{{ matters }}", plain=True)
    said(paper, "{{ photos }}　{{ outside }}", plain=True)
    said(paper, "一句话：{{ line }}", bold=True)
    footer(paper, "{{ foot }}")
    return paper


# --- the parts ----------------------------------------------------------------------------------------------------------


def blank(size: int) -> Document:
    paper = Document()
    style = paper.styles["Normal"]
    style.font.name, style.font.size = "仿宋", Pt(size)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    style.paragraph_format.space_after = Pt(2 if size < BODY else 6)
    first = paper.sections[0]
    first.page_width, first.page_height = Cm(21), Cm(29.7)
    first.left_margin = first.right_margin = Cm(2.3 if size < BODY else 2.7)
    return paper


def heading(paper: Document, text: str, size: int) -> None:
    line = paper.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = line.add_run(text)
    run.bold, run.font.size = True, Pt(size)


def right(paper: Document, text: str) -> Paragraph:
    line = paper.add_paragraph(text)
    line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    return line


def footer(paper: Document, text: str) -> None:
    line = paper.sections[0].footer.paragraphs[0]
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = line.add_run(text)
    run.font.size = Pt(8)


def said(paper: Document, text: str, *, plain: bool = False, bold: bool = False) -> Paragraph:
    line = paper.add_paragraph()
    if not plain and not bold:
        line.paragraph_format.first_line_indent = Pt(2 * BODY)
    line.add_run(text).bold = bold
    return line


def table(
    paper: Document, columns: Sequence[tuple[str, str]], rows: str, widths: Sequence[float], size: int = SMALL
) -> None:
    """A header, and one row for each of `rows`: docxtpl takes out the rows that hold only a tag."""
    made = paper.add_table(rows=4, cols=len(columns))
    made.style, made.autofit = "Table Grid", False
    made.cell(1, 0).text, made.cell(3, 0).text = f"{{%tr for row in {rows} %}}", "{%tr endfor %}"
    for at, (title, name) in enumerate(columns):
        made.cell(0, at).text, made.cell(2, at).text = title, f"{{{{ row.{name} }}}}"
    sized(made, widths, size)
    repeated = made.rows[0]._tr.get_or_add_trPr()
    repeated.append(repeated.makeelement(qn("w:tblHeader"), {qn("w:val"): "true"}))


def sized(made: object, widths: Sequence[float], size: int) -> None:
    """Widths in centimetres, size of the letters in points; a row is never broken over two pages."""
    for at, width in enumerate(widths):
        made.columns[at].width = Cm(width)
        for line in made.rows:
            line.cells[at].width = Cm(width)
            for part in line.cells[at].paragraphs:
                part.paragraph_format.space_after = Pt(0)
                part.paragraph_format.line_spacing = 1.1
                for run in part.runs:
                    run.font.size = Pt(size)
    for line in made.rows:
        properties = line._tr.get_or_add_trPr()
        properties.append(properties.makeelement(qn("w:cantSplit"), {}))


if __name__ == "__main__":
    main()
