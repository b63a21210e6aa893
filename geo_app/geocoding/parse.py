"""Take a Chinese address apart: 省市区, 街道, 社区, 路, 号, 小区, 楼, 单元, 层, 室.

One table of patterns, read from left to right: at each place the first pattern that fits takes its part, but an
administrative part only while none of its rank has been passed. What no pattern takes is the name of a place.
The labels are those of the public corpora of labelled addresses.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Label(StrEnum):
    """What a part of an address is."""

    PROVINCE = "prov"
    CITY = "city"
    DISTRICT = "district"
    ZONE = "devzone"
    TOWN = "town"
    COMMUNITY = "community"
    ROAD = "road"
    NUMBER = "roadno"
    SUBROAD = "subroad"
    SUBNUMBER = "subroadno"
    PLACE = "poi"
    SUBPLACE = "subpoi"
    BUILDING = "houseno"
    UNIT = "cellno"
    FLOOR = "floorno"
    ROOM = "roomno"
    BESIDE = "assist"
    REST = "redundant"


@dataclass(frozen=True, slots=True)
class Part:
    """A labelled stretch of a text, from `start` to before `end`."""

    label: Label
    start: int
    end: int


RANKS = (Label.PROVINCE, Label.CITY, Label.DISTRICT, Label.ZONE, Label.TOWN, Label.COMMUNITY)
PROVINCES = (
    "北京", "天津", "上海", "重庆", "河北", "山西", "辽宁", "吉林", "黑龙江", "江苏", "浙江", "安徽",
    "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "海南", "四川", "贵州", "云南", "陕西",
    "甘肃", "青海", "台湾", "内蒙古", "广西", "西藏", "宁夏", "新疆", "香港", "澳门",
)  # fmt: skip
CITIES = (
    "杭州", "宁波", "温州", "嘉兴", "湖州", "绍兴", "金华", "衢州", "舟山", "台州", "丽水", "南京",
    "苏州", "无锡", "常州", "南通", "扬州", "徐州", "广州", "深圳", "佛山", "东莞", "珠海", "中山",
    "惠州", "武汉", "长沙", "郑州", "西安", "成都", "福州", "厦门", "泉州", "合肥", "南昌", "济南",
    "青岛", "沈阳", "大连", "长春", "哈尔滨", "石家庄", "太原", "昆明", "贵阳", "南宁", "海口", "兰州",
    "西宁", "银川", "乌鲁木齐", "拉萨", "呼和浩特",
)  # fmt: skip
_N = r"[0-9零一二三四五六七八九十百千]"
_NUM = rf"(?:[a-z]?{_N}+(?:/{_N}+)*[a-z]?|[a-z])"
_TAIL = rf"(?=$|{_N}|[^一-鿿])"
_NAME = "[一-鿿]"
_ROADS = "(?:大道|大街|路|街|道|巷|胡同|公路|高速|国道|省道|线)"
PATTERNS: tuple[tuple[Label, re.Pattern[str]], ...] = tuple(
    (label, re.compile(pattern))
    for label, pattern in (
        (Label.PROVINCE, rf"(?:{'|'.join(PROVINCES[4:27])})省?(?!路|街|大|西路|南路|北路|东路|中路)"),
        (Label.PROVINCE, r"(?:内蒙古|广西|西藏|宁夏|新疆)(?:壮族|回族|维吾尔)?(?:自治区)?(?!路|街|大)"),
        (Label.CITY, rf"(?:{'|'.join(PROVINCES[:4])})市?(?!路|街|大|[东西南北中]路)"),
        (Label.CITY, rf"(?:{'|'.join(CITIES)})市(?!场)"),
        (Label.CITY, rf"(?:{'|'.join(CITIES)})(?={_NAME}{{1,5}}(?:区|县|市|镇|街道))(?!路|街|大)"),
        (
            Label.CITY,
            rf"{_NAME}{{2,3}}?(?:市(?!场|政|民|府|委|区|心)|地区|自治州|盟)(?={_NAME}{{1,5}}?(?:区|县|市|旗))",
        ),
        (Label.DISTRICT, rf"(?:(?!{_ROADS}|社区|小区|[与村]){_NAME}){{1,3}}?市(?!场|政|民|府|委|区|心)"),
        (
            Label.DISTRICT,
            rf"(?:(?!路|街|大道|小区|花园|[与村]){_NAME}){{1,3}}?(?<![小园社业发新市])(?:区|县|旗)(?!域|块|政|[0-9])",
        ),
        (
            Label.ZONE,
            rf"(?:(?!{_ROADS}|镇|街道){_NAME}){{0,6}}?(?:开发区|高新区|保税区|度假区|经开区|{_NAME}新区|产业集聚区)",
        ),
        (
            Label.TOWN,
            rf"(?:(?!(?:大道|大街|路|街(?!道))|村|小区|市|区){_NAME}){{1,5}}?(?:街道办事处|街道|镇(?!海区|江[市区]|明路)|乡(?!{_ROADS}))",
        ),
        (
            Label.COMMUNITY,
            rf"(?:(?!{_ROADS}|小区|新村){_NAME}){{1,7}}?(?:社区(?:居委会)?|居委会)",
        ),
        (
            Label.COMMUNITY,
            rf"(?:(?!{_ROADS}|小区|新村|苑|园){_NAME}){{1,6}}?(?:村委会|村(?!镇|委|{_ROADS}|{_NAME}?{_ROADS}))",
        ),
        (
            Label.ROAD,
            rf"(?:(?!小区|花园|大厦|广场|街道|镇|[与村区]|开发区|园区|工业区|社区|市场){_NAME}){{1,6}}?(?:大道|大街|路(?!口)|街(?!道)|胡同|巷|公路|(?<=[国省县])道)(?!口|交叉)",
        ),
        (Label.SUBROAD, r"[东西南北中]{1}[一二三]?段"),
        (Label.ROAD, rf"{_N}+组"),
        (Label.SUBROAD, rf"{_NUM}弄"),
        (Label.SUBNUMBER, rf"(?<=弄){_NUM}号?(?!楼|幢|栋)"),
        (
            Label.NUMBER,
            rf"(?<=[路街道巷同组线段西东南北中]){_NUM}(?!{_N})(?:-{_NUM}(?=号))?(?:号|弄)?(?!楼|幢|栋|座|室|单元|层|[期区])",
        ),
        (Label.BUILDING, rf"{_NUM}(?:号楼|幢|栋|座|#楼?|号门|号院)"),
        (Label.UNIT, rf"(?:{_NUM}|[甲乙丙丁东西南北中])(?:单元|门(?=\d|$))"),
        (Label.FLOOR, rf"(?:负|地下|b)?{_N}+(?:楼|层|f(?![a-z]))"),
        (Label.SUBROAD, rf"{_NUM}巷"),
        (Label.ROOM, rf"{_NUM}(?:室|房(?!产|地)|号房|铺|户)"),
        (
            Label.BESIDE,
            r"(?:交叉口|交汇处|交界处|路口|对面|旁边|隔壁|附近|门口|路边|旁|斜对面|往[东西南北]|[东西南北]侧|[东西南北]面|内(?!蒙))",
        ),
        (Label.SUBPLACE, rf"(?:{_NUM}|[东西南北中])(?:期|区|街)(?!{_NAME}{{0,2}}路)"),
        (Label.REST, r"(?:电话?联系?|电联|送货上门|提前致电|请?联系|[-_,.()#/]+)"),
    )
)
PLACE_END = re.compile(
    r"(?:公司|小区|花园|大厦|广场|公寓|家园|花苑|新村|中心|酒店|宾馆|医院|学校|大学|中学|小学|市场|商城|园区|工业区|厂|"
    r"名苑|佳苑|嘉园|别墅|山庄|大楼|银行|超市|幼儿园|科技园|产业园|物流园|车站|(?<![小花])苑)"
)

FIGURE = re.compile(r"[a-z]?\d+[a-z]?号?|[零一二三四五六七八九十]+号")


def parts(text: str) -> list[Part]:
    """Return the labelled parts of an address in order; positions are those of `text`."""
    flat = _flat(text)
    found: list[Part] = []
    at, rank = 0, 0
    while at < len(flat):
        part = _part(flat, at, rank, found)
        if part is None:
            _grow(found, at)
            at += 1
            continue
        if part.label in RANKS:
            rank = RANKS.index(part.label)
        found.append(part)
        at = part.end
    return _in_order(flat, found)


def _flat(text: str) -> str:
    """Return text of the same length in half width and lower case."""
    signs = (unicodedata.normalize("NFKC", sign).lower() for sign in text)
    return "".join(sign if len(sign) == 1 else raw for sign, raw in zip(signs, text, strict=True)).replace(
        "〇", "零"
    )


def _part(flat: str, at: int, rank: int, found: list[Part]) -> Part | None:
    """Return the part that begins at `at` by the first pattern that fits, None when none does."""
    has_place = any(part.label == Label.PLACE for part in found)
    said = {flat[part.start : part.end] for part in found if part.label in RANKS}
    for label, pattern in PATTERNS:
        match = pattern.match(flat, at)
        if match is None or match.end() == at:
            continue
        if label in RANKS:
            if match[0] in said and (RANKS.index(label) <= rank or has_place):
                return Part(Label.REST, at, match.end())
            if RANKS.index(label) < rank or has_place:
                continue
        if _fits(label, match[0], found):
            return Part(_as(label, match[0], found), at, match.end())
    return _figure(flat, at, found)


def _fits(label: Label, words: str, found: list[Part]) -> bool:
    """Return whether a part of this label may follow what has been found."""
    last = found[-1] if found else None
    if last is None:
        return label != Label.SUBPLACE
    if label == Label.ROAD and last.label == Label.PLACE:
        return last.end - last.start > 1
    if label == Label.SUBPLACE:
        return any(part.label == Label.PLACE for part in found)
    return not (
        (label == Label.CITY and last.label == Label.CITY)
        or (label == Label.SUBROAD and last.label == Label.ROAD and words[0].isdigit())
        or (label == Label.BUILDING and last.label == Label.ROAD and words.endswith("号门"))
    )


def _as(label: Label, words: str, found: list[Part]) -> Label:
    """Return the label, a second road of an address and its number being a side road's."""
    if label == Label.ROAD and not words.endswith("组") and any(part.label == Label.ROAD for part in found):
        return Label.SUBROAD
    return Label.SUBNUMBER if label == Label.NUMBER and found[-1].label == Label.SUBROAD else label


def _figure(flat: str, at: int, found: list[Part]) -> Part | None:
    """Return what a bare figure is by what stands around it: 12幢501, 华庭47-6-746, 建设路8."""
    match = FIGURE.match(flat, at)
    if match is None:
        return None
    named = [part.label for part in found if part.label != Label.REST]
    last = named[-1] if named else None
    is_chained, is_middle = flat[match.end() : match.end() + 1] == "-", at > 0 and flat[at - 1] == "-"
    if last in {Label.ROAD, Label.SUBROAD} and not is_middle:
        label = Label.NUMBER if last == Label.ROAD else Label.SUBNUMBER
    elif is_middle and last == Label.BUILDING:
        label = Label.UNIT if is_chained else Label.ROOM
    elif is_middle and last in {Label.NUMBER, Label.SUBNUMBER}:
        label = Label.BUILDING if is_chained else Label.ROOM
    elif is_chained and last not in {Label.UNIT, Label.FLOOR}:
        label = Label.BUILDING
    elif match[0].endswith("号") and last in {Label.PLACE, Label.SUBPLACE, Label.COMMUNITY, Label.NUMBER}:
        label = Label.BUILDING if last != Label.COMMUNITY else Label.NUMBER
    elif last in {Label.PLACE, Label.SUBPLACE}:
        label = Label.BUILDING if len(match[0]) < 4 else Label.ROOM
    else:
        label = Label.ROOM
    return Part(label, at, match.end())


def _grow(found: list[Part], at: int) -> None:
    """Add one character to the name that is being read, or begin one."""
    if found and found[-1].label == Label.PLACE and found[-1].end == at:
        found[-1] = Part(Label.PLACE, found[-1].start, at + 1)
    else:
        found.append(Part(Label.PLACE, at, at + 1))


def _in_order(flat: str, found: list[Part]) -> list[Part]:
    """Return the parts with long names cut in two, and what is said a second time as rest."""
    told: list[Part] = []
    for part in found:
        if part.label != Label.PLACE:
            told.append(part)
            continue
        ends = [match.end() for match in PLACE_END.finditer(flat, part.start, part.end)]
        cut = next((end for end in ends if end - part.start > 2 and part.end - end > 1), None)
        pieces = (
            [part] if cut is None else [Part(Label.PLACE, part.start, cut), Part(Label.PLACE, cut, part.end)]
        )
        for piece in pieces:
            is_second = any(one.label == Label.PLACE for one in told) and not PLACE_END.fullmatch(
                flat, piece.end - 2, piece.end
            )
            told.append(Part(Label.SUBPLACE if is_second else Label.PLACE, piece.start, piece.end))
    return told
