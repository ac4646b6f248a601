"""Where the paragraphs of a document are, once its layout is gone and only lines are left."""

import re
from itertools import pairwise

_MAX_WIDTH = 160  # a longer line was not wrapped by anybody

# Operative parts are numbered; each item is a demand of its own, even where no full stop ends it.
_ITEM = re.compile(r"\s{0,8}(?:\d{1,2}|[A-Za-z]|[IVX]{1,4})\s?[-\u2013\u2014.):]{1,2}\s")
_CLAUSE_ENDS = (",", ";", ".", ":")


def paragraphs_apart(text: str) -> str:
    """The text with an empty line wherever a new paragraph starts, so that no sentence runs across."""
    lines = text.split("\n")
    width = max(len(line) for line in lines)
    spaced = lines[:1]
    for above, line in pairwise(lines):
        if line and above and (_ITEM.match(line) or _is_deliberate(above, line, width)):
            spaced.append("")
        spaced.append(line)
    return "\n".join(spaced)


def _is_deliberate(above: str, below: str, width: int) -> bool:
    """Whether a writer rather than the margin broke the line: the next word would still have fitted."""
    word = below.split(maxsplit=1)[0] if below.strip() else ""
    fitted = len(above) + 1 + len(word) < min(width, _MAX_WIDTH) or len(above) > _MAX_WIDTH
    return fitted and word[:1].isupper() and above.rstrip().endswith(_CLAUSE_ENDS)
