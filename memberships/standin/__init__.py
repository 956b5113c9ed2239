"""The offline Stripe: a process of its own on loopback that speaks its interface, shows its pages and signs its messages.

Nobody imports it: the site reaches it by HTTP like the real one, with the real library. No money moves here, ever.
"""
