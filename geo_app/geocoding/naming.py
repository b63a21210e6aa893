"""What people call an area beside its full name: 天通西苑第二社区 is 天通西苑二区 or 天通苑西二区.

Lists of areas give one official name each; on the phone nobody says it. Rules, not a list: what a rule makes of a
name is searched like any other alias.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from geo_app.geocoding.model import AREAS, Kind

ENDINGS = {
    Kind.REGION: ("区", "县"),
    Kind.STREET: ("街道办事处", "街道", "地区", "镇", "乡"),
    Kind.COMMUNITY: ("社区居委会", "村委会", "社区", "村"),
}
NUMBERED = re.compile(r"^(?P<stem>..+?)第(?P<number>[一二三四五六七八九十\d]+)$")
COUNTED = re.compile(r"^(?P<stem>[A-Za-z ]+) (?P<number>\d+)$")
SIDE = re.compile(
    r"^(?P<stem>..+)(?P<side>[东西南北中])(?P<estate>[苑园里])(?P<number>[一二三四五六七八九十\d]+)区$"
)


def spoken(kind: str, name: str) -> Iterator[str]:
    """Yield what an area is called beside its name, the nearest to it first; nothing for other places."""
    if kind not in AREAS:
        return
    ending = next((end for end in ENDINGS[Kind(kind)] if name.endswith(end)), "")
    short = name.removesuffix(ending)
    if ending and len(short) > 1:
        yield short
    counted = COUNTED.match(name)
    if counted is not None:
        yield f"{counted['number']} {counted['stem']}"
    numbered = NUMBERED.match(short)
    if numbered is None or kind != Kind.COMMUNITY:
        return
    zone = f"{numbered['stem']}{numbered['number']}区"
    yield zone
    side = SIDE.match(zone)
    if side is not None:
        yield f"{side['stem']}{side['estate']}{side['side']}{side['number']}区"
