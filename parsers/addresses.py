"""Web addresses as they were before people, programs and mail gateways changed them.

The result is for finding things in, not for showing: it may join words that stood apart.
"""

import base64
import html
import re
import string
import unicodedata
from urllib.parse import unquote

_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
# "Defanged" addresses, which people write so that nobody opens them by accident.
_DOT = r"(?:\.|dot|punkt|nokta|punto|ponto|point|punt|kropka|piste|точка|点|。)"
_DEFANGED = (
    (re.compile(r"(?<!\w)(?:hxxp|hxtp|htxp|h\*\*p|hXXp|h__p|meow)(s?)(?=[\W_])", re.IGNORECASE), r"http\1"),
    (re.compile(rf"\s?[\[({{<]\s?{_DOT}\s?[\])}}>]\s?", re.IGNORECASE), "."),
    (re.compile(r"[\[({]\s?(?:@|at|\(a\))\s?[\])}]", re.IGNORECASE), "@"),
    (re.compile(r"[\[({](:?/{0,2})[\])}]"), r"\1"),
    (re.compile(r"(?<=\w)\\(?=[./])"), ""),
    (re.compile(r"(?<=\w)[ \t]{1,3}(?:\.[ \t]{0,3}|dot[ \t]{1,3})(?=[a-z]{2})", re.IGNORECASE), "."),
    (re.compile(r"(?<=[a-z\d])[\u3002\uff61](?=[a-z])", re.IGNORECASE), "."),
    (re.compile(r"://[ \t]{1,3}"), "://"),
    (re.compile(r"(?<=\w)[ \t]{1,3}slash[ \t]{1,3}(?=\w)", re.IGNORECASE), "/"),
    (re.compile(r"(?<=\w)[ \t]{0,2}/[ \t]{0,2}(?=\w)"), "/"),
)
_FOREIGN_DIGIT = re.compile(r"(?![0-9])\d")  # of the scripts that have digits of their own
_BACKSLASHED = re.compile(r"(?<!\w)https?:\\{1,2}[^\s<>\"]{1,2000}", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,5}|#x[0-9a-f]{1,4}|amp|period|sol|colon|commat);", re.IGNORECASE)
_SOFT_BREAK = re.compile(r"=\r?\n")
_BRACKETED = re.compile(r"<(https?://[^<>]{1,2000})>", re.IGNORECASE)
_OPEN_END = re.compile(r"https?://[^\s<>]*[/=&?%_-]", re.IGNORECASE)
_OPEN_NUMBER = re.compile(r"https?://[^\s<>]{22,}/\d{1,14}", re.IGNORECASE)
_REST_OF_ADDRESS = re.compile(r"(?!https?:)[\w@%]", re.IGNORECASE)
_REST_OF_NUMBER = re.compile(r"\d{1,18}(?:[?/]\S{0,500})?(?:\s|\Z)")
_MAX_ADDRESS = 2000
_ENCODED = re.compile(r"(?:%[0-9a-f]{2}){1,200}", re.IGNORECASE)
_PUNYCODE = re.compile(r"(?<![\w-])xn--([a-z\d-]{1,59})", re.IGNORECASE)
# Gateways that write the target in a notation of their own.
_PROOFPOINT_2 = re.compile(r"/v2/url\?(?:\S{0,300}?&)?u=([^\s&<>\"]{1,4000})", re.IGNORECASE)
_PROOFPOINT_3 = re.compile(r"/v3/__([^\s;]{1,500}?)__;([\w-]{0,500})!", re.IGNORECASE)
_PROOFPOINT_RUN = re.compile(r"\*(?:\*([\w-]))?")
_RUN_LENGTHS = {
    letter: length
    for length, letter in enumerate(
        string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_", start=2
    )
}
_MAX_WRAPPINGS = 5
# Gateways that may keep the target to themselves. What stands behind "domain=" is not the whole of it.
_GATEWAY = re.compile(
    r"https?://(?:[\w-]{1,60}\.){0,5}(?:mimecast\.com|mimecastprotect\.com|cudasvc\.com|emailprotection\.link|"
    r"safelinks\.protection\.outlook\.com|urldefense\.(?:com|us|proofpoint\.com)|secure-web\.cisco\.com|"
    r"protection\.sophos\.com|clicktime\.symantec\.com|fireeye\.com|ctp\.trendmicro\.com)/[^\s<>\"]{8,2000}",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_BASE64 = re.compile(r"(?<![\w+/])aHR0c[\w+/-]{8,4000}={0,2}")  # begins with "http"


def restored(text: str) -> str:
    """The text with every address in its plain form.

    Undone are invisible characters, full-width forms, digits of other scripts, character references of HTML,
    "hxxp" and "[.]", line breaks inside addresses, percent encoding and punycode, and what gateways wrap
    around a target: Proofpoint (1, 2, 3), Safe Links, Barracuda, Cisco, Sophos, search engines' redirects,
    any other that carries the target percent-encoded or in base64, and one of them behind another. Targets
    that a gateway keeps to itself stay unknown (see `hides_target`).
    """
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", _ENTITY.sub(_from_entity, text)))
    plain = _FOREIGN_DIGIT.sub(lambda match: str(unicodedata.digit(match[0])), plain)
    plain = _BACKSLASHED.sub(lambda match: match[0].replace("\\", "/"), plain)
    for pattern, replacement in _DEFANGED:
        plain = pattern.sub(replacement, plain)
    return _PUNYCODE.sub(_from_punycode, _unwrapped(_joined(plain)))


def hides_target(text: str) -> bool:
    """Whether a link leads to a mail gateway that alone knows what is behind it; it is never asked."""
    links = _GATEWAY.findall(_INVISIBLE.sub("", text))
    return any(len(_SCHEME.findall(_unwrapped(link))) < 2 for link in links)  # noqa: PLR2004 - itself and the target


def _unwrapped(text: str) -> str:
    """The text with the targets in gateways' addresses; one gateway may stand behind another."""
    for _ in range(_MAX_WRAPPINGS):
        before = text
        text = _PROOFPOINT_2.sub(_proofpoint_2, _PROOFPOINT_3.sub(_proofpoint_3, text))
        text = _BASE64.sub(_from_base64, _ENCODED.sub(lambda match: unquote(match[0]), text))
        if text == before:
            break
    return text


def _from_entity(match: re.Match[str]) -> str:
    return html.unescape(match[0])


def _joined(text: str) -> str:
    """The text with addresses that run over several lines made whole (RFC 3986, appendix C)."""
    whole = _BRACKETED.sub(lambda match: f"<{''.join(match[1].split())}>", _SOFT_BREAK.sub("", text))
    lines: list[str] = []
    for line in whole.split("\n"):
        rest = line.lstrip("> \t")
        if lines and _goes_on(lines[-1], rest):
            lines[-1] += rest
        else:
            lines.append(line)
    return "\n".join(lines)


def _goes_on(line: str, rest: str) -> bool:
    """Whether an address was broken here: after a mark that none ends with, or amid a long number."""
    last = line[-_MAX_ADDRESS:].split()[-1:]
    if not last or len(line) > _MAX_ADDRESS:
        return False
    if _OPEN_END.fullmatch(last[0]):
        return bool(_REST_OF_ADDRESS.match(rest))
    return bool(_OPEN_NUMBER.fullmatch(last[0]) and _REST_OF_NUMBER.match(rest))


def _proofpoint_2(match: re.Match[str]) -> str:
    written = re.sub(r"-([0-9A-Fa-f]{2})", r"%\1", match[1].replace("_", "/"))
    return f" {unquote(written)} "


def _proofpoint_3(match: re.Match[str]) -> str:
    """The address with the characters that were taken out put back in their places."""
    removed = _decoded(match[2])
    position = 0

    def put_back(place: re.Match[str]) -> str:
        nonlocal position
        length = _RUN_LENGTHS.get(place[1], 1) if place[1] else 1
        position += length
        return removed[position - length : position]

    return f" {_PROOFPOINT_RUN.sub(put_back, match[1])} "


def _from_base64(match: re.Match[str]) -> str:
    return f" {_decoded(match[0])} "


def _decoded(written: str) -> str:
    """The text behind base64 of either alphabet; nothing if it is not."""
    plain = written.rstrip("=").replace("+", "-").replace("/", "_")
    try:
        return base64.urlsafe_b64decode(plain + "=" * (-len(plain) % 4)).decode("utf-8", "replace")
    except ValueError:  # other letters, or one too many
        return ""


def _from_punycode(match: re.Match[str]) -> str:
    try:
        return match[1].lower().encode("ascii").decode("punycode")
    except UnicodeError:
        return match[0]
