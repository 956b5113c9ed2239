"""What is logged and how: one record is one line whatever somebody put into a name, a path or a header, and secrets stay out."""

import logging
import re
from typing import Any

KEPT_OUT = "[kept out]"
# C0 and C1 control bytes, line and paragraph separators, and the signs that turn the direction of a text.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL_IN_TRACE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")

# A path that anybody asked for passes through these: no pattern may look further than a bounded way from where it began.
_SECRETS = [
    # Whole header values: they may hold blanks and semicolons.
    (
        re.compile(r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie)(['\"]?\s*[:=]\s*)(['\"]?)[^'\"\r\n]+"),
        rf"\1\2\3{KEPT_OUT}",
    ),
    (
        re.compile(
            r"(?i)((?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|sessionid|csrf|signature|otp)[\w-]{0,40}+)"
            r"(['\"]?\s{0,40}[:=]\s{0,40})(['\"]?)[^\s'\",;&)}\]]+"
        ),
        rf"\1\2\3{KEPT_OUT}",
    ),
    # Addresses that are themselves the key: links from our mails, private feeds.
    (re.compile(r"(/accounts/(?:confirm-email|password/reset/key)/)[^\s/?#'\"]+"), rf"\1{KEPT_OUT}"),
    # user:password@host
    (re.compile(r"(://[^\s:/@]*+:)[^\s@/]++(@)"), rf"\1{KEPT_OUT}\2"),
]


def escaped(text: str, pattern: re.Pattern[str] = _CONTROL) -> str:
    """Control bytes as \\x1b, line breaks as \\n: visible, and harmless to a terminal and to who reads line by line."""
    return pattern.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), text)


def without_secrets(text: str) -> str:
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


class EscapingFormatter(logging.Formatter):
    def formatMessage(self, record: logging.LogRecord) -> str:
        return escaped(without_secrets(super().formatMessage(record)))

    def formatException(self, ei: Any) -> str:
        return self._indented(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:
        return self._indented(super().formatStack(stack_info))

    @staticmethod
    def _indented(text: str) -> str:
        """A trace keeps its own line breaks, but no line of it starts where a record starts."""
        return "\n".join(f"    {line}" for line in escaped(without_secrets(text), _CONTROL_IN_TRACE).split("\n"))


def logging_of(level: str) -> dict[str, Any]:
    """For settings: everything from this level on goes to the console."""
    line = {"()": EscapingFormatter, "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": line},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}},
    }
