-- name: new_ids(count)
SELECT nextval(pg_get_serial_sequence('responder', 'id'))::bigint AS id FROM generate_series(1, :count);

-- name: add(responder_id, city_id, jurisdiction, code, name, kind, department_id, skills)!
INSERT INTO responder (id, city_id, jurisdiction, code, name, kind, department_id, skills, status)
OVERRIDING SYSTEM VALUE
VALUES (:responder_id, :city_id, :jurisdiction, :code, :name, :kind, :department_id, :skills, 'free');

-- name: responders(city_id, at, local_time, today, responder_ids, cell_code)
-- The responders of a city, or some of them, or those responsible for one cell.
SELECT r.id, r.code, r.name, r.kind, r.skills, r.status, on_shift(r.id, :local_time::timestamp) AS is_on_shift,
  p.point AS position, p.at AS position_at, p.accuracy, r.capacity,
  coalesce(load.active, 0) AS active, coalesce(load.today, 0) AS today,
  coalesce((
    SELECT array_agg(v.code ORDER BY v.code)
    FROM responder_cell rc
    JOIN cell_version v ON v.cell_id = rc.cell_id AND v.valid @> :at::timestamptz AND upper_inf(v.recorded)
    WHERE rc.responder_id = r.id
  ), '{}') AS cells
FROM responder r JOIN responder_position p ON p.responder_id = r.id
LEFT JOIN load_of_responders(:city_id, :today::timestamptz) load ON load.responder_id = r.id
WHERE r.city_id = :city_id
  AND (:responder_ids::bigint[] IS NULL OR r.id = ANY(:responder_ids::bigint[]))
  AND (:cell_code::text IS NULL OR EXISTS (
    SELECT 1 FROM responder_cell rc
    JOIN cell_version v ON v.cell_id = rc.cell_id AND v.valid @> :at::timestamptz AND upper_inf(v.recorded)
    WHERE rc.responder_id = r.id AND v.city_id = :city_id AND v.code = :cell_code::text
  ))
ORDER BY r.code;

-- name: available(city_id, local_time, today, skill)
-- Who can be sent now: not off, with a place left, on shift, with the skill. The rule of on_shift() is written out:
-- a call for each costs more than all the rest. What is asked of each is one look into an index, whatever the planner
-- knows of the tables; cells are looked up for the few who are chosen.
SELECT r.id, r.code, r.name, r.kind, r.skills, r.status, true AS is_on_shift,
  ST_X(p.point) AS x, ST_Y(p.point) AS y, p.at AS position_at, p.accuracy, r.capacity,
  coalesce(load.active, 0) AS active, coalesce(load.today, 0) AS today
FROM responder r JOIN responder_position p ON p.responder_id = r.id
LEFT JOIN LATERAL (
  SELECT bool_or(
    s.weekday = extract(isodow FROM :local_time::timestamp) - 1 AND s.starts <= :local_time::timestamp::time
      AND (s.ends <= s.starts OR :local_time::timestamp::time < s.ends)
    OR s.ends <= s.starts AND :local_time::timestamp::time < s.ends
      AND s.weekday = extract(isodow FROM :local_time::timestamp - interval '1 day') - 1
  ) AS is_now
  FROM shift s WHERE s.responder_id = r.id
) duty ON true
LEFT JOIN load_of_responders(:city_id, :today::timestamptz) load ON load.responder_id = r.id
WHERE r.city_id = :city_id AND r.status <> 'off' AND coalesce(load.active, 0) < r.capacity
  AND (:skill::text IS NULL OR :skill::text = ANY(r.skills))
  AND coalesce(duty.is_now, true)
ORDER BY r.id;

-- name: duties(responder_ids, at)
-- The cells some responders are responsible for.
SELECT rc.responder_id, array_agg(v.code ORDER BY v.code) AS cells
FROM responder_cell rc
JOIN cell_version v ON v.cell_id = rc.cell_id AND v.valid @> :at::timestamptz AND upper_inf(v.recorded)
WHERE rc.responder_id = ANY(:responder_ids::bigint[])
GROUP BY rc.responder_id;

-- name: inherit(cells, parents)!
-- Whoever answers for a parent answers for the cell beside it, too.
INSERT INTO responder_cell (responder_id, cell_id)
SELECT DISTINCT d.responder_id, one.cell_id
FROM unnest(:cells::bigint[], :parents::bigint[]) AS one (cell_id, parent_id)
JOIN responder_cell d ON d.cell_id = one.parent_id
ON CONFLICT DO NOTHING;

-- name: set_status(responder_id, status)!
UPDATE responder SET status = :status, version = version + 1 WHERE id = :responder_id;

-- name: is_there(city_id, responder_id)$
SELECT EXISTS (
  SELECT FROM responder WHERE id = :responder_id AND (:city_id::integer IS NULL OR city_id = :city_id::integer)
);

-- name: lock(responder_id)^
-- Locks the responder; always after the incident.
SELECT id, city_id, name, status, capacity FROM responder WHERE id = :responder_id FOR UPDATE;

-- name: held(responder_id)
-- The incidents a responder is sent to.
SELECT incident_id FROM assignment WHERE responder_id = :responder_id AND is_active ORDER BY id;

-- name: lock_positions(city_id, responder_ids)
-- What is known of some responders, locked in the order of their ids.
SELECT p.responder_id, p.at, p.told, p.told_at
FROM responder_position p
WHERE p.city_id = :city_id AND p.responder_id = ANY(:responder_ids)
ORDER BY p.responder_id FOR UPDATE;

-- name: move(responder_id, point, at, accuracy, given_x, given_y, given_frame, is_told, now)!
-- Never to an older position than what is known.
UPDATE responder_position SET point = :point, at = :at, accuracy = :accuracy,
  given_x = :given_x, given_y = :given_y, given_frame = :given_frame,
  told = CASE WHEN :is_told THEN :point ELSE told END,
  told_at = CASE WHEN :is_told THEN :now::timestamptz ELSE told_at END
WHERE responder_id = :responder_id AND at < :at::timestamptz;

-- name: count_exact(before)$
-- Positions older than `before` that are more exact than 0.01 degrees.
SELECT count(*) FROM responder_position
WHERE at < :before AND NOT ST_Equals(point, ST_SnapToGrid(point, 0.01));

-- name: blur(before)!
-- Old positions to 0.01 degrees, without what was given and how exact it was.
UPDATE responder_position SET point = ST_SnapToGrid(point, 0.01), accuracy = NULL, given_x = NULL, given_y = NULL,
  given_frame = NULL, told = NULL, told_at = NULL
WHERE at < :before AND NOT ST_Equals(point, ST_SnapToGrid(point, 0.01));

-- name: off_shift(responder_ids, local_times, moments)
-- Which of these positions, by their place in the arrays from 1, lie outside their responder's shifts, or where they
-- had signed off.
SELECT one.place FROM unnest(:responder_ids::bigint[], :local_times::timestamp[], :moments::timestamptz[])
  WITH ORDINALITY AS one (responder_id, local_time, at, place)
WHERE NOT on_shift(one.responder_id, one.local_time) OR EXISTS (
  SELECT FROM stretches_off(:responder_ids::bigint[]) o
  WHERE o.responder_id = one.responder_id AND o.since <= one.at AND (o.until IS NULL OR one.at < o.until)
);

-- name: city_of(responder_id)$
SELECT city_id FROM responder WHERE id = :responder_id;
