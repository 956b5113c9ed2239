"""The two communities of the demo: how they look, their steps, their spaces, and the pictures at their head."""

from typing import Any

PLACES: dict[str, dict[str, Any]] = {
    "demo": {
        "founded": 425,
        "cover": ("tide-61-navy-coral-sun-band", "Waves in navy and coral dots under a yellow moon."),
        "logo": "Dots in red that grow towards the middle, the middle one navy.",
        "fields": {
            "name": "Halftone",
            "tagline": "A small print studio in Lisbon, and the people who like its mistakes.",
            "about": (
                "Three of us, two duplicators and a proofing press in a former bottle store in Marvila. We print for "
                "others, make a few editions of our own, and write down here what we learned, what it cost and what "
                "went wrong. Most of it is open to anyone. Recipes and accounts are for those who chip in with money "
                "or time."
            ),
            "hue": 28,
            "radius": "soft",
            "font": "serif",
            "timezone": "Europe/Lisbon",
        },
        "rungs": [
            (10, "member", "Member", "Everybody who has joined.", ""),
            (
                20,
                "insider",
                "Insider",
                "Recipes, formulas and the quarterly accounts.",
                "Show three finished things on the bench, or spend a Saturday helping at a workshop.",
            ),
            (
                30,
                "circle",
                "Inner Circle",
                "A seat at the table where the house decides what to do next.",
                "Lend the studio your time on four open Thursdays, or be asked by two who sit there.",
            ),
        ],
        "spaces": [
            ("journal", "Journal", "What is on the press, and what went wrong with it.", 0, "team"),
            ("insiders", "Insiders", "Recipes, price sheets and the books.", 20, "team"),
            ("bench", "The bench", "Yours: hello, work, and failures.", 0, "members"),
            ("table", "The table", "Where we ask before we decide.", 30, "team"),
        ],
    },
    "atelier": {
        "founded": 300,
        "cover": ("pots-18-navy-clay-sun-band", "Five pots on a board, clay and navy, against amber dots."),
        "logo": "A clay bowl that stands on a closed teal book.",
        "fields": {
            "name": "Atelier",
            "tagline": "Clay by the left door, books by the right.",
            "about": (
                "A boathouse on a fjord with a kiln in one half and a sewing frame in the other. Liv throws pots, "
                "Henrik binds books. We fire every third week and leave the door open on the Sunday after."
            ),
            "hue": 188,
            "radius": "round",
            "font": "slab",
            "timezone": "Europe/Oslo",
        },
        "rungs": [
            (10, "member", "Member", "Everybody who has joined.", ""),
            (
                20,
                "friend",
                "Friend of the kiln",
                "The glaze book and the binding notes.",
                "Come to three open Sundays and wash up after one of them.",
            ),
        ],
        "spaces": [
            ("journal", "Journal", "From both doors.", 0, "team"),
            ("kiln", "Kiln room", "Glaze recipes and firing notes.", 20, "team"),
            ("shelf", "The shelf", "What you made, or what you keep in it.", 0, "members"),
        ],
    },
}
