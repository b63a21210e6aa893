"""The words of the demo city: names of streets, communities, roads, estates and people, all invented.

Names are put together from short lists. `Names` hands out each name once, so no two things are called alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, product

from geo_app.cities.demo.luck import Luck

STREETS = ("望云湖街道", "柳溪街道", "鼓楼街道", "汀南街道")
"""The four streets (街道), in order of code: north-west, north-east, south-west, south-east."""
COMMUNITIES = (
    ("学府", "文澜", "北苑", "明德", "望岳", "翠堤", "星河湾", "云杉里", "观澜"),
    ("东篱", "竹影", "栖霞", "桃源里", "朝阳里", "松风", "晨光", "百花", "凤栖"),
    ("井亭", "槐荫", "米市", "书院", "南关", "石桥", "西园", "永安"),
    ("晴川", "纺织", "红星", "稻香", "光华", "向阳", "建新"),
)
"""Communities of each street; the ones named after a landmark come from the landmark."""

_FIRST = (
    "云望槐柳桃杏梅竹松兰荷菊桂枫榆柏明文安永和平康福景瑞清晓晨春秋翠碧金银玉锦丹青紫凤鹤雁鹿"
    "龙石泉井桥塔书墨琴砚"
)
_SECOND = "荫溪园亭台阁堂坊苑泽岭坡湾塘渡林庭轩华安宁和兴盛昌泰祥顺德善仁义信学贤才新光辉霞风月露星雨雪"
_ESTATE = ("家园", "花园", "名苑", "小区", "新村", "雅居", "华庭", "公馆", "里", "嘉园")
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡"
    "贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段"
)
_GIVEN = (
    "伟芳娜敏静秀丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰红梅建国文博思雨子涵浩宇欣怡佳慧志鹏"
    "晓东海燕春梅雪峰立新永胜凤琴德才长青家栋若曦一鸣景行安然书瑶"
)
_DIGITS = "零一二三四五六七八九"

_BY_CLASS = {
    "secondary": ("路", "大街"),
    "tertiary": ("路", "街"),
    "residential": ("巷", "路", "里", "支路"),
    "old": ("胡同", "巷", "夹道", "里"),
}


def numeral(number: int) -> str:
    """Return a number from 1 to 99 in Chinese characters."""
    if not 1 <= number <= 99:
        raise ValueError(f"numeral is for 1 to 99, not {number}")
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
    return head + (_DIGITS[ones] if ones else "")


class Names:
    """Hands out names, each once."""

    def __init__(self, rng: Luck) -> None:
        self._rng = rng
        stems = [a + b for a, b in product(_FIRST, _SECOND) if a != b]
        self._stems: Iterator[str] = iter(rng.sample(stems, len(stems)))
        self._used: set[str] = set()

    def take(self, name: str) -> str:
        """Return `name`, or the first free variant of it."""
        variants = (name if turn == 1 else f"{numeral(turn)}号{name}" for turn in count(1))
        free = next(variant for variant in variants if variant not in self._used)
        self._used.add(free)
        return free

    def is_free(self, name: str) -> bool:
        """Tell whether nothing is called so yet."""
        return name not in self._used

    def stem(self) -> str:
        """Return a two-character stem that no other street or estate has."""
        return next(self._stems)

    def road(self, kind: str) -> str:
        """Return a new street name of a kind: secondary, tertiary, residential or old."""
        return self.take(self.stem() + self._rng.choice(_BY_CLASS[kind]))

    def estate(self) -> str:
        """Return a new name of an estate (小区)."""
        return self.take(self.stem() + self._rng.choice(_ESTATE))

    def person(self) -> str:
        """Return an invented person's name that nobody else in the city has."""
        while True:
            given = "".join(self._rng.sample(_GIVEN, self._rng.choice((1, 2, 2, 2))))
            name = self._rng.choice(_SURNAMES) + given
            if name not in self._used:
                return self.take(name)
