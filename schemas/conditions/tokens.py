"""From the text of a condition to its tokens.

A head may contain brackets, digits and the words 且 and 或. So heads are looked for first wherever
an operand may stand, the longest first, and words that join only where an operand has ended.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from schemas.conditions.nodes import ConditionError
from schemas.spellings import squeeze

LONGEST = 5000  # characters
MOST_TOKENS = 300
MOST_DIGITS = 15  # what a spreadsheet holds
LONGEST_TEXT = 100  # a formula takes no text of more than 255 characters

TokenKind = Literal[
    "head", "number", "date", "text", "not", "and", "or", "compare", "+-", "*/", "(", ")", "end"
]

_WORD_ENDS = r"(?![0-9A-Za-z_])"
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_DATE = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?![0-9])|([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日"
)
_TEXT = re.compile(r"[\"“”]([^\"“”]*)[\"“”]|['‘’]([^'‘’]*)['‘’]")
_QUOTED_HEAD = re.compile(r"「([^」]*)」|\[([^\]]*)\]|【([^】]*)】")
_NOT = re.compile(rf"not{_WORD_ENDS}|非", re.IGNORECASE)
_BRACKET = re.compile(r"\(")
_MINUS = re.compile(r"[-−]")
_OPERATORS: tuple[tuple[TokenKind, re.Pattern[str]], ...] = (
    ("compare", re.compile(r"<=|>=|<>|!=|==|[≤≥≠≦≧<>=]")),
    ("+-", re.compile(r"[+\-−]")),
    ("*/", re.compile(r"[*/×÷]")),
    ("and", re.compile(rf"and{_WORD_ENDS}|并且|且", re.IGNORECASE)),
    ("or", re.compile(rf"or{_WORD_ENDS}|或者|或", re.IGNORECASE)),
    (")", re.compile(r"\)")),
)
_WRITTEN: Mapping[str, str] = {
    "==": "=",
    "<>": "!=",
    "≠": "!=",
    "≤": "<=",
    "≦": "<=",
    "≥": ">=",
    "≧": ">=",
    "−": "-",
    "×": "*",
    "÷": "/",
}
_SYMBOLS = r"\s<>=!≤≥≠≦≧+\-−*/×÷()\"“”'‘’\[\]「」【】"
_WORD = re.compile(rf"[^{_SYMBOLS}]+")
_SYMBOL = re.compile(r"<=|>=|<>|!=|==|.")
_OPENING_QUOTES = "\"“”'‘’"
_OPENING_HEADS = "「[【"


@dataclass(frozen=True)
class Token:
    """A token: its text as the language has it, and its place.

    Of a head that is the head as it is listed, of a text what stands in the quotes, of a date its
    numbers joined by `-`. `written` is the token as given, for messages.
    """

    kind: TokenKind
    text: str
    position: int
    written: str = ""


class Heads:
    """The heads that a condition may use, found as they are compared: squeezed."""

    def __init__(self, heads: tuple[str, ...]) -> None:
        self._by_key: dict[str, list[str]] = {}
        for head in heads:
            self._by_key.setdefault(_key(head), []).append(head)
        self._by_key.pop("", None)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """Return a pattern of all heads, the longest first, with blanks anywhere."""
        keys = sorted(self._by_key, key=len, reverse=True)
        spaced = (r"\s*".join(map(re.escape, key)) + self._end(key) for key in keys)
        return re.compile("|".join(spaced) or r"(?!)")

    @staticmethod
    def _end(key: str) -> str:
        return _WORD_ENDS if key[-1].isascii() and key[-1].isalnum() else ""

    def match(self, folded: str, start: int) -> re.Match[str] | None:
        """Return the longest head at a place of a folded text."""
        return self._pattern.match(folded, start)

    def listed(self, written: str, position: int) -> str:
        """Return a head as it is listed; raises ConditionError if it is unknown or stands twice."""
        heads = self._by_key.get(_key(written), [])
        if len(heads) == 1:
            return heads[0]
        if heads:
            raise ConditionError(
                position,
                f"有{len(heads)}栏都叫“{heads[0]}”，分不清是哪一栏。",
                "请先把栏目名称改成不同的。",
            )
        raise self.unknown(written, position)

    def unknown(self, written: str, position: int) -> ConditionError:
        """Return the fault of a head that is not known, with those that are near."""
        key = _key(written)
        alike = difflib.get_close_matches(key, self._by_key, n=3, cutoff=0.5)
        containing = [other for other in self._by_key if key and (key in other or other in key)]
        near = list(dict.fromkeys([*containing, *alike]))[:3] or list(self._by_key)[:8]
        names = "、".join(f"“{self._by_key[other][0]}”" for other in near)
        known = "相近的栏目有" if alike or containing else "台账的栏目有"
        return ConditionError(
            position,
            f"台账里没有“{written}”这一栏。",
            f"请改为台账中的栏目名称（{known}{names}）；如是文字，请加引号。",
        )


def _key(text: str) -> str:
    """Return a text squeezed character by character, as the text of a condition is folded."""
    return "".join(map(squeeze, text))


def tokens(text: str, heads: Heads) -> list[Token]:
    """Return the tokens of a condition, the last of kind `end`; raises ConditionError."""
    if len(text) > LONGEST:
        raise ConditionError(
            LONGEST, f"条件太长，超过{LONGEST}个字。", "请分成几条校验，每条只写一件事。"
        )
    scanner = _Scanner(text, heads)
    found = []
    for token in scanner.scan():
        found.append(token)
        if len(found) > MOST_TOKENS:
            raise ConditionError(
                token.position,
                f"条件太长，栏目、数字和符号超过{MOST_TOKENS}个。",
                "请分成几条校验，每条只写一件事。",
            )
    return found


class _Scanner:
    """The text of a condition folded for comparison, and where each folded character comes from."""

    def __init__(self, text: str, heads: Heads) -> None:
        self._text, self._heads = text, heads
        folded: list[str] = []
        self._origin: list[int] = []
        for index, character in enumerate(text):
            for written in " " if character.isspace() else squeeze(character):
                folded.append(written)
                self._origin.append(index)
        self._origin.append(len(text))
        self._folded = "".join(folded)

    def scan(self) -> Iterator[Token]:
        """Yield the tokens; an operand and what may follow it alternate."""
        at, operand_next = self._past_blanks(0), True
        last: Token | None = None
        while at < len(self._folded):
            token, at = self._operand(at) if operand_next else self._operator(at, last)
            yield token
            operand_next = token.kind not in ("head", "number", "date", "text", ")")
            last = token
            at = self._past_blanks(at)
        yield Token("end", "", len(self._text))

    def _past_blanks(self, at: int) -> int:
        while at < len(self._folded) and self._folded[at] == " ":
            at += 1
        return at

    def _operand(self, at: int) -> tuple[Token, int]:
        folded = self._folded
        if match := self._heads.match(folded, at):
            return self._head(match[0], match)
        if match := _QUOTED_HEAD.match(folded, at):
            return self._head(next(filter(None, match.groups()), ""), match)
        if match := _NOT.match(folded, at):
            return self._token("not", "not", match)
        if match := _DATE.match(folded, at):
            return self._token("date", "-".join(filter(None, match.groups())), match)
        if match := _NUMBER.match(folded, at):
            return self._number(match)
        if match := _TEXT.match(folded, at):
            return self._quoted_text(match)
        if match := _BRACKET.match(folded, at):
            return self._token("(", "(", match)
        if match := _MINUS.match(folded, at):
            return self._token("+-", "-", match)
        raise self._no_operand(at)

    def _operator(self, at: int, last: Token | None) -> tuple[Token, int]:
        for kind, pattern in _OPERATORS:
            if match := pattern.match(self._folded, at):
                text = kind if kind in ("and", "or") else _WRITTEN.get(match[0], match[0])
                return self._token(kind, text, match)
        raise self._no_operator(at, last)

    def _token(self, kind: TokenKind, text: str, match: re.Match[str]) -> tuple[Token, int]:
        start, end = self._origin[match.start()], self._origin[match.end()]
        written = self._text[start:end].strip()
        return Token(kind, text, start, written), match.end()

    def _head(self, written: str, match: re.Match[str]) -> tuple[Token, int]:
        listed = self._heads.listed(written, self._origin[match.start()])
        return self._token("head", listed, match)

    def _number(self, match: re.Match[str]) -> tuple[Token, int]:
        if len(match[0].replace(".", "")) > MOST_DIGITS:
            raise ConditionError(
                self._origin[match.start()],
                f"数字太长，超过{MOST_DIGITS}位。",
                "请核对这个数字。",
            )
        return self._token("number", match[0], match)

    def _quoted_text(self, match: re.Match[str]) -> tuple[Token, int]:
        group = 1 if match[1] is not None else 2
        start, end = self._origin[match.start(group)], self._origin[match.end(group)]
        text = self._text[start:end].strip()
        if len(text) > LONGEST_TEXT:
            raise ConditionError(
                start, f"引号里的文字超过{LONGEST_TEXT}个字。", "请核对引号是否成对。"
            )
        return self._token("text", text if squeeze(text) else "", match)

    def _no_operand(self, at: int) -> ConditionError:
        """Return the fault of a place where an operand should stand."""
        position = self._origin[at]
        if self._folded[at] in _OPENING_QUOTES:
            return ConditionError(position, "引号没有成对。", "请在文字后面补上引号。")
        if self._folded[at] in _OPENING_HEADS:
            return ConditionError(
                position, "栏目名称的括号没有成对。", "请在栏目名称后面补上括号，如「甲」。"
            )
        if word := _WORD.match(self._folded, at):
            return self._heads.unknown(self._given(at, word.end()), position)
        symbol = _SYMBOL.match(self._folded, at)
        written = symbol[0] if symbol else ""
        return ConditionError(
            position,
            f"“{written}”前面缺少栏目、数字或文字。",
            "请补上要比较的内容，如 甲 <= 乙；多余的符号请删除。",
        )

    def _no_operator(self, at: int, last: Token | None) -> ConditionError:
        """Return the fault of a place where an operand has ended and no operator follows."""
        position = self._origin[at]
        word = _WORD.match(self._folded, at)
        written = self._given(at, word.end() if word else at + 1)
        adjacent = at > 0 and self._folded[at - 1] != " "
        if last and last.kind == "head" and word and adjacent:
            whole = self._text[last.position : position] + written
            return self._heads.unknown(whole, last.position)
        if written.startswith("%"):
            return ConditionError(
                position, "条件里不能写百分号。", "请改写为小数，如 90% 写作 0.9。"
            )
        if written.startswith(","):
            return ConditionError(
                position, "条件里不能写逗号。", "数字请不带逗号；几个条件请用 and 或 or 连接。"
            )
        return ConditionError(
            position,
            f"“{written}”前面缺少符号。",
            "请补上比较符号（<=、>=、<、>、=、!=）、加减乘除或 and、or；多余的文字请删除。",
        )

    def _given(self, start: int, end: int) -> str:
        return self._text[self._origin[start] : self._origin[end]]
