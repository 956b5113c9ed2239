"""What is printed of one measurement."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """ratio: value divided by what `of` names, measured in the same run. note: what the figure stands on."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    of: str | None = None
    note: str | None = None
