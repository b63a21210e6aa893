"""The local certificate authority: what it signs, and what it never can.

ECDSA on P-256, SHA-256: what Safari 14 and Chrome 86 take. The authority is limited by name constraints (RFC 5280,
4.2.1.10, critical) to the names it was made for and to private networks, so that a stolen key cannot speak for
anybody else's site. iOS since 11, Chrome since 128 and OpenSSL hold it to that; what knows no limits on an
authority that was installed by hand ignores them and works all the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from geo_app.core import hosts
from geo_app.core.errors import BadInput, WrongSetup
from geo_app.tls.model import AUTHORITY_LIFE, Certificate, Pair

PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "fc00::/7", "::1/128")
"""Networks that belong to nobody in particular."""
ALWAYS = ("localhost", "127.0.0.1", "::1")
"""What every server certificate is for, so that the machine can ask itself."""
SIGNED = (
    "a name this authority was made for, or an address of a private network; `geo tls init --replace` makes "
    "another authority, which every phone must install anew"
)
BACK = timedelta(hours=1)
"""How far a phone's clock may be behind."""


def make(names: tuple[str, ...], at: datetime) -> Pair:
    """Return a new authority for `names`, which are spelled as `hosts.host` spells them."""
    key = ec.generate_private_key(ec.SECP256R1())
    mark = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    me = x509.Name([
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Wangge"),
        x509.NameAttribute(NameOID.COMMON_NAME, f"Wangge {names[0][:40]} {mark.digest.hex()[:6]}"),
    ])  # fmt: skip
    built = _certificate(me, me, key, at, at + AUTHORITY_LIFE)
    built = built.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    built = built.add_extension(_usage(signs_certificates=True), critical=True)
    built = built.add_extension(x509.NameConstraints(_limits(names), None), critical=True)
    return _pair(built.add_extension(mark, critical=False).sign(key, SHA256()), key)


def issue(authority: Pair, names: tuple[str, ...], days: int, at: datetime, key: bytes | None) -> Pair:
    """Return a server certificate for `names`, on `key` when there is one; BadInput for a name it may not sign.

    It ends with the authority at the latest.
    """
    root, root_key = _load(authority)
    for name in names:
        if not _may(root, name):
            raise BadInput("name", name, SIGNED)
    own = _key(key) if key else ec.generate_private_key(ec.SECP256R1())
    until = min(at + timedelta(days=days) - BACK, root.not_valid_after_utc)
    me = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Wangge")])
    built = _certificate(me, root.subject, own, at, until)
    alternatives = x509.SubjectAlternativeName([_general(name) for name in dict.fromkeys((*names, *ALWAYS))])
    from_root = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    for extension, is_critical in (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage(signs_certificates=False), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (alternatives, False),
        (from_root, False),
        (x509.SubjectKeyIdentifier.from_public_key(own.public_key()), False),
    ):
        built = built.add_extension(extension, critical=is_critical)
    return _pair(built.sign(root_key, SHA256()), own)


def read(pem: bytes) -> Certificate:
    """Return what the first certificate of a PEM text says; WrongSetup when there is none."""
    try:
        found = x509.load_pem_x509_certificate(pem)
    except ValueError as error:
        raise WrongSetup("the file holds no certificate in PEM") from error
    try:
        said = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = tuple(str(one.value) for one in said)
    except x509.ExtensionNotFound:
        names = ()
    return Certificate(
        subject=found.subject.rfc4514_string(),
        names=names,
        since=found.not_valid_before_utc,
        until=found.not_valid_after_utc,
        fingerprint=found.fingerprint(SHA256()).hex().upper(),
    )


def binary(pem: bytes) -> bytes:
    """Return a certificate in DER, which every phone reads."""
    return x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, at: datetime, until: datetime
) -> x509.CertificateBuilder:
    built = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    serial = x509.random_serial_number()
    return built.serial_number(serial).not_valid_before(at - BACK).not_valid_after(until)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates, key_cert_sign=signs_certificates, crl_sign=signs_certificates,
        content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _limits(names: Iterable[str]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = [x509.IPAddress(ip_network(network)) for network in PRIVATE]
    for name in dict.fromkeys(("localhost", *names)):
        is_address = hosts.address(name) is not None
        found.append(x509.IPAddress(ip_network(name)) if is_address else x509.DNSName(name))
    return found


def _may(root: x509.Certificate, name: str) -> bool:
    """Return whether the authority's limits allow a name: a host's subdomains go with it."""
    limits = root.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or ()
    found = hosts.address(name)
    if found is not None:
        return any(found in ip_network(limit.value) for limit in limits if isinstance(limit, x509.IPAddress))
    permitted = [limit.value for limit in limits if isinstance(limit, x509.DNSName)]
    return any(name == one or name.endswith(f".{one}") for one in permitted)


def _general(name: str) -> x509.GeneralName:
    return x509.DNSName(name) if hosts.address(name) is None else x509.IPAddress(ip_address(name))


def _load(pair: Pair) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    return x509.load_pem_x509_certificate(pair.certificate), _key(pair.key)


def _key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    found = load_pem_private_key(pem, password=None)
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise WrongSetup("the key of the local authority is none of ours")
    return found


def _pair(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> Pair:
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Pair(certificate.public_bytes(Encoding.PEM), text)
