-- Plans: drafts of the grid with their logs, as planners draw, discuss, lock and approve them.

-- state: scheduled means published; whether it is in force says the release. seq: the newest step of the log, and head
-- its hash; root: the hash before the first. round: how often it was submitted.
CREATE TABLE plan (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  jurisdiction text NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  base_id bigint NOT NULL REFERENCES release,
  state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'review', 'approved', 'scheduled', 'withdrawn')),
  seq integer NOT NULL DEFAULT 0 CHECK (seq >= 0),
  root text NOT NULL,
  head text NOT NULL,
  round integer NOT NULL DEFAULT 0,
  copied_from bigint REFERENCES plan,
  rolls_back bigint REFERENCES release,
  release_id bigint UNIQUE REFERENCES release,
  actor text NOT NULL,
  account bigint,
  made_at timestamptz NOT NULL,
  CHECK ((state = 'scheduled') = (release_id IS NOT NULL))
);
CREATE INDEX plan_of_city ON plan (city_id, id);

-- plan_step: the log. person is whose undo takes it back. undoes: the step that an undo or a redo takes back; ended_by:
-- the step that took this one out of force, which is not in the hash, for it follows from later rows.
-- result: a hash of the touched cells as the step left them.
CREATE TABLE plan_step (
  plan_id bigint NOT NULL REFERENCES plan ON DELETE CASCADE,
  seq integer NOT NULL CHECK (seq > 0),
  kind text NOT NULL CHECK (kind IN ('edit', 'undo', 'redo', 'rebase', 'replace')),
  edit jsonb NOT NULL,
  inverse jsonb,
  touched text[] NOT NULL,
  is_outer boolean NOT NULL,
  undoes integer,
  ended_by integer,
  person text NOT NULL,
  actor text NOT NULL,
  account bigint,
  at timestamptz NOT NULL,
  result text NOT NULL,
  hash text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
  PRIMARY KEY (plan_id, seq),
  CHECK ((kind IN ('undo', 'redo')) = (undoes IS NOT NULL))
);
CREATE INDEX plan_step_in_force ON plan_step (plan_id, person, seq) WHERE ended_by IS NULL;

-- plan_cell: the cells that a plan made, changed or took away (no geometry), as the newest step left them.
CREATE TABLE plan_cell (
  plan_id bigint NOT NULL REFERENCES plan ON DELETE CASCADE,
  code text NOT NULL,
  seq integer NOT NULL,
  name text NOT NULL,
  community text NOT NULL,
  geometry geometry(Polygon),
  PRIMARY KEY (plan_id, code)
);
CREATE INDEX plan_cell_by_seq ON plan_cell (plan_id, seq);

-- plan_given: the cells that a step of kind replace brought, as far as they differ; no geometry: it took them away.
CREATE TABLE plan_given (
  plan_id bigint NOT NULL,
  seq integer NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  community text NOT NULL,
  geometry geometry(Polygon),
  PRIMARY KEY (plan_id, seq, code),
  FOREIGN KEY (plan_id, seq) REFERENCES plan_step ON DELETE CASCADE
);

-- plan_lock: what nobody changes in a plan: a cell, or all cells of a unit.
CREATE TABLE plan_lock (
  plan_id bigint NOT NULL REFERENCES plan ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('cell', 'unit')),
  code text NOT NULL,
  person text NOT NULL,
  actor text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (plan_id, kind, code)
);

CREATE TABLE plan_comment (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  plan_id bigint NOT NULL REFERENCES plan ON DELETE CASCADE,
  cell text,
  text text NOT NULL CHECK (length(text) BETWEEN 1 AND 2000),
  seq integer NOT NULL,
  actor text NOT NULL,
  account bigint,
  at timestamptz NOT NULL
);
CREATE INDEX plan_comment_of_plan ON plan_comment (plan_id, id);

-- plan_approval: who agreed to a plan as it was submitted, by account; a plan that is returned needs new ones.
CREATE TABLE plan_approval (
  plan_id bigint NOT NULL REFERENCES plan ON DELETE CASCADE,
  round integer NOT NULL,
  account bigint NOT NULL,
  actor text NOT NULL,
  head text NOT NULL,
  note text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (plan_id, round, account)
);

-- Who has to do with a city sees its plans; which cells one may change is decided by the service, cell by cell.
ALTER TABLE plan ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON plan USING (
  (SELECT scope_everything()) OR city_id = ANY ((SELECT scope_reach())::integer[])
);
DO $$
DECLARE
  app text := current_setting('geo.app_role');
  part text;
BEGIN
  FOREACH part IN ARRAY ARRAY['plan_step', 'plan_cell', 'plan_given', 'plan_lock', 'plan_comment', 'plan_approval']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
    EXECUTE format('CREATE POLICY scope ON %I USING (
      (SELECT scope_everything()) OR EXISTS (SELECT FROM plan p WHERE p.id = plan_id)
    )', part);
  END LOOP;
  -- The log is only ever added to.
  EXECUTE format('GRANT SELECT, INSERT ON plan, plan_step, plan_cell, plan_given, plan_lock, plan_comment,
    plan_approval TO %I', app);
  EXECUTE format('GRANT UPDATE (name, base_id, state, seq, head, round, release_id) ON plan TO %I', app);
  EXECUTE format('GRANT UPDATE (ended_by) ON plan_step TO %I', app);
  EXECUTE format('GRANT UPDATE (seq, name, community, geometry), DELETE ON plan_cell TO %I', app);
  EXECUTE format('GRANT DELETE ON plan_lock TO %I', app);
  EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO %I', app);
END $$;
