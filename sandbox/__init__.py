"""The stand-in for 1upHealth: a server in its own process, for the demo and for the tests.

It imports nothing of the product and the product imports nothing of it; the two meet over HTTP only.
What it imitates, and where each fact comes from, is in docs/oneup.md.
"""
