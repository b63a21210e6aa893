"""A report full of personal values, told by the web, who reads it, and whether it stands in a text."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geo_app.cities.demo.catalogue import CATEGORIES
from tests.databases import connected

NAME, PHONE, CARD, CALL = "欧阳赵某", "13987654321", "11010519491231002X", "18812349876"
ADDRESS = "中山路1号3号楼2单元501室"
DESCRIPTION = f"井盖丢了，我是{NAME}，电话{CALL}，身份证{CARD}，住3号楼2单元501室"
MASKED = "井盖丢了，我是欧***，电话188****9876，身份证1****************X，住3号楼*单元***室"
WHY = "要回访报告人"

SECRETS = (PHONE, CALL, CARD, NAME, "2单元501")
TABLES = """
SELECT table_schema, table_name FROM information_schema.tables
WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
ORDER BY table_name
"""


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


def found(text: str) -> list[str]:
    """Return which of the planted values stand in a text, also with separators between their digits."""
    close = re.sub(r"[\s\-]", "", text)
    return [secret for secret in SECRETS if secret in text or secret in close]


def dump(url: str) -> dict[str, str]:
    """Return every column of every row of every table as text, by table."""
    with connected(url) as cursor:
        cursor.execute(TABLES)
        names = cursor.fetchall()
        texts = {}
        for schema, table in names:
            cursor.execute(f'SELECT t::text FROM "{schema}"."{table}" t')
            texts[table] = "\n".join(row[0] or "" for row in cursor.fetchall())
    return texts
