"""The fourth step: from the submissions in the store to a month's figures (DESIGN §6)."""

from flows.steps.roll_up.figures import NotReconciledError, roll_up
from flows.steps.roll_up.lines import choose, last_accepted, under_present_names
from flows.steps.roll_up.notes import (
    not_submitted,
    reported_twice,
    roster_mismatches,
    superseded,
)

__all__ = [
    "NotReconciledError",
    "choose",
    "last_accepted",
    "not_submitted",
    "reported_twice",
    "roll_up",
    "roster_mismatches",
    "superseded",
    "under_present_names",
]
