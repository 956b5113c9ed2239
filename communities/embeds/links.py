"""Which link of a text is looked at: the first that leads out of this house, in the words of its writer."""

import hashlib
import html as entities
import re
from urllib.parse import urldefrag, urlsplit

from django.conf import settings
from django.http.request import validate_host

from communities.fetch import LONGEST_URL
from communities.spaces.models import Community
from communities.spaces.modules import is_on

MODULE = "previews"
# Of clean HTML, where code holds no links. What stands in a quote was said by somebody else, and seen below their words.
_TAG = re.compile(r"""<(/?)(blockquote|a)\b((?:[^>"]|"[^"]*")*)>""")
_HREF = re.compile(r'href="(https?://[^"]+)"')


def are_on(place: Community) -> bool:
    return settings.LINK_PREVIEWS and is_on(place, MODULE)


def first_link(html: str) -> str:
    """ "" where there is none."""
    if 'href="http' not in html:
        return ""
    quoted = 0
    for end, name, attributes in _TAG.findall(html):
        if name == "blockquote":
            quoted += -1 if end else 1
        elif not end and not quoted and (found := _HREF.search(attributes)) is not None:
            url = entities.unescape(found[1])
            if len(url) <= LONGEST_URL and not _leads_home(url):
                return url
    return ""


def key_of(url: str) -> str:
    return hashlib.sha256(urldefrag(url).url.encode()).hexdigest()


def is_own(host: str) -> bool:
    """Does a name lead to this house? Of what stands here only access tells, and a preview knows no reader (A14)."""
    names = [urlsplit(settings.SITE_URL).hostname or "", *(one for one in settings.ALLOWED_HOSTS if one != "*")]
    return validate_host(host.lower(), names)


def _leads_home(url: str) -> bool:
    try:
        return is_own((urlsplit(url).hostname or "").removesuffix("."))
    except ValueError:
        return True
