"""Money and the staircase."""
