-- Reports and where they say something is; raw coordinates as they were given; assignments step by step.

-- A point keeps what was given: the raw coordinates and their frame; NULL where no coordinates were given.
ALTER TABLE place ADD COLUMN given_x double precision, ADD COLUMN given_y double precision, ADD COLUMN given_frame text,
  ADD CONSTRAINT place_given_whole CHECK (num_nulls(given_x, given_y, given_frame) IN (0, 3));

-- A layer of lines or areas keeps its file's name, fingerprint and frame; the raw values stay in that file.
CREATE TABLE city_layer (
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  layer text NOT NULL,
  file text NOT NULL,
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  frame text NOT NULL,
  features integer NOT NULL CHECK (features >= 0),
  PRIMARY KEY (city_id, layer)
);

-- incidents: where, how sure that is, and since when the clock runs ---------------------------------------
-- location: sure and outside are matched to a cell or to none; border, unsure and unknown wait for a person
-- exercise: made up or played again (演练), never counted as real
ALTER TABLE incident
  ALTER COLUMN point DROP NOT NULL,
  ADD COLUMN location text NOT NULL DEFAULT 'sure'
    CHECK (location IN ('sure', 'outside', 'border', 'unsure', 'unknown')),
  ADD COLUMN address text CHECK (length(address) <= 500),
  ADD COLUMN score double precision CHECK (score BETWEEN 0 AND 1),
  ADD COLUMN uncertainty double precision CHECK (uncertainty >= 0),
  ADD COLUMN reported_at timestamptz,
  ADD COLUMN is_exercise boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT incident_point_unless_unknown CHECK ((point IS NULL) = (location = 'unknown')),
  DROP CONSTRAINT incident_state_check,
  ADD CONSTRAINT incident_state_check CHECK (state IN ('reported', 'handled', 'closed'));
UPDATE incident SET reported_at = occurred_at;
ALTER TABLE incident ALTER COLUMN reported_at SET NOT NULL;
CREATE INDEX incident_to_locate ON incident (city_id, reported_at)
  WHERE location IN ('border', 'unsure', 'unknown') AND state <> 'closed';

-- report: what somebody told us, word for word; several may be one incident
CREATE TABLE report (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  jurisdiction text NOT NULL,
  incident_id bigint NOT NULL REFERENCES incident ON DELETE CASCADE,
  channel text NOT NULL CHECK (channel IN ('patrol', 'hotline', 'web', 'partner', 'system')),
  description text NOT NULL CHECK (length(description) <= 4000),
  address text CHECK (length(address) <= 500),
  given_x double precision,
  given_y double precision,
  given_frame text,
  reporter_name text CHECK (length(reporter_name) <= 100),
  reporter_phone text CHECK (length(reporter_phone) <= 40),
  occurred_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  source text CHECK (length(source) <= 200),
  source_key text CHECK (length(source_key) <= 200),
  CHECK ((source IS NULL) = (source_key IS NULL)),
  CONSTRAINT report_given_whole CHECK (num_nulls(given_x, given_y, given_frame) IN (0, 3))
);
CREATE INDEX report_of ON report (incident_id);
CREATE UNIQUE INDEX one_report_a_source_key ON report (city_id, source, source_key) WHERE source IS NOT NULL;

-- responders: how many incidents at once, how exactly and when they were seen ------------------------------
ALTER TABLE responder ADD COLUMN capacity smallint NOT NULL DEFAULT 1 CHECK (capacity BETWEEN 1 AND 9);
-- told: the point of which everyone was last told; a phone that stands still tells nothing new
ALTER TABLE responder_position
  ADD COLUMN accuracy double precision CHECK (accuracy >= 0),
  ADD COLUMN given_x double precision,
  ADD COLUMN given_y double precision,
  ADD COLUMN given_frame text,
  ADD COLUMN told geometry(Point, 4326),
  ADD COLUMN told_at timestamptz,
  ADD CONSTRAINT position_given_whole CHECK (num_nulls(given_x, given_y, given_frame) IN (0, 3));

-- assignments: a responder has as many slots as capacity, and one active assignment in each ---------------
ALTER TABLE assignment
  ADD COLUMN slot smallint NOT NULL DEFAULT 1 CHECK (slot BETWEEN 1 AND 9),
  ADD COLUMN changed_at timestamptz,
  ADD COLUMN reason text CHECK (length(reason) <= 500);
UPDATE assignment SET changed_at = coalesce(ended_at, offered_at);
ALTER TABLE assignment ALTER COLUMN changed_at SET NOT NULL;
DROP INDEX one_active_assignment_a_responder;
CREATE UNIQUE INDEX one_active_assignment_a_slot ON assignment (responder_id, slot) WHERE is_active;

DO $$
DECLARE app text := current_setting('geo.app_role');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON city_layer, report TO %I', app);
  EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO %I', app);
END $$;
