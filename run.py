"""Mailwarden's command line. Each command is one thin function; the work is done in the rooms behind it."""

import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter
from rich.console import Console
from sqlalchemy.exc import DBAPIError

from config.errors import MailwardenError
from config.faults import ConfigurationError
from config.instant import utcnow
from connectors.health_door import faults_at
from daemon import correction_commands, logs, rule_set_commands, service
from daemon.checkup import connection_faults
from daemon.command_line import (
    ATTENTION,
    FAULTY,
    OK,
    ByOption,
    ConfigOption,
    JsonOption,
    MatterName,
    database_of,
    open_database,
    settings_of,
)
from daemon.governing import rules_file_now
from daemon.held import RELEASE, SET_ASIDE, HeldMessage, Verdict, contents, decide_held, hand_out, list_held
from daemon.ledger_commands import account, ledger
from daemon.mail_cases import NamedMails
from daemon.matter import MatterView, view
from daemon.recover import allow_acknowledgements, recover
from daemon.retry import leave_failed, retry_failed
from daemon.rota_commands import rota
from daemon.rules_commands import rules
from daemon.status import Status, gather
from daemon.store.trouble import database_trouble
from daemon.terminal import show_report, show_status
from daemon.terminal_held import show_contents, show_held
from daemon.terminal_ledger import show_key_place
from daemon.terminal_matter import show_matter
from parsers.facts import REPORTS
from parsers.report import read as read_mail
from rules.site import SHIPPED, load
from rules.tests_in_file import failures

STATUSES = TypeAdapter(Status)
HELD = TypeAdapter(tuple[HeldMessage, ...])
MATTERS = TypeAdapter(MatterView)

ConnectOption = Annotated[
    bool, typer.Option("--connect", help="Sign in to the mailboxes, Jira and SMTP; nothing is changed.")
]
OnceOption = Annotated[bool, typer.Option("--once", help="End with 0 when all are handled, else with 1.")]
OrganisationsOption = Annotated[
    Path,
    typer.Option(metavar="SENDERS.json", help="Which domains are known, and for what (docs/replay.md)."),
]
OutOption = Annotated[Path, typer.Option(metavar="OUT.jsonl", help="Where the outcomes go, a line a mail.")]
ListOption = Annotated[
    str | None, typer.Option("--list", metavar="MEASURE", help="Name the mails that differ in this one.")
]
FloorOption = Annotated[
    list[str] | None,
    typer.Option("--floor", metavar="MEASURE=NUMBER", help="End with 1 when it is worse; repeatable."),
]
ManifestFile = Annotated[Path, typer.Argument(metavar="MANIFEST.jsonl")]
LabelledFolder = Annotated[Path, typer.Argument(metavar="FOLDER", exists=True, file_okay=False)]
MailFiles = Annotated[list[Path], typer.Argument(metavar="FILE.eml…", exists=True, dir_okay=False)]
Number = Annotated[
    int, typer.Argument(metavar="NUMBER", help="The message's number, as `held list` shows it.")
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, in a sentence; it goes onto the ticket.")]
LeaveReasonOption = Annotated[str, typer.Option("--reason", help="Why, in a sentence; it is kept.")]
RawOption = Annotated[
    Path | None, typer.Option("--raw", metavar="FILE", help="Write the octets to a new file.")
]
TextOption = Annotated[bool, typer.Option("--text", help="Print also what the sender wrote.")]
AcknowledgeOption = Annotated[
    bool, typer.Option("--acknowledge", help="Let acknowledgements go out again after a recovery.")
]

app = typer.Typer(
    help=(
        "Mailwarden turns report mail into Jira tickets: each mail once, with its urgency and deadline.\n\n"
        "New here? `run.py demo` shows everything on embedded parts. For your own mailboxes write a folder "
        "with mailwarden.yaml, routing.yaml and organisations.yaml (docs/configuration.md), run "
        "`run.py check --config DIR`, then `run.py start --config DIR`.\n\n"
        "Exit codes: 0 all is well; 1 something needs attention; 2 the configuration or the command is wrong."
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
db = typer.Typer(help="The database's tables.", no_args_is_help=True)
app.add_typer(db, name="db")
held = typer.Typer(help="Messages that wait for a person.", no_args_is_help=True)
app.add_typer(held, name="held")
matter = typer.Typer(help="Matters: one party's one concern, on one ticket.", no_args_is_help=True)
app.add_typer(matter, name="matter")
clock = typer.Typer(help="Times by which something must be done.", no_args_is_help=True)
app.add_typer(clock, name="clock")
correction_commands.add_to(matter, clock)
app.add_typer(ledger, name="ledger")
app.add_typer(rota, name="rota")
rule_set_commands.add_to(rules)
app.add_typer(rules, name="rules")
console = Console()


@app.command()
def start(config: ConfigOption = Path()) -> None:
    """Run the daemon until it is told to stop.

    SIGTERM lets it finish the work under way and end with 0; SIGHUP takes changed rules into use.
    It does not start, and ends with 2, when the configuration has faults: all of them are named.
    """
    raise typer.Exit(OK if service.run(config) else ATTENTION)


@app.command()
def demo(once: OnceOption = False) -> None:
    """Show the main job on embedded parts: mail in, tickets out.

    It delivers sample mails, shows what becomes of each, and stays up for mail of your own.
    Nothing leaves this machine.
    """
    from daemon import demo as embedded  # noqa: PLC0415  (needs packages that only the demo needs)

    raise typer.Exit(OK if embedded.run(console, once=once) else ATTENTION)


@app.command()
def check(config: ConfigOption = Path(), connect: ConnectOption = False) -> None:
    """Check the whole configuration and run the tests beside the rules.

    Every fault is named with file, line and key; it ends with 2 when there is one. With --connect it then
    tries the mailboxes, Jira and SMTP, names every fault there, and ends with 1 when there is one.
    """
    site = load(config)
    failed = failures(site.rules, site.rotas, NamedMails(site=site, folder=config))
    for test in failed:
        console.print(str(test), markup=False, soft_wrap=True)
    if failed:
        raise typer.Exit(FAULTY)
    faults = connection_faults(site) if connect else []
    for fault in faults:
        console.print(str(fault), markup=False, soft_wrap=True)
    if faults:
        raise typer.Exit(ATTENTION)
    console.print(f"No faults; {len(site.rules.tests)} tests passed. Rule set {site.rules.digest[:12]}.")


@app.command()
def read(files: MailFiles, json: JsonOption = False, config: ConfigOption = SHIPPED) -> None:
    """Show what the parsers make of a mail.

    Needs no database, no mailbox and no secret; without --config the shipped files are used.
    """
    knowledge = load(config, with_secrets=False).knowledge
    for file in files:
        report = read_mail(file.read_bytes(), received_at=utcnow(), knowledge=knowledge)
        if json:
            typer.echo(REPORTS.dump_json(report, indent=2))
        else:
            show_report(console, file.name, report)


@app.command()
def replay(
    manifest: ManifestFile, organisations: OrganisationsOption, out: OutOption, config: ConfigOption = SHIPPED
) -> None:
    """Run the mails of a manifest through the real steps, each at the time it was received.

    Nothing leaves this machine: the tickets are opened in an embedded Jira sandbox. It ends with 1
    when a mail failed; the others are dealt with all the same.
    """
    from daemon import replay as replaying  # noqa: PLC0415  (needs the packages of the demo)

    logs.configure(quiet=True)
    job = replaying.read_job(manifest, organisations=organisations, config=config)
    raise typer.Exit(OK if replaying.run(job, out=out, console=Console(stderr=True)) else ATTENTION)


@app.command()
def evaluate(
    folder: LabelledFolder,
    json: JsonOption = False,
    measure: ListOption = None,
    floor: FloorOption = None,
    config: ConfigOption = SHIPPED,
) -> None:
    """Replay a labelled folder and tell how much of it was read as labelled.

    It ends with 1 when a measure does not keep its floor (docs/evaluate.md).
    """
    from daemon import evaluate as evaluating  # noqa: PLC0415  (needs the packages of the demo)

    logs.configure(quiet=True)
    request = evaluating.read_request(listed=measure, floors=floor or (), as_json=json)
    raise typer.Exit(
        OK if evaluating.run(folder, config=config, request=request, console=console) else ATTENTION
    )


@app.command()
def status(config: ConfigOption = Path(), json: JsonOption = False) -> None:
    """Show mailboxes, queue, clocks, the rules that govern and trouble.

    Works also while the daemon is not running. It ends with 1 when something needs attention.
    """
    door = settings_of(config).health
    faults = faults_at(door.host, door.port) if door else ()
    with closing(open_database(config)) as database:
        found = gather(database, utcnow(), faults=faults, file=rules_file_now(config))
    if json:
        typer.echo(STATUSES.dump_json(found, indent=2))
    else:
        show_status(console, found)
        show_key_place(console, settings_of(config).ledger)
    raise typer.Exit(ATTENTION if found.troubles else OK)


app.command()(account)


@held.command("list")
def held_list(config: ConfigOption = Path(), json: JsonOption = False) -> None:
    """Show every message that waits for a person."""
    messages = list_held(database_of(config))
    if json:
        typer.echo(HELD.dump_json(messages, indent=2))
    else:
        show_held(console, messages)


@held.command("show")
def held_show(
    number: Number, raw: RawOption = None, text: TextOption = False, config: ConfigOption = Path()
) -> None:
    """Show a held message: its headers, the reason, its attachments' names and its hash.

    What it says is shown only with --text. That --raw was used is recorded in the ledger.
    """
    database = database_of(config)
    show_contents(console, contents(database, number), with_text=text)
    if raw:
        hand_out(database, number, raw)


def _decide_held(config: Path, number: int, verdict: Verdict, *, reason: str, by: str) -> None:
    database, site = database_of(config), load(config, with_secrets=False, with_lexicons=False)
    decide_held(database, site, number, verdict, reason=reason, by=by)


@held.command("release")
def held_release(number: Number, reason: ReasonOption, by: ByOption, config: ConfigOption = Path()) -> None:
    """A person has looked at the message: it is handled on its ticket, which gets a comment.

    Where only a rule had held it, its files are now copied to the ticket and its sender is told, if the
    rules want it so.
    """
    _decide_held(config, number, RELEASE, reason=reason, by=by)
    console.print(f"Message {number} is released; its ticket gets a comment.")


@held.command("set-aside")
def held_set_aside(number: Number, reason: ReasonOption, by: ByOption, config: ConfigOption = Path()) -> None:
    """A person has looked at the message: nothing is to be done; its ticket gets a comment."""
    _decide_held(config, number, SET_ASIDE, reason=reason, by=by)
    console.print(f"Message {number} is set aside; its ticket gets a comment.")


@matter.command("show")
def matter_show(name: MatterName, config: ConfigOption = Path(), json: JsonOption = False) -> None:
    """Show a matter: its messages, clocks, actions and ledger."""
    zones = settings_of(config).time_zones
    found = view(database_of(config), name, time_zones=zones)
    if json:
        typer.echo(MATTERS.dump_json(found, indent=2))
    else:
        show_matter(console, found)


@matter.command("retry")
def matter_retry(name: MatterName, config: ConfigOption = Path()) -> None:
    """Try again what has failed for good on a matter, once you have mended the cause.

    Each action is looked for first, so nothing is done twice. `status` names the matters.
    """
    count = retry_failed(database_of(config), name)
    console.print(f"{count} failed actions of {name} will be tried again.", markup=False)


@matter.command("leave")
def matter_leave(
    name: MatterName, reason: LeaveReasonOption, by: ByOption, config: ConfigOption = Path()
) -> None:
    """Leave as they are the files, reopenings and acknowledgements that failed on a matter.

    For what you have seen to otherwise. `status` then names them no more; `matter show` still does.
    """
    count = leave_failed(database_of(config), name, reason=reason, by=by)
    console.print(f"{count} failed actions of {name} are left as they are.", markup=False)


@app.command("recover")
def recover_backup(config: ConfigOption = Path(), acknowledge: AcknowledgeOption = False) -> None:
    """Take a restored backup into use: nothing that was done after it was made is done again.

    Run it after the restore and before the first start; every daemon must be stopped. What may have been
    done already is then looked for in Jira first. Acknowledgements stay off until you run it once more
    with --acknowledge.
    """
    database = database_of(config)
    if acknowledge:
        allow_acknowledgements(database)
        console.print("Acknowledgements go out again.")
    else:
        count = recover(database)
        console.print(f"Ready to start: {count} actions will be looked for first. Acknowledgements are off.")


@db.command()
def upgrade(config: ConfigOption = Path()) -> None:
    """Bring the tables to this version. Back the database up first."""
    database = open_database(config)
    database.upgrade()
    console.print(f"The tables are at revision {database.revision()}.")


@db.command()
def current(config: ConfigOption = Path()) -> None:
    """Say whether the tables are current; ends with 1 when they are not."""
    console.print(f"The tables are current: revision {database_of(config).revision()}.")


def main() -> int:
    """Run a command; our own errors become one message and an exit code, never a traceback."""
    logs.configure(quiet=True)
    try:
        app()
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        return FAULTY
    except MailwardenError as error:
        sys.stderr.write(f"{error}\n")
        return ATTENTION
    except DBAPIError as error:  # whose own text may quote a mail
        sys.stderr.write(f"{database_trouble(error) or type(error).__name__}\n")
        return ATTENTION
    return OK


if __name__ == "__main__":
    sys.exit(main())
