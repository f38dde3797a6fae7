"""What the patient said themselves, as a file: it came from no place, so it is in none of the records."""

import json
from typing import Any

from django.utils.translation import gettext as _

from ground import scope
from ground.viewer import Viewer
from records import reading
from records.fhir.kinds import BY_SLUG
from records.models.said import Spoken


def your_words(viewer: Viewer) -> str:
    """All of it as JSON, in the reader's language: every word on a fact with its history, what looks
    wrong and how that stands, and all questions. Opens a scope of its own; writes its looks.
    """
    with scope.open(viewer):
        told = {
            "said": [
                {**_about(one.said), "said": one.text, "comment": one.comment} for one in reading.said(viewer)
            ],
            "looksWrong": [
                {**_about(one), "wrong": one.wrong, "right": one.right, "stands": reading.status_words(one)}
                for one in reading.corrections(viewer)
            ],
            "questions": [
                {**_about(one), "question": one.text, "answered": one.answered_at is not None}
                for one in reading.questions(viewer)
            ],
        }
    return json.dumps(told, indent=1, ensure_ascii=False)


def _about(spoken: Spoken) -> dict[str, Any]:
    kind = BY_SLUG.get(spoken.kind)
    return {
        "about": spoken.title,
        "kind": _(kind.singular) if kind else spoken.kind,
        "record": f"{spoken.resource_type}/{spoken.fhir_id}",
        "by": spoken.speaker,
        "on": spoken.at.isoformat(timespec="seconds"),
    }
