"""The page on which people read and try the API: Swagger UI from our own files, a nonce on every script."""

from __future__ import annotations

from layers import assets
from layers.page import NONCE

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Wangge 网格 · API</title>
<link rel="icon" href="{icon}">
<link rel="stylesheet" href="{style}">
</head>
<body>
<main id="api"></main>
<script nonce="{nonce}" src="{library}"></script>
<script nonce="{nonce}" type="module" src="{module}"></script>
</body>
</html>
"""


def render(nonce: str) -> str:
    """Return the whole HTML document; `nonce` must be fresh and in the response's Content-Security-Policy."""
    if not NONCE.fullmatch(nonce):
        raise ValueError("nonce: 16 to 86 characters of base64url")
    files = assets.now()
    return PAGE.format(
        nonce=nonce,
        icon=files.address(assets.ICON),
        style=files.address(assets.VIEWER_CSS),
        library=files.address(assets.VIEWER_JS),
        module=files.module("api"),
    )
