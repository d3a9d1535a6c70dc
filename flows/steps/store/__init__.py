"""The third step: what was checked is remembered, and read back as it was on any day (DESIGN §8)."""

from flows.steps.store.memory import Batch, base_rows, counts_of, failures_of, people_of, recall, remember
from flows.steps.store.tables import Store, StoreChangedError, StoreError

__all__ = ["Batch", "Store", "StoreChangedError", "StoreError", "base_rows", "counts_of", "failures_of", "people_of", "recall", "remember"]
