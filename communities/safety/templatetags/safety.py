"""The notice that somebody suspended reads on a community's pages; the only query that it costs is theirs."""

from typing import Any

from django import template

from communities.safety.own import why_suspended

register = template.Library()


@register.inclusion_tag("safety/_suspension.html", takes_context=True)
def suspension(context: Any) -> dict[str, Any]:
    seat = context["request"].seat
    return {"seat": seat, "why": why_suspended(seat), "community": context["community"]}
