from pathlib import Path

import pytest
from pydantic import BaseModel

from config.acknowledgements import Acknowledgement
from config.organisations import Directory, Organisation
from config.regimes import Regime, Regimes
from config.settings import Acknowledge, Jira, Mailbox, Settings, Smtp
from rules.content_fields import AttachmentsAre, ReferencesAre, SizeIs
from rules.fields import LanguageIs, SenderIs
from rules.flags import FLAGS
from rules.given import Given, GivenAttachment, GivenSender
from rules.policies import FilesWanted
from rules.rota import Layer, Override, Person, Rota, Rotas, Uncovered
from rules.schema import Addition, Default, Expectation, Outcome, RouteRule, RoutingTest, Rules, Supplement
from rules.text_fields import TextHas
from rules.time_fields import ClockIs, TimeIs
from rules.when import When

GUIDE = (Path(__file__).parents[3] / "docs" / "configuration.md").read_text(encoding="utf-8")
MODELS: tuple[type[BaseModel], ...] = (
    *(Settings, Mailbox, Jira, Smtp, Directory, Organisation, Regimes, Regime),
    *(Rules, RouteRule, Outcome, Addition, Supplement, Default, RoutingTest, Given, GivenSender, Expectation),
    *(When, SenderIs, LanguageIs, ReferencesAre, AttachmentsAre, SizeIs, ClockIs, TimeIs, TextHas),
    *(GivenAttachment, FilesWanted, Acknowledge, Acknowledgement),
    *(Rotas, Person, Rota, Layer, Override, Uncovered),
)


def test_the_guide_names_every_flag() -> None:
    assert {flag for flag in FLAGS if f"`{flag}`" not in GUIDE} == set()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_guide_names_every_key(model: type[BaseModel]) -> None:
    keys = {field.alias or name for name, field in model.model_fields.items()}
    missing = {key for key in keys if f"`{key}`" not in GUIDE and f"`{{{key}:" not in GUIDE}
    assert missing == set()
