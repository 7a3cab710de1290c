-- What the file knows of itself: the vault key its records are sealed with, the data it was seeded from.
CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL,
  CONSTRAINT "meta.key.word" CHECK (length(key) BETWEEN 1 AND 64 AND instr(key, char(0)) = 0 AND key NOT GLOB '*[^a-z_]*'),
  CONSTRAINT "meta.value.text_256" CHECK (length(trim(value)) > 0 AND length(value) <= 256 AND instr(value, char(0)) = 0 AND value NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*')
) STRICT;

-- The providers a person may choose from, and how each is spoken to; an endpoint here may hold {placeholders}.
CREATE TABLE known_provider (
  name TEXT NOT NULL PRIMARY KEY COLLATE NOCASE,
  endpoint TEXT NOT NULL,
  website TEXT,
  docs TEXT,
  console_url TEXT,
  env_vars TEXT,
  dialect TEXT NOT NULL,
  auth TEXT NOT NULL,
  key_proof TEXT,
  limit_headers TEXT,
  local_token TEXT,
  source TEXT NOT NULL,
  CONSTRAINT "known_provider.name.text_64" CHECK (length(trim(name)) > 0 AND length(name) <= 64 AND instr(name, char(0)) = 0 AND name NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*'),
  CONSTRAINT "known_provider.endpoint.template" CHECK ((endpoint GLOB 'https://[A-Za-z0-9[{]*' OR endpoint GLOB 'http://[A-Za-z0-9[{]*') AND length(endpoint) <= 2048 AND instr(endpoint, char(0)) = 0 AND endpoint NOT GLOB '*[^!-~]*' AND endpoint NOT GLOB '*[<>"|^`\@?#]*'),
  CONSTRAINT "known_provider.website.url" CHECK (website IS NULL OR ((website GLOB 'https://[A-Za-z0-9[]*' OR website GLOB 'http://[A-Za-z0-9[]*') AND length(website) <= 2048 AND instr(website, char(0)) = 0 AND website NOT GLOB '*[^!-~]*' AND website NOT GLOB '*[<>"{}|^`\@]*')),
  CONSTRAINT "known_provider.docs.url" CHECK (docs IS NULL OR ((docs GLOB 'https://[A-Za-z0-9[]*' OR docs GLOB 'http://[A-Za-z0-9[]*') AND length(docs) <= 2048 AND instr(docs, char(0)) = 0 AND docs NOT GLOB '*[^!-~]*' AND docs NOT GLOB '*[<>"{}|^`\@]*')),
  CONSTRAINT "known_provider.console_url.url" CHECK (console_url IS NULL OR ((console_url GLOB 'https://[A-Za-z0-9[]*' OR console_url GLOB 'http://[A-Za-z0-9[]*') AND length(console_url) <= 2048 AND instr(console_url, char(0)) = 0 AND console_url NOT GLOB '*[^!-~]*' AND console_url NOT GLOB '*[<>"{}|^`\@]*')),
  CONSTRAINT "known_provider.env_vars.names" CHECK (env_vars IS NULL OR (length(env_vars) BETWEEN 1 AND 512 AND instr(env_vars, char(0)) = 0 AND env_vars NOT GLOB '*[^A-Za-z0-9_ ]*')),
  CONSTRAINT "known_provider.dialect.choice" CHECK (dialect = 'openai' OR dialect = 'anthropic' OR dialect = 'gemini' OR dialect = 'cohere'),
  CONSTRAINT "known_provider.auth.choice" CHECK (auth = 'bearer' OR auth = 'x-api-key' OR auth = 'x-goog-api-key' OR auth = 'api-key' OR auth = 'api-key-scheme'),
  CONSTRAINT "known_provider.key_proof.text_128" CHECK (key_proof IS NULL OR (length(trim(key_proof)) > 0 AND length(key_proof) <= 128 AND instr(key_proof, char(0)) = 0 AND key_proof NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*')),
  CONSTRAINT "known_provider.limit_headers.text_64" CHECK (limit_headers IS NULL OR (length(trim(limit_headers)) > 0 AND length(limit_headers) <= 64 AND instr(limit_headers, char(0)) = 0 AND limit_headers NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*')),
  CONSTRAINT "known_provider.local_token.token" CHECK (local_token IS NULL OR (length(local_token) BETWEEN 1 AND 64 AND instr(local_token, char(0)) = 0 AND local_token NOT GLOB '*[^!-~]*')),
  CONSTRAINT "known_provider.source.choice" CHECK (source = 'package' OR source = 'user')
) STRICT;

-- The providers a person uses; the key is kept sealed or not at all, and only a validated key makes one active.
CREATE TABLE provider (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL COLLATE NOCASE UNIQUE REFERENCES known_provider (name) ON DELETE RESTRICT ON UPDATE RESTRICT,
  endpoint TEXT NOT NULL,
  api_key_encrypted TEXT,
  key_fingerprint TEXT,
  key_validated_at TEXT,
  description TEXT,
  website TEXT,
  is_active INTEGER NOT NULL DEFAULT 0,
  state_reason TEXT,
  state_changed_at TEXT,
  row_version INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  CONSTRAINT "provider.uuid.hex_32" CHECK (length(CAST(uuid AS BLOB)) = 32 AND uuid NOT GLOB '*[^0-9a-f]*'),
  CONSTRAINT "provider.endpoint.base_url" CHECK ((endpoint GLOB 'https://[A-Za-z0-9[]*' OR endpoint GLOB 'http://[A-Za-z0-9[]*') AND length(endpoint) <= 2048 AND instr(endpoint, char(0)) = 0 AND endpoint NOT GLOB '*[^!-~]*' AND endpoint NOT GLOB '*[<>"{}|^`\@?#]*'),
  CONSTRAINT "provider.api_key_encrypted.sealed" CHECK (api_key_encrypted IS NULL OR (api_key_encrypted GLOB 'trv1.?*' AND length(api_key_encrypted) <= 16389 AND instr(api_key_encrypted, char(0)) = 0 AND substr(api_key_encrypted, 6) NOT GLOB '*[^A-Za-z0-9_-]*')),
  CONSTRAINT "provider.key_fingerprint.hex_16" CHECK (key_fingerprint IS NULL OR (length(CAST(key_fingerprint AS BLOB)) = 16 AND key_fingerprint NOT GLOB '*[^0-9a-f]*')),
  CONSTRAINT "provider.key_validated_at.utc" CHECK (key_validated_at GLOB '[0-9]*' AND strftime('%Y-%m-%dT%H:%M:%fZ', key_validated_at, '+0 days') IS key_validated_at),
  CONSTRAINT "provider.key_validated_at.needs_key" CHECK (key_validated_at IS NULL OR api_key_encrypted IS NOT NULL),
  CONSTRAINT "provider.key_fingerprint.paired" CHECK ((key_fingerprint IS NULL) = (api_key_encrypted IS NULL)),
  CONSTRAINT "provider.description.lines_4000" CHECK (description IS NULL OR (length(trim(description, char(10, 32))) > 0 AND length(description) <= 4000 AND instr(description, char(0)) = 0 AND description NOT GLOB '*[' || char(1) || '-' || char(9) || char(11) || '-' || char(31) || char(127) || '-' || char(159) || ']*')),
  CONSTRAINT "provider.website.url" CHECK (website IS NULL OR ((website GLOB 'https://[A-Za-z0-9[]*' OR website GLOB 'http://[A-Za-z0-9[]*') AND length(website) <= 2048 AND instr(website, char(0)) = 0 AND website NOT GLOB '*[^!-~]*' AND website NOT GLOB '*[<>"{}|^`\@]*')),
  CONSTRAINT "provider.is_active.flag" CHECK (is_active BETWEEN 0 AND 1),
  CONSTRAINT "provider.is_active.needs_valid_key" CHECK (is_active = 0 OR (api_key_encrypted IS NOT NULL AND key_validated_at IS NOT NULL)),
  CONSTRAINT "provider.state_reason.text_256" CHECK (state_reason IS NULL OR (length(trim(state_reason)) > 0 AND length(state_reason) <= 256 AND instr(state_reason, char(0)) = 0 AND state_reason NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*')),
  CONSTRAINT "provider.state_changed_at.utc" CHECK (state_changed_at GLOB '[0-9]*' AND strftime('%Y-%m-%dT%H:%M:%fZ', state_changed_at, '+0 days') IS state_changed_at),
  CONSTRAINT "provider.row_version.tally" CHECK (row_version >= 1),
  CONSTRAINT "provider.created_at.utc" CHECK (created_at GLOB '[0-9]*' AND strftime('%Y-%m-%dT%H:%M:%fZ', created_at, '+0 days') IS created_at),
  CONSTRAINT "provider.updated_at.utc" CHECK (updated_at GLOB '[0-9]*' AND strftime('%Y-%m-%dT%H:%M:%fZ', updated_at, '+0 days') IS updated_at),
  CONSTRAINT "provider.updated_at.order" CHECK (updated_at >= created_at)
) STRICT;

-- The models each provider offers; NULL is unknown, user_fields names what a refresh must leave alone.
CREATE TABLE model (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
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

-- What a provider asks per token by default, for models without a price of their own.
CREATE TABLE pricing_info (
  provider_id INTEGER NOT NULL PRIMARY KEY REFERENCES provider (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
  input_price_per_token REAL NOT NULL,
  output_price_per_token REAL NOT NULL,
  currency TEXT NOT NULL DEFAULT 'USD',
  source TEXT NOT NULL,
  source_date TEXT,
  row_version INTEGER NOT NULL DEFAULT 1,
  last_updated TEXT NOT NULL,
  CONSTRAINT "pricing_info.input_price_per_token.price" CHECK (input_price_per_token BETWEEN 0 AND 1000),
  CONSTRAINT "pricing_info.output_price_per_token.price" CHECK (output_price_per_token BETWEEN 0 AND 1000),
  CONSTRAINT "pricing_info.currency.currency" CHECK (length(CAST(currency AS BLOB)) = 3 AND currency GLOB '[A-Z][A-Z][A-Z]'),
  CONSTRAINT "pricing_info.source.choice" CHECK (source = 'user' OR source = 'provider' OR source = 'catalogue'),
  CONSTRAINT "pricing_info.source_date.date" CHECK (source_date GLOB '[0-9]*' AND date(source_date, '+0 days') IS source_date),
  CONSTRAINT "pricing_info.row_version.tally" CHECK (row_version >= 1),
  CONSTRAINT "pricing_info.last_updated.utc" CHECK (last_updated GLOB '[0-9]*' AND strftime('%Y-%m-%dT%H:%M:%fZ', last_updated, '+0 days') IS last_updated)
) STRICT;

-- What one model costs per token; no row is unknown, a NULL price does not apply.
CREATE TABLE model_pricing (
  model_id INTEGER NOT NULL PRIMARY KEY REFERENCES model (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
  input_price_per_token REAL,
  output_price_per_token REAL,
  cache_read_price_per_token REAL,
  cache_write_price_per_token REAL,
  currency TEXT NOT NULL DEFAULT 'USD',
  source TEXT NOT NULL,
  source_date TEXT,
  note TEXT,
  row_version INTEGER NOT NULL DEFAULT 1,
  last_updated TEXT NOT NULL,
  CONSTRAINT "model_pricing.input_price_per_token.price" CHECK (input_price_per_token BETWEEN 0 AND 1000),
  CONSTRAINT "model_pricing.output_price_per_token.price" CHECK (output_price_per_token BETWEEN 0 AND 1000),
  CONSTRAINT "model_pricing.cache_read_price_per_token.price" CHECK (cache_read_price_per_token BETWEEN 0 AND 1000),
  CONSTRAINT "model_pricing.cache_write_price_per_token.price" CHECK (cache_write_price_per_token BETWEEN 0 AND 1000),
  CONSTRAINT "model_pricing.input_price_per_token.stated" CHECK (coalesce(input_price_per_token, output_price_per_token, cache_read_price_per_token, cache_write_price_per_token, note) IS NOT NULL),
  CONSTRAINT "model_pricing.currency.currency" CHECK (length(CAST(currency AS BLOB)) = 3 AND currency GLOB '[A-Z][A-Z][A-Z]'),
  CONSTRAINT "model_pricing.source.choice" CHECK (source = 'user' OR source = 'provider' OR source = 'catalogue'),
  CONSTRAINT "model_pricing.source_date.date" CHECK (source_date GLOB '[0-9]*' AND date(source_date, '+0 days') IS source_date),
  CONSTRAINT "model_pricing.note.lines_1000" CHECK (note IS NULL OR (length(trim(note, char(10, 32))) > 0 AND length(note) <= 1000 AND instr(note, char(0)) = 0 AND note NOT GLOB '*[' || char(1) || '-' || char(9) || char(11) || '-' || char(31) || char(127) || '-' || char(159) || ']*')),
  CONSTRAINT "model_pricing.row_version.tally" CHECK (row_version >= 1),
  CONSTRAINT "model_pricing.last_updated.utc" CHECK (last_updated GLOB '[0-9]*' AND strftime('%Y-%m-%dT%H:%M:%fZ', last_updated, '+0 days') IS last_updated)
) STRICT;

-- How much a provider lets one key do; NULL is unknown.
CREATE TABLE limits_info (
  provider_id INTEGER NOT NULL PRIMARY KEY REFERENCES provider (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
  requests_per_minute INTEGER,
  requests_per_hour INTEGER,
  tokens_per_minute INTEGER,
  tokens_per_hour INTEGER,
  source TEXT NOT NULL,
  row_version INTEGER NOT NULL DEFAULT 1,
  last_updated TEXT NOT NULL,
  CONSTRAINT "limits_info.requests_per_minute.count" CHECK (requests_per_minute BETWEEN 1 AND 9007199254740992),
  CONSTRAINT "limits_info.requests_per_hour.count" CHECK (requests_per_hour BETWEEN 1 AND 9007199254740992),
  CONSTRAINT "limits_info.tokens_per_minute.count" CHECK (tokens_per_minute BETWEEN 1 AND 9007199254740992),
  CONSTRAINT "limits_info.tokens_per_hour.count" CHECK (tokens_per_hour BETWEEN 1 AND 9007199254740992),
  CONSTRAINT "limits_info.requests_per_minute.some" CHECK (coalesce(requests_per_minute, requests_per_hour, tokens_per_minute, tokens_per_hour) IS NOT NULL),
  CONSTRAINT "limits_info.source.choice" CHECK (source = 'user' OR source = 'observed' OR source = 'catalogue'),
  CONSTRAINT "limits_info.row_version.tally" CHECK (row_version >= 1),
  CONSTRAINT "limits_info.last_updated.utc" CHECK (last_updated GLOB '[0-9]*' AND strftime('%Y-%m-%dT%H:%M:%fZ', last_updated, '+0 days') IS last_updated)
) STRICT;

-- One go at verifying, with what it may cost, was expected to cost and did cost in USD.
CREATE TABLE verification_run (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  suite TEXT NOT NULL,
  "trigger" TEXT NOT NULL,
  state TEXT NOT NULL,
  budget REAL,
  estimated_cost REAL,
  actual_cost REAL,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  CONSTRAINT "verification_run.suite.text_64" CHECK (length(trim(suite)) > 0 AND length(suite) <= 64 AND instr(suite, char(0)) = 0 AND suite NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*'),
  CONSTRAINT "verification_run.trigger.text_64" CHECK (length(trim("trigger")) > 0 AND length("trigger") <= 64 AND instr("trigger", char(0)) = 0 AND "trigger" NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*'),
  CONSTRAINT "verification_run.state.choice" CHECK (state = 'running' OR state = 'done' OR state = 'cancelled' OR state = 'interrupted'),
  CONSTRAINT "verification_run.budget.amount" CHECK (budget BETWEEN 0 AND 1000000000),
  CONSTRAINT "verification_run.estimated_cost.amount" CHECK (estimated_cost BETWEEN 0 AND 1000000000),
  CONSTRAINT "verification_run.actual_cost.amount" CHECK (actual_cost BETWEEN 0 AND 1000000000),
  CONSTRAINT "verification_run.started_at.utc" CHECK (started_at GLOB '[0-9]*' AND strftime('%Y-%m-%dT%H:%M:%fZ', started_at, '+0 days') IS started_at),
  CONSTRAINT "verification_run.finished_at.utc" CHECK (finished_at GLOB '[0-9]*' AND strftime('%Y-%m-%dT%H:%M:%fZ', finished_at, '+0 days') IS finished_at),
  CONSTRAINT "verification_run.finished_at.ended" CHECK ((finished_at IS NULL) = (state = 'running')),
  CONSTRAINT "verification_run.finished_at.order" CHECK (finished_at >= started_at)
) STRICT;

-- What each probe found, never edited; a probe of a key or of a list has no model.
CREATE TABLE verification_result (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER REFERENCES verification_run (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
  model_id INTEGER,
  provider_id INTEGER NOT NULL REFERENCES provider (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
  test_type TEXT NOT NULL,
  status TEXT NOT NULL,
  outcome TEXT,
  http_status INTEGER,
  latency_ms REAL,
  ttft_ms REAL,
  tokens_per_second REAL,
  input_tokens INTEGER,
  output_tokens INTEGER,
  reasoning_tokens INTEGER,
  cost REAL,
  cost_source TEXT,
  model_served TEXT,
  scores TEXT,
  score REAL,
  evidence TEXT,
  endpoint TEXT,
  key_fingerprint TEXT,
  scoring_version TEXT,
  created_at TEXT NOT NULL,
  FOREIGN KEY (model_id, provider_id) REFERENCES model (id, provider_id) ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "verification_result.test_type.text_64" CHECK (length(trim(test_type)) > 0 AND length(test_type) <= 64 AND instr(test_type, char(0)) = 0 AND test_type NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*'),
  CONSTRAINT "verification_result.status.choice" CHECK (status = 'pass' OR status = 'partial' OR status = 'fail' OR status = 'unsupported' OR status = 'blocked' OR status = 'error' OR status = 'skipped'),
  CONSTRAINT "verification_result.outcome.text_64" CHECK (outcome IS NULL OR (length(trim(outcome)) > 0 AND length(outcome) <= 64 AND instr(outcome, char(0)) = 0 AND outcome NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*')),
  CONSTRAINT "verification_result.http_status.code" CHECK (http_status BETWEEN 100 AND 599),
  CONSTRAINT "verification_result.latency_ms.amount" CHECK (latency_ms BETWEEN 0 AND 1000000000),
  CONSTRAINT "verification_result.ttft_ms.amount" CHECK (ttft_ms BETWEEN 0 AND 1000000000),
  CONSTRAINT "verification_result.tokens_per_second.amount" CHECK (tokens_per_second BETWEEN 0 AND 1000000000),
  CONSTRAINT "verification_result.input_tokens.tally" CHECK (input_tokens BETWEEN 0 AND 9007199254740992),
  CONSTRAINT "verification_result.output_tokens.tally" CHECK (output_tokens BETWEEN 0 AND 9007199254740992),
  CONSTRAINT "verification_result.reasoning_tokens.tally" CHECK (reasoning_tokens BETWEEN 0 AND 9007199254740992),
  CONSTRAINT "verification_result.cost.amount" CHECK (cost BETWEEN 0 AND 1000000000),
  CONSTRAINT "verification_result.cost_source.text_64" CHECK (cost_source IS NULL OR (length(trim(cost_source)) > 0 AND length(cost_source) <= 64 AND instr(cost_source, char(0)) = 0 AND cost_source NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*')),
  CONSTRAINT "verification_result.model_served.text_256" CHECK (model_served IS NULL OR (length(trim(model_served)) > 0 AND length(model_served) <= 256 AND instr(model_served, char(0)) = 0 AND model_served NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*')),
  CONSTRAINT "verification_result.scores.json" CHECK (scores IS NULL OR (scores GLOB '{*}' AND instr(scores, char(0)) = 0 AND length(CAST(scores AS BLOB)) <= 8192)),
  CONSTRAINT "verification_result.score.fraction" CHECK (score BETWEEN 0 AND 1),
  CONSTRAINT "verification_result.evidence.json" CHECK (evidence IS NULL OR (evidence GLOB '{*}' AND instr(evidence, char(0)) = 0 AND length(CAST(evidence AS BLOB)) <= 8192)),
  CONSTRAINT "verification_result.endpoint.text_2048" CHECK (endpoint IS NULL OR (length(trim(endpoint)) > 0 AND length(endpoint) <= 2048 AND instr(endpoint, char(0)) = 0 AND endpoint NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*')),
  CONSTRAINT "verification_result.key_fingerprint.hex_16" CHECK (key_fingerprint IS NULL OR (length(CAST(key_fingerprint AS BLOB)) = 16 AND key_fingerprint NOT GLOB '*[^0-9a-f]*')),
  CONSTRAINT "verification_result.scoring_version.text_64" CHECK (scoring_version IS NULL OR (length(trim(scoring_version)) > 0 AND length(scoring_version) <= 64 AND instr(scoring_version, char(0)) = 0 AND scoring_version NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*')),
  CONSTRAINT "verification_result.created_at.utc" CHECK (created_at GLOB '[0-9]*' AND strftime('%Y-%m-%dT%H:%M:%fZ', created_at, '+0 days') IS created_at)
) STRICT;

-- What the screens and the rules below look up.
CREATE INDEX model_by_name ON model (name COLLATE NOCASE, id);
CREATE INDEX model_listing ON model (provider_id, model_id COLLATE NOCASE, name, score);
CREATE INDEX result_by_time ON verification_result (created_at, id);
CREATE INDEX result_by_provider ON verification_result (provider_id, id);
CREATE INDEX result_by_model ON verification_result (model_id, id);
CREATE INDEX result_by_status ON verification_result (status, id);
CREATE INDEX result_by_run ON verification_result (run_id, id);
CREATE INDEX result_of_key ON verification_result (provider_id, key_fingerprint) WHERE test_type = 'key';

-- Names: provider.name is a known name, spelled as known_provider spells it, and stays so.
CREATE TRIGGER provider_name_known_insert BEFORE INSERT ON provider
WHEN NOT EXISTS (SELECT 1 FROM known_provider WHERE name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'provider_name_known_insert: This is not a known provider; add it as a custom provider first.'); END;
CREATE TRIGGER provider_name_known_update BEFORE UPDATE OF name ON provider
WHEN NOT EXISTS (SELECT 1 FROM known_provider WHERE name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'provider_name_known_update: This is not a known provider; add it as a custom provider first.'); END;
CREATE TRIGGER provider_name_spelling_insert BEFORE INSERT ON provider
WHEN EXISTS (SELECT 1 FROM known_provider WHERE name = NEW.name AND name <> NEW.name COLLATE BINARY)
BEGIN SELECT RAISE(ABORT, 'provider_name_spelling_insert: Write the name exactly as the list of known providers spells it.'); END;
CREATE TRIGGER provider_name_spelling_update BEFORE UPDATE OF name ON provider
WHEN EXISTS (SELECT 1 FROM known_provider WHERE name = NEW.name AND name <> NEW.name COLLATE BINARY)
BEGIN SELECT RAISE(ABORT, 'provider_name_spelling_update: Write the name exactly as the list of known providers spells it.'); END;
CREATE TRIGGER known_provider_in_use_delete BEFORE DELETE ON known_provider
WHEN EXISTS (SELECT 1 FROM provider WHERE name = OLD.name)
BEGIN SELECT RAISE(ABORT, 'known_provider_in_use_delete: A provider uses this known name, so it stays.'); END;
CREATE TRIGGER known_provider_in_use_rename BEFORE UPDATE OF name ON known_provider
WHEN NEW.name IS NOT OLD.name COLLATE BINARY AND EXISTS (SELECT 1 FROM provider WHERE name = OLD.name)
BEGIN SELECT RAISE(ABORT, 'known_provider_in_use_rename: A provider uses this known name, so it stays as it is spelled.'); END;

-- References, also for a connection that has foreign keys switched off.
CREATE TRIGGER model_needs_provider BEFORE INSERT ON model
WHEN NOT EXISTS (SELECT 1 FROM provider WHERE id = NEW.provider_id)
BEGIN SELECT RAISE(ABORT, 'model_needs_provider: There is no such provider for this model.'); END;
CREATE TRIGGER pricing_info_needs_provider BEFORE INSERT ON pricing_info
WHEN NOT EXISTS (SELECT 1 FROM provider WHERE id = NEW.provider_id)
BEGIN SELECT RAISE(ABORT, 'pricing_info_needs_provider: There is no such provider for these prices.'); END;
CREATE TRIGGER limits_info_needs_provider BEFORE INSERT ON limits_info
WHEN NOT EXISTS (SELECT 1 FROM provider WHERE id = NEW.provider_id)
BEGIN SELECT RAISE(ABORT, 'limits_info_needs_provider: There is no such provider for these limits.'); END;
CREATE TRIGGER model_pricing_needs_model BEFORE INSERT ON model_pricing
WHEN NOT EXISTS (SELECT 1 FROM model WHERE id = NEW.model_id)
BEGIN SELECT RAISE(ABORT, 'model_pricing_needs_model: There is no such model for these prices.'); END;
CREATE TRIGGER result_needs_provider BEFORE INSERT ON verification_result
WHEN NOT EXISTS (SELECT 1 FROM provider WHERE id = NEW.provider_id)
BEGIN SELECT RAISE(ABORT, 'result_needs_provider: There is no such provider for this result.'); END;
CREATE TRIGGER result_needs_model BEFORE INSERT ON verification_result
WHEN NEW.model_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM model WHERE id = NEW.model_id AND provider_id = NEW.provider_id)
BEGIN SELECT RAISE(ABORT, 'result_needs_model: This provider has no such model for this result.'); END;
CREATE TRIGGER result_needs_run BEFORE INSERT ON verification_result
WHEN NEW.run_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM verification_run WHERE id = NEW.run_id)
BEGIN SELECT RAISE(ABORT, 'result_needs_run: There is no such run for this result.'); END;
CREATE TRIGGER provider_has_models BEFORE DELETE ON provider
WHEN EXISTS (SELECT 1 FROM model WHERE provider_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'provider_has_models: The provider still has models; deactivate it instead, or purge it with everything it has.'); END;
CREATE TRIGGER provider_has_results BEFORE DELETE ON provider
WHEN EXISTS (SELECT 1 FROM verification_result WHERE provider_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'provider_has_results: The provider still has verification results; deactivate it instead, or purge it with everything it has.'); END;
CREATE TRIGGER provider_has_prices BEFORE DELETE ON provider
WHEN EXISTS (SELECT 1 FROM pricing_info WHERE provider_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'provider_has_prices: The provider still has prices; delete those first.'); END;
CREATE TRIGGER provider_has_limits BEFORE DELETE ON provider
WHEN EXISTS (SELECT 1 FROM limits_info WHERE provider_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'provider_has_limits: The provider still has limits; delete those first.'); END;
CREATE TRIGGER model_has_results BEFORE DELETE ON model
WHEN EXISTS (SELECT 1 FROM verification_result WHERE model_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'model_has_results: The model still has verification results, so it stays.'); END;
CREATE TRIGGER model_has_prices BEFORE DELETE ON model
WHEN EXISTS (SELECT 1 FROM model_pricing WHERE model_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'model_has_prices: The model still has prices; delete those first.'); END;
CREATE TRIGGER run_has_results BEFORE DELETE ON verification_run
WHEN EXISTS (SELECT 1 FROM verification_result WHERE run_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'run_has_results: The run still has verification results, so it stays.'); END;

-- REPLACE deletes rows without asking the rules above, so nothing may be replaced.
CREATE TRIGGER known_provider_replaced_insert BEFORE INSERT ON known_provider
WHEN EXISTS (SELECT 1 FROM known_provider WHERE name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'known_provider_replaced_insert: This known provider exists already.'); END;
CREATE TRIGGER known_provider_replaced_update BEFORE UPDATE OF name ON known_provider
WHEN EXISTS (SELECT 1 FROM known_provider WHERE name = NEW.name AND name <> OLD.name)
BEGIN SELECT RAISE(ABORT, 'known_provider_replaced_update: This known provider exists already.'); END;
CREATE TRIGGER provider_replaced_insert BEFORE INSERT ON provider
WHEN EXISTS (SELECT 1 FROM provider WHERE id = NEW.id OR uuid = NEW.uuid OR name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'provider_replaced_insert: This provider exists already.'); END;
CREATE TRIGGER provider_replaced_update BEFORE UPDATE OF name ON provider
WHEN EXISTS (SELECT 1 FROM provider WHERE name = NEW.name AND id <> OLD.id)
BEGIN SELECT RAISE(ABORT, 'provider_replaced_update: This provider exists already.'); END;
CREATE TRIGGER model_replaced_insert BEFORE INSERT ON model
WHEN EXISTS (SELECT 1 FROM model WHERE id = NEW.id OR (provider_id = NEW.provider_id AND model_id = NEW.model_id))
BEGIN SELECT RAISE(ABORT, 'model_replaced_insert: The provider has this model already.'); END;
CREATE TRIGGER model_replaced_update BEFORE UPDATE OF model_id ON model
WHEN EXISTS (SELECT 1 FROM model WHERE provider_id = NEW.provider_id AND model_id = NEW.model_id AND id <> OLD.id)
BEGIN SELECT RAISE(ABORT, 'model_replaced_update: The provider has this model already.'); END;
CREATE TRIGGER pricing_info_replaced_insert BEFORE INSERT ON pricing_info
WHEN EXISTS (SELECT 1 FROM pricing_info WHERE provider_id = NEW.provider_id)
BEGIN SELECT RAISE(ABORT, 'pricing_info_replaced_insert: The provider has prices already.'); END;
CREATE TRIGGER model_pricing_replaced_insert BEFORE INSERT ON model_pricing
WHEN EXISTS (SELECT 1 FROM model_pricing WHERE model_id = NEW.model_id)
BEGIN SELECT RAISE(ABORT, 'model_pricing_replaced_insert: The model has prices already.'); END;
CREATE TRIGGER limits_info_replaced_insert BEFORE INSERT ON limits_info
WHEN EXISTS (SELECT 1 FROM limits_info WHERE provider_id = NEW.provider_id)
BEGIN SELECT RAISE(ABORT, 'limits_info_replaced_insert: The provider has limits already.'); END;
CREATE TRIGGER verification_run_replaced_insert BEFORE INSERT ON verification_run
WHEN EXISTS (SELECT 1 FROM verification_run WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'verification_run_replaced_insert: This run exists already.'); END;
CREATE TRIGGER verification_result_replaced_insert BEFORE INSERT ON verification_result
WHEN EXISTS (SELECT 1 FROM verification_result WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'verification_result_replaced_insert: This result exists already.'); END;

-- Every edit counts row_version up by one, so that no session overwrites what it has not seen.
CREATE TRIGGER provider_version BEFORE UPDATE ON provider
WHEN NEW.row_version IS NOT OLD.row_version + 1
BEGIN SELECT RAISE(ABORT, 'provider_version: Another session changed this meanwhile; load it again.'); END;
CREATE TRIGGER model_version BEFORE UPDATE ON model
WHEN NEW.row_version IS NOT OLD.row_version + 1
BEGIN SELECT RAISE(ABORT, 'model_version: Another session changed this meanwhile; load it again.'); END;
CREATE TRIGGER pricing_info_version BEFORE UPDATE ON pricing_info
WHEN NEW.row_version IS NOT OLD.row_version + 1
BEGIN SELECT RAISE(ABORT, 'pricing_info_version: Another session changed this meanwhile; load it again.'); END;
CREATE TRIGGER model_pricing_version BEFORE UPDATE ON model_pricing
WHEN NEW.row_version IS NOT OLD.row_version + 1
BEGIN SELECT RAISE(ABORT, 'model_pricing_version: Another session changed this meanwhile; load it again.'); END;
CREATE TRIGGER limits_info_version BEFORE UPDATE ON limits_info
WHEN NEW.row_version IS NOT OLD.row_version + 1
BEGIN SELECT RAISE(ABORT, 'limits_info_version: Another session changed this meanwhile; load it again.'); END;

-- What a record is, whose it is and since when never changes.
CREATE TRIGGER provider_fixed BEFORE UPDATE ON provider
WHEN NEW.id IS NOT OLD.id OR NEW.uuid IS NOT OLD.uuid OR NEW.created_at IS NOT OLD.created_at
BEGIN SELECT RAISE(ABORT, 'provider_fixed: The identity and creation time of a provider are fixed.'); END;
CREATE TRIGGER model_fixed BEFORE UPDATE ON model
WHEN NEW.id IS NOT OLD.id OR NEW.provider_id IS NOT OLD.provider_id OR NEW.created_at IS NOT OLD.created_at
BEGIN SELECT RAISE(ABORT, 'model_fixed: The identity, provider and creation time of a model are fixed.'); END;
CREATE TRIGGER pricing_info_fixed BEFORE UPDATE ON pricing_info
WHEN NEW.provider_id IS NOT OLD.provider_id
BEGIN SELECT RAISE(ABORT, 'pricing_info_fixed: Prices stay with their provider.'); END;
CREATE TRIGGER model_pricing_fixed BEFORE UPDATE ON model_pricing
WHEN NEW.model_id IS NOT OLD.model_id
BEGIN SELECT RAISE(ABORT, 'model_pricing_fixed: Prices stay with their model.'); END;
CREATE TRIGGER limits_info_fixed BEFORE UPDATE ON limits_info
WHEN NEW.provider_id IS NOT OLD.provider_id
BEGIN SELECT RAISE(ABORT, 'limits_info_fixed: Limits stay with their provider.'); END;
CREATE TRIGGER verification_run_fixed BEFORE UPDATE ON verification_run
WHEN NEW.id IS NOT OLD.id OR NEW.suite IS NOT OLD.suite OR NEW."trigger" IS NOT OLD."trigger" OR NEW.started_at IS NOT OLD.started_at
BEGIN SELECT RAISE(ABORT, 'verification_run_fixed: What a run is and when it started are fixed.'); END;
CREATE TRIGGER verification_result_fixed BEFORE UPDATE ON verification_result
BEGIN SELECT RAISE(ABORT, 'verification_result_fixed: A verification result is never edited.'); END;

-- Times never go back, whatever the clock does.
CREATE TRIGGER provider_time BEFORE UPDATE ON provider
WHEN NEW.updated_at < OLD.updated_at OR NEW.state_changed_at < OLD.state_changed_at
BEGIN SELECT RAISE(ABORT, 'provider_time: The time of a change must not lie before the last one.'); END;
CREATE TRIGGER model_time BEFORE UPDATE ON model
WHEN NEW.updated_at < OLD.updated_at
BEGIN SELECT RAISE(ABORT, 'model_time: The time of a change must not lie before the last one.'); END;
CREATE TRIGGER pricing_info_time BEFORE UPDATE ON pricing_info
WHEN NEW.last_updated < OLD.last_updated
BEGIN SELECT RAISE(ABORT, 'pricing_info_time: The time of a change must not lie before the last one.'); END;
CREATE TRIGGER model_pricing_time BEFORE UPDATE ON model_pricing
WHEN NEW.last_updated < OLD.last_updated
BEGIN SELECT RAISE(ABORT, 'model_pricing_time: The time of a change must not lie before the last one.'); END;
CREATE TRIGGER limits_info_time BEFORE UPDATE ON limits_info
WHEN NEW.last_updated < OLD.last_updated
BEGIN SELECT RAISE(ABORT, 'limits_info_time: The time of a change must not lie before the last one.'); END;

-- States: a provider starts inactive, a key counts as validated only by a passed check of that very key.
CREATE TRIGGER provider_starts_inactive BEFORE INSERT ON provider
WHEN NEW.is_active <> 0 OR NEW.key_validated_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'provider_starts_inactive: A new provider starts inactive and with its key not validated.'); END;
CREATE TRIGGER provider_key_change_deactivates BEFORE UPDATE ON provider
WHEN (NEW.key_fingerprint IS NOT OLD.key_fingerprint
    OR (NEW.api_key_encrypted IS NOT OLD.api_key_encrypted AND substr(NEW.api_key_encrypted, 6, 22) IS substr(OLD.api_key_encrypted, 6, 22)))
  AND (NEW.is_active <> 0 OR NEW.key_validated_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'provider_key_change_deactivates: A changed key is not validated, so the provider is deactivated with it.'); END;
CREATE TRIGGER provider_key_change_fingerprint BEFORE UPDATE ON provider
WHEN NEW.api_key_encrypted IS NOT OLD.api_key_encrypted AND NEW.key_fingerprint IS OLD.key_fingerprint
  AND substr(NEW.api_key_encrypted, 6, 22) IS substr(OLD.api_key_encrypted, 6, 22)
BEGIN SELECT RAISE(ABORT, 'provider_key_change_fingerprint: A changed key needs a new fingerprint.'); END;
CREATE TRIGGER provider_key_fingerprint_fresh BEFORE UPDATE ON provider
WHEN NEW.key_fingerprint IS NOT OLD.key_fingerprint
  AND EXISTS (SELECT 1 FROM verification_result WHERE provider_id = OLD.id AND key_fingerprint = NEW.key_fingerprint AND test_type = 'key')
BEGIN SELECT RAISE(ABORT, 'provider_key_fingerprint_fresh: A changed key needs a fingerprint that was never checked before.'); END;
CREATE TRIGGER provider_key_validated_by_check BEFORE UPDATE ON provider
WHEN NEW.key_validated_at IS NOT NULL AND (NEW.key_validated_at IS NOT OLD.key_validated_at OR NEW.is_active > OLD.is_active)
  AND (SELECT status FROM verification_result
    WHERE provider_id = OLD.id AND key_fingerprint = NEW.key_fingerprint AND test_type = 'key' AND status IN ('pass', 'fail')
    ORDER BY id DESC LIMIT 1) IS NOT 'pass'
BEGIN SELECT RAISE(ABORT, 'provider_key_validated_by_check: The newest check of the present key has not passed.'); END;
CREATE TRIGGER model_starts_unverified BEFORE INSERT ON model
WHEN NEW.verification_state <> 'unverified'
BEGIN SELECT RAISE(ABORT, 'model_starts_unverified: A new model starts unverified.'); END;
CREATE TRIGGER model_verified_by_result BEFORE UPDATE ON model
WHEN NEW.verification_state = 'verified' AND OLD.verification_state <> 'verified'
  AND NOT EXISTS (SELECT 1 FROM verification_result
    WHERE model_id = OLD.id AND status = 'pass' AND test_type NOT IN ('tools', 'json', 'benchmark'))
BEGIN SELECT RAISE(ABORT, 'model_verified_by_result: No verification of this model has passed.'); END;
-- Repeatedly is three failures or more since the last pass over fifteen minutes, or two of a missing model over ten.
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

-- Results go only with their whole provider: a purge names it in meta for the length of its own transaction.
CREATE TRIGGER verification_result_kept BEFORE DELETE ON verification_result
WHEN NOT EXISTS (SELECT 1 FROM meta WHERE key = 'purge' AND value = CAST(OLD.provider_id AS TEXT))
BEGIN SELECT RAISE(ABORT, 'verification_result_kept: A verification result is only removed by purging its provider.'); END;
-- What a state rests on stays as long as the state does, whoever left the mark of a purge behind.
CREATE TRIGGER verification_result_validates BEFORE DELETE ON verification_result
WHEN OLD.test_type = 'key' AND EXISTS (SELECT 1 FROM provider
    WHERE id = OLD.provider_id AND key_fingerprint = OLD.key_fingerprint AND key_validated_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'verification_result_validates: The key counts as validated by its checks, so they stay; remove the key first.'); END;
CREATE TRIGGER verification_result_verifies BEFORE DELETE ON verification_result
WHEN EXISTS (SELECT 1 FROM model WHERE id = OLD.model_id AND verification_state = 'verified')
BEGIN SELECT RAISE(ABORT, 'verification_result_verifies: The model counts as verified by its results, so they stay.'); END;
