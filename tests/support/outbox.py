"""An outbox in memory, whose sending can be made to fail before or after it takes effect."""

from dataclasses import dataclass, field

from connectors.outbox import OutgoingMail


@dataclass
class MemoryOutbox:
    """Implements `Outbox`. `before` and `after` hold errors for the next calls."""

    sent: list[OutgoingMail] = field(default_factory=list)
    before: list[Exception] = field(default_factory=list)
    after: list[Exception] = field(default_factory=list)

    def send(self, mail: OutgoingMail) -> None:
        if self.before:
            raise self.before.pop(0)
        self.sent.append(mail)
        if self.after:
            raise self.after.pop(0)
