"""The only way out. Every read of records writes its look before it returns; reads happen inside the scope of
the viewer (`ground.scope.scoped` or `open`).

`menu`, `completeness` and `nothing` alone leave no look: they give numbers and reasons, for every page, and a
look at each of them would bury the looks that mean something. What the patient says themselves (`sayings`,
`beside`) comes with records whose reading writes the look.
"""

from records.reading.alike import OverTime
from records.reading.beside import (
    Beside,
    OwnWords,
    beside,
    correction,
    correction_words,
    corrections,
    questions,
    status_words,
)
from records.reading.completeness import STATES, Cell, Completeness, State, completeness
from records.reading.contacts import to_call
from records.reading.counts import KindCount, Overview, menu, overview, places
from records.reading.finding import NotThere, raw
from records.reading.fresh import WHATS, Since, What, has_news, since, upto
from records.reading.gathered import gathered
from records.reading.glance import FIRST, First, glance, is_dangerous
from records.reading.history import Earlier, History, Past, earlier, history, last_change
from records.reading.lines import Line
from records.reading.lists import Listing, Row, Year, listing, timeline
from records.reading.news import News, Piece, news
from records.reading.nothing import Nothing, nothing
from records.reading.packet import TOPICS, Changed, Facts, Packet, Plan, Topic, ahead, packet
from records.reading.papers import Paper, paper
from records.reading.parts import Part, part
from records.reading.sayings import WORDS, Saying, said, said_history, sayings, who_spoke, word_text
from records.reading.searching import Hits, Searched, search
from records.reading.several import Several, Stating, by_codes, by_fact, newest, several
from records.reading.sifting import EVERYTHING, FLAGGED, STATUSES, Sift
from records.reading.single import Found, Original, Shown, answering, named, one, original
from records.reading.together import Together, together
from records.reading.told import Told, as_of, narrative, sections, told
from records.reading.trends import Taken, Trend, trend
from records.reading.visits import NOTHING, VISIT, Held
from records.reading.whole import Amounts, Bookmark, Kept, amounts, everything, files_of, some, with_files
from records.reading.words import LONGEST, Sought, sought

__all__ = [
    "EVERYTHING",
    "FIRST",
    "FLAGGED",
    "LONGEST",
    "NOTHING",
    "STATES",
    "STATUSES",
    "TOPICS",
    "VISIT",
    "WHATS",
    "WORDS",
    "Amounts",
    "Beside",
    "Bookmark",
    "Cell",
    "Changed",
    "Completeness",
    "Earlier",
    "Facts",
    "First",
    "Found",
    "Held",
    "History",
    "Hits",
    "Kept",
    "KindCount",
    "Line",
    "Listing",
    "News",
    "NotThere",
    "Nothing",
    "Original",
    "OverTime",
    "Overview",
    "OwnWords",
    "Packet",
    "Paper",
    "Part",
    "Past",
    "Piece",
    "Plan",
    "Row",
    "Saying",
    "Searched",
    "Several",
    "Shown",
    "Sift",
    "Since",
    "Sought",
    "State",
    "Stating",
    "Taken",
    "Together",
    "Told",
    "Topic",
    "Trend",
    "What",
    "Year",
    "ahead",
    "amounts",
    "answering",
    "as_of",
    "beside",
    "by_codes",
    "by_fact",
    "completeness",
    "correction",
    "correction_words",
    "corrections",
    "earlier",
    "everything",
    "files_of",
    "gathered",
    "glance",
    "has_news",
    "history",
    "is_dangerous",
    "last_change",
    "listing",
    "menu",
    "named",
    "narrative",
    "newest",
    "news",
    "nothing",
    "one",
    "original",
    "overview",
    "packet",
    "paper",
    "part",
    "places",
    "questions",
    "raw",
    "said",
    "said_history",
    "sayings",
    "search",
    "sections",
    "several",
    "since",
    "some",
    "sought",
    "status_words",
    "timeline",
    "to_call",
    "together",
    "told",
    "trend",
    "upto",
    "who_spoke",
    "with_files",
    "word_text",
]
