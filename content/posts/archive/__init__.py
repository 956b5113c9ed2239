"""Bringing an archive: folders of Markdown as Hugo, Zola and Jekyll write them, read without running any of it."""
