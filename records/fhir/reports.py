"""Reports: laboratory panels, imaging and pathology reports, and the imaging studies behind them."""

from records.fhir.elements import all_words, at, code, first_code, items, joined, member, status_code, words
from records.fhir.facts import coded, dated, noted, qualified, released, said, timed, told, worded
from records.fhir.heads import build
from records.fhir.measurements import pointed
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource, Result
from records.fhir.row import gettext_noop as _
from records.fhir.texts import clean, number_words
from records.fhir.wording import STATUSES


def head(resource: Resource, known: Known) -> Head:
    """Named by its code; a study by its procedure or description, else by how pictures were made."""
    concept = resource.get("code") or at(resource, "procedureCode") or resource.get("procedure")
    return build(
        resource,
        title=words(concept) or clean(resource.get("description")) or _pictures(resource),
        when=when(resource),
        status=status_code(resource.get("status"), resource.get("availability")),
        code=first_code(concept),
        category=status_code(*items(resource.get("category"))),
        about=concept,
        more=measured(resource),
    )


def when(resource: Resource) -> object:
    """When it was measured or pictured, else when it was released."""
    for path in ("effectiveDateTime", "effectivePeriod.start", "started", "issued", "authoringTime"):
        if isinstance(found := at(resource, path), str):
            return found
    return ""


def measured(resource: Resource) -> tuple[str, ...]:
    """What the results of a panel are called, as far as the report says so itself."""
    return tuple(clean(member(one, "display")) for one in items(resource.get("result")))


def _pictures(resource: Resource) -> str:
    """ "Ultrasound, thoracic": how the pictures of a study were made and of what."""
    series = items(resource.get("series"))
    return joined(
        [
            joined(words(member(one, "modality")) for one in series) or all_words(resource.get("modality")),
            joined(words(member(one, "bodySite")) for one in series),
        ]
    )


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """The conclusion first, then when, who, of what, and where the files are."""
    return [
        qualified(resource),
        told(_("Conclusion"), resource.get("conclusion")),
        said(_("Diagnosis"), all_words(resource.get("conclusionCode") or resource.get("codedDiagnosis"))),
        timed(_("Date"), resource, "effective") or dated(_("Date"), resource.get("started")),
        worded(_("Status"), resource.get("status"), STATUSES),
        released(_("Report released"), resource.get("issued"), resource, "effectiveDateTime"),
        said(_("How and of what"), _pictures(resource)),
        said(_("Pictures"), number_words(resource.get("numberOfInstances"))),
        said(_("Sample"), known.names(resource.get("specimen"))),
        said(_("Done by"), known.names(_performers(resource))),
        said(_("Read by"), known.names(resource.get("resultsInterpreter") or resource.get("interpreter"))),
        said(_("Ordered by"), known.name(resource.get("referrer"))),
        said(
            _("Why"),
            joined([all_words(resource.get("reasonCode")), known.names(resource.get("reasonReference"))]),
        ),
        said(_("Visit"), known.name(resource.get("encounter") or resource.get("context"))),
        *_files(resource),
        *noted(resource, known),
        said(_("Category"), all_words(resource.get("category")), quiet=True),
        *coded(resource.get("code")),
    ]


def _performers(resource: Resource) -> list[object]:
    """R4 lists who did it; STU3 wraps each in an actor."""
    return [member(one, "actor") or one for one in items(resource.get("performer"))]


def _files(resource: Resource) -> list[Fact | None]:
    forms = items(resource.get("presentedForm"))
    return [
        said(_("File"), clean(member(form, "title")) or code(member(form, "contentType"))) for form in forms
    ]


def results(resource: Resource, known: Known) -> tuple[Result, ...]:
    """What the report gathers: named here, the values stand in their own records."""
    return pointed(items(resource.get("result")), known)
