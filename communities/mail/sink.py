"""Where mail goes in the demo: one .eml file a message, named by the moment, readable at /demo/mail/."""

import os
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


def sink_folder() -> Path:
    return Path(settings.MAIL_SINK)


class SinkBackend(BaseEmailBackend):
    """A file appears whole or not at all; its name is twenty digits, year to microsecond, and sorts by time."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = sink_folder()
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            self._write(folder, message.message().as_bytes())
        return len(email_messages)

    @staticmethod
    def _write(folder: Path, content: bytes) -> None:
        part = folder / f".{os.getpid()}-{timezone.now():%H%M%S%f}-{os.urandom(4).hex()}.part"
        part.write_bytes(content)
        moment = timezone.now()
        number = int(f"{moment:%Y%m%d%H%M%S%f}")
        try:
            while True:
                try:
                    os.link(part, folder / f"{number}.eml")  # refuses a name that is taken, as a rename would not
                    return
                except FileExistsError:
                    number += 1
        finally:
            part.unlink()
