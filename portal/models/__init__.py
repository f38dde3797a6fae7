"""People: users who sign in, and the patients whose records are kept."""

from portal.models.agreement import Agreement
from portal.models.patient import Holding, Patient
from portal.models.user import User

__all__ = ["Agreement", "Holding", "Patient", "User"]
