"""Domains and names that could be mistaken for those of a known organisation."""

import re

from confusable_homoglyphs import confusables
from rapidfuzz.distance import OSA

from config.organisations import Directory
from parsers.folding import fold

_MIN_IMITATED = 6  # shorter names are one edit away from too many
_MAX_DOMAIN = 255
_PUBLIC = "public"  # a mailbox provider: an address there speaks for nobody else
# What the eye takes for one letter.
_ALIKE = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"))
_ADDRESS = re.compile(
    r"[^\s<>@,;:\"()\[\]']{1,100}@(?P<domain>[^\s<>@,;:\"()\[\]']{1,200}\.[^\s<>@,;:\"()\[\]']{2,60})"
)
# Second levels under which countries register names (a stand-in for the public suffix list).
# fmt: off
_REGISTRIES = frozenset(
    {
        "ac", "asn", "bel", "co", "com", "ed", "edu", "gc", "go", "gob", "gop", "gos", "gouv", "gov", "govt",
        "gub", "id", "info", "jud", "jus", "k12", "kep", "law", "leg", "lg", "mil", "mod", "ne", "net", "nhs",
        "nic", "nom", "on", "or", "org", "pol", "police", "sch", "tsk",
    }
)
# fmt: on


def imitated_domain(domain: str, directory: Directory) -> str | None:
    """The known domain that this unknown one could be mistaken for.

    It looks the same (letters of another script, `rn` for `m`), is one edit away (a letter changed,
    lost, added, or two swapped), or begins with the whole known one.
    """
    if len(domain) > _MAX_DOMAIN or directory.of_domain(domain) is not None:
        return None
    shown = readable_domain(domain)
    labels = shown.split(".")
    candidates = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    known = (name for organisation in directory.organisations for name in organisation.domains)
    return next((name for name in known if _imitates(shown, candidates, name)), None)


def claimed_organisation(name: str, domain: str, directory: Directory) -> str | None:
    """The domain of a known organisation whose address stands in the display name of somebody else."""
    own = directory.of_domain(domain)
    if own is not None and own.sender_class != _PUBLIC:
        return None
    claimed = foreign_address_domain(name, domain)
    organisation = directory.of_domain(claimed) if claimed else None
    if organisation is None or organisation.sender_class == _PUBLIC:
        return None
    return claimed


def foreign_address_domain(name: str, domain: str | None) -> str | None:
    """The domain of a mail address in a display name, where it is not the sender's own."""
    match = _ADDRESS.search(name[:1000].replace("\uff20", "@"))
    claimed = match["domain"].lower().rstrip(".") if match else None
    if claimed is None or (domain and organisational_domain(claimed) == organisational_domain(domain)):
        return None
    return claimed


def organisational_domain(domain: str) -> str:
    """The registered name above which nobody is responsible (RFC 7489, section 3.2), nearly always right."""
    labels = domain.lower().rstrip(".").split(".")
    registry = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _REGISTRIES  # noqa: PLR2004 (a country's)
    return ".".join(labels[-3:] if registry else labels[-2:])


def readable_domain(domain: str) -> str:
    """An internationalised domain (RFC 5890) as it is shown, without accents."""
    return ".".join(map(_readable_label, domain.lower().split(".")))


def _readable_label(label: str) -> str:
    if not label.startswith("xn--"):
        return fold(label)
    try:
        return fold(label[4:].encode("ascii").decode("punycode"))
    except UnicodeError:
        return label


def _imitates(shown: str, candidates: list[str], known: str) -> bool:
    if shown.startswith(known + "."):
        return True
    target, skeleton = fold(known), _skeleton(fold(known))
    if any(_skeleton(candidate) == skeleton for candidate in candidates):
        return True
    return len(known) >= _MIN_IMITATED and any(
        OSA.distance(candidate, target, score_cutoff=1) <= 1 for candidate in candidates
    )


def _skeleton(name: str) -> str:
    """The name with every letter replaced by the one that it looks like (Unicode TR 39, section 4)."""
    latin = name if name.isascii() else "".join(map(_latin, name))
    for seen, meant in _ALIKE:
        latin = latin.replace(seen, meant)
    return latin


def _latin(character: str) -> str:
    if character.isascii():
        return character
    found = confusables.is_confusable(character, preferred_aliases=["latin"])
    homoglyphs = [glyph["c"] for glyph in found[0]["homoglyphs"]] if found else []
    return next((glyph.lower() for glyph in homoglyphs if glyph.isascii()), character)
