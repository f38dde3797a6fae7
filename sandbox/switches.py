"""Where 1up's documents and its real replies differ, the variant the sandbox plays (docs/oneup.md,
disagreements).

Every default is what current production clients see; tests turn a switch to prove that the product copes
with the rest.
"""

from dataclasses import dataclass, field, fields, replace
from typing import Any


@dataclass(frozen=True)
class Switches:
    """One field per disagreement or unknown; set through /_sandbox/switches."""

    existing_user_status: int = 400  # also 200 and 404
    unknown_user_status: int = 404  # auth-code for nobody; also 200
    created_status: int = 200  # a new user; also 201
    created_resource_status: int = 200  # a resource that was sent; also 201
    user_list: str = "entry"  # also "array", "bare" (one object), "refused" (400)
    put_reply: str = "oneup_user_id"  # also "oneUpUserId"
    unauthorized: str = "json"  # also "html" (200 login page) and "redirect" (302 to it)
    create_reply: str = "code"  # also "tokens", as one guide's prose has it, beside the code
    grant_word: str = "authorization_code"  # also "token": taken beside it, as one page's prose has it
    expires_in: int = 0  # what the token endpoint says instead of the truth: 7199 and 3599 were seen
    token_type: str = "Bearer"  # also "bearer"
    token_scope: str = "user/*.*"  # also "user" and "" (absent)
    code_delay: float = 0.0  # seconds before the token endpoint knows a new code
    new_grant_ends_older: bool = False  # whether redeeming a code revokes the user's other tokens
    search_status: int = 201  # also 200
    search_shape: str = "array"  # also "short" (id, name, address) and "systemList" (a map)
    search_pages: str = "twenty"  # also "whole": every match at once, whatever the offset
    version_format: str = "r4"  # also "R4"
    fhir_versions: str = "three"  # also "two": no STU3 store
    everything_covers: str = "patient"  # also "user": each Patient's whole chart brings all of the user's
    next_link: str = "present"  # also "missing" on every page, as if each were the last
    empty_search: str = "empty"  # entry of a search without matches; also "absent"
    ingest_cooldown: float = 60.0  # seconds before the same place may be asked anew; 429 until then
    source_seconds: float = 7_776_000.0  # 90 days: how long a place's permission lasts, given from now on
    purge_most: int = 0  # charts one purge gets through before it is cut off with 504; 0: all
    export: str = "at once"  # a list of files with the first answer; also "later": 202, and asked after
    export_seconds: float = 0.0  # how long an export takes then
    export_failures: int = 0  # so many of the next exports fail
    export_lines: int = 10_000  # at most so many in a file: then the same type comes twice
    export_file_seconds: float = 3600.0  # how long its files can be had
    export_ranges: bool = False  # whether a part of a file can be asked for
    gateway_token: str = "either"  # what opens the population gateway: also "user" and "realm"
    echo_state: bool = False  # whether the legacy form's own state comes back on the callback
    frame_key: str = "string"  # what the search page takes as jwt; also "any": the sample's object as well
    refused_types: dict[str, list[str]] = field(default_factory=dict)  # place id: types it will not hand over

    def changed(self, wanted: dict[str, Any]) -> "Switches":
        """These switches with some turned. Raises ValueError for a name that is not a switch."""
        unknown = set(wanted) - {each.name for each in fields(self)}
        if unknown:
            raise ValueError(f"no such switch: {', '.join(sorted(unknown))}")
        return replace(self, **wanted)
