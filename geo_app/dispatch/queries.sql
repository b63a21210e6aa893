-- name: assign(city_id, jurisdiction, incident_id, responder_id, at, ranking)$
-- Nothing is written when the responder has an active assignment or the incident has a lead.
INSERT INTO assignment
  (city_id, jurisdiction, incident_id, responder_id, role, state, offered_at, changed_at, ranking)
VALUES (:city_id, :jurisdiction, :incident_id, :responder_id, 'lead', 'offered', :at, :at, :ranking::jsonb)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: holders(incident_id, responder_id)
-- What stands in the way: the incident's lead, the responder's active assignment.
SELECT a.id, a.incident_id, a.responder_id, r.name AS responder_name, a.state
FROM assignment a JOIN responder r ON r.id = a.responder_id
WHERE a.is_active AND (a.incident_id = :incident_id AND a.role = 'lead' OR a.responder_id = :responder_id);

-- name: active(incident_ids)
SELECT a.id, a.incident_id, a.responder_id, r.name AS responder_name, a.state
FROM assignment a JOIN responder r ON r.id = a.responder_id
WHERE a.is_active AND a.role = 'lead' AND a.incident_id = ANY(:incident_ids);

-- name: assignment(assignment_id)^
SELECT a.id, a.incident_id, a.responder_id, r.name AS responder_name, a.state
FROM assignment a JOIN responder r ON r.id = a.responder_id
WHERE a.id = :assignment_id;
