"""Small Word documents made for tests: a body of paragraphs and tables, with the shipped templates' styles."""

from pathlib import Path

from templates import HERE
from templates.build.document import PORTRAIT, Document
from templates.build.elements import Cell, paragraph, row, section, table

TEMPLATES = HERE


def document(*pieces: str) -> bytes:
    """Return a document of some pieces: texts become paragraphs, XML is taken as it is."""
    made = Document("测试")
    made.body += [
        piece if piece.startswith("<") else paragraph("BodyText", piece) for piece in pieces
    ]
    made.body.append(section(PORTRAIT))
    return made.build()


def grid(*rows: tuple[str, ...]) -> str:
    """Return a table of some rows of texts; a row of one text spans the whole width."""
    count = max(len(texts) for texts in rows)
    widths = [8844 // count] * count
    return table(
        widths,
        [
            row([Cell(text, span=count if len(texts) == 1 else 1) for text in texts], widths)
            for texts in rows
        ],
    )


def folder(tmp_path: Path, **files: bytes) -> Path:
    """Return a folder with the documents given by name (without .docx)."""
    tmp_path.mkdir(exist_ok=True)
    for name, content in files.items():
        (tmp_path / f"{name}.docx").write_bytes(content)
    return tmp_path
