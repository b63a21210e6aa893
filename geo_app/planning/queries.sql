-- name: lock_layer(city_id)$
-- Only one publish at a time, and no matching meanwhile.
SELECT pg_advisory_xact_lock(7301, :city_id);

-- name: share_layer(city_id)$
-- Matching goes on side by side, but never across a publish.
SELECT pg_advisory_xact_lock_shared(7301, :city_id);

-- name: newest(city_id)^
-- The release that nothing has replaced yet, in force or scheduled.
SELECT id, lower(effective) AS effective_from, upper(effective) AS effective_to, cells, published_at, note
FROM release WHERE city_id = :city_id AND upper_inf(effective);

-- name: has_begun(release_id, at)$
SELECT lower(effective) <= :at::timestamptz FROM release WHERE id = :release_id;

-- name: changed_area(release_id)$
-- Where cells begin or end with a release.
SELECT ST_Union(v.geometry)
FROM release r
JOIN cell_version v ON v.city_id = r.city_id AND upper_inf(v.recorded)
  AND lower(r.effective) IN (lower(v.valid), upper(v.valid))
WHERE r.id = :release_id;

-- name: releases(city_id)
SELECT id, lower(effective) AS effective_from, upper(effective) AS effective_to, cells, published_at, note
FROM release WHERE city_id = :city_id ORDER BY lower(effective) DESC;

-- name: release(city_id, release_id)^
SELECT id, lower(effective) AS effective_from, upper(effective) AS effective_to, cells, published_at, note
FROM release WHERE city_id = :city_id AND id = :release_id;

-- name: release_at(city_id, at)^
SELECT id, lower(effective) AS effective_from, upper(effective) AS effective_to, cells, published_at, note
FROM release WHERE city_id = :city_id AND effective @> :at::timestamptz;

-- name: end_release(release_id, at)!
UPDATE release SET effective = tstzrange(lower(effective), :at) WHERE id = :release_id;

-- name: add_release(city_id, base_id, since, cells, bounds, note, at, actor)$
INSERT INTO release (city_id, base_id, effective, cells, bounds, note, published_at, published_by)
VALUES (:city_id, :base_id, tstzrange(:since, NULL), :cells, :bounds, :note, :at, :actor)
RETURNING id;

-- name: cell_ids(city_id, codes)
-- The ids that codes already belong to, retired ones included.
SELECT code, cell_id, retired_release IS NOT NULL AS is_retired
FROM code_registry WHERE city_id = :city_id AND code = ANY(:codes);

-- name: new_cell_ids(count)
SELECT nextval('cell_id')::bigint AS id FROM generate_series(1, :count);

-- name: retire_codes(city_id, codes, release_id)!
UPDATE code_registry SET retired_release = :release_id WHERE city_id = :city_id AND code = ANY(:codes);

-- name: close_versions(city_id, codes, since, at)!
-- Ends the standing versions: what was recorded stays readable, a shortened copy replaces it.
WITH ended AS (
  UPDATE cell_version SET recorded = tstzrange(lower(recorded), :at)
  WHERE city_id = :city_id AND code = ANY(:codes) AND upper_inf(valid) AND upper_inf(recorded)
  RETURNING city_id, cell_id, release_id, code, name, community_id, lower(valid) AS since, geometry, geometry_hash
)
INSERT INTO cell_version
  (city_id, cell_id, release_id, code, name, community_id, valid, recorded, geometry, geometry_hash)
SELECT city_id, cell_id, release_id, code, name, community_id, tstzrange(since, :since), tstzrange(:at, NULL),
  geometry, geometry_hash
FROM ended WHERE since < :since::timestamptz;

-- name: overlaps(release_id)
-- The database's own look at what a release opened: pairs of cells whose insides meet.
SELECT a.code AS first, b.code AS second
FROM cell_version a
JOIN cell_version b ON b.city_id = a.city_id AND b.geometry && a.geometry AND b.cell_id <> a.cell_id
  AND upper_inf(b.valid) AND upper_inf(b.recorded)
WHERE a.release_id = :release_id AND upper_inf(a.valid) AND upper_inf(a.recorded)
  AND (b.release_id <> a.release_id OR a.code < b.code)
  AND ST_Relate(a.geometry, b.geometry, '2********')
LIMIT 20;

-- name: area(city_id, at)$
-- Square metres of all cells valid at an instant.
SELECT coalesce(sum(ST_Area(geometry)), 0) FROM cell_version
WHERE city_id = :city_id AND valid @> :at::timestamptz AND upper_inf(recorded);

-- name: open_in(city_id, release_id, area)
-- Open placements inside an area, of the whole city for NULL, that another release was matched to.
SELECT id, ST_X(point) AS x, ST_Y(point) AS y FROM placement
WHERE city_id = :city_id AND is_open AND release_id IS DISTINCT FROM :release_id
  AND (:area::geometry IS NULL OR (point && :area::geometry
    AND ST_Intersects(:area::geometry, ST_ForceCollection(point))))
ORDER BY id;

-- name: match(ids, cells, release_id, at)
-- Gives placements their cells and tells those whose cell or community changed.
WITH found AS (
  SELECT p.id, p.cell_id AS was, p.community_id AS community_was, given.cell_id
  FROM unnest(:ids::bigint[], :cells::bigint[]) AS given (id, cell_id) JOIN placement p ON p.id = given.id
), moved AS (
  UPDATE placement p SET cell_id = f.cell_id, release_id = :release_id, matched_at = :at
  FROM found f WHERE p.id = f.id AND p.is_open
  RETURNING p.id, p.subject_kind, p.subject_id, f.was, f.community_was, f.cell_id, p.community_id
), noted AS (
  INSERT INTO placement_history (placement_id, cell_id, release_id, since, matched_at, reason)
  SELECT id, cell_id, :release_id, :at, :at, 'release' FROM moved
)
SELECT subject_kind, subject_id,
  array(SELECT DISTINCT one FROM unnest(ARRAY[community_was, community_id]) one WHERE one IS NOT NULL) AS communities
FROM moved WHERE was IS DISTINCT FROM cell_id OR community_was IS DISTINCT FROM community_id;

-- name: cell_at(city_id, point, at)^
-- The cell covering a point; on a shared border the lowest code.
-- A collection is left to GEOS, which is exact; of a plain point PostGIS asks its own rounded arithmetic.
SELECT v.cell_id, v.code, v.name, r.id AS release_id
FROM cell_version v JOIN release r ON r.city_id = v.city_id AND r.effective @> :at::timestamptz
WHERE v.city_id = :city_id AND ST_Intersects(v.geometry, ST_ForceCollection(:point::geometry))
  AND v.valid @> :at::timestamptz AND upper_inf(v.recorded)
ORDER BY v.code COLLATE "C" LIMIT 1;

-- name: cells_at(city_id, points, at)
-- The cell covering each point, in their order; on a shared border the lowest code, outside all of them nothing.
SELECT v.cell_id, v.code, v.name, v.release_id
FROM unnest(:points::geometry[]) WITH ORDINALITY AS p (point, place)
LEFT JOIN LATERAL (
  SELECT c.cell_id, c.code, c.name, r.id AS release_id
  FROM cell_version c JOIN release r ON r.city_id = c.city_id AND r.effective @> :at::timestamptz
  WHERE c.city_id = :city_id AND ST_Intersects(c.geometry, ST_ForceCollection(p.point))
    AND c.valid @> :at::timestamptz AND upper_inf(c.recorded)
  ORDER BY c.code COLLATE "C" LIMIT 1
) v ON true
ORDER BY p.place;

-- name: grid_at(city_id, at)^
-- All cells valid at an instant, in order of code; the key is a hash of their codes and shapes.
SELECT r.id AS release_id,
  encode(sha256(convert_to(string_agg(v.code || ' ' || v.geometry_hash, ',' ORDER BY v.code COLLATE "C"), 'UTF8')),
    'hex') AS key,
  array_agg(v.code ORDER BY v.code COLLATE "C") AS codes, array_agg(v.name ORDER BY v.code COLLATE "C") AS names,
  array_agg(v.cell_id ORDER BY v.code COLLATE "C") AS ids
FROM release r JOIN cell_version v ON v.city_id = r.city_id
WHERE r.city_id = :city_id AND r.effective @> :at::timestamptz
  AND v.valid @> :at::timestamptz AND upper_inf(v.recorded)
GROUP BY r.id;

-- name: outline_digests(city_id)
-- The digest of every outline of the newest release.
SELECT band, level, code, digest FROM outline WHERE city_id = :city_id AND upper_inf(valid);

-- name: close_outlines(city_id, bands, levels, codes, since)!
UPDATE outline o SET valid = tstzrange(lower(o.valid), :since)
FROM unnest(:bands::smallint[], :levels::text[], :codes::text[]) AS gone (band, level, code)
WHERE o.city_id = :city_id AND (o.band, o.level, o.code) = (gone.band, gone.level, gone.code) AND upper_inf(o.valid);

-- name: hashes(city_id, at)
-- The geometry hash of every cell valid at an instant.
SELECT code, geometry_hash FROM cell_version
WHERE city_id = :city_id AND valid @> :at::timestamptz AND upper_inf(recorded);

-- name: cells_near(city_id, shape, at)
SELECT v.cell_id, v.release_id, v.code, v.name, u.code AS community, v.geometry
FROM cell_version v JOIN unit u ON u.id = v.community_id
WHERE v.city_id = :city_id AND (:shape::geometry IS NULL OR ST_Intersects(v.geometry, :shape::geometry))
  AND v.valid @> :at::timestamptz AND upper_inf(v.recorded)
ORDER BY v.code;

-- name: cells_of(city_id, community, at)
SELECT v.cell_id, v.release_id, v.code, v.name, u.code AS community, v.geometry
FROM cell_version v JOIN unit u ON u.id = v.community_id
WHERE v.city_id = :city_id AND u.code = :community AND v.valid @> :at::timestamptz AND upper_inf(v.recorded)
ORDER BY v.code;

-- name: cell(city_id, code, at)^
SELECT v.cell_id, v.release_id, v.code, v.name, u.code AS community, v.geometry
FROM cell_version v JOIN unit u ON u.id = v.community_id
WHERE v.city_id = :city_id AND v.code = :code AND v.valid @> :at::timestamptz AND upper_inf(v.recorded);

-- name: units_above(city_id, code, at)
-- The community, street and district of a unit, from the bottom.
WITH RECURSIVE above AS (
  SELECT id, level, code, name, parent_id FROM unit
  WHERE city_id = :city_id AND code = :code AND valid @> :at::timestamptz
  UNION ALL
  SELECT u.id, u.level, u.code, u.name, u.parent_id FROM unit u JOIN above a ON u.id = a.parent_id
)
SELECT id, level, code, name, parent_id FROM above;

-- name: place(city_id, jurisdiction, kind, subject_id, point, cell_id, release_id, at, is_open)$
INSERT INTO placement
  (city_id, jurisdiction, subject_kind, subject_id, point, cell_id, release_id, matched_at, is_open)
VALUES (:city_id, :jurisdiction, :kind, :subject_id, :point, :cell_id, :release_id, :at, :is_open)
ON CONFLICT (subject_kind, subject_id) DO UPDATE
  SET point = excluded.point, cell_id = excluded.cell_id, release_id = excluded.release_id,
      matched_at = excluded.matched_at, is_open = excluded.is_open
RETURNING id;

-- name: note_placement(placement_id, cell_id, release_id, at, reason)!
INSERT INTO placement_history (placement_id, cell_id, release_id, since, matched_at, reason)
VALUES (:placement_id, :cell_id, :release_id, :at, :at, :reason);

-- name: add_placements(city_id, jurisdiction, srid, kinds, subjects, x, y, cells, are_open, release_id, at)!
WITH given AS (
  SELECT kind, subject_id, x, y, cell_id, is_open FROM unnest(
    :kinds::text[], :subjects::bigint[], :x::float8[], :y::float8[], :cells::bigint[], :are_open::boolean[]
  ) AS one (kind, subject_id, x, y, cell_id, is_open)
), added AS (
  INSERT INTO placement
    (city_id, jurisdiction, subject_kind, subject_id, point, cell_id, release_id, matched_at, is_open)
  SELECT :city_id, :jurisdiction, kind, subject_id, ST_SetSRID(ST_MakePoint(x, y), :srid), cell_id,
    :release_id::bigint, :at, is_open
  FROM given
  RETURNING id, cell_id, release_id
)
INSERT INTO placement_history (placement_id, cell_id, release_id, since, matched_at, reason)
SELECT id, cell_id, release_id, :at, :at, 'load' FROM added WHERE release_id IS NOT NULL;

-- name: close_placement(kind, subject_id)!
UPDATE placement SET is_open = false WHERE subject_kind = :kind AND subject_id = :subject_id;

-- name: unit_summaries(city_id, at)
SELECT u.code, u.name, u.level, above.code AS parent, s.cells, s.area,
  ST_XMin(b.box) AS west, ST_YMin(b.box) AS south, ST_XMax(b.box) AS east, ST_YMax(b.box) AS north,
  (
    SELECT count(*) FROM placement p
    JOIN cell_version v ON v.cell_id = p.cell_id AND v.valid @> :at::timestamptz AND upper_inf(v.recorded)
    JOIN unit c ON c.id = v.community_id
    LEFT JOIN unit t ON t.id = c.parent_id
    WHERE p.city_id = u.city_id AND p.is_open AND p.subject_kind = 'incident'
      AND u.id IN (c.id, t.id, t.parent_id)
  ) AS open_incidents
FROM release r
JOIN unit_shape s ON s.release_id = r.id
JOIN unit u ON u.id = s.unit_id
LEFT JOIN unit above ON above.id = u.parent_id
CROSS JOIN LATERAL (SELECT ST_Transform(ST_Envelope(s.outline), 4326) AS box) b
WHERE r.city_id = :city_id AND r.effective @> :at::timestamptz
ORDER BY u.code;

-- name: bounds(city_id, at)$
SELECT bounds FROM release WHERE city_id = :city_id AND effective @> :at::timestamptz;

-- name: thematic_at(city_id, theme, point)
-- Everything of a theme that covers a point, by code; themes may overlap.
SELECT code FROM thematic
WHERE city_id = :city_id AND theme = :theme AND ST_Intersects(geometry, :point)
ORDER BY code;

-- name: open_in_cell(cell_id, kind)$
SELECT count(*) FROM placement WHERE cell_id = :cell_id AND subject_kind = :kind AND is_open;
