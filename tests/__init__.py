"""The suite mirrors the packages; conftest holds the cast."""
