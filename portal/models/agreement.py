"""What a user agreed to, in which version, when."""

from django.conf import settings
from django.db import models


class Agreement(models.Model):
    """One agreement to the terms and the privacy notice. Kept as long as the account."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="agreements")
    document = models.CharField(max_length=20, help_text="terms or privacy")
    version = models.CharField(max_length=20)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.document} {self.version}"
