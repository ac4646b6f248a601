"""What a mail says, as numbers that can be weighed.

A feature is the value of a topic, a sign or a harm's words; what the subject line names counts as a
feature of its own, since it is what the writer calls the matter.
"""

from collections import defaultdict
from collections.abc import Mapping

from config.topics import Topic
from parsers.facts import Harm
from parsers.signals import Findings
from parsers.signs import Tag

IN_SUBJECT = "subject "
WORDS_OF = "words of "
_GRADES = (1.0, 1.5, 1.8)  # of one, two, more different phrases on a topic: each further one says less
_MOST_WORDS = 5.0


def features(findings: Findings, subject: Findings, words: Mapping[Harm, float]) -> dict[str, float]:
    """The features of a mail.

    Args:
        findings: the signs of the author's own words.
        subject: those of the subject line.
        words: how much is said in the words of each harm, see `parsers.harms`.
    """
    found = {feature_of(hit.tag): 1.0 for hit in findings.hits}
    found.update(_topics(findings))
    found.update({f"{IN_SUBJECT}{topic}": 1.0 for topic in _topics(subject)})
    found.update({feature_of(harm): min(score, _MOST_WORDS) for harm, score in words.items()})
    return found


def feature_of(tag: Tag) -> str:
    """The feature that a phrase speaks for."""
    return f"{WORDS_OF}{tag}" if isinstance(tag, Harm) else str(tag)


def _topics(findings: Findings) -> dict[str, float]:
    """Each topic by how many different phrases there are on it."""
    said: defaultdict[str, set[str]] = defaultdict(set)
    for hit in findings.hits:
        if isinstance(hit.tag, Topic):
            said[str(hit.tag)].add(findings.text[hit.start : hit.end].lower())
    return {topic: _GRADES[min(len(phrases), len(_GRADES)) - 1] for topic, phrases in said.items()}
