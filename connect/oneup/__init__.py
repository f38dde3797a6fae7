"""1upHealth as a gateway. No Django here; it could be lifted out tomorrow.

`OneUp` is the client, `OneUpEraser` the one that deletes, `OneUpExporter` has files of one account,
`OneUpPopulation` of all of them, `OneUpSharer` lets others see a Patient, `OneUpOperator` is what
`manage.py oneup` works with, `OneUpSettings` what they must be told.

The connect hop is the server-to-server form (docs/oneup.md §6.1)
unless a setting asks for the older one (§6.2), whose address carries an access token through the patient's
browser history: such a token cannot be called back.
"""

from connect.oneup.client import OneUp
from connect.oneup.eraser import OneUpEraser
from connect.oneup.exports import OneUpExporter, OneUpPopulation
from connect.oneup.operator import OneUpOperator
from connect.oneup.settings import OneUpSettings
from connect.oneup.sharer import OneUpSharer

__all__ = [
    "OneUp",
    "OneUpEraser",
    "OneUpExporter",
    "OneUpOperator",
    "OneUpPopulation",
    "OneUpSettings",
    "OneUpSharer",
]
