-- The lists of models are read from one index: all that they sort and filter by, in the order they begin with.
DROP INDEX model_listing;

CREATE INDEX model_listing ON model (
  provider_id, model_id COLLATE NOCASE, id, name, max_input_tokens, max_output_tokens, verification_state,
  consecutive_failures, score, last_verified_at, supports_streaming, supports_reasoning, source, source_date
);
