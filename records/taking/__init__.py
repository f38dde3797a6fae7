"""Records as files that a person can keep: everything as it came, and results as a table."""

from records.taking.tables import results
from records.taking.zipped import whole

__all__ = ["results", "whole"]
