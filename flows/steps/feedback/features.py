"""What a workbook holds beside its cells, and what becomes of it in the marked copy, in words."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping

from flows.steps.feedback.workbook.strict import MAIN

# What parts hold, by the beginning of their names below xl/.
_WORDS: Mapping[str, str] = {
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
    "dialogsheets/": "对话框",
    "pivottables/": "数据透视表",
    "pivotcache/": "数据透视表",
    "externallinks/": "外部链接",
    "threadedcomments/": "批注会话",
    "slicers/": "切片器",
    "timelines/": "日程表",
    "querytables/": "数据连接",
    "connections": "数据连接",
    "model/": "数据模型",
    "revisions/": "修订记录",
    "webextensions/": "加载项",
}
# Parts that hold nothing but cells, looks and settings; of others we know only that they are there.
_PLAIN = re.compile(
    r"(?:workbook\.xml|styles\.xml|sharedstrings\.xml|calcchain\.xml|metadata\.xml|theme/|tables/"
    r"|comments|persons/|printersettings/|custom|worksheets/|drawings/|_rels/)"
)
_FORMATS = b"x14:conditionalFormatting"
_MACROS = ("vbaproject", "macrosheets/")
_CHUNK = 1 << 20
_LARGEST_DRAWING = 16 << 20
_BESIDE = "原文件附在旁边，未作改动"


def is_workbook(data: bytes) -> bool:
    """Return whether a file is a package with a workbook."""
    if not data.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return any(name.lower().endswith("workbook.xml") for name in package.namelist())
    except zipfile.BadZipFile:
        return False


def remarks_on(data: bytes) -> list[str]:
    """Return what is to be said of a marked copy; none for a workbook of cells alone."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        words = list(dict.fromkeys(_kept(package)))
        gone = list(dict.fromkeys(_gone(package)))
        strict = _is_strict(package)
    remarks = []
    if gone:
        remarks.append(f"原文件中的{'、'.join(gone)}没有带入副本；{_BESIDE}。")
    if strict:
        remarks.append(f"原文件是“Strict Open XML”格式，副本改为通用格式，内容不变；{_BESIDE}。")
    if words:
        remarks.append(f"原文件中的{'、'.join(words)}在副本中照原样保留；{_BESIDE}，可供核对。")
    return remarks


def _kept(package: zipfile.ZipFile) -> Iterator[str]:
    for name, inside in _inside(package):
        words = [word for start, word in _WORDS.items() if inside.startswith(start)]
        yield from words
        if inside.startswith("drawings/") and inside.endswith((".vml", ".xml")):
            yield from _drawn(package, name)
        elif inside.startswith("worksheets/") and inside.endswith(".xml"):
            yield from ("扩展的条件格式",) if _has(package, name, _FORMATS) else ()
        elif _is_unknown(name, inside) and not words:
            yield "其他附加内容"


def _is_unknown(name: str, inside: str) -> bool:
    """Return whether a part below xl/ is of a kind that we have no word for."""
    below = name.replace("\\", "/").lstrip("/").lower() != inside and not inside.endswith("/")
    return below and not inside.startswith(_MACROS) and _PLAIN.match(inside) is None


def _has(package: zipfile.ZipFile, name: str, wanted: bytes) -> bool:
    """Return whether a part's bytes hold something, in pieces that overlap by its length."""
    rest = b""
    with package.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            if wanted in rest + chunk:
                return True
            rest = chunk[-len(wanted) :]
    return False


def _gone(package: zipfile.ZipFile) -> Iterator[str]:
    for name, inside in _inside(package):
        if inside.startswith(_MACROS):
            yield "宏"
        elif name.replace("\\", "/").lstrip("/").lower().startswith("_xmlsignatures/"):
            yield "数字签名"


def _inside(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield the name of each part, and the part of it below xl/."""
    for name in sorted(package.namelist()):
        yield name, name.replace("\\", "/").lstrip("/").lower().removeprefix("xl/")


def _drawn(package: zipfile.ZipFile, name: str) -> Iterator[str]:
    """Yield what a drawing holds beside the boxes of comments."""
    if package.getinfo(name).file_size > _LARGEST_DRAWING:
        yield "图形"
        return
    content = package.read(name)
    if not name.lower().endswith(".vml"):
        pictures = re.search(rb"<(?:\w+:)?(?:pic|graphicFrame)\b", content)
        yield from ("图形",) if b"Anchor" in content and pictures is None else ()
        return
    kinds = set(re.findall(rb"ObjectType=[\"'](\w+)[\"']", content))
    yield from ("控件",) if kinds - {b"Note"} else ()
    yield from ("图片",) if b"imagedata" in content else ()


def _is_strict(package: zipfile.ZipFile) -> bool:
    books = [name for name in package.namelist() if name.lower().endswith("workbook.xml")]
    with package.open(books[0]) as stream:
        return MAIN in stream.read(1 << 20)
