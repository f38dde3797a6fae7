"""Records as papers: one record, a list, everything; in the words their pages use."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from ground import times
from records import reading
from records.fhir.kinds import Kind
from records.models import Source
from records.reading import Found, Told
from records.taking.whose import Whose
from records.templatetags.records_words import flag_word, when
from records.typesetting import Block, Document, Fact, Heading, Labels, Table, Words

_MEASURED = frozenset({"test-results", "vitals", "observations"})
"""Kinds of which a table says all there is to say."""


def document(
    title: str, whose: Whose, places: Iterable[Source], blocks: Iterable[Block], *, contents: bool = False
) -> Document:
    """A paper of these blocks, with what stands on every page of every paper."""
    named = {"name": whose.name, "day": times.day(whose.born)}
    return Document(
        title=title,
        whose=_("%(name)s, born %(day)s") % named,
        as_of=tuple(_as_of(line) for line in reading.as_of(places)) or (_("Not fetched yet"),),
        language=(get_language() or "en").split("-")[0],
        labels=_labels(),
        blocks=tuple(blocks),
        contents=contents,
    )


def _as_of(line: dict[str, str]) -> str:
    return _("As of %(time)s, from %(places)s") % line + "."


def _labels() -> Labels:
    return Labels(
        contents=_("Contents"),
        page=_("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
        unprintable=_("[letters we cannot print]"),
        unprintable_note=_(
            "Some letters in these records are not in the fonts that we print with. Where they are missing,"
            " this paper says so. Your pages on the screen and the plain text have them."
        ),
    )


def item(whose: Whose, found: Found) -> Document:
    """One record with everything its page says."""
    told = reading.told(found)
    blocks: list[Block] = [Words(told.quiet, "quiet")]
    if found.record.withdrawn:
        said = _("%(place)s has withdrawn this record: it was entered in error. It is in none of your lists.")
        blocks.append(Words(said % {"place": found.line.place}, "warn"))
    if found.record.removed_at:
        said = _("%(place)s no longer sends this record. It is in none of your lists. This is how it was.")
        blocks.append(Words(said % {"place": found.line.place}, "warn"))
    blocks += [Words(text) for text in told.own_words]
    blocks += [*_value(told), *_results(told.results), *_files(found), Heading(_("Details"), 1)]
    blocks += [*_facts(told.came), *_lifted(_sections(told.sections))]
    if told.also or told.codes:
        blocks.append(Heading(_("For the careful reader"), 1))
        blocks += [*_facts(told.codes), *_lifted(_sections(told.also))]
    return document(told.title, whose, [found.record.source], blocks)


def listing(
    whose: Whose,
    kind: Kind,
    found: reading.Several,
    places: Sequence[Source],
    chosen: Sequence[str],
    warning: str = "",
) -> Document:
    """A list as it was chosen (`chosen`: each choice in words), or its newest part where it is very long.
    `warning`: what an empty list does not mean.
    """
    blocks: list[Block] = [Words(_("Only: %(choice)s") % {"choice": one}) for one in chosen]
    blocks.append(Words(_counted(found)))
    blocks += [Words(warning, "warn")] if warning else []
    return document(_(kind.heading), whose, places, [*blocks, *_lifted(entries(kind, found.found))])


def _counted(found: reading.Several) -> str:
    shown = len(found.found)
    if not shown:
        return _("There are no records here.")
    if shown < found.total:
        text = _(
            "The newest %(shown)d of %(total)d records. For older ones, choose dates on the list and save it"
            " again."
        )
        return text % {"shown": shown, "total": found.total}
    told = ngettext("%(count)d record.", "%(count)d records, newest first.", shown)
    return told % {"count": shown}


def chapter(kind: Kind, found: Iterable[Found]) -> Iterator[Block]:
    """A kind with its heading."""
    yield Heading(_(kind.heading), 1)
    yield from entries(kind, found)


def entries(kind: Kind, found: Iterable[Found]) -> Iterator[Block]:
    """Each record: what is measured as the rows of one table, the others one under the other."""
    rows: list[Found] = []
    others: list[Found] = []
    for one in found:
        is_row = kind.slug in _MEASURED and one.record.resource_type == "Observation"
        (rows if is_row else others).append(one)
    if rows:
        yield table(rows)
    for one in others:
        yield from _entry(one)


def _lifted(blocks: Iterable[Block]) -> Iterator[Block]:
    """Each heading a step higher, on a paper without chapters: no step may be left out."""
    for block in blocks:
        yield replace(block, level=max(1, block.level - 1)) if isinstance(block, Heading) else block


def table(found: Sequence[Found]) -> Table:
    """Measurements with what each is compared with."""
    heading = (_("Date"), _("Name"), _("Result"), _("Reference range"), _("Place"))
    return without_empty(Table(heading, tuple(_row(one) for one in found)))


def without_empty(table: Table) -> Table:
    """Without columns in which nothing stands."""
    kept = [at for at in range(len(table.heading)) if any(row[at] for row in table.rows)]
    rows = tuple(tuple(row[at] for at in kept) for row in table.rows)
    return Table(tuple(table.heading[at] for at in kept), rows, table.caption)


def _row(found: Found) -> tuple[str, ...]:
    told = reading.told(found)
    facts = [fact for section in told.sections if not section["title"] for fact in section["facts"]]
    said = {fact["name"]: fact["value"] for fact in facts}
    cells = [*_measured(found, told, said.get(_("Result"), "")), *_marked(found)]
    cells += [fact["value"] for fact in facts if fact["name"] in (_("Attention"), _("Note"))]
    cells += told.own_words
    return (
        when(found.record.when),
        told.title,
        "\n".join(filter(None, cells)),
        said.get(_("Reference range"), ""),
        found.line.place,
    )


def _measured(found: Found, told: Told, result: str) -> Iterator[str]:
    if told.results and not told.reading:
        yield from (_of_panel(one) for one in told.results)
    elif told.reading:
        yield _flagged(told.reading["value"], told.reading["flag"])
    else:
        yield _flagged(result or found.record.value, flag_word(found.record.flag))


def _of_panel(one: dict[str, str]) -> str:
    return f"{one['name']}: {_flagged(one['value'], one['flag'])}"


def _flagged(value: str, flag: str) -> str:
    return f"{value} ({flag})" if value and flag else value or flag


def _marked(found: Found) -> Iterator[str]:
    """A status that a reader must not miss."""
    line = found.line
    is_flagged = line.record.flag not in ("", "N")
    yield line.note if is_flagged else line.state


def _entry(found: Found) -> Iterator[Block]:
    told = reading.told(found)
    yield Heading(told.title)
    yield Words(found.line.source, "quiet")
    yield from (Words(text) for text in told.own_words)
    yield from _value(told)
    yield from _results(told.results)
    yield from _files(found)
    yield from _sections(told.sections)


def _value(told: Told) -> Iterator[Block]:
    if told.reading:
        yield Fact(_("Result"), _flagged(told.reading["value"], told.reading["flag"]))
        if told.reading["why"]:
            yield Words(told.reading["why"], "quiet")


def _results(results: Sequence[dict[str, str]]) -> Iterator[Block]:
    if results:
        heading = (_("Name"), _("Result"), _("Reference range"))
        rows = ((one["name"], _flagged(one["value"], one["flag"]), one["range"]) for one in results)
        yield without_empty(Table(heading, tuple(rows)))


def _files(found: Found) -> Iterator[Block]:
    """That there are files, because they are not on the paper."""
    count = len(found.files)
    if count:
        text = ngettext(
            "A file belongs to this record. It is not on this paper; you can read and save it on the page.",
            "%(count)d files belong to this record. They are not on this paper; you can read and save them on"
            " the page.",
            count,
        )
        yield Words(text % {"count": count}, "quiet")


def _sections(sections: Iterable[dict[str, Any]]) -> Iterator[Block]:
    for section in sections:
        if section["title"]:
            yield Heading(section["title"], 3)
        yield from _facts(section["facts"])


def _facts(facts: Iterable[dict[str, Any]]) -> Iterator[Block]:
    for fact in facts:
        yield Fact(fact["name"], fact["value"])
