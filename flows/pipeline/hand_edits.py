"""Drafts that the office edited by hand: kept beside what a run writes, and their numbers compared.

A draft is edited if its bytes are not those that the manifest of its folder names.
"""

import hashlib
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import chain
from pathlib import Path, PurePosixPath

from lxml import etree

from flows.steps.model import UserError
from flows.steps.ooxml import parsed, read_parts

MANIFEST = "manifest.json"
HAND = "手改"
DRAFTS = ("bulletins/", "documents/")
QUOTED = 18  # characters of a paragraph in a message
_BODY = "word/document.xml"
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?%?")
_EDITING_MARKS = ("{*}ins", "{*}del", "{*}commentReference")


def printed_digests(folder: Path) -> dict[str, str]:
    """Return the sha256 of each file of a month's folder as the run wrote it, by its path."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {entry["file"]: entry["sha256"] for entry in manifest.get("outputs", [])}


def kept_edits(
    folder: Path, written: Mapping[str, str], paths: Sequence[str] | None = None
) -> dict[str, bytes]:
    """Return the edited drafts of a folder under the paths where they are kept.

    `written` are the digests of the files that take the place of those at `paths`, of all if none
    are named. Edits that were kept before stay.
    """
    printed = printed_digests(folder)
    kept = {path: (folder / path).read_bytes() for path in kept_paths(folder)}
    for path in printed if paths is None else [path for path in paths if path in printed]:
        file = folder / path
        if not path.startswith(DRAFTS) or not file.is_file():
            continue
        content = file.read_bytes()
        if hashlib.sha256(content).hexdigest() not in (printed[path], written.get(path)):
            kept[hand_path(path, content, kept)] = content
    return kept


def kept_paths(folder: Path) -> list[str]:
    """Return the paths of the edited drafts that were kept in a month's folder."""
    files = chain.from_iterable(folder.glob(f"{drafts}**/*（{HAND}*）.*") for drafts in DRAFTS)
    paths = (file.relative_to(folder).as_posix() for file in files)
    return sorted(paths, key=lambda path: (len(path), path))  # 手改2 after 手改


def hand_path(path: str, content: bytes, kept: Mapping[str, bytes]) -> str:
    """Return where an edited draft is kept: 全市（手改）.docx, a second one at （手改2）."""
    draft, number = PurePosixPath(path), 1
    while True:
        mark = f"{HAND}{number if number > 1 else ''}"
        place = str(draft.with_name(f"{draft.stem}（{mark}）{draft.suffix}"))
        if kept.get(place, content) == content:
            return place
        number += 1


def edit_notes(printed: bytes, edited: bytes, path: str) -> list[str]:
    """Return what to know of an edited draft: the numbers that the program did not print there.

    Raises UserError if the edited file is no Word document.
    """
    before = _paragraphs(_body(printed, path))
    body = _body(edited, path)
    notes = list(_changed_numbers(before, _paragraphs(body)))
    if next(body.iter(*_EDITING_MARKS), None) is not None:
        notes.append("稿中还有修订或批注，印发前请接受或删除")
    return notes


def _body(document: bytes, path: str) -> etree._Element:
    try:
        return parsed(read_parts(document)[_BODY])
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError) as error:
        raise UserError(
            f"草稿“{path}”不是 Word 文档（.docx），没有登记印发。请用 Word 或 WPS 重新保存"
        ) from error


def _paragraphs(body: etree._Element) -> list[str]:
    """Return the texts of the paragraphs, those of tables and text boxes too, deleted text not."""
    texts: dict[etree._Element, list[str]] = {}
    for run in body.iter("{*}t"):
        if next(run.iterancestors("{*}Fallback"), None) is None:
            paragraph = next(run.iterancestors("{*}p"))
            texts.setdefault(paragraph, []).append(run.text or "")
    return ["".join(parts) for parts in texts.values()]


def _changed_numbers(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """Yield a line for each changed paragraph with numbers that were not printed there."""
    printed = [number for text in before for number in _numbers(text)]
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        old, new = before[start:end], after[new_start:new_end]
        paired = len(old) == len(new)
        for index, text in enumerate(new if kind != "equal" else ()):
            replaced = _numbers(old[index] if paired else "".join(old))
            numbers = _numbers(text)
            new_ones = [number for number in numbers if number not in printed]
            added = _added(numbers, replaced) if old else new_ones
            gone = _added(replaced, _numbers(text)) if paired else []
            if added:
                yield _note(text, added, gone)


def _added(numbers: Sequence[str], before: Sequence[str]) -> list[str]:
    """Return the numbers that are new; all of them if known ones stand in another order."""
    left = iter(before)
    if all(number in left for number in numbers):
        return []
    return [number for number in numbers if number not in before] or [*numbers]


def _note(text: str, added: Sequence[str], gone: Sequence[str]) -> str:
    excerpt = text if len(text) <= QUOTED else f"{text[:QUOTED]}…"
    was = f"（编制时为{'、'.join(dict.fromkeys(gone))}）" if gone else ""
    return f"“{excerpt}”：{'、'.join(dict.fromkeys(added))}{was}"


def _numbers(text: str) -> list[str]:
    return _NUMBER.findall(unicodedata.normalize("NFKC", text))
