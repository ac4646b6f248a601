"""Whether the sender is who From says (RFC 8601, RFC 7489)."""

import re
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from config.organisations import Directory
from parsers.facts import Authenticity, Verification
from parsers.folding import fold
from parsers.message import ParsedMessage

_COMMENT = re.compile(r"\([^()]{0,1000}\)")
_COMMENT_LEVELS = 5
_RESULT = re.compile(r"\s*(?P<method>[a-z0-9-]+)(?:/\d+)?\s*=\s*(?P<result>[a-z]+)", re.IGNORECASE)
_HEADER_FROM = re.compile(r"\bheader\.from\s*=\s*\"?(?P<domain>[^\s;\"]+)", re.IGNORECASE)
_RECEIVED_BY = re.compile(r"\bby\s+(?P<host>[^\s;()]{1,255})", re.IGNORECASE)
_MIN_IMITATED = 6  # shorter names are one edit away from too many


@dataclass(frozen=True, kw_only=True)
class _Dmarc:
    """Our server's DMARC result, None where it recorded none, and the From domain that it is about."""

    result: str | None = None
    domain: str | None = None


def judge_authenticity(
    message: ParsedMessage, *, domain: str | None, receiving_host: str, directory: Directory
) -> Authenticity:
    """Believe only our own receiving server's verdict about the domain in From."""
    if domain is None:
        return _verdict(Verification.UNVERIFIED, "the mail names no sender")
    if len(message.every("from")) > 1:
        return _verdict(Verification.UNVERIFIED, "the mail has several From fields")
    dmarc = _dmarc(_own_results(message, receiving_host))
    imitated = imitated_domain(domain, directory)
    if dmarc.result == "pass" and dmarc.domain == domain and imitated is None:
        return _verdict(Verification.VERIFIED, f"{receiving_host} saw DMARC pass for the domain in From")
    if imitated is not None:
        return _verdict(Verification.SUSPECTED_FORGERY, f"the domain in From imitates {imitated}")
    if dmarc.result == "fail":
        return _verdict(Verification.SUSPECTED_FORGERY, f"{receiving_host} saw DMARC fail")
    return _verdict(Verification.UNVERIFIED, _why_nothing_is_proven(dmarc, receiving_host))


def _why_nothing_is_proven(dmarc: _Dmarc, receiving_host: str) -> str:
    if dmarc.result is None:
        return f"{receiving_host} recorded no DMARC result"
    if dmarc.result == "pass":
        return "DMARC passed for another domain than the one in From"
    return f"DMARC says {dmarc.result}, which proves nothing"


def imitated_domain(domain: str, directory: Directory) -> str | None:
    """The known domain that this unknown one could be mistaken for.

    One edit away (a letter changed, lost, added, or two swapped), or alike but for accents.
    """
    if directory.of_domain(domain) is not None:
        return None
    labels = _readable(domain).split(".")
    candidates = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    known = (name for organisation in directory.organisations for name in organisation.domains)
    return next(
        (
            name
            for name in known
            if len(name) >= _MIN_IMITATED and any(_alike(each, name) for each in candidates)
        ),
        None,
    )


def _verdict(verdict: Verification, reason: str) -> Authenticity:
    return Authenticity(verdict=verdict, reasons=(reason,))


def _own_results(message: ParsedMessage, receiving_host: str) -> str | None:
    """The topmost Authentication-Results of exactly our server.

    What stands below the Received field that our server wrote came in with the mail.
    """
    for name, value in message.root.fields:
        if name == "received" and _received_by(value) == receiving_host.lower():
            return None
        if name == "authentication-results" and _authserv_id(value) == receiving_host.lower():
            return value
    return None


def _received_by(value: str) -> str | None:
    match = _RECEIVED_BY.search(value)
    return match["host"].lower() if match else None


def _authserv_id(value: str) -> str | None:
    first = _without_comments(value).split(";")[0].split()
    return first[0].lower() if first else None


def _dmarc(value: str | None) -> _Dmarc:
    for piece in _without_comments(value or "").split(";")[1:]:
        result = _RESULT.match(piece)
        if result and result["method"].lower() == "dmarc":
            domain = _HEADER_FROM.search(piece)
            return _Dmarc(
                result=result["result"].lower(), domain=domain["domain"].lower() if domain else None
            )
    return _Dmarc()


def _without_comments(value: str) -> str:
    for _ in range(_COMMENT_LEVELS):
        value, count = _COMMENT.subn(" ", value)
        if not count:
            break
    return value


def _readable(domain: str) -> str:
    """An internationalised domain (RFC 5890) as it is shown, without accents."""
    try:
        return fold(domain.encode("ascii").decode("idna"))
    except UnicodeError:
        return fold(domain)


def _alike(domain: str, known: str) -> bool:
    return OSA.distance(domain, known, score_cutoff=1) <= 1
