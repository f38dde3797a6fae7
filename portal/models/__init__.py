"""People: users who sign in, the patients whose records are kept, and the clinics some users work at."""

from portal.models.agreement import Agreement
from portal.models.clinic import Clinic, Invitation, Membership, Role
from portal.models.closure import Closure
from portal.models.patient import Holding, Patient
from portal.models.report import LookReport
from portal.models.user import User

__all__ = [
    "Agreement",
    "Clinic",
    "Closure",
    "Holding",
    "Invitation",
    "LookReport",
    "Membership",
    "Patient",
    "Role",
    "User",
]
