"""docs/billing-cases.md stays true."""

import re

from config.bootstrap import ROOT
from tests.named import named_in, not_there

CASES = {
    *(
        1,
        2,
        3,
        4,
        6,
        7,
        8,
        9,
        11,
        12,
        14,
        15,
        17,
        18,
        19,
        20,
        21,
        23,
        24,
        25,
        26,
        27,
        28,
        30,
        31,
        32,
        33,
        35,
        36,
        37,
        38,
    ),
    *(39, 40, 42, 43, 45, 46, 47, 49, 50, 51, 52, 54, 55, 56, 57, 58, 60, 61, 62),
}
HAZARDS = {"F01", "F02", "F03", "F05", "F06", "F10", "F13", "X12"}


def test_every_test_that_the_page_names_exists() -> None:
    assert len(named_in("billing-cases.md")) > 60
    assert not_there("billing-cases.md") == []


def test_every_case_has_a_line_with_a_test() -> None:
    lines = re.findall(
        r"^\| (\w+) \|.*::test_\w+`.*\|$", (ROOT / "docs" / "billing-cases.md").read_text(), re.MULTILINE
    )
    assert sorted(lines) == sorted({str(case) for case in CASES} | HAZARDS)
