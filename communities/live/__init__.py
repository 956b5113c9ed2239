"""Live: the socket, who listens to what, and telling open screens."""
