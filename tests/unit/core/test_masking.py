"""What everybody sees of names, phones, identity cards and flats, however they are written."""

from __future__ import annotations

import pytest

from geo_app.core import masking


@pytest.mark.parametrize(("name", "shown"), [
    ("张三", "张**"), ("张三丰", "张**"), ("欧阳锋", "欧阳**"), ("欧阳", "欧**"), ("诸葛孔明", "诸葛**"), ("王", "*"),
    ("李女士", "李**"), ("John Smith", "J*** S***"), ("X", "*"), ("", ""), ("  ", ""), ("13812345678", "*"),
])  # fmt: skip
def test_of_a_name_the_surname_is_shown(name: str, shown: str) -> None:
    assert masking.name(name) == shown


@pytest.mark.parametrize(("phone", "shown"), [
    ("13812345678", "138****5678"), ("+86 138 1234 5678", "+86 138 **** 5678"), ("139 0000 1234", "139 **** 1234"),
    ("010-62345678", "010-****5678"), ("62345678", "****5678"), ("12345", "*****"), ("abc", "***"),
])  # fmt: skip
def test_of_a_phone_the_ends_are_shown(phone: str, shown: str) -> None:
    assert masking.phone(phone) == shown


@pytest.mark.parametrize(("said", "shown"), [
    ("电话１３８１２３４５６７８。", "电话１３８****５６７８。"), ("打幺三八一二三四五六七八", "打幺三八****五六七八"),
    ("第一13812345678", "第一138****5678"), ("8613812345678", "86138****5678"), ("138-1234-5678", "138-****-5678"),
    ("1 3 8 1 2 3 4 5 6 7 8", "1 3 8 * * * * 5 6 7 8"), ("013812345678", "0138****5678"),
    ("13812345678、13912345678", "138****5678、139****5678"), ("(010)62345678", "(010)****5678"),
    ("联系 6234 5678", "联系 **** 5678"), ("call (212) 555-0187", "call (***) ***-0187"),
    ("+1 212 555 0187", "+1 *** *** 0187"),
])  # fmt: skip
def test_a_phone_in_free_text_is_masked(said: str, shown: str) -> None:
    assert masking.numbers(said) == shown


@pytest.mark.parametrize(("said", "shown"), [
    ("身份证11010119900307123X", "身份证1****************X"), ("110101199003071234", "1****************4"),
    ("身份证号：110105491231002", "身份证号：1*************2"), ("110101 19900307 1234", "1***** ******** ***4"),
    ("１１０１０１１９９００３０７１２３Ｘ", "１****************Ｘ"),
])  # fmt: skip
def test_an_identity_number_in_free_text_is_masked(said: str, shown: str) -> None:
    assert masking.numbers(said) == shown


def test_an_old_identity_number_is_told_from_the_code_of_a_cell_by_its_division() -> None:
    assert masking.numbers("110114001002003", frozenset({"110114"})) == "110114001002003"
    assert masking.numbers("320106491231002", frozenset({"110114"})) == "3*************2"
    assert masking.numbers("110114001002003") == "110114001002003"


@pytest.mark.parametrize(("said", "shown"), [
    ("3号楼2单元501室漏水", "3号楼*单元***室漏水"), ("三号楼２单元５０１", "三号楼*单元***"), ("2单元501", "2单元***"),
    ("天通苑3-2-501", "天通苑3-*-***"), ("Apt 12B, Room 501", "Apt ***, Room ***"), ("12栋8楼802", "12栋*楼***"),
    ("甲座1203", "甲座****"), ("中山路88弄4号501室", "中山路88弄4号***室"),
])  # fmt: skip
def test_a_flat_is_masked_and_its_building_stays(said: str, shown: str) -> None:
    assert masking.rooms(said) == shown


@pytest.mark.parametrize("said", [
    "中山路1号", "3号楼2单元门坏了", "3室一厅", "3号楼501米外", "2026-11-22", "22-11-2026", "网格110114001002003",
    "room for more",
    "井盖丢了", "110114001002003 旁", "116.13812345678,39.904989", "2026-11-22T13:45:00+08:00", "部件1101140101000123",
    "¥13812", "8:30-12:00", "东门", "三单元",
])  # fmt: skip
def test_what_is_no_persons_stays(said: str) -> None:
    assert masking.text(said, frozenset({"110114"})) == said


def test_the_name_of_who_told_it_is_masked_in_what_they_told() -> None:
    assert masking.text("我是赵某某，请回电", who="赵某某") == "我是赵**，请回电"


def test_the_check_digit_is_that_of_gb_11643() -> None:
    assert masking.is_identity("11010519491231002X")
    assert not masking.is_identity("110105194912310021")
    assert not masking.is_identity("11010519491231002")
