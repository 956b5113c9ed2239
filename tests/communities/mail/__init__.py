"""Mail as rows."""
