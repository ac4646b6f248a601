"""Patterns in rules: RE2's, which take time in proportion to the text, whatever the pattern."""

import re
from collections.abc import Callable

import re2

MEMORY = 1 << 20
"""Octets that one pattern may take; its own size is bounded by them."""
_WANTS_MORE = re.compile(r"perl operator|escape sequence: \\[1-9]")
_WITHOUT = "; there is no looking ahead or back, and no \\1, so that no text can slow a pattern down"


def compiled(pattern: str) -> Callable[[bytes], bool]:
    """A search for the pattern in UTF-8, without regard to letter case.

    Raises:
        ValueError: it is no pattern of RE2 (https://github.com/google/re2/wiki/Syntax), or too large.
    """
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = MEMORY
    try:
        search = re2.compile(pattern, options).search
    except re2.error as error:
        said = error.args[0].decode(errors="replace") if error.args else "too large"
        raise ValueError(f"is no pattern: {said}{_WITHOUT if _WANTS_MORE.search(said) else ''}") from None
    return lambda text: search(text) is not None
