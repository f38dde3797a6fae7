"""Hostile input, generated from a seed: resources, whole pages and requests that nobody honest would send.

`make fuzz` runs all of it; the modules that begin with `test_` run a share of it in seconds.
"""
