"""The styles of the official format (GB/T 9704-2012): every font, size and distance of the templates stands here and nowhere else.

A style is its id, its name in Word, the style it builds on, its paragraph properties and its run properties, both as the XML that
Word keeps of them. Sizes are in half points, distances in twips.
"""

from collections.abc import Iterator

BODY_LINE = 579  # 28.95 pt: 22 lines in the 225 mm of the text area
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

FANGSONG, HEITI, KAITI, SONG, TITLE_SONG = (
    "仿宋_GB2312",
    "黑体",
    "楷体_GB2312",
    "宋体",
    "方正小标宋简体",
)


def font(east_asian: str, latin: str = "Times New Roman") -> str:
    """Return the fonts of a style; quotation marks and dashes are set in the Chinese one."""
    return f'<w:rFonts w:ascii="{latin}" w:eastAsia="{east_asian}" w:hAnsi="{latin}" w:cs="{latin}" w:hint="eastAsia"/>'


def _exact(line: int = BODY_LINE, before: int = 0, after: int = 0) -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="exact"/>'


def _single(before: int = 0, after: int = 0) -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="240" w:lineRule="auto"/>'


_PLAIN = '<w:widowControl w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
_FREE = '<w:widowControl w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/><w:snapToGrid w:val="0"/>'
_KEPT = "<w:keepNext/><w:keepLines/>"
_TIGHT = (
    '<w:spacing w:val="-5"/>'  # -0.25 pt: 28 characters of 16 pt in the 156 mm of the text area
)
_INDENT = '<w:ind w:firstLineChars="200" w:firstLine="630"/>'


def _size(half_points: int) -> str:
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def _heading(level: int) -> str:
    return f'{_KEPT}{_PLAIN}{_exact()}{_INDENT}<w:jc w:val="both"/><w:outlineLvl w:val="{level}"/>'


def _red(half_points: int, narrow: int = 100) -> str:
    scale = f'<w:w w:val="{narrow}"/>' if narrow != 100 else ""
    return f'{font(TITLE_SONG, TITLE_SONG)}<w:color w:val="FF0000"/>{scale}{_size(half_points)}'


_CELL = f"{_FREE}{_single()}"
PARAGRAPHS: tuple[tuple[str, str, str | None, str, str], ...] = (
    ("Normal", "Normal", None, _PLAIN, ""),
    ("BodyText", "公文正文", "Normal", f'{_PLAIN}{_exact()}{_INDENT}<w:jc w:val="both"/>', _TIGHT),
    ("Heading1", "heading 1", "Normal", _heading(0), font(HEITI) + _TIGHT),
    ("Heading2", "heading 2", "Normal", _heading(1), font(KAITI) + _TIGHT),
    ("Heading3", "heading 3", "Normal", _heading(2), _TIGHT),
    ("NumberedHeading", "公文自动编号标题", "Heading2", f'<w:numPr><w:numId w:val="1"/></w:numPr>{_INDENT}', ""),
    ("Title", "Title", "Normal", f'{_KEPT}{_FREE}{_exact(640)}<w:jc w:val="center"/>', font(TITLE_SONG) + _size(44)),
    ("Subtitle", "Subtitle", "Normal", f'{_KEPT}{_FREE}{_exact(before=60)}<w:jc w:val="center"/>', font(KAITI) + _TIGHT),
    ("Blank", "公文空行", "Normal", f"{_PLAIN}{_exact()}", _TIGHT),
    ("HeadName", "报头名称", "Normal", f'{_FREE}{_single(480, 120)}<w:jc w:val="center"/>', _red(96)),
    ("HeadNumber", "报头期号", "Normal", f'{_FREE}{_exact(before=160, after=160)}<w:jc w:val="center"/>', _TIGHT),
    ("HeadUnit", "报头单位", "Normal", f'{_FREE}{_single(0, 60)}<w:jc w:val="left"/>', _TIGHT),
    ("HeadDate", "报头日期", "Normal", f'{_FREE}{_single(0, 60)}<w:jc w:val="right"/>', _TIGHT),
    ("HeadRule", "报头红线", "Normal", '<w:widowControl w:val="0"/><w:pBdr><w:top w:val="single" w:sz="18" w:space="0" w:color="FF0000"/>'
     f'</w:pBdr><w:snapToGrid w:val="0"/>{_exact(400)}', ""),
    ("TailText", "版记", "Normal",
     f'{_FREE}{_exact(480)}<w:ind w:left="1120" w:right="280" w:hanging="840"/><w:jc w:val="left"/>', _size(28)),
    ("TailCopies", "版记印数", "Normal", f'{_FREE}{_exact(480)}<w:ind w:right="280"/><w:jc w:val="right"/>', _size(28)),
    ("BodyKept", "公文正文与下段同页", "BodyText", "<w:keepNext/>", ""),
    ("AnnexList", "附件说明", "Normal", f'{_KEPT}{_PLAIN}{_exact(before=BODY_LINE)}<w:ind w:left="1575" w:hanging="945"/>', _TIGHT),
    ("AnnexNext", "附件说明续", "Normal", f'{_PLAIN}{_exact()}<w:ind w:left="1575"/>', _TIGHT),
    ("AnnexMark", "附件标记", "Normal", f"{_KEPT}{_FREE}{_exact()}", font(HEITI) + _TIGHT),
    ("AnnexTitle", "附件标题", "Normal",
     f'{_KEPT}{_FREE}{_exact(before=120, after=120)}<w:jc w:val="center"/>', font(TITLE_SONG) + _size(44)),
    ("TableTitle", "表题", "Normal", f'{_KEPT}{_FREE}{_exact(before=120)}<w:jc w:val="center"/>', font(HEITI) + _size(28)),
    ("TableUnit", "表格单位", "Normal", f'{_KEPT}{_FREE}{_exact(360)}<w:jc w:val="right"/>', _size(24)),
    ("TableHead", "表头", "Normal", f'<w:keepNext/>{_CELL}<w:jc w:val="center"/>', font(HEITI) + _size(21)),
    ("TableText", "表文", "Normal", f'{_CELL}<w:jc w:val="center"/>', _size(21)),
    ("TableLeft", "表文左齐", "Normal", f'{_CELL}<w:jc w:val="left"/>', _size(21)),
    ("TableNote", "表注", "Normal", f'{_FREE}{_exact(360, 60)}<w:ind w:left="420" w:hanging="420"/><w:jc w:val="both"/>', _size(21)),
    ("Figure", "图", "Normal", f'<w:keepNext/>{_FREE}{_single(120, 0)}<w:jc w:val="center"/>', ""),
    ("FigureTitle", "图题", "Normal", f'{_FREE}{_exact(400, 0, 120)}<w:jc w:val="center"/>', font(HEITI) + _size(24)),
    ("Addressee", "主送单位", "Normal", f'{_PLAIN}{_exact()}<w:jc w:val="left"/>', _TIGHT),
    ("Signature", "落款", "Normal",
     f'{_KEPT}{_PLAIN}{_exact(before=BODY_LINE)}<w:ind w:rightChars="200" w:right="630"/><w:jc w:val="right"/>', _TIGHT),
    ("SignatureDate", "落款日期", "Normal", f'{_PLAIN}{_exact()}<w:ind w:rightChars="400" w:right="1260"/><w:jc w:val="right"/>', _TIGHT),
    ("SectionEnd", "分节", "Normal", f"{_FREE}{_exact(20)}", _size(2)),
    ("PageOdd", "单页页码", "Normal", f'{_FREE}{_exact(280)}<w:ind w:right="280"/><w:jc w:val="right"/>', font(SONG, SONG) + _size(28)),
    ("PageEven", "双页页码", "Normal", f'{_FREE}{_exact(280)}<w:ind w:left="280"/><w:jc w:val="left"/>', font(SONG, SONG) + _size(28)),
)  # fmt: skip

# The name in the head by its length, from 60 pt; longer ones narrower, so that they stay one line (flows/steps/render/fitting.py).
CHARACTERS: tuple[tuple[str, str, str], ...] = (
    ("RunIn", "段首标题", font(KAITI)),
    ("HeadName60", "报头名称60磅", _red(120)),
    ("HeadName48", "报头名称48磅", _red(96)),
    ("HeadName40", "报头名称40磅", _red(80)),
    ("HeadName40n", "报头名称40磅窄", _red(80, 78)),
    ("HeadName36n", "报头名称36磅窄", _red(72, 70)),
    ("HeadName30n", "报头名称30磅窄", _red(60, 66)),
    ("HeadName28n", "报头名称28磅窄", _red(56, 60)),
    ("HeadName26n", "报头名称26磅窄", _red(52, 52)),
    ("HeadName22n", "报头名称22磅窄", _red(44, 45)),
    ("HeadOffice", "报头单位名称", _TIGHT),
    ("HeadOfficeNarrow", "报头单位名称窄", f'{_TIGHT}<w:w w:val="76"/>'),
    ("HeadOfficeNarrower", "报头单位名称特窄", f'{_TIGHT}<w:w w:val="62"/>'),
)


def _border(side: str, size: int) -> str:
    return f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>'


_MARGINS = "".join(
    f'<w:{side} w:w="{width}" w:type="dxa"/>'
    for side, width in (("top", 30), ("left", 30), ("bottom", 30), ("right", 30))
)
_GRID = "".join(
    _border(side, size)
    for side, size in (
        ("top", 8),
        ("left", 4),
        ("bottom", 8),
        ("right", 4),
        ("insideH", 4),
        ("insideV", 4),
    )
)
TABLES: tuple[tuple[str, str, str], ...] = (
    ("TableNormal", "Normal Table", '<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar>'),
    ("OfficeTable", "公文表格", f"<w:tblBorders>{_GRID}</w:tblBorders><w:tblCellMar>{_MARGINS}</w:tblCellMar>"),
    ("TailTable", "版记表格", f'<w:tblBorders>{_border("top", 8)}{_border("bottom", 8)}</w:tblBorders>'
     '<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar>'),
)  # fmt: skip


def styles_xml() -> str:
    """Return the styles part."""
    defaults = (
        f'<w:docDefaults><w:rPrDefault><w:rPr>{font(FANGSONG)}{_size(32)}<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
        "</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
    )
    return f'<w:styles xmlns:w="{W}">{defaults}{"".join(_paragraph_styles())}{"".join(_other_styles())}</w:styles>'


def _paragraph_styles() -> Iterator[str]:
    for key, name, base, paragraph, run in PARAGRAPHS:
        default = ' w:default="1"' if key == "Normal" else ""
        based = "" if base is None else f'<w:basedOn w:val="{base}"/>'
        custom = (
            ""
            if name in ("Normal", "Title", "Subtitle") or name.startswith("heading")
            else ' w:customStyle="1"'
        )
        yield (
            f'<w:style w:type="paragraph"{default}{custom} w:styleId="{key}"><w:name w:val="{name}"/>{based}<w:qFormat/>'
            f"<w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
        )


def _other_styles() -> Iterator[str]:
    yield '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/></w:style>'
    for key, name, run in CHARACTERS:
        yield (
            f'<w:style w:type="character" w:customStyle="1" w:styleId="{key}"><w:name w:val="{name}"/>'
            f'<w:basedOn w:val="DefaultParagraphFont"/><w:qFormat/><w:rPr>{run}</w:rPr></w:style>'
        )
    for key, name, table in TABLES:
        kind = ' w:default="1"' if key == "TableNormal" else ' w:customStyle="1"'
        based = "" if key == "TableNormal" else '<w:basedOn w:val="TableNormal"/>'
        yield f'<w:style w:type="table"{kind} w:styleId="{key}"><w:name w:val="{name}"/>{based}<w:tblPr>{table}</w:tblPr></w:style>'
