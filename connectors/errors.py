"""What can go wrong outside, told apart by what the caller must do about it."""

from config.errors import MailwardenError


class OutsideError(MailwardenError):
    """An outside call failed. `retry_after` is in seconds, where the other side named a wait."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(OutsideError):
    """Nothing was done on the other side; trying again later is safe."""


class CredentialsRefused(OutsideError):
    """The other side does not accept our credentials; nothing was done."""


class Refused(OutsideError):
    """The other side understood and said no; repeating the same request is pointless."""


class OutcomeUnknown(OutsideError):
    """The request may have been carried out. Never repeat it: look for its token first."""


class Gone(Refused):
    """The ticket is not there, or our account may no longer see it."""
