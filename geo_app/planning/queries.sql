-- name: lock_layer(city_id)$
-- Only one publish at a time, and no matching meanwhile.
SELECT pg_advisory_xact_lock(7301, :city_id);

-- name: share_layer(city_id)$
-- Matching goes on side by side, but never across a publish.
SELECT pg_advisory_xact_lock_shared(7301, :city_id);

-- name: lock_publishing(city_id)$
-- One release after the other; matching goes on.
SELECT pg_advisory_xact_lock(7302, :city_id);

-- name: stop_matching(city_id)$
-- Waits until nothing is being matched, and lets nothing begin.
SELECT pg_advisory_lock(7301, :city_id);

-- name: go_on_matching(city_id)$
SELECT pg_advisory_unlock(7301, :city_id);

-- name: newest(city_id)^
-- The release that nothing has replaced yet, in force or scheduled.
SELECT id, lower(effective) AS effective_from, upper(effective) AS effective_to, cells, published_at, note,
  coalesce(remade_by, id) AS revision
FROM release WHERE city_id = :city_id AND upper_inf(effective);

-- name: has_begun(release_id, at)$
SELECT lower(effective) <= :at::timestamptz FROM release WHERE id = :release_id;

-- name: touched(release_id)
-- The codes of cells that begin or end with a release.
SELECT DISTINCT v.code
FROM release r
JOIN cell_version v ON v.city_id = r.city_id AND upper_inf(v.recorded)
  AND lower(r.effective) IN (lower(v.valid), upper(v.valid))
WHERE r.id = :release_id ORDER BY v.code;

-- name: after(city_id, at)
-- The releases that begin after an instant, in their order.
SELECT id, lower(effective) AS effective_from, upper(effective) AS effective_to, cells, published_at, note,
  coalesce(remade_by, id) AS revision
FROM release WHERE city_id = :city_id AND lower(effective) > :at::timestamptz ORDER BY lower(effective);

-- name: releases(city_id)
SELECT id, lower(effective) AS effective_from, upper(effective) AS effective_to, cells, published_at, note,
  coalesce(remade_by, id) AS revision
FROM release WHERE city_id = :city_id ORDER BY lower(effective) DESC;

-- name: release(city_id, release_id)^
SELECT id, lower(effective) AS effective_from, upper(effective) AS effective_to, cells, published_at, note,
  coalesce(remade_by, id) AS revision
FROM release WHERE city_id = :city_id AND id = :release_id;

-- name: release_at(city_id, at)^
SELECT id, lower(effective) AS effective_from, upper(effective) AS effective_to, cells, published_at, note,
  coalesce(remade_by, id) AS revision
FROM release WHERE city_id = :city_id AND effective @> :at::timestamptz;

-- name: end_release(release_id, at)!
UPDATE release SET effective = tstzrange(lower(effective), :at) WHERE id = :release_id;

-- name: add_release(city_id, base_id, since, until, cells, bounds, note, rolls_back, at, actor)$
INSERT INTO release (city_id, base_id, effective, cells, bounds, note, rolls_back, published_at, published_by)
VALUES (
  :city_id, :base_id, tstzrange(:since, :until), :cells, :bounds, :note, :rolls_back, :at, :actor
)
RETURNING id;

-- name: remake(release_id, base_id, by, cells, bounds)!
-- A scheduled release gets another one before it, and cells of that.
UPDATE release SET base_id = coalesce(:base_id, base_id), remade_by = :by, cells = :cells, bounds = :bounds
WHERE id = :release_id;

-- name: cell_ids(city_id, codes)
-- The ids that codes already belong to, retired ones included.
SELECT code, cell_id, retired_release IS NOT NULL AS is_retired
FROM code_registry WHERE city_id = :city_id AND code = ANY(:codes);

-- name: new_cell_ids(count)
SELECT nextval('cell_id')::bigint AS id FROM generate_series(1, :count);

-- name: retire_codes(city_id, codes, release_id)!
UPDATE code_registry SET retired_release = :release_id WHERE city_id = :city_id AND code = ANY(:codes);

-- name: use_again(city_id, codes)!
UPDATE code_registry SET retired_release = NULL WHERE city_id = :city_id AND code = ANY(:codes);

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
  AND b.valid @> lower(a.valid) AND upper_inf(b.recorded)
WHERE a.release_id = :release_id AND upper_inf(a.valid) AND upper_inf(a.recorded)
  AND (b.release_id <> a.release_id OR a.code < b.code)
  AND ST_Relate(a.geometry, b.geometry, '2********')
LIMIT 20;

-- name: gained(city_id, release_id, since, at)$
-- Square metres of the cells a release opened, less those of the cells it ended.
SELECT
  (SELECT coalesce(sum(ST_Area(geometry)), 0) FROM cell_version
    WHERE release_id = :release_id AND lower(valid) = :since AND upper_inf(recorded))
  - (SELECT coalesce(sum(ST_Area(geometry)), 0) FROM cell_version
    WHERE city_id = :city_id AND valid @> :since::timestamptz AND upper(recorded) = :at::timestamptz);

-- name: open_in(city_id)
-- The open placements of a city.
SELECT id, ST_X(point) AS x, ST_Y(point) AS y FROM placement WHERE city_id = :city_id AND is_open ORDER BY id;

-- name: last_line()$
-- How far the history of placements is written.
SELECT coalesce(max(id), 0) FROM placement_history;

-- name: placed_after(city_id, line)
-- The open things that were placed since a line of the history was written; not those that a release moves.
SELECT DISTINCT p.id, ST_X(p.point) AS x, ST_Y(p.point) AS y
FROM placement_history h JOIN placement p ON p.id = h.placement_id
WHERE h.id > :line AND h.reason <> 'release' AND p.city_id = :city_id AND p.is_open ORDER BY p.id;

-- name: things_in(city_id, boxes)
-- What lies in any of these boxes, the closed too; a thing may come more than once. The boxes are made elsewhere: no
-- index is used under a row policy beside what may leak.
SELECT p.id, ST_X(p.point) AS x, ST_Y(p.point) AS y, p.cell_id, p.community_id, p.is_open,
  p.subject_kind = 'incident' AS is_incident
FROM unnest(:boxes::geometry[]) AS b (box) JOIN placement p ON p.city_id = :city_id AND p.point && b.box;

-- name: lock_households(city_id)$
-- Nobody else brings a city's households until this transaction ends.
SELECT pg_advisory_xact_lock(7303, :city_id);

-- name: drop_households(city_id)!
DELETE FROM household_count WHERE city_id = :city_id;

-- name: households_in(city_id, boxes)
-- How many households live where in any of these boxes; a place may come more than once.
SELECT h.id, ST_X(h.point) AS x, ST_Y(h.point) AS y, h.households
FROM unnest(:boxes::geometry[]) AS b (box) JOIN household_count h ON h.city_id = :city_id AND h.point && b.box;

-- name: foretold(city_id)
-- The placements of a city that something is written ahead of.
SELECT DISTINCT a.placement_id
FROM placement_ahead a JOIN placement p ON p.id = a.placement_id WHERE p.city_id = :city_id;

-- name: match(ids, cells, release_id, since, at)
-- Gives placements their cells and tells those whose cell or community changed. What was placed since the release began
-- lies in its cell from then on: where it lay before nobody knows.
WITH found AS (
  SELECT p.id, p.cell_id AS was, p.community_id AS community_was, given.cell_id,
    CASE WHEN p.matched_at <= :since::timestamptz THEN :since::timestamptz ELSE (
      SELECT greatest(:since::timestamptz, max(h.since)) FROM placement_history h
      WHERE h.placement_id = p.id AND h.since <= :at::timestamptz
    ) END AS since
  FROM unnest(:ids::bigint[], :cells::bigint[]) AS given (id, cell_id) JOIN placement p ON p.id = given.id
), moved AS (
  UPDATE placement p SET cell_id = f.cell_id, release_id = :release_id, matched_at = :at
  FROM found f WHERE p.id = f.id AND p.is_open
  RETURNING p.id, p.subject_kind, p.subject_id, f.was, f.community_was, f.cell_id, p.community_id, f.since
), noted AS (
  INSERT INTO placement_history (placement_id, cell_id, release_id, since, matched_at, reason)
  SELECT id, cell_id, :release_id, since, :at, 'release' FROM moved
)
SELECT subject_kind, subject_id,
  array(SELECT DISTINCT one FROM unnest(ARRAY[community_was, community_id]) one WHERE one IS NOT NULL) AS communities,
  array(SELECT DISTINCT one FROM unnest(ARRAY[was, cell_id]) one WHERE one IS NOT NULL) AS cells
FROM moved WHERE was IS DISTINCT FROM cell_id OR community_was IS DISTINCT FROM community_id;

-- name: note_moves(ids, cells, was, line, release_id, since, at)
-- Writes the cells that placements are about to get into their histories, as `match` does, where they are open in the
-- cells they were in; what was placed since a line of the history was written is left alone.
WITH given AS MATERIALIZED (
  SELECT id, cell_id, was FROM unnest(:ids::bigint[], :cells::bigint[], :was::bigint[]) AS one (id, cell_id, was)
  WHERE id NOT IN (SELECT l.placement_id FROM placement_history l WHERE l.id > :line AND l.reason <> 'release')
), found AS (
  SELECT p.id, p.subject_kind, p.subject_id, g.cell_id,
    CASE WHEN p.matched_at <= :since::timestamptz THEN :since::timestamptz ELSE (
      SELECT greatest(:since::timestamptz, max(h.since)) FROM placement_history h
      WHERE h.placement_id = p.id AND h.since <= :at::timestamptz
    ) END AS since
  FROM given g JOIN placement p ON p.id = g.id AND p.is_open AND p.cell_id IS NOT DISTINCT FROM g.was
), noted AS (
  INSERT INTO placement_history (placement_id, cell_id, release_id, since, matched_at, reason)
  SELECT id, cell_id, :release_id, since, :at, 'release' FROM found
)
SELECT id, subject_kind, subject_id FROM found ORDER BY subject_kind, subject_id;

-- name: move(ids, cells, was, release_id, at)!
-- Gives placements that are open in the cells they were in their cells.
UPDATE placement p SET cell_id = g.cell_id, release_id = :release_id, matched_at = :at
FROM unnest(:ids::bigint[], :cells::bigint[], :was::bigint[]) AS g (id, cell_id, was)
WHERE p.id = g.id AND p.is_open AND p.cell_id IS NOT DISTINCT FROM g.was;

-- name: take_over(city_id, at)
-- What was written ahead and has begun becomes what is, and tells those whose cell or community changed.
WITH due AS (
  DELETE FROM placement_ahead a USING placement p
  WHERE p.id = a.placement_id AND p.city_id = :city_id AND lower(a.valid) <= :at::timestamptz
  RETURNING a.placement_id, a.cell_id, a.release_id, a.valid
), found AS (
  SELECT p.id, p.cell_id AS was, p.community_id AS community_was, d.cell_id, d.release_id, lower(d.valid) AS since
  FROM due d JOIN placement p ON p.id = d.placement_id WHERE d.valid @> :at::timestamptz
), moved AS (
  UPDATE placement p SET cell_id = f.cell_id, release_id = f.release_id, matched_at = f.since
  FROM found f WHERE p.id = f.id AND p.is_open
  RETURNING p.subject_kind, p.subject_id, f.was, f.community_was, f.cell_id, p.community_id
)
SELECT subject_kind, subject_id,
  array(SELECT DISTINCT one FROM unnest(ARRAY[community_was, community_id]) one WHERE one IS NOT NULL) AS communities,
  array(SELECT DISTINCT one FROM unnest(ARRAY[was, cell_id]) one WHERE one IS NOT NULL) AS cells
FROM moved WHERE was IS DISTINCT FROM cell_id OR community_was IS DISTINCT FROM community_id;

-- name: cut_ahead(ids, since)!
-- What is written ahead ends at an instant.
UPDATE placement_ahead SET valid = tstzrange(lower(valid), :since)
WHERE placement_id = ANY(:ids::bigint[]) AND valid @> :since::timestamptz AND lower(valid) < :since::timestamptz;

-- name: drop_ahead(ids, since)!
-- What is written ahead from an instant on is not so.
DELETE FROM placement_ahead WHERE placement_id = ANY(:ids::bigint[]) AND lower(valid) >= :since::timestamptz;

-- name: add_ahead(ids, cells, communities, releases, since, until, at)!
-- Writes the cells of open placements ahead, and into their histories.
WITH added AS (
  INSERT INTO placement_ahead (placement_id, cell_id, community_id, release_id, valid)
  SELECT g.id, g.cell_id, g.community_id, g.release_id, tstzrange(g.since, g.until)
  FROM unnest(
    :ids::bigint[], :cells::bigint[], :communities::bigint[], :releases::bigint[], :since::timestamptz[],
    :until::timestamptz[]
  ) AS g (id, cell_id, community_id, release_id, since, until)
  JOIN placement p ON p.id = g.id AND p.is_open
  RETURNING placement_id, cell_id, release_id, lower(valid) AS since
)
INSERT INTO placement_history (placement_id, cell_id, release_id, since, matched_at, reason)
SELECT placement_id, cell_id, release_id, since, :at, 'release' FROM added;

-- name: numbers(kinds, subjects)
-- The placements of these things.
SELECT p.subject_kind, p.subject_id, p.id
FROM unnest(:kinds::text[], :subjects::bigint[]) AS given (kind, subject_id)
JOIN placement p ON p.subject_kind = given.kind AND p.subject_id = given.subject_id;

-- name: placed_at(kind, subject_id, at, known_at)^
-- Which cell a thing lay in at an instant, as it was known at another; closed things stay where they were.
SELECT h.cell_id, h.release_id, h.since, h.matched_at
FROM placement p JOIN placement_history h ON h.placement_id = p.id
WHERE p.subject_kind = :kind AND p.subject_id = :subject_id AND h.matched_at <= :known_at::timestamptz
  AND h.since <= least(:at::timestamptz, p.closed_at)
ORDER BY h.since DESC, h.id DESC LIMIT 1;

-- name: timeline(city_id, point, at)
-- The cell covering a point at an instant, and in every release that begins later: on a shared border the lowest code.
SELECT r.id AS release_id, lower(r.effective) AS since, upper(r.effective) AS until,
  v.cell_id, v.code, v.name, v.community_id
FROM release r
LEFT JOIN LATERAL (
  SELECT c.cell_id, c.code, c.name, c.community_id FROM cell_version c
  WHERE c.city_id = :city_id AND ST_Intersects(c.geometry, ST_ForceCollection(:point::geometry))
    AND c.valid @> greatest(lower(r.effective), :at::timestamptz) AND upper_inf(c.recorded)
  ORDER BY c.code COLLATE "C" LIMIT 1
) v ON true
WHERE r.city_id = :city_id AND r.effective && tstzrange(:at, NULL) ORDER BY lower(r.effective);

-- name: homes(city_id, at)
-- Every cell valid at an instant, and its community.
SELECT code, cell_id, community_id FROM cell_version
WHERE city_id = :city_id AND valid @> :at::timestamptz AND upper_inf(recorded);

-- name: cell_as_known(city_id, point, at, known_at)^
-- The cell that covered a point at an instant, as it was known at another; on a shared border the lowest code.
SELECT v.cell_id, v.code, v.name, r.id AS release_id
FROM cell_version v CROSS JOIN LATERAL (
  SELECT id FROM release
  WHERE city_id = :city_id AND published_at <= :known_at::timestamptz AND lower(effective) <= :at::timestamptz
  ORDER BY lower(effective) DESC LIMIT 1
) r
WHERE v.city_id = :city_id AND ST_Intersects(v.geometry, ST_ForceCollection(:point::geometry))
  AND v.valid @> :at::timestamptz AND v.recorded @> :known_at::timestamptz
ORDER BY v.code COLLATE "C" LIMIT 1;

-- name: lineage(release_id)
-- Where the land of the cells of a release came from; the code of a parent is that it had before.
SELECT l.child, c.code AS child_code, l.parent, p.code AS parent_code, l.kind, l.area, l.area_share, l.child_share,
  l.household_share, l.incident_share
FROM cell_lineage l
JOIN release r ON r.id = l.release_id
JOIN cell_version c ON c.cell_id = l.child AND c.valid @> lower(r.effective) AND upper_inf(c.recorded)
JOIN cell_version p ON p.cell_id = l.parent AND upper(p.valid) = lower(r.effective) AND upper_inf(p.recorded)
WHERE l.release_id = :release_id
ORDER BY p.code, c.code;

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

-- name: begun(city_id, at)$
-- When the release in force at an instant began.
SELECT lower(effective) FROM release WHERE city_id = :city_id AND effective @> :at::timestamptz;

-- name: is_whole(city_id, bands, levels, at)$
-- Whether each of these levels is to be seen in its band, drawn by us: outlines that came from before bands were
-- drawn have no digest.
SELECT bool_and(coalesce((
  SELECT o.digest FROM outline o
  WHERE o.city_id = :city_id AND o.band = w.band AND o.level = w.level AND o.valid @> :at::timestamptz
  LIMIT 1
), '') <> '')
FROM unnest(:bands::smallint[], :levels::text[]) AS w (band, level);

-- name: outline_digests(city_id, at)
-- The digest of every outline at an instant.
SELECT band, level, code, digest FROM outline WHERE city_id = :city_id AND valid @> :at::timestamptz;

-- name: standing_outlines(city_id, band, level, codes, at)
SELECT code, name, digest, ST_AsBinary(shape) AS shape, ST_AsBinary(label) AS label FROM outline
WHERE city_id = :city_id AND band = :band AND level = :level AND code = ANY(:codes::text[])
  AND valid @> :at::timestamptz;

-- name: outline_weights(city_id, band, level, at, side, thing, point, has_labels, has_names)
-- About how many bytes the outlines of a level have in each tile of a band's first zoom, counted where their labels are.
SELECT floor(ST_X(label) / :side::float8) AS x, floor(ST_Y(label) / :side::float8) AS y, sum(
  :thing + octet_length(code) + :point * ST_NPoints(shape)
  + CASE WHEN :has_names THEN octet_length(name) ELSE 0 END
  + CASE WHEN :has_labels THEN :thing + octet_length(code) + octet_length(name) ELSE 0 END
) AS bytes
FROM outline
WHERE city_id = :city_id AND band = :band AND level = :level AND valid @> :at::timestamptz
GROUP BY 1, 2;

-- name: close_outlines(city_id, bands, levels, codes, since, until)!
-- Lets outlines end at `since`; what stands after `until` stays from then on.
WITH gone AS (
  DELETE FROM outline o
  USING unnest(:bands::smallint[], :levels::text[], :codes::text[]) AS g (band, level, code)
  WHERE o.city_id = :city_id AND (o.band, o.level, o.code) = (g.band, g.level, g.code) AND o.valid @> :since::timestamptz
  RETURNING o.city_id, o.band, o.level, o.code, o.name, o.valid, o.shape, o.label, o.digest
)
INSERT INTO outline (city_id, band, level, code, name, valid, shape, label, digest)
SELECT city_id, band, level, code, name, span, shape, label, digest
FROM gone CROSS JOIN LATERAL (VALUES
  (tstzrange(lower(valid), :since)),
  (CASE WHEN upper_inf(valid) OR upper(valid) > :until::timestamptz THEN tstzrange(:until::timestamptz, upper(valid)) END)
) AS s (span)
WHERE NOT isempty(span) AND (:until::timestamptz IS NOT NULL OR upper(span) = :since::timestamptz);

-- name: close_unit_shapes(city_id, codes, since, until)!
-- The same for the shapes of units.
WITH gone AS (
  DELETE FROM unit_shape s USING unit u
  WHERE s.city_id = :city_id AND u.id = s.unit_id AND u.code = ANY(:codes::text[]) AND s.valid @> :since::timestamptz
  RETURNING s.release_id, s.unit_id, s.city_id, s.level, s.cells, s.area, s.outline, s.label, s.valid
)
INSERT INTO unit_shape (release_id, unit_id, city_id, level, cells, area, outline, label, valid)
SELECT release_id, unit_id, city_id, level, cells, area, outline, label, span
FROM gone CROSS JOIN LATERAL (VALUES
  (tstzrange(lower(valid), :since)),
  (CASE WHEN upper_inf(valid) OR upper(valid) > :until::timestamptz THEN tstzrange(:until::timestamptz, upper(valid)) END)
) AS s (span)
WHERE NOT isempty(span) AND (:until::timestamptz IS NOT NULL OR upper(span) = :since::timestamptz);

-- name: forget_outlines(city_id)!
DELETE FROM outline WHERE city_id = :city_id;

-- name: forget_unit_shapes(city_id)!
DELETE FROM unit_shape WHERE city_id = :city_id;

-- name: drawn_anew(city_id, at)!
-- Tiles are others from now on.
UPDATE city SET drawn_at = :at WHERE id = :city_id;

-- name: hashes(city_id, at)
-- The geometry hash of every cell valid at an instant.
SELECT code, geometry_hash FROM cell_version
WHERE city_id = :city_id AND valid @> :at::timestamptz AND upper_inf(recorded);

-- name: cells(city_id, at)
-- All cells, in no order: a large city's would have to be sorted on disk.
SELECT v.code, v.name, u.code AS community, ST_AsEWKB(v.geometry) AS shape
FROM cell_version v JOIN unit u ON u.id = v.community_id
WHERE v.city_id = :city_id AND v.valid @> :at::timestamptz AND upper_inf(v.recorded);

-- name: cells_as_known(city_id, at, known_at)
-- All cells of an instant, in no order, as they were known at another.
SELECT v.code, v.name, u.code AS community, ST_AsEWKB(v.geometry) AS shape
FROM cell_version v JOIN unit u ON u.id = v.community_id
WHERE v.city_id = :city_id AND v.valid @> :at::timestamptz AND v.recorded @> :known_at::timestamptz;

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

-- name: place(city_id, jurisdiction, kind, subject_id, point, cell_id, release_id, at, is_open)^
INSERT INTO placement
  (city_id, jurisdiction, subject_kind, subject_id, point, cell_id, release_id, matched_at, is_open, closed_at)
VALUES (
  :city_id, :jurisdiction, :kind, :subject_id, :point, :cell_id, :release_id, :at, :is_open,
  CASE WHEN NOT :is_open::boolean THEN :at::timestamptz END
)
ON CONFLICT (subject_kind, subject_id) DO UPDATE
  SET point = excluded.point, cell_id = excluded.cell_id, release_id = excluded.release_id,
      matched_at = excluded.matched_at, is_open = excluded.is_open, closed_at = excluded.closed_at
RETURNING id, EXISTS (SELECT FROM placement_history h WHERE h.placement_id = placement.id) AS is_known;

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
    (city_id, jurisdiction, subject_kind, subject_id, point, cell_id, release_id, matched_at, is_open, closed_at)
  SELECT :city_id, :jurisdiction, kind, subject_id, ST_SetSRID(ST_MakePoint(x, y), :srid), cell_id,
    :release_id::bigint, :at, is_open, CASE WHEN NOT is_open THEN :at::timestamptz END
  FROM given
  RETURNING id, cell_id, release_id
)
INSERT INTO placement_history (placement_id, cell_id, release_id, since, matched_at, reason)
SELECT id, cell_id, release_id, :at, :at, 'load' FROM added WHERE release_id IS NOT NULL;

-- name: take_own_over(kind, subject_id, at)!
-- A thing that is over stays in the cell it lies in, also where nobody has taken that over yet.
UPDATE placement p SET cell_id = a.cell_id, release_id = a.release_id, matched_at = lower(a.valid)
FROM placement_ahead a
WHERE p.subject_kind = :kind AND p.subject_id = :subject_id AND p.is_open
  AND a.placement_id = p.id AND a.valid @> :at::timestamptz;

-- name: close_placement(kind, subject_id, at)!
WITH closed AS (
  UPDATE placement SET is_open = false, closed_at = :at
  WHERE subject_kind = :kind AND subject_id = :subject_id AND is_open RETURNING id
)
DELETE FROM placement_ahead WHERE placement_id = (SELECT id FROM closed);

-- name: unit_summaries(city_id, at)
SELECT u.code, u.name, u.level, above.code AS parent, s.cells, s.area,
  ST_XMin(b.box) AS west, ST_YMin(b.box) AS south, ST_XMax(b.box) AS east, ST_YMax(b.box) AS north,
  (
    SELECT count(*) FROM placement_now p
    JOIN cell_version v ON v.cell_id = p.cell_id AND v.valid @> :at::timestamptz AND upper_inf(v.recorded)
    JOIN unit c ON c.id = v.community_id
    LEFT JOIN unit t ON t.id = c.parent_id
    WHERE p.city_id = u.city_id AND p.is_open AND p.subject_kind = 'incident'
      AND u.id IN (c.id, t.id, t.parent_id)
  ) AS open_incidents
FROM release r
JOIN unit_shape s ON s.city_id = r.city_id AND s.valid @> :at::timestamptz
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
-- Open things of a kind in a cell this moment, whether or not what has begun has been taken over.
SELECT (
  SELECT count(*) FROM placement p
  WHERE p.cell_id = :cell_id AND p.subject_kind = :kind AND p.is_open AND NOT EXISTS (
    SELECT FROM placement_ahead a WHERE a.placement_id = p.id AND a.valid @> statement_timestamp()
  )
) + (
  SELECT count(*) FROM placement_ahead a JOIN placement p ON p.id = a.placement_id
  WHERE a.cell_id = :cell_id AND a.valid @> statement_timestamp() AND p.subject_kind = :kind AND p.is_open
);
