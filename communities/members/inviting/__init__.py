"""One's own invitations: making links, seeing who came by them, taking them back."""
