"""The parts of the demo that can be asked without running it; tests/journeys/test_demo.py runs it."""

from pathlib import Path

import pytest

from portal.local import demo, environment, postgres, postgres_files, redis


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "local"
    folder.mkdir(mode=0o700)
    return folder


def test_servers_that_nobody_named_are_ours(home):
    work = demo.plan(home, {})
    assert work.product["DATABASE_URL"] == postgres.address(home)
    assert work.product["REDIS_URL"] == redis.address(home)


def test_servers_that_somebody_named_are_theirs(home):
    given = {
        "DATABASE_URL": "postgresql://a",
        "DATABASE_OWNER_URL": "postgresql://b",
        "REDIS_URL": "redis://c",
    }
    work = demo.plan(home, given)
    assert (work.product["DATABASE_URL"], work.product["REDIS_URL"]) == ("postgresql://a", "redis://c")
    assert work.owner["DATABASE_OWNER_URL"] == "postgresql://b"


def test_only_migrations_see_the_owner(home):
    work = demo.plan(home, {})
    assert "tributary_owner" in work.owner["DATABASE_OWNER_URL"]
    assert "DATABASE_OWNER_URL" not in work.product
    assert not {"DATABASE_URL", "SECRET_KEY"} & work.sandbox.keys()


def test_starting_clean_forgets_everything_but_the_lock(home, monkeypatch):
    forgotten = []
    monkeypatch.setattr(postgres_files, "forget", forgotten.append)
    environment.kept_secrets(home)
    (home / "demo.lock").touch()
    (home / "static").mkdir()
    (home / "static/file").touch()
    demo._clear_away(home, environment.wishes({"RESET": "1"}))
    assert [path.name for path in home.iterdir()] == ["demo.lock"]
    assert forgotten == [home]


def test_an_ordinary_start_forgets_nothing(home, monkeypatch):
    monkeypatch.setattr(postgres_files, "forget", pytest.fail)
    kept = environment.kept_secrets(home)
    demo._clear_away(home, environment.wishes({}))
    assert environment.kept_secrets(home) == kept


def test_a_changed_migration_is_noticed(tmp_path, monkeypatch):
    (tmp_path / "records/migrations").mkdir(parents=True)
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements/run.txt").touch()
    monkeypatch.setattr(demo, "ROOT", tmp_path)
    seen = {demo._migrations()}
    (tmp_path / "records/migrations/0001_initial.py").write_text("one")
    seen.add(demo._migrations())
    (tmp_path / "records/migrations/0001_initial.py").write_text("two")
    seen.add(demo._migrations())
    (tmp_path / "requirements/run.txt").write_text("django==6")
    seen.add(demo._migrations())
    assert len(seen) == 4
