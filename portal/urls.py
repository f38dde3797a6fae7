"""Every page of the site starts here."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
]
