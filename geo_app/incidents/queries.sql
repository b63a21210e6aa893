-- name: add_category(city_id, code, name, name_en, skill, respond_minutes, is_urgent, since)$
INSERT INTO category (city_id, code, name, name_en, skill, respond_minutes, is_urgent, valid)
VALUES (:city_id, :code, :name, :name_en, :skill, :respond_minutes, :is_urgent, tstzrange(:since, NULL))
RETURNING id;

-- name: categories(city_id, at)
SELECT id, code, name, name_en, skill, respond_minutes, is_urgent
FROM category WHERE city_id = :city_id AND valid @> :at::timestamptz ORDER BY code;

-- name: new_ids(count)
SELECT nextval(pg_get_serial_sequence('incident', 'id'))::bigint AS id FROM generate_series(1, :count);

-- name: incidents(city_id, incident_id, is_open, most, at)
-- Incidents of a city, or one by id, newest first.
SELECT i.id, i.city_id AS city, c.code AS category, c.name AS category_name, c.name_en AS category_name_en,
  c.skill, c.is_urgent, i.channel, i.description, i.state, i.point AS position, i.occurred_at, i.respond_by,
  v.code AS cell, v.name AS cell_name, i.version
FROM incident i
JOIN category c ON c.id = i.category_id
LEFT JOIN placement p ON p.subject_kind = 'incident' AND p.subject_id = i.id
LEFT JOIN LATERAL (
  SELECT code, name FROM cell_version
  WHERE cell_id = p.cell_id AND upper_inf(recorded) AND (valid @> :at::timestamptz OR NOT p.is_open)
  ORDER BY valid @> p.matched_at DESC, lower(valid) DESC LIMIT 1
) v ON true
WHERE (:city_id::integer IS NULL OR i.city_id = :city_id::integer)
  AND (:incident_id::bigint IS NULL OR i.id = :incident_id::bigint)
  AND (:is_open::boolean IS NULL OR (i.state <> 'closed') = :is_open::boolean)
ORDER BY i.occurred_at DESC, i.id DESC
LIMIT :most;

-- name: lock(incident_id)^
-- Locks the incident; always before a responder.
SELECT id, city_id, state FROM incident WHERE id = :incident_id FOR UPDATE;

-- name: handled(incident_id)$
-- The work on site is done; an incident that is closed already stays so.
UPDATE incident SET state = 'handled', version = version + 1
WHERE id = :incident_id AND state = 'reported'
RETURNING jurisdiction;
