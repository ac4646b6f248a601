"""Laws that a report speaks of: what an order under them lacks, and whether they are law any more."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date
from functools import cached_property

from config.regimes import Regime, Regimes, Status
from parsers.facts import OrderElements, Report
from parsers.folding import fold
from rules.keywords import keywords_in

_NO_LONGER = {
    Status.ANNULLED: "annulled",
    Status.REPEALED: "repealed",
    Status.SUPERSEDED: "superseded",
}
_MENTIONS = 2  # different keywords: one may be a mere mention


@dataclass(frozen=True, kw_only=True)
class Order:
    """An order or request under a law that asks it to contain certain elements."""

    regime: Regime
    elements: OrderElements

    @property
    def is_incomplete(self) -> bool:
        """Whether an element was not found."""
        return bool(self.elements.missing)

    @property
    def count(self) -> str:
        """How many were found of those that could be looked for."""
        found = len(self.elements.found)
        return f"{found} of {found + len(self.elements.missing)} elements present"

    @property
    def lacks(self) -> Iterator[str]:
        """The names of the elements that were not found."""
        return (self._names.get(each, each) for each in self.elements.missing)

    @property
    def unjudged(self) -> Iterator[str]:
        """The names of those that could not be looked for in the mail's language."""
        return (self._names.get(each, each) for each in self.elements.unjudged)

    @property
    def shown(self) -> Iterator[tuple[str, str]]:
        """The names of the elements that were found, with the words by which they were."""
        return ((self._names.get(each.element, each.element), each.words) for each in self.elements.found)

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return {element.id: element.name for element in self.regime.required_elements}


@dataclass(frozen=True, kw_only=True)
class FormerLaw:
    """A law that the report cites, and that is law no more."""

    regime: Regime
    phrase: str
    how: str  # it ended, such as "annulled"


def orders_of(report: Report, regimes: Regimes) -> tuple[Order, ...]:
    """The orders and requests in a report under the laws of its sender's country, if that is known."""
    rows = {regime.id: regime for regime in regimes.regimes}
    day = _day(report)
    return tuple(
        Order(regime=rows[elements.regime], elements=elements)
        for elements in report.orders
        if elements.regime in rows and _is_law(rows[elements.regime], report, day)
    )


def lacking(orders: Iterable[Order]) -> frozenset[str]:
    """The ids of the laws under which an order or request lacks an element."""
    return frozenset(order.regime.id for order in orders if order.is_incomplete)


def former_laws(report: Report, regimes: Regimes) -> tuple[FormerLaw, ...]:
    """The laws of the sender's country that the author's own words cite by two keywords, and that ended."""
    text = unicodedata.normalize("NFKC", report.own_text)
    folded, day = fold(text), _day(report)
    return tuple(_cited(report, text, folded, _ended(regimes, report, day)))


def _cited(
    report: Report, text: str, folded: str, ended: Iterable[tuple[Regime, str]]
) -> Iterator[FormerLaw]:
    for regime, how in ended:
        found = keywords_in(folded, regime, report.language.code)
        if len({match[0] for match in found}) >= _MENTIONS:
            yield FormerLaw(regime=regime, phrase=text[found[0].start() : found[0].end()], how=how)


def _ended(regimes: Regimes, report: Report, day: date) -> Iterator[tuple[Regime, str]]:
    for regime in regimes.regimes:
        if regime.covers(report.sender.country):
            over = regime.valid_to is not None and regime.valid_to <= day
            how = _NO_LONGER.get(regime.status) or ("no longer in force" if over else None)
            if how:
                yield regime, how


def _is_law(regime: Regime, report: Report, day: date) -> bool:
    country = report.sender.country
    return regime.holds_on(day) and (country is None or regime.covers(country))


def _day(report: Report) -> date:
    return report.received_at.astimezone(UTC).date()
