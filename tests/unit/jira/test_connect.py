from pathlib import Path

import pytest

from config.faults import ConfigurationError
from config.settings import Jira, load_settings
from connectors.jira.client import JiraCloud, JiraDataCenter
from connectors.jira.connect import jira_site, jira_tickets
from connectors.jira.site import CloudSite, DataCenterSite

SITE = """\
receiving_host: mx.example
own_domains: [intake.example]
mailboxes: [{{name: desk, host: imap.example, user: desk, password: {{env: TOKEN}}}}]
jira: {{url: "https://jira.example", token: {{env: TOKEN}}{more}}}
"""


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "sesame")


def jira(folder: Path, more: str) -> Jira:
    file = folder / "mailwarden.yaml"
    file.write_text(SITE.format(more=more), encoding="utf-8")
    return load_settings(file).jira


@pytest.mark.parametrize(
    ("more", "client", "site"),
    [
        ("", JiraCloud, CloudSite),
        (", edition: cloud", JiraCloud, CloudSite),
        (", edition: data_center", JiraDataCenter, DataCenterSite),
    ],
)
def test_the_edition_decides_how_jira_is_spoken_with(
    tmp_path: Path, more: str, client: type, site: type
) -> None:
    settings = jira(tmp_path, more)
    tickets, reader = jira_tickets(settings), jira_site(settings)
    assert (type(tickets), type(reader)) == (client, site)
    tickets.close()
    reader.close()


def test_an_unknown_edition_is_a_fault_that_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"jira\.edition.*data_center"):
        jira(tmp_path, ", edition: server")
