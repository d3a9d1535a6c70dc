"""Small Word documents made for tests: paragraphs and tables, with the shipped templates' styles."""

from collections.abc import Callable
from pathlib import Path

from docx.document import Document
from docx.oxml.ns import nsdecls
from docx.oxml.parser import parse_xml
from lxml import etree

from templates import HERE
from templates.build.document import new_document, saved
from templates.build.elements import TEXT_WIDTH, Cell, Row, add_paragraph, add_table

TEMPLATES = HERE
Piece = str | Callable[[Document], object]


def document(*pieces: Piece) -> bytes:
    """Return a document of some pieces.

    Texts become paragraphs, XML is taken as it is, functions add to the document themselves.
    """
    made = new_document("测试")
    for piece in pieces:
        if not isinstance(piece, str):
            piece(made)
        elif piece.startswith("<"):
            _add_xml(made, piece)
        else:
            add_paragraph(made, "公文正文", piece)
    return saved(made)


def _add_xml(made: Document, xml: str) -> None:
    end: etree._Element = made.sections[-1]._sectPr
    for element in parse_xml(f"<w:body {nsdecls('w', 'r')}>{xml}</w:body>"):
        end.addprevious(element)


def grid(*rows: tuple[str, ...]) -> Callable[[Document], object]:
    """Return a piece that is a table of texts; a row of one text spans the whole width."""
    columns = max(len(texts) for texts in rows)
    lines = [
        Row([Cell(text, columns=columns if len(texts) == 1 else 1) for text in texts])
        for texts in rows
    ]
    return lambda made: add_table(made, [TEXT_WIDTH // columns] * columns, lines)


def folder(tmp_path: Path, **files: bytes) -> Path:
    """Return a folder with the documents given by name (without .docx)."""
    tmp_path.mkdir(exist_ok=True)
    for name, content in files.items():
        (tmp_path / f"{name}.docx").write_bytes(content)
    return tmp_path
