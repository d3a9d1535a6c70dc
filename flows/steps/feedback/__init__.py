"""What a sender gets back: their workbook with faulty cells marked, and a notice (DESIGN §7)."""

from flows.steps.feedback.notice import notice_of, reply_day
from flows.steps.feedback.packets import (
    before_of,
    failures_for,
    named_copies,
    side_by_side,
)
from flows.steps.feedback.problems import Problem, places_of, problems_of
from flows.steps.feedback.receipts import receipt_of
from flows.steps.feedback.rounds import Round, compare_rounds
from flows.steps.feedback.sent import Accepted, Sent

__all__ = [
    "Accepted",
    "Problem",
    "Round",
    "Sent",
    "before_of",
    "compare_rounds",
    "failures_for",
    "named_copies",
    "notice_of",
    "places_of",
    "problems_of",
    "receipt_of",
    "reply_day",
    "side_by_side",
]
