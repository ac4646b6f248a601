"""What a ticket says of the laws that a mail speaks of."""

from collections.abc import Iterable

from rules.orders import FormerLaw, Order

Row = tuple[str, str]


def law_rows(orders: Iterable[Order], former: Iterable[FormerLaw]) -> Iterable[Row]:
    """What orders contain of that which their law asks for, then laws that are law no more."""
    for order in orders:
        yield "Elements", "; ".join((f"{order.regime.title}: {order.count}", *_parts(order)))
    for law in former:
        yield (
            "No longer law",
            f"{law.regime.title} is {law.how}{_since(law)}; no clock was set. {_advice(law)}",
        )


def _parts(order: Order) -> Iterable[str]:
    if order.is_incomplete:
        yield f"missing: {', '.join(order.lacks)} (look also in attachments that could not be read)"
    if unjudged := ", ".join(order.unjudged):
        yield f"not looked for in this language: {unjudged}"
    if shown := ", ".join(f"{name} “{words}”" for name, words in order.shown):
        yield f"found: {shown}"


def _since(law: FormerLaw) -> str:
    return f" since {law.regime.valid_to}" if law.regime.valid_to else ""


def _advice(law: FormerLaw) -> str:
    return f"The mail cites it by “{law.phrase}”: ask Legal. {law.regime.note or ''}".rstrip()
