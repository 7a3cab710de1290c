-- What a run set out to do, so that an interrupted one can be resumed, and which process it belongs to.
ALTER TABLE verification_run ADD COLUMN plan TEXT CONSTRAINT "verification_run.plan.document" CHECK (plan IS NULL OR (plan GLOB '{*}' AND instr(plan, char(0)) = 0 AND length(CAST(plan AS BLOB)) <= 4194304));
ALTER TABLE verification_run ADD COLUMN owner TEXT CONSTRAINT "verification_run.owner.text_128" CHECK (owner IS NULL OR (length(trim(owner)) > 0 AND length(owner) <= 128 AND instr(owner, char(0)) = 0 AND owner NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*'));

-- Whether an endpoint refuses a wrong key; only where it does, an accepted key is a proven one.
CREATE TABLE key_control (
  endpoint TEXT NOT NULL PRIMARY KEY,
  proof TEXT NOT NULL,
  refuses_wrong INTEGER NOT NULL,
  checked_at TEXT NOT NULL,
  CONSTRAINT "key_control.endpoint.base_url" CHECK ((endpoint GLOB 'https://[A-Za-z0-9[]*' OR endpoint GLOB 'http://[A-Za-z0-9[]*') AND length(endpoint) <= 2048 AND instr(endpoint, char(0)) = 0 AND endpoint NOT GLOB '*[^!-~]*' AND endpoint NOT GLOB '*[<>"{}|^`\@?#]*'),
  CONSTRAINT "key_control.proof.text_128" CHECK (length(trim(proof)) > 0 AND length(proof) <= 128 AND instr(proof, char(0)) = 0 AND proof NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*'),
  CONSTRAINT "key_control.refuses_wrong.flag" CHECK (refuses_wrong BETWEEN 0 AND 1),
  CONSTRAINT "key_control.checked_at.utc" CHECK (checked_at GLOB '[0-9]*' AND strftime('%Y-%m-%dT%H:%M:%fZ', checked_at, '+0 days') IS checked_at)
) STRICT;

-- The latest word of a provider on each of its limits; NULL is unknown, no model means all of the key.
CREATE TABLE observed_limit (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  provider_id INTEGER NOT NULL REFERENCES provider (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
  model_id INTEGER,
  metric TEXT NOT NULL,
  "window" TEXT NOT NULL,
  limit_value INTEGER,
  remaining INTEGER,
  reset_at TEXT,
  header TEXT NOT NULL,
  observed_at TEXT NOT NULL,
  FOREIGN KEY (model_id, provider_id) REFERENCES model (id, provider_id) ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "observed_limit.metric.choice" CHECK (metric = 'requests' OR metric = 'tokens' OR metric = 'input_tokens' OR metric = 'output_tokens'),
  CONSTRAINT "observed_limit.window.choice" CHECK ("window" = 'second' OR "window" = 'minute' OR "window" = 'hour' OR "window" = 'day'),
  CONSTRAINT "observed_limit.limit_value.tally" CHECK (limit_value BETWEEN 0 AND 9007199254740992),
  CONSTRAINT "observed_limit.remaining.tally" CHECK (remaining BETWEEN 0 AND 9007199254740992),
  CONSTRAINT "observed_limit.reset_at.utc" CHECK (reset_at GLOB '[0-9]*' AND strftime('%Y-%m-%dT%H:%M:%fZ', reset_at, '+0 days') IS reset_at),
  CONSTRAINT "observed_limit.header.text_256" CHECK (length(trim(header)) > 0 AND length(header) <= 256 AND instr(header, char(0)) = 0 AND header NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*'),
  CONSTRAINT "observed_limit.observed_at.utc" CHECK (observed_at GLOB '[0-9]*' AND strftime('%Y-%m-%dT%H:%M:%fZ', observed_at, '+0 days') IS observed_at)
) STRICT;

-- What was seen of a model: on the provider's list, in its answers, and how it must be asked.
CREATE TABLE model_observation (
  model_id INTEGER NOT NULL PRIMARY KEY REFERENCES model (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
  listed_at TEXT,
  unlisted_at TEXT,
  served_at TEXT,
  mode TEXT,
  supports_tools INTEGER,
  supports_json INTEGER,
  quirks TEXT,
  quirks_at TEXT,
  last_updated TEXT NOT NULL,
  CONSTRAINT "model_observation.listed_at.utc" CHECK (listed_at GLOB '[0-9]*' AND strftime('%Y-%m-%dT%H:%M:%fZ', listed_at, '+0 days') IS listed_at),
  CONSTRAINT "model_observation.unlisted_at.utc" CHECK (unlisted_at GLOB '[0-9]*' AND strftime('%Y-%m-%dT%H:%M:%fZ', unlisted_at, '+0 days') IS unlisted_at),
  CONSTRAINT "model_observation.served_at.utc" CHECK (served_at GLOB '[0-9]*' AND strftime('%Y-%m-%dT%H:%M:%fZ', served_at, '+0 days') IS served_at),
  CONSTRAINT "model_observation.mode.text_64" CHECK (mode IS NULL OR (length(trim(mode)) > 0 AND length(mode) <= 64 AND instr(mode, char(0)) = 0 AND mode NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*')),
  CONSTRAINT "model_observation.supports_tools.flag" CHECK (supports_tools BETWEEN 0 AND 1),
  CONSTRAINT "model_observation.supports_json.flag" CHECK (supports_json BETWEEN 0 AND 1),
  CONSTRAINT "model_observation.quirks.json" CHECK (quirks IS NULL OR (quirks GLOB '{*}' AND instr(quirks, char(0)) = 0 AND length(CAST(quirks AS BLOB)) <= 8192)),
  CONSTRAINT "model_observation.quirks_at.utc" CHECK (quirks_at GLOB '[0-9]*' AND strftime('%Y-%m-%dT%H:%M:%fZ', quirks_at, '+0 days') IS quirks_at),
  CONSTRAINT "model_observation.quirks_at.dated" CHECK ((quirks IS NULL) = (quirks_at IS NULL)),
  CONSTRAINT "model_observation.last_updated.utc" CHECK (last_updated GLOB '[0-9]*' AND strftime('%Y-%m-%dT%H:%M:%fZ', last_updated, '+0 days') IS last_updated)
) STRICT;

CREATE UNIQUE INDEX observed_limit_each ON observed_limit (provider_id, ifnull(model_id, 0), metric, "window");
CREATE INDEX observed_limit_by_model ON observed_limit (model_id);

-- References, also for a connection that has foreign keys switched off.
CREATE TRIGGER observed_limit_needs_provider BEFORE INSERT ON observed_limit
WHEN NOT EXISTS (SELECT 1 FROM provider WHERE id = NEW.provider_id)
BEGIN SELECT RAISE(ABORT, 'observed_limit_needs_provider: There is no such provider for this limit.'); END;
CREATE TRIGGER observed_limit_needs_model BEFORE INSERT ON observed_limit
WHEN NEW.model_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM model WHERE id = NEW.model_id AND provider_id = NEW.provider_id)
BEGIN SELECT RAISE(ABORT, 'observed_limit_needs_model: This provider has no such model for this limit.'); END;
CREATE TRIGGER observation_needs_model BEFORE INSERT ON model_observation
WHEN NOT EXISTS (SELECT 1 FROM model WHERE id = NEW.model_id)
BEGIN SELECT RAISE(ABORT, 'observation_needs_model: There is no such model for this observation.'); END;
CREATE TRIGGER provider_has_observed_limits BEFORE DELETE ON provider
WHEN EXISTS (SELECT 1 FROM observed_limit WHERE provider_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'provider_has_observed_limits: The provider still has observed limits; delete those first.'); END;
CREATE TRIGGER model_has_observed_limits BEFORE DELETE ON model
WHEN EXISTS (SELECT 1 FROM observed_limit WHERE model_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'model_has_observed_limits: The model still has observed limits; delete those first.'); END;
CREATE TRIGGER model_has_observation BEFORE DELETE ON model
WHEN EXISTS (SELECT 1 FROM model_observation WHERE model_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'model_has_observation: The model still has an observation; delete that first.'); END;

-- Nothing may be replaced.
CREATE TRIGGER key_control_replaced_insert BEFORE INSERT ON key_control
WHEN EXISTS (SELECT 1 FROM key_control WHERE endpoint = NEW.endpoint)
BEGIN SELECT RAISE(ABORT, 'key_control_replaced_insert: This endpoint was controlled already.'); END;
CREATE TRIGGER observed_limit_replaced_insert BEFORE INSERT ON observed_limit
WHEN EXISTS (SELECT 1 FROM observed_limit WHERE id = NEW.id
    OR (provider_id = NEW.provider_id AND ifnull(model_id, 0) = ifnull(NEW.model_id, 0) AND metric = NEW.metric AND "window" = NEW."window"))
BEGIN SELECT RAISE(ABORT, 'observed_limit_replaced_insert: This limit was observed already.'); END;
CREATE TRIGGER model_observation_replaced_insert BEFORE INSERT ON model_observation
WHEN EXISTS (SELECT 1 FROM model_observation WHERE model_id = NEW.model_id)
BEGIN SELECT RAISE(ABORT, 'model_observation_replaced_insert: This model was observed already.'); END;

-- What a record is, and whose, never changes; a run that was finished stays finished.
CREATE TRIGGER key_control_fixed BEFORE UPDATE ON key_control
WHEN NEW.endpoint IS NOT OLD.endpoint
BEGIN SELECT RAISE(ABORT, 'key_control_fixed: A control stays with its endpoint.'); END;
CREATE TRIGGER observed_limit_fixed BEFORE UPDATE ON observed_limit
WHEN NEW.id IS NOT OLD.id OR NEW.provider_id IS NOT OLD.provider_id OR NEW.model_id IS NOT OLD.model_id OR NEW.metric IS NOT OLD.metric OR NEW."window" IS NOT OLD."window"
BEGIN SELECT RAISE(ABORT, 'observed_limit_fixed: What a limit limits is fixed.'); END;
CREATE TRIGGER model_observation_fixed BEFORE UPDATE ON model_observation
WHEN NEW.model_id IS NOT OLD.model_id
BEGIN SELECT RAISE(ABORT, 'model_observation_fixed: An observation stays with its model.'); END;
CREATE TRIGGER verification_run_plan_fixed BEFORE UPDATE ON verification_run
WHEN NEW.plan IS NOT OLD.plan
BEGIN SELECT RAISE(ABORT, 'verification_run_plan_fixed: What a run set out to do is fixed.'); END;
CREATE TRIGGER verification_run_done_stays BEFORE UPDATE ON verification_run
WHEN OLD.state = 'done' AND NEW.state <> 'done'
BEGIN SELECT RAISE(ABORT, 'verification_run_done_stays: A finished run stays finished.'); END;

-- Times never go back, whatever the clock does.
CREATE TRIGGER key_control_time BEFORE UPDATE ON key_control
WHEN NEW.checked_at < OLD.checked_at
BEGIN SELECT RAISE(ABORT, 'key_control_time: The time of a control must not lie before the last one.'); END;
CREATE TRIGGER observed_limit_time BEFORE UPDATE ON observed_limit
WHEN NEW.observed_at < OLD.observed_at
BEGIN SELECT RAISE(ABORT, 'observed_limit_time: The time of an observation must not lie before the last one.'); END;
CREATE TRIGGER model_observation_time BEFORE UPDATE ON model_observation
WHEN NEW.last_updated < OLD.last_updated OR NEW.listed_at < OLD.listed_at OR NEW.served_at < OLD.served_at
BEGIN SELECT RAISE(ABORT, 'model_observation_time: The time of an observation must not lie before the last one.'); END;
