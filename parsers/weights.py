"""How much what a mail says speaks for each harm and each level of urgency.

The weights were fitted to passages in all languages together (`benchmarks/weights.py`), so they are few
and the same for each language. A score is a sum, and what adds most to it can be shown.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("weights.json")
ALWAYS = "always"  # the feature that every mail has

Features = Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Weighing:
    """A multinomial logistic regression: for each feature, its weight for each answer."""

    weights: Mapping[str, Mapping[str, float]]

    def shares(self, features: Features) -> dict[str, float]:
        """How probable each answer is; together they are 1."""
        scores = dict(self.weights[ALWAYS])
        for feature, value in features.items():
            for answer, weight in self.weights.get(feature, {}).items():
                scores[answer] += value * weight
        highest = max(scores.values())
        powers = {answer: math.exp(score - highest) for answer, score in scores.items()}
        whole = sum(powers.values())
        return {answer: power / whole for answer, power in powers.items()}

    def weight(self, feature: str, answer: str) -> float:
        """How much a feature speaks for an answer."""
        return self.weights.get(feature, {}).get(answer, 0.0)


@dataclass(frozen=True, kw_only=True)
class Weights:
    """What is weighed."""

    harms: Weighing
    levels: Weighing


@cache
def weights() -> Weights:
    """Those that are shipped."""
    stored = json.loads(FILE.read_text(encoding="utf-8"))
    return Weights(harms=Weighing(weights=stored["harms"]), levels=Weighing(weights=stored["levels"]))
