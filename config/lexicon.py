"""The words of one language that reading a mail needs, one YAML file a language.

Phrases are written in a small notation, the same everywhere:

- `word` is the whole word; letter case, accents and the Turkish dotless i do not matter;
- `word*` also matches every longer word that begins so;
- `a ... b` allows up to 40 characters of the same sentence between the two.

They are a list, or for the long ones a text with `;` between them, which is read much faster.

Scripts that write words without spaces, or with prefixes and suffixes joined on, are matched
anywhere in a word; among the words about urgency and harm, `_word_` is the whole word there, too.
There, Hindi, Bengali and Urdu phrases begin where words begin, Chinese is written in either of its
scripts, and Vietnamese with its accents: they count in texts that have them.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from config.notions import NotionWords
from config.topics import Topic
from config.words import Phrases, PhraseText, Section
from config.yaml_file import read_yaml

CommonWord = Annotated[str, Field(pattern=r"^[^\s*]{1,40}\*?$")]
HarmName = Literal[
    "terrorism",
    "child_safety",
    "self_harm",
    "violence",
    "hate",
    "harassment",
    "privacy",
    "fraud",
    "illegal_goods",
    "election",
    "dangerous_challenge",
    "ip",
]


class Quoting(Section):
    """How mail programs introduce what others wrote."""

    wrote: Phrases = ()
    """Verbs of the line above a quotation: "wrote", "schrieb"."""
    labels: Phrases = ()
    """Field names that a program writes above a quoted mail: "From", "Gesendet"."""
    forwarded: Phrases = ()
    """Lines that open a forwarded mail."""
    originals: Phrases = ()
    """Lines that open an earlier mail, answered or passed on: "Original Message"."""


class Closing(Section):
    """What follows the message proper."""

    farewells: Phrases = ()
    devices: Phrases = ()
    """Lines that a telephone adds: "Sent from my"."""
    footers: Phrases = ()
    """Words that only stand in confidentiality notices and other standing text."""
    signatories: Phrases = ()
    """Words beside the name of the person in charge at the end of an official letter."""
    banners: Phrases = ()
    """Words of the warnings that a mail gateway writes above a mail from outside."""


class Subjects(Section):
    """What programs write at the beginning of subjects."""

    automatic: Phrases = ()
    bounced: Phrases = ()
    replied: Phrases = ()
    forwarded: Phrases = ()


class Automatic(Section):
    """What programs write that answer mail. Each kind says so twice: one of these alone is a person's."""

    absences: Phrases = ()
    """The writer is away: "I am on leave"."""
    returns: Phrases = ()
    """What an absence note says besides: "after my return", "in urgent cases"."""
    receipts: Phrases = ()
    """A mail has arrived: "we have received your report"."""
    machine: Phrases = ()
    """Nobody wrote this: "automatic reply", "please do not reply"."""


class ClockWords(Section):
    """The grammar of time limits: `within` number unit, or number unit `after`, or `by` date `until`."""

    numbers: dict[str, Annotated[float, Field(gt=0, le=999)]] = Field(default_factory=dict)
    halves: Phrases = ()
    """What adds half a unit behind it: an hour "and a half"."""
    lengths: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    """Spans that need no number, and their hours: "a fortnight": 336."""
    minutes: Phrases = ()
    hours: Phrases = ()
    days: Phrases = ()
    working_days: Phrases = ()
    weeks: Phrases = ()
    within: Phrases = ()
    fillers: Phrases = ()
    """Words that may stand between `within` and the number: "the next"."""
    after: Phrases = ()
    fixed: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    """Whole expressions and their length in hours: "within the hour": 1."""
    by: Phrases = ()
    lasts: Phrases = ()
    """Those of `by` and `within` that also tell what goes on or comes: "until"; they need a demand."""
    until: Phrases = ()
    until_endings: Phrases = ()
    """Endings of a day's own name or hour that say both "by" and "until" (see `ambiguous`): péntek"ig"."""
    today: Phrases = ()
    tomorrow: Phrases = ()
    day_ends: Phrases = ()
    """The end of the day that stands beside them, or else of today: "end of the day", "midnight"."""
    month_days: Phrases = ()
    """How a day without its month is written, with `#` for its number: "the #th"."""
    day_after: Phrases = ()
    """The day after tomorrow."""
    weekdays: dict[str, Annotated[int, Field(ge=0, le=6)]] = Field(default_factory=dict)
    """Forms of the days' names that stand after "by", with their numbers; Monday is 0."""
    since: Phrases = ()
    """Words before the first day or hour of a range, whose last is no limit: "from", "since"."""
    months: dict[str, Annotated[int, Field(ge=1, le=12)]] = Field(default_factory=dict)
    """Further forms and names of the months, with their numbers."""
    solar_months: dict[str, Annotated[int, Field(ge=1, le=12)]] = Field(default_factory=dict)
    """The months of the solar Hijri calendar, where a language counts by it."""
    next_week: Phrases = ()
    """Words beside a weekday that put it into the week to come."""
    close_of_business: Phrases = ()
    at: Phrases = ()
    """Words before a bare hour: "um" 17."""
    oclock: Phrases = ()
    """Words after a bare hour: 5 "o'clock"."""
    hour_names: dict[str, Annotated[int, Field(ge=1, le=24)]] = Field(default_factory=dict)
    """Names of hours behind "at" and "by" that are no `numbers`: "the sixth" in Arabic, "do" ósmej."""
    noon: Phrases = ()
    afternoon: Phrases = ()
    """Words around an hour that put it after noon: 5 "in the afternoon"."""
    past: Phrases = ()
    """Words before a span that is over: "the last"."""
    already: Phrases = ()
    """Words behind a span that is over: two days "already"."""
    others: Phrases = ()
    """Words of sentences whose limit binds somebody else: appeals, the sender's own duties."""
    actors: Phrases = ()
    """Who may be given time and is neither the reader nor the sender: "the user", "the defendant"."""
    bystanders: Phrases = ()
    """Such persons who are never meant where they must do something: "the bank" must pay."""
    reported: Phrases = ()
    """What makes its clause somebody else's rule, claim or demand, whatever it demands: "the law obliges"."""
    entitled: Phrases = ()
    """What such a person may or must do; without these words, an actor in the clause is enough."""
    ours: Phrases = ()
    """What the sender promises to do: "we will"."""
    told: Phrases = ()
    """What has happened already: "was viewed", "you removed"."""
    aside: Phrases = ()
    """What is so anyway, and what others say and do: "is open", "is valid", "threatens to"."""
    drills: Phrases = ()
    """What a text says that is itself an exercise or a test: "this is a drill"."""
    duties: Phrases = ()
    """Words of demands: a clause that holds one is no mere story."""
    joints: Phrases = ()
    """Words between clauses: "and"."""
    that: Phrases = ()
    """Words that make a clause the object of the verb before its comma: "he threatens, that"."""
    conditions: Phrases = ()
    """Words of what may or may not be: "if", "unless"."""
    extended: Phrases = ()
    """The sender moves an earlier limit: "we extend the deadline"."""
    withdrawn: Phrases = ()
    """The sender takes an order or request back."""
    wishes: Phrases = ()
    """Words that make a limit a wish."""
    month_ends: Phrases = ()
    """How the last day of a month is said, with `#` for the month's name: "end of #"."""
    granted: Phrases = ()
    """Words beside which a span alone is a limit: "we give you", "is all the time", "at the very most"."""
    ordinals: dict[str, Annotated[int, Field(ge=1, le=99)]] = Field(default_factory=dict)
    """Counted days in the singular: on the "second" working day."""
    half_to: Phrases = ()
    """Words before an hour that take half an hour off: "halb" neun."""
    half_past: Phrases = ()
    """Words before an hour that add half an hour: "half past" eight."""
    lasting: Phrases = ()
    """What is to be over at the instant named: "is still online", "is gone"."""
    modals: Phrases = ()
    """Those of `duties` that have a subject, who may be anybody: "must"."""
    asked: Phrases = ()
    """Who is asked, for what and about what: "you", "your answer", "the video", "disclose"."""
    keeping: Phrases = ()
    """Words of storing; a day beside them is its end: "preserve" until 1 March."""
    threats: Phrases = ()
    """What the sender will do otherwise, in words that else speak of appeals: "we shall sue"."""
    said: Phrases = ()
    """Words of saying and promising beside a quotation: "wrote", "assured me"."""
    idle: Phrases = ()
    """What a text says that wants nothing of its reader: "no action is required on your part"."""
    informs: Phrases = ()
    """What a text says that is sent for information; it does the same where nothing at all is asked."""
    subject_line: Phrases = ()
    """Words that send the reader to the subject for the limit."""
    ambiguous: Phrases = ()
    """Words of `by`, `within` and `fixed` that also tell how long something lasts: "do", which is both "by"
    and "until". They are a limit only in a sentence that asks for something."""
    asks: Phrases = ()
    """What a sentence that asks for something says besides `duties`, `wishes`, `conditions`: "we expect"."""
    asking_endings: Phrases = ()
    """Endings of verbs, with their accents, that command or address the reader, in the languages that have
    words of `ambiguous`: informu"jte"."""
    enduring: Phrases = ()
    """What lasts until then or takes place then even where it is demanded: "preserve", "appear in court"."""
    eras: dict[str, int] = Field(default_factory=dict)
    """Names of eras, with the year before their first."""


class UrgencyWords(Section):
    """What makes a report pressing, or not.

    Hardly any word decides alone: `parsers.urgency` weighs which kinds stand together. A kind holds
    what people write, not what it is called: the calm words of a neighbour as well as an official's.
    """

    decisive: Phrases = ()
    """A life or a child in danger now, said in one expression."""
    farewell: Phrases = ()
    """What people say and do who are about to end their lives."""
    parting: Phrases = ()
    """What may be a farewell, and in most mails is none: what `farewell` says less clearly."""
    peril: Phrases = ()
    """Killing, suicide, attacks, hostages: what is done."""
    armed: Phrases = ()
    """Weapons and what serves as one."""
    target: Phrases = ()
    """Where people come together: schools, stations, places of worship."""
    child: Phrases = ()
    """Somebody under age."""
    preying: Phrases = ()
    """What is done to a child: luring, blackmail, abuse, neglect."""
    lured: Phrases = ()
    """A child is talked into leaving its home or meeting somebody."""
    unreachable: Phrases = ()
    """Somebody is missing or does not answer."""
    imminent: Phrases = ()
    """Happening at this moment, live, or within hours."""
    recent: Phrases = ()
    """Of today; alone it only says that the mail is fresh."""
    intended: Phrases = ()
    """Announced, planned or threatened."""
    search: Phrases = ()
    """Rescuers need to find somebody."""
    overdue: Phrases = ()
    """A time limit has run out."""
    spreading: Phrases = ()
    """Harm spreads, or more people come to harm."""
    persisting: Phrases = ()
    """It goes on or comes back; weighs half as much as spreading."""
    distress: Phrases = ()
    """Somebody suffers from it now; weighs half as much as spreading."""
    calmed: Phrases = ()
    """The danger is over or others are already there."""
    unreal: Phrases = ()
    """Drills, training, fiction, research, press, policy: spoken about, not happening."""
    invented: Phrases = ()
    """What is told has been made up: "fictitious", "invented"; beside `unreal` in notices of drills."""
    past: Phrases = ()
    """It happened long ago or is before a court."""
    long_ago: Phrases = ()
    """A time that is over: "two years ago", "last year"; what is told of it is not happening."""
    asking: Phrases = ()
    """The sender wants something: "please", "could you"; thanks beside it are in advance."""
    nothing_to_do: Phrases = ()
    """The sender says that no action is wanted."""
    thanks: Phrases = ()
    """Thanks and confirmations; they count only in a short mail that names no content."""


class Cases(Section):
    """How authorities write their own case numbers."""

    labels: Phrases = ()
    """Words before a number: "Reference", "Aktenzeichen"."""
    recipients: Phrases = ()
    """Words before a number that the sender had from us: "Your ref", "Ihr Zeichen"."""
    followers: Phrases = ()
    """Words after a number, where a language puts them there."""
    suffixes: Phrases = ()
    """Words after a number that belong to it: "R.G.N.R."."""
    statutes: Phrases = ()
    """Words beside a number that make it a law's."""


class RelationWords(Section):
    """How a mail stands to what its writer sent before."""

    reminds: Phrases = ()
    """Sent again, asks for an answer that is missing: nothing new."""
    adds: Phrases = ()
    """Something has changed or is added, or a question of ours is answered."""
    elsewhere: Phrases = ()
    """It is about another matter than the mail that it answers."""


class Lexicon(Section):
    """Everything Mailwarden knows about one language.

    A lexicon may lack the words about urgency and time limits: then mails of that language are
    taken apart, but what they ask for is not judged (see `judges`).
    """

    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")]
    """ISO 639-1."""
    time_zone: str = "UTC"
    """The IANA zone that a writer of this language means when nothing else is known."""
    common_words: tuple[CommonWord, ...] = ()
    """By which a short text is known to be in this language, first of all its little words."""
    quoting: Quoting = Quoting()
    closing: Closing = Closing()
    subjects: Subjects = Subjects()
    automatic: Automatic = Automatic()
    clocks: ClockWords = ClockWords()
    urgency: UrgencyWords = UrgencyWords()
    harms: dict[HarmName, Phrases] = Field(default_factory=dict)
    notions: NotionWords = NotionWords()
    topics: dict[Topic, PhraseText] = Field(default_factory=dict)
    negations: Phrases = ()
    conjunctions: Phrases = ()
    """Words that begin another clause, beyond which a negation does not reach: "and", "but", "while"."""
    doubts: Phrases = ()
    """Words that leave open whether something is so: "whether", "until"."""
    cases: Cases = Cases()
    relations: RelationWords = RelationWords()
    zones: dict[str, str] = Field(default_factory=dict)
    """Names of time zones as written in mails, with their IANA zones."""
    advertising: Phrases = ()
    """Words of unsolicited offers."""

    @property
    def judges(self) -> bool:
        """Whether urgency and time limits can be read in this language."""
        return self.urgency != UrgencyWords() and self.clocks != ClockWords()


def load_lexicons(folder: Path) -> dict[str, Lexicon]:
    """Every `<language>.yaml` of the folder, by language code.

    Raises:
        ConfigurationError: a file is malformed; the message names file, line and key.
    """
    lexicons = (read_yaml(path, Lexicon) for path in sorted(folder.glob("*.yaml")))
    return {lexicon.language: lexicon for lexicon in lexicons}
