"""What is inside an .xlsx package: what openpyxl would lose, how large it is (ECMA-376)."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping

from flows.steps.ooxml import normal_name

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
CHUNK = 1 << 20
# Parts that openpyxl drops or spoils, by the beginning of their name below xl/, in Chinese.
_LOST: Mapping[str, str] = {
    "media/": "图片",
    "cellimages": "图片",
    "richdata/": "单元格图片或数据类型",
    "charts/": "图表",
    "chartsheets/": "图表",
    "chartex/": "图表",
    "diagrams/": "图形",
    "ctrlprops/": "控件",
    "activex/": "控件",
    "embeddings/": "嵌入对象",
    "vbaproject": "宏",
    "macrosheets/": "宏",
    "dialogsheets/": "宏",
    "pivottables/": "数据透视表",
    "pivotcache/": "数据透视表",
    "externallinks/": "外部链接",
    "threadedcomments/": "批注会话",
    "slicers/": "切片器",
    "slicercaches/": "切片器",
    "timelines/": "日程表",
    "timelinecaches/": "日程表",
    "querytables/": "数据连接",
    "connections": "数据连接",
    "model/": "数据模型",
    "revisions/": "修订记录",
    "webextensions/": "加载项",
}
_KEPT = re.compile(
    r"(?:workbook\.xml|styles\.xml|sharedstrings\.xml|calcchain\.xml|metadata\.xml|theme/|tables/|comments|persons/|printersettings/|custom"
    r"|worksheets/(?:_rels/)?[^/]+\.(?:xml|rels)$|drawings/|_rels/)"
)
_X14_FORMATS = b"x14:conditionalFormatting"


def losses(data: bytes) -> list[str]:
    """Return what a copy written with openpyxl would lose of a workbook, in words, each once."""
    found: dict[str, None] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for member in sorted(package.infolist(), key=lambda m: m.filename):
            for word in _lost(package, member.filename):
                found[word] = None
    return list(found)


def _lost(package: zipfile.ZipFile, name: str) -> Iterator[str]:
    path = normal_name(name)
    if path.startswith("_xmlsignatures"):
        yield "数字签名"
    if not path.startswith("xl/") or path.endswith("/"):
        return
    inside = path.removeprefix("xl/")
    word = next((word for start, word in _LOST.items() if inside.startswith(start)), None)
    if word is not None:
        yield word
    elif inside.startswith("drawings/") and not inside.startswith("drawings/_rels/"):
        yield from _drawing(package.read(name), inside)
    elif inside.startswith("worksheets/") and any(
        _X14_FORMATS in chunk for chunk in _chunks(package, name)
    ):
        yield "扩展的条件格式"
    elif not _KEPT.match(inside):
        yield "其他附加内容"


def _drawing(content: bytes, inside: str) -> Iterator[str]:
    """Yield what a drawing part holds beside comments, whose boxes openpyxl draws anew."""
    if not inside.endswith(".vml"):
        yield from (
            ("图形",)
            if b"Anchor" in content and not re.search(rb"<(?:\w+:)?(?:pic|graphicFrame)\b", content)
            else ()
        )
        return
    kinds = set(re.findall(rb"ObjectType=[\"'](\w+)[\"']", content))
    if kinds - {b"Note"}:
        yield "控件"
    if b"imagedata" in content:
        yield "图片"


def _chunks(package: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Yield a part in pieces that overlap by as much as is looked for."""
    tail = b""
    with package.open(name) as file:
        while chunk := file.read(CHUNK):
            yield tail + chunk
            tail = chunk[-64:]


def extent(data: bytes) -> tuple[int, int]:
    """Return how many rows and cells the XML of a workbook's sheets has, without building them."""
    rows = cells = 0
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            if re.match(r"xl/worksheets/[^/]+\.xml$", name.lower()):
                with package.open(name) as file:
                    tail = b""
                    while chunk := file.read(CHUNK):
                        whole = tail + chunk
                        cut = whole.rfind(b"<") if len(chunk) == CHUNK else len(whole)
                        rows += len(re.findall(rb"<(?:\w+:)?row[ >]", whole[:cut]))
                        cells += len(re.findall(rb"<(?:\w+:)?c[ >]", whole[:cut]))
                        tail = whole[cut:]
    return rows, cells
