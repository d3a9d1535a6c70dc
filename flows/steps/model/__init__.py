"""The types that travel from ledger to bulletin (DESIGN §2).

Plain data, no behaviour beyond reading it. Neither pandas nor pandera is imported, so that
rendering from the store starts quickly; frames are typed as Any.
"""

from flows.steps.model.documents import (
    Bulletin,
    Chart,
    Correction,
    Field,
    LedgerReport,
    Notice,
    NoticeLedger,
    NoticeProblem,
    Outcome,
    Record,
    Report,
    Trend,
)
from flows.steps.model.errors import UserError, as_user_error, reason_of
from flows.steps.model.events import Action, Event, fault_key, new_event
from flows.steps.model.figures import Change, Coverage, Entry, Figures, LazyMapping, Line, Pace
from flows.steps.model.ledgers import (
    SENT_BACK,
    CellError,
    CheckedLedger,
    Claims,
    Codes,
    ConversionIssue,
    EncodedColumn,
    Failure,
    Flags,
    Frame,
    Ledger,
    ParsedFile,
    Table,
    Total,
    address,
    column_letters,
)
from flows.steps.model.sheets import CellValue, Grid, Percent, display_text
from flows.steps.model.submissions import Submission, SubmissionHistory
from schemas.columns import Kind, Severity, Verdict

__all__ = [
    "SENT_BACK",
    "Action",
    "Bulletin",
    "CellError",
    "CellValue",
    "Change",
    "Chart",
    "CheckedLedger",
    "Claims",
    "Codes",
    "ConversionIssue",
    "Correction",
    "Coverage",
    "EncodedColumn",
    "Entry",
    "Event",
    "Failure",
    "Field",
    "Figures",
    "Flags",
    "Frame",
    "Grid",
    "Kind",
    "LazyMapping",
    "Ledger",
    "LedgerReport",
    "Line",
    "Notice",
    "NoticeLedger",
    "NoticeProblem",
    "Outcome",
    "Pace",
    "ParsedFile",
    "Percent",
    "Record",
    "Report",
    "Severity",
    "Submission",
    "SubmissionHistory",
    "Table",
    "Total",
    "Trend",
    "UserError",
    "Verdict",
    "address",
    "as_user_error",
    "column_letters",
    "display_text",
    "fault_key",
    "new_event",
    "reason_of",
]
