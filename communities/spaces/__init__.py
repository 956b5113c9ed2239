"""Communities, the spaces in them and the names of their rungs."""
