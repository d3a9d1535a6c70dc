"""The file of verdicts: a run's, and a check's beside it once the month is published."""

from collections.abc import Sequence
from pathlib import Path

from flows.pipeline.hand_edits import MANIFEST
from flows.steps.export import as_json, quality_record
from flows.steps.files import PlannedFile
from flows.steps.model import Failure, LedgerReport

QUALITY = "quality.json"
QUALITY_CHECK = "quality-check.json"  # the verdicts of a check after the month was published


def quality_file(
    path: str, ledgers: Sequence[LedgerReport], failures: Sequence[Failure]
) -> PlannedFile:
    """Return the file of verdicts."""
    return PlannedFile(path, lambda: as_json(quality_record(ledgers, failures)))


def is_published(folder: Path) -> bool:
    """Return whether a month's folder holds a published month."""
    return (folder / MANIFEST).exists()
