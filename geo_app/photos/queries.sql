-- name: held(incident_id, code_hash)^
-- The report that takes a photo: the one with this code or, without a code, the incident's first.
SELECT r.id, (SELECT count(*) FROM photo p WHERE p.report_id = r.id) AS photos, r.erased_at IS NOT NULL AS is_erased
FROM report r
WHERE r.incident_id = :incident_id AND (:code_hash::bytea IS NULL OR r.code_hash = :code_hash::bytea)
ORDER BY r.id LIMIT 1;

-- name: incident_of(code_hash)$
-- The incident of the report with a code.
SELECT incident_id FROM report WHERE code_hash = :code_hash::bytea;

-- name: add(city_id, jurisdiction, incident_id, report_id, width, height, whole, small, added_at)^
INSERT INTO photo (city_id, jurisdiction, incident_id, report_id, width, height, whole, small, added_at)
VALUES (:city_id, :jurisdiction, :incident_id, :report_id, :width, :height, :whole, :small, :added_at)
RETURNING id, incident_id AS incident, report_id AS report, width, height, added_at;

-- name: photos(incident_id)
-- What is known of the photos of an incident, in the order they came.
SELECT id, incident_id AS incident, report_id AS report, width, height, added_at
FROM photo WHERE incident_id = :incident_id ORDER BY id LIMIT 500;

-- name: content(incident_id, photo_id, is_small)$
SELECT CASE WHEN :is_small THEN small ELSE whole END FROM photo WHERE incident_id = :incident_id AND id = :photo_id;

-- name: erase(report_id)!
DELETE FROM photo WHERE report_id = :report_id;

-- name: count_expired(before)$
SELECT count(*) FROM photo p JOIN incident i ON i.id = p.incident_id WHERE i.closed_at < :before;

-- name: erase_expired(before)!
-- Photos of incidents that were closed before.
DELETE FROM photo p USING incident i WHERE i.id = p.incident_id AND i.closed_at < :before;
