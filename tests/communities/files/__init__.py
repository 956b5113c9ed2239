"""What comes in, and who gets it."""
