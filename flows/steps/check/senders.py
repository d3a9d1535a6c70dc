"""Who sent a file, and for which month: from its own lines, its folder and its name (DESIGN §4)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath

from flows.settings import Campaign
from flows.steps.check.masks import harmless
from flows.steps.failures import WHOLE_FILE, Place, failure
from flows.steps.model import Claims, Failure
from flows.steps.months import Month
from schemas.spellings import squeeze

LATEST = 31  # days after the month's end on which a ledger may still be dated (DESIGN §4)
# What a county's office is called behind the county's name.
_OFFICE = re.compile(
    r"(?:局|委|委员会|办|办公室|办事处|领导小组|专班|政府|服务中心|中心|科|处|部)$"
)
_LISTED = 15  # names printed in a message


@dataclass(frozen=True)
class Origin:
    """Who a file comes from.

    `sender` is None where that is a fault, which `failures` then hold; `likely` is whom folder or
    file name point to.
    """

    sender: str | None
    likely: str | None
    failures: Sequence[Failure] = ()


def recognise_sender(file: str, claims: Claims, campaign: Campaign) -> Origin:
    """Return the sender that the file's line, folder and name agree on."""
    by_folder, by_name = _pointed_to(PurePosixPath(file), campaign.sender_names)
    if not (by_folder or by_name or claims.senders):
        by_folder, by_name = _pointed_to(PurePosixPath(file), campaign.lent_names)
    likely = _likely(by_folder, by_name)
    stated: dict[str, str] = {}
    for text, sheet, cell in claims.senders:
        name = _registered(squeeze(text), campaign)
        if name is None:
            reason = f"填报单位“{harmless(text)}”不在名录中"
            return Origin(None, likely, [_unknown(file, campaign, reason, Place(sheet, cell))])
        stated.setdefault(name, f"填报单位（{cell}）写的是“{name}”")
    if claims.form is not None and (
        owner := campaign.sender_names.get(squeeze(claims.form.sender))
    ):
        said = f"本文件是发给“{owner}”的{claims.form.month.label}填报表"
        stated[owner] = f"{stated[owner]}，{said}" if owner in stated else said
    return _agreed(file, stated, by_folder, by_name, campaign, likely)


def _registered(text: str, campaign: Campaign) -> str | None:
    """Return the sender of a name: its own, one lent to it, or that of an office of its county."""
    return (
        campaign.sender_names.get(text) or campaign.lent_names.get(text) or _office(text, campaign)
    )


def _office(text: str, campaign: Campaign) -> str | None:
    """Return the county sender with whose name that of an office begins: 青榆县国资局."""
    if not _OFFICE.search(text):
        return None
    names = {**campaign.lent_names, **campaign.sender_names}
    counties = {key: name for key, name in names.items() if campaign.sender[name].county}
    starts = [key for key in counties if text.startswith(key)]
    return counties[max(starts, key=len)] if starts else None


def _pointed_to(file: PurePosixPath, names: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Return the senders that the innermost telling folder and the file's own name name."""
    by_folder: list[str] = []
    for part in reversed(file.parts[:-1]):
        if by_folder := named_in(part, names):
            break
    return by_folder, named_in(file.stem, names)


def senders_in_path(file: str, campaign: Campaign) -> tuple[str, ...]:
    """Return the senders that a file's path names."""
    by_folder, by_name = _pointed_to(PurePosixPath(file), campaign.sender_names)
    return tuple(sorted({*by_folder, *by_name}))


def _likely(by_folder: Sequence[str], by_name: Sequence[str]) -> str | None:
    if by_folder:
        return by_folder[0] if len(by_folder) == 1 else None
    return by_name[0] if len(by_name) == 1 else None


def _unknown(file: str, campaign: Campaign, reason: str, at: Place = WHOLE_FILE) -> Failure:
    listed = "、".join(list(campaign.sender)[:_LISTED])
    return failure("sender-unknown", file, at, reason=reason, expected=listed)


def _agreed(
    file: str,
    stated: Mapping[str, str],
    by_folder: Sequence[str],
    by_name: Sequence[str],
    campaign: Campaign,
    likely: str | None,
) -> Origin:
    sources = [s for s in (list(stated), list(by_folder), list(by_name)) if s]
    if not sources:
        reason = "表中没有填报单位，文件夹名和文件名里也没有名录中的单位"
        return Origin(None, None, [_unknown(file, campaign, reason)])
    common = [name for name in sources[0] if all(name in source for source in sources)]
    if len(common) == 1 and len(stated) <= 1:
        return Origin(common[0], common[0])
    reasons = [*stated.values()]
    reasons += [f"文件夹名指向“{'、'.join(by_folder)}”"] if by_folder else []
    reasons += [f"文件名指向“{'、'.join(by_name)}”"] if by_name else []
    return Origin(None, likely, [failure("sender-conflict", file, reason="，".join(reasons))])


def named_in(text: str, names: Mapping[str, str]) -> list[str]:
    """Return the registered names in a text, each once; one inside a longer one does not count."""
    plain = squeeze(text)
    spans = []
    for key, name in names.items():
        if key in plain:
            spans += [(start, start + len(key), name) for start in _occurrences(key, plain)]
    longest = [s for s in spans if not any(_is_inside(s, other) for other in spans)]
    return list(dict.fromkeys(name for _, _, name in sorted(longest)))


def _is_inside(span: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    longer = other[1] - other[0] > span[1] - span[0]
    return longer and other[0] <= span[0] and span[1] <= other[1]


def _occurrences(key: str, text: str) -> Iterator[int]:
    start = text.find(key) if key else -1
    while start >= 0:
        yield start
        start = text.find(key, start + 1)


def wrong_months(file: str, claims: Claims, month: Month) -> Iterator[Failure]:
    """Yield titles and 统计月份 that name another month, and 填报时间 too early or too late."""
    by_cell: dict[tuple[str, str, str], list[tuple[int | None, int]]] = {}
    for year, number, text, sheet, cell in claims.months:
        by_cell.setdefault((text, sheet, cell), []).append((year, number))
    for (text, sheet, cell), named in by_cell.items():
        if not any(number == month.month and year in (None, month.year) for year, number in named):
            yield _mismatch(file, "表头", text, Place(sheet, cell), month)
    if claims.form is not None and claims.form.month != month:
        yield failure(
            "month-mismatch",
            file,
            value=claims.form.month.label,
            source=f"本文件是发给“{harmless(claims.form.sender)}”的填报表，表内信息",
            expected=month.label,
        )
    last = month.last_day + timedelta(LATEST)
    for day, text, sheet, cell in claims.dates:
        if not month.first_day <= day <= last:
            yield _mismatch(file, "填报时间", text, Place(sheet, cell), month)


def _mismatch(file: str, source: str, text: str, at: Place, month: Month) -> Failure:
    return failure(
        "month-mismatch",
        file,
        at,
        value=harmless(text),
        source=f"{source}（{at.cell}）",
        expected=month.label,
    )
