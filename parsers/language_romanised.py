# ruff: noqa: RUF001 - letters of other scripts are what this is about
"""Languages of other scripts as people type them in Latin letters."""

from parsers.language_profiles import Profile, Respelling, respelt

_EAST_SLAVIC = (
    "а:a б:b в:v г:g д:d е:e ё:e ж:zh з:z и:i й:y к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:h ц:ts ч:ch "
    "ш:sh щ:sch ъ: ы:y ь: э:e ю:yu я:ya"
)
_BULGARIAN = f"{_EAST_SLAVIC} щ:sht ъ:a"
_UKRAINIAN = f"{_EAST_SLAVIC} г:h и:y х:kh і:i ї:yi є:ye ґ:g"
_GREEK = (
    "α:a β:v γ:g δ:d ε:e ζ:z η:i θ:th ι:i κ:k λ:l μ:m ν:n ξ:x ο:o π:p ρ:r σ:s ς:s τ:t υ:y φ:f χ:x ψ:ps ω:o "
    "ά:a έ:e ή:i ί:i ϊ:i ΐ:i ό:o ύ:y ϋ:y ώ:o"
)
_HINDI_CONSONANTS = (
    "क:k ख:kh ग:g घ:gh ङ:n च:ch छ:chh ज:j झ:jh ञ:n ट:t ठ:th ड:d ढ:dh ण:n त:t थ:th द:d ध:dh न:n प:p फ:ph ब:b "
    "भ:bh म:m य:y र:r ल:l व:v श:sh ष:sh स:s ह:h"
)
_HINDI_VOWELS = (
    "अ:a आ:aa इ:i ई:i उ:u ऊ:u ए:e ऐ:ai ओ:o औ:au ा:a ि:i ी:i ु:u ू:u े:e ै:ai ो:o ौ:au ं:n ँ:n \u093c: \u094d:"
)
_INHERENT = 0.4  # how often the unwritten vowel of a Hindi consonant is heard, and so typed


def _pairs(letters: str) -> dict[str, str]:
    return dict(pair.split(":") for pair in letters.split())


def _single(letters: str) -> Respelling:
    return {letter: {latin: 1.0} for letter, latin in _pairs(letters).items()}


_SPELLINGS: dict[str, Respelling] = {
    "bg": _single(_BULGARIAN),
    "el": _single(_GREEK),
    "hi": {
        **_single(_HINDI_VOWELS),
        **{
            letter: {latin: 1 - _INHERENT, f"{latin}a": _INHERENT}
            for letter, latin in _pairs(_HINDI_CONSONANTS).items()
        },
    },
    "ru": _single(_EAST_SLAVIC),
    "uk": _single(_UKRAINIAN),
}
ROMANISED = tuple(_SPELLINGS)
"""The languages that `romanised` knows."""


def romanised(language: str, profile: Profile) -> Profile:
    """The profile of a language as it is typed in Latin letters, near enough."""
    return respelt(profile, _SPELLINGS[language])
