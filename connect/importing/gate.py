"""The gate: which of the people a place sent is this patient (decision 0012), and whether it is open. Runs
inside their scope.
"""

from collections.abc import Iterable

from connect.gateway import PatientRef
from connect.importing import identity
from connect.models import Connection, ImportRun, LinkAttempt
from records import store
from records.services import whole


def known(run: ImportRun) -> identity.Known:
    """Who the patient of a run is."""
    mine = run.patient
    return identity.Known(mine.given_name, mine.family_name, mine.birth_date, store.sexes(mine.pk))


def set_to(connection: Connection, word: str, note: str = "") -> None:
    """Open or close the gate of a connection's place, as `store.set_gate`; what clinics see follows."""
    place = connection.place
    source = store.source(connection.patient_id, key=place.source_key, name=place.name, place_kind=place.kind)
    if source.gate != word:
        whole.changed(connection.patient_id)
    store.set_gate(source, word, note)
    connection.source_id = source.pk


def is_ours(run: ImportRun, ref: PatientRef, mine: identity.Known) -> bool:
    """A Patient never seen before is only accepted by a sign-in of this patient, never by a later look."""
    if run.attempt is None or run.attempt.proof == LinkAttempt.Proof.NONE:
        return False
    return not differences(ref, mine)


def nearest(here: Iterable[PatientRef], mine: identity.Known) -> tuple[PatientRef, tuple[identity.Part, ...]]:
    """Of several who are not surely the patient the one to ask about first, and in what they differ."""
    told = [(ref, differences(ref, mine)) for ref in here]
    return min(told, key=lambda each: (not identity.may_ask(each[1]), len(each[1])))


def differences(ref: PatientRef, mine: identity.Known) -> tuple[identity.Part, ...]:
    """In what the name of a Patient that comes nearest differs from what we know of the patient."""
    return min((identity.differences(each, mine) for each in identity.people(ref.body)), key=len)
