"""Family history: which relative, what they had, and at what age."""

from records.fhir.elements import choice, first_code, items, joined, member, status_code, words
from records.fhir.facts import coded, dated, noted, qualified, said, worded
from records.fhir.heads import build
from records.fhir.moments import recorded
from records.fhir.quantities import quantity_words, range_words
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.texts import clean
from records.fhir.wording import GENDERS, NO, STATUSES, YES


def head(resource: Resource, known: Known) -> Head:
    """Named by the relationship, since few charts name the relative; with what they had as value."""
    had = [words(member(one, "code")) for one in items(resource.get("condition"))]
    return build(
        resource,
        title=words(resource.get("relationship")) or clean(resource.get("name")),
        when=resource.get("date"),
        status=status_code(resource.get("status")),
        code=first_code(resource.get("relationship")),
        value=joined(had),
        about=resource.get("relationship"),
        more=(clean(resource.get("name")),),
    )


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """Who it was, how old they grew, and each condition with the age it began at."""
    return [
        qualified(resource),
        said(_("Relationship"), words(resource.get("relationship"))),
        said(_("Name"), resource.get("name")),
        worded(_("Sex or gender"), resource.get("sex") or resource.get("gender"), GENDERS),
        *(said(_("Condition"), _condition(one)) for one in items(resource.get("condition"))),
        _told(_("Born"), resource, "born"),
        _told(_("Age"), resource, "age"),
        _told(_("Died"), resource, "deceased"),
        worded(_("Status"), resource.get("status"), STATUSES),
        dated(_("Written down"), resource.get("date")),
        *noted(resource, known),
        *coded(resource.get("relationship")),
    ]


def _condition(one: object) -> str:
    """ "Heart attack (70 years; died of it)": what it was, when it began, how it ended."""
    more = joined([_time(one, "onset"), words(member(one, "outcome"))], "; ")
    return f"{words(member(one, 'code'))} ({more})" if more else words(member(one, "code"))


def _told(label: str, resource: Resource, stem: str) -> Fact | None:
    """A moment of a life, told as a date, an age, words, or only as having come to pass."""
    __, value = choice(resource, stem)
    if isinstance(value, bool):
        return Fact(label, YES if value else NO, ours=True)
    if isinstance(value, str) and recorded(value):
        return dated(label, value)
    return said(label, _time(resource, stem))


def _time(holder: object, stem: str) -> str:
    __, value = choice(holder, stem)
    return range_words(value) or quantity_words(value) or clean(value if isinstance(value, str) else "")
