"""Keeping and showing: the only room with health data, and the rules of who sees what."""
