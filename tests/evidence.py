"""What a journey left behind: what was kept against what the place holds, and whether a secret got out.

Everything here reads the servers themselves, as their superuser, past the product's own code; of that code
only what unpacks a body and opens a sealed value is used.
"""

import base64
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_plus

import redis

from ground.crypto import Keyring
from portal.local.redis import address
from records import bodies
from sandbox import charts
from tests.site import FIELD_KEYS, Site

Resource = tuple[str, str, str, str]  # FHIR version, type, id, SHA-256 without what a server writes in meta

_KEPT = """
    select lower(o.fhir_version), r.resource_type, r.fhir_id, r.dictionary, r.body
    from records_record r join records_origin o on o.id = r.origin_id where r.patient_id = %s
"""
_PATIENT = """
    select h.patient_id from portal_holding h join portal_user u on u.id = h.user_id where u.email = %s
"""
_WATCH = """
    create table witness_sealed (bound_to text, sealed bytea);
    create function witness_sealed() returns trigger language plpgsql security definer as $$
    declare
        name text;
        sealed bytea;
        owner text := new.patient_id;
    begin
        foreach name in array tg_argv loop
            execute format('select ($1).%I', name) into sealed using new;
            if sealed is not null then
                insert into public.witness_sealed values (concat_ws('.', tg_table_name, name, owner), sealed);
            end if;
        end loop;
        return new;
    end $$;
    create trigger witness after insert or update on connect_account
        for each row execute function witness_sealed('access_sealed', 'refresh_sealed');
    create trigger witness after insert or update on connect_linkattempt
        for each row execute function witness_sealed('departure_sealed');
"""


@dataclass(frozen=True)
class Witness:
    """What the servers know of one user, named by address."""

    site: Site
    email: str

    @property
    def patient(self) -> int:
        """Whose rows theirs are."""
        return int(self._one(_PATIENT, self.email))

    @property
    def app_user(self) -> str:
        """Their name at the gateway."""
        return str(self._one("select app_user_id from connect_account where patient_id = %s", self.patient))

    def kept(self) -> list[Resource]:
        """Every record of theirs in the database, by its body's own bytes."""
        return sorted(
            (version, kind, key, charts.digest(bodies.unpack(dictionary, bytes(body))))
            for version, kind, key, dictionary, body in self.site.rows(_KEPT, self.patient)
        )

    def truth(self) -> list[Resource]:
        """What the sandbox says a complete import must have brought."""
        held = self.site.sandbox.truth(self.app_user)
        return sorted((each["version"], each["type"], each["id"], each["sha256"]) for each in held)

    def difference(self) -> dict[str, list[Any]]:
        """What is missing, doubled, or here and not there; empty when an import was complete and exact."""
        kept, truth = Counter(self.kept()), Counter(self.truth())
        keys = Counter(each[:3] for each in kept.elements())
        found = {
            "missing": list((truth - kept).elements()),
            "not theirs": list((kept - truth).elements()),
            "doubled": [key for key, times in keys.items() if times > 1],
            "nothing at all": [] if truth else ["the sandbox holds nothing of this person"],
        }
        return {name: some[:5] for name, some in found.items() if some}

    def row_marks(self) -> list[tuple[Any, ...]]:
        """Where each record row stands and which transaction wrote it: the same only if none was written."""
        return self.site.rows(
            "select resource_type, fhir_id, xmin::text, ctid::text from records_record"
            " where patient_id = %s order by 1, 2",
            self.patient,
        )

    def runs(self) -> list[tuple[str, str, str]]:
        """Phase, outcome and error of each import, oldest first."""
        return self.site.rows(  # type: ignore[return-value]
            "select phase, outcome, error from connect_importrun where patient_id = %s order by id",
            self.patient,
        )

    def is_over(self) -> bool:
        """Whether nothing is under way any more."""
        runs = self.runs()
        return bool(runs) and all(phase == "ended" for phase, _outcome, _error in runs)

    def of_theirs(self, table: str) -> int:
        """How many rows of a table are theirs."""
        return int(self._one(f"select count(*) from {table} where patient_id = %s", self.patient))

    def _one(self, query: str, *values: Any) -> Any:
        found = self.site.rows(query, *values)
        assert found, query
        return found[0][0]


def watch_secrets(site: Site) -> None:
    """From now on keep a copy of every sealed token and sign-in address, for `tokens_of` and `secrets_of`."""
    site.change(_WATCH)


def tokens_of(site: Site) -> set[str]:
    """Every access and refresh token that was ever kept."""
    return _opened(site, "connect_account.")


def secrets_of(site: Site) -> set[str]:
    """Every token and sign-in address that was ever kept, and what the processes were told in secret."""
    return _opened(site, "connect_") | site.given_secrets


def _opened(site: Site, begin: str) -> set[str]:
    ring = Keyring.from_text(FIELD_KEYS)
    rows = site.rows(
        "select distinct bound_to, sealed from witness_sealed where starts_with(bound_to, %s)", begin
    )
    return {ring.open(bytes(sealed), bound_to).decode() for bound_to, sealed in rows}


def people_of(site: Site) -> set[str]:
    """Addresses, names and session keys of everybody who has an account."""
    people = site.rows("select email from portal_user")
    names = site.rows("select given_name from portal_patient union select family_name from portal_patient")
    sessions = site.rows("select session_key from django_session")
    return {str(word) for (word,) in (*people, *names, *sessions)}


def clinical_words_of(site: Site) -> set[str]:
    """What the records say: titles and values, places, birth dates."""
    rows = site.rows("""
        select title from records_record union select value from records_record
        union select name from records_source union select birth_date::text from portal_patient
    """)
    return {
        text
        for (text,) in rows
        if len(re.sub(r"[^A-Za-z]", "", text)) >= 5 or re.fullmatch(r"\d{4}-\d\d-\d\d", text)
    }


def in_redis(site: Site) -> bytes:
    """Every key and value that Redis holds."""
    with redis.Redis(unix_socket_path=address(site.home).removeprefix("redis+socket://")) as server:
        return b"\n".join(piece for key in server.scan_iter() for piece in (key, *_pieces(server, key)))


def leaks(words: Iterable[str], text: bytes) -> list[str]:
    """Which of these words stand in the text: as they are, in another case, or encoded."""
    folded = text.decode("utf-8", "replace").casefold().encode()
    return sorted(word for word in words if any(each in folded for each in _spellings(word)))


def _spellings(word: str) -> Iterator[bytes]:
    raw = word.encode()
    plain = {word, quote(word, safe=""), quote_plus(word), json.dumps(word)[1:-1]}
    yield from (each.casefold().encode() for each in plain)
    if len(raw) >= 8:
        yield raw.hex().encode()
        yield from (each.lower() for each in _in_base64(raw))


def _in_base64(raw: bytes) -> Iterator[bytes]:
    """What base64 makes of these bytes wherever they begin in something longer; ends that depend on their
    neighbours are left out.
    """
    for before in range(3):
        usable = len(raw) - (len(raw) + before) % 3
        for encode in (base64.standard_b64encode, base64.urlsafe_b64encode):
            yield encode(bytes(before) + raw[:usable])[(0, 2, 3)[before] :]


def _pieces(server: Any, key: bytes) -> list[bytes]:
    readers = {
        b"string": lambda: [server.get(key)],
        b"list": lambda: server.lrange(key, 0, -1),
        b"set": lambda: list(server.smembers(key)),
        b"zset": lambda: server.zrange(key, 0, -1),
        b"hash": lambda: [part for pair in server.hgetall(key).items() for part in pair],
    }
    return [bytes(each) for each in readers[server.type(key)]()]
