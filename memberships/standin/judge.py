"""Judges what was sent by the SDK's own descriptions of parameters: unknown names, wrong types, values outside a list.

Metadata has names of people's choice; where a number-named dict is meant, the type says so and the list is undone.
"""

from __future__ import annotations

import sys
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import import_module
from types import UnionType
from typing import Any, ForwardRef, Literal, NotRequired, Required, Union, get_args, get_origin

from stripe._request_options import RequestOptions
from stripe._stripe_object import UntypedStripeObject
from typing_extensions import is_typeddict

from memberships.standin.faults import Contract

OPTIONS = frozenset(RequestOptions.__annotations__)


@cache
def fields_of(description: Any) -> dict[str, tuple[Any, bool]]:
    """Each parameter's type and whether it must be there."""
    space = {**vars(sys.modules[description.__module__]), "NotRequired": NotRequired}
    found = {}
    for name, note in description.__annotations__.items():
        if name in OPTIONS:
            continue
        needed = True
        while get_origin(note) in (NotRequired, Required):
            needed = get_origin(note) is Required
            note = get_args(note)[0]
        found[name] = (resolve(note, space), needed)
    return found


def resolve(note: Any, space: dict[str, Any]) -> Any:
    if isinstance(note, ForwardRef):
        note = note.__forward_arg__
    if isinstance(note, str):
        return resolve(eval(note, space), space)  # noqa: S307 - the SDK's own annotation
    if get_origin(note) is list:
        return list[resolve(get_args(note)[0], space)]  # type: ignore[misc]
    if get_origin(note) in (Union, UnionType):
        return Union[tuple(resolve(each, space) for each in get_args(note))]  # noqa: UP007
    return note


def description(name: str) -> Any:
    """`checkout.SessionCreateParams`, or nothing where a call takes no parameters."""
    folder, _, last = name.rpartition(".")
    return getattr(import_module(f"stripe.params.{folder}" if folder else "stripe.params"), last)


def judge(name: str, sent: dict[str, Any]) -> dict[str, Any]:
    """What was sent, as the types it stands for; a refusal of the contract where it does not fit."""
    return shape(description(name), sent, "")


def shape(form: Any, sent: Any, at: str) -> Any:
    if not isinstance(sent, dict):
        raise Contract(f"Invalid object: {at}", param=at)
    fields = fields_of(form)
    read = {}
    for name, value in sent.items():
        where = f"{at}[{name}]" if at else name
        if name not in fields:
            raise Contract(f"Received unknown parameter: {where}", param=where, code="parameter_unknown")
        read[name] = fit(fields[name][0], value, where)
    for name, (_type, needed) in fields.items():
        if needed and name not in sent:
            where = f"{at}[{name}]" if at else name
            raise Contract(f"Missing required param: {where}.", param=where, code="parameter_missing")
    return read


def fit(kind: Any, value: Any, at: str) -> Any:
    options = list(get_args(kind)) if get_origin(kind) in (Union, UnionType) else [kind]
    closed = any(get_origin(each) is Literal and any(get_args(each)) for each in options)
    refusals = []
    # The SDK lets any text stand beside a list of words, so that older code survives; what we send must be in the list.
    for each in options:
        if each is str and closed:
            continue
        try:
            return fit_one(each, value, at)
        except Contract as problem:
            refusals.append(problem)
    raise max(refusals, key=lambda it: len(it.body["param"]))


def fit_one(kind: Any, value: Any, at: str) -> Any:
    origin = get_origin(kind)
    if is_typeddict(kind):
        return shape(kind, value, at)
    if origin is list:
        if value == "":
            raise Contract(f"Invalid array: {at}", param=at)
        if not isinstance(value, list):
            raise Contract(f"Invalid array: {at}", param=at)
        return [fit(get_args(kind)[0], each, f"{at}[{number}]") for number, each in enumerate(value)]
    if origin in (dict, UntypedStripeObject) or kind is UntypedStripeObject:
        return free(value, at)
    if origin is Literal:
        if value in get_args(kind):
            return value
        said = ", ".join(str(each) for each in get_args(kind) if each)
        raise Contract(f"Invalid {at}: must be one of {said}", param=at)
    return plain(kind, value, at)


def free(value: Any, at: str) -> dict[str, Any]:
    if isinstance(value, list):
        return {str(number): each for number, each in enumerate(value)}
    if not isinstance(value, dict):
        raise Contract(f"Invalid object: {at}", param=at)
    return value


def plain(kind: Any, value: Any, at: str) -> Any:
    if not isinstance(value, str):
        raise Contract(f"Invalid {getattr(kind, '__name__', 'value')}: {at}", param=at)
    if kind is str:
        return value
    if kind is bool:
        if value not in ("true", "false"):
            raise Contract(f"Invalid boolean: {value}", param=at)
        return value == "true"
    if kind is int:
        if not value.lstrip("-").isascii() or not value.lstrip("-").isdigit():
            raise Contract(f"Invalid integer: {value}", param=at, code="parameter_invalid_integer")
        return int(value)
    if kind in (float, Decimal):
        try:
            return Decimal(value)
        except InvalidOperation:
            raise Contract(f"Invalid decimal: {value}", param=at) from None
    if kind is Any or kind is None or kind is type(None):
        return value
    raise Contract(f"Invalid value: {at}", param=at)
