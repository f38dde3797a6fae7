"""A place that no search finds: asked for once, by a form that keeps what was typed."""

from connect.models import PlaceRequest
from connect.services import requests
from tests.unit.connect.linked.people import Person

ASK = "/connect/not-listed/"


def test_a_search_in_vain_leads_to_the_form_with_the_words_in_it(sandbox, rosa):
    page = rosa.finds("Quillwort")
    assert "/connect/not-listed/?q=Quillwort" in page
    assert 'value="Quillwort"' in rosa.browser.get(f"{ASK}?q=Quillwort").content.decode()


def test_a_request_is_kept_once_and_thanked_for(sandbox, rosa):
    wish = {"name": "Quillwort Clinic", "where": "Bangor, ME", "address": ""}
    for _ in range(2):
        assert rosa.browser.post(ASK, wish).url == "/connect/not-listed/thanks/"
    assert list(PlaceRequest.objects.values_list("name", "where", "user_id")) == [
        ("Quillwort Clinic", "Bangor, ME", rosa.user.pk)
    ]
    assert "What you can do meanwhile" in rosa.browser.get("/connect/not-listed/thanks/").content.decode()


def test_a_form_without_a_name_says_so_and_keeps_the_rest(sandbox, rosa):
    page = rosa.browser.post(ASK, {"name": "", "where": "Bangor, ME"}).content.decode()
    assert "Bangor, ME" in page
    assert "required" in page or "Please" in page
    assert not PlaceRequest.objects.exists()


def test_nobody_fills_the_table(sandbox, rosa, monkeypatch):
    monkeypatch.setattr(requests, "A_DAY", 1)
    rosa.browser.post(ASK, {"name": "One"})
    page = rosa.browser.post(ASK, {"name": "Two"}).content.decode()
    assert "asked for many places today" in page
    assert 'value="Two"' in page
    somebody_else = Person(email="mateo@example.org")
    assert somebody_else.browser.post(ASK, {"name": "Two"}).status_code == 302
