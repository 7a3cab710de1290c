-- A model has an identity that no other one has, whichever file it is found in: its row number alone may mean
-- another model once a backup was brought back. The table is built anew, with the rules and indexes it had.
PRAGMA legacy_alter_table = ON;
CREATE TABLE model_new (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL DEFAULT (lower(hex(randomblob(16)))),
  provider_id INTEGER NOT NULL REFERENCES provider (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
  model_id TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT,
  version TEXT,
  architecture TEXT,
  max_input_tokens INTEGER,
  max_output_tokens INTEGER,
  supports_streaming INTEGER,
  supports_reasoning INTEGER,
  source TEXT NOT NULL,
  source_date TEXT,
  user_fields TEXT NOT NULL DEFAULT '',
  verification_state TEXT NOT NULL DEFAULT 'unverified',
  consecutive_failures INTEGER NOT NULL DEFAULT 0,
  score REAL,
  last_verified_at TEXT,
  row_version INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (provider_id, model_id),
  UNIQUE (id, provider_id),
  CONSTRAINT "model.uuid.hex_32" CHECK (length(CAST(uuid AS BLOB)) = 32 AND uuid NOT GLOB '*[^0-9a-f]*'),
  CONSTRAINT "model.model_id.text_256" CHECK (length(trim(model_id)) > 0 AND length(model_id) <= 256 AND instr(model_id, char(0)) = 0 AND model_id NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*'),
  CONSTRAINT "model.name.text_256" CHECK (length(trim(name)) > 0 AND length(name) <= 256 AND instr(name, char(0)) = 0 AND name NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*'),
  CONSTRAINT "model.description.lines_4000" CHECK (description IS NULL OR (length(trim(description, char(10, 32))) > 0 AND length(description) <= 4000 AND instr(description, char(0)) = 0 AND description NOT GLOB '*[' || char(1) || '-' || char(9) || char(11) || '-' || char(31) || char(127) || '-' || char(159) || ']*')),
  CONSTRAINT "model.version.text_128" CHECK (version IS NULL OR (length(trim(version)) > 0 AND length(version) <= 128 AND instr(version, char(0)) = 0 AND version NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*')),
  CONSTRAINT "model.architecture.text_128" CHECK (architecture IS NULL OR (length(trim(architecture)) > 0 AND length(architecture) <= 128 AND instr(architecture, char(0)) = 0 AND architecture NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*')),
  CONSTRAINT "model.max_input_tokens.count" CHECK (max_input_tokens BETWEEN 1 AND 9007199254740992),
  CONSTRAINT "model.max_output_tokens.count" CHECK (max_output_tokens BETWEEN 1 AND 9007199254740992),
  CONSTRAINT "model.supports_streaming.flag" CHECK (supports_streaming BETWEEN 0 AND 1),
  CONSTRAINT "model.supports_reasoning.flag" CHECK (supports_reasoning BETWEEN 0 AND 1),
  CONSTRAINT "model.source.choice" CHECK (source = 'user' OR source = 'provider' OR source = 'catalogue'),
  CONSTRAINT "model.source_date.date" CHECK (source_date GLOB '[0-9]*' AND date(source_date, '+0 days') IS source_date),
  CONSTRAINT "model.user_fields.names" CHECK (length(user_fields) <= 512 AND instr(user_fields, char(0)) = 0 AND user_fields NOT GLOB '*[^a-z_ ]*'),
  CONSTRAINT "model.verification_state.choice" CHECK (verification_state = 'unverified' OR verification_state = 'verified'),
  CONSTRAINT "model.consecutive_failures.tally" CHECK (consecutive_failures BETWEEN 0 AND 9007199254740992),
  CONSTRAINT "model.score.fraction" CHECK (score BETWEEN 0 AND 1),
  CONSTRAINT "model.last_verified_at.utc" CHECK (last_verified_at GLOB '[0-9]*' AND strftime('%Y-%m-%dT%H:%M:%fZ', last_verified_at, '+0 days') IS last_verified_at),
  CONSTRAINT "model.row_version.tally" CHECK (row_version >= 1),
  CONSTRAINT "model.created_at.utc" CHECK (created_at GLOB '[0-9]*' AND strftime('%Y-%m-%dT%H:%M:%fZ', created_at, '+0 days') IS created_at),
  CONSTRAINT "model.updated_at.utc" CHECK (updated_at GLOB '[0-9]*' AND strftime('%Y-%m-%dT%H:%M:%fZ', updated_at, '+0 days') IS updated_at),
  CONSTRAINT "model.updated_at.order" CHECK (updated_at >= created_at)
) STRICT;
INSERT INTO model_new (
  id, provider_id, model_id, name, description, version, architecture, max_input_tokens,
  max_output_tokens, supports_streaming, supports_reasoning, source, source_date, user_fields,
  verification_state, consecutive_failures, score, last_verified_at, row_version, created_at,
  updated_at
) SELECT
  id, provider_id, model_id, name, description, version, architecture, max_input_tokens,
  max_output_tokens, supports_streaming, supports_reasoning, source, source_date, user_fields,
  verification_state, consecutive_failures, score, last_verified_at, row_version, created_at,
  updated_at
FROM model ORDER BY id;
-- Row numbers go on where they were, also those of models that are gone.
INSERT INTO sqlite_sequence (name, seq) SELECT 'model_new', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'model_new');
UPDATE sqlite_sequence SET seq = max(seq, ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'model'), 0)) WHERE name = 'model_new';
DROP TABLE model;
ALTER TABLE model_new RENAME TO model;
PRAGMA legacy_alter_table = OFF;

CREATE INDEX model_by_name ON model (name COLLATE NOCASE, id);
CREATE INDEX model_listing ON model (
  provider_id, model_id COLLATE NOCASE, id, name, max_input_tokens, max_output_tokens, verification_state,
  consecutive_failures, score, last_verified_at, supports_streaming, supports_reasoning, source, source_date
);
CREATE INDEX model_by_model_id ON model (model_id COLLATE NOCASE);
CREATE INDEX model_by_input_limit ON model (max_input_tokens);
CREATE INDEX model_by_output_limit ON model (max_output_tokens);
CREATE INDEX model_by_state ON model (verification_state COLLATE NOCASE);
CREATE INDEX model_by_score ON model (score);
CREATE INDEX model_by_last_pass ON model (last_verified_at);
CREATE TRIGGER model_needs_provider BEFORE INSERT ON model
WHEN NOT EXISTS (SELECT 1 FROM provider WHERE id = NEW.provider_id)
BEGIN SELECT RAISE(ABORT, 'model_needs_provider: There is no such provider for this model.'); END;
CREATE TRIGGER model_has_results BEFORE DELETE ON model
WHEN EXISTS (SELECT 1 FROM verification_result WHERE model_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'model_has_results: The model still has verification results, so it stays.'); END;
CREATE TRIGGER model_has_prices BEFORE DELETE ON model
WHEN EXISTS (SELECT 1 FROM model_pricing WHERE model_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'model_has_prices: The model still has prices; delete those first.'); END;
CREATE TRIGGER model_replaced_insert BEFORE INSERT ON model
WHEN EXISTS (SELECT 1 FROM model WHERE id = NEW.id OR (provider_id = NEW.provider_id AND model_id = NEW.model_id))
BEGIN SELECT RAISE(ABORT, 'model_replaced_insert: The provider has this model already.'); END;
CREATE TRIGGER model_replaced_update BEFORE UPDATE OF model_id ON model
WHEN EXISTS (SELECT 1 FROM model WHERE provider_id = NEW.provider_id AND model_id = NEW.model_id AND id <> OLD.id)
BEGIN SELECT RAISE(ABORT, 'model_replaced_update: The provider has this model already.'); END;
CREATE TRIGGER model_version BEFORE UPDATE ON model
WHEN NEW.row_version IS NOT OLD.row_version + 1
BEGIN SELECT RAISE(ABORT, 'model_version: Another session changed this meanwhile; load it again.'); END;
CREATE TRIGGER model_fixed BEFORE UPDATE ON model
WHEN NEW.id IS NOT OLD.id OR NEW.uuid IS NOT OLD.uuid OR NEW.provider_id IS NOT OLD.provider_id OR NEW.created_at IS NOT OLD.created_at
BEGIN SELECT RAISE(ABORT, 'model_fixed: The identity, provider and creation time of a model are fixed.'); END;
CREATE TRIGGER model_time BEFORE UPDATE ON model
WHEN NEW.updated_at < OLD.updated_at
BEGIN SELECT RAISE(ABORT, 'model_time: The time of a change must not lie before the last one.'); END;
CREATE TRIGGER model_starts_unverified BEFORE INSERT ON model
WHEN NEW.verification_state <> 'unverified'
BEGIN SELECT RAISE(ABORT, 'model_starts_unverified: A new model starts unverified.'); END;
CREATE TRIGGER model_verified_by_result BEFORE UPDATE ON model
WHEN NEW.verification_state = 'verified' AND OLD.verification_state <> 'verified'
  AND NOT EXISTS (SELECT 1 FROM verification_result
    WHERE model_id = OLD.id AND status = 'pass' AND test_type NOT IN ('tools', 'json', 'benchmark'))
BEGIN SELECT RAISE(ABORT, 'model_verified_by_result: No verification of this model has passed.'); END;
CREATE TRIGGER model_verified_not_failing BEFORE UPDATE ON model
WHEN NEW.verification_state = 'verified' AND OLD.verification_state <> 'verified'
  AND EXISTS (SELECT 1 FROM (
      SELECT created_at, outcome IS 'missing' AS missing, row_number() OVER (ORDER BY id) AS place,
        first_value(created_at) OVER (ORDER BY id) AS since,
        first_value(created_at) OVER (PARTITION BY outcome IS 'missing' ORDER BY id) AS alike_since
      FROM verification_result
      WHERE model_id = OLD.id AND status = 'fail' AND test_type NOT IN ('tools', 'json', 'benchmark')
        AND id > (SELECT max(id) FROM verification_result
          WHERE model_id = OLD.id AND status = 'pass' AND test_type NOT IN ('tools', 'json', 'benchmark')))
    WHERE (place >= 3 AND created_at >= strftime('%Y-%m-%dT%H:%M:%fZ', since, '+15 minutes'))
      OR (missing AND created_at >= strftime('%Y-%m-%dT%H:%M:%fZ', alike_since, '+10 minutes')))
BEGIN SELECT RAISE(ABORT, 'model_verified_not_failing: This model has failed repeatedly since it last passed.'); END;
CREATE TRIGGER model_has_observed_limits BEFORE DELETE ON model
WHEN EXISTS (SELECT 1 FROM observed_limit WHERE model_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'model_has_observed_limits: The model still has observed limits; delete those first.'); END;
CREATE TRIGGER model_has_observation BEFORE DELETE ON model
WHEN EXISTS (SELECT 1 FROM model_observation WHERE model_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'model_has_observation: The model still has an observation; delete that first.'); END;

-- Which file this is and how many saves it has had, so that a session notices another file in its place.
INSERT INTO meta (key, value) SELECT 'edition', lower(hex(randomblob(16))) || '.0.' || lower(hex(randomblob(2)))
  WHERE NOT EXISTS (SELECT 1 FROM meta WHERE key = 'edition');
