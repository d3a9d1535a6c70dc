"""Reading the campaign folder: every fault located, nothing guessed (DESIGN §3)."""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from flows.campaign.definition_book import FILE as DEFINITION_FILE
from flows.campaign.definition_book import read_definition
from flows.campaign.document_table import documents_of
from flows.campaign.holidays import read_holidays
from flows.campaign.month_words import read_words
from flows.campaign.own_spellings import read_own_spellings
from flows.campaign.registry import read_registry
from flows.registered import Registry
from flows.settings import Campaign, Settings, digest_of
from flows.steps.model import UserError
from schemas.definition import Definition
from schemas.documents import ENDINGS, DocumentLine
from schemas.documents import FILE as DOCUMENTS_FILE
from schemas.documents import FOLDER as DOCUMENTS
from schemas.holidays import FILE as HOLIDAYS_FILE
from schemas.month_words import FOLDER as WORDS
from schemas.month_words import SUFFIX
from schemas.own_spellings import FILE as SPELLINGS_FILE
from schemas.registry import FILE as REGISTRY_FILE
from schemas.registry import TARGETS
from schemas.rules import RULES, TRIABLE
from schemas.shipped import shipped

SETTINGS_FILE, TEMPLATES = "campaign.toml", "templates"
RANKED_BY = "排名依据"


@dataclass(frozen=True)
class CampaignFault:
    """A fault of the campaign folder: the file, the key or the cell, and what is wrong with it."""

    file: str
    place: str
    message: str

    def __str__(self) -> str:
        return (
            f"{self.file} {self.place}：{self.message}"
            if self.place
            else f"{self.file}：{self.message}"
        )


class CampaignError(UserError):
    """The campaign folder cannot be used; `faults` says why, each with its place."""

    def __init__(self, faults: Sequence[CampaignFault]) -> None:
        super().__init__(
            "\n".join(
                [
                    f"活动文件夹有 {len(faults)} 处错误，未运行：",
                    *(f"  {fault}" for fault in faults),
                ]
            )
        )
        self.faults = tuple(faults)


def folder_files(folder: Path) -> dict[str, bytes]:
    """Return the files of a campaign folder that a month is made from, by their path inside it."""
    names = [
        SETTINGS_FILE,
        REGISTRY_FILE,
        SPELLINGS_FILE,
        DEFINITION_FILE,
        *(
            f"{TEMPLATES}/{p.name}"
            for p in sorted(folder.glob(f"{TEMPLATES}/*.docx"))
            if p.name[0] not in "~."
        ),
        *(
            f"{WORDS}/{p.name}"
            for p in sorted(folder.glob(f"{WORDS}/*{SUFFIX}"))
            if p.name[0] not in "~."
        ),
        f"{DOCUMENTS}/{DOCUMENTS_FILE}",
        *(
            f"{DOCUMENTS}/{p.name}"
            for p in sorted(folder.glob(f"{DOCUMENTS}/*"))
            if p.suffix in ENDINGS and p.name[0] not in "~."
        ),
    ]
    return {name: (folder / name).read_bytes() for name in names if (folder / name).is_file()}


def load_campaign(folder: Path) -> Campaign:
    """Return the campaign of a folder; raises CampaignError with every fault of its files."""
    return campaign_of({**folder_files(folder), **_holidays_file(folder)}, folder)


def load_holidays(folder: Path) -> Mapping[date, bool]:
    """Return whether each day in the folder's 放假安排.csv is worked; raises CampaignError."""
    worked, wrong = read_holidays(_holidays_file(folder).get(HOLIDAYS_FILE, b""))
    if wrong:
        raise CampaignError([CampaignFault(HOLIDAYS_FILE, *fault) for fault in wrong])
    return worked


def _holidays_file(folder: Path) -> dict[str, bytes]:
    path = folder / HOLIDAYS_FILE
    return {HOLIDAYS_FILE: path.read_bytes()} if path.is_file() else {}


def campaign_of(files: Mapping[str, bytes], folder: Path) -> Campaign:
    """Return the campaign in a folder's files; raises CampaignError.

    `folder` is only named in messages.
    """
    faults: list[CampaignFault] = []
    if SETTINGS_FILE not in files:
        faults.append(
            CampaignFault(
                SETTINGS_FILE,
                "",
                f"没有这个文件。请用 --campaign 指明活动文件夹，现为“{folder}”；"
                "新建用 bulletin init",
            )
        )
    if REGISTRY_FILE not in files:
        faults.append(
            CampaignFault(REGISTRY_FILE, "", f"没有这个文件。请把名录放在活动文件夹“{folder}”里")
        )
    definition = _definition_of(files, faults)
    settings = _read_settings(files[SETTINGS_FILE], faults) if SETTINGS_FILE in files else None
    if settings is not None:
        faults += _ranking_faults(settings, definition)
    registry = None
    if REGISTRY_FILE in files:
        registry, found = read_registry(files[REGISTRY_FILE], definition)
        faults += [CampaignFault(REGISTRY_FILE, place, message) for place, message in found]
    if settings is not None and registry is not None:
        faults += _target_faults(settings, registry)
    spellings, wrong = read_own_spellings(files.get(SPELLINGS_FILE, b""), definition)
    faults += [CampaignFault(SPELLINGS_FILE, place, message) for place, message in wrong]
    worked, wrong = read_holidays(files.get(HOLIDAYS_FILE, b""))
    faults += [CampaignFault(HOLIDAYS_FILE, place, message) for place, message in wrong]
    words, unfit = read_words(files)
    faults += [CampaignFault(path, place, message) for path, (place, message) in unfit]
    documents, wrong = _documents_of(files)
    faults += [CampaignFault(f"{DOCUMENTS}/{DOCUMENTS_FILE}", *fault) for fault in wrong]
    if faults or settings is None or registry is None:
        raise CampaignError(faults)
    own_definition = definition.digest if DEFINITION_FILE in files else ""
    return Campaign(
        settings=settings,
        counties=registry.counties,
        enterprises=registry.enterprises,
        senders=registry.senders,
        targets=registry.targets,
        digest=digest_of(settings, registry, spellings, own_definition),
        definition=replace(definition, own=spellings) if spellings.lines else definition,
        own_definition=own_definition,
        worked=worked,
        words=words,
        documents=documents,
        registry_file=hashlib.sha256(files[REGISTRY_FILE]).hexdigest(),
    )


def _definition_of(files: Mapping[str, bytes], faults: list[CampaignFault]) -> Definition:
    """Return the office's own definition, the shipped one where it has none or one with faults."""
    if DEFINITION_FILE not in files:
        return shipped()
    definition, found = read_definition(files[DEFINITION_FILE])
    faults += [CampaignFault(DEFINITION_FILE, place, message) for place, message in found]
    return definition or shipped()


def _target_faults(settings: Settings, registry: Registry) -> Iterator[CampaignFault]:
    """Yield the targets whose day lies before anything could be done for them."""
    for target in registry.targets:
        if target.by <= settings.start:
            yield CampaignFault(
                REGISTRY_FILE,
                TARGETS,
                f"{target.unit}截止日 {target.by} 不晚于启动日期 {settings.start}，请核对",
            )


def _documents_of(
    files: Mapping[str, bytes],
) -> tuple[tuple[DocumentLine, ...], list[tuple[str, str]]]:
    """Return the documents that the office writes, and the faults of its table of them."""
    beside = [Path(name).name for name in files if name.startswith(f"{DOCUMENTS}/")]
    return documents_of(files.get(f"{DOCUMENTS}/{DOCUMENTS_FILE}", b""), beside)


def _ranking_faults(settings: Settings, definition: Definition) -> Iterator[CampaignFault]:
    """Yield what the settings rank or assess by that is no indicator of the definition."""
    known = {*definition.rate_names, *definition.rate_names.values()}
    ranking, assessment = settings.policy.ranking, settings.assessment
    named = [(f"policy.ranking.{n}", RANKED_BY, name) for n, name in enumerate(ranking)]
    named += [("assessment.weights", "指标", name) for name in assessment.weights]
    bars = enumerate(assessment.negative)
    named += [(f"assessment.negative.{n}.indicator", "指标", bar.indicator) for n, bar in bars]
    for place, what, name in named:
        if name not in known:
            names = definition.rate_names
            choices = "、".join(names if what == RANKED_BY else names.values())
            yield CampaignFault(
                SETTINGS_FILE, place, f"现为 “{name}”，应为{what}，从 {choices} 中选"
            )


def _read_settings(data: bytes, faults: list[CampaignFault]) -> Settings | None:
    try:
        content = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        faults.append(CampaignFault(SETTINGS_FILE, "", "不是 UTF-8 编码。请另存为 UTF-8 编码"))
        return None
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        where = f"第{place[1]}行第{place[2]}列" if place else "末尾"
        faults.append(
            CampaignFault(
                SETTINGS_FILE, where, "书写格式有误：文字两边要有英文双引号，每行一个“键 = 值”"
            )
        )
        return None
    try:
        settings = Settings.model_validate(content)
    except ValidationError as error:
        faults += [CampaignFault(SETTINGS_FILE, *_explain(e)) for e in error.errors()]
        return None
    unknown = [code for code in settings.policy.trial_rules if code not in TRIABLE]
    triable = "、".join(code for code in RULES if code in TRIABLE)
    faults += [
        CampaignFault(
            SETTINGS_FILE,
            "policy.trial_rules",
            f"规则“{code}”不能试行。可以试行的有：{triable}",
        )
        for code in unknown
    ]
    return settings


def _explain(error: ErrorDetails) -> tuple[str, str]:
    """Return the key and what is wrong with it, from one of pydantic's errors."""
    location = [str(part) for part in error["loc"] if not str(part).startswith("[")]
    place = ".".join(location)
    if error["type"] == "extra_forbidden":
        return place, f"没有这个键。这一节可用的键：{'、'.join(_keys(location[:-1]))}"
    if not location:
        return (
            "start、deadlines",
            "日期应当先后有序：start 早于 handover，handover 不晚于 acceptance",
        )
    wanted = next((info.description for info in _fields(location) if info.description), "合适的值")
    if error["type"] == "missing":
        return place, f"缺少这个键。应填{wanted}"
    return place, f"现为 {_shown(error['input'])}，应为{wanted}"


def _fields(location: Sequence[str]) -> Iterator[FieldInfo]:
    """Yield the settings' fields that a location names, the innermost first."""
    fields: list[FieldInfo] = []
    model: object = Settings
    for part in location:
        info = _fields_of(model).get(part)
        if info is not None:
            fields.insert(0, info)
            model = _section(info.annotation)
    yield from fields


def _keys(location: Sequence[str]) -> list[str]:
    """Return the keys of the section that a location names."""
    innermost = next(_fields(location), None)
    model: object = Settings if innermost is None else _section(innermost.annotation)
    return list(_fields_of(model))


def _section(annotation: object) -> object:
    """Return the section that a field holds, one or many, the field's own type if it has none."""
    if _fields_of(annotation):
        return annotation
    inside = (_section(each) for each in get_args(annotation))
    return next((model for model in inside if _fields_of(model)), annotation)


def _fields_of(model: object) -> Mapping[str, FieldInfo]:
    """Return the fields of a section of the settings; none for any other type of value."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        return model.model_fields
    return {}


def _shown(value: object) -> str:
    return f"“{value}”" if isinstance(value, str) else str(value)
