"""Texts of Office Open XML: escapes, white space, and shared strings (ECMA-376 18.4)."""

import io
import re
from collections.abc import Sequence
from itertools import repeat

from lxml import etree

from flows.steps.ooxml import parsed

_ENTITY = re.compile(r"&(?:#(\d+)|#[xX]([0-9A-Fa-f]+)|(lt|gt|amp|quot|apos));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")  # ST_Xstring
OFF = ("0", "false", "off")  # how a flag that is not set may be written
_BLANKS = " \t\r\n"
_OPEN, _CLOSE = b"<si><t>", b"</t></si>"
_PRESERVE = "{http://www.w3.org/XML/1998/namespace}space"
# An item is one text, perhaps with the phonetic note that Excel adds; the last group is any other.
_ITEM = re.compile(
    rb'<si>(?:<t( xml:space="preserve")?>([^<]*)</t>(?:<phoneticPr[^<>]*/>)?|(.*?))</si>|<si/>',
    re.DOTALL,
)


def shared_strings(data: bytes) -> list[str]:
    """Return a workbook's shared strings by number; raises lxml's XMLSyntaxError for a broken part.

    A table of plain texts is split and one with the usual additions is matched by a pattern, ten
    times as fast as the parser reads any other.
    """
    begin, end = data.find(_OPEN), data.rfind(_CLOSE)
    body = data[begin + len(_OPEN) : max(end, 0)] if begin >= 0 else b""
    plain = body and body.count(b"<") == 4 * body.count(_CLOSE + _OPEN)
    if plain and data.find(b"<si") == begin and data.count(b"<", end + len(_CLOSE)) <= 1:
        return _texts(data, body.decode("utf-8").split((_CLOSE + _OPEN).decode()))
    items = _ITEM.findall(data)
    unusual = any(mark in data for mark in (b"<si ", b":si", b"<!"))
    if unusual or len(items) != data.count(b"<si>") + data.count(b"<si/>"):
        return [
            rich_text(item)
            for _, item in etree.iterparse(io.BytesIO(data), tag="{*}si", resolve_entities=False)
        ]
    texts = b"\0".join([text for _, text, _ in items]).decode("utf-8").split("\0") if items else []
    strings = _texts(data, texts, [bool(preserve) for preserve, _, _ in items])
    for i, (_, _, rich) in enumerate(items):
        if rich:
            strings[i] = rich_text(parsed(b"<si>" + rich + b"</si>"))
    return strings


def struck_strings(data: bytes) -> frozenset[int]:
    """Return the numbers of the shared strings of which a part is struck through."""
    if b"strike" not in data:
        return frozenset()
    items = etree.iterparse(io.BytesIO(data), tag="{*}si", resolve_entities=False)
    return frozenset(i for i, (_, item) in enumerate(items) if has_struck_run(item))


def has_struck_run(element: etree._Element) -> bool:
    """Return whether a part of an item's or inline string's text is struck through."""
    marks = element.iterfind("{*}r/{*}rPr/{*}strike")
    return any(mark.get("val", "1") not in OFF for mark in marks)


def _texts(data: bytes, texts: Sequence[str], preserved: Sequence[bool] = ()) -> list[str]:
    """Return the texts as cells show them; `preserved` are the flags that keep outer blanks."""
    flags = preserved or repeat(False)
    if b"&" in data or b"_x" in data or b"\r" in data:
        return [xml_text(text, keep=keep) for text, keep in zip(texts, flags, strict=False)]
    return [text if keep else text.strip(_BLANKS) for text, keep in zip(texts, flags, strict=False)]


def rich_text(element: etree._Element) -> str:
    """Return the text of an item or inline string: its runs joined, without phonetic readings."""
    readings = {t for reading in element.iter("{*}rPh") for t in reading.iter("{*}t")}
    runs = [t for t in element.iter("{*}t") if t not in readings]
    return "".join(cell_text(t.text or "", keep=t.get(_PRESERVE) == "preserve") for t in runs)


def xml_text(text: str, *, keep: bool = False) -> str:
    """Return the text of a piece of XML as a cell shows it: outer blanks are cut unless `keep`."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not keep:
        text = text.strip(_BLANKS)
    return cell_text(_ENTITY.sub(_character, text) if "&" in text else text, keep=True)


def cell_text(text: str, *, keep: bool) -> str:
    """Return a parsed text as a cell shows it: _x000A_ resolved, outer blanks cut unless `keep`."""
    if not keep:
        text = text.strip(_BLANKS)
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def _character(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    return _NAMED[name] if name else chr(int(decimal) if decimal else int(hexadecimal, 16))
