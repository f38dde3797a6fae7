"""Labels for fields no reader knows: FHIR's own names split into words, or better ones where we have them."""

import re

from records.fhir.row import gettext_noop as _

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_PREFIXES = re.compile(r"^(us-core|us|patient|individual|iso21090)-")
_CHOICE = re.compile(
    r"(?<=[a-z])(CodeableConcept|CodeableReference|Reference|Quantity|SimpleQuantity|DateTime|Date|Instant|Time|Period|String"
    r"|Markdown|Boolean|Integer64|Integer|PositiveInt|UnsignedInt|Decimal|Range|Ratio|RatioRange|Age|Duration|Money|Coding|Code"
    r"|Identifier|Attachment|Timing|Address|HumanName|ContactPoint|Annotation|SampledData|Uri|Url|Canonical|Oid|Uuid|Id"
    r"|Base64Binary)$"
)
# Only what the split name would say badly; names that end like a type but are no choice keep their last word.
_LABELS: dict[str, str] = {
    "adjudication": _("Sum"),
    "authoredOn": _("Written on"),
    "birthDate": _("Born"),
    "bodySite": _("Body site"),
    "clinicalStatus": _("Status"),
    "code": _("What"),
    "contained": _("Enclosed record"),
    "created": _("Created"),
    "dispositionComment": _("Remark"),
    "doNotPerform": _("Not to be done"),
    "effective": _("Date"),
    "encounter": _("Visit"),
    "expirationDate": _("Expires"),
    "focal": _("Used for this claim"),
    "gender": _("Sex or gender"),
    "issued": _("Released"),
    "lotNumber": _("Lot number"),
    "manufactureDate": _("Made on"),
    "note": _("Note"),
    "occurrence": _("Date"),
    "performed": _("Date"),
    "performer": _("Done by"),
    "performerType": _("Kind of performer"),
    "productOrService": _("Product or service"),
    "recorded": _("Written down"),
    "referenceRange": _("Reference range"),
    "recordedDate": _("Written down"),
    "requester": _("Asked for by"),
    "serialNumber": _("Serial number"),
    "servicedDate": _("Date of service"),
    "servicedPeriod": _("Time of service"),
    "status": _("Status"),
    "statusReason": _("Why this status"),
    "telecom": _("Contact"),
    "udiCarrier": _("Device label"),
    "use": _("What it is for"),
    "value": _("Value"),
    "valueSet": _("Value set"),
}


def extension_label(url: object) -> str:
    """The label of an extension: ".../us-core-birthsex" is "Birthsex", ".../patient-mothersMaidenName" is
    "Mothers maiden name".
    """
    last = re.split(r"[/:#]", url.rstrip("/"))[-1] if isinstance(url, str) else ""
    return label(_PREFIXES.sub("", last)) if last else _("Extension")


def label(name: str) -> str:
    """The label of a field: "productOrService" is "Product or service", "onsetDateTime" is "Onset"."""
    if name in _LABELS:
        return _LABELS[name]
    stem = _CHOICE.sub("", name)
    if stem in _LABELS:
        return _LABELS[stem]
    parts = _WORDS.findall(stem)[:12]
    text = " ".join(part if len(part) > 1 and part.isupper() else part.lower() for part in parts)
    return (text[:1].upper() + text[1:])[:80] or _("Field")
