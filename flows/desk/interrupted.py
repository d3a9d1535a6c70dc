"""Runs outlive the page: what was under way when the program ended is known after a restart."""

from collections.abc import Callable
from pathlib import Path

from flows.desk.runs import Maker, RunState, RunWish
from flows.steps.months import Month

FOLDER = "running"  # a file a month, while its run has not been seen to end
GOES_ON = "网页重新启动过，这个月还在编制，进展看不到了；编好后可以在“文书”里看到。"
FINISHED = "编制完毕，请看“文书”。"
BROKEN_OFF = (
    "上一次编制没有做完程序就停了。收下的台账都在，原来的文书没有变。请再按一次“编制”，会接着做完。"
)


class RememberedRuns:
    """Makes months by another maker, and remembers on disk which it was asked to make.

    `is_held` says whether anybody is making a month at this moment, `made` where a month's last
    file is written.
    """

    def __init__(
        self,
        maker: Maker,
        desk: Path,
        is_held: Callable[[Month], bool],
        made: Callable[[Month], Path],
    ) -> None:
        self._maker, self._folder = maker, desk / FOLDER
        self._is_held, self._made = is_held, made
        self._folder.mkdir(mode=0o700, exist_ok=True)

    @property
    def can_cancel(self) -> bool:
        """Return whether a run can be stopped."""
        return self._maker.can_cancel

    def start(self, wish: RunWish) -> None:
        """Start a run, unless one of the month is under way."""
        mark = self._mark(wish.month)
        mark.touch()
        try:
            self._maker.start(wish)
        except BaseException:
            mark.unlink(missing_ok=True)
            raise

    def state(self, month: Month) -> RunState | None:
        """Return how far the month's last run is, None if there was none."""
        state = self._maker.state(month)
        if state is not None:
            if state.ended:
                self._mark(month).unlink(missing_ok=True)
            return state
        mark, made = self._mark(month), self._made(month)
        if not mark.exists():
            return None
        if made.exists() and made.stat().st_mtime > mark.stat().st_mtime:
            mark.unlink()
            return RunState((FINISHED,), ended=True)
        if self._is_held(month):
            return RunState((GOES_ON,))
        return RunState((BROKEN_OFF,), ended=True, failed=True)

    def cancel(self, month: Month) -> None:
        """Stop the month's run."""
        self._maker.cancel(month)

    def _mark(self, month: Month) -> Path:
        return self._folder / str(month)
