"""The kernels of `grids`, adopted: their machine code is kept in the work folder like that of our own."""

from __future__ import annotations

from geo_app.core import kernels
from grids import dividing, finding, lonlat, tracing

kernels.adopt(dividing.divide, dividing.example)
kernels.adopt(finding.find, finding.example)
kernels.adopt(lonlat.find_lonlat, lonlat.example)
kernels.adopt(tracing.trace, tracing.example)
