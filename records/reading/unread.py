"""Which records a viewer has not looked at since they came or changed.

Two notes say so: up to which number of the feed somebody has looked at everything, and which single records
they have opened since. A viewer who never said that they looked has nothing unread: to them all is as new.
"""

from dataclasses import dataclass
from typing import Literal

from django.db.models import BigIntegerField, Case, Exists, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest

from records.models import Looked, Record

Mark = Literal["", "new", "changed", "corrected", "withdrawn"]
"""Lists know the first three; what a place corrected or took back is told apart where it is news."""


@dataclass(frozen=True, slots=True)
class Upto:
    """Up to where one user has looked at the records of a patient: `seen` is the number of the feed, None if
    they never said so; `number` is the feed's end; `opened` whether they have opened any record since.
    """

    seen: int | None = None
    number: int = 0
    user_id: int = 0
    opened: bool = False
    patients: tuple[int, ...] = ()

    @property
    def is_behind(self) -> bool:
        """Whether anything came or changed since."""
        return self.seen is not None and self.seen < self.number

    def noted(self, rows: QuerySet[Record]) -> QuerySet[Record]:
        """The rows, each with the number that this user has looked at it up to, as `looked`."""
        if not self.is_behind or "looked" in rows.query.annotations:
            return rows
        seen = Value(self.seen, output_field=BigIntegerField())
        if not self.opened:
            return rows.annotate(looked=seen)
        opened = Greatest(seen, Coalesce(Subquery(self._opened().values("number")[:1]), seen))
        mine = Looked.objects.filter(patient_id__in=self.patients, user_id=self.user_id)
        is_opened = When(changed__gt=self.seen, fhir_id__in=mine.values("fhir_id"), then=opened)
        return rows.annotate(looked=Case(is_opened, default=seen))

    def unread(self, rows: QuerySet[Record]) -> QuerySet[Record]:
        """Those of the rows that came or changed since this user looked; else none."""
        if not self.is_behind:
            return rows.none()
        moved = rows.filter(changed__gt=self.seen)
        looked = self._opened().filter(number__gte=OuterRef("changed"))
        return moved.filter(~Exists(looked)) if self.opened else moved

    def _opened(self) -> QuerySet[Looked]:
        """What this user has opened, of the record in the query around."""
        return Looked.objects.filter(
            patient_id=OuterRef("patient_id"),
            user_id=self.user_id,
            origin_id=OuterRef("origin_id"),
            resource_type=OuterRef("resource_type"),
            fhir_id=OuterRef("fhir_id"),
        )

    def mark(self, record: Record) -> Mark:
        """What a list says of a record that `noted` gave."""
        looked = getattr(record, "looked", None)
        if looked is None or record.changed <= looked:
            return ""
        return "new" if record.arrived > looked else "changed"


NEVER = Upto()
"""For pages on which nothing is marked."""
