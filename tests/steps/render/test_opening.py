"""Files that lie in the place of a template: what is read, what is refused and with which words."""

import io
import zipfile
from collections.abc import Callable, Mapping

import pytest

from flows.steps.model import UserError
from flows.steps.ooxml import read_parts, write_parts
from flows.steps.render.package import W_URI
from flows.steps.render.template import prepare
from tests.support.documents import lines_of, parts_of
from tests.support.wordfiles import document

Parts = dict[str, bytes]
MAIN, TYPES, RELS = "word/document.xml", "[Content_Types].xml", "_rels/.rels"
GOOD = document("名称：{{ 名 }}")
OLD = b"\xd0\xcf\x11\xe0" + bytes(600)


def changed(change: Callable[[Parts], Mapping[str, bytes]]) -> bytes:
    """Return the template with some parts changed."""
    parts = read_parts(GOOD)
    return write_parts({**parts, **change(parts)}.items())


def with_entry(parts: Parts) -> bytes:
    """Return a template of too many unpacked bytes."""
    buffer = io.BytesIO(GOOD)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/media/x.bin", bytes(201_000_000))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("what", "content", "words"),
    [
        ("a password", OLD + "EncryptedPackage".encode("utf-16-le"), "加了打开密码，读不出来"),
        ("an old format", OLD, "是旧格式（.doc、.wps）"),
        ("half a file", GOOD[: len(GOOD) // 2], "已经损坏、不完整"),
        ("rich text", rb"{\rtf1 a}", "不是 Word 文档"),
        ("nothing", b"", "不是 Word 文档"),
        ("a package of something else", write_parts([("a.xml", b"<a/>")]), "不是 Word 文档"),
        ("macros", changed(lambda p: {TYPES: p[TYPES].replace(b"wordprocessingml.document.main", b"document.macroEnabled.main")}), "是带宏的文档"),
        ("a workbook", changed(lambda p: {TYPES: p[TYPES].replace(b"wordprocessingml.document.main", b"spreadsheetml.sheet.main")}), "不是 Word 文档"),
        ("strict", changed(lambda p: {MAIN: p[MAIN].replace(W_URI.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main")}), "按严格格式"),
        ("a broken part", changed(lambda p: {"word/styles.xml": b"<a>"}), "已经损坏（“word/styles.xml”读不出）"),
        ("a declaration", changed(lambda p: {MAIN: b'<!DOCTYPE a [<!ENTITY b "c">]>' + p[MAIN].split(b"?>", 1)[1]}), "含有不允许的声明"),
        ("a bomb", with_entry({}), "展开后过大"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_template_is_refused(what: str, content: bytes, words: str) -> None:
    """In one Chinese sentence, with its name and what to do."""
    with pytest.raises(UserError) as told:
        prepare("县区.docx", content)
    assert words in str(told.value)
    assert str(told.value).startswith("“县区.docx”")
    assert "请" in str(told.value)


@pytest.mark.parametrize(
    ("what", "content"),
    [
        ("as it is", GOOD),
        ("a Word template", changed(lambda p: {TYPES: p[TYPES].replace(b"document.main", b"template.main")})),
        ("UTF-16", changed(lambda p: {MAIN: p[MAIN].decode().replace("UTF-8", "UTF-16").encode("utf-16")})),
        ("a byte order mark", changed(lambda p: {MAIN: b"\xef\xbb\xbf" + p[MAIN]})),
        ("single quotes", changed(lambda p: {RELS: p[RELS].replace(b'"', b"'")})),
        ("another prefix", changed(lambda p: {MAIN: p[MAIN].replace(b"<w:", b"<n:").replace(b"</w:", b"</n:").replace(b" w:", b" n:").replace(b"xmlns:w=", b"xmlns:n=")})),
    ],
)  # fmt: skip
def test_what_other_programs_write_is_read(what: str, content: bytes) -> None:
    """The document is an ordinary one by its type, whatever the template was."""
    made = prepare("县区.docx", content).filled({"名": "甲"}, {})
    assert [line.text for line in lines_of(made)] == ["名称：甲"]
    assert b"document.main+xml" in parts_of(made)[TYPES]


def test_a_main_part_of_another_name_is_found() -> None:
    """Word Online calls it word/document2.xml."""
    parts = read_parts(GOOD)
    renamed = {name.replace("document.xml", "document2.xml"): data for name, data in parts.items()}
    for name in (TYPES, RELS):
        renamed[name] = renamed[name].replace(b"document.xml", b"document2.xml")
    made = parts_of(prepare("县区.docx", write_parts(renamed.items())).filled({"名": "甲"}, {}))
    assert "名称：甲" in made["word/document2.xml"].decode()
