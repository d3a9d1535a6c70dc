"""Comma, semicolon and tab separated texts, in the encodings that offices use (DESIGN §4)."""

import csv
import io
from collections.abc import Sequence

import numpy as np

from flows.steps.read.formats.sniff import SAVE_ANEW, Refusal, encoding_of
from flows.steps.read.grid import MOST_CELLS, Grid, GridBuilder, TooLargeError

_SAMPLED = 40  # lines that decide the separator
_FEW = 50  # one broken character in this many is damage, not another encoding
_LONGEST_CELL = 2**20
_FEWEST_SEPARATORS = 3  # in a line that a quotation mark has swallowed
_LAST_CELL = "\x02end"  # swallowed too if a quotation mark is never closed
_SENTINEL = "\n" + _LAST_CELL

csv.field_size_limit(_LONGEST_CELL)


def read_csv(data: bytes, name: str) -> Grid | Refusal:
    """Return the rows as a grid named after the file, numbered as in a spreadsheet program.

    Raises TooLargeError for more cells than any ledger has, before they are taken apart.
    """
    text = decode(data)
    if isinstance(text, Refusal):
        return text
    separator, text = _separator(text)
    if separator is None:
        return Refusal("file-unsupported", f"内容是没有分栏的纯文本，{SAVE_ANEW}")
    if _filled_cells(text, separator) > MOST_CELLS:
        raise TooLargeError("表格的单元格过多，台账不会有这么多")
    builder = GridBuilder(name)
    reader = csv.reader(io.StringIO(text + _SENTINEL, newline=""), delimiter=separator)
    begin = 0
    try:
        for row, cells in enumerate(reader):
            if cells == [_LAST_CELL]:
                return builder.grid()
            if any("\n" in cell and _looks_swallowed(cell, separator) for cell in cells):
                break
            for column, cell in enumerate(cells):
                if cell:
                    builder.put(row, column, _unquoted(cell))
            begin = reader.line_num
    except csv.Error as error:
        return Refusal("file-unreadable", f"分隔文本格式有误（{error}）")
    return Refusal(
        "file-unreadable", f"第{begin + 1}行的引号没有成对，它和后面各行的内容连在了一起，无法分开"
    )


def _filled_cells(text: str, separator: str) -> int:
    """Return about how many cells of a text are filled: a separator in quotation marks ends one."""
    codes = np.frombuffer(text.encode("utf-8", errors="replace"), dtype=np.uint8)
    ends = (codes == ord(separator)) | (codes == ord("\r")) | (codes == ord("\n"))
    return int(np.count_nonzero(ends[1:] & ~ends[:-1]))


def _looks_swallowed(cell: str, separator: str) -> bool:
    """Return whether a quoted cell holds whole lines: line breaks and separators in each."""
    lines = [line for line in cell.splitlines()[1:] if line.strip()]
    return any(line.count(separator) >= _FEWEST_SEPARATORS for line in lines)


def decode(data: bytes) -> str | Refusal:
    """Return the text: by its byte order mark, else as UTF-8, else as GB18030, each strictly."""
    encoding = encoding_of(data)
    if encoding:
        text = _strictly(data, [encoding])
        return text if isinstance(text, Refusal) else text.removeprefix("\ufeff")
    guessed = data.decode("utf-8", errors="replace")
    damaged, foreign = (
        guessed.count("\ufffd"),
        len(guessed) - len(guessed.encode("ascii", errors="ignore")),
    )
    return _strictly(data, ["utf-8"] if damaged * _FEW < foreign else ["utf-8", "gb18030"])


def _strictly(data: bytes, encodings: Sequence[str]) -> str | Refusal:
    furthest = 0
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            furthest = max(furthest, error.start)
    line = data[:furthest].count(b"\n") + 1
    return Refusal(
        "file-unreadable",
        f"第{line}行有无法识别的字符，文件可能已损坏，或者编码既不是 UTF-8 也不是 GB18030",
    )


def _separator(text: str) -> tuple[str | None, str]:
    """Return the separator, None if there is none, and the text without a first line `sep=;`.

    No program shows that line.
    """
    if text[:4].lower() == "sep=" and len(text) > 4:
        return text[4], text.partition("\n")[2]
    lines = text.splitlines()[:_SAMPLED]
    counts = {mark: sum(line.count(mark) for line in lines) for mark in (",", "\t", ";")}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] else None, text


def _unquoted(cell: str) -> str:
    """Return a cell without the ="…" that spreadsheet programs use to keep digits as text."""
    return cell[2:-1] if len(cell) > 3 and cell.startswith('="') and cell.endswith('"') else cell
