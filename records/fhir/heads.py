"""Putting a head together: what every kind has in common (labels, withdrawal, search words, bounds)."""

from records.fhir.elements import at, coding_system, codings, displays, items, member, status_code, untagged
from records.fhir.moments import recorded
from records.fhir.row import Head, Resource
from records.fhir.texts import clean, search_words

_TITLE, _VALUE = 300, 300
_IN_ERROR = "entered-in-error"
NOTES = ("note", "comment", "comments", "conclusion")
_STATUSES = ("status", "verificationStatus", "docStatus")
_RESTRICTED = frozenset({"R", "V"})
# HL7 v3 ActCode: information sensitivity policies. A label of one of these says that the subject needs care.
_SUBJECTS = """
ETH ETHUD ETHUDSTD ALC ALCHL SUD SUDSTD OPIOIDUD DRGIS PSY PSYTHPN PSYTHAUTH MH BH BHV SEX STD HIV HIVAIDS
HIV-AIDS REPRO PREGNANT SDV SPI SDVIO ABORT FAMPLAN GDIS DIA LIVARG MARST SICKLE SCA TBOO VIO DVD CEL VIP COGN
ADOL MILIT
"""
_SENSITIVE = frozenset(_SUBJECTS.split())


def build(
    resource: Resource,
    *,
    title: str,
    when: object = "",
    status: str = "",
    code: str = "",
    value: str = "",
    number: float | None = None,
    unit: str = "",
    category: str = "",
    flag: tuple[str, str] = ("", ""),
    about: object = None,
    more: tuple[str, ...] = (),
) -> Head:
    """A head within bounds. `about` is the concept whose wordings are searched, `more` further texts to
    search.
    """
    meta = resource.get("meta")
    return Head(
        title=title if len(title) <= _TITLE else clean(title, _TITLE),
        when=recorded(when),
        status=status,
        code=code,
        value=value if len(value) <= _VALUE else clean(value, _VALUE),
        number=number,
        unit=unit,
        category=category,
        flag=flag[0],
        flag_source=flag[1],
        sensitivity=sensitivity(meta) if meta else "",
        withdrawn=status == _IN_ERROR or withdrawn(resource),
        search=search_words(title, *map(untagged, displays(about)), value, *more, *notes(resource)),
    )


def sensitivity(meta: object) -> str:
    """The first label of meta.security that restricts who should see a record (HL7 Confidentiality R and V,
    ActCode sensitivity), "" when none does. Labels on parts of the record are not looked for.
    """
    for label in codings(member(meta, "security") and {"coding": member(meta, "security")}):
        code = clean(label.get("code"), 40).upper()
        if code in _SENSITIVE or (code in _RESTRICTED and "actreason" not in coding_system(label).lower()):
            return code
    return ""


def withdrawn(resource: Resource) -> bool:
    """Whether the source says a record was entered in error, in any version's way."""
    return any(name in resource and status_code(resource[name]) == _IN_ERROR for name in _STATUSES)


def notes(resource: Resource) -> list[str]:
    """The texts of notes and comments, for search."""
    found = []
    for name in NOTES:
        if name in resource:
            found += [
                clean(one if isinstance(one, str) else at(one, "text"), 1000) for one in items(resource[name])
            ]
    return found
