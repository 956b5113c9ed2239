"""The links in mails: one stops a kind of mail, without an end; one takes mail up again. Each is good for this and nothing else."""

from django.core import signing

SIGNER = signing.Signer(sep=".", salt="notifications.stop")
ADDRESS = signing.TimestampSigner(sep=".", salt="notifications.address")
TWO_DAYS = 2 * 24 * 3600


def token_for(user_id: int, slug: str) -> str:
    return SIGNER.sign_object([user_id, slug])


def read_token(token: str) -> tuple[int, str] | None:
    """(user id, kind), or None for what we did not sign."""
    try:
        found = SIGNER.unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    match found:
        case [int(user_id), str(slug)]:
            return user_id, slug
    return None


def token_for_address(email: str) -> str:
    return ADDRESS.sign_object(email)


def read_address(token: str) -> str | None:
    try:
        found = ADDRESS.unsign_object(token, max_age=TWO_DAYS)
    except (signing.BadSignature, ValueError):
        return None
    return found if isinstance(found, str) else None
