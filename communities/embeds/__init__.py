"""Embeds: what stands below a text about the page that it links to."""
