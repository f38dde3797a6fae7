"""Consents: what somebody agreed to or refused, with whom, for what, until when."""

from records.fhir.attachments import file_words
from records.fhir.elements import all_words, at, code, first_code, items, joined, member, status_code, words
from records.fhir.facts import coded, dated, noted, qualified, said, spanned, truth, within, worded
from records.fhir.heads import build
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.terms import CONSENTS
from records.fhir.wording import STATUSES

_DEPTH = 4


def head(resource: Resource, known: Known) -> Head:
    """Named by what it is about; its scope ("privacy") only where nothing else has a name."""
    about = next((one for one in items(resource.get("category")) if words(one)), resource.get("scope"))
    return build(
        resource,
        title=words(about) or words(resource.get("scope")),
        when=resource.get("dateTime")
        or at(resource, "provision.period.start")
        or at(resource, "period.start"),
        status=status_code(resource.get("status")),
        code=first_code(about),
        category=status_code(resource.get("scope")),
        about=about,
        more=(known.names(resource.get("organization")),),
    )


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """Yes or no, to whom, for what and how long; then who signed and what was signed."""
    signers = resource.get("performer") or resource.get("consentingParty")
    return [
        qualified(resource),
        said(_("About"), joined([all_words(resource.get("category")), words(resource.get("scope"))])),
        worded(_("Status"), resource.get("status"), STATUSES),
        *_rule(resource.get("provision"), known, 0),
        spanned(_("Holds for"), resource.get("period")),
        said(_("Purpose"), all_words(resource.get("purpose"))),
        said(_("Given by"), known.names(signers)),
        dated(_("Signed"), resource.get("dateTime")),
        said(_("Kept by"), known.names(resource.get("organization"))),
        said(_("File"), file_words(resource.get("sourceAttachment"))),
        said(_("Other record"), known.name(resource.get("sourceReference"))),
        said(
            _("Rule"),
            words(resource.get("policyRule")) if isinstance(resource.get("policyRule"), dict) else "",
        ),
        *(fact for one in items(resource.get("verification")) for fact in _checked(one, known)),
        *noted(resource, known),
        *(fact for one in items(resource.get("category")) for fact in coded(one)),
    ]


def _rule(rule: object, known: Known, depth: int) -> list[Fact | None]:
    """What is allowed or not, and the exceptions inside it."""
    if depth > _DEPTH or not isinstance(rule, dict):
        return []
    found = [
        worded(_("Decision"), rule.get("type"), CONSENTS),
        spanned(_("Holds for"), rule.get("period")),
        spanned(_("For records of the time"), rule.get("dataPeriod")),
        *(said(_("Who"), _actor(one, known)) for one in items(rule.get("actor"))),
        said(_("What they may do"), all_words(rule.get("action"))),
        said(_("Purpose"), all_words(rule.get("purpose"))),
        said(_("Kind of record"), joined([all_words(rule.get("class")), all_words(rule.get("code"))])),
        said(_("Protected as"), all_words(rule.get("securityLabel"))),
        *(said(_("Record"), known.name(member(one, "reference"))) for one in items(rule.get("data"))),
    ]
    for inner in items(rule.get("provision")):
        found += within(_("Except"), *_rule(inner, known, depth + 1))
    return found


def _actor(actor: object, known: Known) -> str:
    role = words(member(actor, "role")) or code(member(actor, "role"))
    who = known.name(member(actor, "reference"))
    return f"{who} ({role})" if who and role else who or role


def _checked(check: object, known: Known) -> list[Fact | None]:
    """That somebody made sure of it."""
    return [
        truth(_("Checked"), member(check, "verified")),
        said(_("Checked with"), known.name(member(check, "verifiedWith"))),
        dated(_("Checked on"), member(check, "verificationDate")),
    ]
