"""Links from a page to the files of the month's folder: relative, only to files that exist."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar
from urllib.parse import quote

from schemas.columns import LEVEL_NAMES
from schemas.documents import RECEIPT as RECEIPT_NAME

L = TypeVar("L")  # what stands under a sender's folder
RECEIPT = f"{RECEIPT_NAME}.docx"
COUNTY = LEVEL_NAMES["county"]  # the folder of the counties' bulletins


@dataclass(frozen=True)
class Link:
    """A link to a file: what is written and where it leads."""

    text: str
    href: str


@dataclass(frozen=True)
class LinkGroup:
    """Links that belong together, under a heading."""

    heading: str
    links: Sequence[Link]


@dataclass(frozen=True)
class Links:
    """The files of the month's folder as seen from a page in it.

    `folder` is the page's own, empty or ending in a slash.
    """

    files: frozenset[str]
    folder: str = ""

    def to(self, path: str, text: str | None = None) -> Link | None:
        """Return the link to a file, None if the folder will not hold it."""
        return (
            Link(text or path.rsplit("/", 1)[-1], self._href(path)) if path in self.files else None
        )

    @cached_property
    def packets(self) -> Mapping[str, Sequence[Link]]:
        """Return the links to what goes back, by the folder of each sender."""
        by_sender: dict[str, list[Link]] = {}
        for folder, name, path in self._for_senders():
            if name != RECEIPT:
                by_sender.setdefault(folder, []).append(Link(name, self._href(path)))
        return by_sender

    @cached_property
    def receipts(self) -> Mapping[str, Link]:
        """Return the links to the receipts, by the folder of each sender."""
        return {
            folder: Link(name, self._href(path))
            for folder, name, path in self._for_senders()
            if name == RECEIPT
        }

    def _for_senders(self) -> Iterator[tuple[str, str, str]]:
        """Yield the folder of the sender, the name and the path of each file for a sender."""
        for path in sorted(self.files):
            parts = path.split("/")
            if parts[0] == "returns" and len(parts) > 2:
                yield parts[1], "/".join(parts[2:]), path

    def packet(self, sender: str) -> Sequence[Link]:
        """Return the links to what goes back to a sender."""
        return _of_sender(self.packets, sender) or ()

    def receipt(self, sender: str) -> Link | None:
        """Return the link to a sender's receipt, None if it has none."""
        return _of_sender(self.receipts, sender)

    def groups(self) -> list[LinkGroup]:
        """Return all files but the pages by purpose, bulletins and documents first."""
        paths: dict[tuple[int, str], list[str]] = {}
        for path in sorted(self.files):
            if path.rsplit("/", 1)[-1] != "index.html":
                paths.setdefault(_place(path), []).append(path)
        return [
            LinkGroup(heading, [Link(_listed_as(path), self._href(path)) for path in group])
            for (_, heading), group in sorted(paths.items())
        ]

    def _href(self, path: str) -> str:
        if self.folder and path.startswith(self.folder):
            relative = path.removeprefix(self.folder)
        else:
            relative = "../" * self.folder.count("/") + path
        parts = relative.split("/")
        return "/".join(part if part == ".." else quote(part, safe="") for part in parts)


def _place(path: str) -> tuple[int, str]:
    """Return where a file is listed: the order of its heading, and the heading."""
    parts = path.split("/")
    if parts[0] == "bulletins" and len(parts) == 2:
        return 0, "全市简报"
    if parts[0] == "bulletins":
        return 1 if parts[1] == COUNTY else 2, f"{parts[1]}简报"
    if parts[0] == "documents" and len(parts) > 2:
        return 3, f"文书：{parts[1]}"
    if parts[0] == "returns" and parts[-1] == RECEIPT:
        return 5, "回执"
    if parts[0] == "returns" and len(parts) > 2:
        return 6, f"退回材料：{parts[1]}"
    return 4, "汇总表和数据"


def _listed_as(path: str) -> str:
    """Return what a file is listed as: its name, a receipt by its sender."""
    parts = path.split("/")
    return parts[-2] if parts[-1] == RECEIPT and len(parts) > 2 else parts[-1]


def _of_sender(by_folder: Mapping[str, L], sender: str) -> L | None:
    """Return what stands under a sender's folder, whose name may be shorter than the sender's."""
    matches = (value for folder, value in by_folder.items() if _stands_for(folder, sender))
    return by_folder.get(sender) or next(matches, None)


def _stands_for(folder: str, name: str) -> bool:
    """Return whether a folder bears a name that is too long for a path, or not allowed in one."""
    short, full = (re.sub(r"\W", "_", text) for text in (folder, name))
    return short == full or (len(folder.encode()) > 100 and full.startswith(short))
