"""The states that rows pass through, in the order in which they do."""

from enum import StrEnum


class MessageState(StrEnum):
    """How far a message has come."""

    COLLECTED = "collected"  # the raw bytes are ours
    ASSESSED = "assessed"  # its report is stored
    DECIDED = "decided"  # its relation, route and actions are stored


class Mirror(StrEnum):
    """What a mail program shows of a message that is stored, where the settings ask for it."""

    DUE = "due"
    MARKED = "marked"  # it carries the keyword
    MOVED = "moved"  # it is in the other folder, or a person has taken it away


class Disposition(StrEnum):
    """Where a decided message ended up. Every message has exactly one."""

    ON_TICKET = "on_ticket"
    HELD = "held"  # could not be read or must wait; its ticket asks for a person
    SET_ASIDE = "set_aside"  # recorded with a reason, no ticket


class ActionKind(StrEnum):
    """One planned effect on the outside."""

    CREATE = "create"
    WATCH = "watch"
    COMMENT = "comment"
    ATTACH = "attach"
    LINK = "link"
    TRANSITION = "transition"
    RAISE = "raise"
    ACKNOWLEDGE = "acknowledge"


class ActionState(StrEnum):
    """Where an action stands. `sending` is written before the call, the outcome after it."""

    WAITING = "waiting"  # an earlier action of the same matter is not done yet
    PLANNED = "planned"
    SENDING = "sending"  # a call may be under way
    UNKNOWN = "unknown"  # a call may have been carried out: look before anything else
    DONE = "done"
    ADOPTED = "adopted"  # done by a call whose answer was lost: found by its token
    FAILED = "failed"  # given up: a person has to see to it
    LEFT = "left"  # given up, and a person has seen to it otherwise


MAY_BE_DOUBLED = frozenset({ActionKind.CREATE, ActionKind.COMMENT, ActionKind.ATTACH, ActionKind.LINK})
"""The kinds of which a call that comes too late leaves a second one on the outside."""
CARRIED_OUT = frozenset({ActionState.DONE, ActionState.ADOPTED})
"""The states of an action whose effect is there."""
FINISHED = CARRIED_OUT | {ActionState.FAILED, ActionState.LEFT}
"""The states that an action does not leave by itself."""


class CorrectionKind(StrEnum):
    """What a person can put right about a matter."""

    SPLIT = "split"  # messages left for a matter of their own
    MERGE = "merge"  # another matter joined this one
    URGENCY = "urgency"
    CLOCK = "clock"


class Ruling(StrEnum):
    """What became of a clock by a person's word; a clock without one counts as it was read."""

    CONFIRMED = "confirmed"
    CORRECTED = "corrected"  # to another time
    PAUSED = "paused"  # nothing is due until a person lets it go on
    STOPPED = "stopped"  # nothing is due any more
    SUPERSEDED = "superseded"  # read again after a person had decided about the same clock


class Stopping(StrEnum):
    """How a later mail of its matter ended a clock."""

    EXTENDED = "extended"  # the sender moved the limit to a later time
    WITHDRAWN = "withdrawn"  # the sender took the order or request back


class ClockState(StrEnum):
    """How a clock stands, by a person's word or else by the matter's mail."""

    RUNNING = "running"
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    PAUSED = "paused"
    STOPPED = "stopped"
    SUPERSEDED = "superseded"
    EXTENDED = "extended"
    WITHDRAWN = "withdrawn"


IDLE = frozenset(
    {ClockState.PAUSED, ClockState.STOPPED, ClockState.SUPERSEDED, ClockState.EXTENDED, ClockState.WITHDRAWN}
)
"""The states of a clock by which nothing is due."""


class KeyKind(StrEnum):
    """What a lookup key is made of; each is how a later mail may name a matter."""

    MESSAGE_ID = "message_id"
    AWAITED = "awaited"  # a Message-ID that the message points to; its mail may yet come
    DIGEST = "digest"
    CASE = "case"  # the sender's case number as written
    CASE_PART = "case_part"  # a part of it that identifies the case in any spelling
    NUMBER = "number"  # in the subject; what the sender may call the matter by
    REFERENCE = "reference"
    DOCUMENTS = "documents"  # the attached documents, all of them together
