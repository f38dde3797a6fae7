"""The demo's accounts. Everybody knows their passwords, so they exist only where DEMO is yes."""

from datetime import date
from time import time
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings

from portal import services
from portal.models import Agreement, Clinic, Holding, Membership, Patient, Role, User

PASSWORD = "tributary demo 2026"  # noqa: S105  (printed for everybody)
_ACCOUNTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("patient", "rosa@example.org", {}),
    ("clinic", "ana@example.org", {}),
    ("staff", "staff@example.org", {"is_staff": True}),
    ("admin", "admin@example.org", {"is_staff": True, "is_superuser": True}),
)
#: Whose sign-in needs a second step: who works at the clinic, and the admin.
_CAREFUL = ("clinic", "admin")
CLINIC, SHARE_CODE = "Lakeside Family Clinic", "KTM-472"
#: Their one-time codes come from this; fixed, so that a phone set up once keeps working.
_TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105


def seed() -> None:
    """Make the accounts that are missing. A second call changes nothing."""
    for role, email, extra in _ACCOUNTS:
        user = _user(email, extra)
        if role == "patient":
            _give_a_family(user)
        if role == "clinic":
            _give_a_clinic(user)
        if role in _CAREFUL:
            _give_a_second_step(user)


def accounts() -> list[dict[str, str]]:
    """Who can sign in to the demo: role, email, password, and the one-time code of this half minute."""
    return [
        {"role": role, "email": email, "password": PASSWORD, "code": _code_now() if role in _CAREFUL else ""}
        for role, email, _extra in _ACCOUNTS
    ]


def _user(email: str, extra: dict[str, Any]) -> User:
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, PASSWORD, **extra)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        Agreement.objects.create(user=user, document="terms", version=settings.TERMS_VERSION)
        Agreement.objects.create(user=user, document="privacy", version=settings.PRIVACY_VERSION)
    return user


def _give_a_family(user: User) -> None:
    """Rosa, whose own records these are, and Mateo, whom she looks after; the sandbox knows both."""
    rosa = Patient(given_name="Rosa", family_name="Delgado", birth_date=date(1968, 5, 14))
    services.add_own_patient(user=user, patient=rosa)
    mateo = Patient(given_name="Mateo", family_name="Delgado", birth_date=date(2017, 9, 2))
    services.add_dependant(user=user, patient=mateo, relation=Holding.Relation.CHILD)


def _give_a_clinic(user: User) -> None:
    """Ana leads a clinic that patients share with by its code."""
    clinic, _is_new = Clinic.objects.get_or_create(share_code=SHARE_CODE, defaults={"name": CLINIC})
    if not clinic.memberships.filter(user=user).exists():
        Membership.objects.create(clinic=clinic, user=user, name="Ana Ruiz", role=Role.LEAD)


def _give_a_second_step(user: User) -> None:
    if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        TOTP.activate(user, _TOTP_SECRET)
        RecoveryCodes.activate(user)


def _code_now() -> str:
    counter = int(time()) // app_settings.TOTP_PERIOD
    return str(format_hotp_value(hotp_value(_TOTP_SECRET, counter)))
