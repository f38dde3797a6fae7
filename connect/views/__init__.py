"""Finding a place, leaving for it and coming back, and what became of it."""
