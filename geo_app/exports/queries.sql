-- name: next_number()$
SELECT nextval(pg_get_serial_sequence('export', 'id'))::bigint;

-- name: keep(id, city_id, jurisdiction, things, format, filters, reason, rows, bytes, sha256, actor, account, made_at)!
INSERT INTO export (id, city_id, jurisdiction, things, format, filters, reason, rows, bytes, sha256, actor, account, made_at)
VALUES (:id, :city_id, :jurisdiction, :things, :format, :filters::jsonb, :reason, :rows, :bytes, :sha256, :actor,
  :account::bigint, :made_at);

-- name: exports(city_id, export_id, sha256, actor, most)
-- Exports of a city, newest first: all, one, those of a file with this hash, those one actor made.
SELECT id, things, format, filters, reason, rows, bytes, sha256, actor, account, made_at
FROM export
WHERE city_id = :city_id
  AND (:export_id::bigint IS NULL OR id = :export_id::bigint)
  AND (:sha256::text IS NULL OR sha256 = :sha256::text)
  AND (:actor::text IS NULL OR actor = :actor::text)
ORDER BY id DESC LIMIT :most;
