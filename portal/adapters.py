"""The few allauth decisions that are ours."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter

from ground import crypto

_BOUND_TO = "mfa"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts by e-mail."""


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors, with their secrets encrypted (allauth keeps them in the clear by default)."""

    def encrypt(self, text: str) -> str:
        """Seal a secret for keeping."""
        return crypto.seal(text, _BOUND_TO).hex()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a kept secret. Raises ground.crypto.CannotOpen."""
        return crypto.unseal(bytes.fromhex(encrypted_text), _BOUND_TO)
