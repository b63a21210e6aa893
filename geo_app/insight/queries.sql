-- name: history_stamp(city_id, until)^
-- The newest fact that changes a history before `until`, and whether none can still appear before it.
SELECT f.id, f.xid < pg_snapshot_xmin(pg_current_snapshot()) AS is_settled,
  pg_snapshot_xmin(pg_current_snapshot())::text AS oldest
FROM (
  (SELECT xid, id FROM fact WHERE kind = 'incidents.loaded' ORDER BY xid DESC, id DESC LIMIT 1)
  UNION ALL
  (
    SELECT l.xid, l.id FROM fact l JOIN incident i ON i.id = l.subject
    WHERE l.kind = 'incident.located' AND i.city_id = :city_id AND i.reported_at < :until::timestamptz
    ORDER BY l.xid DESC, l.id DESC LIMIT 1
  )
) f ORDER BY f.xid DESC, f.id DESC LIMIT 1;

-- name: past(city_id, since, until)^
-- Real incidents with a place, reported in a window, by id, each column as the bytes of its numbers, big end first.
WITH done AS (
  SELECT incident_id, min(ended_at) AS at FROM assignment
  WHERE city_id = :city_id AND role = 'lead' AND state = 'done' AND ended_at < :until::timestamptz
  GROUP BY incident_id
), one AS (
  SELECT p.point, coalesce(p.cell_id, 0) AS cell_id, coalesce(p.community_id, 0) AS community_id, i.category_id,
    extract(epoch FROM least(
      CASE WHEN i.closed_at < :until::timestamptz THEN i.closed_at END, d.at
    ) - i.reported_at) AS handled
  FROM incident i
  JOIN placement p ON p.subject_kind = 'incident' AND p.subject_id = i.id
  LEFT JOIN done d ON d.incident_id = i.id
  WHERE i.city_id = :city_id AND NOT i.is_exercise
    AND i.reported_at >= :since::timestamptz AND i.reported_at < :until::timestamptz
  ORDER BY i.id
)
SELECT string_agg(float8send(ST_X(point)), '') AS x, string_agg(float8send(ST_Y(point)), '') AS y,
  string_agg(int8send(cell_id), '') AS cell_id, string_agg(int8send(community_id), '') AS community_id,
  string_agg(int8send(category_id), '') AS category,
  string_agg(int8send(CASE WHEN handled IS NULL THEN -1 ELSE greatest(round(handled), 0) END::bigint), '') AS handled
FROM one;

-- name: open_cases(city_id)^
-- The cases that are open now, by id, as `past` gives them.
WITH one AS (
  SELECT point, coalesce(cell_id, 0) AS cell_id FROM placement_now
  WHERE city_id = :city_id AND subject_kind = 'incident' AND is_open ORDER BY subject_id
)
SELECT string_agg(float8send(ST_X(point)), '') AS x, string_agg(float8send(ST_Y(point)), '') AS y,
  string_agg(int8send(cell_id), '') AS cell_id
FROM one;

-- name: homes_stamp(city_id)$
-- A city's households are counted all at once: the highest id is another one then.
SELECT max(id) FROM household_count WHERE city_id = :city_id;

-- name: homes(city_id)^
-- How many households live where, by id, as `past` gives its columns.
WITH one AS (SELECT point, households FROM household_count WHERE city_id = :city_id ORDER BY id)
SELECT string_agg(float8send(ST_X(point)), '') AS x, string_agg(float8send(ST_Y(point)), '') AS y,
  string_agg(int8send(households), '') AS households
FROM one;

-- name: duties_stamp(city_id)^
-- Another answer whenever somebody answers for another cell, or a code is of another cell.
SELECT count(*) AS pairs, coalesce(sum(hashint8extended(d.responder_id, d.cell_id)), 0)::text AS hashes,
  (SELECT count(*) FROM code_registry WHERE city_id = :city_id) AS codes
FROM responder_cell d JOIN responder r ON r.id = d.responder_id
WHERE r.city_id = :city_id;

-- name: duties(city_id)
-- Who answers for which cell, by every code that a cell ever had.
SELECT g.code,
  coalesce(array_agg(d.responder_id ORDER BY d.responder_id) FILTER (WHERE d.responder_id IS NOT NULL), '{}') AS workers
FROM code_registry g LEFT JOIN responder_cell d ON d.cell_id = g.cell_id
WHERE g.city_id = :city_id GROUP BY g.code ORDER BY g.code COLLATE "C";

-- name: codes_of(city_id, ids)
-- The last code of cells, by their ids.
SELECT DISTINCT ON (cell_id) cell_id AS id, code FROM cell_version
WHERE city_id = :city_id AND cell_id = ANY(:ids::bigint[]) AND upper_inf(recorded)
ORDER BY cell_id, lower(valid) DESC;

-- name: units_of(ids)
-- The codes of units, by their ids.
SELECT id, code FROM unit WHERE id = ANY(:ids::bigint[]);
