"""Downloaded tables: whatever somebody called themselves, no spreadsheet calculates it; numbers of ours stay numbers."""

import csv
from decimal import Decimal
from io import StringIO

import pytest

from communities.ui.sheet import download, harmless


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\0=", " =", "\n+", "＝", "－", "|", "%"])
def test_text_that_a_spreadsheet_would_calculate_is_text(start):
    cell = harmless(f"{start}cmd|' /C calc'!A0")
    assert cell.startswith("'") and "\0" not in cell


def test_plain_text_and_our_numbers_stay_as_they_are():
    assert [harmless(one) for one in ("Ada", "", "5-3", -12, Decimal("-1.50"), None)] == [
        *("Ada", "", "5-3"),
        -12,
        Decimal("-1.50"),
        None,
    ]


def test_a_file_comes_row_by_row_with_its_name():
    asked = []

    def rows():
        for number in range(3):
            asked.append(number)
            yield [f"Zoë, “{number}”", -number]

    answer = download("people-2026", ["name", "n"], rows())
    assert asked == []
    assert answer.streaming and answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="people-2026.csv"'
    text = b"".join(answer).decode()
    assert list(csv.reader(StringIO(text))) == [["name", "n"], *([f"Zoë, “{n}”", str(-n)] for n in range(3))]
