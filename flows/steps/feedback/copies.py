"""The marked copy of one file: the sender's own workbook, else what can be shown (DESIGN §7)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial

from flows.settings import Campaign
from flows.steps.feedback.consequences import comment_on, verdict_of
from flows.steps.feedback.features import is_workbook, remarks_on
from flows.steps.feedback.list_sheet import list_sheet
from flows.steps.feedback.listing import Listing, listing_of
from flows.steps.feedback.looks import COLOURS, FILLS, shown
from flows.steps.feedback.rebuild import FAULTY, empty_workbook, faulty_rows, rebuilt
from flows.steps.feedback.sent import SUFFIX, Sent
from flows.steps.feedback.workbook.mark import Mark, Marks, Unmarkable, marked_workbook
from flows.steps.feedback.workbook.parts import sheet_named
from flows.steps.feedback.workbook.styles import Styles
from flows.steps.model import Failure, Grid
from flows.steps.months import Month
from schemas import problem_list

LARGE_ROWS, LARGE_CELLS = 20_000, 400_000  # beyond these other formats are not built again whole
LONGEST_NAME = 200  # bytes of a copy's name
File = tuple[str, bytes]
Cells = Mapping[str, Mapping[str, Sequence[Mark]]]  # marks by sheet and cell
ListingOf = Callable[[Sequence[str]], Listing]  # from the remarks on the copy


def marked_copy(
    sent: Sent, sender: str, campaign: Campaign, month: Month, reply_by: date
) -> list[File]:
    """Return the files that go back for one file: the marked copy, and the original if need be.

    The original goes beside it where the copy lacks something or holds more than cells. The bytes
    depend on nothing but the arguments. The sender's file itself is never written to.
    """
    alone = partial(list_only, sent, sender, campaign, month, reply_by)
    if sent.data is None:
        return alone("报送文件夹中已没有这个文件，因此只有问题清单。")
    listing = partial(listing_of, sent, sender, campaign, month, reply_by)
    if not any(ledger.kind for ledger in sent.ledgers) and not sent.grids():
        remark = "文件无法读取，没有可以标注的内容，因此只有问题清单。"
        return [(_name(sent), _listed(listing([remark])))]
    if not is_workbook(sent.data):
        return [(_name(sent), _made_again(sent, listing))]
    remarks = remarks_on(sent.data)
    copy = _with_list(sent.data, _marks(sent), listing(remarks))
    if isinstance(copy, Unmarkable):
        return alone(
            f"{copy.reason}，无法在副本中标注，因此只有问题清单；"
            "请按清单在原文件（附在旁边，未作改动）中改正。"
        )
    original = (sent.file.rpartition("/")[2], sent.data)
    return [(_name(sent), copy), *([original] if remarks else [])]


def list_only(
    sent: Sent, sender: str, campaign: Campaign, month: Month, reply_by: date, reason: str
) -> list[File]:
    """Return the list alone and the untouched original; `reason` says why there is no copy."""
    listing = listing_of(sent, sender, campaign, month, reply_by, [reason])
    original = [] if sent.data is None else [(sent.file.rpartition("/")[2], sent.data)]
    return [(_name(sent), _listed(listing)), *original]


def _name(sent: Sent) -> str:
    """Return a copy's name, shortened so that a file system's 255 bytes hold it."""
    stem = sent.stem.encode()[:LONGEST_NAME].decode(errors="ignore").strip() or "台账"
    return f"{stem}{SUFFIX}.xlsx"


def _with_list(data: bytes, cells: Cells, listing: Listing) -> bytes | Unmarkable:
    """Return a workbook with its cells marked and the list in front, or why there is none."""

    def front(styles: Styles, names: Sequence[str]) -> bytes:
        return list_sheet(listing, styles, names)

    marks = Marks(cells, COLOURS)
    return marked_workbook(data, marks, problem_list.SHEET, problem_list.TITLE, front)


def _ours(data: bytes, cells: Cells, listing: Listing) -> bytes:
    """Return a workbook of our own making with its cells marked and the list in front."""
    copy = _with_list(data, cells, listing)
    if isinstance(copy, Unmarkable):
        raise TypeError(copy.reason)
    return copy


def _listed(listing: Listing) -> bytes:
    return _ours(empty_workbook(), {}, listing)


def _marks(sent: Sent, names: Mapping[str, str] | None = None) -> Cells:
    """Return what is marked, by sheet and cell; `names` gives the sheets' names in the copy."""
    marks: dict[str, dict[str, list[Mark]]] = {}
    ordered = sorted(dict.fromkeys(sent.failures), key=lambda f: COLOURS.index(FILLS[f.severity]))
    for failure in ordered:
        sheet = failure.sheet
        if names is not None and sheet is not None:
            sheet = names.get(sheet_named(list(names), sheet) or "")
        if sheet is not None and failure.cell is not None:
            mark = Mark(FILLS[failure.severity], _comment(failure, sent))
            marks.setdefault(sheet, {}).setdefault(failure.cell, []).append(mark)
    return marks


def _comment(failure: Failure, sent: Sent) -> str:
    return shown(comment_on(failure, verdict_of(failure, sent.ledgers)))


def _made_again(sent: Sent, listing: ListingOf) -> bytes:
    """Return a copy of a file in another format: its values, or its faulty rows if it is large."""
    grids = sent.grids()
    if sum(grid.height for grid in grids) > LARGE_ROWS or _cells(grids) > LARGE_CELLS:
        remark = (
            f"原表行数很多：这里只列出有误的行（工作表“{FAULTY}”，带原行号），"
            "请按原行号在原表中改正后重报。"
        )
        return _ours(faulty_rows(sent), {}, listing([remark]))
    data, names = rebuilt(grids)
    remark = (
        "报送的不是 .xlsx 文件：本文件按读到的内容重新生成，单元格地址与原文件一致，"
        "原文件的格式没有保留。"
    )
    return _ours(data, _marks(sent, names), listing([remark]).renamed(names))


def _cells(grids: Sequence[Grid]) -> int:
    return sum(
        grid.height * max((len(grid.row(row)) for row in range(min(grid.height, 30))), default=0)
        for grid in grids
    )
