"""Which ledgers share a task of the flow.

Small ones do, since the server takes as long to record a task as they take to be read. A task of
several ledgers that is tried again skips what it has done.
"""

from collections.abc import Iterator, Sequence

from flows.intake.discovery import LedgerFile

SMALL_BYTES, SMALL_LEDGERS = 500_000, 4  # the most of a task, and
MOST_TASKS = 100  # about so many tasks where ledgers are thousands


def portions(files: Sequence[LedgerFile]) -> Iterator[tuple[str, list[LedgerFile]]]:
    """Yield the files of each task with its label: small ones together, a large one alone."""
    most_ledgers = max(SMALL_LEDGERS, -(-len(files) // MOST_TASKS))
    most_bytes = max(SMALL_BYTES, sum(file.size for file in files) // MOST_TASKS)
    portion: list[LedgerFile] = []
    for file in files:
        size = sum(other.size for other in portion) + file.size
        if portion and (len(portion) == most_ledgers or size > most_bytes):
            yield _labelled(portion)
            portion = []
        portion.append(file)
    if portion:
        yield _labelled(portion)


def _labelled(files: list[LedgerFile]) -> tuple[str, list[LedgerFile]]:
    """Return a task's files with its label."""
    return files[0].name + (f" 等{len(files)}个" if len(files) > 1 else ""), files
