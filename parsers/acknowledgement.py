"""Whether a mail may be answered automatically (RFC 3834, section 2)."""

import re

from parsers.facts import NOBODY_ASKS, Acknowledgement, Kind, Verification
from parsers.kind import auto_submitted, has_null_return_path, is_list_mail
from parsers.message import ParsedMessage

_NO_REPLY = re.compile(
    r"(?:no-?_?\.?reply|do-?_?not-?_?reply|no-?responder|noresponder|nao-?responda|ne-?pas-?repondre|keine-?antwort|"
    r"mailer-daemon|postmaster|bounces?|listserv|majordomo|owner-)[^@]*@|[^@]*(?:-request|-bounces?|noreply|no-reply)@",
    re.IGNORECASE,
)


def judge_acknowledgement(
    message: ParsedMessage, *, kind: Kind, verification: Verification, own_domains: tuple[str, ...]
) -> Acknowledgement:
    """Allow a receipt only where a person or a desk at a proven address will read it."""
    address = message.sender_address
    refusals = (
        (address is None, "the mail names no sender"),
        (kind in NOBODY_ASKS, f"it is automatic or unwanted mail ({kind})"),
        (auto_submitted(message) != "no", "it was sent by a machine (Auto-Submitted)"),
        (is_list_mail(message), "it came through a list or a bulk sender"),
        (message.first("return-path") is None, "it has no return path"),
        (has_null_return_path(message), "its return path is empty"),
        (bool(_NO_REPLY.match(address or "")), "its address takes no replies"),
        (_is_ours(address or "", own_domains), "it comes from our own domain"),
        (verification is not Verification.VERIFIED, "its sender is not verified"),
    )
    reason = next((reason for refused, reason in refusals if refused), None)
    return Acknowledgement(allowed=reason is None, reason=reason or "a verified sender wrote it")


def _is_ours(address: str, own_domains: tuple[str, ...]) -> bool:
    domain = address.rpartition("@")[2]
    return any(domain == own.lower() or domain.endswith("." + own.lower()) for own in own_domains)
