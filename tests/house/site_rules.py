"""Who may open which address: one line for each. An address without a line fails the build.

open       everybody
signed in  whoever signed in, about their own account or about nothing of anybody's
patient    about a patient's records: others are told that there is nothing
staff      the administration: staff with a second factor
"""

from dataclasses import dataclass, replace

from tests.rota import todays


@dataclass(frozen=True)
class Rule:
    """How an address answers. `get`: its owner's status for a GET; `post`: whether it takes a POST."""

    who: str
    get: int = 200
    post: bool = False
    #: What the address is made of, as `tests.house.site_world` names it; and the same of what is not there.
    args: str = ""
    #: Whether a mere GET notes that it was there.
    notes: bool = False


def _open(get: int = 200, *, post: bool = False, args: str = "") -> Rule:
    return Rule("open", get, post, args)


def _mine(get: int = 200, *, post: bool = False, args: str = "", notes: bool = False) -> Rule:
    return Rule("signed in", get, post, args, notes)


def _patients(get: int = 200, *, post: bool = False, args: str = "") -> Rule:
    return Rule("patient", get, post, args)


def _staff(get: int = 404, *, post: bool = False, args: str = "") -> Rule:
    return Rule("staff", get, post, args)


RULES: dict[str, Rule] = {
    "portal:home": _open(),
    "portal:help": _open(),
    "portal:how": _open(),
    "portal:who": _open(),
    "portal:contact": _open(),
    "portal:terms": _open(),
    "portal:privacy": _open(),
    "portal:mail": _open(404),  # only in the demo
    "portal:unsubscribe": _open(post=True, args="unsubscribe"),
    "portal:livez": _open(),
    "portal:readyz": _open(),
    "portal:metrics": _open(404),  # off unless the settings have a token
    "portal:ops": _staff(),
    "portal:ops_retry": _staff(405, post=True, args="job"),
    "portal:ops_keys": _staff(405, post=True),
    "portal:account": _mine(),
    "portal:close": _mine(post=True),
    "portal:closed": _open(args="closure"),  # whoever has its address, which nobody can guess
    "portal:about": _mine(302, post=True),  # said once
    "portal:preferences": _mine(post=True),
    "portal:dependant_add": _mine(post=True),
    "portal:look_at": _mine(405, post=True, args="person"),
    "portal:dependant_change": _mine(post=True, args="dependant"),
    "portal:dependant_stop": _mine(post=True, args="dependant"),
    "portal:dependant_again": _mine(405, post=True, args="dependant"),
    "portal:announcement_away": _mine(405, post=True, args="announcement"),
    "portal:clock": _mine(post=True),
    "portal:clinic": _mine(),  # of hers; she leads it
    "portal:clinic_choose": _mine(post=True),
    "portal:clinic_open": _mine(),
    "portal:clinic_open_fetch": _mine(405, post=True),
    "portal:clinic_invite": _mine(post=True),
    "portal:clinic_join": _mine(post=True, args="invited"),
    "portal:clinic_end": _mine(post=True, args="colleague"),
    "portal:clinic_second_step": _mine(post=True, args="colleague"),
    "portal:patients": _mine(post=True),
    "portal:chart": _mine(args="chart"),
    "portal:chart_reviewed": _mine(405, post=True, args="chart"),
    "portal:chart_assign": _mine(405, post=True, args="chart"),
    "portal:chart_question": _mine(405, post=True, args="chart question"),
    "portal:emergency": _mine(post=True),
    "portal:worklist": _mine(),
    "portal:chart_why": _mine(post=True, args="chart"),
    "portal:clinic_guide": _mine(),
    "portal:clinic_offers": _mine(),
    "portal:clinic_offer": _mine(post=True, args="offer"),
    "portal:clinic_code": _mine(),
    "portal:handout": _mine(post=True),
    "portal:handout_file": _mine(args="handout"),
    "portal:clinic_take_back": _mine(405, post=True, args="invitation"),
    # django-allauth's. A page of the entrance sends whoever is in already to the first page, and whoever is
    # in the wrong step to the right one.
    "account_login": _open(302, post=True),
    "account_logout": _open(post=True),
    "account_inactive": _open(),
    "account_signup": _open(302, post=True),
    "account_email_verification_sent": _open(302, post=True),
    "account_reset_password": _open(post=True),
    "account_confirm_login_code": _open(302, post=True),
    "account_confirm_password_reset_code": _open(302, post=True),
    "account_complete_password_reset": _open(302, post=True),
    "account_password_reset_completed": _open(),
    "account_reauthenticate": _mine(post=True),
    "account_email": _mine(post=True),
    "account_change_password": _mine(post=True),
    "account_set_password": _mine(302, post=True),
    "mfa_index": _mine(),
    "mfa_authenticate": _open(302, post=True),
    "mfa_reauthenticate": _mine(post=True),
    "mfa_activate_totp": _mine(302, post=True),  # there is one already
    "mfa_deactivate_totp": _mine(post=True),
    "mfa_view_recovery_codes": _mine(notes=True),
    "mfa_generate_recovery_codes": _mine(post=True),
    "mfa_download_recovery_codes": _mine(notes=True),
    "mfa_list_webauthn": _mine(),
    "mfa_add_webauthn": _mine(post=True),
    "mfa_reauthenticate_webauthn": _mine(post=True),
    "mfa_remove_webauthn": _mine(post=True, args="passkey"),
    "mfa_edit_webauthn": _mine(post=True, args="passkey"),
    "mfa_login_webauthn": _open(302, post=True),
    "usersessions_list": _mine(post=True),
    "portal:sharing": _patients(),
    "portal:share": _patients(post=True, args="clinic"),  # a clinic is the same for everybody
    "portal:share_person": _mine(post=True),
    "portal:share_person_change": _mine(post=True, args="named"),
    "portal:share_still": _mine(405, post=True, args="named"),
    "portal:shared": _mine(),
    "portal:shared_join": _mine(post=True, args="asked"),
    "portal:shared_one": _mine(302, args="person"),  # to the records; she looks at herself
    "portal:shared_end": _mine(405, post=True, args="person"),
    "portal:share_preview": _patients(args="grant"),
    "portal:share_confirm": _patients(405, post=True, args="draft"),
    "portal:looks": _patients(),
    "portal:look_report": _patients(post=True, args="look"),
    "portal:share_stop": _patients(405, post=True, args="grant"),
    "connect:find": _patients(),
    "connect:search_page": _patients(404),  # off unless the settings say otherwise
    "connect:search_key": _patients(404, post=True),
    "connect:picked": _patients(404, args="attempt"),  # her attempt is for a place
    "connect:ask": _patients(post=True),
    "connect:asked": _patients(),
    "connect:places": _patients(),
    "connect:place": _patients(
        post=True, args="place"
    ),  # a hospital's page is the same hospital for everybody
    "connect:return": _open(),
    "connect:leaving": _patients(args="attempt"),
    "connect:confirm": _patients(302, post=True, args="attempt"),  # asks first who you are
    "connect:progress": _patients(args="run"),
    "connect:question": _patients(302, post=True, args="connection"),  # no question is open
    "connect:connection": _patients(args="connection"),
    "connect:calendar": _patients(args="connection"),
    "connect:check": _patients(405, post=True, args="connection"),
    "connect:stop": _patients(post=True, args="connection"),
    "connect:delete": _patients(post=True, args="connection"),
    "connect:receipts": _patients(),
    "connect:receipt": _patients(args="parting"),
    "records:overview": _patients(),
    "records:seen": _patients(405, post=True),
    "records:news": _patients(),
    "records:completeness": _patients(),
    "records:take": _patients(),
    "records:take_whole": _patients(302),  # to the question for the password
    "records:take_make": _patients(405, post=True, args="takeout what"),
    "records:take_progress": _patients(302, args="takeout"),  # to the page that shows it
    "records:take_made": _patients(404, args="takeout"),  # hers is not ready
    "records:take_results": _patients(302),
    "records:take_summary": _patients(302),
    "records:contacts": _patients(post=True),
    "records:card": _patients(args="card"),
    "records:card_pdf": _patients(args="card"),
    "records:card_text": _patients(args="card"),
    "records:take_pdf": _patients(302),
    "records:take_text": _patients(302),
    "records:links": _patients(),
    "records:link_new": _patients(post=True),
    "records:link": _patients(args="link"),
    "records:link_check": _patients(post=True, args="link draft"),
    "records:link_preview": _patients(args="link"),
    "records:link_code": _patients(args="link code"),
    "records:link_stop": _patients(405, post=True, args="link"),
    "records:link_open": _open(),
    "records:link_manifest": _open(302, post=True, args="link word"),  # a browser is led to the page
    "records:link_file": _open(404, args="link file"),  # never promised
    "records:letter": _patients(args="source"),
    "records:visit": _patients(),
    "records:visit_pdf": _patients(302),  # to the form: no day was given
    "records:visit_text": _patients(302),
    "records:search": _patients(),
    "records:timeline": _patients(),
    "records:kind": _patients(args="kind"),
    "records:kind_pdf": _patients(args="kind"),
    "records:kind_text": _patients(args="kind"),
    "records:one": _patients(args="record"),
    "records:word": _patients(post=True, args="record"),
    "records:wrong": _patients(post=True, args="record"),
    "records:ask": _patients(post=True, args="record"),
    "records:corrections": _patients(),
    "records:correction": _patients(post=True, args="correction"),
    "records:correction_letter": _patients(args="correction"),
    "records:questions": _patients(),
    "records:question": _patients(405, post=True, args="question"),
    "records:together": _patients(args="record"),
    "records:history": _patients(args="measured"),
    "records:version": _patients(args="version"),
    "records:one_pdf": _patients(args="record"),
    "records:one_text": _patients(args="record"),
    "records:trend": _patients(args="measured"),
    "records:paper": _patients(404, args="paper"),  # her one record carries no file
    "records:paper_page": _patients(404, args="paper page"),
    "records:paper_download": _patients(404, args="paper"),
    "records:original": _patients(args="record"),
    "records:download": _patients(args="record"),
}

#: The same pages, of a patient who shares with her clinic: for staff, who say first why they look.
CHARTS = (
    "overview seen news completeness search timeline kind kind_pdf kind_text one one_pdf one_text together"
    " history version trend original download paper paper_page paper_download visit visit_pdf visit_text"
    " card card_pdf card_text take take_summary"
)
for _each in CHARTS.split():
    _own = RULES[f"records:{_each}"]
    RULES[f"chart:{_each}"] = replace(_own, who="signed in", args=f"chart {_own.args}".strip())

#: The same again, of a patient who shares with her as a person; to read alone.
_TAKEN = "visit visit_pdf visit_text card card_pdf card_text take take_summary"
for _each in sorted(set(CHARTS.split()) - set(_TAKEN.split())):
    _own = RULES[f"records:{_each}"]
    RULES[f"shared:{_each}"] = replace(_own, who="signed in", args=f"chart {_own.args}".strip())

#: Addresses whose thing belongs to nobody, though they name one.
SHARED = {"connect:place", "records:kind", "records:kind_pdf", "records:kind_text", "records:take_make"}
SHARED |= {"portal:share"}
SHARED |= {"portal:announcement_away"}
SHARED |= {"records:card", "records:card_pdf", "records:card_text"}

#: What pages of other sites may ask: their browsers ask first whether they may.
FOR_OTHER_SITES = {"records:link_manifest", "records:link_file"}

#: Every address that begins like this is for staff.
STAFF = "admin:"

#: The patient's own pages, below addresses of staff and of whom they are shared with by name.
_COPIES = ("chart:", "shared:")


def drawn_today(share: int = 1) -> dict[str, Rule]:
    """Whose pages are drawn today: one of `share`, and a third of that of copies of a patient's own pages."""
    drawn = [name for name in RULES if not name.startswith(_COPIES)]
    copies = [name for name in RULES if name.startswith(_COPIES)]
    chosen = {*todays(drawn, share), *todays(copies, 3 * share)}
    return {name: rule for name, rule in RULES.items() if name in chosen}
