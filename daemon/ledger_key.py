"""The key of the ledger: configured, or made once for a site that names none."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from config.faults import ConfigurationError, Fault
from config.secret import SecretUnavailable
from config.settings import Ledger

FILE_NAME = "ledger.key"
MIN_CHARACTERS = 32
RANDOM_OCTETS = 32


def ledger_key(ledger: Ledger, *, make: bool = False) -> bytes:
    """The key: that of the settings, else that of the file beside the heads, which can be made.

    Raises:
        ConfigurationError: there is none where it should be, or it is too short.
    """
    if ledger.key is None:
        return _made_key(key_file(ledger), make=make)
    try:
        return _checked(ledger.key.reveal(), "the secret")
    except SecretUnavailable as error:
        raise _unusable(str(error)) from None


def key_file(ledger: Ledger) -> Path:
    """Where the key lies that we made ourselves."""
    return ledger.heads / FILE_NAME


def _made_key(file: Path, *, make: bool) -> bytes:
    if make and not file.exists():
        _make(file)
    try:
        return _checked(file.read_text(encoding="ascii").strip(), str(file))
    except (OSError, UnicodeDecodeError) as error:
        reason = f"is not set, and {file} can't be read ({type(error).__name__})"
        raise _unusable(reason, "the daemon makes that file when it is started first") from None


def _checked(key: str, where: str) -> bytes:
    if len(key) < MIN_CHARACTERS:
        raise _unusable(f"{where} has {len(key)} characters", f"a key needs at least {MIN_CHARACTERS}")
    return key.encode()


def _unusable(message: str, hint: str = "") -> ConfigurationError:
    return ConfigurationError([Fault(file="mailwarden.yaml", key="ledger.key", message=message, hint=hint)])


def _make(file: Path) -> None:
    """Whole or not at all, and never over one that is there: another process may be making it too."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent) as draft:  # its mode is 0600
        draft.write(secrets.token_hex(RANDOM_OCTETS).encode())
        draft.flush()
        os.fsync(draft.fileno())
        with suppress(FileExistsError):
            os.link(draft.name, file)
