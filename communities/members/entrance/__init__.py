"""The pages of coming in: the door, and where an invitation leads."""
