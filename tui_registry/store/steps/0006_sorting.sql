-- The first page of a sorted list is found without sorting: the values of each column stand in order.
CREATE INDEX model_by_model_id ON model (model_id COLLATE NOCASE);
CREATE INDEX model_by_input_limit ON model (max_input_tokens);
CREATE INDEX model_by_output_limit ON model (max_output_tokens);
CREATE INDEX model_by_state ON model (verification_state COLLATE NOCASE);
CREATE INDEX model_by_score ON model (score);
CREATE INDEX model_by_last_pass ON model (last_verified_at);
CREATE INDEX price_by_input ON model_pricing (input_price_per_token);
CREATE INDEX price_by_output ON model_pricing (output_price_per_token);
