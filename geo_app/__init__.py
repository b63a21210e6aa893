"""Wangge (网格): the geospatial grid management service. `geo_app/README.md` tells how it is built."""
