"""Reading the CSV files that an office types: their text, and their lines under the header."""

import csv
from collections.abc import Iterator

Fault = tuple[str, str]  # place, message
ENCODINGS = ("utf-8-sig", "gb18030")  # as our own file is written, as WPS saves a CSV
NOTE = "#"  # in front of a line that is a note
UNKNOWN_ENCODING = ("", "编码认不出来。请用记事本或 WPS 另存为 UTF-8 编码的 CSV")


def decoded(data: bytes) -> str | None:
    """Return the text of a file that the office has saved, None if its encoding is neither."""
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def lines_under(
    header: tuple[str, ...], text: str, faults: list[Fault]
) -> Iterator[tuple[int, list[str]]]:
    """Yield each line's number and cells; notes and empty lines are left out.

    Nothing is read under a header that is another one, which is a fault.
    """
    header_seen = False
    for number, line in enumerate(text.splitlines(), 1):
        cells = [" ".join(cell.split()) for cell in next(csv.reader([line]), [])]
        while cells and not cells[-1]:
            cells.pop()
        if not cells or cells[0].startswith(NOTE):
            continue
        if header_seen:
            yield number, cells
        elif tuple(cells) != header:
            faults.append((f"第{number}行", f"第一行应是表头：{','.join(header)}"))
            return
        header_seen = True
