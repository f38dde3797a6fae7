"""Where records come from: origins and places, their gates, and what each place answered."""

from django.db.models import Count
from django.db.models.functions import Now

from records import bodies
from records.fhir import kinds, parsing
from records.fhir.elements import items, member
from records.models import Delivery, Origin, Record, Source
from records.store import naming

_SETTLED = (Delivery.State.REFUSED, Delivery.State.FAILED)


def origin(gateway: str, fhir_version: str) -> Origin:
    """The origin of this server and version ("R4", "STU3", "DSTU2"), made on first use. Needs no scope."""
    return Origin.objects.get_or_create(gateway=gateway, fhir_version=fhir_version)[0]


def source(patient_id: int, *, key: str, name: str, place_kind: str = "") -> Source:
    """The patient's place of this key, made on first use with its gate waiting; its name is kept current."""
    found, made = Source.objects.get_or_create(
        patient_id=patient_id, key=key[:80], defaults={"name": name[:200], "place_kind": place_kind[:20]}
    )
    if not made and name and found.name != name[:200]:
        found.name = name[:200]
        found.save(update_fields=["name"])
    return found


def set_gate(source: Source, gate: str, note: str = "") -> None:
    """Open or close a place's records to view. `gate`: waiting, question, open or refused; `note`: a code."""
    source.gate, source.gate_note = Source.Gate(gate), note[:40]
    Source.objects.filter(patient_id=source.patient_id, pk=source.pk).update(
        gate=source.gate, gate_note=source.gate_note
    )


def note_delivery(*, patient_id: int, source_id: int, kind: str, state: str, note: str = "") -> None:
    """Write down what a place answered for a kind (its slug; empty for everything). `note`: a code."""
    Delivery.objects.update_or_create(
        patient_id=patient_id,
        source_id=source_id,
        kind=kind[:40],
        defaults={"state": Delivery.State(state), "note": note[:80], "checked_at": Now()},
    )


def forget_refusals(*, patient_id: int, source_id: int) -> None:
    """Take back that a place refused kinds, before what it refuses now is written down."""
    mine = Delivery.objects.filter(patient_id=patient_id, source_id=source_id)
    mine.filter(state=Delivery.State.REFUSED).delete()


def settle_deliveries(source: Source) -> None:
    """After a complete pass: kinds with records were received, the others none unless refused or failed.

    Records named only by another record, which may have come on a later page, get their names now.
    """
    mine = {"patient_id": source.patient_id, "source_id": source.pk}
    counts = dict(
        Record.objects.filter(**mine, removed_at=None, withdrawn=False)
        .values_list("kind")
        .annotate(count=Count("*"))
    )
    troubled = set(Delivery.objects.filter(**mine, state__in=_SETTLED).values_list("kind", flat=True))
    rows = [
        Delivery(
            **mine,
            kind=slug,
            state=_settled(counts.get(slug, 0)),
            count=counts.get(slug, 0),
            checked_at=Now(),
        )
        for slug in (kind.slug for kind in kinds.KINDS)
        if slug in counts or slug not in troubled
    ]
    Delivery.objects.filter(**mine, kind="").delete()
    Delivery.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["patient", "source", "kind"],
        update_fields=["state", "count", "note", "checked_at"],
    )
    naming.name_nameless(source)
    Source.objects.filter(patient_id=source.patient_id, pk=source.pk).update(collected_at=Now())


def _settled(count: int) -> Delivery.State:
    return Delivery.State.RECEIVED if count else Delivery.State.NONE


def demographics(patient_id: int, source_id: int) -> list[tuple[str, str, str]]:
    """(given names, family name, birth date as text) of every name in the Patient resources of a place.

    For the gate, which compares; nothing is shown from here.
    """
    rows = Record.objects.filter(
        patient_id=patient_id, source_id=source_id, resource_type="Patient", removed_at=None
    ).values_list("dictionary", "body")
    return [who for dictionary, body in rows for who in _names(bodies.unpack(dictionary, bytes(body)))]


def sexes(patient_id: int) -> frozenset[str]:
    """Of which sex the places whose records are shown say that a patient is: "male", "female", both or
    neither. For the gate, as above.
    """
    rows = Record.objects.filter(
        patient_id=patient_id, source__gate=Source.Gate.OPEN, resource_type="Patient", removed_at=None
    ).values_list("dictionary", "body")
    said = {str(parsing.parse(bodies.unpack(each, bytes(body))).get("gender")) for each, body in rows}
    return frozenset({"male", "female"} & said)


def _names(raw: bytes) -> list[tuple[str, str, str]]:
    resource = parsing.parse(raw)
    born = resource.get("birthDate")
    birth_date = born if isinstance(born, str) else ""
    return [
        (_joined(member(name, "given")), _joined(member(name, "family")), birth_date)
        for name in items(resource.get("name"))
    ]


def _joined(parts: object) -> str:
    """DSTU2 sends a list of family names, R4 one text."""
    return " ".join(part.strip() for part in items(parts) if isinstance(part, str) and part.strip())


def source_of(patient_id: int, source_id: int | None) -> Source | None:
    """A patient's place by its primary key, inside a scope; None when there is none."""
    if source_id is None:
        return None
    return Source.objects.filter(patient_id=patient_id, pk=source_id).first()
