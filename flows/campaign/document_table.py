"""Reading 文书.csv: the documents of an office, every fault located."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from flows.campaign.office_csv import UNKNOWN_ENCODING, Fault, decoded, lines_under
from schemas.documents import (
    ATTACHED,
    ENDINGS,
    FIELD_LIST,
    FILE,
    FILE_NAME,
    HEADER,
    IN_NAMES,
    ITEM_NOTICE,
    ITEM_SERIES,
    LIGHTS,
    NAME,
    NEEDED,
    NO,
    NUMBER,
    OCCASION,
    OCCASIONS,
    OF_ITEMS,
    OF_LEDGERS,
    PLACES,
    REPLY_FORM,
    SENT,
    SERIES,
    SUBJECT,
    SUBJECTS,
    TEMPLATE,
    WITH_ITEMS,
    WITH_LEDGERS,
    WITH_LIGHTS,
    YEAR,
    YES,
    DocumentLine,
)
from schemas.registry import SEPARATORS
from templates import DOCUMENTS
from templates import HERE as TEMPLATES

_BRACED = re.compile(r"\{[^{}]*\}")
_IN_PATHS = re.compile(r'[\\/:*?"<>|]|^\.|\.\.')
_FITTING = (
    (OF_LEDGERS, WITH_LEDGERS, "台账"),
    (LIGHTS, WITH_LIGHTS, "进度"),
    (OF_ITEMS, WITH_ITEMS, "督办"),
)
_WHENEVER = ("hand",)  # goes with every subject
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def documents_of(
    data: bytes, templates: Collection[str]
) -> tuple[tuple[DocumentLine, ...], list[Fault]]:
    """Return the documents of an office: the shipped ones, replaced and added to by its own.

    `data` is its own table, empty if it has none, `templates` are the files beside it. A line of
    its own takes the place of the shipped one of the same name.
    """
    own, faults = read_documents(data, {*templates, *shipped_templates()}, shipped_documents())
    lines = {line.name: line for line in shipped_documents()}
    for line in own:
        name = lines[line.name].file_name if line.name in PLACES else line.file_name
        lines[line.name] = replace(line, file_name=name)
    return tuple(lines.values()), faults


@cache
def shipped_documents() -> tuple[DocumentLine, ...]:
    """Return the lines of the shipped table; raises ValueError for a faulty one."""
    lines, faults = read_documents((DOCUMENTS / FILE).read_bytes(), shipped_templates())
    if faults:
        raise ValueError(faults)
    return tuple(lines)


@cache
def shipped_templates() -> frozenset[str]:
    """Return the names of the shipped templates of documents."""
    files = (*TEMPLATES.iterdir(), *DOCUMENTS.iterdir())
    return frozenset(p.name for p in files if p.suffix in ENDINGS and p.name != FIELD_LIST)


def read_documents(
    data: bytes, templates: Collection[str], known: Sequence[DocumentLine] = ()
) -> tuple[list[DocumentLine], list[Fault]]:
    """Return the lines of a table, and each of its faults with its line.

    `known` are the shipped documents: an attachment may name them too, and what the program looks
    for is as they say.
    """
    text = decoded(data)
    if text is None:
        return [], [UNKNOWN_ENCODING]
    faults: list[Fault] = []
    rows = list(_rows(text, faults))
    lines: dict[int, DocumentLine] = {}
    for number, cells in rows:
        found = [*_faults(cells, templates), *_fixed_faults(cells, known)]
        faults += [(f"第{number}行“{column}”", message) for column, message in found]
        if not found:
            lines[number] = _line(cells)
    names = {line.name for line in known} | {cells[NAME] for _, cells in rows}
    faults += _across(rows, lines, names)
    return list(lines.values()), sorted(faults, key=_line_number)


def _line_number(fault: Fault) -> int:
    found = re.search(r"\d+", fault[0])
    return int(found[0]) if found else 0


def _rows(text: str, faults: list[Fault]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield the lines under the header with their cells; notes and empty lines are left out."""
    for number, cells in lines_under(HEADER, text, faults):
        if len(cells) > len(HEADER):
            faults.append((f"第{number}行", f"多于{len(HEADER)}项：{'、'.join(HEADER)}"))
            continue
        padded = [*cells, *[""] * (len(HEADER) - len(cells))]
        yield number, dict(zip(HEADER, padded, strict=True))


def _faults(cells: Mapping[str, str], templates: Collection[str]) -> Iterator[Fault]:
    """Yield what is wrong with a line by its column."""
    empty = [column for column in HEADER[:NEEDED] if not cells[column]]
    if empty:
        yield empty[0], f"没有填。{'、'.join(HEADER[:NEEDED])}都要填"
        return
    if _IN_PATHS.search(cells[NAME]):
        yield NAME, f"“{cells[NAME]}”里有文件名不能用的字符。请去掉斜杠、冒号、引号和开头的点"
    yield from _template_faults(cells[TEMPLATE], templates)
    yield from _choice_faults(cells)
    yield from _file_name_faults(cells)
    yield from _series_faults(cells[SERIES])
    of_items = SUBJECTS.get(cells[SUBJECT]) in WITH_ITEMS
    if of_items and cells[SERIES] not in ("", ITEM_SERIES):
        yield SERIES, f"督办事项的编号由程序给，只能写 {ITEM_SERIES}，或者不填"
    if REPLY_FORM in _attached(cells) and not of_items:
        yield ATTACHED, f"“{REPLY_FORM}”只能附在{SUBJECT}是督办事项的文书后面"
    sent = cells[SENT]
    if sent not in ("", YES, NO) and not _ADDRESS.fullmatch(sent):
        yield SENT, f"“{sent}”不是邮箱地址。应填{YES}（发给对象）、{NO}，或一个邮箱地址"


def _fixed_faults(cells: Mapping[str, str], known: Sequence[DocumentLine]) -> Iterator[Fault]:
    """Yield what a line may not change of a document that the program itself looks for."""
    shipped = next((line for line in known if line.name == cells[NAME]), None)
    if shipped is None or cells[NAME] not in (*PLACES, ITEM_NOTICE):
        return
    name, subject, occasion = (cells[column] for column in (NAME, SUBJECT, OCCASION))
    subjects, occasions = (
        {key: text for text, key in known_words.items()} for known_words in (SUBJECTS, OCCASIONS)
    )
    if SUBJECTS.get(subject) not in (shipped.subject, None):
        yield SUBJECT, f"“{name}”的对象只能是{subjects[shipped.subject]}"
    if OCCASIONS.get(occasion) not in (shipped.occasion, *_WHENEVER, None):
        yield (
            OCCASION,
            f"“{name}”只能写{occasions[shipped.occasion]}，或者写手工（每月不出，要时现出）",
        )
    if name not in PLACES:
        return
    if cells[FILE_NAME] not in ("", shipped.file_name):
        yield FILE_NAME, f"“{name}”的文件名不能改，印发、退回和网页都按它找。请不填这一项"
    if not cells[TEMPLATE].endswith(".docx"):
        yield TEMPLATE, f"“{name}”的模板应是 .docx"
    if cells[SERIES] and shipped.is_returned:
        yield SERIES, f"“{name}”没有字号，同一台账可能退回几次。请不填这一项"


def _template_faults(template: str, templates: Collection[str]) -> Iterator[Fault]:
    if not template.endswith(ENDINGS) or _IN_PATHS.search(template):
        yield TEMPLATE, f"“{template}”不能用作模板。应是文书文件夹里的文件名，如 提醒函.docx"
    elif template not in templates:
        listed = "、".join(sorted(templates))
        yield TEMPLATE, f"文书文件夹里没有“{template}”。请放进去；现有的模板：{listed}"


def _choice_faults(cells: Mapping[str, str]) -> Iterator[Fault]:
    subject, occasion = SUBJECTS.get(cells[SUBJECT]), OCCASIONS.get(cells[OCCASION])
    if subject is None:
        yield SUBJECT, f"没有“{cells[SUBJECT]}”。可以写：{'、'.join(SUBJECTS)}"
    if occasion is None:
        yield OCCASION, f"没有“{cells[OCCASION]}”。可以写：{'、'.join(OCCASIONS)}"
    if subject in WITH_ITEMS and occasion not in (*OF_ITEMS, *_WHENEVER, None):
        yield OCCASION, f"{SUBJECT}是“{cells[SUBJECT]}”的，只能写：督办、手工"
    for occasions, subjects, what in _FITTING:
        if occasion in occasions and subject is not None and subject not in subjects:
            listed = "、".join(name for name, key in SUBJECTS.items() if key in subjects)
            yield OCCASION, f"“{cells[OCCASION]}”说的是{what}，{SUBJECT}只能写：{listed}"


def _file_name_faults(cells: Mapping[str, str]) -> Iterator[Fault]:
    pattern = cells[FILE_NAME]
    allowed = [f"{{{name}}}" for name in IN_NAMES]
    for braced in _BRACED.findall(pattern):
        if braced not in allowed:
            yield FILE_NAME, f"不认识“{braced}”。大括号里可以写：{'、'.join(IN_NAMES)}"
    if _IN_PATHS.search(pattern):
        yield FILE_NAME, f"“{pattern}”里有文件名不能用的字符。只写文件名，不写文件夹"
    several = cells[SUBJECT] in SUBJECTS and SUBJECTS[cells[SUBJECT]] != "city"
    several = several and allowed[0] not in PLACES.get(cells[NAME], "")
    if pattern and several and allowed[0] not in pattern:
        yield FILE_NAME, f"每个对象一份，文件名里要有“{allowed[0]}”，否则会重名"


def _series_faults(series: str) -> Iterator[Fault]:
    braced = _BRACED.findall(series)
    unknown = [each for each in braced if each not in (YEAR, NUMBER)]
    if unknown:
        yield SERIES, f"不认识“{unknown[0]}”。大括号里可以写：年、n"
    elif series and braced.count(NUMBER) != 1:
        yield SERIES, f"“{series}”里没有“{NUMBER}”。应写成 督办〔{YEAR}〕{NUMBER}号 的样子"


def _line(cells: Mapping[str, str]) -> DocumentLine:
    sent = cells[SENT]
    return DocumentLine(
        name=cells[NAME],
        template=cells[TEMPLATE],
        subject=SUBJECTS[cells[SUBJECT]],
        occasion=OCCASIONS[cells[OCCASION]],
        file_name=cells[FILE_NAME],
        series=cells[SERIES],
        attached=_attached(cells),
        sent="" if sent == NO else sent,
    )


def _attached(cells: Mapping[str, str]) -> tuple[str, ...]:
    parts = re.split(f"[{SEPARATORS}]", cells[ATTACHED])
    return tuple(part.strip() for part in parts if part.strip())


def _across(
    rows: Sequence[tuple[int, Mapping[str, str]]],
    lines: Mapping[int, DocumentLine],
    names: Collection[str],
) -> Iterator[Fault]:
    """Yield the names that stand twice, and the attachments that are no document."""
    first: dict[str, int] = {}
    for number, cells in rows:
        name = cells[NAME]
        if name and first.setdefault(name, number) != number:
            yield f"第{number}行“{NAME}”", f"“{name}”在第{first[name]}行已有，一份文书写一行"
    for number, line in lines.items():
        for other in line.attached:
            if other not in (*names, REPLY_FORM) or other == line.name:
                yield f"第{number}行“{ATTACHED}”", f"没有文书“{other}”。附件填另一份文书的名称"
