"""A site in memory, with the rules that a test names."""

from pathlib import Path

from rules.site import Site, load

MAILWARDEN = """\
receiving_host: mx.clipora.example
own_domains: [intake.clipora.example]
mailboxes:
  - {name: regulators, host: imap.example.com, user: regulators, password: {file: secret}}
jira:
  url: https://jira.example.com
  token: {file: secret}
"""
ORGANISATIONS = """\
organisations:
  - {id: regulator, name: The Regulator, class: regulator, country: TR, domains: [regulator.example]}
  - {id: partner, name: The Partner, class: partner, domains: [partner.example]}
"""
ROUTING = """\
routes:
  - name: spam
    when: {kind: [spam, newsletter]}
    then: {set_aside: nobody asked for it}
default:
  then: {project: INC, issue_type: Task}
"""


def site(folder: Path, *, routing: str = ROUTING) -> Site:
    """Write the files of a site and load them."""
    (folder / "secret").write_text("secret")
    texts = {"mailwarden.yaml": MAILWARDEN, "organisations.yaml": ORGANISATIONS, "routing.yaml": routing}
    for name, text in texts.items():
        (folder / name).write_text(text.replace("file: secret", f"file: {folder}/secret"))
    return load(folder)
