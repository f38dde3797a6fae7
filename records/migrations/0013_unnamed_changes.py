from django.db import migrations
from django.db.migrations.operations import RunSQL

_TERMS = """
    recipient, clinic_id, person_id, named, every_kind, kinds, every_place, places, since, until, undated,
    sensitive, words, offered_at, accepted_at, confirmed_at, ends_at, stopped_at, changed_by
"""
_NEW = ", ".join(f"new.{name.strip()}" for name in _TERMS.split(","))
# What a patient calls a person, or a link, stays with the grant and goes with it. The changes outlive both, and say who it
# was by number alone.
_UNNAMED = _NEW.replace(
    "new.named", "case when new.recipient in ('person', 'link') then '' else new.named end"
)
_FUNCTION = """
create or replace function records_note_grant() returns trigger language plpgsql as $$
begin
    insert into records_grantchange (grant_id, patient_id, {terms})
    values (new.id, new.patient_id, {values});
    return null;
end
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0012_links")]

    operations = [
        RunSQL(_FUNCTION.format(terms=_TERMS, values=_UNNAMED), _FUNCTION.format(terms=_TERMS, values=_NEW)),
    ]
