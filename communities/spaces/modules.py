"""The parts of a community that its owner may switch off; upper apps register theirs."""

from dataclasses import dataclass

from django.utils.functional import Promise

from communities.spaces.models import Community


@dataclass(frozen=True, slots=True)
class Module:
    slug: str
    label: str | Promise
    about: str | Promise = ""
    order: int = 0


MODULES: dict[str, Module] = {}


def register_module(slug: str, label: str | Promise, about: str | Promise = "", *, order: int = 0) -> None:
    """order: small things come after great ones, where an owner chooses."""
    MODULES[slug] = Module(slug, label, about, order)
    for one in sorted(MODULES.values(), key=lambda module: module.order):
        MODULES[one.slug] = MODULES.pop(one.slug)


def is_on(community: Community, slug: str) -> bool:
    """On unless its owner switched it off."""
    return slug not in community.modules
