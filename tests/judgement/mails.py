"""The judged texts as mails, and the site that receives them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache

from config.organisations import Directory, Organisation
from parsers.facts import SenderClass
from rules.site import SHIPPED, Site, load

OUR_DOMAIN = "intake.clipora.example"
_AUTOMATIC = {
    "auto_reply": {"Auto-Submitted": "auto-replied", "Return-Path": "<>"},
    "bounce": {"Auto-Submitted": "auto-replied", "Return-Path": "<>"},
    "newsletter": {"List-Unsubscribe": "<https://lists.example/leave>", "Precedence": "bulk"},
}


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What is written on a mail."""

    sender: str
    subject: str
    text: str
    message_id: str
    answers: str | None = None  # a Message-ID
    kind: str | None = None  # see `_AUTOMATIC`

    def raw(self) -> bytes:
        """The mail as our server took it, with its own verdict on the sender."""
        mail = taken_from(self.sender)
        mail["From"] = self.sender
        mail["To"] = f"reports@{OUR_DOMAIN}"
        mail["Subject"] = self.subject
        mail["Message-ID"] = f"<{self.message_id}>"
        if self.answers:
            mail["In-Reply-To"] = mail["References"] = f"<{self.answers}>"
        for name, value in _AUTOMATIC.get(self.kind or "", {}).items():
            del mail[name]
            mail[name] = value
        mail.set_content(self.text, charset="utf-8", cte="base64")
        return mail.as_bytes()


def taken_from(address: str) -> EmailMessage:
    """An empty mail that our server took from this address, with its verdict that the sender is genuine."""
    domain = address.rpartition("@")[2].lower()
    mail = EmailMessage(policy=SMTP)
    mail["Return-Path"] = f"<{address}>"
    mail["Authentication-Results"] = f"{_shipped().settings.receiving_host}; dmarc=pass header.from={domain}"
    return mail


def quoted(text: str, *, writer: str) -> str:
    """An earlier mail as most programs put it below an answer."""
    lines = "\n".join(f"> {line}" for line in text.splitlines())
    return f"\n\nOn Tue, 3 Nov 2026 at 08:00, {writer} wrote:\n{lines}\n"


def office(sender_class: SenderClass, country: str | None = None) -> str:
    """The domain of a sender of this class, known or, for the unknown class, not."""
    return f"{sender_class.value.replace('_', '-')}-{(country or 'xx').lower()}.example"


def site_with(domains: Mapping[str, SenderClass], countries: Mapping[str, str]) -> Site:
    """The shipped site with these organisations only, one a domain."""
    known = [
        Organisation.model_validate(
            {
                "id": domain.replace(".", "_"),
                "name": domain,
                "class": sender_class.value,
                "country": countries.get(domain),
                "domains": [domain],
            }
        )
        for domain, sender_class in domains.items()
        if sender_class is not SenderClass.UNKNOWN
    ]
    return replace(_shipped(), directory=Directory(organisations=tuple(known)))


@cache
def _shipped() -> Site:
    return load(SHIPPED, with_secrets=False)
