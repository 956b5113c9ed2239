"""Where a page that comes back with mistakes puts the cursor."""

from typing import Any


def point_at_first_mistake(form: Any, *first: str) -> None:
    """The first field with a mistake gets the focus; `first` names those that stand before the others on the page.

    Groups of choices are left out: their fieldset carries the sentence, and there is no one box to be in.
    """
    if not form.is_bound:
        return
    wrong = [
        name for name in (*first, *form.fields) if name in form.errors and not form.fields[name].widget.use_fieldset
    ]
    if wrong:
        form.fields[wrong[0]].widget.attrs["autofocus"] = True
