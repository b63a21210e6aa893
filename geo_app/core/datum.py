"""The shifted frames of Chinese map services: GCJ-02 and BD-09 against WGS 84, vectorised, exact to a fraction of a mm.

GCJ-02 shifts a point by 300 to 700 m inside a box around China, BD-09 shifts GCJ-02 once more; neither has a
closed inverse. The inverses here are fixed-point steps on the forward formulas: three leave less than 0.1 mm.
"""

from __future__ import annotations

import numpy as np

CHINA = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north of the box in which the shift applies; outside, GCJ-02 is WGS 84."""
STEPS = 3
_AXIS = 6378245.0
_ECCENTRICITY = 0.00669342162296594323
_BAIDU = np.pi * 3000 / 180


def in_china(xy: np.ndarray) -> np.ndarray:
    """Return for each lon/lat whether it lies in the box where GCJ-02 differs from WGS 84."""
    west, south, east, north = CHINA
    x, y = xy[:, 0], xy[:, 1]
    return np.asarray((x >= west) & (x <= east) & (y >= south) & (y <= north))


def wgs84_to_gcj02(xy: np.ndarray) -> np.ndarray:
    """Return WGS 84 lon/lat as GCJ-02 (火星坐标)."""
    return np.asarray(np.where(in_china(xy)[:, None], xy + _gcj_shift(xy), xy))


def gcj02_to_wgs84(xy: np.ndarray, steps: int = STEPS) -> np.ndarray:
    """Return GCJ-02 lon/lat as WGS 84; one step is the approximation many programs publish, 3 m off."""
    found = xy
    for _ in range(steps):
        found = xy - _gcj_shift(found)
    return np.asarray(np.where(in_china(xy)[:, None], found, xy))


def gcj02_to_bd09(xy: np.ndarray) -> np.ndarray:
    """Return GCJ-02 lon/lat as BD-09; outside China it is the same."""
    return np.asarray(np.where(in_china(xy)[:, None], _baidu(xy), xy))


def bd09_to_gcj02(xy: np.ndarray, steps: int = STEPS) -> np.ndarray:
    """Return BD-09 lon/lat as GCJ-02; no step is the approximation many programs publish, 0.4 m off."""
    moved = xy - np.array([0.0065, 0.006])
    x, y = moved[:, 0], moved[:, 1]
    radius = np.hypot(x, y) - 0.00002 * np.sin(y * _BAIDU)
    angle = np.arctan2(y, x) - 0.000003 * np.cos(x * _BAIDU)
    found = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    for _ in range(steps):
        found = found + (xy - _baidu(found))
    return np.asarray(np.where(in_china(xy)[:, None], found, xy))


def _baidu(xy: np.ndarray) -> np.ndarray:
    x, y = xy[:, 0], xy[:, 1]
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BAIDU)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BAIDU)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])


def _gcj_shift(xy: np.ndarray) -> np.ndarray:
    """Return how far GCJ-02 moves WGS 84 lon/lat, in degrees."""
    x, y = xy[:, 0] - 105.0, xy[:, 1] - 35.0
    root = np.sqrt(np.abs(x))
    common = (20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + common
    north += (20 * np.sin(y * np.pi) + 40 * np.sin(y / 3 * np.pi)) * 2 / 3
    north += (160 * np.sin(y / 12 * np.pi) + 320 * np.sin(y * np.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + common
    east += (20 * np.sin(x * np.pi) + 40 * np.sin(x / 3 * np.pi)) * 2 / 3
    east += (150 * np.sin(x / 12 * np.pi) + 300 * np.sin(x / 30 * np.pi)) * 2 / 3
    latitude = np.radians(xy[:, 1])
    flat = 1 - _ECCENTRICITY * np.sin(latitude) ** 2
    north = np.degrees(north * flat * np.sqrt(flat) / (_AXIS * (1 - _ECCENTRICITY)))
    east = np.degrees(east * np.sqrt(flat) / (_AXIS * np.cos(latitude)))
    return np.column_stack([east, north])
