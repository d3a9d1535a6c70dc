"""Hostile names and values: in file, folder and sheet names, units and notes; plain text at every exit."""

import email
import email.policy
import io
import json
import os
import re
import xml.etree.ElementTree as ElementTree
import zipfile
from collections.abc import Iterator, Mapping
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl

from flows.demo import books
from flows.demo.books import PLAIN, Sheet, write_xlsx
from schemas.registry import COUNTIES, ENTERPRISES, SENDERS
from tests.proof import children, offices, page
from tests.proof.lines import Line, Size, line_of
from tests.support.retirees import COUNTS
from tests.support.working import EAST, MACHINES, REGISTERED, SETTINGS, UNASKED, WEST, Office

MARK = "zq7"  # in what would be obeyed; a result of a calculation is RESULT
RESULT = "133713"
HOSTILE: Mapping[str, str] = {
    "formula": f'=HYPERLINK("http://{MARK}.example","x")',
    "plus": f"+1+cmd|' /C {MARK}'!A0",
    "minus": f"-1+{MARK}()",
    "at": f"@SUM({MARK})",
    "tab": f"\t={MARK}",
    "jinja": "{{ 19101*7+6 }}厂{% for x in 1 %}",
    "jinja call": "{{ ''.__class__.__mro__ }}{%tr if x %}",
    "xml": f"]]></w:t><{MARK}/>&{MARK};",
    "html": f"<{MARK} onload=alert(1)><script>{MARK}()</script>",
    "attribute": f"\" onmouseover=\"{MARK}()\" '",
    "link": f"javascript:{MARK}()",
    "path": f"..{chr(92)}..{chr(92)}{MARK}",
    "header": f"厂\r\nBcc: {MARK}@example.com\r\n\r\n",
    "escape": f"\x1b[31m\x1b]0;{MARK}\x07厂\x9b2J",
    "backspace": "甲\b\b乙\x7f厂",
    "turned": "\u202e厂\u2066xslx\u200f",
    "long": "长" * 81 + "厂",
    "wide": "W" * 245,
    "device": "CON",
    "dots": "... .",
    "percent": "%s%n{0}{a.b}%(x)s",
}  # fmt: skip
AFTERWARDS = (
    ("status", offices.MONTH),
    ("history",),
    ("check", f"ledgers/{offices.MONTH}", "--month", offices.MONTH),
    ("spellings", f"ledgers/{offices.MONTH}"),
)
SHORT = ("formula", "jinja", "html", "escape")
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SHEET = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_PATH_TRICK = re.compile(rf"(^|/)\.\.(/|$)|\t|\n|{_OBEYED.pattern}")


def lines(work: Path, *, size: Size) -> Iterator[Line]:
    """Yield a line for each kind of exit, with the number of files or texts looked at."""
    tries: dict[str, list[str | None]] = {}
    chosen = {name: HOSTILE[name] for name in SHORT} if size == "short" else HOSTILE
    for name, text in chosen.items():
        folder = work / name
        ended = children.done(partial(_month, folder, text), work)
        kind = "the month is made, or a Chinese sentence says why not"
        tries.setdefault(kind, []).append(_wrong_end(name, ended))
        tries.setdefault("the terminal", []).append(_wrong_text(name, ended.said))
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and "outputs" in p.parts):
            ending = path.suffix.removeprefix(".")
            if ending in EXITS:
                wrong = _wrong_file(path, folder, ending)
                tries.setdefault(f".{ending}", []).append(wrong and f"{name}, {path.relative_to(folder)}: {wrong}")  # fmt: skip
        outside = [p for p in work.rglob(f"*{MARK}*") if work / name not in p.parents and not _is_of_case(p, work, chosen)]  # fmt: skip
        tries.setdefault("no file lies elsewhere", []).append(str(outside[0]) if outside else None)
    for exit_, results in tries.items():
        yield line_of(f"{len(chosen)} hostile names and values, plain text: {exit_}", results)


def _is_of_case(path: Path, work: Path, chosen: Mapping[str, str]) -> bool:
    return any(work / name in path.parents for name in chosen)


def _month(folder: Path, text: str) -> tuple[int, None]:
    """Make a month in which a text stands wherever somebody outside may write one."""
    vars(books)["_put"] = _put_text
    registered = dict(REGISTERED)
    clean = re.sub(r"[\x00-\x1f\x7f-\x9f]", "", text)  # what a workbook can hold at all
    clean = (
        f"厂{clean}" if clean.startswith("=") else clean
    )  # which would be no text in the registry
    registered[ENTERPRISES] = [*REGISTERED[ENTERPRISES], [clean[:120], "", "市属", ""]]
    registered[COUNTIES] = [*REGISTERED[COUNTIES], [f"{clean[:60]}区", "990109", ""]]
    registered[SENDERS] = [*REGISTERED[SENDERS], [f"{clean[:60]}区", "县区", "", "s@example.com", "进度台账"]]  # fmt: skip
    office = Office(folder, SETTINGS + UNASKED, registered)
    office.ledger(offices.MONTH, EAST, [(MACHINES, offices.LATER)], note=text)
    counts = dict(zip(COUNTS, offices.FAULTY, strict=True))
    rows: list[dict[str, Any]] = [
        {"county": WEST, "enterprise": text, "affiliation": "市属", "note": text, **counts},
        {"county": text, "enterprise": MACHINES, "affiliation": text, "note": text, **counts},
    ]
    above = [[f"填报单位：{WEST}", text, None, "统计月份：2022年5月"]]
    sheet = Sheet("progress", "", PLAIN, rows, [*PLAIN], above, name=_SHEET.sub("", text)[:31].strip("' ") or "进度")  # fmt: skip
    name = text.replace("/", "／").replace("\0", "").encode()[:245].decode(errors="ignore")
    write_xlsx(folder / "ledgers" / offices.MONTH / WEST / f"{name}.xlsx", [sheet])
    (folder / "ledgers" / offices.MONTH / f"{name}.txt").write_text(text, encoding="utf-8")
    os.chdir(folder)
    ended = children.command(*offices.RUN, "--mail-dry-run")
    for words in AFTERWARDS:
        children.command(*words)
    page.look_around(folder / "outputs" / "pages")
    return ended


def _put_text(sheet: Any, row: int, column: int, value: Any, form: Any = None) -> None:
    """Write a cell as `books` does, but a text that looks like a formula as a text."""
    if isinstance(value, str):
        sheet.write_string(row, column, value, form)
    elif value is not None:
        sheet.write(row, column, value, form)


def _wrong_end(name: str, ended: children.Ended) -> str | None:
    has_said = any("一" <= character <= "鿿" for character in ended.said)
    if ended.code in (0, 1, 3) and has_said and "Traceback" not in ended.said:
        return None
    return f"{name}: {ended.code} {ended.said[-900:]}"


def _wrong_text(name: str, said: str) -> str | None:
    found = _OBEYED.search(said)
    return f"{name}: the terminal would obey {found[0]!r}" if found else None


def _wrong_file(path: Path, folder: Path, ending: str) -> str | None:
    """Return what somebody's text does in a file instead of being text."""
    if _PATH_TRICK.search(path.relative_to(folder).as_posix()):
        return "a name that leads elsewhere"
    try:
        return EXITS[ending](path.read_bytes())
    except Exception as error:  # noqa: BLE001  (a file that is not what it should be)
        return f"{type(error).__name__}: {error}"


def _docx(data: bytes) -> str | None:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            if name.endswith((".xml", ".rels")):
                root = ElementTree.fromstring(package.read(name))
                if RESULT in "".join(root.itertext()):
                    return "a template's marks were obeyed"
                if any(MARK in element.tag or MARK in " ".join(element.attrib) for element in root.iter()):  # fmt: skip
                    return "an element of the text's"
                if name.endswith(".rels") and MARK in str([e.attrib for e in root.iter()]):
                    return "a link of the text's"
    return None


def _xlsx(data: bytes) -> str | None:
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" and MARK in str(cell.value):
                    return f"a formula of the text's in {sheet.title} {cell.coordinate}"
                if cell.hyperlink is not None and MARK in str(cell.hyperlink.target):
                    return "a link of the text's"
    return _docx(data)


class _Tags(HTMLParser):
    """Collects what of a page is no text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element and its attributes that are obeyed."""
        self._in_script = tag == "script"
        obeyed = [f"{k}={v}" for k, v in attrs if k.startswith("on") or (k in ("href", "src") and str(v).startswith("javascript"))]  # fmt: skip
        self.found += [x for x in (tag, *obeyed) if MARK in x]

    def handle_data(self, data: str) -> None:
        """Note what stands in a script, where a text is data between quotation marks at most."""
        if self._in_script and f"<script>{MARK}" in data:
            self.found.append(data[:80])


def _html(data: bytes) -> str | None:
    tags = _Tags()
    tags.feed(data.decode())
    return f"obeyed: {tags.found[0]}" if tags.found else None


def _json(data: bytes) -> str | None:
    json.loads(data)
    return None


def _eml(data: bytes) -> str | None:
    message = email.message_from_bytes(data, policy=email.policy.default)
    if message["Bcc"] is not None or message.defects:
        return "a header of the text's"
    if any(_OBEYED.search(str(value)) for value in message.values()):
        return "a character that is obeyed, in a header"
    if any(_OBEYED.search(part.get_filename() or "") for part in message.walk()):
        return "a file's name that is obeyed"
    return None


EXITS = {"docx": _docx, "xlsx": _xlsx, "html": _html, "json": _json, "eml": _eml}
