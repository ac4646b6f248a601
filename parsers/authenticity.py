"""Whether the sender is who From says (RFC 8601, RFC 7489, RFC 8617)."""

import re
from dataclasses import dataclass, replace

from config.organisations import Directory
from parsers.authentication_results import (
    AuthenticationResults,
    MethodResult,
    read_arc_results,
    read_results,
    read_tags,
)
from parsers.certified import certified_content
from parsers.facts import Authenticity, Verification
from parsers.headers import address_in
from parsers.look_alikes import claimed_organisation, imitated_domain, organisational_domain
from parsers.message import ParsedMessage
from parsers.part import Fields

_RECEIVED_BY = re.compile(r"\bby\s{1,20}(?P<host>[^\s;()]{1,255})", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class TrustedHosts:
    """Whose findings count: our receiving server's, and those of forwarders that we chose."""

    receiving_host: str  # its authserv-id (RFC 8601, section 2.5)
    forwarders: tuple[str, ...] = ()  # the domains that sign their ARC seals

    def is_ours(self, host: str | None) -> bool:
        """Whether this is our receiving server."""
        return host is not None and host.rstrip(".").lower() == self.receiving_host.rstrip(".").lower()


def judge_authenticity(
    message: ParsedMessage, *, domain: str | None, hosts: TrustedHosts, directory: Directory
) -> Authenticity:
    """Believe only our own receiving server's verdict about the domain in From."""
    if domain is None:
        return _verdict(Verification.UNVERIFIED, "the mail names no sender")
    if message.several_senders and not _first_one_sent(message):
        return _verdict(Verification.UNVERIFIED, "From names several senders, of which only one was checked")
    claimed = claimed_organisation(message.sender_name, domain, directory)
    if claimed is not None and certified_content(message) is None:
        reason = f"the name in From shows an address of {claimed}, which the mail does not come from"
        return _verdict(Verification.SUSPECTED_FORGERY, reason)
    verdict = _by_results(message, domain, hosts)
    imitated = imitated_domain(domain, directory)
    if imitated is None:
        return verdict
    # It may well be who it says, under a name chosen to be taken for another: rules look at the flag.
    return replace(verdict, reasons=(*verdict.reasons, f"the domain in From imitates {imitated}"))


def _first_one_sent(message: ParsedMessage) -> bool:
    """Whether Sender says which of the authors in one From field sent the mail (RFC 5322, section 3.6.2).

    Without it a receiver may check either of them (RFC 7489, section 6.6.1).
    """
    senders = message.every("sender")
    single = len(senders) == 1 and len(message.every("from")) == 1
    return single and address_in(senders[0]) == message.sender_address


def fields_of_ours(message: ParsedMessage, hosts: TrustedHosts) -> Fields:
    """The fields above the Received field that our server wrote: what is below came in with the mail.

    Where our server wrote no such field, all of them.
    """
    for number, (name, value) in enumerate(message.root.fields):
        if name == "received" and hosts.is_ours(_received_by(value)):
            return message.root.fields[:number]
    return message.root.fields


def _by_results(message: ParsedMessage, domain: str, hosts: TrustedHosts) -> Authenticity:
    results = _own_results(message, hosts)
    host = hosts.receiving_host
    if results is None:
        return _verdict(Verification.UNVERIFIED, f"{host} recorded no result")
    verdicts = {result.result for result in results.of("dmarc")}
    if "fail" in verdicts:
        forwarder = _vouching_forwarder(message, domain, results, hosts)
        if forwarder is None:
            return _verdict(Verification.SUSPECTED_FORGERY, f"{host} saw DMARC fail")
        return _verdict(Verification.VERIFIED, f"the trusted forwarder {forwarder} saw DMARC pass")
    if any(_proves(result, domain) for result in results.of("dmarc")):
        return _verdict(Verification.VERIFIED, f"{host} saw DMARC pass for the domain in From")
    if "pass" in verdicts:
        return _verdict(Verification.UNVERIFIED, "DMARC passed for another domain than the one in From")
    return _without_dmarc(results, domain, host, ", ".join(sorted(verdicts)))


def _without_dmarc(results: AuthenticationResults, domain: str, host: str, dmarc: str) -> Authenticity:
    """What DMARC would have said: a signature or an envelope of the same organisational domain passed."""
    for method in ("dkim", "spf"):
        if any(_proves(result, domain) for result in results.of(method)):
            reason = f"{host} saw {method.upper()} pass for the organisation in From"
            return _verdict(Verification.VERIFIED, reason)
    if dmarc:
        return _verdict(Verification.UNVERIFIED, f"DMARC says {dmarc}, which proves nothing")
    return _verdict(Verification.UNVERIFIED, f"{host} recorded no DMARC result")


def _proves(result: MethodResult, domain: str) -> bool:
    """Whether a method passed for the domain in From or its organisational domain (RFC 7489, section 3.1)."""
    names = {
        "dmarc": ("header.from",),
        "dkim": ("header.d", "header.i"),
        "spf": ("smtp.mailfrom", "smtp.mail"),
    }[result.method]
    stated = next((value for value in map(result.get, names) if value), "")
    subject = stated.rpartition("@")[2].rstrip(".>")
    aligned = bool(subject) and organisational_domain(subject) == organisational_domain(domain)
    return result.result == "pass" and aligned


def _own_results(message: ParsedMessage, hosts: TrustedHosts) -> AuthenticationResults | None:
    """All that our server recorded, in one field or several."""
    values = (value for name, value in fields_of_ours(message, hosts) if name == "authentication-results")
    ours = [results for results in map(read_results, values) if results and hosts.is_ours(results.host)]
    if not ours:
        return None
    return AuthenticationResults(
        host=ours[0].host, results=tuple(result for results in ours for result in results.results)
    )


def _vouching_forwarder(
    message: ParsedMessage, domain: str, results: AuthenticationResults, hosts: TrustedHosts
) -> str | None:
    """The forwarder of our choice whose intact seal says that it saw DMARC pass (RFC 8617, section 7.2)."""
    if not any(result.result == "pass" for result in results.of("arc")):
        return None
    seals = [read_tags(value) for value in message.every("arc-seal")]
    newest = max(seals, key=_instance, default={})
    forwarder = newest.get("d", "")
    if forwarder not in {name.lower() for name in hosts.forwarders}:
        return None
    for instance, seen in filter(None, map(read_arc_results, message.every("arc-authentication-results"))):
        if instance == _instance(newest) and any(_proves(result, domain) for result in seen.of("dmarc")):
            return forwarder
    return None


def _instance(seal: dict[str, str]) -> int:
    text = seal.get("i", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0  # noqa: PLR2004 (50 at most)


def _received_by(value: str) -> str | None:
    match = _RECEIVED_BY.search(value)
    return match["host"].lower() if match else None


def _verdict(verdict: Verification, reason: str) -> Authenticity:
    return Authenticity(verdict=verdict, reasons=(reason,))
