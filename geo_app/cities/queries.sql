-- name: layers(city_id)
SELECT layer, file, sha256, frame, features FROM city_layer WHERE city_id = :city_id ORDER BY layer;

-- name: start_stream(city_id, until)!
INSERT INTO demo_stream (city_id, runs_until) VALUES (:city_id, :until)
ON CONFLICT (city_id) DO UPDATE SET runs_until = excluded.runs_until;

-- name: stop_stream(city_id, at)!
UPDATE demo_stream SET runs_until = :at WHERE city_id = :city_id AND runs_until > :at::timestamptz;

-- name: runs_until(city_id)$
SELECT runs_until FROM demo_stream WHERE city_id = :city_id;

-- name: take_turns(at)
-- The next number of every running stream; taken once, however many workers ask.
UPDATE demo_stream SET next_index = next_index + 1
WHERE runs_until > :at::timestamptz
RETURNING city_id, next_index - 1 AS number;
