from pathlib import Path

import pytest
from pydantic import BaseModel

from config.organisations import Directory, Organisation
from config.regimes import Regime, Regimes
from config.settings import Jira, Mailbox, Settings, Smtp
from rules.fields import ClockIs, ReferencesAre, SenderIs, TextHas
from rules.given import Given, GivenSender
from rules.schema import Addition, Default, Expectation, Outcome, RouteRule, RoutingTest, Rules, Supplement
from rules.when import When

GUIDE = (Path(__file__).parents[3] / "docs" / "configuration.md").read_text(encoding="utf-8")
MODELS: tuple[type[BaseModel], ...] = (
    *(Settings, Mailbox, Jira, Smtp, Directory, Organisation, Regimes, Regime),
    *(Rules, RouteRule, Outcome, Addition, Supplement, Default, RoutingTest, Given, GivenSender, Expectation),
    *(When, SenderIs, ReferencesAre, ClockIs, TextHas),
)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_guide_names_every_key(model: type[BaseModel]) -> None:
    keys = {field.alias or name for name, field in model.model_fields.items()}
    missing = {key for key in keys if f"`{key}`" not in GUIDE and f"`{{{key}:" not in GUIDE}
    assert missing == set()
