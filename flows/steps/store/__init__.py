"""The third step: what was checked is remembered, and read back as it was on any day (DESIGN §8)."""

from flows.steps.store.journal import (
    Document,
    Issue,
    Run,
    campaign_files,
    documents,
    issues,
    rates_as_text,
    rates_from_text,
    record_issue,
    record_mail,
    record_run,
    runs,
    sent_mails,
    state_of,
)
from flows.steps.store.memory import Batch, base_rows, counts_of, failures_of, people_of, recall, remember
from flows.steps.store.tables import Store, StoreChangedError, StoreError, files_of_store

__all__ = [
    "Batch",
    "Document",
    "Issue",
    "Run",
    "Store",
    "StoreChangedError",
    "StoreError",
    "base_rows",
    "campaign_files",
    "counts_of",
    "documents",
    "failures_of",
    "files_of_store",
    "issues",
    "people_of",
    "rates_as_text",
    "rates_from_text",
    "recall",
    "record_issue",
    "record_mail",
    "record_run",
    "remember",
    "runs",
    "sent_mails",
    "state_of",
]
