"""Settings readers: exact words or a sentence at start."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal import env


def test_a_missing_setting_is_named(monkeypatch):
    monkeypatch.delenv("LAKE", raising=False)
    with pytest.raises(ImproperlyConfigured, match="LAKE is not set"):
        env.required("LAKE")


@pytest.mark.parametrize(("word", "truth"), [("yes", True), ("No", False), ("", True)])
def test_a_flag_is_yes_or_no(monkeypatch, word, truth):
    monkeypatch.setenv("LAKE", word)
    assert env.flag("LAKE", default=True) is truth


@pytest.mark.parametrize("word", ["true", "1", "on", "ja"])
def test_no_other_word_is_a_flag(monkeypatch, word):
    monkeypatch.setenv("LAKE", word)
    with pytest.raises(ImproperlyConfigured, match="yes or no"):
        env.flag("LAKE", default=True)


@pytest.mark.parametrize("word", ["-1", "a", "1.5", "0"])
def test_a_whole_number_is_whole_and_large_enough(monkeypatch, word):
    monkeypatch.setenv("LAKE", word)
    with pytest.raises(ImproperlyConfigured):
        env.whole("LAKE", default=5, least=1)


def test_a_secret_may_come_from_a_file(monkeypatch, tmp_path):
    (tmp_path / "secret").write_text("hidden\n")
    monkeypatch.setenv("LAKE_FILE", str(tmp_path / "secret"))
    assert env.secret("LAKE") == "hidden"


def test_an_unreadable_secret_file_is_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("LAKE_FILE", str(tmp_path / "nothing"))
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        env.secret("LAKE")


def test_a_socket_address_becomes_settings(monkeypatch):
    monkeypatch.setenv("LAKE", "postgresql://me:p%40ss@/boats?host=/run/pg")
    assert env.database("LAKE") | {"OPTIONS": None} == {
        "NAME": "boats",
        "USER": "me",
        "PASSWORD": "p@ss",
        "HOST": "/run/pg",
        "PORT": "",
        "OPTIONS": None,
    }


def test_another_kind_of_database_is_refused(monkeypatch):
    monkeypatch.setenv("LAKE", "sqlite:///boats")
    with pytest.raises(ImproperlyConfigured, match="postgresql"):
        env.database("LAKE")
