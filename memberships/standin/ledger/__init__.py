"""How billing behaves: periods, prices of an invoice, cards, renewals, changes. Knows no HTTP and no page."""
