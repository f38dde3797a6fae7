"""The parts of a visit packet, laid out once: the page, the PDF and the plain text are made of them alike."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ground import times
from ground.viewer import Viewer
from records import addresses, reading
from records.addresses import reverse
from records.reading import Facts, Packet, Topic, Trend
from records.views import changes, completeness, layout, trends

_NEWEST = 5
"""Results of a test that stand beside its chart."""

TITLES: dict[Topic, Any] = {
    "changes": gettext_lazy("What happened since the last visit"),
    "medicines": gettext_lazy("Medicines"),
    "allergies": gettext_lazy("Allergies"),
    "conditions": gettext_lazy("Conditions"),
    "results": gettext_lazy("Results out of their range, and how they changed"),
    "vaccines": gettext_lazy("Vaccines"),
    "questions": gettext_lazy("My questions"),
    "missing": gettext_lazy("What is missing here"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under a heading of their own ("" for none), and in words how many more there are."""

    rows: list[dict[str, Any]]
    heading: str = ""
    more: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the packet. `warn` is what must not be misread; `points` are sentences of a list."""

    part: Topic
    title: str
    words: list[str] = field(default_factory=list)
    warn: str = ""
    groups: list[Group] = field(default_factory=list)
    trends: list[dict[str, Any]] = field(default_factory=list)
    points: list[str] = field(default_factory=list)


def sections(viewer: Viewer, found: Packet) -> list[Section]:
    """The parts that were asked for, in our order. Inside the viewer's scope."""
    facts = found.facts or {}
    why = reading.nothing(viewer, *(slug for slug, one in facts.items() if not one.total))
    made = {
        "changes": lambda: _changes(found),
        "results": lambda: _results(found),
        "questions": lambda: _questions(found),
        "missing": lambda: _missing(found),
    }
    return [
        made[part]() if part in made else _facts(part, facts[part], layout.in_short(why.get(part, ())))
        for part in found.plan.parts
    ]


def _changes(found: Packet) -> Section:
    heading, words = str(TITLES["changes"]), []
    if found.since:
        heading = _("What happened since %(day)s") % {"day": day_words(found.since)}
    words = [] if found.since else [_("We do not know since when. Give a day to see what happened since.")]
    if found.since and not (found.happened or found.changed):
        words = [_("Your places have sent nothing that is dated since, and changed nothing.")]
    groups = [
        Group(
            [row(one) for one in hits.rows],
            _(hits.kind.heading),
            _more(hits.total - len(hits.rows)),
            f"{reverse('records:kind', args=[hits.kind.slug])}?since={found.since}&until={found.plan.on}",
        )
        for hits in found.happened
    ]
    if found.changed:
        rows = [row(one.line, changes_of(one)) for one in found.changed]
        groups.append(Group(rows, _("Older records that places have changed")))
    return Section("changes", heading, words, groups=groups)


def changes_of(one: reading.Changed) -> list[str]:
    """What a place changed, in sentences."""
    if one.is_withdrawn:
        return [_("%(place)s says that it was entered in error.") % {"place": one.line.place}]
    return changes.in_short(one.changes)


def row(line: Any, lines: Iterable[str] = ()) -> dict[str, Any]:
    """The parameters of components/record_row.html, of a record or of several that state one fact."""
    return {"line": line, "lines": list(lines)}


def _more(count: int) -> str:
    if count <= 0:
        return ""
    return ngettext("And %(count)d more.", "And %(count)d more.", count) % {"count": count}


def _facts(part: Topic, facts: Facts, why: str) -> Section:
    heading = str(TITLES[part])
    if not facts.total:
        return Section(part, heading, [f"{why}." if why else ""], layout.reassures_nobody(part))
    url = reverse("records:kind", args=[part])
    return Section(part, heading, groups=[Group([row(one) for one in facts.rows], "", left_out(facts), url)])


def left_out(facts: Facts) -> str:
    """How many facts of a kind are not among its rows, and why; "" where all are."""
    more = []
    if facts.ended:
        text = ngettext(
            "%(count)d that every place calls ended is left out.",
            "%(count)d that every place calls ended are left out.",
            facts.ended,
        )
        more.append(text % {"count": facts.ended})
    if facts.total > facts.read:
        text = _("Only the newest %(read)d of %(total)d were read.")
        more.append(text % {"read": facts.read, "total": facts.total})
    return " ".join(more)


def _results(found: Packet) -> Section:
    start = day_words(found.flagged_from or found.plan.on)
    if not found.trends:
        words = [_("No result from %(day)s on is marked as out of its range. That is no verdict: not every"
                   " place marks its results.") % {"day": start}]  # fmt: skip
        return Section("results", str(TITLES["results"]), words)
    words = [_("Tests of which a result from %(day)s on is marked as out of its range.") % {"day": start}]
    return Section("results", str(TITLES["results"]), words, trends=[_trend(one) for one in found.trends])


def _trend(found: Trend) -> dict[str, Any]:
    """A test as its own page tells it, with the newest few of its results."""
    told = trends.page(found)
    return {
        **told,
        "name": found.asked.title,
        "url": trends.address(found.asked),
        "rows": told["rows"][:_NEWEST],
    }


def _questions(found: Packet) -> Section:
    about = _("%(question)s (about: %(record)s)")
    points = [about % {"question": one.text, "record": one.title} for one in found.questions]
    words = [] if points else [_("None are written down. Each record has a link for it.")]
    heading = _("Their questions") if addresses.are_moved() else str(TITLES["questions"])
    return Section("questions", heading, words, points=points)


def _missing(found: Packet) -> Section:
    heading = str(TITLES["missing"])
    lines = completeness.in_words(found.map) if found.map else []
    words = [] if lines else [_no_gap()]
    words.append(_("A place may hold records that it does not send."))
    return Section("missing", heading, words, points=lines)


def _no_gap() -> str:
    return _(
        "Nothing was refused or could not be read. Of what a visit is mostly about, each place sent some."
    )


def day_words(day: date) -> str:
    """A day in the reader's way of writing it."""
    return times.day(day)
