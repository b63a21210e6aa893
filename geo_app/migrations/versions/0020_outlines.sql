-- Outlines for the map: drawn for bands of zooms, so that tiles are small and neighbours never part.

-- How a cell or unit looks in the zooms of a band, which is named by its first; level is that of a unit, or 'cell'.
-- Vertices stand on the units of the tiles of that zoom. A release opens and ends what it changes; what is too
-- small to be seen in a band has no row there.
CREATE TABLE outline (
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  band smallint NOT NULL,
  level text NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  valid tstzrange NOT NULL,
  shape geometry(Geometry, 3857) NOT NULL,
  label geometry(Point, 3857) NOT NULL,
  digest text NOT NULL,
  PRIMARY KEY (city_id, band, level, code, valid)
);

-- What is drawn already stays as it is, in every band, until the next release.
INSERT INTO outline (city_id, band, level, code, name, valid, shape, label, digest)
SELECT v.city_id, b.band, 'cell', v.code, v.name, v.valid, ST_ForcePolygonCW(s.outline), s.label, ''
FROM cell_shape s
JOIN cell_version v ON v.cell_id = s.cell_id AND v.release_id = s.release_id AND upper_inf(v.recorded)
CROSS JOIN (VALUES (13), (14), (15)) AS b (band);

INSERT INTO outline (city_id, band, level, code, name, valid, shape, label, digest)
SELECT r.city_id, b.band, s.level, u.code, u.name, r.effective, ST_ForcePolygonCW(s.outline), s.label, ''
FROM unit_shape s
JOIN unit u ON u.id = s.unit_id
JOIN release r ON r.id = s.release_id
JOIN (VALUES
  (6, 'district'), (9, 'district'), (11, 'district'), (9, 'street'), (11, 'street'),
  (11, 'community'), (13, 'community'), (14, 'community'), (15, 'community')
) AS b (band, level) ON b.level = s.level;

CREATE INDEX outline_by_place ON outline USING gist (band, shape);

DROP TABLE cell_shape;
DROP INDEX unit_shape_by_place;

DO $$
DECLARE app text := current_setting('geo.app_role');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT, UPDATE (valid), DELETE ON outline TO %I', app);
END $$;
