-- name: assign(city_id, jurisdiction, incident_id, responder_id, slot, at, ranking)$
-- Nothing is written when the slot is taken or the incident has a lead.
INSERT INTO assignment
  (city_id, jurisdiction, incident_id, responder_id, slot, role, state, offered_at, changed_at, ranking)
VALUES (:city_id, :jurisdiction, :incident_id, :responder_id, :slot, 'lead', 'offered', :at, :at, :ranking::jsonb)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: free_slot(responder_id, capacity)$
-- The lowest slot without an active assignment; nothing when all are taken. The responder is locked.
SELECT min(s.slot)::smallint FROM generate_series(1, :capacity) AS s(slot)
WHERE NOT EXISTS (
  SELECT 1 FROM assignment a WHERE a.responder_id = :responder_id AND a.slot = s.slot AND a.is_active
);

-- name: holders(incident_id, responder_id)
-- What stands in the way: the incident's lead first, then the responder's active assignments.
SELECT a.id, a.city_id, a.incident_id, a.responder_id, r.name AS responder_name, a.state, a.offered_at,
  a.changed_at, a.reason, a.version
FROM assignment a JOIN responder r ON r.id = a.responder_id
WHERE a.is_active AND (a.incident_id = :incident_id AND a.role = 'lead' OR a.responder_id = :responder_id)
ORDER BY a.incident_id = :incident_id DESC, a.id;

-- name: leads(incident_ids)
-- The active lead of each incident; of a handled one who handled it.
SELECT DISTINCT ON (a.incident_id) a.id, a.city_id, a.incident_id, a.responder_id, r.name AS responder_name, a.state,
  a.offered_at, a.changed_at, a.reason, a.version
FROM assignment a JOIN responder r ON r.id = a.responder_id JOIN incident i ON i.id = a.incident_id
WHERE a.incident_id = ANY(:incident_ids) AND a.role = 'lead'
  AND (a.is_active OR a.state = 'done' AND i.state = 'handled')
ORDER BY a.incident_id, a.is_active DESC, a.id DESC;

-- name: assignment(assignment_id)^
SELECT a.id, a.city_id, a.incident_id, a.responder_id, r.name AS responder_name, a.state, a.offered_at,
  a.changed_at, a.reason, a.version
FROM assignment a JOIN responder r ON r.id = a.responder_id
WHERE a.id = :assignment_id;

-- name: assignments(city_id, responder_id, is_active, most)
-- Assignments of a city or of one responder, newest first.
SELECT a.id, a.city_id, a.incident_id, a.responder_id, r.name AS responder_name, a.state, a.offered_at,
  a.changed_at, a.reason, a.version
FROM assignment a JOIN responder r ON r.id = a.responder_id
WHERE a.city_id = :city_id
  AND (:responder_id::bigint IS NULL OR a.responder_id = :responder_id::bigint)
  AND (:is_active::boolean IS NULL OR a.is_active = :is_active::boolean)
ORDER BY a.offered_at DESC, a.id DESC
LIMIT :most;

-- name: lock(assignment_id)^
-- Locks the assignment; always after its incident and its responder.
SELECT a.id, a.city_id, a.incident_id, a.responder_id, r.name AS responder_name, a.state, a.offered_at,
  a.changed_at, a.reason, a.version
FROM assignment a JOIN responder r ON r.id = a.responder_id
WHERE a.id = :assignment_id FOR UPDATE OF a;

-- name: move(assignment_id, was, state, is_over, at, reason)^
-- Moves the assignment only if nobody moved it since it was read.
UPDATE assignment a SET state = :state, changed_at = :at, ended_at = CASE WHEN :is_over THEN :at::timestamptz END,
  reason = :reason, version = a.version + 1
FROM responder r
WHERE a.id = :assignment_id AND a.version = :was AND r.id = a.responder_id
RETURNING a.id, a.city_id, a.incident_id, a.responder_id, r.name AS responder_name, a.state, a.offered_at,
  a.changed_at, a.reason, a.version;

-- name: active_states(responder_id)
-- The states of a responder's active assignments.
SELECT state FROM assignment WHERE responder_id = :responder_id AND is_active;

-- name: declined(incident_id)
-- Who has declined this incident.
SELECT DISTINCT responder_id FROM assignment WHERE incident_id = :incident_id AND state = 'declined';
