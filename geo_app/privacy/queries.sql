-- name: reports(incident_id, report_id)
-- The reports of an incident, or one of them, sealed, in the order they came.
SELECT id, incident_id, city_id, jurisdiction, channel, description, address, name_sealed, phone_sealed,
  description_sealed, address_sealed, key_id, occurred_at, received_at, erased_at
FROM report
WHERE incident_id = :incident_id AND (:report_id::bigint IS NULL OR id = :report_id::bigint)
ORDER BY received_at, id
LIMIT 500;

-- name: by_code(code_hash)^
-- The report with a code, sealed and locked.
SELECT id, incident_id, city_id, jurisdiction, channel, description, address, name_sealed, phone_sealed,
  description_sealed, address_sealed, key_id, occurred_at, received_at, erased_at
FROM report
WHERE code_hash = :code_hash::bytea
FOR UPDATE;

-- name: found_by(city_id, name_indexes, phone_indexes, most)
-- Reports by who told them: exactly this name, or this phone.
SELECT id, incident_id FROM report
WHERE city_id = :city_id AND (name_index = ANY(:name_indexes::bytea[]) OR phone_index = ANY(:phone_indexes::bytea[]))
ORDER BY id DESC LIMIT :most;

-- name: to_mask(most)
-- Reports from before there were masks, locked.
SELECT r.id, r.jurisdiction, r.description, r.address, r.reporter_name, r.reporter_phone
FROM report r WHERE NOT r.is_masked ORDER BY r.id LIMIT :most FOR UPDATE;

-- name: incidents_to_mask(most)
SELECT i.id, i.jurisdiction, i.description, i.address,
  (SELECT array_agg(r.reporter_name) FROM report r WHERE r.incident_id = i.id AND r.reporter_name IS NOT NULL) AS names
FROM incident i WHERE NOT i.is_masked ORDER BY i.id LIMIT :most FOR UPDATE;

-- name: mask_incident(incident_id, description, address)!
UPDATE incident SET description = :description, address = :address, is_masked = true WHERE id = :incident_id;

-- name: write_person(report_id, description, address, name_sealed, phone_sealed, description_sealed, address_sealed, name_index, phone_index, key_id)!
UPDATE report SET description = :description, address = :address, name_sealed = :name_sealed,
  phone_sealed = :phone_sealed, description_sealed = :description_sealed, address_sealed = :address_sealed,
  name_index = :name_index, phone_index = :phone_index, key_id = :key_id,
  reporter_name = NULL, reporter_phone = NULL, is_masked = true
WHERE id = :report_id;

-- name: under_old_keys(key_id, most)
-- Reports whose values another key than the newest sealed, locked.
SELECT id, incident_id, city_id, jurisdiction, channel, description, address, name_sealed, phone_sealed,
  description_sealed, address_sealed, key_id, occurred_at, received_at, erased_at
FROM report WHERE key_id IS NOT NULL AND key_id <> :key_id::bytea ORDER BY id LIMIT :most FOR UPDATE;

-- name: count_under_old_keys(key_id)$
SELECT count(*) FROM report WHERE key_id IS NOT NULL AND key_id <> :key_id::bytea;

-- name: erase(report_id, at)!
UPDATE report SET name_sealed = NULL, phone_sealed = NULL, description_sealed = NULL, address_sealed = NULL,
  name_index = NULL, phone_index = NULL, key_id = NULL, erased_at = :at
WHERE id = :report_id AND erased_at IS NULL;

-- name: count_expired(before)$
SELECT count(*) FROM report r JOIN incident i ON i.id = r.incident_id
WHERE i.closed_at < :before AND r.key_id IS NOT NULL;

-- name: erase_expired(before, at)!
-- Forgets who told of incidents that were closed before.
UPDATE report r SET name_sealed = NULL, phone_sealed = NULL, description_sealed = NULL, address_sealed = NULL,
  name_index = NULL, phone_index = NULL, key_id = NULL, erased_at = :at
FROM incident i
WHERE i.id = r.incident_id AND i.closed_at < :before AND r.key_id IS NOT NULL;
