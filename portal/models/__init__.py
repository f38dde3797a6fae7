"""People: users who sign in, and the patients whose records are kept."""

from portal.models.agreement import Agreement
from portal.models.closure import Closure
from portal.models.patient import Holding, Patient
from portal.models.user import User

__all__ = ["Agreement", "Closure", "Holding", "Patient", "User"]
