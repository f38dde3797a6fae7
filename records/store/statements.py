"""The store's statements. Arrays go to Postgres as they are and become rows there, because `COPY` may not
enter a protected table.

Only new and changed rows travel: `ON CONFLICT … DO UPDATE WHERE` would lock, and so log, every unchanged one.
Every statement names the patient besides the policy, which alone could not use the index.
"""

from records.store.incoming import Columns

_TYPES = (
    *("text", "text", "text", "int8", "text", "text", "text", "text", "text", "float8", "text", "text"),
    *("text", "text", "text", "bool", "text", "text", "bytea", "bytea", "int2"),
)
_NAMES = [f'"{name}"' for name in Columns._fields]
_SENT = [
    f"timestamptz 'epoch' + t.{name} * interval '1 microsecond'" if name == '"clinical_at"' else f"t.{name}"
    for name in _NAMES
]
_UNTOUCHED = ("resource_type", "fhir_id", "digest", "body")
"""What reading again never changes: which record it is, and what was sent."""

_PIECES = {
    "<names>": ", ".join(_NAMES),
    "<sent>": ", ".join(_SENT),
    "<set>": ", ".join(f"{name} = {sent}" for name, sent in zip(_NAMES, _SENT, strict=True)),
    "<arrays>": ", ".join(f"%b::{kind}[]" for kind in _TYPES),
    "<set again>": ", ".join(
        f"{name} = {sent}"
        for name, sent, field in zip(_NAMES, _SENT, Columns._fields, strict=True)
        if field not in _UNTOUCHED
    ),
    "<names again>": ", ".join(name for name in _NAMES if name not in ('"digest"', '"body"')),
    "<arrays again>": ", ".join(
        f"%b::{kind}[]"
        for kind, field in zip(_TYPES, Columns._fields, strict=True)
        if field not in ("digest", "body")
    ),
    "<same>": """r.patient_id = %b::int8 and r.origin_id = %b::int2
        and r.resource_type = t.resource_type and r.fhir_id = t.fhir_id""",
}


def _filled(statement: str) -> bytes:
    """A statement with its pieces in place. They are all written above; nothing from outside comes near."""
    for name, piece in _PIECES.items():
        statement = statement.replace(name, piece)
    return statement.encode()


THEIRS = b"""
    select exists(
        select from records_source
        where patient_id = %b::int8 and id = %b::int4 and not starts_with(key, %b::text)
    )
"""

KNOWN = _filled("""
    select r.resource_type, r.fhir_id, r.digest, r.removed_at is not null
    from unnest(%b::text[], %b::text[]) as t(resource_type, fhir_id)
    join records_record r on <same>
""")

NEXT = _filled("""
    insert into records_feed as f (patient_id, number) values (%b::int8, 1)
    on conflict (patient_id) do update set number = f.number + 1
    returning f.number
""")

ADD = _filled("""
    insert into records_record
        (patient_id, origin_id, source_id, upstream_patient, dictionary, arrived, changed, <names>)
    select %b::int8, %b::int2, %b::int4, %b::text, %b::int2, %b::int8, %b::int8, <sent>
    from unnest(<arrays>) as t(<names>)
""")

PUT_ASIDE = _filled("""
    insert into records_version
        (until, patient_id, origin_id, resource_type, fhir_id, source_id,
        digest, dictionary, body, changed, kept_at, withdrawn)
    select %b::int8, r.patient_id, r.origin_id, r.resource_type, r.fhir_id, r.source_id,
        r.digest, r.dictionary, r.body, r.changed, r.kept_at, r.withdrawn
    from unnest(%b::text[], %b::text[], %b::bytea[]) as t(resource_type, fhir_id, digest)
    join records_record r on <same> and r.digest <> t.digest
""")

CHANGE = _filled("""
    update records_record r set source_id = %b::int4, upstream_patient = %b::text, dictionary = %b::int2,
        changed = %b::int8, kept_at = now(), removed_at = null, <set>
    from unnest(<arrays>) as t(<names>)
    where <same>
""")

HOLD = b"select pg_advisory_xact_lock(%b::int8)"

READ_AGAIN = _filled("""
    update records_record r set <set again>
    from unnest(<arrays again>) as t(<names again>)
    where <same>
""")

PASS_BY = _filled("""
    update records_record r set extract_version = %b::int2
    from unnest(%b::text[], %b::text[]) as t(resource_type, fhir_id)
    where <same>
""")

REMOVE = _filled("""
    update records_record r set removed_at = now(), changed = %b::int8
    from unnest(%b::text[], %b::text[]) as t(resource_type, fhir_id)
    where <same> and r.source_id = %b::int4 and r.removed_at is null
""")

NAME = _filled("""
    update records_record r set title = t.title, code = t.code, search = t.search
    from unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::text[])
        as t(resource_type, fhir_id, title, code, search)
    where <same>
""")

REJECT = _filled("""
    insert into records_quarantined
        (patient_id, source_id, origin_id, dictionary, resource_type, reason, sha256, body)
    select distinct on (t.sha256) %b::int8, %b::int4, %b::int2, %b::int2, t.*
    from unnest(%b::text[], %b::text[], %b::bytea[], %b::bytea[]) as t(resource_type, reason, sha256, body)
    where not exists (select from records_quarantined q
        where q.patient_id = %b::int8 and q.source_id = %b::int4 and q.sha256 = t.sha256)
""")
