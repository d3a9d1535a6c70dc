"""The retirees' columns as tests name them."""

from collections.abc import Mapping

from schemas.definition import Column, Kind
from schemas.shipped import shipped

KINDS: Mapping[Kind, tuple[Column, ...]] = shipped().kinds
COUNTS: tuple[str, ...] = shipped().counts


def columns_of(kind: Kind) -> Mapping[str, Column]:
    """Return the columns of a ledger kind by their field name, in the order of the form."""
    return shipped().columns_of(kind)


def header_of(kind: Kind, name: str) -> str:
    """Return the Chinese header of a field; raises KeyError if the kind has no such field."""
    return shipped().header_of(kind, name)
