"""Money that comes from members: the door to Stripe (`gateway.py`) and what an amount is (`money.py`)."""
