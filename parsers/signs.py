"""The kinds of phrases about urgency and harm."""

from enum import StrEnum

from config.topics import Topic
from parsers.facts import Harm


class Sign(StrEnum):
    """What a phrase says; the meanings are explained at `config.lexicon.UrgencyWords`."""

    DECISIVE = "decisive"
    FAREWELL = "farewell"
    PARTING = "parting"
    PERIL = "peril"
    ARMED = "armed"
    TARGET = "target"
    CHILD = "child"
    PREYING = "preying"
    LURED = "lured"
    UNREACHABLE = "unreachable"
    IMMINENT = "imminent"
    RECENT = "recent"
    INTENDED = "intended"
    SEARCH = "search"
    OVERDUE = "overdue"
    SPREADING = "spreading"
    PERSISTING = "persisting"
    DISTRESS = "distress"
    CALMED = "calmed"
    UNREAL = "unreal"
    INVENTED = "invented"
    PAST = "past"
    ASKING = "asking"
    NOTHING_TO_DO = "nothing_to_do"
    THANKS = "thanks"
    LONG_AGO = "long_ago"
    NEGATION = "negation"
    CONJUNCTION = "conjunction"
    DOUBT = "doubt"


DANGERS = frozenset(
    {
        Sign.DECISIVE,
        Sign.FAREWELL,
        Sign.PARTING,
        Sign.PERIL,
        Sign.ARMED,
        Sign.PREYING,
        Sign.LURED,
        Sign.UNREACHABLE,
    }
)
"""What is done or feared; the other signs only say when, to whom or whether."""


class Notion(StrEnum):
    """What a plain word means; the meanings are explained at `config.notions.NotionWords`."""

    MEDICINE = "medicine"
    TAKEN = "taken"
    PLENTY = "plenty"
    PHONE = "phone"
    SILENT = "silent"
    EMBRACED = "embraced"
    LEFT = "left"
    BELONGINGS = "belongings"
    GIVEN = "given"
    NOBODY = "nobody"
    GRIEVE = "grieve"
    RATHER = "rather"
    DEAD = "dead"
    BAG = "bag"
    EXPLODES = "explodes"
    REVEALED = "revealed"
    HOME = "home"
    COMING = "coming"
    KEPT = "kept"
    ROOM = "room"
    FORCED = "forced"
    CLIENTS = "clients"
    PASSPORT = "passport"
    SEIZED = "seized"
    FUEL = "fuel"
    POURED = "poured"
    HITS = "hits"
    VICTIM = "victim"
    BEGS = "begs"
    ENTICED = "enticed"
    OUTSIDE = "outside"
    PICTURES = "pictures"
    MONEY = "money"
    BRINGS = "brings"
    GAS = "gas"
    OPENED = "opened"
    FOUND = "found"
    UNHARMED = "unharmed"
    ESCAPED = "escaped"
    CUSTODY = "custody"
    NOTHING_MORE = "nothing_more"
    NEEDED = "needed"
    PERIOD = "period"
    RAN_OUT = "ran_out"
    STILL_UP = "still_up"
    PEOPLE = "people"
    HARMED = "harmed"
    GOING_ON = "going_on"
    THREATS = "threats"
    DRUGS = "drugs"
    SELLS = "sells"
    PUPILS = "pupils"


Tag = Sign | Harm | Notion | Topic
