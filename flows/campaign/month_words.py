"""Reading 文字/2022-05.md: the month's own words by their headings, faults located."""

from collections.abc import Iterator, Mapping

from flows.campaign.office_csv import Fault, decoded
from flows.steps.check.masks import scrub
from flows.steps.months import Month
from schemas.month_words import FOLDER, HEADINGS, MARK, SUFFIX

Sections = Mapping[str, tuple[str, ...]]  # the paragraphs by heading


def read_words(
    files: Mapping[str, bytes],
) -> tuple[Mapping[Month, Sections], list[tuple[str, Fault]]]:
    """Return the words of each month in a campaign folder's files, and each file's faults."""
    words: dict[Month, Sections] = {}
    faults: list[tuple[str, Fault]] = []
    for path, data in files.items():
        if not (path.startswith(f"{FOLDER}/") and path.endswith(SUFFIX)):
            continue
        month = _month(path.removeprefix(f"{FOLDER}/").removesuffix(SUFFIX))
        text = decoded(data)
        if month is None:
            faults.append((path, ("", f"文件名应是月份，如 2022-05{SUFFIX}")))
        elif text is None:
            faults.append((path, ("", "编码认不出来。请用记事本另存为 UTF-8 编码")))
        else:
            words[month], wrong = _sections(text)
            faults += [(path, fault) for fault in wrong]
    return words, faults


def _month(text: str) -> Month | None:
    try:
        return Month.parse(text)
    except ValueError:
        return None


def _sections(text: str) -> tuple[Sections, list[Fault]]:
    """Return the paragraphs under each heading; a heading's mark may be left out."""
    sections: dict[str, list[str]] = {}
    faults: list[Fault] = []
    heading: str | None = None
    for number, line in _lines(text):
        plain = line.strip(MARK + " ")
        if plain in HEADINGS:
            heading = plain
            sections.setdefault(heading, [])
        elif line.startswith(MARK):
            known = "、".join(HEADINGS)
            faults.append((f"第{number}行", f"没有“{plain}”这个标题。可以写：{known}"))
            heading = None
        elif scrub(line) != line:
            faults.append((f"第{number}行", "有身份证号或电话号码，简报不能登个人信息。请删去号码"))
        elif heading is not None:
            sections[heading].append(line)
        elif not (sections or faults):
            faults.append((f"第{number}行", f"文字前面要有标题，如 {MARK} {HEADINGS[1]}"))
    found = {name: tuple(sections[name]) for name in HEADINGS if sections.get(name)}
    return found, faults


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line's number and its words, without the marks of a list."""
    for number, line in enumerate(text.splitlines(), 1):
        words = line.strip().removeprefix("- ").removeprefix("* ").strip()
        if words:
            yield number, words
