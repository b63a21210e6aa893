-- name: add_category(city_id, code, name, name_en, skill, respond_minutes, is_urgent, since)$
INSERT INTO category (city_id, code, name, name_en, skill, respond_minutes, is_urgent, valid)
VALUES (:city_id, :code, :name, :name_en, :skill, :respond_minutes, :is_urgent, tstzrange(:since, NULL))
RETURNING id;

-- name: categories(city_id, at)
SELECT id, code, name, name_en, skill, respond_minutes, is_urgent
FROM category WHERE city_id = :city_id AND valid @> :at::timestamptz ORDER BY code;

-- name: new_ids(count)
SELECT nextval(pg_get_serial_sequence('incident', 'id'))::bigint AS id FROM generate_series(1, :count);

-- name: incidents(city_id, incident_ids, is_own, is_open, is_settled, category, since, until, before_at, before_id, most, at)
-- Incidents of a city, or some by id, newest first; those after one that is known, when it is given. Who sees their
-- own only (is_own) is spared the others: a row policy alone would be asked about each of them.
SELECT i.id, i.city_id AS city, c.code AS category, c.name AS category_name, c.name_en AS category_name_en,
  c.skill, c.is_urgent, i.channel, i.description, i.state, i.point AS position, i.address, i.score, i.uncertainty,
  i.occurred_at, i.reported_at, i.respond_by, i.closed_at, i.is_exercise, v.code AS cell, v.name AS cell_name,
  -- a release may have drawn a cell around it, or taken one away, since it was settled
  CASE WHEN p.id IS NULL THEN i.location WHEN p.cell_id IS NULL THEN 'outside' ELSE 'sure' END AS location,
  (SELECT count(*) FROM report r WHERE r.incident_id = i.id) AS reports,
  (SELECT count(*) FROM photo f WHERE f.incident_id = i.id) AS photos, i.version
FROM incident i
JOIN category c ON c.id = i.category_id
LEFT JOIN placement_now p ON p.subject_kind = 'incident' AND p.subject_id = i.id
LEFT JOIN LATERAL (
  SELECT code, name FROM cell_version
  WHERE cell_id = p.cell_id AND upper_inf(recorded) AND (valid @> :at::timestamptz OR NOT p.is_open)
  ORDER BY valid @> p.matched_at DESC, lower(valid) DESC LIMIT 1
) v ON true
WHERE (:city_id::integer IS NULL OR i.city_id = :city_id::integer)
  AND (:incident_ids::bigint[] IS NULL OR i.id = ANY(:incident_ids::bigint[]))
  AND (NOT :is_own::boolean OR i.id = ANY(array(SELECT scope_incidents())))
  AND (:is_open::boolean IS NULL OR (i.state <> 'closed') = :is_open::boolean)
  AND (:is_settled::boolean IS NULL OR (i.location IN ('sure', 'outside')) = :is_settled::boolean)
  AND (:category::text IS NULL OR c.code = :category::text)
  AND (:since::timestamptz IS NULL OR i.occurred_at >= :since::timestamptz)
  AND (:until::timestamptz IS NULL OR i.occurred_at < :until::timestamptz)
  AND (:before_id::bigint IS NULL OR (i.occurred_at, i.id) < (:before_at::timestamptz, :before_id::bigint))
ORDER BY i.occurred_at DESC, i.id DESC
LIMIT :most;

-- name: near(city_id, srid, point, box, category_id, alike, metres, most_doubt, at, since, until, besides, most)
-- Open incidents that may be the same trouble: of that category first, then near in place and time together. What
-- is cheap to ask is asked first: only what is left in the square is measured, in the city's metric frame.
WITH candidate AS MATERIALIZED (
  SELECT id, category_id, description, address, state, location, point, uncertainty, reported_at, is_exercise
  FROM incident
  WHERE city_id = :city_id AND state <> 'closed' AND mercator && :box
    AND category_id = ANY(:alike::bigint[])
    AND reported_at BETWEEN :since::timestamptz AND :until::timestamptz
    AND (:besides::bigint IS NULL OR id <> :besides::bigint)
),
measured AS (
  SELECT id, category_id, description, address, state, location, point, uncertainty, reported_at, is_exercise,
    ST_Distance(ST_Transform(point, :srid), ST_Transform(:point, :srid)) AS metres,
    extract(epoch FROM :at::timestamptz - reported_at)::float8 AS seconds
  FROM candidate
)
SELECT m.id, c.code AS category, c.name AS category_name, c.name_en AS category_name_en, c.is_urgent,
  m.category_id = :category_id AS is_same_category, m.description, m.address, m.state, m.location,
  m.point AS position, m.reported_at, m.is_exercise, m.metres, m.seconds
FROM measured m JOIN category c ON c.id = m.category_id
WHERE m.metres <= :metres + least(coalesce(m.uncertainty, 0), :most_doubt)
ORDER BY m.category_id <> :category_id,
  m.metres / :metres + abs(m.seconds) / extract(epoch FROM :until::timestamptz - :at::timestamptz)::float8, m.id
LIMIT :most;

-- name: count(city_id, is_own, is_open, is_settled, category, since, until)$
-- How many incidents of a city a choice means.
SELECT count(*) FROM incident i JOIN category c ON c.id = i.category_id
WHERE i.city_id = :city_id
  AND (NOT :is_own::boolean OR i.id = ANY(array(SELECT scope_incidents())))
  AND (:is_open::boolean IS NULL OR (i.state <> 'closed') = :is_open::boolean)
  AND (:is_settled::boolean IS NULL OR (i.location IN ('sure', 'outside')) = :is_settled::boolean)
  AND (:category::text IS NULL OR c.code = :category::text)
  AND (:since::timestamptz IS NULL OR i.occurred_at >= :since::timestamptz)
  AND (:until::timestamptz IS NULL OR i.occurred_at < :until::timestamptz);

-- name: past(city_id, since, until, most)
-- Real incidents in the order they occurred, for playing them again.
SELECT i.id, c.code AS category, i.channel, i.description, i.address,
  CASE WHEN i.location IN ('sure', 'outside') THEN i.point END AS position, i.occurred_at
FROM incident i JOIN category c ON c.id = i.category_id
WHERE i.city_id = :city_id AND NOT i.is_exercise
  AND (:since::timestamptz IS NULL OR i.occurred_at >= :since::timestamptz)
  AND (:until::timestamptz IS NULL OR i.occurred_at < :until::timestamptz)
ORDER BY i.occurred_at, i.id
LIMIT :most;

-- name: is_there(incident_id)$
SELECT EXISTS (SELECT FROM incident WHERE id = :incident_id);

-- name: lock(incident_id)^
-- Locks the incident; always before a responder.
SELECT id, city_id, state, version, community_id FROM incident WHERE id = :incident_id FOR UPDATE;

-- name: add_report(city_id, jurisdiction, incident_id, channel, description, address, given_x, given_y, given_frame, name_sealed, phone_sealed, description_sealed, address_sealed, name_index, phone_index, key_id, code_hash, occurred_at, received_at, source, source_key)$
-- Nothing is written when the source's key is known already. The casts keep every bit of the coordinates.
INSERT INTO report
  (city_id, jurisdiction, incident_id, channel, description, address, given_x, given_y, given_frame,
   name_sealed, phone_sealed, description_sealed, address_sealed, name_index, phone_index, key_id, code_hash,
   occurred_at, received_at, source, source_key)
VALUES (:city_id, :jurisdiction, :incident_id, :channel, :description, :address, :given_x::float8, :given_y::float8,
  :given_frame, :name_sealed, :phone_sealed, :description_sealed, :address_sealed, :name_index, :phone_index, :key_id,
  :code_hash, :occurred_at, :received_at, :source, :source_key)
ON CONFLICT (city_id, source, source_key) WHERE source IS NOT NULL DO NOTHING
RETURNING id;

-- name: known_keys(city_id, source, keys)
SELECT source_key, incident_id FROM report
WHERE city_id = :city_id AND source = :source AND source_key = ANY(:keys);

-- name: settle(incident_id, point, location, address)!
-- A person says where it is; the address is kept unless another is given.
UPDATE incident
SET point = :point, location = :location, address = coalesce(:address::text, address), score = 1,
  uncertainty = NULL, version = version + 1
WHERE id = :incident_id;

-- name: mark_outside(ids)!
UPDATE incident i SET location = 'outside'
FROM placement p
WHERE i.id = ANY(:ids) AND i.location = 'sure'
  AND p.subject_kind = 'incident' AND p.subject_id = i.id AND p.cell_id IS NULL;

-- name: handled(incident_id)$
-- The work on site is done; an incident that is closed already stays so.
UPDATE incident SET state = 'handled', version = version + 1
WHERE id = :incident_id AND state = 'reported'
RETURNING jurisdiction;
