"""{% kept "name" %}…{% endkept %}: a part of a page that looks the same to all who stand alike, made once."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.template.base import NodeList, Parser, Token
from django.utils.safestring import SafeString

from communities.ui import kept
from communities.ui.standing import alike

register = template.Library()


class KeptNode(template.Node):
    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name, self.nodelist = name, nodelist

    def render(self, context: Context) -> SafeString:
        request: Any = context.get("request")
        key = alike(request) if request is not None else None
        if key is None:
            return self.nodelist.render(context)
        return kept.keep(request.community.slug, (self.name, key), lambda: (self.nodelist.render(context), None))


@register.tag("kept")
def do_kept(parser: Parser, token: Token) -> KeptNode:
    """The part may depend on the community, the viewer's role, step and standing, and the address; on nothing else."""
    name = token.split_contents()[1].strip("\"'")
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(name, nodelist)
