"""The container files, read rather than run: there was no Docker where they were written.

Services, commands, variables, copied paths, health checks, and that they say the same as `make demo` does.
"""

import re
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.urls import reverse

from portal.local import postgres, redis
from sandbox.options import _SETTINGS as SANDBOX_SETTINGS

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
STAGES = set(re.findall(r"^FROM \S+ AS (\S+)$", DOCKERFILE, re.M))
OURS = ("web", "worker", "beat", "migrate", "sandbox")
OURS_THAT_STAY = ("web", "worker", "beat", "sandbox")


def environment(name: str) -> dict[str, str]:
    return SERVICES[name].get("environment", {})


def words(name: str) -> list[str]:
    """What a service of the product's image runs: its command, else the image's."""
    default = re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.M)
    return SERVICES[name].get("command") or yaml.safe_load(default[0 if name == "sandbox" else -1])


def test_every_part_of_the_house_is_there():
    assert set(SERVICES) == {*OURS, "postgres", "redis"}


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_every_service_says_how_well_it_is(name):
    assert SERVICES[name]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")


def test_the_health_checks_ask_what_is_really_there():
    assert "/readyz" in SERVICES["web"]["healthcheck"]["test"][-1]
    assert reverse("portal:readyz") == "/readyz"
    assert "/_sandbox/health" in SERVICES["sandbox"]["healthcheck"]["test"][-1]
    assert '("health", health' in (ROOT / "sandbox/control.py").read_text()
    worker = SERVICES["worker"]
    name = worker["command"][worker["command"].index("--hostname") + 1]
    assert name in worker["healthcheck"]["test"]


@pytest.mark.parametrize("name", OURS)
def test_a_service_of_ours_runs_a_program_that_exists(name):
    program, *rest = words(name)
    if program == "python":
        script = rest[1] if rest[0] == "-m" else rest[0]
        assert find_spec(script) if rest[0] == "-m" else (ROOT / script).exists()
    else:
        assert find_spec(program), f"{program} is not a package we install"


def test_web_worker_and_beat_name_our_application():
    assert "portal.wsgi:application" in words("web")
    for name in ("worker", "beat"):
        assert words(name)[words(name).index("-A") + 1] == "portal"


@pytest.mark.parametrize("name", OURS)
def test_stages_that_are_built_exist(name):
    assert SERVICES[name]["build"]["target"] in STAGES


def test_every_copied_path_exists_and_reaches_the_builder():
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for source in re.findall(r"^COPY (?!--from)(\S+) ", DOCKERFILE, re.M):
        assert (ROOT / source).exists(), source
        assert source.split("/")[0] in let_in, source


def test_the_products_image_holds_the_product_and_not_its_stand_in():
    product = DOCKERFILE.split(" AS portal\n")[1]
    copied = set(re.findall(r"^COPY (\w+)", product, re.M))
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
    assert set(packages) - {"sandbox"} <= copied
    assert "sandbox" not in copied
    assert {"templates", "static", "locale"} <= copied


def test_every_image_is_left_to_a_user_without_rights():
    for stage in ("sandbox", "portal"):
        assert "\nUSER tributary\n" in DOCKERFILE.split(f" AS {stage}\n")[1].split("\nFROM ")[0]


def test_every_variable_is_one_that_somebody_reads():
    settings = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.M)) | {"REMAP_SIGTERM"}
    for name in ("web", "worker", "beat", "migrate"):
        assert set(environment(name)) <= settings
    sandbox = {setting.variable for setting in SANDBOX_SETTINGS} | {
        "SANDBOX_CLIENT_ID",
        "SANDBOX_CLIENT_SECRET",
    }
    assert set(environment("sandbox")) <= sandbox


def test_only_migrations_can_change_tables():
    assert "tributary_owner" in environment("migrate")["DATABASE_OWNER_URL"]
    for name in ("web", "worker", "beat"):
        assert environment(name)["DATABASE_OWNER_URL"] == ""
        assert "tributary_app" in environment(name)["DATABASE_URL"]


def test_the_product_knows_the_sandboxs_app_and_address():
    example = dict(re.findall(r"^(\w+)=(.*)$", (ROOT / ".env.example").read_text(), re.M))
    assert environment("sandbox")["SANDBOX_CLIENT_ID"] == example["ONEUP_CLIENT_ID"]
    assert environment("sandbox")["SANDBOX_CLIENT_SECRET"] == example["ONEUP_CLIENT_SECRET"]
    assert example["ONEUP_API_URL"].startswith(environment("sandbox")["SANDBOX_PUBLIC_BASE"])


def test_postgres_writes_as_little_down_here_as_it_does_in_the_demo():
    said = dict(word[2:].split("=") for word in SERVICES["postgres"]["command"][1:])
    ours = {
        name: value for name, value in postgres.SETTINGS.items() if name.startswith("log_") and name in said
    }
    assert said == ours
    assert {
        "log_min_error_statement",
        "log_error_verbosity",
        "log_parameter_max_length_on_error",
    } <= said.keys()


def test_redis_keeps_as_little_here_as_it_does_in_the_demo():
    said = SERVICES["redis"]["command"][1:]
    told = dict(zip((word[2:] for word in said[::2]), said[1::2], strict=True))
    assert told == {name: redis.SETTINGS[name] for name in told}
    assert {"save", "appendonly", "slowlog-max-len"} <= told.keys()


def test_the_roles_come_from_the_one_file_that_makes_them():
    mounted = [volume.split(":") for volume in SERVICES["postgres"]["volumes"] if volume.startswith("./")]
    assert (ROOT / mounted[0][0]).samefile(postgres.ROLES)
    assert all(
        (ROOT / source).is_file() and where.startswith("/docker-entrypoint-initdb.d/")
        for source, where, _ in mounted
    )
    script = (ROOT / mounted[1][0]).read_text()
    assert postgres.APPLICATION in script
    assert postgres.OWNER in script


def test_nothing_but_the_two_sites_is_reachable_and_that_from_this_machine_alone():
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert ports == ["127.0.0.1:8000:8000", "127.0.0.1:8001:8001"]


def test_everything_waits_for_what_it_stands_on():
    for name in ("web", "worker", "beat"):
        needs = SERVICES[name]["depends_on"]
        assert needs["migrate"] == {"condition": "service_completed_successfully"}
        assert needs["redis"] == needs["sandbox"] == {"condition": "service_healthy"}
    assert SERVICES["migrate"]["depends_on"]["postgres"] == {"condition": "service_healthy"}


def test_the_files_say_that_they_were_not_run():
    assert "was not run" in (ROOT / "docker-compose.yml").read_text()
    assert "Not built" in DOCKERFILE
