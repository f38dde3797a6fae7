"""The places with a part to play (docs/oneup.md, sandbox places). All are invented."""

from typing import Any

HAPPY, DENIES, NEVER_BACK, SLOW, TIMES_OUT, REVOKED = (
    "",
    "denies",
    "never-back",
    "slow",
    "times-out",
    "revoked",
)

_PORTLAND = {"city": "Portland", "state": "ME", "zip": "04101"}


def _place(system_id: int, name: str, street: str, **more: Any) -> dict[str, Any]:
    return {"id": system_id, "name": name, "kind": "HealthSystem", "street": street, **_PORTLAND, **more}


SPECIAL: tuple[dict[str, Any], ...] = (
    _place(4706, "Harbor Teaching Hospital (demo)", "12 Pier Rd", versions=("r4", "dstu2"), ehr="Epic"),
    _place(4707, "Prairie Clinics (demo)", "400 Grain St", city="Topeka", state="KS", zip="66603",
           ehr="Cerner"),
    _place(4710, "Old Mill Medical (demo)", "7 Mill Ln", city="Bangor", zip="04401", versions=("dstu2",)),
    _place(4712, "Twin Rivers Hospital (demo)", "3 Ferry Rd", city="Lewiston", zip="04240", ehr="Cerner"),
    _place(4715, "Copper Basin Clinic (demo)", "88 Mesa Dr", city="Tucson", state="AZ", zip="85701",
           versions=("stu3",)),
    _place(4720, "Summit Health Plan (demo)", "1 Plan Sq", kind="PayerPatientAccess", ehr="", city="Denver",
           state="CO", zip="80202"),
    _place(4731, "Fernwood Health", "1 Fern Way", ehr="Epic"),
    _place(4732, "Fernwood Health - Bangor", "20 Fern Way", city="Bangor", zip="04401", ehr="Cerner"),
    _place(4733, "Fernwood Health - Children", "3 Fern Way", ehr="athenahealth"),
    _place(4791, "Denies Consent (demo)", "91 No Way", behaviour=DENIES),
    _place(4792, "Never Comes Back (demo)", "92 Lost Ln", behaviour=NEVER_BACK),
    _place(4793, "Slow Ingest (demo)", "93 Snail St", behaviour=SLOW),
    _place(4794, "Ingest Timeout (demo)", "94 Half Rd", behaviour=TIMES_OUT),
    _place(4795, "Token Revoked (demo)", "95 Once Ave", behaviour=REVOKED),
    _place(4796, "Big Chart (demo)", "96 Archive Blvd"),
)  # fmt: skip

# Where the people of a folder of bundles sign in, one place for each FHIR version; listed when there are any.
FOR_FOLDERS: tuple[dict[str, Any], ...] = (
    _place(4801, "Corpus Hospital (demo)", "1 Sample Way"),
    _place(4802, "Corpus Clinic STU3 (demo)", "2 Sample Way", versions=("stu3",)),
    _place(4803, "Corpus Clinic DSTU2 (demo)", "3 Sample Way", versions=("dstu2",)),
)
