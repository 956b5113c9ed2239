"""Outgoing mail as rows: written in the action's transaction, sent by a worker."""
