"""Who reaches what: every address, method and kind of person, and that each read of a record is noted."""
