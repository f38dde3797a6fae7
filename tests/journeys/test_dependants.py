"""A parent and a child: the same hospital, two patients, and nothing of the one among the other's."""

from tests.journeys.visitor import HARBOR, Visitor
from tests.site import Site


def charts(site: Site, visitor: Visitor) -> dict[str, set[str]]:
    """By first name: the resource ids kept for each person whom this user looks after."""
    rows = site.rows(
        "select p.given_name, r.fhir_id from portal_holding h join portal_patient p on p.id = h.patient_id"
        " join portal_user u on u.id = h.user_id left join records_record r on r.patient_id = p.id"
        " where u.email = %s",
        visitor.email,
    )
    found: dict[str, set[str]] = {}
    for given, fhir_id in rows:
        found.setdefault(given, set()).update({fhir_id} - {None})
    return found


def test_a_parent_collects_a_childs_records_apart_from_their_own(rosa: Visitor, site: Site):
    rosa.connect(HARBOR)
    rosa.wait_for_records()
    rosa.go("/account/")
    rosa.follow("Add a child")
    child = {"First name": "Mateo", "Last name": "Delgado", "Date of birth": "2017-09-02"}
    rosa.press("Add this person", child, tick=("my child", "I may look after"))
    assert "Records of Mateo Delgado" in rosa.page.text
    here = rosa.connect(HARBOR, "Mateo").url
    site.until(lambda: "Your records are here" in rosa.go(here).text, seconds=120, what="the child's records")
    kept = charts(site, rosa)
    assert kept["Rosa"]
    assert kept["Mateo"]
    assert not kept["Rosa"] & kept["Mateo"]
    accounts = site.rows(
        "select count(distinct a.app_user_id) from connect_account a join portal_holding h"
        " on h.patient_id = a.patient_id join portal_user u on u.id = h.user_id where u.email = %s",
        rosa.email,
    )
    assert accounts == [(2,)]
    rosa.go("/account/")
    rosa.press("Show Rosa")
    assert "Records of Rosa Delgado" in rosa.go("/records/").text
    ends_and_takes_up_again(rosa)


def ends_and_takes_up_again(rosa: Visitor) -> None:
    """She mends his name, stops, finds nothing of his any more, and takes it up again."""
    rosa.go("/account/")
    rosa.follow("Change Mateo")
    rosa.prove_who_i_am()
    rosa.press("^Save", {"Last name": "Delgado Ruiz"}, tick=("my child",))
    rosa.follow("Stop looking after Mateo")
    page = rosa.prove_who_i_am()
    assert "We stop collecting from Harbor Teaching Hospital (demo)." in page.text
    page = rosa.press("^Stop looking after Mateo")
    assert "You no longer look after Mateo Delgado Ruiz’s records." in page.text
    assert "Show somebody else’s" not in rosa.go("/records/").text
    rosa.go("/account/")
    page = rosa.press("Look after Mateo again")
    assert "Records of Mateo Delgado Ruiz" in page.text
    assert "Stopped" in page.text
    assert "asthma" in rosa.go("/records/conditions/").text
