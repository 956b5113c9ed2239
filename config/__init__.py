"""The composition root: it imports everything, nothing imports it."""
