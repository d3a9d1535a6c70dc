"""Which rules hold for which fields of a ledger kind, beyond types and required cells.

A binding names the rule, the field whose cell is to be mended, and the predicate's parameters:
`given` are fixed, `context` names those that the run brings along (Context).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.columns import HANDOVERS, PROGRESS, ROSTER, Kind
from schemas.spellings import values


@dataclass(frozen=True)
class Context:
    """What a run knows and a schema cannot: registered names, day of issue, month's last day."""

    counties: frozenset[str]
    enterprises: frozenset[str]
    issued: object
    month_end: object
    earliest_handover: object
    earliest_retirement: object


@dataclass(frozen=True)
class Binding:
    """A rule bound to a field: its cell is the one to mend."""

    code: str
    at: str
    given: Mapping[str, object] = field(default_factory=dict)
    context: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return what the check is called in pandera's report."""
        return f"{self.code}@{self.at}@{self.given.get('total') or self.given.get('after') or ''}"

    def parameters(self, context: Context) -> dict[str, object]:
        """Return the predicate's keyword arguments."""
        return {
            "at": self.at,
            **self.given,
            **{key: getattr(context, name) for key, name in self.context.items()},
        }


AFFILIATIONS = values("affiliation").values()


def _out_of_scope(at: str) -> Binding:
    return Binding("out-of-scope", at, {"words": tuple(values("out_of_scope").exact)})


_COMMON = (
    Binding("unknown-county", "county", context={"values": "counties"}),
    Binding("uscc-invalid", "uscc"),
    _out_of_scope("affiliation"),
    _out_of_scope("note"),
)

_PROGRESS = (
    *_COMMON,
    Binding("not-in-list", "affiliation", {"values": AFFILIATIONS}),
    Binding("unknown-enterprise", "enterprise", context={"values": "enterprises"}),
    Binding(
        "affiliation-mismatch",
        "affiliation",
        {"expected": "affiliation_expected", "listed": AFFILIATIONS},
    ),
    Binding("duplicate-row", "enterprise", {"key": ("county", "enterprise")}),
    *(Binding("negative", c.name) for c in PROGRESS if c.type == "count"),
    *(Binding("more-than-total", c.name, {"total": c.at_most}) for c in PROGRESS if c.at_most),
    Binding("archives-exceed", "archives", {"total": "archives_due"}),
)

_ROSTER = (
    *_COMMON,
    *(
        Binding("not-in-list", name, {"values": values(name).values()})
        for name in ("affiliation", "sex", "politics")
    ),
    Binding("unknown-enterprise", "enterprise", context={"values": "enterprises"}),
    Binding(
        "affiliation-mismatch",
        "affiliation",
        {"expected": "affiliation_expected", "listed": AFFILIATIONS},
    ),
    Binding("id-invalid", "id"),
    Binding("id-15", "id"),
    Binding("duplicate-person", "id", {"key": ("id",)}),
    Binding("sex-mismatch", "sex"),
    Binding("age-implausible", "id", context={"at_day": "month_end"}),
    Binding("phone-invalid", "phone"),
    Binding("party-without-membership", "party_date", {"listed": values("politics").values()}),
    *(
        Binding("date-implausible", at, context={"earliest": "earliest_handover"})
        for at in HANDOVERS.values()
    ),
    Binding("date-implausible", "retired", context={"earliest": "earliest_retirement"}),
    *(
        Binding("date-in-future", c.name, context={"issued": "issued"})
        for c in ROSTER
        if c.type == "date"
    ),
    *(
        Binding("date-order", at, {"after": "agreement_date"})
        for at in HANDOVERS.values()
        if at != "agreement_date"
    ),
    *(Binding("date-order", at, {"after": "retired"}) for at in HANDOVERS.values()),
)

BINDINGS: Mapping[Kind, tuple[Binding, ...]] = {"progress": _PROGRESS, "roster": _ROSTER}
