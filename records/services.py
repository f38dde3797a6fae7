"""What a reader can ask of their records."""

from ground.viewer import Viewer
from records.models import Seen


def mark_seen(*, viewer: Viewer, number: int) -> None:
    """The viewer has looked at everything up to a number of the feed; never takes back a later look."""
    for patient_id in viewer.patients:
        seen, made = Seen.objects.get_or_create(
            patient_id=patient_id, user_id=viewer.user_id or 0, defaults={"number": number}
        )
        if not made:
            Seen.objects.filter(pk=seen.pk, patient_id=patient_id, number__lt=number).update(number=number)
