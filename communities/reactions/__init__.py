"""Reactions: one sign a person on anything that takes them."""
