"""Plain words that say something about a danger only when several stand in one sentence.

"Tablets" is no sign of anything, nor is "whole packet", nor "swallowed". All three together are.
`parsers.notions` holds which of them make which sign; here are their meanings.
"""

from config.words import Phrases, Section


class NotionWords(Section):
    """The words of one language by what they mean; the forms that people write, in all their endings."""

    medicine: Phrases = ()
    """Tablets, sleeping pills, medication."""
    taken: Phrases = ()
    """Has swallowed, has taken, emptied."""
    plenty: Phrases = ()
    """All of them, a whole packet, a handful."""
    phone: Phrases = ()
    silent: Phrases = ()
    """Switched off, dead: of a telephone."""
    embraced: Phrases = ()
    """Kissed, hugged, said goodbye."""
    left: Phrases = ()
    """Went out, walked away, left."""
    belongings: Phrases = ()
    """What somebody is fond of: things, a guitar, toys, the dog."""
    given: Phrases = ()
    """Gave away, handed out, put outside the door."""
    nobody: Phrases = ()
    """Nobody is to, do not."""
    grieve: Phrases = ()
    """Be sad, cry, feel guilty, look for me."""
    rather: Phrases = ()
    """Rather, better, prefers."""
    dead: Phrases = ()
    """Be dead, die."""
    bag: Phrases = ()
    """A bag, parcel or device that somebody left."""
    explodes: Phrases = ()
    """Explodes, goes off."""
    revealed: Phrases = ()
    """Posted, found out: of an address."""
    home: Phrases = ()
    """Where somebody lives, the address."""
    coming: Phrases = ()
    """Are in the car, are on their way, will be there."""
    kept: Phrases = ()
    """Is held, locked in, not let out."""
    room: Phrases = ()
    """A flat, room, cellar."""
    forced: Phrases = ()
    clients: Phrases = ()
    """Those to whom people are sold."""
    passport: Phrases = ()
    seized: Phrases = ()
    """Took away: of a passport."""
    fuel: Phrases = ()
    poured: Phrases = ()
    hits: Phrases = ()
    """Hits, beats, kicks."""
    victim: Phrases = ()
    """A woman, his wife, an old man: who is beaten."""
    begs: Phrases = ()
    """Begs, pleads, screams."""
    enticed: Phrases = ()
    """Talked into, persuaded, lured."""
    outside: Phrases = ()
    """To go out, to get into a car, to come to somebody's place."""
    pictures: Phrases = ()
    money: Phrases = ()
    brings: Phrases = ()
    """Brings, takes along: of a weapon."""
    gas: Phrases = ()
    opened: Phrases = ()
    """Turned on: of gas."""
    found: Phrases = ()
    """Was found, has come back."""
    unharmed: Phrases = ()
    """Safe, alive, well."""
    escaped: Phrases = ()
    custody: Phrases = ()
    """Prison, a closed ward."""
    nothing_more: Phrases = ()
    """Nothing more, nothing else."""
    needed: Phrases = ()
    """Needs to be done, is required."""
    period: Phrases = ()
    """The time that an order gives."""
    ran_out: Phrases = ()
    """Ended, expired: of such a time."""
    still_up: Phrases = ()
    """Is still there, nothing was done: of what was to be removed."""
    people: Phrases = ()
    """Customers, victims, patients: more than one."""
    harmed: Phrases = ()
    """Have paid a cheat, lost money, fell ill."""
    going_on: Phrases = ()
    """Already, still, every day."""
    threats: Phrases = ()
    """Threats and insults: of those that keep coming."""
    drugs: Phrases = ()
    sells: Phrases = ()
    pupils: Phrases = ()
    """Pupils, schools, teenagers."""
