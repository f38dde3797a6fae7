"""What people fill in at the front door."""

from django import forms


class SignupExtra(forms.Form):
    """What we ask beside address and password."""

    def signup(self, request: object, user: object) -> None:
        """Called by allauth once the user is saved."""
