"""The months before one: each made with the registry of its own time (DESIGN §6)."""

from collections.abc import Callable, Iterable, Sequence

from flows.intake.registers import Registers
from flows.pipeline.stored_lines import StoredLines
from flows.settings import Campaign
from flows.steps import roll_up as up
from flows.steps.model import Figures, Line, Submission, SubmissionHistory
from flows.steps.months import Month
from flows.steps.store import Store, state_of, with_senders

Rows = Callable[[Iterable[Submission]], Sequence[Line]]
Made = tuple[Figures, Sequence[Line]]  # a month's figures without their change, and their lines


class PastMonths:
    """The months that a month is compared with, as the store has them.

    `campaign` is that of the month itself, under whose names comparisons are made.
    """

    def __init__(
        self, store: Store, registers: Registers, history: SubmissionHistory, campaign: Campaign
    ) -> None:
        self._store, self._registers = store, registers
        self._history, self._campaign = history, campaign
        self._rows: dict[int, tuple[Campaign, Rows]] = {}  # by the id of the campaign beside them

    def campaign(self, month: Month) -> Campaign:
        """Return the campaign as it was in a month."""
        return self._registers.past(month)

    def history(self, month: Month) -> SubmissionHistory:
        """Return the history with the senders' names of a month."""
        campaign = self.campaign(month)
        if campaign is self._campaign:
            return self._history
        return with_senders(self._history, campaign.sender_names)

    def state(self, month: Month) -> str:
        """Return what the state of the store was for a month with these submissions."""
        return state_of(self._history, self.campaign(month), str(month))

    def made(self, month: Month) -> Made:
        """Return a month's figures under its own names."""
        campaign = self.campaign(month)
        chosen = up.choose(self.history(month), campaign, month, self._rows_of(campaign))
        return up.roll_up(chosen.lines, chosen.coverage, campaign, month), chosen.lines

    def compared(self, month: Month) -> Figures:
        """Return a month's figures under the names that its units have in the month itself."""
        campaign = self.campaign(month)
        if campaign is self._campaign:
            return self.made(month)[0]
        chosen = up.choose(self.history(month), campaign, month, self._rows_of(campaign))
        lines, renamed = up.under_present_names(chosen.lines, self._campaign)
        return up.roll_up(lines, chosen.coverage, renamed, month)

    def same_names(self, month: Month) -> bool:
        """Return whether each county of a month has the same name in the month itself."""
        campaign = self.campaign(month)
        return campaign is self._campaign or all(
            self._campaign.county_now(county.name) == county.name for county in campaign.counties
        )

    def _rows_of(self, campaign: Campaign) -> Rows:
        if id(campaign) not in self._rows:
            rows = StoredLines(self._store, campaign, with_cells=False)
            self._rows[id(campaign)] = campaign, rows
        return self._rows[id(campaign)][1]
