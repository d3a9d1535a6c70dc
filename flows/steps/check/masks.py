"""What may be shown of a value outside its sender's own workbook (domain.md §5).

Row number, surname and *, last four digits, and nothing else personal. A roster whose columns have
slipped can hold a name or a number anywhere, so no text of a roster is shown whole unless it cannot
be personal; in a progress ledger numbers of persons and what looks like a person's name are hidden.
"""

import re
import unicodedata
from dataclasses import replace

from flows.steps.model import Failure
from flows.steps.wording.numbers import shown_number
from schemas.codes import id_like
from schemas.definition import AFFILIATION, Column, Definition, Kind
from schemas.spellings import squeeze, values

LONGEST = 60  # characters shown of a text
LONGEST_COUNT = 10**10  # a count of more digits is somebody's phone in the wrong column
_HALF_WIDTH = {0xFF10 + i: str(i) for i in range(10)} | {
    0x3000: " ",
    0xFF0D: "-",
    0xFF38: "X",
    0xFF58: "x",
}
# ID numbers, also in groups; mobiles; land lines with area code; any other run of 11 digits.
_NUMBERS = re.compile(
    r"(?<!\d)(?:"
    r"\d{6}[ -]?\d{8}[ -]?\d{3}[\dXx]|\d(?: ?\d){14,}[Xx]?"
    r"|1[3-9]\d[ -]?\d{4}[ -]?\d{4}"
    r"|0\d{2,3}[ -]?[2-9]\d{6,7}"
    r"|\d{11,}[Xx]?"
    r")(?!\d)"
)
_ID = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_ORGANISATION = re.compile(
    r"(?:公司|集团|企业|中心|工厂|总厂|商店|学校|医院|银行)|.{3,}(?:厂|局|所|院|社|站|矿|部|店|行|场)(?:[(（].*[)）])?$"
)
_PLACE = re.compile(r"[\u4e00-\u9fff]{1,9}[区县市旗]")
# What offices write into these columns in place of what is asked for, and what no name holds.
_WORDS = {
    "choice": re.compile(
        "企业|集体|民营|私营|合资|外资|[央省市区县直部]属|国有|国企|个体|事业|机关"
        "|党员|党派|团员|群众|人士|预备|民主"
    ),
    "date": re.compile(r"^(?:(?:已|未|待)[\u4e00-\u9fff]{1,5}|是|否|√|×|有)$"),
}
# Dates in digits or in words, however they are separated.
_DATE = re.compile(r"[\d〇零一二三四五六七八九十\s年月日号./\\,，、。:：\-—–－~～至]{1,19}")
_CODE = re.compile(r"[\dA-Za-z]{1,2}")  # a code of sex or politics, nobody's number
_EXPONENT = re.compile(r"(\d)(?:\.\d+)?[Ee]\+?(\d{1,2})")  # a long number as Excel shows it
_EXCEL_ERROR = re.compile(r"#[A-Z0-9/]+[!?]?")
_NAME = re.compile(r"[\u4e00-\u9fff](?:[·\u4e00-\u9fff]{1,3})")
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史"
    "顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋甘景薄单柏阮"
)
_DOUBLE = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "司徒",
    "夏侯",
    "长孙",
    "宇文",
    "端木",
    "百里",
    "南宫",
    "独孤",
)


def shown(definition: Definition, kind: Kind, column: Column, text: str) -> str:
    """Return a cell's text as reports print it."""
    text = " ".join(text.split())
    if _EXCEL_ERROR.fullmatch(text) or squeeze(text) in values("empty").exact:
        return text
    if column.type == "name":
        return initial(text)
    if column.type in ("id", "phone"):
        return last_four(text)
    if column.personal:
        return last_four(text) if any(map(str.isdigit, text)) else initial(text)
    if column.type == "uscc":
        return _code(text) if kind == "progress" else last_four(text)
    if kind == "progress" and column.type == "county" and _PLACE.fullmatch(squeeze(text)):
        return text
    if kind == "roster" and not _harmless(definition, column, text):
        return last_four(text) if re.search(r"\d{6}|\d[\s-]\d", text) else initial(text)
    return harmless(text)


def harmless(text: str) -> str:
    """Return a text without numbers of persons, and of a lone name only the surname."""
    return initial(text) if like_a_name(text) else scrub(text)[:LONGEST]


def scrub(text: str) -> str:
    """Return a text with all but the last four digits of ID numbers and phones hidden."""
    if not any(character.isdigit() for character in text):
        return text
    plain = text.translate(_HALF_WIDTH)
    plain = "".join(
        str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() and c.isdecimal() else c
        for c in plain
    )
    for match in reversed(list(_NUMBERS.finditer(plain))):
        text = text[: match.start()] + last_four(match[0]) + text[match.end() :]
    return text


def scrub_name(name: str) -> str:
    """Return a worksheet's name with ID numbers hidden; the days and numbers in it are nobody's."""
    return _ID.sub(lambda match: last_four(match[0]) if id_like(match[0]) else match[0], name)


def scrubbed(failure: Failure) -> Failure:
    """Return a failure of the reader, which knows no masks, with numbers of persons hidden."""
    if failure.code == "hidden-sheet":  # which quotes no more than the sheet's own name
        sheet = failure.sheet or ""
        return replace(
            failure,
            sheet=scrub_name(sheet),
            value=scrub_name(sheet),
            message=failure.message.replace(sheet, scrub_name(sheet)),
        )
    return replace(
        failure,
        sheet=failure.sheet and scrub_name(failure.sheet),
        value=failure.value and scrub(failure.value),
        message=scrub(failure.message),
        remedy=scrub(failure.remedy),
    )


def initial(text: str) -> str:
    """Return the first character and a star, or nothing of nothing."""
    return f"{text[:1]}*" if text and not text[:1].isdigit() else "*" * len(text[:4])


def last_four(text: str) -> str:
    """Return a number with all but its last four digits (or the X of an ID number) hidden."""
    plain = squeeze(text)
    if exponent := _EXPONENT.fullmatch(plain):
        return f"{exponent[1]}.…E+{exponent[2]}"
    tail = re.sub(r"[^0-9Xx]", "*", plain[-4:])
    return "*" * max(len(plain) - 4, 4) + tail if len(plain) > 4 else "*" * len(plain)


def count_shown(number: int, column: Column | None = None) -> str:
    """Return a column's number as reports print it; of one as long as a phone only the end."""
    if column is None:
        return str(number) if abs(number) < LONGEST_COUNT else last_four(str(number))
    text = shown_number(number, column)
    return text if abs(number) < LONGEST_COUNT * column.scale else last_four(text)


def like_a_name(text: str) -> bool:
    """Return whether a text looks like a person's name: a surname and one to three characters."""
    text = squeeze(text)
    if not _NAME.fullmatch(text) or _ORGANISATION.search(text):
        return False
    return text[:2] in _DOUBLE or (len(text) <= 3 and text[0] in _SURNAMES)


def _code(text: str) -> str:
    """Return a credit code; an ID number, a phone or a name in its place is hidden."""
    if len(text) == 18 and text.isascii() and text.isalnum() and not id_like(text):
        return text
    return harmless(text)


def _harmless(definition: Definition, column: Column, text: str) -> bool:
    """Return whether a roster's text cannot be personal: a short date, or what its column holds."""
    if like_a_name(text):
        return False
    if column.type == "date" and _DATE.fullmatch(text):
        return sum(c.isdigit() for c in text) <= 8
    if column.type == "enterprise":
        return bool(_ORGANISATION.search(text)) and not re.search(r"\d{5}", text)
    if column.type == "county":
        return bool(_PLACE.fullmatch(text))
    if column.type == "choice" and column.name != AFFILIATION and _CODE.fullmatch(text):
        return True
    if column.type == "choice" and definition.choices(column.name).get(squeeze(text)) is not None:
        return True
    return (
        len(text) <= 12 and _WORDS[column.type].search(text) is not None
        if column.type in _WORDS
        else False
    )
