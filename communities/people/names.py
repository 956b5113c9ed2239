"""What a handle looks like at a glance, so that nobody signs up as somebody else's twin."""

# Words that speak for the house; a handle or name made of them alone is nobody's.
OFFICIAL = frozenset(
    {
        "admin", "administration", "administrator", "admins", "hearth", "help", "helpdesk", "host", "house", "mod", "mods",
        "moderation", "moderator", "moderators", "official", "owner", "root", "staff", "support", "system", "team", "webmaster",
    }
)  # fmt: skip

# Pairs that a reader in a hurry takes for the other; the longer ones go first.
ALIKE = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"), ("-", ""), ("_", ""))


def shape_of(handle: str) -> str:
    """Two handles with the same shape are lookalikes: `l1n_da` and `lin-da`. Only for comparing, never shown."""
    shape = handle.lower()
    for twin, letter in ALIKE:
        shape = shape.replace(twin, letter)
    return shape or handle.lower()
