"""What a patient can ask: find a place, leave for it, come back, collect, look again, stop, delete."""

from connect.services.advice import advice, unlisted, withheld
from connect.services.cards import cards, connections, full_cards
from connect.services.forecasts import trouble
from connect.services.found import groups, portal
from connect.services.imports import (
    Claim,
    NotConnected,
    NothingToAnswer,
    TooSoon,
    Whose,
    answer,
    claim,
    start_import,
)
from connect.services.leaving import delete, latest, stop, would_delete
from connect.services.leaving import parting as parting_of
from connect.services.linking import (
    Browser,
    CannotRead,
    LinkOver,
    Return,
    StillLeaving,
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
from connect.services.receipts import going, not_confirmed, receipt, receipts
from connect.services.renewing import calendar
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
    "StillLeaving",
    "TooMany",
    "TooSoon",
    "Whose",
    "advice",
    "answer",
    "ask_for",
    "attempt",
    "calendar",
    "cards",
    "claim",
    "confirm_link",
    "connection",
    "connection_page",
    "connections",
    "day",
    "delete",
    "full_cards",
    "going",
    "groups",
    "hand_over_key",
    "heading",
    "hour",
    "latest",
    "moment",
    "newer",
    "not_confirmed",
    "open_links",
    "parting_of",
    "place",
    "places_seen_before",
    "portal",
    "progress",
    "progress_text",
    "receipt",
    "receipts",
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
    "unlisted",
    "withheld",
    "would_delete",
]
