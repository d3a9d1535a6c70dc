"""A Word document put together from its pieces: parts, relationships, content types; the same bytes whenever it is built."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flows.steps.ooxml import write_parts
from flows.steps.render.sheet import sheet_parts
from templates.build.charts import ChartDesign, chart_xml, drawing, sample_rows
from templates.build.elements import footer, paragraph, turned_footer
from templates.build.styles import W, styles_xml

R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
PORTRAIT, LANDSCAPE = ("rId11", "rId12"), ("rId13", "rId14")
_FOOTERS = (
    ("footer1", footer("PageOdd")),
    ("footer2", footer("PageEven")),
    ("footer3", turned_footer("PageOdd")),
    ("footer4", turned_footer("PageEven")),
)
SETTINGS = (
    '<w:zoom w:percent="100"/><w:bordersDoNotSurroundHeader/><w:bordersDoNotSurroundFooter/><w:defaultTabStop w:val="420"/>'
    '<w:evenAndOddHeaders/><w:drawingGridVerticalSpacing w:val="579"/><w:characterSpacingControl w:val="compressPunctuation"/>'
    "<w:compat><w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/><w:doNotLeaveBackslashAlone/><w:ulTrailSpace/><w:doNotExpandShiftReturn/>"
    '<w:useFELayout/><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
)
# （一）（二）… of headings that may be there or not: Word counts those that are.
NUMBERING = (
    '<w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/>'
    '<w:numFmt w:val="chineseCountingThousand"/><w:suff w:val="nothing"/><w:lvlText w:val="（%1）"/>'
    '<w:lvlJc w:val="left"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)


@dataclass
class Document:
    """A document in the making; `body` is the XML of its paragraphs and tables, the last section's properties at the end."""

    title: str
    body: list[str] = field(default_factory=list)
    charts: list[ChartDesign] = field(default_factory=list)

    def chart(self, design: ChartDesign) -> str:
        """Return the paragraph that holds a chart, and take the chart into the document."""
        self.charts.append(design)
        number = len(self.charts)
        return paragraph("Figure", inside=drawing(design, number, f"rId{100 + number}"))

    def build(self) -> bytes:
        """Return the .docx."""
        document = f'<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>{"".join(self.body)}</w:body></w:document>'
        parts = [
            ("[Content_Types].xml", _content_types(len(self.charts))),
            (
                "_rels/.rels",
                _relationships(
                    [
                        ("rId1", "officeDocument", "word/document.xml"),
                        ("rId2", "", "docProps/core.xml"),
                    ]
                ),
            ),
            ("docProps/core.xml", _core(self.title)),
            ("word/document.xml", document),
            (
                "word/_rels/document.xml.rels",
                _relationships(_document_relationships(len(self.charts))),
            ),
            ("word/styles.xml", styles_xml()),
            ("word/settings.xml", f'<w:settings xmlns:w="{W}">{SETTINGS}</w:settings>'),
            ("word/numbering.xml", f'<w:numbering xmlns:w="{W}">{NUMBERING}</w:numbering>'),
            *(
                (f"word/{name}.xml", f'<w:ftr xmlns:w="{W}">{content}</w:ftr>')
                for name, content in _FOOTERS
            ),
        ]
        texts: list[tuple[str, bytes | str]] = [(name, _HEAD + content) for name, content in parts]
        return write_parts([*texts, *self._chart_parts()])

    def _chart_parts(self) -> list[tuple[str, bytes | str]]:
        parts: list[tuple[str, bytes | str]] = []
        for number, design in enumerate(self.charts, 1):
            book = f"Microsoft_Excel_Sheet{number}.xlsx"
            link = [("rId1", "package", f"../embeddings/{book}")]
            parts.append((f"word/charts/chart{number}.xml", _HEAD + chart_xml(design)))
            parts.append(
                (f"word/charts/_rels/chart{number}.xml.rels", _HEAD + _relationships(link))
            )
            parts.append((f"word/embeddings/{book}", write_parts(sheet_parts(sample_rows(design)))))
        return parts


def _document_relationships(charts: int) -> list[tuple[str, str, str]]:
    fixed = [
        ("rId1", "styles", "styles.xml"),
        ("rId2", "settings", "settings.xml"),
        ("rId3", "numbering", "numbering.xml"),
    ]
    footers = [(f"rId{11 + i}", "footer", f"{name}.xml") for i, (name, _) in enumerate(_FOOTERS)]
    return [
        *fixed,
        *footers,
        *((f"rId{100 + n}", "chart", f"charts/chart{n}.xml") for n in range(1, charts + 1)),
    ]


def _relationships(links: Sequence[tuple[str, str, str]]) -> str:
    core = f"{_PACKAGE}/relationships/metadata/core-properties"
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="{key}" Type="{f"{R}/{kind}" if kind else core}" Target="{target}"/>'
            for key, kind, target in links
        )
        + "</Relationships>"
    )


def _content_types(charts: int) -> str:
    kinds = {
        "word/document.xml": f"{_WORD}.document.main+xml",
        "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    }
    kinds |= {
        f"word/{name}.xml": f"{_WORD}.{name}+xml" for name in ("styles", "settings", "numbering")
    }
    kinds |= {f"word/{name}.xml": f"{_WORD}.footer+xml" for name, _ in _FOOTERS}
    kinds |= {
        f"word/charts/chart{n}.xml": "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
        for n in range(1, charts + 1)
    }
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="xlsx" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"/>'
        + "".join(
            f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in kinds.items()
        )
        + "</Types>"
    )


def _core(title: str) -> str:
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{title}</dc:title></cp:coreProperties>"
    )
