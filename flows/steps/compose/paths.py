"""Where a bulletin lies in a month's folder (DESIGN §7)."""

import re
from collections.abc import Mapping, Sequence

_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_BYTES = 120  # of a name, so that a file system's 255 also hold what is added to it
FOLDERS: Mapping[str, str] = {"county": "bulletins/县区", "enterprise": "bulletins/企业"}
CITY = "bulletins/全市.docx"


def path_of(level: str, name: str, names: Sequence[str]) -> str:
    """Return a bulletin's path; of names that would fall into one file the later ones in `names` get a number."""
    if level == "city":
        return CITY
    plain = safe(name)
    alike = [other for other in names if safe(other).casefold() == plain.casefold()]
    number = alike.index(name) if name in alike else 0
    return f"{FOLDERS[level]}/{plain}{f'（{number + 1}）' if number else ''}.docx"


def safe(name: str) -> str:
    """Return a name as it can stand in a path on any system."""
    plain = _FORBIDDEN.sub("_", name).encode()[:_BYTES].decode(errors="ignore").strip(" .") or "_"
    return f"_{plain}" if _RESERVED.fullmatch(plain) else plain
