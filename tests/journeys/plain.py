"""A browser without script, in fifty milliseconds: it follows links and presses buttons by their words.

    browser = Plain("http://localhost:8000")
    browser.go("/connect/")
    browser.press("Search", {"Name, city or ZIP code": "Harbor"})
    browser.follow("Connect Harbor")

It keeps cookies as a browser does, and every address it went to.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import Cookie, DefaultCookiePolicy
from urllib.parse import urljoin

import requests

_PATIENCE = 60  # seconds; the machine may do other things as well
_UNSEEN = {"script", "style", "head", "option"}
_VOID = {"input", "img", "br", "hr", "meta", "link"}


@dataclass
class Form:
    """A form as it stands on a page: what it would send, and its buttons as (words, name, value)."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    ticks: dict[str, tuple[str, str]] = field(default_factory=dict)  # id of a box: name and value
    names: dict[str, str] = field(default_factory=dict)  # id of a field: name
    buttons: list[tuple[str, str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """What a person finds on a page: its words, links and forms."""

    def __init__(self, reply: requests.Response) -> None:
        super().__init__()
        self.status, self.url, self.seconds = reply.status_code, reply.url, reply.elapsed.total_seconds()
        self.words: list[str] = []
        self.links: list[tuple[str, str]] = []  # those of the page's own part before those around it
        self._in_main = 0
        self.forms: list[Form] = []
        self.labels: dict[str, str] = {}  # id of a field: its words
        self._open: list[tuple[str, dict[str, str], int]] = []
        self.feed(reply.text)

    @property
    def text(self) -> str:
        """Everything that can be read on it, in one line."""
        return " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note forms and fields as they begin."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action") or self.url, given.get("method", "get").lower()))
        elif tag == "input" and self.forms:
            self._field(given)
        if tag not in _VOID:
            self._open.append((tag, given, len(self.words)))

    def handle_endtag(self, tag: str) -> None:
        """Note links, labels and buttons with the words that stood inside."""
        while self._open:
            name, given, start = self._open.pop()
            if name == tag:
                self._closed(name, given, " ".join(" ".join(self.words[start:]).split()))
                return

    def handle_data(self, data: str) -> None:
        """Words, unless nobody sees them."""
        if not _UNSEEN & {tag for tag, _given, _start in self._open}:
            self.words.append(data)

    def _field(self, given: dict[str, str]) -> None:
        form, name = self.forms[-1], given.get("name", "")
        form.names[given.get("id", "")] = name
        if given.get("type") in ("checkbox", "radio"):
            form.ticks[given.get("id", "")] = (name, given.get("value", "on"))
        elif name:
            form.fields[name] = given.get("value", "")

    def _closed(self, tag: str, given: dict[str, str], words: str) -> None:
        if tag == "a" and "href" in given:
            is_in_main = any(name == "main" for name, _given, _start in self._open)
            self.links.insert(self._in_main if is_in_main else len(self.links), (words, given["href"]))
            self._in_main += is_in_main
        elif tag == "label":
            self.labels[given.get("for", "")] = words
        elif tag == "button" and self.forms:
            spoken = given.get("aria-label", words)
            self.forms[-1].buttons.append((spoken, given.get("name", ""), given.get("value", "")))


class _OnLocalhost(DefaultCookiePolicy):
    """Browsers trust localhost with Secure cookies over plain http."""

    def set_ok(self, cookie: Cookie, request: object) -> bool:
        """Whether to keep a cookie; kept, it goes back as it came."""
        cookie.secure = False
        return super().set_ok(cookie, request)  # type: ignore[arg-type]


class Plain:
    """One browser. `page` is what it shows, `asked` every address it went to, redirects too."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.asked: list[str] = []
        self.page: Page
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.cookies.set_policy(_OnLocalhost())

    def go(self, address: str) -> Page:
        """Type an address, or a path of the site."""
        return self._show(self.http.get(urljoin(self.origin, address), timeout=_PATIENCE))

    def follow(self, words: str) -> Page:
        """Click the first link that has these words (a regular expression)."""
        found = [href for text, href in self.page.links if re.search(words, text)]
        assert found, f"no link {words!r} on {self.page.url}: {self.page.links}\n{self.page.text[:1500]}"
        return self.go(urljoin(self.page.url, found[0]))

    def press(
        self, words: str, typed: Mapping[str, str] | None = None, *, tick: tuple[str, ...] = ()
    ) -> Page:
        """Press the first button that has these words, after typing into fields found by their labels."""
        form, button = self._button(words)
        sent = {**form.fields, **dict([button] if button[0] else [])}
        for label, text in (typed or {}).items():
            sent[form.names[self._labelled(label, form.names)]] = text
        for label in tick:
            name, value = form.ticks[self._labelled(label, form.ticks)]
            sent[name] = value
        return self._sent(form, sent)

    def send(self, words: str, fields: Mapping[str, object]) -> Page:
        """The same with fields by their names, for boxes that stand inside their labels."""
        form, button = self._button(words)
        return self._sent(form, {**form.fields, **dict([button] if button[0] else []), **fields})

    def _sent(self, form: Form, sent: Mapping[str, object]) -> Page:
        address = urljoin(self.page.url, form.action)
        if form.method == "get":
            return self._show(self.http.get(address, params=sent, timeout=_PATIENCE))
        headers = {"Referer": self.page.url, "Origin": re.match(r"\w+://[^/]+", self.page.url)[0]}
        return self._show(self.http.post(address, data=sent, headers=headers, timeout=_PATIENCE))

    def _button(self, words: str) -> tuple[Form, tuple[str, str]]:
        for form in self.page.forms:
            for text, name, value in form.buttons:
                if re.search(words, text):
                    return form, (name, value)
        raise AssertionError(f"no button {words!r} on {self.page.url}\n{self.page.text[:1500]}")

    def _labelled(self, label: str, among: Mapping[str, object]) -> str:
        found = [key for key, text in self.page.labels.items() if key in among and re.search(label, text)]
        assert found, f"no field {label!r} on {self.page.url}: {self.page.labels}"
        return found[0]

    def _show(self, reply: requests.Response) -> Page:
        self.asked += [each.url for each in (*reply.history, reply)]
        self.page = Page(reply)
        return self.page
