"""What fetching has to remember: accounts at gateways, places, links begun, connections, import runs,
what happened, what clinics were let see there, pacing, and how hosts and places do.

Tables with a patient's tokens or states carry the row policy. `LinkAttempt` does not: who comes back from a
hospital may be signed out by then, and is looked up by what the browser carries.
"""

from connect.models.account import Account
from connect.models.connection import Connection
from connect.models.happening import Happening
from connect.models.link import LinkAttempt
from connect.models.mirror import Claim, ClinicAccount, Mirrored
from connect.models.pacing import Pacing, PatientTurn
from connect.models.parting import Parting
from connect.models.place import Place
from connect.models.population import PopulationRun, PopulationWant
from connect.models.request import PlaceRequest
from connect.models.run import ImportRun
from connect.models.sighting import Sighting
from connect.models.weather import Breaker, PlaceDay

__all__ = [
    "Account",
    "Breaker",
    "Claim",
    "ClinicAccount",
    "Connection",
    "Happening",
    "ImportRun",
    "LinkAttempt",
    "Mirrored",
    "Pacing",
    "Parting",
    "PatientTurn",
    "Place",
    "PlaceDay",
    "PlaceRequest",
    "PopulationRun",
    "PopulationWant",
    "Sighting",
]
