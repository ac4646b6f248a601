"""What every supervised loop runs."""

from typing import Protocol


class Step(Protocol):
    """One step of the way of the data, worked by one thread."""

    name: str

    def work(self) -> bool:
        """Do one piece of work and commit it; False when there was nothing to do."""

    def failed(self, error: Exception) -> None:
        """Put aside for a while what the last call of `work` raised on, so that it can't block others.

        It may be cut short by an error of the database; `work` then takes up the same piece again.
        """

    def rest(self) -> None:
        """Wait until there may be something to do again."""

    def interrupt(self) -> None:
        """End a rest early; may be called by another thread."""

    def close(self) -> None:
        """Let go of connections; called once, when the loop ends."""
