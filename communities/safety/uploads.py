"""How fast somebody hands in files, whatever they are for: one count for all of them."""

from communities.access.texts import TooMuch
from communities.files.refusal import UploadRefused
from communities.safety.limits import UPLOADS
from communities.safety.pace import keep_pace


def keep_upload_pace(user_id: int | None) -> None:
    """Raises UploadRefused (429) with a sentence."""
    try:
        keep_pace("upload", user_id, most=UPLOADS[0], seconds=UPLOADS[1])
    except TooMuch as problem:
        raise UploadRefused(problem.messages[0], 429, wait=problem.seconds) from problem
