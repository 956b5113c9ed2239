"""The demo: its texts, its people, its pictures, and what the seed makes of them."""
