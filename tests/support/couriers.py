"""Lets one courier do all that there is to do."""

from datetime import timedelta

from connectors.errors import OutcomeUnknown
from connectors.tickets import TicketSystem
from daemon.bell import Bell
from daemon.deliver import Courier
from tests.unit.daemon.conftest import Desk


def deliver_all(desk: Desk, tickets: TicketSystem) -> None:
    """Carry out every action that is due; where an outcome is unknown, go on as the loop does."""
    step = Courier(
        number=1, database=desk.database, tickets=tickets, planned=Bell(), unknown_wait=timedelta(0)
    )
    while True:
        try:
            if not step.work():
                return
        except OutcomeUnknown as error:
            step.failed(error)
