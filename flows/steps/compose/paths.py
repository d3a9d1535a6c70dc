"""Where a bulletin lies in a month's folder (DESIGN §7)."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from schemas.columns import Level

_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_BYTES = 120  # of a name, so that a file system's 255 also hold what is added to it
FOLDERS: Mapping[str, str] = {"county": "bulletins/县区", "enterprise": "bulletins/企业"}
CITY = "bulletins/全市.docx"


def paths_of(level: Level, names: Iterable[str]) -> dict[str, str]:
    """Return the paths of a level's bulletins by name; later ones of one file name get a number."""
    if level == "city":
        return dict.fromkeys(names, CITY)
    paths, alike = {}, Counter[str]()
    for name in names:
        plain = safe(name)
        number = alike[plain.casefold()]
        alike[plain.casefold()] += 1
        paths[name] = f"{FOLDERS[level]}/{plain}{f'（{number + 1}）' if number else ''}.docx"
    return paths


def safe(name: str) -> str:
    """Return a name as it can stand in a path on any system."""
    plain = _FORBIDDEN.sub("_", name).encode()[:_BYTES].decode(errors="ignore").strip(" .") or "_"
    return f"_{plain}" if _RESERVED.fullmatch(plain) else plain
