"""Devices: implants, aids and machines, and what the patient says they use."""

from records.fhir.elements import all_words, contacts, first_code, items, joined, member, status_code, words
from records.fhir.facts import coded, dated, noted, qualified, said, timed, worded
from records.fhir.heads import build
from records.fhir.medicines import often
from records.fhir.references import Known, called
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.terms import NAME_SORTS
from records.fhir.texts import clean
from records.fhir.wording import STATUSES

_NAME_ORDER = ("user-friendly-name", "patient-reported-name", "registered-name", "model-name")


def head(resource: Resource, known: Known) -> Head:
    """Named by what it is (its type), since trade names say little; with the trade name as value."""
    name = _name(resource)
    return build(
        resource,
        title=words(resource.get("type")) or name or clean(resource.get("model")),
        status=status_code(resource.get("status")),
        code=first_code(resource.get("type")),
        value=name if words(resource.get("type")) else "",
        about=resource.get("type"),
        more=(clean(resource.get("manufacturer")), clean(resource.get("serialNumber")), _model(resource)),
    )


def _name(resource: Resource) -> str:
    """The name people would use, of those a device has."""
    named = {_use(one): clean(member(one, "name")) for one in items(resource.get("deviceName"))}
    found = next((named[use] for use in _NAME_ORDER if named.get(use)), next(iter(named.values()), ""))
    return found or clean(member(resource.get("udi"), "name"))


def _use(name: object) -> str:
    return clean(member(name, "type"), 40) or "name"


def _model(resource: Resource) -> str:
    return clean(resource.get("modelNumber")) or clean(resource.get("model"))


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """What it is, who made it, the numbers on its label, and what to mind."""
    versions = [clean(one) or clean(member(one, "value")) for one in items(resource.get("version"))]
    return [
        qualified(resource),
        *_names(resource),
        said(_("What it is"), words(resource.get("type"))),
        worded(_("Status"), resource.get("status"), STATUSES),
        said(_("Why this status"), all_words(resource.get("statusReason"))),
        said(_("Mind this"), all_words(resource.get("safety"))),
        said(_("Made by"), resource.get("manufacturer")),
        said(_("Model"), _model(resource)),
        dated(_("Made on"), resource.get("manufactureDate")),
        dated(_("Expires"), resource.get("expirationDate") or resource.get("expiry")),
        said(_("Lot number"), resource.get("lotNumber")),
        said(_("Serial number"), resource.get("serialNumber")),
        said(_("Version"), joined(versions)),
        said(_("Belongs to"), known.name(resource.get("owner"))),
        said(_("Where"), known.name(resource.get("location"))),
        said(_("Contact"), contacts(resource.get("contact"))),
        *noted(resource, known),
        *_label(resource),
        *coded(resource.get("type")),
    ]


def _names(resource: Resource) -> list[Fact | None]:
    """Each name with whose it is."""
    named = [(NAME_SORTS.get(_use(one), _("Name")), member(one, "name")) for one in _sent_names(resource)]
    return [said(sort, name) for sort, name in named]


def _sent_names(resource: Resource) -> list[object]:
    named = {"name": member(resource.get("udi"), "name")} if isinstance(resource.get("udi"), dict) else None
    return [*items(resource.get("deviceName")), *items(named)]


def _label(resource: Resource) -> list[Fact | None]:
    """The number printed on a device (UDI): a list in R4, an object in STU3, a text in DSTU2."""
    carriers = [*items(resource.get("udiCarrier")), *items(resource.get("udi"))]
    found: list[Fact | None] = []
    for one in carriers:
        member(one, "issuer")  # the address of who gives out such numbers
        found += [
            said(
                _("Number on the label"),
                one if isinstance(one, str) else member(one, "carrierHRF"),
                quiet=True,
            ),
            said(_("Device identifier"), member(one, "deviceIdentifier"), quiet=True),
        ]
    found.append(said(_("Donation or batch number"), resource.get("distinctIdentifier"), quiet=True))
    return found


def use_head(resource: Resource, known: Known) -> Head:
    """That somebody uses a device: named by the device."""
    return build(
        resource,
        title=_used(resource, known),
        when=_began(resource) or resource.get("recordedOn"),
        status=status_code(resource.get("status")),
        about=_device(resource, known).get("type"),
        more=(all_words(resource.get("reasonCode") or resource.get("indication")),),
    )


def _began(resource: Resource) -> object:
    period = resource.get("timingPeriod") or resource.get("whenUsed")
    return resource.get("timingDateTime") or member(period, "start")


def _device(resource: Resource, known: Known) -> Resource:
    return known.contained(member(resource.get("device"), "reference"))


def _used(resource: Resource, known: Known) -> str:
    inside = _device(resource, known)
    return known.name(resource.get("device")) or words(inside.get("type")) or called(inside)


def use_facts(resource: Resource, known: Known) -> list[Fact | None]:
    """What is used, since when, for what and where on the body."""
    inside = _device(resource, known)
    site = resource.get("bodySite") or resource.get("bodySiteCodeableConcept")
    return [
        qualified(resource),
        said(_("Device"), _used(resource, known)),
        worded(_("Status"), resource.get("status"), STATUSES),
        timed(_("Used"), {"usedPeriod": resource.get("whenUsed")}, "used")
        or timed(_("Used"), resource, "timing"),
        often(resource.get("timingTiming")),
        said(_("For"), _why(resource, known)),
        said(_("Body site"), words(site)),
        said(_("Made by"), inside.get("manufacturer")),
        said(_("Told by"), known.name(resource.get("source"))),
        dated(_("Written down"), resource.get("recordedOn")),
        *noted(resource, known),
        *coded(inside.get("type")),
    ]


def _why(resource: Resource, known: Known) -> str:
    reasons = [*items(resource.get("reasonCode")), *items(resource.get("indication"))]
    return joined([all_words(reasons), known.names(resource.get("reasonReference"))])
