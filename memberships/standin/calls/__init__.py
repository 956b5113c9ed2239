"""What each call of the interface does; `routes.py` says which there are."""
