"""Every page of fetching, below `/connect/`."""

from django.urls import path

from connect.views import connections, directory, embedded, linking, parting, requests

app_name = "connect"

urlpatterns = [
    path("", directory.find, name="find"),
    path("search-page/", embedded.page, name="search_page"),
    path("search-page/key/", embedded.key, name="search_key"),
    path("picked/<uuid:public_id>/", embedded.picked, name="picked"),
    path("not-listed/", requests.ask, name="ask"),
    path("not-listed/thanks/", requests.asked, name="asked"),
    path("place/<slug:key>/", linking.place, name="place"),
    path("leaving/<uuid:public_id>/", linking.leaving, name="leaving"),
    path("return/", linking.come_back, name="return"),
    path("confirm/<uuid:public_id>/", linking.confirm, name="confirm"),
    path("progress/<uuid:public_id>/", connections.progress, name="progress"),
    path("question/<uuid:public_id>/", connections.question, name="question"),
    path("places/", connections.places, name="places"),
    path("places/<uuid:public_id>/", connections.connection, name="connection"),
    path("places/<uuid:public_id>/sign-in.ics", connections.calendar, name="calendar"),
    path("places/<uuid:public_id>/check/", connections.check, name="check"),
    path("places/<uuid:public_id>/stop/", parting.stop, name="stop"),
    path("places/<uuid:public_id>/delete/", parting.delete, name="delete"),
    path("receipts/", parting.receipts, name="receipts"),
    path("receipts/<uuid:public_id>/", parting.receipt, name="receipt"),
]
