from collections.abc import Callable
from dataclasses import replace

import pytest

from parsers.facts import Authenticity, Verification
from parsers.knowledge import Knowledge
from parsers.look_alikes import imitated_domain, organisational_domain
from parsers.report import read
from tests.unit.parsers.conftest import HOST, RECEIVED, Reader

Mail = Callable[..., bytes]
RELAY = "relay.example"
SEALED = (
    f"ARC-Seal: i=1; a=rsa-sha256; cv=none; d={RELAY}; s=k; b=x\r\n"
    f"ARC-Authentication-Results: i=1; {RELAY}; dmarc=pass header.from=media-office.example\r\n"
)


def judged(raw: bytes, knowledge: Knowledge, *forwarders: str) -> Authenticity:
    knows = replace(knowledge, trusted_forwarders=forwarders)
    return read(raw, received_at=RECEIVED, knowledge=knows).authenticity


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ("dkim=pass header.d=media-office.example", Verification.VERIFIED),
        ("dkim=pass header.d=mail.media-office.example", Verification.VERIFIED),
        ("spf=pass smtp.mailfrom=desk@media-office.example", Verification.VERIFIED),
        ("dkim=pass header.d=elsewhere.example", Verification.UNVERIFIED),
        ("spf=pass smtp.mailfrom=elsewhere.example", Verification.UNVERIFIED),
        ("dkim=fail header.d=media-office.example", Verification.UNVERIFIED),
        (
            "dmarc=fail header.from=media-office.example; dkim=pass header.d=media-office.example",
            "suspected_forgery",
        ),
        ("dmarc=pass header.from=sub.media-office.example", Verification.VERIFIED),
    ],
)
def test_alignment_is_by_the_organisational_domain(
    mail: Mail, report: Reader, results: str, verdict: str
) -> None:
    raw = mail(Authentication_Results=f"{HOST}; {results}")
    assert report(raw).authenticity.verdict == verdict


def test_results_in_several_fields_of_ours_count_together(mail: Mail, report: Reader) -> None:
    raw = mail(Authentication_Results=f"{HOST}; dmarc=pass header.from=media-office.example")
    assert (
        report(f"Authentication-Results: {HOST}; spf=none\r\n".encode() + raw).authenticity.verdict
        == "verified"
    )


def test_only_a_trusted_forwarder_with_an_intact_seal_makes_up_for_a_failure(
    mail: Mail, knowledge: Knowledge
) -> None:
    failed = f"{HOST}; dmarc=fail header.from=media-office.example"
    sealed = SEALED.encode() + mail(Authentication_Results=f"{failed}; arc=pass")
    broken = SEALED.encode() + mail(Authentication_Results=f"{failed}; arc=fail")
    assert judged(sealed, knowledge, RELAY).verdict is Verification.VERIFIED
    assert judged(sealed, knowledge).verdict is Verification.SUSPECTED_FORGERY
    assert judged(sealed, knowledge, "other.example").verdict is Verification.SUSPECTED_FORGERY
    assert judged(broken, knowledge, RELAY).verdict is Verification.SUSPECTED_FORGERY


@pytest.mark.parametrize(
    "domain",
    [
        "media-offlce.example",  # one letter for another
        "rnedia-office.example",  # two letters that look like one
        "media-office.example.evil.example",
        "xn--mdi-offic-2yh6cj.example",  # three Cyrillic letters
        "mail.media-offices.example",
    ],
)
def test_look_alike_of_a_known_domain_is_seen(domain: str, knowledge: Knowledge) -> None:
    assert imitated_domain(domain, knowledge.directory) == "media-office.example"


@pytest.mark.parametrize("domain", ["media-office.example", "eu.media-office.example", "another.example"])
def test_known_or_different_domain_imitates_nobody(domain: str, knowledge: Knowledge) -> None:
    assert imitated_domain(domain, knowledge.directory) is None


@pytest.mark.parametrize(
    ("domain", "registered"),
    [
        ("mail.office.example", "office.example"),
        ("a.police.gov.uk", "police.gov.uk"),
        ("office.de", "office.de"),
        ("a.b.office.com.tr", "office.com.tr"),
    ],
)
def test_organisational_domain_is_the_registered_one(domain: str, registered: str) -> None:
    assert organisational_domain(domain) == registered


def test_address_of_an_authority_in_a_strangers_name_is_a_suspected_forgery(
    mail: Mail, report: Reader
) -> None:
    found = report(mail(From='"desk@media-office.example" <x@stranger.example>'))
    assert found.authenticity.verdict is Verification.SUSPECTED_FORGERY
    assert "address of another in the name" in found.flags


@pytest.mark.parametrize(
    ("sender", "verdict"),
    [("desk@media-office.example", Verification.VERIFIED), ("eve@e.example", Verification.UNVERIFIED)],
)
def test_joint_mail_counts_as_its_first_authors_where_sender_says_so(
    mail: Mail, report: Reader, sender: str, verdict: Verification
) -> None:
    authors = "Desk <desk@media-office.example>, Eve <eve@e.example>"
    results = f"{HOST}; dmarc=pass header.from=media-office.example"
    found = report(mail(From=authors, Sender=sender, Authentication_Results=results))
    assert found.authenticity.verdict is verdict
    assert "several senders" in found.flags


def test_own_address_in_the_name_is_nothing_odd(mail: Mail, report: Reader) -> None:
    found = report(mail(From='"desk@media-office.example" <desk@media-office.example>'))
    assert "address of another in the name" not in found.flags
