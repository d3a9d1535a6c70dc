"""Character styles of the template for texts that have to fit on one line, by length.

Their looks belong to the office; this module only knows how many Han characters each has room for.
They are looked up by name, since programs give styles new ids when they save a document.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping

from lxml import etree

from flows.steps.render.language import END, FITTED, STYLED
from flows.steps.wording.phrases import Fitted

STYLES: Mapping[str, tuple[tuple[float, str], ...]] = {
    "报头": (
        (7, "报头名称60磅"),
        (9, "报头名称48磅"),
        (11, "报头名称40磅"),
        (14, "报头名称40磅窄"),
        (17.5, "报头名称36磅窄"),
        (22, "报头名称30磅窄"),
        (26, "报头名称28磅窄"),
        (32, "报头名称26磅窄"),
        (math.inf, "报头名称22磅窄"),
    ),
    "编发单位": ((19, "报头单位名称"), (25.5, "报头单位名称窄"), (31, "报头单位名称特窄")),
}
_FITTED_TEXT = re.compile(f"{FITTED}([^{STYLED}]*){STYLED}([^{END}]*){END}")
_RUN_START = re.compile(
    r"<w:r(?: [^>]*)?>(<w:rPr>.*?</w:rPr>|<w:rPr/>)?(?:(?!</w:r>).)*$", re.DOTALL
)


def width(text: str) -> float:
    """Return the width of a text in Han characters; letters and digits take half of one."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)


def style_for(styles: bytes) -> Callable[[Fitted], str | None]:
    """Return a function from a text to the id of its character style, None if there is none."""
    ids = _ids_by_name(styles)

    def choose(fitted: Fitted) -> str | None:
        wide = width(fitted.text)
        name = next((style for room, style in STYLES.get(fitted.place, ()) if wide <= room), "")
        return ids.get(name)

    return choose


def _ids_by_name(styles: bytes) -> dict[str, str]:
    if not styles:
        return {}
    found = etree.fromstring(styles).xpath(
        "*[local-name() = 'style'][@*[local-name() = 'type'] = 'character']"
    )
    return {_value(style.find("{*}name"), "val"): _value(style, "styleId") for style in found}


def _value(node: etree._Element | None, name: str) -> str:
    return (
        ""
        if node is None
        else next((str(v) for key, v in node.attrib.items() if key.endswith(f"}}{name}")), "")
    )


def without_styles(xml: str) -> str:
    """Return a part with fitted texts as plain ones, for where no character style can be."""
    return _FITTED_TEXT.sub(r"\2", xml)


def set_in_styles(xml: str) -> str:
    """Return a part of Word's with fitted texts in runs of their own, in the looks of the tag."""
    pieces: list[str] = []
    end = 0
    for match in _FITTED_TEXT.finditer(xml):
        pieces.append(xml[end : match.start()])
        pieces.append(_run_of(match, xml[max(0, match.start() - 20_000) : match.start()]))
        end = match.end()
    return "".join([*pieces, xml[end:]])


def _run_of(match: re.Match[str], before: str) -> str:
    """Return a fitted text as a run of its own, or plain where no run can be: in an attribute."""
    style, text = match[1], match[2]
    tag = before[before.rfind("<") :]
    start = max(before.rfind("<w:r>"), before.rfind("<w:r "))
    run = _RUN_START.match(before[start:]) if start >= 0 else None
    if run is None or not re.fullmatch(r"<w:t(?: [^>]*)?>[^<]*", tag, re.DOTALL):
        return text
    looks = run[1] or ""
    inner = re.sub(r"<w:rStyle[^>]*/>|^<w:rPr>|</w:rPr>$|^<w:rPr/>$", "", looks)
    open_text = '<w:t xml:space="preserve">'
    own = f'<w:rPr><w:rStyle w:val="{style}"/>{inner}</w:rPr>'
    return f"</w:t></w:r><w:r>{own}{open_text}{text}</w:t></w:r><w:r>{looks}{open_text}"
