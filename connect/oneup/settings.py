"""What the 1up client must be told. No environment is read here: `connect/gateways.py` hands it over."""

import re
from dataclasses import dataclass, field
from typing import Literal

from connect.address import parse_address

_WORD = re.compile(r"[!-~]{1,512}")
_NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{0,64}")
_BASES = ("api", "auth", "search", "analytics", "bulk")
_MAY_BE_MISSING = ("analytics", "bulk")
_PREFIX = re.compile(r"(/[A-Za-z0-9._-]+)*")


@dataclass(frozen=True, slots=True)
class OneUpSettings:
    """Bases (docs/oneup.md §2.1), credentials, limits. Raises `ValueError` that names no value.

    Several bases may share one origin under different paths, as the sandbox has it.
    """

    api: str  # users, FHIR
    auth: str  # tokens
    search: str  # System Search and the connect hop
    client_id: str
    client_secret: str = field(repr=False)
    fhir_prefix: str = ""  # "" or "/fhir": both are served (§2.1)
    token_path: str = "/oauth2/token"  # noqa: S105  a path; its legacy twin: "/fhir/oauth2/token" (§4)
    ingest_path: str = "/on-demand-ingest"  # another revision has "/connect/api/on-demand-ingest" (§11)
    search_method: Literal["POST", "GET"] = "POST"  # an older revision documents GET (§5.1)
    legacy_hop: bool = False  # the hop whose address holds the patient's token (§6.2)
    embedded_search: bool = False  # 1up's own search page, which is handed a patient's token (§7)
    analytics: str = ""  # bulk export (§10); empty: there is none
    bulk: str = ""  # the population gateway (§10); empty: there is none
    customer: str = ""  # our name at it
    forbidden_hosts: tuple[str, ...] = ()  # our own: nobody is sent back to us as if we were a hospital
    allow_insecure: bool = False  # http, for a sandbox on this machine only
    deadline: float = 15.0  # seconds for one call with all its pages
    token_deadline: float = 8.0  # seconds; the caller holds a row lock meanwhile
    erase_deadline: float = 25.0  # seconds; 1up cuts a purge off at 30, a job's lease ends then too (§9.3)
    export_deadline: float = 18.0  # seconds; one slice of a job reads a part of a file
    page_cap: int = 50_000_000  # bytes of one page, decompressed
    file_cap: int = 30_000_000  # bytes of one resource read by itself: a file of 20 MB, in base64

    def __post_init__(self) -> None:
        for name in _BASES:
            self._check_base(name, getattr(self, name))
        if not _NAME.fullmatch(self.customer):
            raise ValueError("1up customer is not a plain word")
        for name in ("client_id", "client_secret"):
            if not _WORD.fullmatch(getattr(self, name)):
                raise ValueError(f"1up {name} is empty or holds a character that no header can carry")
        for name in ("fhir_prefix", "token_path", "ingest_path"):
            if not _PREFIX.fullmatch(getattr(self, name)):
                raise ValueError(f"1up {name} is not a path")
        if self.search_method not in ("POST", "GET"):
            raise ValueError("1up search_method is neither POST nor GET")

    @property
    def credentials(self) -> dict[str, str]:
        """What 1up knows us by, under the names it gives them (docs/oneup.md §2.2)."""
        return {"client_id": self.client_id, "client_secret": self.client_secret}

    def _check_base(self, name: str, value: str) -> None:
        if not value and name in _MAY_BE_MISSING:
            return
        try:
            address = parse_address(value)
        except ValueError:
            raise ValueError(f"1up {name} base is not an address") from None
        if address.scheme != "https" and not self.allow_insecure:
            raise ValueError(f"1up {name} base is not https")
        if address.query or value.endswith(("/", "?", "#")):
            raise ValueError(f"1up {name} base must end without a slash, a query or a fragment")

    def fhir(self, version: str) -> str:
        """The FHIR base of one version: "dstu2", "stu3" or "r4" (docs/oneup.md §8.1)."""
        return f"{self.api}{self.fhir_prefix}/{version}"
