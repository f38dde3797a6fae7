"""People: users who sign in, the patients whose records are kept, and the clinics some users work at."""

from portal.models.agreement import Agreement
from portal.models.announcement import Announcement, PutAway
from portal.models.clinic import Clinic, Invitation, Membership, Role
from portal.models.closure import Closure
from portal.models.deed import Deed
from portal.models.named import NamedPerson
from portal.models.patient import Holding, Patient
from portal.models.report import LookReport
from portal.models.user import User

__all__ = [
    "Agreement",
    "Announcement",
    "Clinic",
    "Closure",
    "Deed",
    "Holding",
    "Invitation",
    "LookReport",
    "Membership",
    "NamedPerson",
    "Patient",
    "PutAway",
    "Role",
    "User",
]
