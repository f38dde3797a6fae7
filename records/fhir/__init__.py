"""FHIR in, rows out: pure readers that accept anything and never raise. No Django, no database, no network."""
