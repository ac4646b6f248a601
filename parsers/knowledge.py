"""What reading a mail needs to know besides the mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from config.lexicon import Lexicon
from config.organisations import Directory
from config.references import ReferencePatterns
from config.regimes import Regime
from parsers.alarm import Alarm
from parsers.elements import OrderForm
from parsers.language import Languages
from parsers.limit_grammar import Grammar
from parsers.references import ReferenceFinder
from parsers.signals import Signals
from parsers.stance import Stances
from parsers.words import Words

# Official mail in any language repeats its demand in English.
_LINGUA_FRANCA = "en"


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """Everything that `read` is given once and uses for every mail.

    What is compiled from the word lists is made at first use and kept with the object.
    """

    directory: Directory
    lexicons: Mapping[str, Lexicon]
    reference_patterns: ReferencePatterns
    receiving_host: str  # our receiving server's authserv-id (RFC 8601, section 2.5)
    own_domains: tuple[str, ...]  # domains that our own mail comes from
    trusted_forwarders: tuple[str, ...] = ()  # domains whose ARC seals we believe (RFC 8617)
    regimes: tuple[Regime, ...] = ()  # the laws that ask orders or requests for certain elements

    @cached_property
    def words(self) -> Words:
        """The words that are searched in all languages at once."""
        return Words.of(self.lexicons.values())

    @cached_property
    def alarm(self) -> Alarm:
        """What makes a subject worth hurrying for, in all languages at once."""
        return Alarm(self.lexicons.values())

    @cached_property
    def references(self) -> ReferenceFinder:
        """The compiled reference patterns."""
        return ReferenceFinder(self.reference_patterns)

    @cached_property
    def languages(self) -> Languages:
        """Tells in which language a text is."""
        return Languages({code: lexicon.common_words for code, lexicon in self.lexicons.items()})

    @cached_property
    def order_forms(self) -> tuple[OrderForm, ...]:
        """What laws ask orders and requests to contain."""
        return tuple(OrderForm(regime) for regime in self.regimes if regime.required_elements)

    @cached_property
    def _zones(self) -> dict[str, str]:
        return {name: zone for lexicon in self.lexicons.values() for name, zone in lexicon.zones.items()}

    @cached_property
    def _grammars(self) -> dict[str, Grammar]:
        return {}

    def _grammar(self, language: str) -> Grammar:
        """Made when the language is first met: that takes a while, and few sites meet them all."""
        grammar = self._grammars.get(language)
        if grammar is None:
            grammar = self._grammars.setdefault(language, Grammar(self.lexicons[language], self._zones))
        return grammar

    @cached_property
    def _signals(self) -> dict[str, Signals]:
        return {language: Signals(lexicon) for language, lexicon in self.lexicons.items()}

    @cached_property
    def _signals_abroad(self) -> tuple[Signals, ...]:
        return tuple(
            Signals(lexicon, abroad=True) for code, lexicon in self.lexicons.items() if code == _LINGUA_FRANCA
        )

    def grammars(self, language: str | None) -> tuple[Grammar, ...]:
        """How time limits are said in this language, and in English."""
        return tuple(self._grammar(code) for code in self._spoken(language))

    def signals(self, *languages: str | None) -> tuple[Signals, ...]:
        """How urgency and harm are said in these languages, and in English."""
        wanted = dict.fromkeys(language or _LINGUA_FRANCA for language in languages)
        spoken = tuple(self._signals[code] for code in wanted if code in self._signals)
        return spoken if _LINGUA_FRANCA in wanted else (*spoken, *self._signals_abroad)

    @cached_property
    def _stances(self) -> dict[str, Stances]:
        return {language: Stances(lexicon) for language, lexicon in self.lexicons.items()}

    def stances(self, language: str | None) -> tuple[Stances, ...]:
        """How this language, and English, refer to earlier mail."""
        return tuple(self._stances[code] for code in self._spoken(language))

    def judges(self, language: str | None) -> bool:
        """Whether urgency and time limits can be read in this language; a text without words has none."""
        return language is None or (language in self.lexicons and self.lexicons[language].judges)

    def _spoken(self, language: str | None) -> tuple[str, ...]:
        wanted = dict.fromkeys((language or _LINGUA_FRANCA, _LINGUA_FRANCA))
        return tuple(code for code in wanted if code in self.lexicons)
