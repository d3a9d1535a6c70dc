"""The names under which a sender's files go back."""

import pytest

from flows.steps.feedback.packets import named_copies


@pytest.mark.parametrize(
    ("names", "named"),
    [
        # of the copies, in a packet
        (["台账.xlsx", "台账.xlsx"], ["台账.xlsx", "台账（2）.xlsx"]),
        (["退回通知.docx"], ["退回通知（2）.docx"]),  # one of the office's own papers
        (["\x1b[31m红\r\n.xlsx"], ["_[31m红__.xlsx"]),  # a terminal would obey it
        (["\u202exslx.台账", "a\u2066b.xlsx"], ["_xslx.台账", "a_b.xlsx"]),
        (["a\tb.xlsx", "a_b.xlsx"], ["a_b.xlsx", "a_b（2）.xlsx"]),
    ],
)
def test_each_copy_has_a_plain_name_of_its_own(names: list[str], named: list[str]) -> None:
    """Nothing in it is obeyed by whoever shows it."""
    copies = [[(name, name.encode())] for name in names]
    assert named_copies(copies) == list(zip(named, (n.encode() for n in names), strict=True))
