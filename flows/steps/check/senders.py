"""Who sent a file, and for which month: from its own lines, its folder and its name (DESIGN §4)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath

from flows.settings import Campaign
from flows.steps.check.masks import harmless
from flows.steps.model import Claims
from flows.steps.months import Month
from schemas.spellings import squeeze

Say = Callable[..., None]  # (code, *, sheet=None, cell=None, **facts)
LATEST = 31  # days after the month's end on which a ledger may still be dated (DESIGN §4)
_LISTED = 15  # names printed in a message


@dataclass(frozen=True)
class Origin:
    """Who a file comes from: the sender, None where that is a fault; `likely` is whom folder or file name point to."""

    sender: str | None
    likely: str | None


def recognise_sender(file: str, claims: Claims, campaign: Campaign, say: Say) -> Origin:
    """Return the sender that the file's line, folder and name agree on; reports where they do not, or none is found."""
    by_folder, by_name = _pointed_to(PurePosixPath(file), campaign.sender_names)
    if not (by_folder or by_name or claims.senders):
        by_folder, by_name = _pointed_to(PurePosixPath(file), campaign.lent_names)
    likely = (
        by_folder[0]
        if len(by_folder) == 1
        else by_name[0]
        if len(by_name) == 1 and not by_folder
        else None
    )
    stated: dict[str, str] = {}
    for text, sheet, cell in claims.senders:
        name = campaign.sender_names.get(squeeze(text)) or campaign.lent_names.get(squeeze(text))
        if name is None:
            listed = "、".join(list(campaign.sender)[:_LISTED])
            say(
                "sender-unknown",
                sheet=sheet,
                cell=cell,
                reason=f"填报单位“{harmless(text)}”不在名录中",
                expected=listed,
            )
            return Origin(None, likely)
        stated.setdefault(name, f"填报单位（{cell}）写的是“{name}”")
    return _agreed(stated, by_folder, by_name, campaign, say, likely)


def _pointed_to(file: PurePosixPath, names: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Return the senders that a file's innermost telling folder names, and those that its own name does."""
    by_folder = next(
        (found for part in reversed(file.parts[:-1]) if (found := named_in(part, names))), []
    )
    return by_folder, named_in(file.stem, names)


def _agreed(
    stated: Mapping[str, str],
    by_folder: Sequence[str],
    by_name: Sequence[str],
    campaign: Campaign,
    say: Say,
    likely: str | None,
) -> Origin:
    sources = [s for s in (list(stated), list(by_folder), list(by_name)) if s]
    if not sources:
        listed = "、".join(list(campaign.sender)[:_LISTED])
        say(
            "sender-unknown",
            reason="表中没有填报单位，文件夹名和文件名里也没有名录中的单位",
            expected=listed,
        )
        return Origin(None, None)
    common = [name for name in sources[0] if all(name in source for source in sources)]
    if len(common) == 1 and len(stated) <= 1:
        return Origin(common[0], common[0])
    reasons = [*stated.values()]
    reasons += [f"文件夹名指向“{'、'.join(by_folder)}”"] if by_folder else []
    reasons += [f"文件名指向“{'、'.join(by_name)}”"] if by_name else []
    say("sender-conflict", reason="，".join(reasons))
    return Origin(None, likely)


def named_in(text: str, names: Mapping[str, str]) -> list[str]:
    """Return the registered names that a text contains, each once; a name inside a longer one does not count."""
    plain = squeeze(text)
    spans = [
        (at, at + len(key), name)
        for key, name in names.items()
        if key in plain
        for at in _places(key, plain)
    ]
    longest = [
        s
        for s in spans
        if not any(o[0] <= s[0] and s[1] <= o[1] and o[1] - o[0] > s[1] - s[0] for o in spans)
    ]
    return list(dict.fromkeys(name for _, _, name in sorted(longest)))


def _places(key: str, text: str) -> Iterator[int]:
    at = text.find(key) if key else -1
    while at >= 0:
        yield at
        at = text.find(key, at + 1)


def check_month(claims: Claims, month: Month, say: Say) -> None:
    """Report where a title or 统计月份 names another month, or 填报时间 lies outside the time in which it is filled in."""
    by_cell: dict[tuple[str, str, str], list[tuple[int | None, int]]] = {}
    for year, number, text, sheet, cell in claims.months:
        by_cell.setdefault((text, sheet, cell), []).append((year, number))
    for (text, sheet, cell), named in by_cell.items():
        if not any(number == month.month and year in (None, month.year) for year, number in named):
            say(
                "month-mismatch",
                sheet=sheet,
                cell=cell,
                source=f"表头（{cell}）",
                value=harmless(text),
                expected=month.label,
            )
    last = month.last_day + timedelta(LATEST)
    for day, text, sheet, cell in claims.dates:
        if not month.first_day <= day <= last:
            say(
                "month-mismatch",
                sheet=sheet,
                cell=cell,
                source=f"填报时间（{cell}）",
                value=harmless(text),
                expected=month.label,
            )
