-- name: stamp(city_id, at)$
-- Changes whenever a tile of this city could: its release in force, its load, its roads.
SELECT concat_ws('-', c.id, extract(epoch FROM greatest(c.loaded_at, c.drawn_at))::bigint, r.id, left(n.version, 12))
FROM city c
LEFT JOIN release r ON r.city_id = c.id AND r.effective @> :at::timestamptz
LEFT JOIN road_network n ON n.city_id = c.id
WHERE c.id = :city_id;

-- name: released(city_id, release_id, at)^
-- A release of the city by its id or, where that is null, by an instant it is in force at: when it begins, and a text
-- that changes whenever a tile of its grid could.
SELECT r.id AS release_id, lower(r.effective) AS since,
  concat_ws('-', c.id, extract(epoch FROM greatest(c.loaded_at, c.drawn_at))::bigint, r.id, r.remade_by) AS stamp
FROM city c
JOIN release r ON r.city_id = c.id
WHERE c.id = :city_id
  AND CASE WHEN :release_id::bigint IS NULL THEN r.effective @> :at::timestamptz ELSE r.id = :release_id::bigint END;

-- name: outlines_tile(city_id, level, layer, band, at, west, south, east, north, is_named, has_labels)$
-- Outlines of one level, and the labels that stand in the tile, also on its border in one tile only.
-- Vertices of a band are whole numbers of the tile already: nothing is cut, so that neighbours and neighbouring
-- tiles have the same ones. Only what has thousands of them and reaches more than a tile beyond is cut there.
WITH sides AS (
  SELECT :west::float8 AS west, :south::float8 AS south, :east::float8 AS east, :north::float8 AS north,
    :east::float8 - :west::float8 AS side
),
area AS MATERIALIZED (
  SELECT west, south, east, north, 4096 / side AS scale, ST_MakeEnvelope(west, south, east, north, 3857) AS box,
    ST_MakeEnvelope(west - side / 64, south - side / 64, east + side / 64, north + side / 64, 3857) AS near,
    ST_MakeEnvelope(west - side, south - side, east + side, north + side, 3857) AS wide
  FROM sides
),
shapes AS MATERIALIZED (
  SELECT o.code, o.name, a.box,
    CASE WHEN ST_X(o.label) >= a.west AND ST_X(o.label) < a.east AND ST_Y(o.label) >= a.south
      AND ST_Y(o.label) < a.north THEN o.label END AS label,
    CASE WHEN o.shape @ a.wide OR ST_NPoints(o.shape) <= 2000
      THEN ST_SnapToGrid(ST_TransScale(o.shape, -a.west, -a.north, a.scale, -a.scale), 1)
      ELSE ST_AsMVTGeom(o.shape, a.box, 4096, 4096, true)
    END AS geom
  FROM area a
  JOIN outline o ON o.band = :band AND o.shape && a.near
  WHERE o.city_id = :city_id AND o.level = :level AND o.valid @> :at::timestamptz
)
SELECT coalesce((
  SELECT ST_AsMVT(m, :layer, 4096, 'geom') FROM (
    SELECT code, CASE WHEN :is_named THEN name END AS name, geom FROM shapes WHERE geom IS NOT NULL ORDER BY code
  ) m
), '') || coalesce((
  SELECT ST_AsMVT(m, :layer || '_label', 4096, 'geom') FROM (
    SELECT code, name, ST_AsMVTGeom(label, box, 4096, 0, false) AS geom FROM shapes
    WHERE :has_labels AND label IS NOT NULL ORDER BY code
  ) m WHERE geom IS NOT NULL
), '');

-- name: basemap_far_tile(city_id, z, x, y, ranks, ground_bytes, road_bytes)$
-- Water, green, railways and roads as they are drawn at this zoom. What there is no room for in bytes, about, is left
-- out: the smaller areas, the lesser and shorter roads.
WITH tile AS (SELECT ST_TileEnvelope(:z, :x, :y) AS box),
area AS (SELECT box, ST_Expand(box, (ST_XMax(box) - ST_XMin(box)) / 16) AS wide FROM tile),
grounds AS MATERIALIZED (
  SELECT g.theme, g.name, ST_AsMVTGeom(g.shape, area.box, 4096, 64, true) AS geom
  FROM area JOIN ground_shape g ON g.city_id = :city_id AND g.zoom = :z AND g.shape && area.wide
),
lines AS MATERIALIZED (
  SELECT r.road_class, r.name, ST_AsMVTGeom(ST_Collect(r.line), area.box, 4096, 64, true) AS geom
  FROM area JOIN road_line r ON r.city_id = :city_id AND r.zoom = :z AND r.line && area.wide
  GROUP BY r.road_class, r.name, area.box
)
SELECT coalesce((
  SELECT ST_AsMVT(m, 'ground', 4096, 'geom') FROM (
    SELECT theme, name, geom FROM (
      SELECT theme, name, geom, sum(4 * ST_NPoints(geom) + 14 + octet_length(name)) OVER (
        ORDER BY ST_Dimension(geom), ST_Area(geom) DESC, name ROWS UNBOUNDED PRECEDING) AS bytes
      FROM grounds WHERE geom IS NOT NULL
    ) g WHERE bytes <= :ground_bytes ORDER BY theme, name
  ) m
), '') || coalesce((
  SELECT ST_AsMVT(m, 'roads', 4096, 'geom') FROM (
    SELECT road_class, name, geom FROM (
      SELECT road_class, name, geom, sum(4 * ST_NPoints(geom) + 14 + octet_length(name)) OVER (
        ORDER BY array_position(:ranks::text[], road_class), ST_Length(geom) DESC, name ROWS UNBOUNDED PRECEDING
      ) AS bytes
      FROM lines WHERE geom IS NOT NULL
    ) l WHERE bytes <= :road_bytes ORDER BY road_class, name
  ) m
), '');

-- name: basemap_tile(city_id, z, x, y, ground, ranks, ground_bytes, building_bytes, road_bytes, least)$
-- The same near by: every road as it is, and buildings of at least `least` square metres of Web Mercator.
WITH tile AS (SELECT ST_TileEnvelope(:z, :x, :y) AS box),
area AS (SELECT box, ST_Expand(box, (ST_XMax(box) - ST_XMin(box)) / 16) AS wide FROM tile),
grounds AS MATERIALIZED (
  SELECT t.theme, CASE WHEN t.theme = ANY(:ground::text[]) THEN t.name END AS name, t.id,
    ST_AsMVTGeom(t.outline, area.box, 4096, 64, true) AS geom
  FROM area JOIN thematic t ON t.city_id = :city_id AND t.outline && area.wide
  WHERE t.theme = ANY(:ground::text[]) OR t.theme = 'building' AND t.area >= :least
),
lines AS MATERIALIZED (
  SELECT r.road_class, r.name, ST_AsMVTGeom(ST_LineMerge(ST_Collect(r.mercator)), area.box, 4096, 64, true) AS geom
  FROM area JOIN road r ON r.city_id = :city_id AND r.mercator && area.wide
  GROUP BY r.road_class, r.name, area.box
)
SELECT coalesce((
  SELECT ST_AsMVT(m, 'ground', 4096, 'geom') FROM (
    SELECT theme, name, geom FROM (
      SELECT theme, name, id, geom, sum(4 * ST_NPoints(geom) + 14 + coalesce(octet_length(name), 0)) OVER (
        PARTITION BY theme = 'building'
        ORDER BY ST_Dimension(geom), ST_Area(geom) DESC, id ROWS UNBOUNDED PRECEDING) AS bytes
      FROM grounds WHERE geom IS NOT NULL
    ) g WHERE bytes <= CASE theme WHEN 'building' THEN :building_bytes::bigint ELSE :ground_bytes::bigint END ORDER BY theme, id
  ) m
), '') || coalesce((
  SELECT ST_AsMVT(m, 'roads', 4096, 'geom') FROM (
    SELECT road_class, name, geom FROM (
      SELECT road_class, name, geom, sum(4 * ST_NPoints(geom) + 14 + octet_length(name)) OVER (
        ORDER BY array_position(:ranks::text[], road_class), ST_Length(geom) DESC, name ROWS UNBOUNDED PRECEDING
      ) AS bytes
      FROM lines WHERE geom IS NOT NULL
    ) l WHERE bytes <= :road_bytes ORDER BY road_class, name
  ) m
), '');

-- name: thematic_tile(city_id, z, x, y, ground, most)$
-- The borders of every theme but these, and a name for each thing in one tile only, those of the largest `most`. A
-- border that two things of a theme share is one line, else two rows of dashes would fill each other's gaps.
WITH tile AS (SELECT ST_TileEnvelope(:z, :x, :y) AS box),
labels AS MATERIALIZED (
  SELECT t.theme, t.code, t.name, t.label, t.area, tile.box
  FROM tile JOIN thematic t ON t.city_id = :city_id AND t.theme <> ALL(:ground::text[]) AND t.outline && tile.box
  WHERE ST_X(t.label) >= ST_XMin(tile.box) AND ST_X(t.label) < ST_XMax(tile.box)
    AND ST_Y(t.label) >= ST_YMin(tile.box) AND ST_Y(t.label) < ST_YMax(tile.box)
  ORDER BY t.area DESC, t.theme, t.code LIMIT :most
)
SELECT coalesce((
  SELECT ST_AsMVT(m, 'thematic', 4096, 'geom') FROM (
    SELECT l.theme, ST_AsMVTGeom(ST_Collect(l.line), tile.box, 4096, 64, true) AS geom
    FROM tile JOIN thematic_line l ON l.city_id = :city_id AND l.zoom = :z
      AND l.line && ST_Expand(tile.box, (ST_XMax(tile.box) - ST_XMin(tile.box)) / 16)
    GROUP BY l.theme, tile.box ORDER BY l.theme
  ) m WHERE geom IS NOT NULL
), '') || coalesce((
  SELECT ST_AsMVT(m, 'thematic_label', 4096, 'geom') FROM (
    SELECT theme, code, name, ST_AsMVTGeom(label, box, 4096, 0, false) AS geom FROM labels
    ORDER BY area DESC, theme, code
  ) m WHERE geom IS NOT NULL
), '');

-- name: extent(city_id, has_grid, has_base, has_themes, has_places)^
-- The box in Web Mercator around what some layers show; nulls when they show nothing.
SELECT ST_XMin(b.box) AS west, ST_YMin(b.box) AS south, ST_XMax(b.box) AS east, ST_YMax(b.box) AS north
FROM (
  SELECT ST_Extent(one.box) AS box FROM (
    SELECT ST_Extent(mercator)::geometry AS box FROM road WHERE city_id = :city_id AND :has_base
    UNION ALL
    SELECT ST_Extent(outline)::geometry FROM thematic WHERE city_id = :city_id AND (:has_themes OR :has_base)
    UNION ALL
    SELECT ST_Transform(ST_SetSRID(ST_Extent(point)::geometry, 4326), 3857) FROM place WHERE city_id = :city_id AND :has_places
    UNION ALL
    SELECT ST_Transform(ST_SetSRID(ST_Extent(v.geometry)::geometry, c.srid), 3857)
    FROM cell_version v JOIN city c ON c.id = v.city_id
    WHERE v.city_id = :city_id AND upper_inf(v.recorded) AND :has_grid GROUP BY c.srid
  ) one
) b;

-- name: occupied(city_id, band, at, west, south, east, north)
-- Of which kinds something lies in each of these boxes, in their order; `band` is one in which the whole grid is drawn.
SELECT
  EXISTS (SELECT FROM outline o WHERE o.city_id = :city_id AND o.band = :band AND o.shape && b.box
    AND o.valid @> :at::timestamptz) AS grid,
  EXISTS (SELECT FROM road r WHERE r.city_id = :city_id AND r.mercator && b.box) AS road,
  EXISTS (SELECT FROM thematic t WHERE t.city_id = :city_id AND t.outline && b.box) AS thematic,
  EXISTS (SELECT FROM place p WHERE p.city_id = :city_id AND p.point && ST_Transform(b.box, 4326)) AS place
FROM unnest(:west::float8[], :south::float8[], :east::float8[], :north::float8[])
  WITH ORDINALITY AS s (west, south, east, north, number)
CROSS JOIN LATERAL (SELECT ST_MakeEnvelope(s.west, s.south, s.east, s.north, 3857) AS box) b
ORDER BY s.number;

-- name: places_tile(city_id, west, south, east, north, kinds, across)$
-- Places of some kinds, the widest first: the first of each square, `across` of them along the tile's side.
WITH seen AS (
  SELECT DISTINCT ON (line, place) s.kind, s.name, s.at, s.line, s.place
  FROM (
    SELECT p.kind, p.name, p.extent, p.id, p.at,
      width_bucket(ST_X(p.at), :west, :east, :across) AS place, width_bucket(ST_Y(p.at), :south, :north, :across) AS line
    FROM (
      SELECT kind, name, extent, id, ST_Transform(point, 3857) AS at FROM place
      WHERE city_id = :city_id AND kind = ANY(:kinds::text[])
        AND point && ST_Transform(ST_MakeEnvelope(:west, :south, :east, :north, 3857), 4326)
      OFFSET 0
    ) p
  ) s
  WHERE s.place BETWEEN 1 AND :across AND s.line BETWEEN 1 AND :across
  ORDER BY line, place, array_position(:kinds::text[], s.kind), s.extent DESC, s.id
)
SELECT coalesce(ST_AsMVT(m, 'places', 4096, 'geom'), '') FROM (
  SELECT kind, name, ST_AsMVTGeom(at, ST_MakeEnvelope(:west, :south, :east, :north, 3857), 4096, 0, false) AS geom
  FROM seen ORDER BY array_position(:kinds::text[], kind), line, place
) m;

-- name: themes(city_id, ground)
SELECT theme, count(*) AS things FROM thematic
WHERE city_id = :city_id AND theme <> ALL(:ground::text[])
GROUP BY theme ORDER BY theme;

-- name: incidents_tile(city_id, x, y, bits, at, most)$
-- Open incidents one by one, as far as the viewer sees them; each stands in one tile only, also on a border.
-- The tile begins at x, y and is 2^bits wide, in the whole steps of mercator_x and mercator_y. NULL when there are more than `most`.
WITH seen AS MATERIALIZED (
  SELECT id, category_id, state, location, respond_by, mercator_x, mercator_y
  FROM incident
  WHERE city_id = :city_id AND state <> 'closed' AND mercator_x >= :x AND mercator_x < :x + (1 << :bits)
    AND mercator_y >= :y AND mercator_y < :y + (1 << :bits)
  LIMIT :most + 1
)
SELECT CASE WHEN (SELECT count(*) FROM seen) <= :most THEN (
  SELECT coalesce(ST_AsMVT(m, 'incidents', 4096, 'geom'), '') FROM (
    SELECT s.id, c.code AS category, c.is_urgent, s.state, s.location,
      s.state = 'reported' AND s.respond_by < :at::timestamptz AS is_late,
      ST_MakePoint((s.mercator_x - :x)::bigint * 4096 >> :bits, (s.mercator_y - :y)::bigint * 4096 >> :bits) AS geom
    FROM seen s JOIN category c ON c.id = s.category_id
    ORDER BY s.id
  ) m
) END;

-- name: incident_groups_tile(city_id, x, y, bits, at, across, names_alone)$
-- Open incidents counted in squares, `across` of them along a tile's side; each group stands in the middle of its own.
-- Squares are numbered from 0 in the north-west. With `names_alone`, who has a square to itself is no group but stands there by itself.
-- All of it is read from the index: whatever else were asked of an incident would make this many times as slow.
-- OFFSET 0: without it the groups would be thought to be many, and be sorted for.
WITH urgent AS (SELECT array_agg(id) AS ids FROM category WHERE city_id = :city_id AND is_urgent),
grouped AS MATERIALIZED (
  SELECT square, count(*) AS incidents, count(*) FILTER (WHERE state = 'reported') AS reported,
    count(*) FILTER (WHERE state = 'handled') AS handled,
    count(*) FILTER (WHERE category_id = ANY ((SELECT ids FROM urgent)::bigint[])) AS urgent,
    count(*) FILTER (WHERE state = 'reported' AND respond_by < :at::timestamptz) AS late,
    sum(mercator_x) / count(*) AS x, sum(mercator_y) / count(*) AS y, min(id) AS first
  FROM (
    SELECT (((mercator_y - :y) * :across) >> :bits) * :across + (((mercator_x - :x) * :across) >> :bits) AS square,
      id, state, category_id, respond_by, mercator_x, mercator_y
    FROM incident
    WHERE city_id = :city_id AND state <> 'closed' AND mercator_x >= :x AND mercator_x < :x + (1 << :bits)
      AND mercator_y >= :y AND mercator_y < :y + (1 << :bits)
    OFFSET 0
  ) seen
  GROUP BY square
)
SELECT coalesce((
  SELECT ST_AsMVT(m, 'incidents', 4096, 'geom') FROM (
    SELECT i.id, c.code AS category, c.is_urgent, i.state, i.location,
      i.state = 'reported' AND i.respond_by < :at::timestamptz AS is_late,
      ST_MakePoint((g.x - :x) * 4096 >> :bits, (g.y - :y) * 4096 >> :bits) AS geom
    FROM grouped g JOIN incident i ON i.id = g.first JOIN category c ON c.id = i.category_id
    WHERE g.incidents = 1 AND :names_alone
    ORDER BY i.id
  ) m
), '') || coalesce((
  SELECT ST_AsMVT(m, 'incident_groups', 4096, 'geom') FROM (
    SELECT incidents, reported, handled, urgent, late, square,
      ST_MakePoint((x - :x) * 4096 >> :bits, (y - :y) * 4096 >> :bits) AS geom
    FROM grouped WHERE incidents > 1 OR NOT :names_alone
    ORDER BY square
  ) m
), '');

-- name: responders_tile(city_id, z, x, y, columns, rows, west, south, east, north, local_time, most)$
-- Responders whose position the viewer sees, one by one, each in one tile; when there are more than `most`, counted in
-- squares: how many, how many free, how many off. The sides of the tile, and where its columns and rows of squares begin
-- and the last one ends, are in degrees and rise: only what is drawn is converted. CASE and OFFSET 0: without them the
-- tile would be thought to be empty, and its groups to be many.
WITH seen AS MATERIALIZED (
  SELECT r.id, r.kind, r.status, ST_X(p.point) AS lon, ST_Y(p.point) AS lat
  FROM responder_position p JOIN responder r ON r.id = p.responder_id
  WHERE p.city_id = :city_id AND CASE WHEN ST_X(p.point) >= :west AND ST_X(p.point) < :east
    THEN ST_Y(p.point) >= :south AND ST_Y(p.point) < :north ELSE false END
)
SELECT CASE WHEN (SELECT count(*) FROM seen) <= :most THEN (
  SELECT coalesce(ST_AsMVT(m, 'responders', 4096, 'geom'), '') FROM (
    SELECT id, kind, status, on_shift(id, :local_time::timestamp) AS on_shift,
      ST_AsMVTGeom(ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 3857), ST_TileEnvelope(:z, :x, :y), 4096, 0, false)
        AS geom
    FROM seen ORDER BY id
  ) m
) ELSE (
  SELECT ST_AsMVT(m, 'responder_groups', 4096, 'geom') FROM (
    SELECT count(*) AS responders, count(*) FILTER (WHERE status = 'free') AS free,
      count(*) FILTER (WHERE status = 'off') AS off,
      ST_AsMVTGeom(
        ST_Transform(ST_SetSRID(ST_MakePoint(avg(lon), avg(lat)), 4326), 3857), ST_TileEnvelope(:z, :x, :y), 4096, 0, false
      ) AS geom
    FROM (
      SELECT status, lon, lat,
        width_bucket(lat, :rows::float8[]) * 1000 + width_bucket(lon, :columns::float8[]) AS square
      FROM seen OFFSET 0
    ) s
    GROUP BY square ORDER BY square
  ) m
) END;

-- name: track_tile(responder_id, since, until, z, x, y, pause, most)$
-- A part of a track as lines, broken where no position came for longer than `pause` seconds, simplified by half a
-- pixel, or by as much more as it takes to keep to `most` vertices.
WITH tile AS (SELECT ST_TileEnvelope(:z, :x, :y) AS box),
steps AS (
  SELECT at, point,
    (at - lag(at) OVER (ORDER BY at) > make_interval(secs => :pause))::int AS is_new
  FROM track_position
  WHERE responder_id = :responder_id AND at >= :since::timestamptz AND at < :until::timestamptz
),
stretches AS (SELECT at, point, sum(coalesce(is_new, 0)) OVER (ORDER BY at) AS stretch FROM steps),
lines AS MATERIALIZED (
  SELECT min(at) AS since, max(at) AS until, ST_Transform(ST_MakeLine(point ORDER BY at), 3857) AS line
  FROM stretches GROUP BY stretch HAVING count(*) > 1
),
near AS MATERIALIZED (
  SELECT since, until, line, box, ST_Expand(box, (ST_XMax(box) - ST_XMin(box)) / 16) AS wide,
    (ST_XMax(box) - ST_XMin(box)) / 4096 AS unit
  FROM lines JOIN tile ON line && ST_Expand(box, (ST_XMax(box) - ST_XMin(box)) / 16)
),
chosen AS (
  SELECT power FROM generate_series(2, 9) power
  WHERE (SELECT coalesce(sum(ST_NPoints(ST_ClipByBox2D(ST_Simplify(line, unit * 2 ^ power), wide))), 0) FROM near) <= :most
  ORDER BY power LIMIT 1
)
SELECT coalesce(ST_AsMVT(m, 'tracks', 4096, 'geom'), '') FROM (
  SELECT extract(epoch FROM since)::bigint AS since, extract(epoch FROM until)::bigint AS until,
    ST_AsMVTGeom(ST_Simplify(line, unit * 2 ^ (SELECT power FROM chosen)), box, 4096, 64, true) AS geom
  FROM near ORDER BY near.since
) m WHERE geom IS NOT NULL;
