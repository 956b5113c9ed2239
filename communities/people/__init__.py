"""Accounts: who somebody is across all communities."""
