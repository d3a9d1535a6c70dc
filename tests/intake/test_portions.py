"""Which ledgers share a task of the flow."""

from flows.intake.discovery import LedgerFile
from flows.intake.portions import portions


def test_small_ledgers_share_a_task_a_large_one_has_its_own() -> None:
    """A task bears the name of its first ledger; no ledger is left out, the order stays; of thousands more share one."""
    kb, large = 1_000, 9_000_000
    # sizes in order, the labels of their tasks
    tries: list[tuple[list[int], list[str]]] = [
        ([], []),
        ([10 * kb], ["0"]),
        ([10 * kb] * 4, ["0 等4个"]),
        ([10 * kb] * 6, ["0 等4个", "4 等2个"]),
        ([large, large, 10 * kb, large], ["0", "1", "2", "3"]),
        ([10 * kb, 10 * kb, large, 10 * kb], ["0 等2个", "2", "3"]),
        ([200 * kb] * 5, ["0 等2个", "2 等2个", "4"]),
        ([10 * kb] * 1000, [f"{i} 等10个" for i in range(0, 1000, 10)]),
        ([large] * 1000, [f"{i} 等10个" for i in range(0, 1000, 10)]),
    ]
    for sizes, labels in tries:
        files = [LedgerFile(str(i), str(i), str(i), size) for i, size in enumerate(sizes)]
        found = list(portions(files))
        assert ([label for label, _ in found], [f for _, own in found for f in own]) == (
            labels,
            files,
        )
