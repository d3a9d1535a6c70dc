"""Links from a page to the files of the month's folder: relative, only to files that exist."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from schemas.columns import columns_of

COUNTY = columns_of("progress")["county"].header  # the folder of the counties' bulletins


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
        for path in sorted(self.files):
            parts = path.split("/")
            if parts[0] == "returns" and len(parts) > 2:
                link = Link("/".join(parts[2:]), self._href(path))
                by_sender.setdefault(parts[1], []).append(link)
        return by_sender

    def packet(self, sender: str) -> Sequence[Link]:
        """Return the links to what goes back to a sender."""
        matches = (links for folder, links in self.packets.items() if _stands_for(folder, sender))
        return self.packets.get(sender) or next(matches, ())

    def groups(self) -> list[LinkGroup]:
        """Return all files but the pages by purpose: bulletins of each level, summary, packets."""
        paths: dict[tuple[int, str], list[str]] = {}
        for path in sorted(self.files):
            if path.rsplit("/", 1)[-1] != "index.html":
                paths.setdefault(_place(path), []).append(path)
        return [
            LinkGroup(heading, [Link(p.rsplit("/", 1)[-1], self._href(p)) for p in group])
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
    if parts[0] == "returns" and len(parts) > 2:
        return 4, f"退回材料：{parts[1]}"
    return 3, "汇总表和数据"


def _stands_for(folder: str, name: str) -> bool:
    """Return whether a folder bears a name that is too long for a path, or not allowed in one."""
    short, full = (re.sub(r"\W", "_", text) for text in (folder, name))
    return short == full or (len(folder.encode()) > 100 and full.startswith(short))
