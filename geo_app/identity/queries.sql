-- name: add_account(username, name, responder, is_demo, uniquifier, at)$
INSERT INTO account (username, name, responder_id, is_demo, fs_uniquifier, created_at)
VALUES (:username, :name, :responder::bigint, :is_demo, :uniquifier, :at)
ON CONFLICT (lower(username)) DO NOTHING
RETURNING id;

-- name: accounts(account_id, username)
-- All accounts, or one by id or by name, by name.
SELECT a.id, a.username, a.name, a.responder_id AS responder, a.is_demo, a.active AS is_active,
  a.password IS NOT NULL AS has_password, a.tf_primary_method IS NOT NULL AS has_second_factor,
  a.must_change_password, a.locked_until, a.version,
  coalesce((SELECT array_agg(r.role ORDER BY r.role) FROM account_role r WHERE r.account_id = a.id), '{}') AS roles
FROM account a
WHERE (:account_id::bigint IS NULL OR a.id = :account_id::bigint)
  AND (:username::text IS NULL OR lower(a.username) = lower(:username::text))
ORDER BY a.username;

-- name: lock_account(account_id)!
SELECT id FROM account WHERE id = :account_id FOR UPDATE;

-- name: grant_role(account_id, role, by, at)!
INSERT INTO account_role (account_id, role, granted_by, granted_at) VALUES (:account_id, :role, :by, :at)
ON CONFLICT (account_id, role) DO NOTHING;

-- name: revoke_role(account_id, role)!
DELETE FROM account_role WHERE account_id = :account_id AND role = :role;

-- name: bind(account_id, city_id, unit_id, department_id, since, until)$
INSERT INTO account_binding (account_id, city_id, unit_id, department_id, valid)
VALUES (:account_id, :city_id, :unit_id::bigint, :department_id::bigint,
  tstzrange(:since::timestamptz, :until::timestamptz))
RETURNING id;

-- name: unbind(binding_id, at)!
-- Ends a binding now; one that has not begun is gone.
UPDATE account_binding
SET valid = CASE WHEN lower(valid) >= :at::timestamptz THEN 'empty'::tstzrange ELSE tstzrange(lower(valid), :at) END
WHERE id = :binding_id AND (upper(valid) IS NULL OR upper(valid) > :at::timestamptz);

-- name: bound(account_id, city_id, of_place, unit_id, department_id)
-- Bindings with their names: of one account, or of one place of a city (city, unit or department).
SELECT b.id, b.account_id AS account, a.username, a.name AS account_name, b.city_id AS city, c.code AS city_code,
  b.unit_id AS unit, b.department_id AS department,
  coalesce(u.level, CASE WHEN d.id IS NULL THEN 'city' ELSE 'department' END) AS kind,
  coalesce(u.name, d.name, c.name) AS place,
  CASE WHEN u.id IS NULL THEN coalesce(d.name_en, c.name_en) END AS place_en,
  lower(b.valid) AS since, upper(b.valid) AS until
FROM account_binding b
JOIN account a ON a.id = b.account_id
JOIN city c ON c.id = b.city_id
LEFT JOIN unit u ON u.id = b.unit_id
LEFT JOIN department d ON d.id = b.department_id
WHERE NOT isempty(b.valid)
  AND (:account_id::bigint IS NULL OR b.account_id = :account_id::bigint)
  AND (:city_id::integer IS NULL OR b.city_id = :city_id::integer)
  AND (NOT :of_place::boolean
    OR (b.unit_id IS NOT DISTINCT FROM :unit_id::bigint AND b.department_id IS NOT DISTINCT FROM :department_id::bigint))
ORDER BY upper(b.valid) NULLS LAST, a.username, b.id;

-- name: who_by_session(uniquifier, at)^
-- The account a session belongs to, with its roles and what it is bound to now: units with everything below them,
-- also what lay below once, because its cases stay where they were. A unit is known by its code through all its time.
WITH RECURSIVE below AS (
  SELECT same.id
  FROM account a JOIN account_binding b ON b.account_id = a.id AND b.valid @> :at::timestamptz
  JOIN unit u ON u.id = b.unit_id JOIN unit same ON same.city_id = u.city_id AND same.code = u.code
  WHERE a.fs_uniquifier = :uniquifier
  UNION
  SELECT u.id FROM unit u JOIN below ON u.parent_id = below.id
)
SELECT a.id, a.username, a.responder_id AS responder, a.must_change_password, a.is_demo,
  a.tf_primary_method IS NOT NULL AS has_second_factor, a.password IS NOT NULL AS has_password, a.password_at,
  coalesce((SELECT array_agg(r.role) FROM account_role r WHERE r.account_id = a.id), '{}') AS roles,
  coalesce((SELECT array_agg(b.city_id) FROM account_binding b WHERE b.account_id = a.id
    AND b.valid @> :at::timestamptz AND b.unit_id IS NULL AND b.department_id IS NULL), '{}') AS cities,
  array(SELECT id FROM below ORDER BY id) AS units,
  coalesce((SELECT array_agg(b.department_id) FROM account_binding b WHERE b.account_id = a.id
    AND b.valid @> :at::timestamptz AND b.department_id IS NOT NULL), '{}') AS departments
FROM account a WHERE a.fs_uniquifier = :uniquifier AND a.active;

-- name: who_by_token(token_hash, at)^
-- The account a token belongs to while it lives, with what the token may do; when it was seen is noted by the minute.
WITH found AS (
  SELECT a.fs_uniquifier, t.id, t.kind, t.permissions, t.expires_at, t.seen_at
  FROM access_token t JOIN account a ON a.id = t.account_id AND a.active
  WHERE t.token_hash = :token_hash AND t.revoked_at IS NULL AND t.expires_at > :at
), seen AS (
  UPDATE access_token t SET seen_at = :at FROM found
  WHERE t.id = found.id AND (found.seen_at IS NULL OR found.seen_at < :at::timestamptz - interval '1 minute')
)
SELECT fs_uniquifier, id, kind, permissions, expires_at FROM found;

-- name: add_link(token_hash, account_id, purpose, expires_at)!
INSERT INTO account_link (token_hash, account_id, purpose, expires_at)
VALUES (:token_hash, :account_id, :purpose, :expires_at);

-- name: take_link(token_hash, at)^
-- Uses a one-time link up; no row when it is unknown, used or too old.
UPDATE account_link SET used_at = :at
WHERE token_hash = :token_hash AND used_at IS NULL AND expires_at > :at
RETURNING account_id, purpose;

-- name: look_at_link(token_hash, at)^
SELECT account_id, purpose FROM account_link
WHERE token_hash = :token_hash AND used_at IS NULL AND expires_at > :at;

-- name: password_of(account_id)^
SELECT password, former_passwords, password_at FROM account WHERE id = :account_id;

-- name: set_password(account_id, password, former, uniquifier, must_change, at)!
-- A new password ends every session and every lock.
UPDATE account SET password = :password, former_passwords = :former, password_at = :at, fs_uniquifier = :uniquifier,
  must_change_password = :must_change, failures = 0, locked_until = NULL, version = version + 1
WHERE id = :account_id;

-- name: demand_password(account_id)!
UPDATE account SET must_change_password = true, version = version + 1 WHERE id = :account_id AND password IS NOT NULL;

-- name: end_sessions(account_id, uniquifier)!
UPDATE account SET fs_uniquifier = :uniquifier, version = version + 1 WHERE id = :account_id;

-- name: set_active(account_id, active, uniquifier)!
UPDATE account SET active = :active, fs_uniquifier = :uniquifier, version = version + 1 WHERE id = :account_id;

-- name: count_failure(username, most, at, until)^
-- Counts a failed login; the one that is too many locks the account, and while it is locked none is counted.
UPDATE account SET
  failures = CASE
    WHEN locked_until > :at::timestamptz THEN failures
    WHEN failures + 1 >= :most THEN 0
    ELSE failures + 1
  END,
  locked_until = CASE
    WHEN locked_until > :at::timestamptz OR failures + 1 < :most THEN locked_until
    ELSE :until::timestamptz
  END
WHERE lower(username) = lower(:username::text)
RETURNING id, locked_until;

-- name: forget_failures(account_id)!
UPDATE account SET failures = 0, locked_until = NULL WHERE id = :account_id AND (failures > 0 OR locked_until IS NOT NULL);

-- name: add_login_failure(address, username_hash, at)!
INSERT INTO login_failure (address, username_hash, at) VALUES (:address, :username_hash, :at);

-- name: accounts_tried(address, since)$
-- Over how many different accounts an address has failed lately.
SELECT count(DISTINCT username_hash) FROM login_failure WHERE address = :address AND at > :since;

-- name: forget_login_failures(before)!
DELETE FROM login_failure WHERE at < :before;

-- name: set_totp_counter(account_id, counter)!
-- A code works once: the counter only ever rises.
UPDATE account SET totp_counter = :counter
WHERE id = :account_id AND (totp_counter IS NULL OR totp_counter < :counter);

-- name: reset_second_factor(account_id)!
UPDATE account SET tf_primary_method = NULL, tf_totp_secret = NULL, totp_counter = NULL, mf_recovery_codes = NULL,
  version = version + 1
WHERE id = :account_id;

-- name: add_token(account_id, kind, name, token_hash, permissions, at, expires_at)$
INSERT INTO access_token (account_id, kind, name, token_hash, permissions, created_at, expires_at)
VALUES (:account_id, :kind, :name, :token_hash, :permissions, :at, :expires_at)
RETURNING id;

-- name: tokens(account_id)
SELECT id, account_id AS account, kind, name, permissions, expires_at, revoked_at, seen_at
FROM access_token WHERE account_id = :account_id ORDER BY id;

-- name: device(token_hash, account_id, at)$
-- The id of a bound device by its secret, while it is bound to this account.
SELECT id FROM access_token
WHERE token_hash = :token_hash AND account_id = :account_id AND kind = 'device' AND permissions = '{}'
  AND revoked_at IS NULL AND expires_at > :at;

-- name: see_device(token_id, account_id, at)!
-- Notes that a bound device is used; nothing when it is not bound any more.
UPDATE access_token SET seen_at = :at
WHERE id = :token_id AND account_id = :account_id AND kind = 'device' AND permissions = '{}'
  AND revoked_at IS NULL AND expires_at > :at;

-- name: revoke_token(token_id, account_id, at)!
UPDATE access_token SET revoked_at = :at WHERE id = :token_id AND account_id = :account_id AND revoked_at IS NULL;

-- name: count_login_failures(before)$
SELECT count(*) FROM login_failure WHERE at < :before;
