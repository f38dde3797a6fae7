"""Records as files that a person can keep: all as it came, with pages to read it; results as a table."""

from records.taking.makers import MAKERS
from records.taking.making import ask, find, mine, pieces
from records.taking.tables import results
from records.taking.whose import Whose
from records.taking.words import your_words
from records.taking.zipped import whole

__all__ = ["MAKERS", "Whose", "ask", "find", "mine", "pieces", "results", "whole", "your_words"]
