"""What a sender gets back: their workbook with faulty cells marked, and a notice (DESIGN §7)."""

from flows.steps.feedback.notice import notice_of, reply_day
from flows.steps.feedback.packets import before_of, failures_for, packet_of, to_return
from flows.steps.feedback.problems import Problem, places_of, problems_of
from flows.steps.feedback.rounds import Round, compare_rounds
from flows.steps.feedback.sent import Packet, Sent

__all__ = [
    "Packet",
    "Problem",
    "Round",
    "Sent",
    "before_of",
    "compare_rounds",
    "failures_for",
    "notice_of",
    "packet_of",
    "places_of",
    "problems_of",
    "reply_day",
    "to_return",
]
