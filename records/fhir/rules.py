"""Which statuses a list says beside a record, for each kind; `docs/reading.md` has them in words.

Said is whatever makes a record something else than its name lets one think: not final, not done, not sure,
not any more. What was entered in error is in no list at all. Everything else is on the page of the record
alone.
"""

IN_ERROR = frozenset({"entered-in-error"})

#: A result that is not the last word on it.
UNFINISHED = frozenset(
    {"registered", "preliminary", "partial", "cancelled", "unknown", "corrected", "amended", "appended"}
)

#: Something that did not happen, or not yet, or must not.
NOT_DONE = frozenset(
    {
        *("not-done", "not-taken", "not-to-be-done", "declined", "cancelled", "stopped", "aborted"),
        *("on-hold", "suspended", "draft", "planned", "intended", "unknown"),
    }
)

UNDER_WAY = frozenset({"preparation", "in-progress"})
_ASKED = frozenset({"proposed", "requested", "rejected", "revoked", "failed"})

MEDICINES = VACCINES = NOT_DONE | UNDER_WAY
CONDITIONS = frozenset(
    {"refuted", "unconfirmed", "provisional", "differential", "resolved", "inactive", "remission"}
)
ALLERGIES = frozenset({"refuted", "unconfirmed", "presumed", "resolved", "inactive"})
VISITS = frozenset(
    {
        *("planned", "booked", "arrived", "checked-in", "triaged", "in-progress", "onleave", "onhold"),
        *("cancelled", "noshow", "proposed", "pending", "waitlist", "unknown"),
    }
)
PROCEDURES = NOT_DONE | UNDER_WAY
DOCUMENTS = frozenset({"superseded", "preliminary", "partial", "amended", "appended"}) | NOT_DONE | UNDER_WAY
CARE_PLANS = NOT_DONE | _ASKED
GOALS = frozenset(
    {"cancelled", "on-hold", "proposed", "planned", "rejected", "completed", "achieved", "not-achieved"}
)
CLAIMS = frozenset({"cancelled", "draft", "error", "partial", "queued"})
COVERAGE = frozenset({"cancelled", "draft"})
OBSERVATIONS = UNFINISHED | {"in-progress", "stopped"}
PEOPLE = frozenset({"inactive", "suspended", "proposed"})
OTHER = (
    NOT_DONE
    | UNFINISHED
    | UNDER_WAY
    | _ASKED
    | {"inactive", "potential", "retired", "unavailable", "unsatisfactory", "not-available"}
    | {"off-study", "withdrawn", "disapproved", "in-review", "ineligible"}
)
