"""From bytes to a resource: the one parser every reader's input comes through, at import and on a page alike.

Decimals stay decimals: "6.10" says more than 6.1, and a float would forget it.
"""

import json
from decimal import Decimal, InvalidOperation

import msgspec

from records.fhir.row import Resource

_decoder = msgspec.json.Decoder(dict[str, object], float_hook=Decimal)


def parse(raw: bytes) -> Resource:
    """One resource out of its bytes; an empty one for what is no JSON object. Never raises."""
    try:
        return _decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, InvalidOperation):
        return _slowly(raw)


def _slowly(raw: bytes) -> Resource:
    """For what the fast parser refuses: half a surrogate pair, NaN, wrong bytes inside a text."""
    try:
        found = json.loads(raw.decode("utf-8-sig", "replace"), parse_float=Decimal)
    except (ValueError, RecursionError, InvalidOperation):
        return {}
    return found if isinstance(found, dict) else {}
