"""Journeys in a real browser. They share one site, which ends with the last of them."""
