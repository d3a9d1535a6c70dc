"""Characters that nobody sees or that look like others, and what the visible ones are meant to be.

Pasted web pages and chats leave format characters (Unicode Cf), variation selectors and fillers in
cells; fonts and OCR leave CJK radicals and Cyrillic letters in place of characters and digits.
"""

import re
import unicodedata
from collections.abc import Mapping

_NAMES: Mapping[str, str] = {
    "\u00ad": "软连字符",
    "\u200b": "零宽空格",
    "\u200c": "零宽不连字",
    "\u200d": "零宽连字",
    "\u2060": "词连接符",
    "\ufeff": "零宽不换行空格",
}
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SELECTORS = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# What a terminal or a file's name would obey instead of showing it: control characters but tab and
# line feed, marks that turn the direction of writing.
OBEYED_CLASS = "\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069"
# Fillers and joiners that are no format characters but show as nothing, and control characters.
INVISIBLE_CLASS = (
    "\x01-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u115f\u1160"
    "\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff9-\ufffb\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f\U000e0100-\U000e01ef"
)
INVISIBLE = re.compile(f"[{INVISIBLE_CLASS}]+")
# Radicals that NFKC does not map (EquivalentUnifiedIdeograph.txt), and Cyrillic and Greek capitals.
_RADICALS = (
    "⺁厂⺃乚⺅亻⺈刀⺉刂⺌小⺍小⺐尢⺒巳⺓幺⺕彐⺖忄⺗心⺘扌⺙攵⺛旡⺝月⺟母⺠民⺡氵⺢氺⺣灬⺥爫⺦丬⺨犭⺩王⺪疋⺫目⺬示⺭礻"
    "⺮竹⺯糸⺰纟⺱罓⺲罒⺳网⺴罓⺵网⺶羊⺷羊⺸羊⺹老⺺聿⺻聿⺼肉⺽臼⺾艹⺿艹⻀艹⻁虎⻂衤⻃西⻄西⻅见⻆角⻇角⻈讠⻉贝⻊足"
    "⻋车⻌辶⻍辶⻎辶⻏阝⻐钅⻑長⻒镸⻓长⻔门⻕阜⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞食⻟飠⻠饣⻡首⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤"
    "⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟"
)
_LETTERS = "АAВBЕEКKМMНHОOРPСCТTХXхxΑAΒBΕEΗHΙIΚKΜMΝNΟOΡPΤTΧXΥY"
LOOKALIKES = {
    ord(written): meant
    for text in (_RADICALS, _LETTERS)
    for written, meant in zip(text[::2], text[1::2], strict=True)
}
_SUSPECT = re.compile("[" + "".join(map(chr, LOOKALIKES)) + "]")


def meant(text: str) -> str:
    """Return the text with the characters that its look-alikes stand for."""
    return text.translate(LOOKALIKES) if _SUSPECT.search(text) else text


def has_marks(text: str) -> bool:
    """Return whether a text holds a footnote mark or a fraction: ①, ², ½ (Unicode category No)."""
    return not text.isascii() and any(unicodedata.category(c) == "No" for c in text)


def without_marks(text: str) -> str:
    """Return the text without footnote marks and circled numbers."""
    if text.isascii():
        return text
    return "".join(c for c in text if unicodedata.category(c) != "No")


def invisible_characters(text: str) -> str:
    """Return the names of a text's invisible characters for a message, "" if it has none."""
    distinct = dict.fromkeys("".join(INVISIBLE.findall(text)))
    return "、".join(f"{_name(character)} U+{ord(character):04X}" for character in distinct)


def _name(character: str) -> str:
    if _DIRECTIONS.match(character):
        return "文字方向符"
    if _SELECTORS.match(character):
        return "字形选择符"
    return _NAMES.get(character, "不显示的字符")
