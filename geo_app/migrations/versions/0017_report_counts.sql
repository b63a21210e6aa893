-- How many reports an incident has is counted for every row of the queue: what the row policy asks about a report stands
-- in the index, so that the application role counts without fetching reports, as the owner does.
DROP INDEX report_of;
CREATE INDEX report_of ON report (incident_id) INCLUDE (city_id, community_id);
