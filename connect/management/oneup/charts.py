"""FHIR: rows 15 to 19 of the contract. Health data is printed by these verbs and by no others."""

import sys
from pathlib import Path

import msgspec

from connect.http import Answer
from connect.management.oneup.verb import Desk, Given, Row, Told, Unknown, Verb, dicts
from connect.oneup.replies import json_of

_PAGE = ("--count", "--skip")


def _search(desk: Desk, given: Given) -> Told:
    query = [
        ("_content", given["content"]),
        ("code", given["code"]),
        *(("_include", each) for each in given["include"]),
        *(("_revinclude", each) for each in given["revinclude"]),
        *(_pair(each) for each in given["with"]),
        *_paging(given),
    ]
    number = desk.number(given["user"])
    return _bundle(desk.oneup.search_records(number, given["fhir_version"], given["type"], query))


def _read(desk: Desk, given: Given) -> Told:
    number = desk.number(given["user"])
    answer = desk.oneup.read(number, given["fhir_version"], given["type"], given["id"])
    return Told([_row(json_of(answer.body))], body=answer.body, shows_body=True)


def _create(desk: Desk, given: Given) -> Told:
    body, kind = _resource(given["file"])
    answer = desk.oneup.create_record(desk.access(given["user"]), given["fhir_version"], kind, body)
    return Told([_row(json_of(answer.body))], "The resource was kept.", answer.body)


def _everything(desk: Desk, given: Given) -> Told:
    query = [("_since", given["since"]), ("_type", given["types"]), *_paging(given)]
    number = desk.number(given["user"])
    return _bundle(desk.oneup.everything(number, given["fhir_version"], given["patient"], query))


def _delete(desk: Desk, given: Given) -> Told:
    desk.oneup.erase_patient(desk.access(given["user"]), given["fhir_version"], given["patient"])
    return Told(sentence="Everything of this Patient was deleted.")


def _purge(desk: Desk, given: Given) -> Told:
    desk.oneup.purge(desk.number(given["user"]), given["fhir_version"])
    return Told(sentence="Everything of this user in this version was deleted.")


def _paging(given: Given) -> list[tuple[str, str]]:
    return [("_count", str(given["count"])), ("_skip", str(given["skip"] or ""))]


def _pair(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not name or not mark:
        raise Unknown("--with is written NAME=VALUE.")
    return name, value


def _bundle(answer: Answer) -> Told:
    """A row for each entry, and how many there are in all."""
    bundle = json_of(answer.body)
    resources = [each.get("resource") for each in dicts(bundle.get("entry"))]
    total = bundle.get("total")
    sentence = f"{len(resources)} here" + (f" of {total}." if isinstance(total, int) else ".")
    return Told([_row(each) for each in resources], sentence, answer.body)


def _row(resource: object) -> Row:
    """What a list may say without opening the record: type, id, when it changed, where it came from."""
    found = resource if isinstance(resource, dict) else {}
    meta = found.get("meta")
    of = meta if isinstance(meta, dict) else {}
    return {
        "type": found.get("resourceType", ""),
        "id": found.get("id", ""),
        "updated": of.get("lastUpdated", ""),
        "source": of.get("source", ""),
    }


def _resource(name: str) -> tuple[bytes, str]:
    """A resource's bytes as they stand in the file, and its type. Raises `Unknown`."""
    try:
        body = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        kind = msgspec.json.decode(body)["resourceType"]
    except OSError:
        raise Unknown("That file cannot be read.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, TypeError, KeyError):
        raise Unknown("That file does not hold one FHIR resource as JSON.") from None
    return body, str(kind)


VERBS = (
    Verb("search", "15", "search a user's resources of one type", _search,
         ("user", "type", "--fhir-version", "--content", "--code", "--include", "--revinclude", "--with",
          *_PAGE)),
    Verb("read", "15", "one resource, as 1up has it", _read, ("user", "type", "id", "--fhir-version")),
    Verb("create", "16", "keep a resource for a user", _create, ("user", "file", "--fhir-version")),
    Verb("everything", "17", "a page of a Patient's whole chart", _everything,
         ("user", "patient", "--fhir-version", "--since", "--types", *_PAGE)),
    Verb("delete", "18", "delete a Patient's whole chart", _delete, ("user", "patient", "--fhir-version"),
         warns="This deletes a whole chart at 1up and cannot be undone."),
    Verb("purge", "19", "delete all of a user in one version, with history", _purge,
         ("user", "--fhir-version"),
         warns="This deletes all of a user in one FHIR version at 1up and cannot be undone."),
)  # fmt: skip
