"""The empty Word document that a template begins as: styles, settings, numbering, page."""

import io
from functools import cache

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml.ns import nsdecls
from docx.oxml.parser import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement
from lxml import etree

from flows.steps.ooxml import read_parts, write_parts
from templates.build.elements import set_page
from templates.build.styles import BODY_LINE, define_styles

_PACKAGE_PARTS = {RT.OFFICE_DOCUMENT, RT.CORE_PROPERTIES}
_DOCUMENT_PARTS = {RT.STYLES, RT.SETTINGS, RT.NUMBERING}
_SETTINGS = (
    '<w:zoom w:percent="100"/><w:bordersDoNotSurroundHeader/><w:bordersDoNotSurroundFooter/>'
    f'<w:defaultTabStop w:val="420"/><w:drawingGridVerticalSpacing w:val="{BODY_LINE}"/>'
    '<w:characterSpacingControl w:val="compressPunctuation"/>'
    "<w:compat><w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/><w:doNotLeaveBackslashAlone/>"
    "<w:ulTrailSpace/><w:doNotExpandShiftReturn/><w:useFELayout/>"
    '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word"'
    ' w:val="15"/></w:compat>'
)
# （一）（二）… of headings that may be there or not: Word counts those that are.
_NUMBERING = (
    '<w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0">'
    '<w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:suff w:val="nothing"/>'
    '<w:lvlText w:val="（%1）"/><w:lvlJc w:val="left"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)


def new_document(title: str) -> Document:
    """Return an empty document on the official page, with a title among its properties."""
    document = docx.Document(io.BytesIO(_empty()))
    document.core_properties.title = title
    return document


@cache
def _empty() -> bytes:
    """Return the document that all others begin as."""
    document = docx.Document()
    _drop_parts(document)
    _replace(document.settings.element, _SETTINGS)
    _replace(document.part.numbering_part.element, _NUMBERING)
    document.settings.odd_and_even_pages_header_footer = True
    _replace(document.core_properties._element, "")
    define_styles(document)
    section = document.sections[0]
    section._sectPr.attrib.clear()
    set_page(section)
    for root in (document.element, document.core_properties._element):
        root.attrib.clear()  # the prefixes that may be ignored
        etree.cleanup_namespaces(root, keep_ns_prefixes=["dc", "r"])
    return saved(document)


def saved(document: Document) -> bytes:
    """Return a document as a .docx whose bytes depend on its content alone."""
    buffer = io.BytesIO()
    document.save(buffer)
    return write_parts(read_parts(buffer.getvalue()).items())


def _drop_parts(document: Document) -> None:
    """Take out what python-docx's own template brings along: its theme, fonts and thumbnail."""
    for relationships, needed in (
        (document.part.package.rels, _PACKAGE_PARTS),
        (document.part.rels, _DOCUMENT_PARTS),
    ):
        for key in [key for key, rel in relationships.items() if rel.reltype not in needed]:
            del relationships[key]


def _replace(root: BaseOxmlElement, content: str) -> None:
    """Replace the content of a part's root."""
    for child in list(root):
        root.remove(child)
    root.extend(parse_xml(f"<w:body {nsdecls('w')}>{content}</w:body>"))
