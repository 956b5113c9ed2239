"""Shortcodes and Liquid tags in old posts: the few that hold something are rewritten as Markdown, the others left out.

Nothing is executed. What stands between the tags of an unknown one stays, for that is the writer's own text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from content.posts.archive.code import code_apart

_ARGUMENT = re.compile(r"(?:([\w.-]+)\s*=\s*)?(?:\"((?:[^\"\\]|\\.)*)\"|'([^']*)'|`([^`]*)`|([^\s\"'`=,()]+))")

_HUGO = re.compile(
    r"\{\{([<%])\s*(/?)\s*([\w./-]+)"
    r"((?:\s(?:[^\"`>%{]|\"(?:[^\"\\]|\\.){0,1000}\"|`[^`]{0,1000}`|%(?!\}\})|>(?!\}\})){0,1000})?)/?\s*[>%]\}\}"
)
_HUGO_COMMENT = re.compile(r"\{\{[<%]?/\*.{0,1000}?\*/[>%]?\}\}", re.DOTALL)
_HUGO_ESCAPED = re.compile(r"\{\{([<%])/\*\s*([^*]{0,500})\*/([>%])\}\}", re.DOTALL)
_ZOLA = re.compile(r"\{\{\s*([\w]+)\(([^{}]*)\)\s*\}\}")
_ZOLA_BLOCK = re.compile(r"\{%-?\s*(?:(\w+)\(([^{}]*)\)|end)\s*-?%\}")
_LIQUID_TAG = re.compile(r"\{%-?\s*(\w+)\s*([^{}%]*(?:%(?!\})[^{}%]*)*)-?%\}")
_LIQUID_VALUE = re.compile(r"\{\{-?([^{}]{0,500}?)-?\}\}")
_LIQUID_COMMENT = re.compile(r"\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}", re.DOTALL)
_KRAMDOWN = re.compile(r"^[ \t]*\{:[^}\n]*\}[ \t]*$\n?|\{:(?:\s|[.#])[^}\n]*\}", re.MULTILINE)
_RAW = re.compile(r"\{%-?\s*raw\s*-?%\}(.*?)\{%-?\s*endraw\s*-?%\}", re.DOTALL)
_HIGHLIGHT = re.compile(
    r"\{%-?\s*highlight\s+([\w+#-]+)[^%]*%\}\n?(.*?)\n?[ \t]*\{%-?\s*endhighlight\s*-?%\}", re.DOTALL
)
_HUGO_HIGHLIGHT = re.compile(
    r"\{\{[<%]\s*highlight\s+\"?([\w+#-]+)\"?[^}]*[>%]\}\}\n?(.*?)\n?\{\{[<%]\s*/\s*highlight\s*[>%]\}\}", re.DOTALL
)
_HELD = re.compile("\ue000(\\d+)\ue001")

MOST_TAGS = 2_000  # past that, tags that span text are not looked for: each looks ahead to the end
PLAYERS = {
    "youtube": "https://www.youtube.com/watch?v=%s",
    "vimeo": "https://vimeo.com/%s",
    "gist": "https://gist.github.com/%s",
    "tweet": "https://twitter.com/i/status/%s",
    "x": "https://twitter.com/i/status/%s",
    "instagram": "https://www.instagram.com/p/%s/",
}
Path = Callable[[str], str]  # what an old address of the archive is now; "" where it is not in the archive


def to_markdown(body: str, *, liquid: bool, path_of: Path, title: str = "") -> str:
    """The body with shortcodes rewritten or left out; code is left as it is. path_of answers for ref, post_url and link."""
    held: list[str] = []

    def hold(text: str) -> str:
        held.append(text)
        return f"\ue000{len(held) - 1}\ue001"

    body = _HELD.sub("", body)
    paired = body.count("{%") + body.count("{{") <= MOST_TAGS
    if liquid and paired:
        body = _LIQUID_COMMENT.sub("", body)
        body = _HIGHLIGHT.sub(lambda match: hold(_fenced(match[1], _RAW.sub(r"\1", match[2]))), body)
        body = _RAW.sub(lambda match: hold(match[1]), body)
    elif paired and "highlight" in body:
        body = _HUGO_HIGHLIGHT.sub(lambda match: hold(_fenced(match[1], match[2])), body)
    out = []
    for text, is_code in code_apart(body):
        if not liquid and text.count("/*") <= MOST_TAGS:
            text = _HUGO_ESCAPED.sub(_shown_in_code(hold) if is_code else _shown_as_code(hold), text)
            text = text if is_code else _HUGO_COMMENT.sub("", text)
        out.append(text if is_code else _prose(text, liquid=liquid, path_of=path_of, title=title))
    text = "".join(out)
    while _HELD.search(text):
        text = _HELD.sub(lambda match: held[int(match[1])], text)
    return text


def _shown_in_code(hold: Callable[[str], str]) -> Callable[[re.Match[str]], str]:
    """An escaped shortcode is there to be read, as it would have been called."""
    return lambda match: hold(f"{{{{{match[1]} {match[2].strip()} {match[3]}}}}}")


def _shown_as_code(hold: Callable[[str], str]) -> Callable[[re.Match[str]], str]:
    return lambda match: hold(f"`{{{{{match[1]} {match[2].strip()} {match[3]}}}}}`")


def _prose(text: str, *, liquid: bool, path_of: Path, title: str) -> str:
    if liquid:
        text = _KRAMDOWN.sub("", text)
    if "{{" not in text and "{%" not in text:
        return text
    if liquid:
        text = _LIQUID_TAG.sub(lambda match: _liquid_tag(match[1], match[2].strip(), path_of), text)
        return _LIQUID_VALUE.sub(lambda match: _liquid_value(match[1].strip(), title), text)
    text = _HUGO.sub(lambda match: "" if match[2] else _shortcode(match[3], _arguments(match[4] or ""), path_of), text)
    text = _ZOLA.sub(lambda match: _shortcode(match[1], _arguments(match[2]), path_of), text)
    return _ZOLA_BLOCK.sub(lambda match: _shortcode(match[1] or "", _arguments(match[2] or ""), path_of), text)


def _arguments(text: str) -> dict[str, str]:
    """Named arguments by their names, the others by their position: "0", "1"."""
    found: dict[str, str] = {}
    for match in _ARGUMENT.finditer(text):
        value = next((group for group in match.groups()[1:] if group is not None), "")
        found.setdefault(match[1] or str(len(found)), value.replace('\\"', '"'))
    return found


def _shortcode(name: str, given: dict[str, str], path_of: Path) -> str:
    name = name.lower()
    if name in ("ref", "relref"):
        return path_of(given.get("0") or given.get("path", ""))
    if name in ("figure", "img", "image", "picture"):
        return _figure(given)
    if name in PLAYERS:
        key = given.get("id") or (given.get("1", "") if name == "gist" else "") or given.get("0", "")
        if name == "gist" and "0" in given and "1" in given:
            key = f"{given['0']}/{given['1']}"
        return f"<{PLAYERS[name] % key}>" if re.fullmatch(r"[\w/-]+", key) else ""
    return ""


def _figure(given: dict[str, str]) -> str:
    src = given.get("src") or given.get("path") or given.get("url") or given.get("0", "")
    if not src:
        return ""
    caption = given.get("caption") or given.get("title") or ""
    alt = given.get("alt") or ""
    image = f'<img src="{escape(src)}" alt="{escape(alt)}"{_title(caption)}>'
    link = given.get("link", "")
    return f'<a href="{escape(link)}">{image}</a>' if link and "{" not in link else image


def _title(caption: str) -> str:
    return f' title="{escape(re.sub(r"<[^>]*>", "", caption))}"' if caption else ""


def _liquid_tag(name: str, argument: str, path_of: Path) -> str:
    if name in ("post_url", "link"):
        return path_of(argument.strip("\"' "))
    if name == "include":
        given = _arguments(argument)
        if "src" in given or "url" in given:
            return _figure(given)
        return _shortcode(re.sub(r"\.\w+$", "", argument.split(" ", 1)[0]), given, path_of)
    if name in PLAYERS:
        return _shortcode(name, _arguments(argument), path_of)
    return ""


def _liquid_value(expression: str, title: str) -> str:
    """The few values that a text is written with: addresses of the site itself are relative here."""
    match = re.match(r"[\"']([^\"']*)[\"']\s*\|\s*(?:relative_url|absolute_url|prepend|append)", expression)
    if match:
        return match[1]
    if expression == "page.title":
        return title
    return ""


def _fenced(language: str, code: str) -> str:
    longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{code}\n{fence}"
