"""Which time zone a sender means who names none."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from babel.core import get_global


def assumed_zone(country: str | None, language_zone: str | None, *, at: datetime) -> tzinfo:
    """The zone of a country (ISO 3166-1), by the Unicode CLDR's list of its zones.

    Where a country has several, the one that writers of the mail's language commonly mean; if
    that is not among them, the one where the clock is furthest ahead, because a limit should
    rather be seen too early than too late. Without a known country the language's zone.
    """
    candidates: list[str] = list(get_global("territory_zones").get(country, [])) if country else []
    if language_zone and (language_zone in candidates or not candidates):
        return ZoneInfo(language_zone)
    zones = [ZoneInfo(name) for name in candidates]
    return max(
        zones, key=lambda zone: at.astimezone(zone).utcoffset() or at.astimezone(UTC) - at, default=UTC
    )
