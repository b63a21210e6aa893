-- name: add(city_id, jurisdiction, name, content, bytes, sha256, options, actor, account, at)$
INSERT INTO grid_import (city_id, jurisdiction, name, content, bytes, sha256, options, actor, account, made_at)
VALUES (:city_id, :jurisdiction, :name, :content, :bytes, :sha256, :options::jsonb, :actor, :account::bigint, :at)
RETURNING id;

-- name: imports(city_id, import_id, most)
-- Imports of a city, newest first; one of them by its id.
SELECT id, city_id AS city, name, bytes, sha256, options, actor, account, made_at, plan_id, release_id
FROM grid_import
WHERE city_id = :city_id AND (:import_id::bigint IS NULL OR id = :import_id::bigint)
ORDER BY id DESC LIMIT :most;

-- name: city_of(import_id)$
SELECT city_id FROM grid_import WHERE id = :import_id;

-- name: content(import_id)$
SELECT content FROM grid_import WHERE id = :import_id;

-- name: taken(import_id, plan_id, release_id)!
-- Notes what became of an import, once.
UPDATE grid_import SET plan_id = :plan_id::bigint, release_id = :release_id::bigint
WHERE id = :import_id AND plan_id IS NULL AND release_id IS NULL;

-- name: accept(city_id, jurisdiction, finding, sha256, kind, cells, mend, area, actor, account, at)!
INSERT INTO grid_acceptance
  (city_id, jurisdiction, finding, sha256, kind, cells, mend, area, actor, account, accepted_at)
VALUES (:city_id, :jurisdiction, :finding, :sha256, :kind, :cells::text[], :mend, :area, :actor, :account::bigint, :at)
ON CONFLICT (city_id, finding, sha256) DO NOTHING;

-- name: acceptances(city_id)
-- Everything that was ever accepted in a city.
SELECT finding, sha256, kind, cells, mend, area, actor, accepted_at
FROM grid_acceptance WHERE city_id = :city_id ORDER BY accepted_at, finding;

-- name: codes(city_id)
-- Every code that was ever given in a city, and whether a release retired it.
SELECT code, retired_release IS NOT NULL AS is_retired FROM code_registry WHERE city_id = :city_id;
