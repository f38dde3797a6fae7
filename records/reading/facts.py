"""The key of the fact that a record states (`records.fhir.sameness`), in the database and out of it.

The database folds a text no further than `fold` does, so its groups lie inside those of `fact_of`.
"""

from typing import Any

from django.db.models import Case, F, Func, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Concat, Lower

from records.fhir import sameness
from records.fhir.sameness import DAY, EMPTY_CODES, EMPTY_SYSTEMS, ON_A_DAY
from records.models import Record

_text: "TextField[str, str]" = TextField()
_MARKS = "[\u0300-\u036f]"
"""Accents, once a letter is taken apart (the block Combining Diacritical Marks)."""


def fact_of(record: Record) -> str:
    """The key of the fact a record states."""
    address = f"{record.origin_id}/{record.resource_type}/{record.fhir_id}"
    return sameness.fact(record.kind, record.code, record.title, record.when, address)


def with_fact(rows: QuerySet[Record], kind: str) -> "QuerySet[Any]":
    """The rows of one kind (slug), each with its key as `fact`."""
    alone = Concat(
        _as_is("#"), Cast("origin_id", _text), _as_is("/"), "resource_type", _as_is("/"), "fhir_id"
    )
    if kind not in ON_A_DAY:
        return rows.annotate(fact=Case(*_known(_as_is("")), default=alone, output_field=_text))
    day = Func(F("when"), _as_is(DAY), function="substring", output_field=_text)
    known = _known(Concat(_as_is("\n"), day, output_field=_text))
    return rows.annotate(
        fact=Case(When(~Q(when__regex=DAY), then=alone), *known, default=alone, output_field=_text)
    )


def _known(end: "Value | Concat") -> tuple[When, When, When]:
    """A code that says something; else the text behind the code, which an empty code adds nothing to."""
    empty = Q(code__in=("", *EMPTY_CODES))
    for system in EMPTY_SYSTEMS:
        empty |= Q(code__startswith=f"{system}|")
    bare, title = Q(code__startswith="|"), Concat(_as_is("\n"), _folded())
    return (
        When(~empty & ~bare, then=Concat("code", end, output_field=_text)),
        When(bare & ~Q(title=""), then=Concat("code", title, end, output_field=_text)),
        When(empty & ~Q(title=""), then=Concat(title, end, output_field=_text)),
    )


def _as_is(text: str) -> Value:
    return Value(text, _text)


def _folded() -> Lower:
    apart = Func(F("title"), template="normalize(%(expressions)s, NFKD)", output_field=_text)
    bare = Func(apart, _as_is(_MARKS), _as_is(""), _as_is("g"), function="regexp_replace", output_field=_text)
    return Lower(bare)
