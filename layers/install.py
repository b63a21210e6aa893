"""The page on which a phone learns to trust the service: why, what to compare, where to tap. It needs no script."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from layers import words
from layers.plain import Plain
from layers.words import Lang

DEVICES = {"android": 5, "iphone": 4, "desktop": 3}
"""For whom there are steps, and how many."""
OPEN = ("android", "iphone")

WHY = Markup("""<p>{why}</p>
<p class="soft">{limit}</p>
<section aria-labelledby="compare"><h2 id="compare">{compare}</h2>
<p>{compare_how}</p>
<p class="digits" translate="no">{fingerprint}</p></section>
<p><a class="button strong" href="/install/ca.crt" type="application/x-x509-ca-cert">{download}</a></p>
""")
STEPS = Markup("""<details{open}><summary>{device}</summary><ol class="steps">{steps}</ol></details>
""")
STEP = Markup("<li>{text}</li>")
CODE = Markup("""<section aria-labelledby="code"><h2 id="code">{code}</h2>
<p><img class="code" src="/install/qr.svg" alt="{code_alt}" width="232" height="232"></p>
<p class="digits" translate="no">{address}</p></section>
""")
ENTER = Markup('<p><a class="button" href="{service}">{enter}</a></p>\n')
NOTHING = Markup("<p>{nothing}</p>\n")


@dataclass(frozen=True, slots=True)
class Install:
    """What the page shows: the authority's fingerprint (None: nothing to install), its own address, the service's."""

    fingerprint: str | None
    address: str
    service: str


def page(shown: Install, lang: Lang) -> Plain:
    """Return the page in a language."""
    said = words.of(lang)
    enter = ENTER.format(service=shown.service, enter=said["install.enter"])
    if shown.fingerprint is None:
        body = NOTHING.format(nothing=said["install.nothing"]) + enter
    else:
        body = WHY.format(
            why=said["install.why"], limit=said["install.limit"], compare=said["install.compare"],
            compare_how=said["install.compare_how"], fingerprint=shown.fingerprint,
            download=said["install.download"],
        )  # fmt: skip
        body += Markup().join(_steps(device, lang) for device in DEVICES)
        body += enter
        body += CODE.format(
            code=said["install.code"], code_alt=said["install.code_alt"], address=shown.address
        )
    return Plain(said["install.title"], lang, "/install", body)


def _steps(device: str, lang: Lang) -> Markup:
    said = words.of(lang)
    steps = Markup().join(
        STEP.format(text=said[f"install.{device}_{number}"]) for number in range(1, DEVICES[device] + 1)
    )
    is_open = Markup(" open" if device in OPEN else "")
    return STEPS.format(open=is_open, device=said[f"install.{device}"], steps=steps)
