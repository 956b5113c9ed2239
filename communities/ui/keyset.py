"""Pages by keyset: the token in an address that says after which row the next page begins. No page costs more than the first."""

import base64
import binascii
import datetime as dt

from django.http import Http404
from django.utils import timezone
from django.utils.dateparse import parse_datetime


def token_of(at: dt.datetime, pk: int) -> str:
    """After the row with this date and id."""
    return base64.urlsafe_b64encode(f"{at.isoformat()}~{pk}".encode()).decode().rstrip("=")


def read_token(token: str) -> tuple[dt.datetime, int]:
    """(date, id) of the row that the page before ended with. Raises Http404 for a token that is none."""
    try:
        moment, pk = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode().split("~")
        at, number = parse_datetime(moment), int(pk)
    except (ValueError, binascii.Error):
        raise Http404 from None
    if at is None or timezone.is_naive(at) or not 1 < at.year < 9999 or not 0 <= number < 2**63:
        raise Http404
    return at, number
