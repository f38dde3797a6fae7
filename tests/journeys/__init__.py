"""Journeys against a whole site, without a browser. They share it, and it ends with the last of them."""
