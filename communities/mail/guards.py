"""Who is asked whether a mail may still leave: upper apps register a guard for what their mails are about (`Mail.ref`).

A guard may write the mail anew on the row that it is handed: what stands there then is what is sent, and is not kept.
"""

from collections.abc import Callable

from communities.mail.models import Mail

Guard = Callable[[Mail], bool]
_guards: dict[str, Guard] = {}


def register_guard(prefix: str, guard: Guard) -> None:
    """prefix: what stands before the colon of `ref`."""
    _guards[prefix] = guard


def may_go(mail: Mail) -> bool:
    """Mail without a ref is about one's own account and always goes; a ref that nobody answers for never does."""
    if not mail.ref:
        return True
    guard = _guards.get(mail.ref.partition(":")[0])
    return guard is not None and guard(mail)
