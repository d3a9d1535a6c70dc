"""Templates of both kinds, told apart by their file names: prepared, checked, described."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Protocol

from flows.steps.model import Chart
from flows.steps.render import faults as word_faults
from flows.steps.render.package import Package, is_workbook
from flows.steps.render.resolve import Scope
from flows.steps.render.tags import TemplateFault
from flows.steps.render.template import prepare as prepare_document
from flows.steps.render.workbook import faults as workbook_faults
from flows.steps.render.workbook.book import prepare_book
from flows.steps.render.workbook.grid import sheets_of
from flows.steps.render.workbook.related import without_caches


class Fillable(Protocol):
    """A prepared template."""

    def filled(
        self, context: Mapping[str, object], charts: Mapping[str, Chart], page: str = ""
    ) -> bytes:
        """Return the finished file; raises UserError if it asks for what is not there.

        Numbers of a document link to their places on `page`, if there is one.
        """
        ...


@lru_cache(maxsize=32)
def prepare(name: str, content: bytes) -> Fillable:
    """Return a prepared template; raises UserError if it has faults that no data could mend.

    One that was prepared before is given again: a server makes documents of the same few.
    """
    return prepare_book(name, content) if is_workbook(name) else prepare_document(name, content)


def find_faults(
    package: Package, sample: Scope | None = None, charts: Mapping[str, Chart] | None = None
) -> list[TemplateFault]:
    """Return a template's faults in order, names looked up in sample values if there are any."""
    if is_workbook(package.name):
        return workbook_faults.find_faults(without_caches(package), sheets_of(package), sample)
    return word_faults.find_faults(package, sample, charts)


def find_notes(package: Package) -> list[str]:
    """Return what a clerk should know of a template that is no fault."""
    if is_workbook(package.name):
        return workbook_faults.find_notes(package, sheets_of(package))
    return word_faults.find_notes(package)
