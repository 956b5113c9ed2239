"""Mail templates to subject, text and HTML."""

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c\ufeff]+")
_GAPS = re.compile(r"\n{3,}")
LONGEST_SUBJECT = 200


def one_line(text: object) -> str:
    """Without line breaks and control bytes: nothing that somebody typed begins a header of its own."""
    return " ".join(_CONTROL.sub(" ", str(text)).split())


def rendered(template: str, context: Mapping[str, Any]) -> tuple[str, str, str]:
    """(subject, text, html) of templates/mail/<template>; the text template's first line is the subject; html may be ""."""
    values = {"brand": settings.BRAND, "site_url": settings.SITE_URL, **context}
    plain: Any = get_template(f"mail/{template}.txt")
    # Plain text is not escaped: an apostrophe stays an apostrophe.
    subject, _newline, text = plain.template.render(Context(values, autoescape=False)).lstrip().partition("\n")
    subject = one_line(subject)[:LONGEST_SUBJECT]
    try:
        html = get_template(f"mail/{template}.html").render({**values, "subject": subject})
    except TemplateDoesNotExist as missing:
        if missing.args[0] != f"mail/{template}.html":
            raise
        html = ""
    return subject, _GAPS.sub("\n\n", text.replace("\r", "")).strip() + "\n", html
