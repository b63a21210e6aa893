"""The local authority signs for its own names and for nobody else; certificates are what phones take."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import DNSName, IPAddress
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from geo_app.core import hosts
from geo_app.core.errors import BadInput, WrongSetup
from geo_app.tls import authority
from geo_app.tls.model import MOST_DAYS, Pair

AT = datetime(2026, 5, 1, 8, tzinfo=UTC)
NAMES = ("grid.example", "10.0.0.5", "203.0.113.9")


@pytest.fixture(scope="module")
def root() -> Pair:
    return authority.make(NAMES, AT)


def certificate(pair: Pair) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pair.certificate)


def trusts(root: Pair, server: Pair, name: str, at: datetime) -> bool:
    """Return whether one who knows the authority believes that a server is `name`."""
    found = hosts.address(name)
    subject = DNSName(name) if found is None else IPAddress(found)
    builder = PolicyBuilder().store(Store([certificate(root)])).time(at.replace(tzinfo=None))
    try:
        builder.build_server_verifier(subject).verify(certificate(server), [])
    except VerificationError:
        return False
    return True


def test_a_server_is_believed_for_its_names_while_it_holds(root: Pair) -> None:
    server = authority.issue(root, NAMES, 30, AT, None)
    for name in (*NAMES, "localhost", "127.0.0.1", "::1"):
        assert trusts(root, server, name, AT + timedelta(days=1)), name
    assert not trusts(root, server, "other.example", AT + timedelta(days=1))
    assert not trusts(root, server, "grid.example", AT + timedelta(days=31))
    assert not trusts(authority.make(NAMES, AT), server, "grid.example", AT)


@pytest.mark.parametrize("name", ["bank.example", "example", "evilgrid.example", "8.8.8.8", "2001:db8::1"])
def test_it_signs_for_nobody_else(root: Pair, name: str) -> None:
    with pytest.raises(BadInput, match="name: "):
        authority.issue(root, (name,), 30, AT, None)


@pytest.mark.parametrize("name", ["bank.example", "8.8.8.8"])
def test_what_a_stolen_key_signs_beyond_its_limits_is_not_believed(
    root: Pair, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authority, "_may", lambda *_: True)
    forged = authority.issue(root, (name,), 30, AT, None)
    assert not trusts(root, forged, name, AT + timedelta(days=1))


@pytest.mark.parametrize("name", ["a.grid.example", "192.168.1.7", "172.16.0.1", "fd00::7"])
def test_subdomains_and_private_addresses_go_with_it(root: Pair, name: str) -> None:
    server = authority.issue(root, (name,), 30, AT, None)
    assert trusts(root, server, name, AT + timedelta(days=1))


def test_a_server_certificate_is_what_phones_ask_for(root: Pair) -> None:
    made = certificate(authority.issue(root, NAMES, MOST_DAYS, AT, None))
    assert made.not_valid_after_utc - made.not_valid_before_utc <= timedelta(days=398)
    use = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(use) == [x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]
    key = made.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert key.curve.name == "secp256r1"
    assert made.signature_hash_algorithm is not None
    assert made.signature_hash_algorithm.name == "sha256"


def test_the_authority_says_what_it_may(root: Pair) -> None:
    made = certificate(root)
    basic = made.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (basic.value.ca, basic.value.path_length, basic.critical) == (True, 0, True)
    assert made.extensions.get_extension_for_class(x509.NameConstraints).critical
    assert made.not_valid_after_utc - AT > timedelta(days=3650)


def test_a_renewed_certificate_keeps_its_key_and_its_authority(root: Pair) -> None:
    first = authority.issue(root, NAMES, 30, AT, None)
    second = authority.issue(root, NAMES, 30, AT + timedelta(days=20), first.key)
    assert certificate(first).public_key() == certificate(second).public_key()
    assert trusts(root, second, "grid.example", AT + timedelta(days=45))


def test_no_certificate_outlives_the_authority(root: Pair) -> None:
    late = certificate(root).not_valid_after_utc - timedelta(days=10)
    assert (
        authority.read(authority.issue(root, NAMES, 300, late, None).certificate).until
        == certificate(root).not_valid_after_utc
    )


def test_keys_are_written_as_the_web_server_reads_them(root: Pair) -> None:
    assert root.key.startswith(b"-----BEGIN PRIVATE KEY-----")
    assert load_pem_private_key(root.key, None) is not None


def test_a_file_without_certificate_is_named() -> None:
    with pytest.raises(WrongSetup, match="no certificate"):
        authority.read(b"nothing")


def test_it_ends_soon_thirty_days_before_or_in_the_last_third(root: Pair) -> None:
    year = authority.read(authority.issue(root, NAMES, MOST_DAYS, AT, None).certificate)
    assert not year.ends_soon(year.until - timedelta(days=31))
    assert year.ends_soon(year.until - timedelta(days=29))
    week = replace(year, until=year.since + timedelta(days=6))
    assert not week.ends_soon(week.since + timedelta(days=3))
    assert week.ends_soon(week.since + timedelta(days=5))
