"""The sequence guard: no late answer of Stripe sets back what a later one wrote."""

import datetime as dt

from django.db import models
from django.db.models import F


class Guard(models.Model):
    """fetch_seq is raised before Stripe is asked, and an answer is written only where nothing newer was: a change always makes an
    event whose question is asked after the change, so the last answer written is the last state."""

    fetch_seq = models.PositiveBigIntegerField(default=0)
    applied_seq = models.PositiveBigIntegerField(default=0)
    synced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Guarded(Guard):
    """A copy of one object at Stripe that no late answer can set back."""

    stripe_id = models.CharField(max_length=80, unique=True)

    class Meta:
        abstract = True


def next_fetch(row: Guard) -> int:
    """This question's number, taken before Stripe is asked. Call it inside a transaction of its own."""
    rows = type(row)._default_manager.filter(pk=row.pk)
    rows.update(fetch_seq=F("fetch_seq") + 1)
    return int(rows.values_list("fetch_seq", flat=True).get())


def claim_apply(row: Guard, seq: int, now: dt.datetime) -> bool:
    """May the answer to this question be written? Holds the row until commit; False: a later answer stands there already."""
    rows = type(row)._default_manager.filter(pk=row.pk, applied_seq__lt=seq)
    return rows.update(applied_seq=seq, synced_at=now) == 1
