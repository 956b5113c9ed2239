"""Tables to download: CSV in UTF-8, sent row by row, whose cells no spreadsheet takes for a formula. Every export uses this."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.http import StreamingHttpResponse

# What makes a spreadsheet calculate: the plain signs, their full-width twins, and what it may skip before one.
FORMULA = frozenset("=+-@\t\r\n＝＋－＠|%")


class Echo:
    """Where the csv module writes to: hands each line back."""

    def write(self, line: str) -> str:
        return line


def harmless(cell: Any) -> Any:
    """Text that could be read as a formula gets an apostrophe in front. Our own numbers are numbers (int, Decimal) and stay."""
    if cell is None or isinstance(cell, (int, Decimal)):
        return cell
    text = str(cell).replace("\0", "")
    begins = text[:1] in FORMULA or text.strip()[:1] in FORMULA
    return f"'{text}" if text and begins else text


def rows_as_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow(header)
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


def download(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """name: of the file, plain letters, without its ending."""
    answer = StreamingHttpResponse(rows_as_csv(header, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
