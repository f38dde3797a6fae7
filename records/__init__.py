"""Keeping and showing: the only room with health data."""
