"""Who hears of what, on the bell and by mail, and how they say no."""
