-- name: stamp(city_id, at)$
-- Changes whenever a tile of this city could: its release in force, its load, its roads.
SELECT concat_ws('-', c.id, extract(epoch FROM c.loaded_at)::bigint, r.id, left(n.version, 12))
FROM city c
LEFT JOIN release r ON r.city_id = c.id AND r.effective @> :at::timestamptz
LEFT JOIN road_network n ON n.city_id = c.id
WHERE c.id = :city_id;

-- name: cells_tile(city_id, z, x, y, at)$
-- Cells and their labels; a label stands in one tile only, also on the border of two.
WITH tile AS (SELECT ST_TileEnvelope(:z, :x, :y) AS box),
shapes AS (
  SELECT v.code, v.name, u.name AS community, s.outline, s.label, tile.box
  FROM tile
  JOIN cell_shape s ON s.city_id = :city_id AND s.outline && ST_Expand(tile.box, (ST_XMax(tile.box) - ST_XMin(tile.box)) / 16)
  JOIN cell_version v ON v.cell_id = s.cell_id AND v.release_id = s.release_id
    AND v.valid @> :at::timestamptz AND upper_inf(v.recorded)
  JOIN unit u ON u.id = v.community_id
)
SELECT coalesce((
  SELECT ST_AsMVT(m, 'cells', 4096, 'geom') FROM (
    SELECT code, name, community, ST_AsMVTGeom(outline, box, 4096, 64, true) AS geom FROM shapes ORDER BY code
  ) m WHERE geom IS NOT NULL
), '') || coalesce((
  SELECT ST_AsMVT(m, 'cells_label', 4096, 'geom') FROM (
    SELECT code, name, ST_AsMVTGeom(label, box, 4096, 0, false) AS geom FROM shapes
    WHERE ST_X(label) >= ST_XMin(box) AND ST_X(label) < ST_XMax(box)
      AND ST_Y(label) >= ST_YMin(box) AND ST_Y(label) < ST_YMax(box)
    ORDER BY code
  ) m WHERE geom IS NOT NULL
), '');

-- name: units_tile(city_id, level, layer, z, x, y, at)$
WITH tile AS (SELECT ST_TileEnvelope(:z, :x, :y) AS box),
shapes AS (
  SELECT u.code, u.name, s.outline, s.label, tile.box
  FROM tile
  JOIN release r ON r.city_id = :city_id AND r.effective @> :at::timestamptz
  JOIN unit_shape s ON s.release_id = r.id AND s.level = :level
    AND s.outline && ST_Expand(tile.box, (ST_XMax(tile.box) - ST_XMin(tile.box)) / 16)
  JOIN unit u ON u.id = s.unit_id
)
SELECT coalesce((
  SELECT ST_AsMVT(m, :layer, 4096, 'geom') FROM (
    SELECT code, name, ST_AsMVTGeom(outline, box, 4096, 64, true) AS geom FROM shapes ORDER BY code
  ) m WHERE geom IS NOT NULL
), '') || coalesce((
  SELECT ST_AsMVT(m, :layer || '_label', 4096, 'geom') FROM (
    SELECT code, name, ST_AsMVTGeom(label, box, 4096, 0, false) AS geom FROM shapes
    WHERE ST_X(label) >= ST_XMin(box) AND ST_X(label) < ST_XMax(box)
      AND ST_Y(label) >= ST_YMin(box) AND ST_Y(label) < ST_YMax(box)
    ORDER BY code
  ) m WHERE geom IS NOT NULL
), '');

-- name: basemap_tile(city_id, z, x, y, classes)$
-- Roads of the given classes (all for NULL), water, railways and green.
WITH tile AS (SELECT ST_TileEnvelope(:z, :x, :y) AS box),
area AS (SELECT box, ST_Expand(box, (ST_XMax(box) - ST_XMin(box)) / 16) AS wide FROM tile)
SELECT coalesce((
  SELECT ST_AsMVT(m, 'thematic', 4096, 'geom') FROM (
    SELECT t.theme, t.name, ST_AsMVTGeom(t.outline, area.box, 4096, 64, true) AS geom
    FROM area JOIN thematic t ON t.city_id = :city_id AND t.outline && area.wide
    WHERE t.theme IN ('water', 'railway', 'green') ORDER BY t.theme, t.code
  ) m WHERE geom IS NOT NULL
), '') || coalesce((
  SELECT ST_AsMVT(m, 'roads', 4096, 'geom') FROM (
    SELECT r.road_class, r.name, ST_AsMVTGeom(ST_LineMerge(ST_Collect(r.mercator)), area.box, 4096, 64, true) AS geom
    FROM area JOIN road r ON r.city_id = :city_id AND r.mercator && area.wide
    WHERE :classes::text[] IS NULL OR r.road_class = ANY(:classes::text[])
    GROUP BY r.road_class, r.name, area.box ORDER BY r.road_class, r.name
  ) m WHERE geom IS NOT NULL
), '');
