"""A report full of personal values, told by the web, and who reads it."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geo_app.cities.demo.catalogue import CATEGORIES

NAME, PHONE, CARD, CALL = "欧阳赵某", "13987654321", "11010519491231002X", "18812349876"
ADDRESS = "中山路1号3号楼2单元501室"
DESCRIPTION = f"井盖丢了，我是{NAME}，电话{CALL}，身份证{CARD}，住3号楼2单元501室"
MASKED = "井盖丢了，我是欧***，电话188****9876，身份证1****************X，住3号楼*单元***室"
WHY = "要回访报告人"


def body(**changes: object) -> dict[str, Any]:
    return {
        "category": CATEGORIES[0].code, "channel": "hotline", "description": DESCRIPTION, "address": ADDRESS,
        "reporter": {"name": NAME, "phone": PHONE}, **changes,
    }  # fmt: skip


def post(client: FlaskClient, path: str, said: object, key: str = "k") -> TestResponse:
    return client.post(path, json=said, headers={"Idempotency-Key": key})


def told(client: FlaskClient, key: str = "k", **changes: object) -> dict[str, Any]:
    """Tell a report and return what it was answered."""
    answer = post(client, "/api/incidents", body(**changes), key)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.get_json()
    return found


def only_report(client: FlaskClient, incident: int) -> dict[str, Any]:
    (one,) = client.get(f"/api/incidents/{incident}/reports").get_json()["items"]
    found: dict[str, Any] = one
    return found
