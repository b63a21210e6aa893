-- Who acts: accounts, roles, what they are bound to, how they log in.

CREATE TABLE account (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  username text NOT NULL CHECK (username ~ '^[a-z0-9][a-z0-9._-]{1,39}$'),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  is_demo boolean NOT NULL DEFAULT false,
  responder_id bigint REFERENCES responder ON DELETE SET NULL,
  password text,
  password_at timestamptz,
  former_passwords text[] NOT NULL DEFAULT '{}',
  must_change_password boolean NOT NULL DEFAULT true,
  active boolean NOT NULL DEFAULT true,
  fs_uniquifier text NOT NULL UNIQUE,
  tf_primary_method text,
  tf_totp_secret text,
  totp_counter bigint,
  mf_recovery_codes text,
  failures smallint NOT NULL DEFAULT 0,
  locked_until timestamptz,
  created_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX account_by_username ON account (lower(username));
CREATE INDEX account_of_responder ON account (responder_id) WHERE responder_id IS NOT NULL;

-- 三员分立: an administrator's role stands alone, so two rows of an account never differ in kind of duty
CREATE TABLE account_role (
  account_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
  role text NOT NULL CHECK (role IN (
    'worker', 'dispatcher', 'planner', 'approver', 'leader', 'observer', 'department_member',
    'system_admin', 'security_admin', 'audit_admin'
  )),
  granted_by text NOT NULL,
  granted_at timestamptz NOT NULL,
  duty text NOT NULL GENERATED ALWAYS AS (
    CASE WHEN role IN ('system_admin', 'security_admin', 'audit_admin') THEN role ELSE 'duty' END
  ) STORED,
  PRIMARY KEY (account_id, role),
  CONSTRAINT administrators_stand_alone EXCLUDE USING gist (account_id WITH =, duty WITH <>)
);

-- binding: what an account's rows lie in, with dates; a whole city, a unit and all below it, or a department
CREATE TABLE account_binding (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  unit_id bigint REFERENCES unit ON DELETE CASCADE,
  department_id bigint REFERENCES department ON DELETE CASCADE,
  valid tstzrange NOT NULL,
  CHECK (num_nonnulls(unit_id, department_id) <= 1)
);
CREATE INDEX account_binding_of ON account_binding (account_id);

-- one-time links: an invitation, a way back in, the demo's open door; only the hash is kept
CREATE TABLE account_link (
  token_hash text PRIMARY KEY,
  account_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
  purpose text NOT NULL CHECK (purpose IN ('invite', 'recover', 'demo')),
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);

-- device and system tokens: hashed, scoped, expiring, revocable
CREATE TABLE access_token (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('device', 'system')),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
  token_hash text NOT NULL UNIQUE,
  permissions text[] NOT NULL,
  created_at timestamptz NOT NULL,
  seen_at timestamptz,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz
);
CREATE INDEX access_token_of ON access_token (account_id);

-- failed logins by address, to slow an address that tries many accounts; forgotten after a day
CREATE TABLE login_failure (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  address text NOT NULL,
  username_hash text NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX login_failure_by_address ON login_failure (address, at);

DO $$
DECLARE app text := current_setting('geo.app_role');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON account, account_role, account_binding, account_link, '
    'access_token, login_failure TO %I', app);
  EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO %I', app);
END $$;
