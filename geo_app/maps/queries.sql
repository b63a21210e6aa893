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
    SELECT code, name, community, ST_AsMVTGeom(label, box, 4096, 0, false) AS geom FROM shapes
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

-- name: basemap_tile(city_id, z, x, y, classes, ground)$
-- Roads of the given classes (all for NULL), and the shapes of these themes.
WITH tile AS (SELECT ST_TileEnvelope(:z, :x, :y) AS box),
area AS (SELECT box, ST_Expand(box, (ST_XMax(box) - ST_XMin(box)) / 16) AS wide FROM tile)
SELECT coalesce((
  SELECT ST_AsMVT(m, 'thematic', 4096, 'geom') FROM (
    SELECT t.theme, t.name, ST_AsMVTGeom(t.outline, area.box, 4096, 64, true) AS geom
    FROM area JOIN thematic t ON t.city_id = :city_id AND t.outline && area.wide
    WHERE t.theme = ANY(:ground::text[]) ORDER BY t.theme, t.code
  ) m WHERE geom IS NOT NULL
), '') || coalesce((
  SELECT ST_AsMVT(m, 'roads', 4096, 'geom') FROM (
    SELECT r.road_class, r.name, ST_AsMVTGeom(ST_LineMerge(ST_Collect(r.mercator)), area.box, 4096, 64, true) AS geom
    FROM area JOIN road r ON r.city_id = :city_id AND r.mercator && area.wide
    WHERE :classes::text[] IS NULL OR r.road_class = ANY(:classes::text[])
    GROUP BY r.road_class, r.name, area.box ORDER BY r.road_class, r.name
  ) m WHERE geom IS NOT NULL
), '');

-- name: thematic_tile(city_id, z, x, y, ground)$
-- The outlines of every theme but these, and a name for each thing in one tile only. A border that two things of
-- a theme share is one line, else two rows of dashes would fill each other's gaps.
WITH tile AS (SELECT ST_TileEnvelope(:z, :x, :y) AS box),
shapes AS (
  SELECT t.theme, t.code, t.name, t.outline, tile.box,
    CASE ST_Dimension(t.outline) WHEN 2 THEN ST_Boundary(t.outline) ELSE t.outline END AS line
  FROM tile
  JOIN thematic t ON t.city_id = :city_id AND t.theme <> ALL(:ground::text[])
    AND t.outline && ST_Expand(tile.box, (ST_XMax(tile.box) - ST_XMin(tile.box)) / 16)
),
labels AS MATERIALIZED (SELECT theme, code, name, box, ST_PointOnSurface(outline) AS label FROM shapes)
SELECT coalesce((
  SELECT ST_AsMVT(m, 'thematic', 4096, 'geom') FROM (
    SELECT theme, ST_SnapToGrid(ST_LineMerge(ST_UnaryUnion(ST_Collect(geom))), 1) AS geom
    FROM (SELECT theme, ST_AsMVTGeom(line, box, 4096, 64, true) AS geom FROM shapes) s
    WHERE geom IS NOT NULL GROUP BY theme ORDER BY theme
  ) m WHERE geom IS NOT NULL
), '') || coalesce((
  SELECT ST_AsMVT(m, 'thematic_label', 4096, 'geom') FROM (
    SELECT theme, code, name, ST_AsMVTGeom(label, box, 4096, 0, false) AS geom FROM labels
    WHERE ST_X(label) >= ST_XMin(box) AND ST_X(label) < ST_XMax(box)
      AND ST_Y(label) >= ST_YMin(box) AND ST_Y(label) < ST_YMax(box)
    ORDER BY theme, code
  ) m WHERE geom IS NOT NULL
), '');

-- name: themes(city_id, ground)
SELECT theme, count(*) AS things FROM thematic
WHERE city_id = :city_id AND theme <> ALL(:ground::text[])
GROUP BY theme ORDER BY theme;

-- name: incidents_tile(city_id, west, south, east, north, at, most)$
-- Open incidents one by one, as far as the viewer sees them; each stands in one tile only, also on a border.
-- NULL when there are more than `most` of them.
WITH seen AS MATERIALIZED (
  SELECT id, category_id, state, location, respond_by, mercator
  FROM incident
  WHERE city_id = :city_id AND state <> 'closed' AND mercator && ST_MakeEnvelope(:west, :south, :east, :north, 3857)
    AND ST_X(mercator) >= :west AND ST_X(mercator) < :east AND ST_Y(mercator) >= :south AND ST_Y(mercator) < :north
  LIMIT :most + 1
)
SELECT CASE WHEN (SELECT count(*) FROM seen) <= :most THEN (
  SELECT coalesce(ST_AsMVT(m, 'incidents', 4096, 'geom'), '') FROM (
    SELECT s.id, c.code AS category, c.is_urgent, s.state, s.location,
      s.state = 'reported' AND s.respond_by < :at::timestamptz AS is_late,
      ST_AsMVTGeom(s.mercator, ST_MakeEnvelope(:west, :south, :east, :north, 3857), 4096, 0, false) AS geom
    FROM seen s JOIN category c ON c.id = s.category_id
    ORDER BY s.id
  ) m
) END;

-- name: incident_groups_tile(city_id, west, south, east, north, at, across, names_alone)$
-- Open incidents counted in squares, `across` of them along a tile's side; each group stands in the middle of its own.
-- With `names_alone`, who has a square to itself is no group but stands there by itself.
-- OFFSET 0: without it each coordinate would be read five times, and the groups be sorted for.
WITH urgent AS (SELECT array_agg(id) AS ids FROM category WHERE city_id = :city_id AND is_urgent),
grouped AS MATERIALIZED (
  SELECT count(*) AS incidents, count(*) FILTER (WHERE state = 'reported') AS reported,
    count(*) FILTER (WHERE state = 'handled') AS handled,
    count(*) FILTER (WHERE category_id = ANY ((SELECT ids FROM urgent)::bigint[])) AS urgent,
    count(*) FILTER (WHERE state = 'reported' AND respond_by < :at::timestamptz) AS late,
    avg(x) AS x, avg(y) AS y, min(id) AS first,
    width_bucket(x, :west, :east, :across) AS place, width_bucket(y, :south, :north, :across) AS line
  FROM (
    SELECT id, state, category_id, respond_by, ST_X(mercator) AS x, ST_Y(mercator) AS y
    FROM incident
    WHERE city_id = :city_id AND state <> 'closed' AND mercator && ST_MakeEnvelope(:west, :south, :east, :north, 3857)
    OFFSET 0
  ) seen
  GROUP BY line, place
),
here AS (SELECT incidents, reported, handled, urgent, late, x, y, first, place, line FROM grouped WHERE place BETWEEN 1 AND :across AND line BETWEEN 1 AND :across)
SELECT coalesce((
  SELECT ST_AsMVT(m, 'incidents', 4096, 'geom') FROM (
    SELECT i.id, c.code AS category, c.is_urgent, i.state, i.location,
      i.state = 'reported' AND i.respond_by < :at::timestamptz AS is_late,
      ST_AsMVTGeom(i.mercator, ST_MakeEnvelope(:west, :south, :east, :north, 3857), 4096, 0, false) AS geom
    FROM here JOIN incident i ON i.id = here.first JOIN category c ON c.id = i.category_id
    WHERE here.incidents = 1 AND :names_alone
    ORDER BY i.id
  ) m
), '') || coalesce((
  SELECT ST_AsMVT(m, 'incident_groups', 4096, 'geom') FROM (
    SELECT incidents, reported, handled, urgent, late,
      ST_AsMVTGeom(ST_SetSRID(ST_MakePoint(x, y), 3857), ST_MakeEnvelope(:west, :south, :east, :north, 3857), 4096, 0, false)
        AS geom
    FROM here WHERE incidents > 1 OR NOT :names_alone
    ORDER BY line, place
  ) m
), '');
