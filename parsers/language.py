"""The language of the author's own words."""

import re
import unicodedata
from collections import Counter
from functools import cache

from langdetect import PROFILES_DIRECTORY
from langdetect.detector_factory import DetectorFactory
from langdetect.lang_detect_exception import LangDetectException

from parsers.facts import LanguageGuess

# Enough for a sure answer; the detector's time grows with the text.
_CHARACTERS = 600
_MIN_LETTERS = 2
_SEED = 0
_TRIALS = 3  # instead of 7: half the cost of all reading, and the same languages
_TURKISH = "\u0130\u0131ĞğŞş"
_NOT_LANGUAGE = re.compile(
    r"\S{0,500}://\S{0,2000}|\b(?:www\.|[\w-]{1,60}\.(?:example|com|org|net)/)\S{0,2000}|[\w.+-]{1,100}@[\w.-]{1,200}|[@#][\w.]{1,100}|\w*\d[\w/.-]*"
)
# Scripts that one language writes, or nearly so.
_SCRIPTS = {
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CJK": "zh",
    "GREEK": "el",
    "HEBREW": "he",
    "THAI": "th",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "TELUGU": "te",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy",
    "LAO": "lo",
    "KHMER": "km",
    "MYANMAR": "my",
    "SINHALA": "si",
    "ETHIOPIC": "am",
}
# Each of its characters says as much as about three letters.
_DENSE = frozenset({"HANGUL", "HIRAGANA", "KATAKANA", "CJK"})
_KANA_SHARE = 0.1


def detect(text: str) -> LanguageGuess:
    """The language of a text without quotes and signature; no code when it has no readable words.

    Deterministic: the same text always gives the same guess.
    """
    words = _NOT_LANGUAGE.sub(" ", text[: 4 * _CHARACTERS])[:_CHARACTERS]
    scripts = _script_weights(words)
    if sum(scripts.values()) < _MIN_LETTERS:
        return LanguageGuess(code=None)
    script = _dominant(scripts)
    if script in _SCRIPTS:
        share = scripts[script] / sum(scripts.values())
        return LanguageGuess(code=_SCRIPTS[script], certainty=round(max(share, 0.5), 3))
    return _inferred(_lowered(words))


def _script_weights(text: str) -> Counter[str]:
    scripts: Counter[str] = Counter()
    for character, count in Counter(filter(str.isalpha, text)).items():
        script = unicodedata.name(character, "UNKNOWN").split(" ")[0].split("-")[0]
        scripts[script] += count * (3 if script in _DENSE else 1)
    return scripts


def _dominant(scripts: Counter[str]) -> str:
    """The script of the text; some kana among Chinese characters make it Japanese."""
    kana = scripts["HIRAGANA"] + scripts["KATAKANA"]
    if kana and kana >= _KANA_SHARE * scripts["CJK"] and kana + scripts["CJK"] > sum(scripts.values()) / 2:
        return "HIRAGANA"
    return scripts.most_common(1)[0][0]


def _lowered(text: str) -> str:
    """Lower case; the Turkish capitals keep their two letters."""
    turkish = any(letter in text for letter in _TURKISH)
    return (text.replace("I", "\u0131").replace("\u0130", "i") if turkish else text).lower()


def _inferred(text: str) -> LanguageGuess:
    detector = _factory().create()
    detector.n_trial = _TRIALS
    detector.append(text)
    try:
        best = detector.get_probabilities()
    except LangDetectException:
        return LanguageGuess(code=None)
    if not best:
        return LanguageGuess(code=None)
    return LanguageGuess(code=best[0].lang.split("-")[0], certainty=round(min(best[0].prob, 1.0), 3))


@cache
def _factory() -> DetectorFactory:
    """Our own factory: the package's global one is filled while other threads already use it."""
    factory = DetectorFactory()
    factory.load_profile(PROFILES_DIRECTORY)
    factory.seed = _SEED
    return factory
