"""Every address of the resolver, and hostile values for all that an address, a form or a header may hold."""

import random
from collections.abc import Iterator
from functools import cache
from urllib.parse import quote, quote_from_bytes

from django.urls import NoReverseMatch, reverse

from tests.fuzz import junk
from tests.house.site_rules import RULES
from tests.house.site_world import World, names

_PATH_BYTES = (
    b"\0",
    b"\xff",
    b"\xc0\xaf",
    b"..",
    b"%",
    b"%00",
    b"a\nb",
    b"\xe2\x80\xae",
    b"\xed\xa0\x80",
    b"-1",
)
_ODD_ARGUMENTS = (["1"], ["1", "1"], ["x"], ["1-abc"])

#: Sixty ways to lead somebody off the site.
ELSEWHERE = tuple(
    spelling.format(host=host)
    for host in ("evil.example", "evil.example@localhost", "localhost.evil.example", "localhost@evil.example")
    for spelling in (
        *("//{host}", "https://{host}", "http:{host}", "https:/{host}", "///{host}", "////{host}"),
        *(
            r"\\{host}",
            r"/\{host}",
            "/\t/{host}",
            " //{host}",
            "\n//{host}",
            "https:\\\\{host}",
            "%2f%2f{host}",
        ),
        *("javascript:location='//{host}'", "data:text/html,{host}"),
    )
)


def all_of(world: World) -> list[tuple[str, str, list[str]]]:
    """Name, path and the arguments in it, of every address that has a name."""
    return [(name, path, arguments) for name in sorted(set(names())) for path, arguments in _one(world, name)]


def _one(world: World, name: str) -> Iterator[tuple[str, list[str]]]:
    if name in RULES:
        arguments = world.args(RULES[name].args)
        yield reverse(name, args=arguments), [str(each) for each in arguments]
        return
    for arguments in ([], *_ODD_ARGUMENTS):
        try:
            yield reverse(name, args=arguments), [str(each) for each in arguments]
        except NoReverseMatch:
            continue


@cache
def words() -> tuple[str, ...]:
    """Texts for queries, forms and headers; half a surrogate pair cannot travel and stays at home."""
    long = ("x" * 70_000, "é" * 9_000, "\0" * 50, "%00" * 500, "\r\nSet-Cookie: a=b", "{}" * 999, "1" * 5000)
    made = (*junk.TEXTS, *junk.MOMENTS, *ELSEWHERE, *long, *map(str, junk.NUMBERS[:8]))
    return tuple(text.encode("utf-8", "replace").decode() for text in made)


def damaged_path(rng: random.Random, path: str, arguments: list[str]) -> str:
    """The path with one of its arguments replaced, or with something hung to it."""
    if arguments and rng.random() < 0.7:
        old = quote(rng.choice(arguments))
        return path.replace(old, _segment(rng), 1)
    return path + _segment(rng) + rng.choice(("", "/"))


def _segment(rng: random.Random) -> str:
    if rng.random() < 0.4:
        return quote_from_bytes(rng.choice(_PATH_BYTES), safe="")
    return quote(rng.choice(words())[:3000], safe=rng.choice(("", "/")))
