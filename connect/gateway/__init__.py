"""What any gateway to health systems offers: verbs, values and errors.

The rest of `connect` knows only this package. `connect/oneup` is the first implementation; a direct SMART on
FHIR gateway can be the second, which is why a `Departure` has room for a memo (state, PKCE verifier) and why
tokens come back as plain values without saying whose they are. No Django here, and no network.
"""

from connect.gateway.errors import (
    AlreadyExists,
    CannotIngest,
    GatewayError,
    IngestNo,
    NotFound,
    Refused,
    SignInAgain,
    TooLarge,
    TryLater,
    Unreadable,
)
from connect.gateway.values import (
    AccessState,
    Departure,
    Event,
    EventWord,
    ExportFile,
    ExportStep,
    Lines,
    Page,
    PatientRef,
    Place,
    PlaceKind,
    PlacePage,
    Rejected,
    SearchFrame,
    SourceAccess,
    Tokens,
    instant,
)
from connect.gateway.verbs import Eraser, Exporter, Gateway, Sharer

__all__ = [
    "AccessState",
    "AlreadyExists",
    "CannotIngest",
    "Departure",
    "Eraser",
    "Event",
    "EventWord",
    "ExportFile",
    "ExportStep",
    "Exporter",
    "Gateway",
    "GatewayError",
    "IngestNo",
    "Lines",
    "NotFound",
    "Page",
    "PatientRef",
    "Place",
    "PlaceKind",
    "PlacePage",
    "Refused",
    "Rejected",
    "SearchFrame",
    "Sharer",
    "SignInAgain",
    "SourceAccess",
    "Tokens",
    "TooLarge",
    "TryLater",
    "Unreadable",
    "instant",
]
