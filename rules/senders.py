"""Who may write at all, as far as rules can tell senders apart.

A domain decides who the sender is: its organisation, its class and its country, as the directory has them.
So these facts are no questions of their own but all ask about one variable, the kind of sender. A mail that
could not be read has a sender of whom nothing but the address is known.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeGuard

from config.organisations import Directory, Organisation
from parsers.facts import SenderClass
from rules.formula import Among, Formula, Has

DOMAIN, ADDRESS = "domain", "address"
BY_DIRECTORY = frozenset({"sender class", "organisation", "country", "held"})
"""What a domain decides where the directory is known, or what decides whether it does."""
NOBODY = "(nobody in particular)"


@dataclass(frozen=True, kw_only=True)
class SenderKind:
    """Senders of whom all rules say the same."""

    address: str  # one that a rule names
    below: frozenset[str]  # domains that rules name, and to which theirs belongs
    organisation: str  # one that a rule names
    sender_class: str
    country: str
    held: str  # yes or no

    def answers(self) -> Iterator[tuple[str, str]]:
        """Each fact with its value, in the words of formulas."""
        yield from ((DOMAIN, domain) for domain in self.below)
        yield ADDRESS, self.address
        yield "sender class", self.sender_class
        yield "organisation", self.organisation
        yield "country", self.country
        yield "held", self.held


class Senders:
    """The kinds of sender that some questions tell apart, each by a number."""

    def __init__(self, atoms: Iterable[Formula], directory: Directory | None) -> None:
        self._directory = directory
        self._facts = {DOMAIN, ADDRESS, *(BY_DIRECTORY if directory else ())}
        self._named: dict[str, set[str]] = defaultdict(set)
        for atom in filter(self.decide, atoms):
            self._named[atom.fact].update(atom.values)
        self._numbers = defaultdict[tuple[str, str], set[str]](set)
        kinds = dict.fromkeys(self._kinds())
        for number, kind in enumerate(kinds):
            for answer in kind.answers():
                self._numbers[answer].add(str(number))
        self.every = frozenset(map(str, range(len(kinds))))

    def decide(self, atom: Formula) -> TypeGuard[Among | Has]:
        """Whether the question is one about the kind of sender."""
        return isinstance(atom, Among | Has) and atom.fact in self._facts

    def numbers(self, atom: Among | Has) -> frozenset[str]:
        """The kinds of which the question holds."""
        return frozenset().union(*(self._numbers.get((atom.fact, value), ()) for value in atom.values))

    def _kinds(self) -> Iterator[SenderKind]:
        for kind in self._readable():
            yield kind
            if self._directory:
                unread = SenderClass.UNKNOWN.value
                yield replace(kind, organisation=NOBODY, sender_class=unread, country=NOBODY, held="yes")

    def _readable(self) -> Iterator[SenderKind]:
        owned = [domain for each in self._organisations() for domain in each.domains]
        for domain in ("", *sorted(self._named[DOMAIN]), *owned):
            yield self._kind(NOBODY, domain)
        for address in sorted(self._named[ADDRESS]):
            yield self._kind(address, address.rpartition("@")[2])

    def _organisations(self) -> Iterable[Organisation]:
        return self._directory.organisations if self._directory else ()

    def _kind(self, address: str, domain: str) -> SenderKind:
        known = self._directory.of_domain(domain) if self._directory else None
        return SenderKind(
            address=address,
            below=frozenset(_with_parents(domain)) & self._named[DOMAIN],
            organisation=known.id if known and known.id in self._named["organisation"] else NOBODY,
            sender_class=known.sender_class if known else SenderClass.UNKNOWN.value,
            country=known.country or NOBODY if known else NOBODY,
            held="no",
        )


def _with_parents(domain: str) -> Iterator[str]:
    while domain:
        yield domain
        domain = domain.partition(".")[2]
