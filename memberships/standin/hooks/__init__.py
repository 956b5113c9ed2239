"""How the site hears of events: signed messages over HTTP, and everything that can go wrong on the way."""
