"""The check after each fault: what the sandbox served is here exactly once, and nothing is left hanging.

Everything is read from the servers themselves, as their superuser (`tests.evidence`).
"""

import time

from tests.evidence import Witness
from tests.faults.registry import must

#: Given up, late, or of a kind that brings records. What else waits, waits for its day.
_JOBS = """
    select kind, state, note from ground_job
    where patient_id = %s and state <> 'done'
      and (state = 'stuck' or due_at < now() or kind in ('import', 'files', 'naming'))
"""


def exact(
    witness: Witness, *, outcome: str = "done", error: str | None = "", changed: int = 0, quarantined: int = 0
) -> int:
    """Everything there is to have is here once, nothing else is, and every job is done.

    `outcome` and `error` are the last import's (None: whatever it says); `changed` is how many records have
    an earlier state, `quarantined` how many things were sent that are none. How many records there are.
    Raises NotSurvived.
    """
    over(witness, outcome=outcome, error=error)
    difference = witness.difference()
    must(not difference, f"the ledger differs: {difference}")
    must(witness.of_theirs("records_version") == changed, "there are states of records that never were")
    aside = witness.of_theirs("records_quarantined")
    must(aside == quarantined, f"{aside} quarantined and not {quarantined}")
    return len(witness.kept())


def within(witness: Witness, *, outcome: str = "done", error: str | None = None) -> int:
    """Nothing is doubled or foreign, though not everything could come; how many records there are."""
    over(witness, outcome=outcome, error=error)
    wrong = {name: some for name, some in witness.difference().items() if name != "missing"}
    must(not wrong, f"the ledger differs: {wrong}")
    return len(witness.kept())


def over(witness: Witness, *, outcome: str, error: str | None) -> None:
    """No import is under way, the last came to this, and no job of theirs is left. Raises NotSurvived."""
    runs = witness.runs()
    must(bool(runs) and all(phase == "ended" for phase, _outcome, _error in runs), f"not over: {runs}")
    must(runs[-1][1] == outcome, f"the import came to {runs[-1][1:]}, not to {outcome}")
    must(error is None or runs[-1][2] == error, f"the import says {runs[-1][2]!r}, not {error!r}")
    left = _left_at_last(witness)
    must(not left, f"jobs are left: {left}")


def _left(witness: Witness) -> list[tuple[str, str, str]]:
    return witness.site.rows(_JOBS, witness.patient)  # type: ignore[return-value]


def _left_at_last(witness: Witness) -> list[tuple[str, str, str]]:
    """Which of their jobs are not done within half a minute: some only begin when an import has ended."""
    ends = time.monotonic() + 30
    while (left := _left(witness)) and time.monotonic() < ends:
        time.sleep(0.3)
    return left
