"""The styles of the official format (GB/T 9704-2012).

Every font, size and distance of the templates is here and nowhere else, as styles of Word that an
office can change. Distances are in twips, sizes in points.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import parse_xml
from docx.oxml.text.parfmt import CT_PPr
from docx.shared import Pt, RGBColor, Twips
from docx.styles.style import BaseStyle, CharacterStyle, ParagraphStyle

from templates.build.oxml import put

BODY_LINE = 579  # 28.95 pt: 22 lines in the 225 mm of the text area
BODY_SIZE = 16
TIGHT = -5  # -0.25 pt: 28 characters of 16 pt in the 156 mm of the text area
FANGSONG, HEITI, KAITI = "仿宋_GB2312", "黑体", "楷体_GB2312"
SONG, TITLE_SONG = "宋体", "方正小标宋简体"
LATIN = "Times New Roman"
LEFT, CENTER = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER
RIGHT, JUSTIFY = WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY


@dataclass(frozen=True)
class Letters:
    """What a style sets for its letters; what is 0 or empty is as in the style it builds on.

    `spacing` is added after each letter, `scale` is the letters' width in percent.
    """

    font: str = ""
    size: float = 0
    latin: str = LATIN
    spacing: int = 0
    red: bool = False
    scale: int = 0


@dataclass(frozen=True)
class Block:
    """What a paragraph style sets for its paragraphs; what is 0 or empty is as in its base.

    `line` is an exact line height, a negative `first` a hanging indent; `first_chars` and
    `right_chars` are hundredths of a character, which Word prefers to the distances beside them.
    """

    line: int = 0
    before: int = 0
    after: int = 0
    align: WD_ALIGN_PARAGRAPH | None = None
    left: int = 0
    right: int = 0
    right_chars: int = 0
    first: int = 0
    first_chars: int = 0
    keep_next: bool = False
    keep_lines: bool = False
    off_grid: bool = False
    outline: int = -1
    numbered: bool = False
    red_rule: bool = False


@dataclass(frozen=True)
class Look:
    """A paragraph style: its id, its name in Word, the name of its base, and what it sets."""

    key: str
    name: str
    block: Block = Block()
    letters: Letters = Letters()
    base: str = "Normal"


def _heading(outline: int) -> Block:
    return Block(
        line=BODY_LINE,
        align=JUSTIFY,
        first=630,
        first_chars=200,
        keep_next=True,
        keep_lines=True,
        outline=outline,
    )


def _heavy(line: int = BODY_LINE, before: int = 0, after: int = 0) -> Block:
    """Return the paragraphs of a centred title that stays with what follows."""
    return Block(line, before, after, CENTER, keep_next=True, keep_lines=True, off_grid=True)


def _red(size: float, scale: int = 0) -> Letters:
    return Letters(TITLE_SONG, size, TITLE_SONG, red=True, scale=scale)


_BODY_BLOCK = Block(BODY_LINE, align=JUSTIFY, first=630, first_chars=200)
_BODY = Letters(spacing=TIGHT)
_SMALL = Letters(size=14)
_CELL = Letters(size=10.5)
_CELL_LINE = 260  # 13 pt: rows of two lines, which most names of enterprises need, stay low
_PAGE_NUMBER = Letters(SONG, 14, SONG)
_UNIT_LINE = Block(after=60, off_grid=True, align=LEFT)
_DATE_LINE = Block(after=60, off_grid=True, align=RIGHT)
_TAIL = Block(480, align=LEFT, left=1120, right=280, first=-840, off_grid=True)
_TABLE_NOTE = Block(360, before=60, align=JUSTIFY, left=420, first=-420, off_grid=True)
_SIGNATURE = Block(
    BODY_LINE,
    before=BODY_LINE,
    align=RIGHT,
    right=630,
    right_chars=200,
    keep_next=True,
    keep_lines=True,
)
_ANNEX_LIST = Block(
    BODY_LINE, before=BODY_LINE, left=1575, first=-945, keep_next=True, keep_lines=True
)
_NUMBERED = Block(first=630, first_chars=200, numbered=True)
PARAGRAPHS: Sequence[Look] = (
    Look("BodyText", "公文正文", _BODY_BLOCK, _BODY),
    Look("Heading1", "heading 1", _heading(0), Letters(HEITI, spacing=TIGHT)),
    Look("Heading2", "heading 2", _heading(1), Letters(KAITI, spacing=TIGHT)),
    Look("Heading3", "heading 3", _heading(2), _BODY),
    # its indent is set again, since that of the numbering would come before the base's
    Look("NumberedHeading", "公文自动编号标题", _NUMBERED, base="heading 2"),
    Look("Title", "Title", _heavy(640), Letters(TITLE_SONG, 22)),
    Look("Subtitle", "Subtitle", _heavy(before=60), Letters(KAITI, spacing=TIGHT)),
    Look("Blank", "公文空行", Block(BODY_LINE), _BODY),
    Look("HeadName", "报头名称", Block(0, 480, 120, CENTER, off_grid=True), _red(48)),
    Look("HeadNumber", "报头期号", Block(BODY_LINE, 160, 160, CENTER, off_grid=True), _BODY),
    Look("HeadUnit", "报头单位", _UNIT_LINE, _BODY),
    Look("HeadDate", "报头日期", _DATE_LINE, _BODY),
    Look("HeadRule", "报头红线", Block(400, off_grid=True, red_rule=True)),
    Look("TailText", "版记", _TAIL, _SMALL),
    Look("TailCopies", "版记印数", Block(480, align=RIGHT, right=280, off_grid=True), _SMALL),
    Look("BodyKept", "公文正文与下段同页", Block(keep_next=True), base="公文正文"),
    Look("AnnexList", "附件说明", _ANNEX_LIST, _BODY),
    Look("AnnexNext", "附件说明续", Block(BODY_LINE, left=1575), _BODY),
    Look(
        "AnnexMark",
        "附件标记",
        Block(BODY_LINE, keep_next=True, keep_lines=True, off_grid=True),
        Letters(HEITI, spacing=TIGHT),
    ),
    Look("AnnexTitle", "附件标题", _heavy(before=120, after=120), Letters(TITLE_SONG, 22)),
    Look("TableTitle", "表题", _heavy(before=120), Letters(HEITI, 14)),
    Look(
        "TableUnit",
        "表格单位",
        Block(360, align=RIGHT, keep_next=True, keep_lines=True, off_grid=True),
        Letters(size=12),
    ),
    Look(
        "TableHead",
        "表头",
        Block(_CELL_LINE, align=CENTER, keep_next=True, off_grid=True),
        Letters(HEITI, 10.5),
    ),
    Look("TableText", "表文", Block(_CELL_LINE, align=CENTER, off_grid=True), _CELL),
    # in narrow columns, where a total may have a digit more than any row
    Look(
        "TableTotal",
        "附表合计",
        Block(_CELL_LINE, align=CENTER, off_grid=True),
        Letters(size=9),
    ),
    Look("TableLeft", "表文左齐", Block(_CELL_LINE, align=LEFT, off_grid=True), _CELL),
    Look("TableNote", "表注", _TABLE_NOTE, _CELL),
    Look("Figure", "图", Block(before=120, align=CENTER, keep_next=True, off_grid=True)),
    Look("FigureTitle", "图题", Block(400, 0, 120, CENTER, off_grid=True), Letters(HEITI, 12)),
    Look("Addressee", "主送单位", Block(BODY_LINE, align=LEFT), _BODY),
    Look("Signature", "落款", _SIGNATURE, _BODY),
    Look(
        "SignatureDate",
        "落款日期",
        Block(BODY_LINE, align=RIGHT, right=1260, right_chars=400),
        _BODY,
    ),
    Look("SectionEnd", "分节", Block(20, off_grid=True), Letters(size=1)),
    Look("PageOdd", "单页页码", Block(280, align=RIGHT, right=280, off_grid=True), _PAGE_NUMBER),
    Look("PageEven", "双页页码", Block(280, align=LEFT, left=280, off_grid=True), _PAGE_NUMBER),
)

# The name in the head has a style by its length, from 60 pt; longer names get narrower letters,
# so that they stay on one line (flows/steps/render/fitting.py).
CHARACTERS: Sequence[tuple[str, str, Letters]] = (
    ("RunIn", "段首标题", Letters(KAITI)),
    ("HeadName60", "报头名称60磅", _red(60)),
    ("HeadName48", "报头名称48磅", _red(48)),
    ("HeadName40", "报头名称40磅", _red(40)),
    ("HeadName40n", "报头名称40磅窄", _red(40, 78)),
    ("HeadName36n", "报头名称36磅窄", _red(36, 70)),
    ("HeadName30n", "报头名称30磅窄", _red(30, 66)),
    ("HeadName28n", "报头名称28磅窄", _red(28, 60)),
    ("HeadName26n", "报头名称26磅窄", _red(26, 52)),
    ("HeadName22n", "报头名称22磅窄", _red(22, 45)),
    ("HeadOffice", "报头单位名称", _BODY),
    ("HeadOfficeNarrow", "报头单位名称窄", Letters(spacing=TIGHT, scale=76)),
    ("HeadOfficeNarrower", "报头单位名称特窄", Letters(spacing=TIGHT, scale=62)),
)

# The borders of table styles in eighths of a point by side, then the margin of their cells.
TABLES: Sequence[tuple[str, str, Mapping[str, int], int]] = (
    (
        "OfficeTable",
        "公文表格",
        {"top": 8, "left": 4, "bottom": 8, "right": 4, "insideH": 4, "insideV": 4},
        30,
    ),
    ("TailTable", "版记表格", {"top": 8, "bottom": 8}, 0),
    ("BareTable", "公文无线表格", {}, 0),
)
_DEFAULTS = (
    f"<w:docDefaults {nsdecls('w')}><w:rPrDefault><w:rPr>"
    f'<w:rFonts w:ascii="{LATIN}" w:eastAsia="{FANGSONG}" w:hAnsi="{LATIN}" w:cs="{LATIN}"'
    f' w:hint="eastAsia"/><w:sz w:val="{2 * BODY_SIZE}"/><w:szCs w:val="{2 * BODY_SIZE}"/>'
    '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
    "</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
)
_BUILTIN = {"Normal", "Title", "Subtitle", "heading 1", "heading 2", "heading 3"}


def define_styles(document: Document) -> None:
    """Give a document the styles of the official format and no others."""
    root = document.styles.element
    for child in list(root):
        root.remove(child)
    root.append(parse_xml(_DEFAULTS))
    _define_bases(document)
    for look in PARAGRAPHS:
        _define_paragraph(document, look)
    for key, name, letters in CHARACTERS:
        style: CharacterStyle = document.styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
        style.style_id, style.quick_style = key, True
        style.base_style = document.styles["Default Paragraph Font"]
        _set_letters(style, letters)
    for key, name, borders, margin in TABLES:
        table_style = document.styles.add_style(name, WD_STYLE_TYPE.TABLE)
        table_style.style_id, table_style.base_style = key, document.styles["Normal Table"]
        _set_table(table_style, borders, margin)


def _define_bases(document: Document) -> None:
    """Define the default style of each type, which all others build on."""
    for key, name, kind in (
        ("Normal", "Normal", WD_STYLE_TYPE.PARAGRAPH),
        ("DefaultParagraphFont", "Default Paragraph Font", WD_STYLE_TYPE.CHARACTER),
        ("TableNormal", "Normal Table", WD_STYLE_TYPE.TABLE),
    ):
        style = document.styles.add_style(name, kind, builtin=True)
        style.style_id = key
        style.element.set(qn("w:default"), "1")
    _set_table(document.styles["Normal Table"], {}, 0)
    normal: ParagraphStyle = document.styles["Normal"]
    normal.quick_style = True
    normal.paragraph_format.widow_control = False
    properties = normal.element.get_or_add_pPr()
    put(properties, "w:autoSpaceDE", val=0)
    put(properties, "w:autoSpaceDN", val=0)


def _define_paragraph(document: Document, look: Look) -> None:
    builtin = look.name in _BUILTIN
    style: ParagraphStyle = document.styles.add_style(
        look.name, WD_STYLE_TYPE.PARAGRAPH, builtin=builtin
    )
    style.style_id, style.quick_style = look.key, True
    style.base_style = document.styles[look.base]
    _set_block(style, look.block)
    _set_letters(style, look.letters)


def _set_block(style: ParagraphStyle, block: Block) -> None:
    form = style.paragraph_format
    form.line_spacing = Twips(block.line) if block.line else None
    form.space_before = Twips(block.before) if block.before else None
    form.space_after = Twips(block.after) if block.after else None
    form.alignment = block.align
    form.left_indent = Twips(block.left) if block.left else None
    form.right_indent = Twips(block.right) if block.right else None
    form.first_line_indent = Twips(block.first) if block.first else None
    form.keep_with_next = block.keep_next or None
    form.keep_together = block.keep_lines or None
    _set_block_details(style.element.get_or_add_pPr(), block)


def _set_block_details(properties: CT_PPr, block: Block) -> None:
    """Set what python-docx has no API for: characters as a unit, grid, outline, numbers, rule."""
    for side, hundredths in (("firstLine", block.first_chars), ("right", block.right_chars)):
        if hundredths:
            properties.get_or_add_ind().set(qn(f"w:{side}Chars"), str(hundredths))
    if block.off_grid:
        put(properties, "w:snapToGrid", val=0)
    if block.outline >= 0:
        put(properties, "w:outlineLvl", val=block.outline)
    if block.numbered:
        put(put(properties, "w:numPr"), "w:numId", val=1)
    if block.red_rule:
        border = {"val": "single", "sz": 18, "space": 0, "color": "FF0000"}
        put(put(properties, "w:pBdr"), "w:top", **border)


def _set_letters(style: CharacterStyle, letters: Letters) -> None:
    properties = style.element.get_or_add_rPr()
    if letters.font:
        style.font.name = letters.latin
        fonts = properties.get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), letters.font)
        # quotation marks and dashes are set in the Chinese font
        fonts.set(qn("w:hint"), "eastAsia")
    if letters.red:
        style.font.color.rgb = RGBColor(0xFF, 0, 0)
    if letters.size:
        style.font.size = Pt(letters.size)
    if letters.spacing:
        put(properties, "w:spacing", val=letters.spacing)
    if letters.scale:
        put(properties, "w:w", val=letters.scale)


def _set_table(style: BaseStyle, borders: Mapping[str, int], margin: int) -> None:
    properties = put(style.element, "w:tblPr")
    if borders:
        holder = put(properties, "w:tblBorders")
        for side, size in borders.items():
            put(holder, f"w:{side}", val="single", sz=size, space=0, color="000000")
    cell = put(properties, "w:tblCellMar")
    for side in ("top", "left", "bottom", "right"):
        put(cell, f"w:{side}", w=margin, type="dxa")
