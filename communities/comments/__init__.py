"""Comments: talk under anything that takes them, in threads."""
