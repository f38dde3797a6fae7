"""Every page of the site starts here."""

from django.urls import include, path

from portal.admin import site
from portal.shared import shared_urls
from portal.urls_of_charts import chart_urls
from portal.views import (
    account,
    announcements,
    charts,
    clinic,
    emergency,
    home,
    leaving,
    letters,
    looks,
    offers,
    ops,
    outside_links,
    pages,
    people,
    shared,
    sharing,
    sharing_person,
)

portal_urls = (
    [
        path("", home.home, name="home"),
        path("account/", account.account, name="account"),
        path("account/about-you/", account.about, name="about"),
        path("account/people/add/", people.add, name="dependant_add"),
        path("account/people/<uuid:public_id>/look/", people.look_at, name="look_at"),
        path("account/people/<uuid:public_id>/change/", people.change, name="dependant_change"),
        path("account/people/<uuid:public_id>/stop/", people.stop, name="dependant_stop"),
        path("account/people/<uuid:public_id>/again/", people.again, name="dependant_again"),
        path("account/close/", leaving.close, name="close"),
        path("account/closed/<uuid:public_id>/", leaving.closed, name="closed"),
        path("account/preferences/", account.preferences, name="preferences"),
        path("account/clock/", account.clock, name="clock"),
        path("clinic/", clinic.clinic, name="clinic"),
        path("clinic/help/", clinic.guide, name="clinic_guide"),
        path("clinic/invite/", clinic.invite, name="clinic_invite"),
        path("clinic/join/<str:word>/", clinic.join, name="clinic_join"),
        path("clinic/people/<uuid:public_id>/end/", clinic.end, name="clinic_end"),
        path("clinic/people/<uuid:public_id>/second-step/", clinic.second_step, name="clinic_second_step"),
        path("clinic/invitations/<uuid:public_id>/take-back/", clinic.take_back, name="clinic_take_back"),
        path("clinic/open/", outside_links.page, name="clinic_open"),
        path("clinic/open/fetch/", outside_links.fetch, name="clinic_open_fetch"),
        path("clinic/patients/", charts.patients, name="patients"),
        path("clinic/patients/<uuid:public_id>/", charts.chart, name="chart"),
        path("clinic/patients/<uuid:public_id>/reviewed/", charts.reviewed, name="chart_reviewed"),
        path("clinic/patients/<uuid:public_id>/assign/", charts.assign, name="chart_assign"),
        path("clinic/emergency/", emergency.emergency, name="emergency"),
        path("clinic/work/", charts.work_to_do, name="worklist"),
        path("clinic/patients/<uuid:public_id>/why/", charts.why, name="chart_why"),
        path("clinic/offers/", offers.offers, name="clinic_offers"),
        path("clinic/offers/<uuid:public_id>/", offers.offer, name="clinic_offer"),
        path("clinic/code.svg", offers.code, name="clinic_code"),
        path("records/sharing/", sharing.who, name="sharing"),
        path("records/sharing/with/<str:code>/", sharing.share, name="share"),
        path("records/sharing/<uuid:public_id>/", sharing.preview, name="share_preview"),
        path("records/sharing/<uuid:public_id>/confirm/", sharing.confirm, name="share_confirm"),
        path("records/sharing/<uuid:public_id>/stop/", sharing.stop, name="share_stop"),
        path("records/looks/", looks.looks, name="looks"),
        path("records/looks/<int:look_id>/report/", looks.report, name="look_report"),
        path("records/sharing/person/", sharing_person.choose, name="share_person"),
        path("records/sharing/person/<uuid:public_id>/", sharing_person.change, name="share_person_change"),
        path("records/sharing/<uuid:public_id>/still/", sharing_person.still, name="share_still"),
        path("shared/", shared.mine, name="shared"),
        path("shared/join/<str:word>/", shared.join, name="shared_join"),
        path("shared/<uuid:public_id>/", shared.one, name="shared_one"),
        path("shared/<uuid:public_id>/end/", shared.end, name="shared_end"),
        path("help/", pages.help_page, name="help"),
        path("help/how-it-works/", pages.how, name="how"),
        path("help/who-sees-what/", pages.who, name="who"),
        path("help/contact/", pages.contact, name="contact"),
        path("terms/", pages.terms, name="terms"),
        path("privacy/", pages.privacy, name="privacy"),
        path("demo/mail/", letters.shown, name="mail"),
        path("mail/end/<str:token>/", letters.unsubscribe, name="unsubscribe"),
        path("livez", ops.livez, name="livez"),
        path("readyz", ops.readyz, name="readyz"),
        path("metrics", ops.numbers, name="metrics"),
        path("ops/", ops.shown, name="ops"),
        path("ops/jobs/<int:job_id>/again/", ops.retry, name="ops_retry"),
        path("ops/keys/move/", ops.move_keys, name="ops_keys"),
        path("announcements/<uuid:public_id>/away/", announcements.away, name="announcement_away"),
    ],
    "portal",
)

urlpatterns = [
    path("", include(portal_urls)),
    path("accounts/", include("allauth.urls")),
    path("connect/", include("connect.urls")),
    path("records/", include("records.urls")),
    path("clinic/patients/<uuid:public_id>/records/", include(chart_urls)),
    path("shared/<uuid:public_id>/records/", include(shared_urls)),
    path("admin/", site.urls),
]

handler400 = "portal.views.errors.bad_request"
handler403 = "portal.views.errors.forbidden"
handler404 = "portal.views.errors.not_found"
handler500 = "portal.views.errors.server_error"
