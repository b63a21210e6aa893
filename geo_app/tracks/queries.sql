-- name: keep(city_id, jurisdiction, responder_ids, moments, xs, ys, accuracies)!
-- A position that is there stays as it is.
INSERT INTO track_position (responder_id, at, city_id, jurisdiction, point, accuracy)
SELECT one.responder_id, one.at, :city_id, :jurisdiction, ST_SetSRID(ST_Point(one.x, one.y), 4326), one.accuracy
FROM unnest(:responder_ids::bigint[], :moments::timestamptz[], :xs::float8[], :ys::float8[], :accuracies::float8[])
  AS one (responder_id, at, x, y, accuracy)
ON CONFLICT (responder_id, at) DO NOTHING;

-- name: track(responder_id, since, until, most)
SELECT responder_id, at, point, accuracy FROM track_position
WHERE responder_id = :responder_id AND at >= :since::timestamptz AND at < :until::timestamptz
ORDER BY at LIMIT :most;

-- name: is_seen(city_id, responder_id)$
-- Whether the actor may see the track of a responder: what the row policy says, also when there is no row.
SELECT scope_everything() OR coalesce(:responder_id = scope_responder(), false) OR scope_tracks() AND (
  :city_id = ANY (scope_cities()) OR :responder_id IN (SELECT scope_people())
);

-- name: make_days(moment, ahead)
SELECT day FROM make_track_days(:moment::timestamptz, :ahead) day;

-- name: drop_days(before)$
-- Nothing while somebody else makes or drops days: nobody waits, the next night will do.
SELECT CASE
  WHEN pg_try_advisory_xact_lock(hashtext('wangge track days')) THEN drop_track_days(:before::timestamptz) ELSE 0
END;

-- name: hold(city_id)!
-- Lets nobody else take a day of the city until this transaction ends.
SELECT pg_advisory_xact_lock(hashtext('wangge tracks'), :city_id);

-- name: first(city_id, before)$
SELECT min(at) FROM track_position WHERE city_id = :city_id AND at < :before::timestamptz;

-- name: count(city_id, before)$
SELECT count(*) FROM track_position WHERE city_id = :city_id AND at < :before::timestamptz;

-- name: people(city_id, since, until)
SELECT DISTINCT responder_id FROM track_position
WHERE city_id = :city_id AND at >= :since::timestamptz AND at < :until::timestamptz
ORDER BY responder_id;

-- name: take(responder_id, since, until)
-- Takes somebody's positions out of the table, in order: what is counted is what went.
WITH gone AS (
  DELETE FROM track_position
  WHERE responder_id = :responder_id AND at >= :since::timestamptz AND at < :until::timestamptz
  RETURNING at, point
)
SELECT at, point FROM gone ORDER BY at;

-- name: next(responder_id, since, until)$
SELECT min(at) FROM track_position
WHERE responder_id = :responder_id AND at >= :since::timestamptz AND at < :until::timestamptz;

-- name: above(cell_ids, at)
-- Community, street and district of cells at a moment.
SELECT v.cell_id, v.community_id AS community, c.parent_id AS street, s.parent_id AS district
FROM cell_version v JOIN unit c ON c.id = v.community_id JOIN unit s ON s.id = c.parent_id
WHERE v.cell_id = ANY(:cell_ids::bigint[]) AND v.valid @> :at::timestamptz AND upper_inf(v.recorded);

-- name: add_presence(city_id, jurisdiction, day, level, area_id, seconds, responders)!
-- A day is counted once; what came to it afterwards is added, and people are not counted twice.
INSERT INTO presence AS p (city_id, jurisdiction, day, level, area_id, seconds, responders)
VALUES (:city_id, :jurisdiction, :day, :level, :area_id, :seconds, :responders)
ON CONFLICT (city_id, day, level, area_id) DO UPDATE
  SET seconds = p.seconds + excluded.seconds, responders = greatest(p.responders, excluded.responders);

-- name: erase(responder_id)!
DELETE FROM track_position WHERE responder_id = :responder_id;

-- name: forget_off(before)!
DELETE FROM responder_off WHERE until < :before::timestamptz;

-- name: count_off(before)$
SELECT count(*) FROM responder_off WHERE until < :before::timestamptz;
