"""The log says what failed and where, and never what somebody's password or phone number is."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest
import structlog

from geo_app.core import log

SECRET, PHONE, NAME = "hunter2-s3cret", "13812345678", "张三丰"


def fail(word: str) -> None:
    password, phone = SECRET, PHONE
    told = {"phone": phone, "name": NAME}
    raise ValueError(f"{word} {password} {told}")


def break_down(word: str) -> None:
    try:
        fail(word)
    except ValueError as error:
        raise RuntimeError(f"{NAME} {SECRET} {PHONE}") from error


@pytest.mark.parametrize("is_configured", [True, False])
def test_no_secret_of_a_failing_function_is_logged(
    capsys: pytest.CaptureFixture[str], is_configured: bool
) -> None:
    """Unless somebody had set the log up, it showed local variables."""
    structlog.reset_defaults()
    if is_configured:
        log.configure("info")
    try:
        break_down(SECRET)
    except RuntimeError:
        log.failed("request.failed", path="/x")
    out, err = capsys.readouterr()
    assert out == ""
    assert not [word for word in (SECRET, PHONE, NAME) if word in err]
    assert err.count("\n") == 1
    for told in (
        "request.failed",
        "path=/x",
        "RuntimeError at",
        "test_log.py",
        "break_down",
        "ValueError at",
        "fail",
    ):
        assert told in err


def test_what_a_library_logs_of_a_failure_has_no_secret_either() -> None:
    program = (
        "import logging, tests.unit.core.test_log as t\nfrom geo_app.core import log\nlog.configure()\n"
        "try: t.break_down(t.SECRET)\n"
        "except RuntimeError: logging.getLogger('library').exception('it broke')"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    )
    assert not [word for word in (SECRET, PHONE, NAME) if word in done.stdout + done.stderr]
    assert "[ERROR] it broke" in done.stderr
    assert "RuntimeError at" in done.stderr


def test_the_system_and_the_database_are_quoted_by_code_only() -> None:
    error = FileNotFoundError(2, "No such file or directory", "/srv/wangge/ca.key")
    assert log.stack(error) == "FileNotFoundError No such file or directory /srv/wangge/ca.key"

    class Broken(Exception):
        """As the driver's errors are."""

        pgcode = "23505"
        diag = type("Diag", (), {"constraint_name": "account_phone_key"})

    shown = log.stack(Broken(f"Key (phone)=({PHONE}) already exists."))
    assert shown.endswith("Broken 23505 account_phone_key")
    assert PHONE not in shown


def test_handlers_of_others_keep_their_form(caplog: pytest.LogCaptureFixture) -> None:
    before = [handler.formatter for handler in logging.getLogger().handlers]
    log.configure()
    assert [handler.formatter for handler in logging.getLogger().handlers] == before


def test_a_number_that_a_writer_let_through_is_masked(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("info")
    log.warn("request.not_ready", reason=f"call {PHONE}", cell="110114001001002", incident=7)
    said = capsys.readouterr().err
    assert "138****5678" in said
    assert PHONE not in said
    assert "cell=110114001001002 incident=7" in said
