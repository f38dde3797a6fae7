"""FHIR in, rows out: pure readers that accept anything and never raise. No Django, database or network."""
