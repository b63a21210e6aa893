"""Departments and kinds of trouble of the demo city, after GB/T 30428.2 and the usual social-governance list.

A category's code is two digits for the class and two within it. Urgent ones ask for an answer in 5 minutes.
"""

from __future__ import annotations

from dataclasses import dataclass

from geo_app.cities.model import CategoryRow, DepartmentRow

DEPARTMENTS = (
    DepartmentRow("urban", "城市管理局", "Urban management"),
    DepartmentRow("sanitation", "环境卫生服务中心", "Sanitation"),
    DepartmentRow("municipal", "市政工程管理处", "Municipal works"),
    DepartmentRow("traffic", "交通警察大队", "Traffic police"),
    DepartmentRow("fire", "消防救援大队", "Fire and rescue"),
    DepartmentRow("greening", "园林绿化中心", "Parks and greening"),
    DepartmentRow("water", "水务局", "Water affairs"),
    DepartmentRow("civil", "民政局", "Civil affairs"),
)
SKILL_OF_DEPARTMENT = {
    "urban": "street_order", "sanitation": "sanitation", "municipal": "municipal", "traffic": "traffic",
    "fire": "fire_safety", "greening": "greening", "water": "water", "civil": "mediation",
}  # fmt: skip
SKILLS = tuple(SKILL_OF_DEPARTMENT.values())


@dataclass(frozen=True, slots=True)
class Kind:
    """A category with what the generator knows of it: how common, at which hours, and in which words."""

    category: CategoryRow
    weight: float
    rhythm: str
    words: tuple[str, ...]
    """What a report says; `{place}`, `{road}` and `{at}` (both) are filled in."""


def _kind(
    code: str,
    names: tuple[str, str],
    skill: str,
    weight: float,
    rhythm: str,
    *words: str,
    urgent: bool = False,
) -> Kind:
    category = CategoryRow(code, names[0], names[1], skill, 5 if urgent else 15, urgent)
    return Kind(category, weight, rhythm, words)


KINDS = (
    _kind("0102", ("暴露垃圾", "Exposed rubbish"), "sanitation", 13, "day",
          "{place}门前有暴露垃圾，未及时清运", "{at}附近垃圾桶满溢，垃圾散落在人行道上"),
    _kind("0103", ("积存垃圾渣土", "Heaped rubble"), "sanitation", 6, "day",
          "{road}靠近{place}一侧堆放装修渣土", "{place}旁空地积存渣土，未覆盖"),
    _kind("0104", ("道路不洁", "Dirty road"), "sanitation", 6, "morning",
          "{at}路段路面有泥土遗撒", "{place}门前路面油污较多"),
    _kind("0106", ("绿地脏乱", "Untidy green"), "greening", 4, "day",
          "{place}旁绿地内有垃圾和枯枝", "{road}绿化带黄土裸露，靠近{place}"),
    _kind("0110", ("道路破损", "Broken road"), "municipal", 6, "day",
          "{at}门前路面有坑洼", "{place}附近人行道地砖松动破损"),
    _kind("0107", ("废弃车辆", "Abandoned vehicle"), "traffic", 3, "day",
          "{place}旁长期停放废弃车辆，占用通道", "{road}路边有废弃三轮车，靠近{place}"),
    _kind("0201", ("非法小广告", "Illegal handbills"), "street_order", 6, "day",
          "{place}外墙张贴非法小广告", "{at}附近灯杆上有小广告"),
    _kind("0304", ("施工占道", "Works on the road"), "municipal", 4, "day",
          "{at}路段施工占道，未设围挡", "{place}门前挖掘后未恢复路面"),
    _kind("0401", ("路面塌陷", "Road collapse"), "municipal", 1.6, "all",
          "{at}门前路面塌陷，需要立即围挡", "{place}旁车道出现塌陷，影响通行", urgent=True),
    _kind("0402", ("自来水管破裂", "Burst water main"), "water", 2, "all",
          "{place}门前自来水管破裂，水流到路面", "{road}地下水管冒水，位置在{place}附近", urgent=True),
    _kind("0404", ("下水道堵塞", "Blocked sewer"), "water", 5, "day",
          "{place}旁污水井冒溢", "{road}雨水箅子堵塞，靠近{place}"),
    _kind("0406", ("道路积水", "Standing water"), "water", 3, "all",
          "{at}路段积水，行人绕行", "{place}门口积水较深"),
    _kind("0501", ("无照游商", "Unlicensed vendors"), "street_order", 10, "evening",
          "{place}门口有游商聚集占道经营", "{at}附近流动摊贩影响通行"),
    _kind("0504", ("店外经营", "Trading outside the shop"), "street_order", 10, "evening",
          "{place}旁商户店外摆放货物", "{at}附近餐饮店店外经营"),
    _kind("0505", ("机动车乱停", "Cars parked badly"), "traffic", 12, "rush",
          "{place}门口机动车停在盲道上", "{at}路段机动车占用消防通道停放"),
    _kind("0506", ("非机动车乱停", "Bicycles parked badly"), "street_order", 8, "rush",
          "{place}门前共享单车乱停乱放", "{at}附近非机动车占用人行道"),
    _kind("0508", ("露天烧烤", "Open-air barbecue"), "street_order", 4, "night",
          "{place}旁有露天烧烤，油烟扰民", "{at}附近夜间露天烧烤"),
    _kind("0602", ("消防隐患", "Fire hazard"), "fire_safety", 3, "all",
          "{place}楼道内堆放杂物，堵塞疏散通道", "{place}有电动自行车进楼充电", urgent=True),
    _kind("0603", ("邻里纠纷", "Quarrel between neighbours"), "mediation", 4, "evening",
          "{place}住户因噪声发生争执，需要调解", "{place}居民因停车位发生纠纷"),
)  # fmt: skip
"""Every kind of trouble, in order of use."""
CATEGORIES = tuple(sorted((kind.category for kind in KINDS), key=lambda category: category.code))
