"""City kits: a folder with `city.toml` that says which files make a city, read, judged and mended."""

from geo_app.cities.kit.examine import Report, code, examine

__all__ = ["Report", "code", "examine"]
