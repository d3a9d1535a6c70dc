"""Where a bulletin lies in a month's folder (DESIGN §7)."""

from collections import Counter
from collections.abc import Iterable, Mapping

from flows.steps.files import safe_name
from schemas.columns import Level

FOLDERS: Mapping[str, str] = {"county": "bulletins/县区", "enterprise": "bulletins/企业"}
CITY = "bulletins/全市.docx"


def paths_of(level: Level, names: Iterable[str]) -> dict[str, str]:
    """Return the paths of a level's bulletins by name; later ones of one file name get a number."""
    if level == "city":
        return dict.fromkeys(names, CITY)
    paths, alike = {}, Counter[str]()
    for name in names:
        plain = safe_name(name)
        number = alike[plain.casefold()]
        alike[plain.casefold()] += 1
        paths[name] = f"{FOLDERS[level]}/{plain}{f'（{number + 1}）' if number else ''}.docx"
    return paths
