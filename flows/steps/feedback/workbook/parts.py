"""A workbook's main part: its sheets by name, and a sheet put in front of them.

What counts sheets by their position (local names, the sheet that is shown) is shifted with them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from flows.steps.feedback.workbook.package import CHUNK, OFFICE, Package, UnmarkableError
from flows.steps.feedback.workbook.styles import empty_styles
from flows.steps.ooxml import relationship_id

MAIN_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_MACRO_SHEETS = ("xlMacrosheet", "xlIntlMacrosheet")
_FIRST_CELL = re.compile(rb"<(?:[\w.-]+:)?c(?=[\s>])([^>]*)>(.*?)</(?:[\w.-]+:)?c>", re.DOTALL)
_TEXT = re.compile(rb"<(?:[\w.-]+:)?[vt](?:\s[^>]*)?>([^<]*)<")
_SIGNATURES = "_xmlsignatures/"


@dataclass(frozen=True)
class Sheet:
    """A worksheet: its name and its part."""

    name: str
    part: str


class Workbook:
    """The main part of a package."""

    def __init__(self, package: Package) -> None:
        self.package = package
        names = package.names
        self.part = next((n for n in names if n.endswith("workbook.xml")), "workbook.xml")
        self.root = package.tree(self.part)
        self.relationships = package.relationships(self.part)
        self._namespace = str(self.root.tag).rpartition("}")[0] + "}"

    @property
    def _entries(self) -> list[etree._Element]:
        return list(self.root.iterfind("{*}sheets/{*}sheet"))

    @property
    def sheets(self) -> list[Sheet]:
        """Return the worksheets in order, without charts and dialogs."""
        targets = self.relationships.targets("worksheet")
        parts = [(e.get("name", ""), targets.get(relationship_id(e), "")) for e in self._entries]
        return [Sheet(name, part) for name, part in parts if self.package.has(part)]

    @property
    def saved_by_libreoffice(self) -> bool:
        """Return whether LibreOffice has written the package."""
        version = self.root.find("{*}fileVersion")
        return version is not None and version.get("appName") == "Calc"

    def styles(self) -> str:
        """Return the part of the styles, which is made if there is none."""
        for part in self.relationships.targets("styles").values():
            if self.package.has(part):
                return part
        folder = self.part.rpartition("/")[0]
        part = f"{folder}/styles.xml" if folder else "styles.xml"
        self.package.add_tree(part, empty_styles(), STYLES_TYPE)
        self.relationships.add("styles", part)
        return part

    def first_text(self, sheet: Sheet) -> str:
        """Return the text of a worksheet's first cell, "" if it has none."""
        with self.package.open(sheet.part) as stream:
            cell = _FIRST_CELL.search(stream.read(CHUNK))
        if cell is None:
            return ""
        texts = _TEXT.findall(cell[2])
        if b't="s"' not in cell[1]:
            return b"".join(texts).decode("utf-8", "replace")
        index = texts[0].decode() if texts else ""
        return self._shared_text(int(index)) if index.isdigit() else ""

    def _shared_text(self, index: int) -> str:
        """Return one of the shared strings."""
        for part in self.relationships.targets("sharedStrings").values():
            with self.package.open(part) as stream:
                entries = etree.iterparse(
                    stream, tag="{*}si", resolve_entities=False, no_network=True
                )
                for number, (_, entry) in enumerate(entries):
                    if number == index:
                        return "".join(text.text or "" for text in entry.iter("{*}t"))
                    entry.clear()
        return ""

    def make_macro_free(self) -> None:
        """Make it what .xlsx files hold: no macros, no template, no signature that is not true.

        Raises UnmarkableError for macros that are sheets of their own.
        """
        for kind in _MACRO_SHEETS:
            if self.relationships.targets(kind):
                raise UnmarkableError("文件含有宏表")
        for key, part in self.relationships.targets("vbaProject").items():
            self.relationships.remove(key)
            if self.package.has(part):
                for signature in self._macro_signatures(part):
                    self.package.drop(signature)
                self.package.drop(part)
        self.package.set_type(self.part, MAIN_TYPE)
        self._drop_signatures()

    def _macro_signatures(self, part: str) -> list[str]:
        kinds = ("vbaProjectSignature", "vbaProjectSignatureAgile", "vbaProjectSignatureV3")
        holder = self.package.relationships(part)
        found = [target for kind in kinds for target in holder.targets(kind).values()]
        return [target for target in found if self.package.has(target)]

    def _drop_signatures(self) -> None:
        root = self.package.relationships("")
        for key in root.targets("origin"):
            root.remove(key)
        for name in [name for name in self.package.names if name.startswith(_SIGNATURES)]:
            self.package.drop(name)

    def take_out(self, sheet: Sheet) -> None:
        """Remove a worksheet with the names that belong to it."""
        targets = self.relationships.targets("worksheet")
        for position, entry in enumerate(self._entries):
            if (
                targets.get(relationship_id(entry)) == sheet.part
                and entry.get("name") == sheet.name
            ):
                self._shift_names(position, -1)
                self.relationships.remove(relationship_id(entry))
                _remove(entry)
                self.package.drop(sheet.part)
                return

    def put_in_front(self, name: str) -> str:
        """Add an empty worksheet before all others, shown first; return its part.

        A number follows the name if there is a sheet of that name.
        """
        entries = self._entries
        taken = {entry.get("name", "").lower() for entry in entries}
        names = [name, *(f"{name}（{i}）" for i in range(2, len(taken) + 3))]
        folder = self.part.rpartition("/")[0]
        pattern = f"{folder}/worksheets/sheet{{}}.xml" if folder else "worksheets/sheet{}.xml"
        part = self.package.unused(pattern)
        self.package.add(part, (), SHEET_TYPE)
        ids = [int(e.get("sheetId", "0")) for e in entries if e.get("sheetId", "").isdigit()]
        sheet = etree.Element(
            f"{self._namespace}sheet",
            {
                "name": next(free for free in names if free.lower() not in taken),
                "sheetId": str(max(ids, default=0) + 1),
                f"{{{OFFICE}}}id": self.relationships.add("worksheet", part),
            },
        )
        self._shift_names(0, 1)
        self._sheets().insert(0, sheet)
        for view in self.root.iterfind("{*}bookViews/{*}workbookView"):
            view.set("activeTab", "0")
            view.set("firstSheet", "0")
        return part

    def _sheets(self) -> etree._Element:
        found = self.root.find(f"{self._namespace}sheets")
        if found is None:
            raise UnmarkableError("文件中没有工作表")
        return found

    def _shift_names(self, position: int, by: int) -> None:
        """Move the local names of the sheets from a position on; those of a removed one go."""
        for defined in list(self.root.iterfind("{*}definedNames/{*}definedName")):
            local = defined.get("localSheetId", "")
            if not local.isdigit():
                continue
            if by < 0 and int(local) == position:
                _remove(defined)
            elif int(local) >= position:
                defined.set("localSheetId", str(int(local) + by))


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def sheet_named(names: Sequence[str], wanted: str | None) -> str | None:
    """Return the sheet that a failure is about; stars stand for hidden characters of its name."""
    if wanted is None or wanted in names:
        return wanted
    if "*" not in wanted:
        return None
    pattern = re.compile(".+".join(map(re.escape, re.split(r"\*+", wanted))))
    return next((name for name in names if pattern.fullmatch(name)), None)
