"""People and the place they share."""
