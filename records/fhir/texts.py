"""Text as it may be kept and shown: cleaned, bounded, folded for search. Every string that leaves this
package went through here, because one null byte or lone surrogate fails a whole database statement, and
because directional marks can make a line read as something it is not.
"""

import re
import unicodedata
from decimal import Decimal

LINE = 500
PROSE = 10_000

# Controls (but not tab and line ends), soft hyphen, zero width space, directional marks, byte order mark,
# surrogates and non-characters. Joiners (200C, 200D) stay: some scripts and emoji need them.
_JUNK = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ud800-\udfff\ufff9-\ufffb\ufffe\uffff]"
)
_MANY_BREAKS = re.compile(r"\n{3,}")
_LARGEST = 20  # powers of ten; what lies beyond is damage, and writing it out would cost megabytes


def clean(value: object, limit: int = LINE) -> str:
    """One line of text out of anything: strings cleaned and cut at `limit`, numbers written out, else ""."""
    if not isinstance(value, str):
        return number_words(value)
    if len(value) <= limit and value.isascii() and value.isprintable() and "  " not in value:
        return value.strip()  # nearly everything, and importing is mostly this
    text = value if len(value) <= limit * 4 else value[: limit * 4]
    text = " ".join(_JUNK.sub("", text).split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def prose(value: object, limit: int = PROSE) -> str:
    """Text that keeps its line breaks, such as a note. Anything but a string is ""."""
    if not isinstance(value, str):
        return ""
    text = _JUNK.sub("", value[: limit * 2].replace("\r\n", "\n").replace("\r", "\n"))
    text = "\n".join(" ".join(line.split()) for line in text.split("\n"))
    text = _MANY_BREAKS.sub("\n\n", text).strip()
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def markup(value: object, limit: int = 200_000) -> str:
    """Markup as it was sent, only without what no database takes; still to be sanitised. Longer than `limit`
    is "": half a document would be worse than the facts alone.
    """
    return _JUNK.sub("", value) if isinstance(value, str) and len(value) <= limit else ""


def number_words(value: object) -> str:
    """A number as the source wrote it, or "" for anything that is not one.

    More than six decimals are a computer's, not a measurement's: they are shown rounded to two decimals, or
    three significant digits if that is more (178.69452709041775 becomes 178.69).
    """
    number = _decimal(value)
    if number is None:
        return ""
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -6:
        number = round(number, max(2, 2 - number.adjusted())).normalize()
    return f"{number:f}"


def number(value: object) -> float | None:
    """A finite number, also out of a string that is nothing else; None for anything that is not one."""
    found = _decimal(value)
    return None if found is None else float(found)


def _decimal(value: object) -> Decimal | None:
    """The number in a JSON value. Truth values are not numbers; absurd magnitudes are damage."""
    if isinstance(value, float):
        value = repr(value)
    elif isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    if (isinstance(value, int) and value.bit_length() > 64) or (
        isinstance(value, str) and not _NUMERIC(value)
    ):
        return None
    found = Decimal(value)
    small_enough = found.is_finite() and -_LARGEST < found.adjusted() < _LARGEST
    return found if small_enough and len(found.as_tuple().digits) <= 2 * _LARGEST else None


_NUMERIC = re.compile(r"-?\d{1,40}(?:\.\d{1,40})?(?:[eE][+-]?\d{1,3})?", re.ASCII).fullmatch


def fold(text: str) -> str:
    """Lower case without accents, for search on both sides: what is stored and what is typed."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def search_words(*texts: str, limit: int = 2000) -> str:
    """Cleaned and folded, each text once, in the order given, at most `limit` characters."""
    once = " ".join(dict.fromkeys(text[:limit] for text in texts if text))
    return fold(clean(once, limit))[:limit]
