"""Which rules govern, and how the file that they may come from stands to them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from config.faults import Attempt
from daemon.rule_sets import Source, last_activation
from rules.site import rules_file


class FileStanding(StrEnum):
    """How a site's `routing.yaml` stands to the rules that govern."""

    GOVERNS = "governs"
    DIFFERS = "differs"  # it is not taken into use yet, or others were since then
    REFUSED = "refused"  # it has faults


@dataclass(frozen=True, kw_only=True)
class RulesFileNow:
    """The file as it is at the moment."""

    hash: str | None  # None where it has faults
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GoverningSet:
    """The rule set that governs, and who took it into use."""

    hash: str
    at: datetime
    by: str
    from_file: bool  # by the daemon, because the file had changed
    file: FileStanding | None = None  # None where the file was not looked at
    faults: tuple[str, ...] = ()  # of the file


def rules_file_now(folder: Path) -> RulesFileNow:
    """Read the site's `routing.yaml` as the daemon would."""
    read = Attempt.at(lambda: rules_file(folder))
    if read.value is None:
        return RulesFileNow(hash=None, faults=tuple(map(str, read.faults)))
    return RulesFileNow(hash=Source(text=read.value.text, rules=read.value.rules).hash)


def governing_set(session: Session, file: RulesFileNow | None = None) -> GoverningSet | None:
    """The last activation; None before the first start."""
    last = last_activation(session)
    if last is None:
        return None
    return GoverningSet(
        hash=last.hash,
        at=last.at,
        by=last.by,
        from_file=last.from_file,
        file=_standing(last.hash, file) if file else None,
        faults=file.faults if file else (),
    )


def _standing(governs: str, file: RulesFileNow) -> FileStanding:
    if file.hash is None:
        return FileStanding.REFUSED
    return FileStanding.GOVERNS if file.hash == governs else FileStanding.DIFFERS
