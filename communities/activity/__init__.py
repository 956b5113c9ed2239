"""The ledger of what happened, and the outbox that tells everybody who subscribed."""
