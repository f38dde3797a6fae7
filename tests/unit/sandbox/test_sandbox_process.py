"""The process as a whole: start, stop, a taken port, memory between two starts, a folder of bundles."""

import json
import signal
import subprocess
import sys
import time

import pytest

from tests.bench import sandbox_memory
from tests.sandbox_process import ROOT, start_sandbox

BUNDLE = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {"resource": {"resourceType": "Patient", "id": "p", "name": [{"given": ["Ada"], "family": "Okafor"}],
                      "birthDate": "1990-01-02"}},
        {"resource": {"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/p"},
                      "clinicalStatus": {"coding": [{"code": "active"}]}}},
    ],
}  # fmt: skip


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_within_a_second_even_with_a_hanging_request(how):
    with start_sandbox() as sandbox:
        sandbox.fault(hang=True)
        with pytest.raises(OSError):
            sandbox.http.get(f"{sandbox.url}/", timeout=0.1)
        start = time.monotonic()
        sandbox.process.send_signal(how)
        assert sandbox.process.wait(timeout=5) == 0
        assert time.monotonic() - start < 1


def test_a_taken_port_is_a_clear_message(sandbox):
    port = sandbox.url.rpartition(":")[2]
    second = subprocess.run(
        [sys.executable, "-m", "sandbox", port],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert second.returncode == 1
    assert second.stderr.startswith(f"The sandbox cannot listen on 127.0.0.1:{port}")


def test_nothing_is_said_but_the_address():
    with start_sandbox() as sandbox:
        sandbox.connect(sandbox.member())
        sandbox.process.terminate()
        assert sandbox.process.stdout.read() == ""


def test_the_public_base_is_what_it_says_on_start():
    with start_sandbox(public_base="https://up.example/") as sandbox:
        assert sandbox.url == "https://up.example"


def erase(sandbox, member, place):
    """The member takes a place's permission back and deletes what came from it."""
    about = {"oneup_user_id": member.id, "system_id": place, "fhir_version": "r4"}
    revoke = f"{sandbox.api}/on-demand-ingest/revoke-data-access"
    assert sandbox.http.post(revoke, headers=sandbox.credentials, json=about).status_code == 201
    [there] = [each for each in sandbox.user(member.id)["connections"] if each["system_id"] == place]
    url = f"{sandbox.api}/r4/Patient/{there['patients'][0]}/$everything"
    assert sandbox.http.delete(url, headers=member.bearer).status_code == 200


def test_accounts_and_records_outlive_a_restart_and_tokens_do_not(tmp_path):
    kept = tmp_path / "sandbox.json"
    with start_sandbox(state_file=kept) as sandbox:
        member = sandbox.member()
        sandbox.connect(member)
        sandbox.connect(member, 4707, "Rosa")
        erase(sandbox, member, 4707)
        before = sandbox.user(member.id), sandbox.truth(member.id)
        page = sandbox.http.get(f"{sandbox.api}/r4/Patient", headers=member.bearer).json()["entry"][0][
            "resource"
        ]
    assert member.refresh not in kept.read_text()
    with start_sandbox(state_file=kept) as sandbox:
        assert (sandbox.user(member.id), sandbox.truth(member.id)) == before
        assert sandbox.http.get(f"{sandbox.api}/r4/Patient", headers=member.bearer).status_code == 401
        acting = {**sandbox.credentials, "x-oneup-user-id": str(member.id)}
        again = sandbox.http.get(f"{sandbox.api}/r4/Patient", headers=acting).json()["entry"][0]["resource"]
        assert again == page
        assert sandbox.member("next").id == member.id + 1


def test_a_broken_memory_is_a_fresh_start(tmp_path):
    kept = tmp_path / "sandbox.json"
    kept.write_text("{not json")
    with start_sandbox(state_file=kept) as sandbox:
        assert sandbox.member().id


def test_a_reset_is_remembered_too(tmp_path):
    kept = tmp_path / "sandbox.json"
    with start_sandbox(state_file=kept) as sandbox:
        sandbox.member()
        sandbox.reset()
    assert json.loads(kept.read_text())["users"] == []


def test_people_of_a_folder_sign_in_at_a_place_of_their_own(tmp_path):
    (tmp_path / "one.json").write_text(json.dumps(BUNDLE))
    with start_sandbox(corpus=tmp_path) as sandbox:
        member = sandbox.member()
        found = sandbox.http.post(
            f"{sandbox.search}/api/search", params={"query": "Corpus Hospital"}, headers=member.bearer
        ).json()
        assert [place["id"] for place in found] == [4801]
        sandbox.connect(member, 4801, "Ada Okafor")
        assert [row["type"] for row in sandbox.truth(member.id)] == ["Condition", "Patient"]


def test_without_a_folder_there_is_no_place_for_one(sandbox, member):
    found = sandbox.http.post(
        f"{sandbox.search}/api/search", params={"query": "Corpus"}, headers=member.bearer
    )
    assert found.json() == []


def test_apps_do_not_share_users(sandbox):
    sandbox.app("http://localhost/back", "third-app", "third-secret")
    reply = sandbox.http.get(
        f"{sandbox.api}/user-management/v1/user",
        headers={"client_id": "third-app", "client_secret": "third-secret"},
    )
    assert reply.json() == {"success": True, "entry": []}


def test_the_front_page_says_who_can_sign_in_where(sandbox):
    page = sandbox.http.get(f"{sandbox.url}/").text
    assert "Harbor Teaching Hospital (demo)\n    Rosa Delgado" in page
    assert "fhirjason / epicepic1" in page


def test_a_big_chart_costs_its_share_of_six_hundred_megabytes_and_no_more():
    """A tenth of what `python -m tests.bench.sandbox_memory` measures with 50,000 resources."""
    resources = 5_000
    found = sandbox_memory.measure(resources)
    assert found.resources == resources
    assert found.peak - found.before < sandbox_memory.LIMIT * resources / 50_000
