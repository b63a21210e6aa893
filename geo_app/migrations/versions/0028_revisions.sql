-- remade_by: the newest release that was published after this one and begins before it. The cells of a release are
-- those of all that begin until then; its revision is the newest of these, itself as long as none was published since.
ALTER TABLE release ADD COLUMN remade_by bigint REFERENCES release CHECK (remade_by > id);
CREATE INDEX release_remade ON release (remade_by) WHERE remade_by IS NOT NULL;
UPDATE release r SET remade_by = o.id
FROM (
  SELECT late.id, max(early.id) AS newest
  FROM release late JOIN release early ON early.city_id = late.city_id AND lower(early.effective) < lower(late.effective)
  GROUP BY late.id
) AS later (id, newest)
JOIN release o ON o.id = later.newest
WHERE r.id = later.id AND o.id > r.id;

-- base_revision: the revision of its base that a plan was drawn on. Until now there was no other.
ALTER TABLE plan ADD COLUMN base_revision bigint REFERENCES release;
UPDATE plan SET base_revision = base_id;
ALTER TABLE plan ALTER COLUMN base_revision SET NOT NULL, ADD CHECK (base_revision >= base_id);
DO $$
BEGIN
  EXECUTE format('GRANT UPDATE (base_revision) ON plan TO %I', current_setting('geo.app_role'));
END $$;
