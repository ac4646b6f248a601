import pytest

from config.organisations import Directory

DIRECTORY = Directory.model_validate(
    {
        "organisations": [
            {"id": "state", "name": "The State", "class": "regulator", "domains": ["gov.example"]},
            {
                "id": "police",
                "name": "The Police",
                "class": "law_enforcement",
                "domains": ["Police.GOV.example"],
            },
        ]
    }
)


@pytest.mark.parametrize(
    ("domain", "owner"),
    [
        ("gov.example", "state"),
        ("GOV.Example", "state"),
        ("gov.example.", "state"),
        ("desk.media.gov.example", "state"),
        ("police.gov.example", "police"),
        ("mail.police.gov.example", "police"),
        ("notgov.example", None),
        ("gov.example.evil.test", None),
        ("example", None),
        ("", None),
    ],
)
def test_a_domain_belongs_to_the_nearest_owner_at_or_above_it(domain: str, owner: str | None) -> None:
    organisation = DIRECTORY.of_domain(domain)
    assert (organisation.id if organisation else None) == owner
