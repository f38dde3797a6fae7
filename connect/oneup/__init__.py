"""1upHealth as a gateway. No Django here; it could be lifted out tomorrow.

`OneUp` is the client, `OneUpSettings` what it must be told. The connect hop is the server-to-server form
alone (docs/oneup.md §6.1). The older form (§6.2), whose address carries an access token through the patient's
browser history, is not built: a token that was in an address cannot be called back.
"""

from connect.oneup.client import OneUp
from connect.oneup.settings import OneUpSettings

__all__ = ["OneUp", "OneUpSettings"]
