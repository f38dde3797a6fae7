"""The only way out. Every read of records writes its look before it returns; reads happen inside the scope of
the viewer (`ground.scope.scoped` or `open`).

`menu`, `completeness` and `nothing` alone leave no look: they give numbers and reasons, for every page, and a
look at each of them would bury the looks that mean something.
"""

from records.reading.completeness import Cell, Completeness, completeness
from records.reading.counts import KindCount, Overview, menu, overview, places
from records.reading.fresh import Since, since
from records.reading.lists import Listing, listing
from records.reading.nothing import Nothing, nothing
from records.reading.papers import Paper, paper
from records.reading.single import Found, NotThere, Original, Shown, one, original
from records.reading.whole import Kept, everything

__all__ = [
    "Cell",
    "Completeness",
    "Found",
    "Kept",
    "KindCount",
    "Listing",
    "NotThere",
    "Nothing",
    "Original",
    "Overview",
    "Paper",
    "Shown",
    "Since",
    "completeness",
    "everything",
    "listing",
    "menu",
    "nothing",
    "one",
    "original",
    "overview",
    "paper",
    "places",
    "since",
]
