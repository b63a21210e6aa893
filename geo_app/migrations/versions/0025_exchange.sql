-- Files of cells that were brought, and the mends that were accepted.

-- grid_import: a file as it came, and what became of it: a plan, or of an empty city the first release.
CREATE TABLE grid_import (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  jurisdiction text NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  content bytea NOT NULL,
  bytes integer NOT NULL CHECK (bytes > 0),
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  options jsonb NOT NULL,
  actor text NOT NULL,
  account bigint,
  made_at timestamptz NOT NULL,
  plan_id bigint REFERENCES plan,
  release_id bigint REFERENCES release
);
ALTER TABLE grid_import ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE INDEX grid_import_of_city ON grid_import (city_id, id);

-- grid_acceptance: a mend somebody accepted, by the name of its defect; it holds for every file with that defect, where
-- the defect is how the file is to be read only for that file. What it was about stands beside it.
CREATE TABLE grid_acceptance (
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  jurisdiction text NOT NULL,
  finding text NOT NULL CHECK (finding ~ '^[0-9a-f]{12}$'),
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  kind text NOT NULL,
  cells text[] NOT NULL,
  mend text NOT NULL,
  area double precision NOT NULL,
  actor text NOT NULL,
  account bigint,
  accepted_at timestamptz NOT NULL,
  PRIMARY KEY (city_id, finding, sha256)
);

-- Who has to do with a city sees what was brought for it.
ALTER TABLE grid_import ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON grid_import USING (
  (SELECT scope_everything()) OR city_id = ANY ((SELECT scope_reach())::integer[])
);
ALTER TABLE grid_acceptance ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON grid_acceptance USING (
  (SELECT scope_everything()) OR city_id = ANY ((SELECT scope_reach())::integer[])
);

DO $$
DECLARE app text := current_setting('geo.app_role');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT ON grid_import, grid_acceptance TO %I', app);
  EXECUTE format('GRANT UPDATE (plan_id, release_id) ON grid_import TO %I', app);
  EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO %I', app);
END $$;
