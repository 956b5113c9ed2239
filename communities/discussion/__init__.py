"""Discussion: rooms where people talk as fast as they type, and nothing is lost."""
