"""The drawn signs of the place: each is the inside of a 24 by 24 SVG, stroked in the colour of its text."""

from __future__ import annotations

DOT = '<circle cx="{0}" cy="{1}" r="1" fill="currentColor"/>'

ICONS: dict[str, str] = {
    # places
    "hearth": (
        '<path d="M12 3c.6 3.2 4.8 4.9 4.8 9.4A4.8 4.8 0 0 1 12 17.3a4.8 4.8 0 0 1-4.8-4.9c0-2 .9-3.2 2-4.3.2 '
        '1.3.7 2 1.4 2.4C10.4 7.5 10.6 5 12 3Z"/><path d="M4 20.5h16"/>'
    ),
    "stream": '<path d="M4.5 5h15M4.5 9.5h6v5h-6zM14 9.5h5.5M14 14.5h5.5M4.5 19h15"/>',
    "space": '<path d="M5 20V9.5L12 4l7 5.5V20M9.5 20v-6h5v6M3 20h18"/>',
    "people": (
        '<circle cx="9" cy="8.5" r="3.2"/>'
        '<path d="M3.5 19.5c.4-3.4 2.5-5.3 5.5-5.3s5.1 1.9 5.5 5.3M15.5 5.6a3.2 3.2 0 0 1 0 5.8M17.5 14.6c1.8.7 '
        '2.8 2.4 3 4.9"/>'
    ),
    "me": '<circle cx="12" cy="8" r="3.8"/><path d="M4.8 20c.6-4 3.3-6 7.2-6s6.6 2 7.2 6"/>',
    "studio": '<path d="M12 3.5 16.5 13 12 20.5 7.5 13ZM12 3.5V13"/><circle cx="12" cy="14" r="1.3"/>',
    "desk": '<path d="M5 4.5h9l5 5v10H5zM14 4.5v5h5M8.5 13h7M8.5 16.5h4.5"/>',
    # kinds of post
    "hello": (
        '<path d="M8.5 12.5V6.2a1.4 1.4 0 0 1 2.8 0v4.6-5.9a1.4 1.4 0 0 1 2.8 0v5.9-4.7a1.4 1.4 0 0 1 2.8 0v7.4c0 4-2.2 6.5-5.6 '
        '6.5-2.7 0-4-1-5.3-3.4l-2-3.8a1.4 1.4 0 0 1 2.4-1.4l2.1 2.9M18.8 4.2c.8.5 1.3 1.2 1.5 2.1M4 5.5c.3-.9.9-1.6 1.7-2"/>'
    ),
    "update": (
        '<path d="M4.5 5.5h12v13a1.5 1.5 0 0 0 3 0V9h-3M16.5 18.5a1.5 1.5 0 0 0 1.5 1.5H6a1.5 1.5 0 0 1-1.5-1.5Z'
        'M8 9.5h5M8 13h5M8 16.5h3"/>'
    ),
    "behind": (
        '<path d="M6 20.5V4.5l8-1.5v18ZM14 5h4v15.5M3.5 20.5h17"/>'
        '<circle cx="11.3" cy="12.3" r=".9" fill="currentColor"/>'
    ),
    "early": '<path d="M3 18.5h18M6.5 15a5.5 5.5 0 0 1 11 0M12 3.5v3M4.3 7.3l2 2M19.7 7.3l-2 2M8 21.5h8"/>',
    "question": (
        '<path d="M4 5h16v11h-8.5L7 20v-4H4ZM10 9a2 2 0 1 1 2.8 1.8c-.6.3-.8.6-.8 1.2"/>'
        '<circle cx="12" cy="13.8" r=".8" fill="currentColor" stroke="none"/>'
    ),
    "idea": (
        '<path d="M9 16.5c0-2-2.8-3.2-2.8-6.7a5.8 5.8 0 0 1 11.6 0c0 3.5-2.8 4.7-2.8 6.7ZM9.5 20h5M12 '
        '16.5V12l-1.8-1.8M12 12l1.8-1.8"/>'
    ),
    "offer": '<path d="M4 4.5h8l8.5 8.5-7.5 7.5L4.5 12Z"/><circle cx="8.3" cy="8.5" r="1.3"/>',
    "lesson": (
        '<path d="M12 6.5C10 5 7 4.5 3.5 4.8v13.4c3.5-.3 6.5.200 8.5 1.8 2-1.6 5-2.1 8.5-1.8V4.8C17 4.5 14 5 12 '
        '6.5ZM12 6.5V20"/>'
    ),
    # things and states
    "lock": '<path d="M5.5 11h13v9h-13ZM8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 14.5v2"/>',
    "door": '<path d="M5.5 20.5V3.5h13v17M3 20.5h18"/><circle cx="14.8" cy="12.5" r="1" fill="currentColor"/>',
    "key": '<circle cx="8" cy="15.5" r="4"/><path d="m11 12.5 8.5-8.5M16 7.5l3 3M13.5 10l2 2"/>',
    "stairs": '<path d="M3.5 20v-4.5h5V11h5V6.5h5V3M3.5 20H20"/>',
    "coins": '<circle cx="9.5" cy="14.5" r="5.5"/><path d="M11.5 6.2a5.5 5.5 0 1 1 6.3 6.3M9.5 12.5v4"/>',
    "clock": '<circle cx="12" cy="12" r="8.3"/><path d="M12 7v5.2l3.3 2"/>',
    "calendar": '<path d="M4.5 6h15v14h-15ZM4.5 10.5h15M8.5 3.5V8M15.5 3.5V8"/>',
    "words": '<path d="M4 6h16M4 10.5h16M4 15h16M4 19.5h9"/>',
    "picture": '<path d="M4 5h16v14H4ZM4 16l5-5 4 4 2.5-2.5L20 17"/><circle cx="15.5" cy="9" r="1.4"/>',
    "hash": '<path d="M9.5 4 7.5 20M16.5 4l-2 16M4.5 9h16M3.5 15h16"/>',
    "feed": (
        '<path d="M5 11a8 8 0 0 1 8 8M5 5a14 14 0 0 1 14 14"/><circle cx="6" cy="18" r="1.4" fill="currentColor"/>'
    ),
    "eye": (
        '<path d="M2.8 12C5 8 8.2 6 12 6s7 2 9.2 6c-2.2 4-5.4 6-9.2 6s-7-2-9.2-6Z"/><circle cx="12" cy="12" r="2.8"/>'
    ),
    "hidden": '<path d="M2.8 12C5 8 8.2 6 12 6s7 2 9.2 6c-2.2 4-5.4 6-9.2 6s-7-2-9.2-6ZM4.5 20 19.5 4"/>',
    "mail": '<path d="M3.5 5.5h17v13h-17ZM3.5 7l8.5 6.5L20.5 7"/>',
    "bell": '<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15ZM10 20.5h4M12 5V3"/>',
    "at": ('<circle cx="12" cy="12" r="3.4"/><path d="M15.4 8.6v4.9a2.5 2.5 0 0 0 5 0V12a8.4 8.4 0 1 0-3.4 6.8"/>'),
    "talk": '<path d="M4 5h16v11h-8.5L7 20v-4H4ZM8 9h8M8 12.3h5"/>',
    "heart": '<path d="M12 19.5C6.5 15.6 4 12.7 4 9.4A4.2 4.2 0 0 1 12 7.6a4.2 4.2 0 0 1 8 1.8c0 3.3-2.5 6.2-8 10.1Z"/>',
    "flag": '<path d="M5.5 21V4M5.5 5c4-2.5 8 2.5 13 0v8.5c-5 2.5-9-2.5-13 0"/>',
    "sun": (
        '<circle cx="12" cy="12" r="4"/>'
        '<path d="M12 2.5v2.5M12 19v2.5M2.5 12H5M19 12h2.5M5.3 5.3 7 7M17 17l1.7 1.7M5.3 18.7 7 17M17 '
        '7l1.7-1.7"/>'
    ),
    "moon": '<path d="M19.5 14.5A8.2 8.2 0 0 1 9.5 4.5a8.2 8.2 0 1 0 10 10Z"/>',
    # doing
    "write": '<path d="m4 20 1-4.5L16.5 4 20 7.5 8.5 19ZM14 6.5l3.5 3.5M13 20h7"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "check": '<path d="m5 12.5 4.5 5L19 6.5"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "more": (
        '<g fill="currentColor" stroke="none"><circle cx="5.5" cy="12" r="1.6"/>'
        '<circle cx="12" cy="12" r="1.6"/><circle cx="18.5" cy="12" r="1.6"/></g>'
    ),
    "search": '<circle cx="10.5" cy="10.5" r="6"/><path d="m15 15 5.5 5.5"/>',
    "gear": (
        '<circle cx="12" cy="12" r="3"/>'
        '<path d="M12 2.8v3M12 18.2v3M2.8 12h3M18.2 12h3M5.5 5.5l2.1 2.1M16.4 16.4l2.1 2.1M5.5 18.5l2.1-2.1M16.4 '
        '7.6l2.1-2.1"/>'
    ),
    "out": '<path d="M14 4.5H5v15h9M10 12h10.5M17 8.5l3.5 3.5-3.5 3.5"/>',
    "in": '<path d="M10 4.5h9v15h-9M3.5 12H14M10.5 8.5 14 12l-3.5 3.5"/>',
    "next": '<path d="M5 12h14M13 6l6 6-6 6"/>',
    "back": '<path d="M19 12H5M11 6l-6 6 6 6"/>',
    "turn": '<path d="M5 5v6.5a3 3 0 0 0 3 3h11M14.5 10l4.5 4.5-4.5 4.5"/>',
    "up": '<path d="m6 14.5 6-6 6 6"/>',
    "send": '<path d="M4.5 12 20 4.5 15.5 20l-3.5-6.3ZM12 13.7 20 4.5"/>',
    "down": '<path d="m6 9.5 6 6 6-6"/>',
    "link": (
        '<path d="M10 14a4 4 0 0 0 5.7 0l3.1-3.1a4 4 0 0 0-5.7-5.7L12 6.3M14 10a4 4 0 0 0-5.7 0l-3.1 3.1a4 4 0 0 '
        '0 5.7 5.7l1.1-1.1"/>'
    ),
    "quote": '<path d="M10 6.5C6.5 8 5 10 5 13.5V18h5.5v-5H7.8M19.5 6.5c-3.5 1.5-5 3.5-5 7V18H20v-5h-2.7"/>',
    "bold": '<path d="M7.5 5h5.5a3.4 3.4 0 0 1 0 6.8H7.5ZM7.5 11.8H14a3.6 3.6 0 0 1 0 7.2H7.5Z"/>',
    "italic": '<path d="M10.5 5H17M7 19h6.5M14 5l-4 14"/>',
    "heading": '<path d="M6 5v14M18 5v14M6 12h12"/>',
    "list": '<path d="M9 6h11M9 12h11M9 18h11"/>' + DOT.format(5, 6) + DOT.format(5, 12) + DOT.format(5, 18),
    "code": '<path d="m8 7-5 5 5 5M16 7l5 5-5 5"/>',
    "trash": '<path d="M4 7h16M9 7V4.5h6V7M6 7l1 13h10l1-13M10 11v5M14 11v5"/>',
    "undo": '<path d="M4 9h10a5.5 5.5 0 0 1 0 11H8M8 4.5 3.5 9 8 13.5"/>',
    "clip": '<path d="m19.5 11.5-7.8 7.8a4.6 4.6 0 0 1-6.5-6.5l8.2-8.2a3.1 3.1 0 0 1 4.4 4.4l-8.1 8.1a1.5 1.5 0 0 1-2.2-2.2l7.4-7.4"/>',
    "download": '<path d="M12 4.5v11M7.5 11l4.5 4.5 4.5-4.5M4.5 15v4.5h15V15"/>',
    "upload": '<path d="M12 15.5V4.5M7.5 9 12 4.5 16.5 9M4.5 15v4.5h15V15"/>',
}

# A kind of post may name its sign by what it shows.
ICONS |= {
    "note": ICONS["update"],
    "lamp": ICONS["behind"],
    "spark": ICONS["early"],
    "bulb": ICONS["idea"],
    "tag": ICONS["offer"],
    "book": ICONS["lesson"],
}
