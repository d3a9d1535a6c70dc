"""A workbook of any format: its visible sheets as grids, its hidden ones by name."""

import zipfile
import zlib
from collections.abc import Callable, Mapping
from xml.parsers.expat import ExpatError

from lxml.etree import XMLSyntaxError
from python_calamine import CalamineError, PasswordError

from flows.steps.read.formats.calamine import PanicError
from flows.steps.read.formats.delimited import read_csv
from flows.steps.read.formats.ods import read_ods
from flows.steps.read.formats.sniff import Format, Refusal, sniff
from flows.steps.read.formats.xls import read_xls
from flows.steps.read.formats.xlsx.contents import IrregularError
from flows.steps.read.formats.xlsx.workbook import read_xlsx
from flows.steps.read.grid import OpenedWorkbook, TooLargeError

_READERS: Mapping[Format, Callable[[bytes], OpenedWorkbook]] = {
    "xlsx": read_xlsx,
    "xls": read_xls,
    "ods": read_ods,
}
# What the libraries raise on broken packages and parts; anything else is a fault of the program.
_BROKEN = (
    CalamineError,
    PanicError,
    IrregularError,
    XMLSyntaxError,
    ExpatError,
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    EOFError,
    LookupError,
    ValueError,
    OSError,
)


def open_workbook(data: bytes, stem: str) -> OpenedWorkbook | Refusal:
    """Return a file's sheets, or why it is not read; `stem` names a text file's only sheet."""
    form = sniff(data)
    if isinstance(form, Refusal):
        return form
    if form == "csv":
        return _opened_csv(data, stem)
    try:
        return _READERS[form](data)
    except PasswordError:
        return Refusal("file-encrypted")
    except TooLargeError as error:
        return Refusal("file-too-large", str(error))
    except _BROKEN:
        return Refusal("file-unreadable", "文件内部结构有误，可能已损坏")


def _opened_csv(data: bytes, stem: str) -> OpenedWorkbook | Refusal:
    try:
        grid = read_csv(data, stem)
    except TooLargeError as error:
        return Refusal("file-too-large", str(error))
    return grid if isinstance(grid, Refusal) else OpenedWorkbook([grid])
