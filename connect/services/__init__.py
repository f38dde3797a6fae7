"""What a patient can ask: find a place, leave for it, come back, collect, look again, stop."""

from connect.services.advice import advice, withheld
from connect.services.cards import cards, connections, full_cards
from connect.services.forecasts import trouble
from connect.services.found import groups, portal
from connect.services.imports import (
    Claim,
    NotConnected,
    NothingToAnswer,
    Whose,
    answer,
    claim,
    start_import,
    stop,
)
from connect.services.linking import (
    Browser,
    CannotRead,
    LinkOver,
    Return,
    confirm_link,
    open_links,
    record_return,
    run_of,
    start_link,
)
from connect.services.mine import attempt, connection, newer, run
from connect.services.page import connection_page
from connect.services.picking import Handed, hand_over_key, search_frame, standing
from connect.services.places import place, places_seen_before, search_places
from connect.services.requests import TooMany, ask_for
from connect.services.words import day, heading, hour, moment, progress, progress_text

__all__ = [
    "Browser",
    "CannotRead",
    "Claim",
    "Handed",
    "LinkOver",
    "NotConnected",
    "NothingToAnswer",
    "Return",
    "TooMany",
    "Whose",
    "advice",
    "answer",
    "ask_for",
    "attempt",
    "cards",
    "claim",
    "confirm_link",
    "connection",
    "connection_page",
    "connections",
    "day",
    "full_cards",
    "groups",
    "hand_over_key",
    "heading",
    "hour",
    "moment",
    "newer",
    "open_links",
    "place",
    "places_seen_before",
    "portal",
    "progress",
    "progress_text",
    "record_return",
    "run",
    "run_of",
    "search_frame",
    "search_places",
    "standing",
    "start_import",
    "start_link",
    "stop",
    "trouble",
    "withheld",
]
