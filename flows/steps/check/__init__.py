"""The second step: a ledger read is checked, its good rows are kept, its faults are told cell by cell (DESIGN §5)."""

from flows.steps.check.alone import check_alone

__all__ = ["check_alone"]
