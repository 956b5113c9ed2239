"""Uploads: checked, re-encoded, stripped, sized, and delivered only after asking access."""
