-- name: add(city_id, jurisdiction, code, name, responder_id, line)$
INSERT INTO patrol_route (city_id, jurisdiction, code, name, responder_id, line)
VALUES (:city_id, :jurisdiction, :code, :name, :responder_id, :line)
RETURNING id;

-- name: routes(city_id, at)
SELECT r.id, r.code, r.name, r.responder_id, w.name AS responder_name, r.line,
  coalesce((
    SELECT jsonb_agg(jsonb_build_object('code', v.code, 'name', v.name, 'enter', c.enter_at, 'exit', c.exit_at) ORDER BY c.position)
    FROM route_cell c
    JOIN cell_version v ON v.cell_id = c.cell_id AND v.valid @> :at::timestamptz AND upper_inf(v.recorded)
    WHERE c.route_id = r.id
  ), '[]') AS stretches
FROM patrol_route r JOIN responder w ON w.id = r.responder_id
WHERE r.city_id = :city_id
ORDER BY r.code;

-- name: forget_stretches(route_id)!
DELETE FROM route_cell WHERE route_id = :route_id;

-- name: set_release(route_id, release_id)!
UPDATE patrol_route SET matched_release = :release_id WHERE id = :route_id;

-- name: walkers(city_id, point, aside, local_time)
-- Routes that come near a metric point, whose people are on shift and not on the way to something else.
SELECT r.id AS route, r.code, r.name, r.responder_id AS responder, w.name AS responder_name, r.line,
  p.point AS position, p.at AS position_at
FROM patrol_route r
JOIN responder w ON w.id = r.responder_id
JOIN responder_position p ON p.responder_id = w.id
WHERE r.city_id = :city_id AND ST_DWithin(r.line, :point, :aside)
  AND w.status IN ('free', 'assigned') AND on_shift(w.id, :local_time::timestamp)
ORDER BY r.code;
