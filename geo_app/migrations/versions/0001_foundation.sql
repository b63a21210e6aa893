-- Everything a city needs to be mapped, matched and served.
-- Rows that belong to a place carry their jurisdiction: the key for row policies, partitioning and sharding.

-- what happened, and who reads it -------------------------------------------------------------------------
CREATE TABLE fact (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  kind text NOT NULL,
  subject bigint,
  jurisdiction text,
  actor text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  data jsonb NOT NULL
);
CREATE INDEX fact_in_order ON fact (xid, id);

CREATE TABLE fact_reader (
  reader text PRIMARY KEY,
  xid xid8 NOT NULL,
  last_id bigint NOT NULL
);
INSERT INTO fact_reader VALUES ('reactions', '0', 0);

CREATE TABLE idempotency (
  key text NOT NULL,
  actor text NOT NULL,
  request_hash text NOT NULL,
  status smallint,
  body text,
  claimed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (key, actor)
);

-- organisation --------------------------------------------------------------------------------------------
CREATE TABLE city (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text NOT NULL UNIQUE CHECK (code ~ '^[a-z0-9-]{1,40}$'),
  name text NOT NULL,
  name_en text NOT NULL,
  jurisdiction text NOT NULL CHECK (jurisdiction ~ '^[0-9A-Za-z]{1,12}$'),
  srid integer NOT NULL,
  time_zone text NOT NULL,
  attribution text NOT NULL,
  is_generated boolean NOT NULL,
  loaded_at timestamptz NOT NULL,
  UNIQUE (id, srid)
);

CREATE TABLE unit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  level text NOT NULL CHECK (level IN ('district', 'street', 'community')),
  code text NOT NULL,
  name text NOT NULL,
  parent_id bigint REFERENCES unit DEFERRABLE INITIALLY DEFERRED,
  valid tstzrange NOT NULL,
  CHECK ((parent_id IS NULL) = (level = 'district')),
  EXCLUDE USING gist (city_id WITH =, code WITH =, valid WITH &&)
);
CREATE INDEX unit_of_city ON unit (city_id, level);

CREATE TABLE department (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  code text NOT NULL,
  name text NOT NULL,
  name_en text NOT NULL,
  valid tstzrange NOT NULL,
  EXCLUDE USING gist (city_id WITH =, code WITH =, valid WITH &&)
);

-- planning: releases of the grid --------------------------------------------------------------------------
CREATE TABLE release (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  base_id bigint REFERENCES release,
  effective tstzrange NOT NULL,
  cells integer NOT NULL,
  bounds geometry(Polygon, 4326) NOT NULL,
  note text NOT NULL,
  published_at timestamptz NOT NULL,
  published_by text NOT NULL,
  EXCLUDE USING gist (city_id WITH =, effective WITH &&)
);

CREATE SEQUENCE cell_id;

CREATE TABLE cell_version (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  city_id integer NOT NULL,
  cell_id bigint NOT NULL,
  release_id bigint NOT NULL REFERENCES release ON DELETE CASCADE,
  code text NOT NULL,
  name text NOT NULL,
  community_id bigint NOT NULL REFERENCES unit,
  valid tstzrange NOT NULL,
  recorded tstzrange NOT NULL,
  geometry geometry(Polygon) NOT NULL,
  geometry_hash text NOT NULL,
  srid integer NOT NULL GENERATED ALWAYS AS (ST_SRID(geometry)) STORED,
  FOREIGN KEY (city_id, srid) REFERENCES city (id, srid) ON DELETE CASCADE,
  EXCLUDE USING gist (cell_id WITH =, valid WITH &&, recorded WITH &&),
  EXCLUDE USING gist (city_id WITH =, code WITH =, valid WITH &&, recorded WITH &&)
);
CREATE INDEX cell_version_by_place ON cell_version USING gist (city_id, geometry, valid);

CREATE TABLE cell_lineage (
  release_id bigint NOT NULL REFERENCES release ON DELETE CASCADE,
  child bigint NOT NULL,
  parent bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('split', 'merge', 'transfer', 'reshape', 'rename', 'recode')),
  area_share double precision NOT NULL CHECK (area_share BETWEEN 0 AND 1),
  PRIMARY KEY (release_id, child, parent)
);

CREATE TABLE code_registry (
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  code text NOT NULL,
  cell_id bigint NOT NULL,
  first_release bigint NOT NULL REFERENCES release,
  retired_release bigint REFERENCES release,
  PRIMARY KEY (city_id, code)
);

-- for drawing: Web Mercator outlines and label points, made when a release is published;
-- (cell_id, release_id) names the geometry that every version with the same pair has
CREATE TABLE cell_shape (
  cell_id bigint NOT NULL,
  release_id bigint NOT NULL REFERENCES release ON DELETE CASCADE,
  city_id integer NOT NULL,
  outline geometry(Polygon, 3857) NOT NULL,
  label geometry(Point, 3857) NOT NULL,
  PRIMARY KEY (cell_id, release_id)
);
CREATE INDEX cell_shape_by_place ON cell_shape USING gist (city_id, outline);

CREATE TABLE unit_shape (
  release_id bigint NOT NULL REFERENCES release ON DELETE CASCADE,
  unit_id bigint NOT NULL REFERENCES unit ON DELETE CASCADE,
  city_id integer NOT NULL,
  level text NOT NULL,
  cells integer NOT NULL,
  area double precision NOT NULL,
  outline geometry(Geometry, 3857) NOT NULL,
  label geometry(Point, 3857) NOT NULL,
  PRIMARY KEY (release_id, unit_id)
);
CREATE INDEX unit_shape_by_place ON unit_shape USING gist (release_id, level, outline);

CREATE TABLE placement (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  city_id integer NOT NULL,
  jurisdiction text NOT NULL,
  subject_kind text NOT NULL,
  subject_id bigint NOT NULL,
  point geometry(Point) NOT NULL,
  cell_id bigint,
  release_id bigint REFERENCES release,
  matched_at timestamptz NOT NULL,
  is_open boolean NOT NULL,
  srid integer NOT NULL GENERATED ALWAYS AS (ST_SRID(point)) STORED,
  FOREIGN KEY (city_id, srid) REFERENCES city (id, srid) ON DELETE CASCADE,
  UNIQUE (subject_kind, subject_id)
);
CREATE INDEX placement_open_by_place ON placement USING gist (city_id, point) WHERE is_open;
CREATE INDEX placement_by_cell ON placement (cell_id, subject_kind) WHERE is_open;

CREATE TABLE placement_history (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  placement_id bigint NOT NULL REFERENCES placement ON DELETE CASCADE,
  cell_id bigint,
  release_id bigint,
  matched_at timestamptz NOT NULL,
  reason text NOT NULL
);
CREATE INDEX placement_history_of ON placement_history (placement_id);

CREATE TABLE thematic (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  theme text NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  geometry geometry(Geometry) NOT NULL,
  outline geometry(Geometry, 3857) NOT NULL,
  UNIQUE (city_id, theme, code)
);
CREATE INDEX thematic_by_place ON thematic USING gist (city_id, outline);

-- roads and places ----------------------------------------------------------------------------------------
CREATE TABLE road_network (
  city_id integer PRIMARY KEY REFERENCES city ON DELETE CASCADE,
  version text NOT NULL,
  imported_at timestamptz NOT NULL
);

CREATE TABLE road (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  source_id bigint NOT NULL,
  from_node bigint NOT NULL,
  to_node bigint NOT NULL,
  road_class text NOT NULL,
  name text NOT NULL,
  oneway smallint NOT NULL CHECK (oneway IN (-1, 0, 1)),
  geometry geometry(LineString) NOT NULL,
  mercator geometry(LineString, 3857) NOT NULL
);
CREATE INDEX road_by_place ON road USING gist (city_id, mercator);

CREATE TABLE place (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  kind text NOT NULL,
  name text NOT NULL,
  road text,
  number text,
  community_id bigint REFERENCES unit,
  aliases text[] NOT NULL,
  point geometry(Point, 4326) NOT NULL
);
CREATE INDEX place_of_city ON place (city_id, kind);
CREATE INDEX place_by_place ON place USING gist (city_id, point);

-- responders and patrols ----------------------------------------------------------------------------------
CREATE TABLE responder (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  jurisdiction text NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('grid_worker', 'inspector', 'partner', 'department')),
  department_id bigint REFERENCES department,
  skills text[] NOT NULL,
  status text NOT NULL CHECK (status IN ('off', 'free', 'assigned', 'under_way', 'on_site')),
  version integer NOT NULL DEFAULT 1,
  UNIQUE (city_id, code)
);

CREATE TABLE responder_cell (
  responder_id bigint NOT NULL REFERENCES responder ON DELETE CASCADE,
  cell_id bigint NOT NULL,
  PRIMARY KEY (responder_id, cell_id)
);
CREATE INDEX responder_cell_by_cell ON responder_cell (cell_id);

CREATE TABLE shift (
  responder_id bigint NOT NULL REFERENCES responder ON DELETE CASCADE,
  weekday smallint NOT NULL CHECK (weekday BETWEEN 0 AND 6),
  starts time NOT NULL,
  ends time NOT NULL
);
CREATE INDEX shift_of ON shift (responder_id);

-- Whether a responder is on duty at a moment of the city's own clock; none written means always.
CREATE FUNCTION on_shift(responder bigint, local_time timestamp) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT NOT EXISTS (SELECT 1 FROM shift s WHERE s.responder_id = responder) OR EXISTS (
    SELECT 1 FROM shift s WHERE s.responder_id = responder AND (
      (s.weekday = extract(isodow FROM local_time) - 1 AND s.starts <= local_time::time
        AND (s.ends <= s.starts OR local_time::time < s.ends))
      OR (s.ends <= s.starts AND local_time::time < s.ends
        AND s.weekday = extract(isodow FROM local_time - interval '1 day') - 1)
    )
  )
$$;

CREATE TABLE responder_position (
  responder_id bigint PRIMARY KEY REFERENCES responder ON DELETE CASCADE,
  city_id integer NOT NULL,
  jurisdiction text NOT NULL,
  point geometry(Point, 4326) NOT NULL,
  at timestamptz NOT NULL
);

CREATE TABLE patrol_route (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  jurisdiction text NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  responder_id bigint NOT NULL REFERENCES responder,
  line geometry(LineString) NOT NULL,
  matched_release bigint REFERENCES release,
  UNIQUE (city_id, code)
);

CREATE TABLE route_cell (
  route_id bigint NOT NULL REFERENCES patrol_route ON DELETE CASCADE,
  position integer NOT NULL,
  cell_id bigint NOT NULL,
  enter_at double precision NOT NULL,
  exit_at double precision NOT NULL CHECK (exit_at > enter_at),
  PRIMARY KEY (route_id, position)
);

-- incidents and dispatch ----------------------------------------------------------------------------------
CREATE TABLE category (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  code text NOT NULL,
  name text NOT NULL,
  name_en text NOT NULL,
  skill text,
  respond_minutes integer NOT NULL CHECK (respond_minutes > 0),
  is_urgent boolean NOT NULL,
  valid tstzrange NOT NULL,
  EXCLUDE USING gist (city_id WITH =, code WITH =, valid WITH &&)
);

CREATE TABLE incident (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  jurisdiction text NOT NULL,
  category_id bigint NOT NULL REFERENCES category,
  channel text NOT NULL CHECK (channel IN ('patrol', 'hotline', 'web', 'partner', 'system')),
  description text NOT NULL CHECK (length(description) <= 4000),
  state text NOT NULL CHECK (state IN ('reported', 'closed')),
  point geometry(Point, 4326) NOT NULL,
  occurred_at timestamptz NOT NULL,
  respond_by timestamptz NOT NULL,
  closed_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
CREATE INDEX incident_queue ON incident (city_id, occurred_at DESC, id DESC) WHERE state <> 'closed';
CREATE INDEX incident_by_time ON incident (city_id, occurred_at DESC, id DESC);

CREATE TABLE assignment (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  jurisdiction text NOT NULL,
  incident_id bigint NOT NULL REFERENCES incident ON DELETE CASCADE,
  responder_id bigint NOT NULL REFERENCES responder,
  role text NOT NULL CHECK (role IN ('lead', 'co_handler')),
  state text NOT NULL
    CHECK (state IN ('offered', 'accepted', 'under_way', 'on_site', 'done', 'declined', 'cancelled')),
  offered_at timestamptz NOT NULL,
  ended_at timestamptz,
  ranking jsonb NOT NULL,
  version integer NOT NULL DEFAULT 1,
  is_active boolean NOT NULL GENERATED ALWAYS AS (state NOT IN ('done', 'declined', 'cancelled')) STORED,
  CHECK ((state IN ('done', 'declined', 'cancelled')) = (ended_at IS NOT NULL))
);
CREATE UNIQUE INDEX one_active_assignment_a_responder ON assignment (responder_id) WHERE is_active;
CREATE UNIQUE INDEX one_lead_an_incident ON assignment (incident_id) WHERE is_active AND role = 'lead';
CREATE INDEX assignment_of ON assignment (incident_id);

-- the generated city's live stream ------------------------------------------------------------------------
CREATE TABLE demo_stream (
  city_id integer PRIMARY KEY REFERENCES city ON DELETE CASCADE,
  runs_until timestamptz NOT NULL,
  next_index bigint NOT NULL DEFAULT 0
);

-- the application role serves and owns nothing; facts and histories it may only append
DO $$
DECLARE app text := current_setting('geo.app_role');
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', app);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %I', app);
  EXECUTE format('REVOKE UPDATE, DELETE ON fact, placement_history, cell_lineage, code_registry FROM %I', app);
  EXECUTE format('GRANT UPDATE (retired_release) ON code_registry TO %I', app);
  EXECUTE format('REVOKE INSERT, DELETE ON fact_reader FROM %I', app);
  EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON alembic_version, spatial_ref_sys FROM %I', app);
  EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO %I', app);
END $$;
