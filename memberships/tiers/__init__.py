"""Tiers: what a community sells and gives, what each step is for, and who holds one."""
