"""One index of everything that was said, asked together with who may read it."""
