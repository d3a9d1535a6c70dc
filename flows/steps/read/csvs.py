"""Comma, semicolon and tab separated texts, in the encodings that offices use (DESIGN §4)."""

import codecs
import csv
import io
from collections.abc import Sequence

from flows.steps.read.grid import RowGrid
from flows.steps.read.sniff import Refusal

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_LOOKED_AT = 40  # lines by which the separator is told

csv.field_size_limit(2**24)


def read_csv(data: bytes, name: str) -> RowGrid | Refusal:
    """Return the text's rows as a grid named after the file; row numbers are those a spreadsheet program shows."""
    text = decode(data)
    if isinstance(text, Refusal):
        return text
    separator, text = _separator(text)
    try:
        rows = [[_unquoted(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)]
    except csv.Error as error:
        return Refusal("file-unreadable", f"分隔文本格式有误（{error}）")
    return RowGrid(name, rows)


def decode(data: bytes) -> str | Refusal:
    """Return the text: by its byte order mark, else as UTF-8, else as GB18030, each strictly."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strictly(data[len(bom) :], [encoding])
    if b"\0" in data[:2000]:
        little = data[1:2000:2].count(0) >= data[0:2000:2].count(0)
        return _strictly(data, ["utf-16-le" if little else "utf-16-be"])
    return _strictly(data, ["utf-8", "gb18030"])


def _strictly(data: bytes, encodings: Sequence[str]) -> str | Refusal:
    furthest = 0
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            furthest = max(furthest, error.start)
    line = data[:furthest].count(b"\n") + 1
    return Refusal("file-unreadable", f"第{line}行有无法识别的字符，编码既不是 UTF-8 也不是 GB18030")


def _separator(text: str) -> tuple[str, str]:
    """Return the separator, and the text without a line `sep=;` that names it."""
    if text[:4].lower() == "sep=" and len(text) > 4:
        line, _, rest = text.partition("\n")
        return line[4], "\n" + rest
    lines = text.splitlines()[:_LOOKED_AT]
    counts = {mark: sum(line.count(mark) for line in lines) for mark in (",", "\t", ";")}
    return max(counts, key=lambda mark: counts[mark]), text


def _unquoted(cell: str) -> str:
    """Return a cell without the ="…" that spreadsheet programs use to keep digits as text."""
    return cell[2:-1] if len(cell) > 3 and cell.startswith('="') and cell.endswith('"') else cell
