"""How tags lie in one another: what ends when a tag begins, what needs which parent, what goes by another name."""

from communities.ui.markdown_allow import HEADINGS

MAX_DEPTH = 60
DIRECTED = frozenset({"p", "ul", "ol", "blockquote", "dl", "table", "details"}) | HEADINGS
SWALLOWED = frozenset(
    ["script", "style", "svg", "math", "template", "title", "head", "select", "object", "xmp", "noembed"]
)
ELSEWHERE = frozenset({"iframe", "video", "audio", "embed", "source"})
_AS_DIV = ("section", "article", "main", "header", "footer", "aside", "nav", "center", "address")
RENAMED = {"h1": "h2", "strike": "s", "tt": "code", "big": "strong"} | dict.fromkeys(_AS_DIV, "div")

# Which open tags end when a tag begins, and which open tag keeps those outside of it from ending.
_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_CELLS = frozenset({"td", "th"})
_LISTS = frozenset({"ul", "ol"})
_TABLE = frozenset({"table"})
P = frozenset({"p"})
ENDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "a": (frozenset({"a"}), _TABLE),
    "li": (frozenset({"li"}), _LISTS),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "td": (_CELLS | {"caption"}, _TABLE),
    "th": (_CELLS | {"caption"}, _TABLE),
    "tr": (frozenset({"tr", "caption"}), _TABLE),
    **dict.fromkeys(_GROUPS | {"caption"}, (_GROUPS | {"tr", "caption"}, _TABLE)),
    **dict.fromkeys(HEADINGS, (HEADINGS, frozenset({"div"}))),
}
PARENTS = {"tr": _GROUPS | _TABLE, "td": frozenset({"tr"}), "th": frozenset({"tr"})}
PARENTS |= dict.fromkeys(_GROUPS | {"caption"}, _TABLE)
WALLS = _CELLS | {"table", "caption"}  # what ends inside of a cell ends nothing outside of it
