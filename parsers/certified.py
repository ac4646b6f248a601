"""Certified mail: the provider's envelope around the mail proper.

Italy's PEC (Decree of 2 November 2005, technical rules) marks its envelopes by X-Trasporto and its
receipts by X-Ricevuta; providers of registered electronic mail (ETSI EN 319 532-3), such as Turkey's
KEP, by fields that begin with X-REM or X-KEP. The envelope is the provider's, so it proves nothing about
the domain of the sender proper.
"""

from enum import StrEnum

from parsers.message import ParsedMessage
from parsers.part import Part

_PEC_ENVELOPES = frozenset({"posta-certificata", "errore"})
_PEC_CONTENT = "postacert.eml"
_REGISTERED_PREFIXES = ("x-rem-", "x-kep-")
_ARRIVED = frozenset({"accettazione", "presa-in-carico", "avvenuta-consegna"})


class CertifiedReceipt(StrEnum):
    """What a provider's receipt says about mail of ours."""

    ARRIVED = "arrived"  # taken over or delivered
    FAILED = "failed"  # refused, or not delivered in time


def certified_content(message: ParsedMessage) -> Part | None:
    """The mail proper inside a certified envelope; None for any other mail, and for receipts."""
    if message.first("x-ricevuta") or not _is_envelope(message):
        return None
    attached = [part for part in message.root.own_parts() if part.holds_message and part.children]
    named = [part for part in attached if (part.name or "").lower() == _PEC_CONTENT]
    chosen = named or attached
    return chosen[0].children[0] if len(chosen) == 1 else None


def certified_receipt(message: ParsedMessage) -> CertifiedReceipt | None:
    """What a PEC receipt says; None for any other mail."""
    stated = (message.first("x-ricevuta") or "").strip().lower()
    if not stated:
        return None
    return CertifiedReceipt.ARRIVED if stated in _ARRIVED else CertifiedReceipt.FAILED


def _is_envelope(message: ParsedMessage) -> bool:
    transport = (message.first("x-trasporto") or "").strip().lower()
    registered = any(name.startswith(_REGISTERED_PREFIXES) for name, _ in message.root.fields)
    return transport in _PEC_ENVELOPES or registered
