"""What people make."""
