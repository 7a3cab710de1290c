"""The tables of the registry as Peewee sees them; the rules themselves live in steps/.

No table is bound to a database here: every query is bound to the connection it runs on.
"""

import peewee as pw


class Whole(pw.BigIntegerField):
    """A whole number handed to SQLite as it is: STRICT refuses 5.9, Peewee would cut it to 5."""

    def adapt(self, value: object) -> object:
        """The value itself."""
        return value


class Flag(pw.BooleanField):
    """A truth value handed to SQLite as it is: STRICT refuses 'false', Peewee would read it as true."""

    def adapt(self, value: object) -> object:
        """The value itself."""
        return value

    def python_value(self, value: object) -> bool | None:
        """0 and 1 as False and True, NULL as None."""
        return None if value is None else bool(value)


class Table(pw.Model):
    """What every table has in common."""

    class Meta:
        """No plural, no prefix: the table names are written out."""

        legacy_table_names = False


class Meta(Table):
    """One setting of the database file per row."""

    key = pw.TextField(primary_key=True)
    value = pw.TextField()

    class Meta:
        """Name."""

        table_name = "meta"


class Known(Table):
    """The provider names that may be used."""

    name = pw.TextField(primary_key=True)
    endpoint = pw.TextField()
    website = pw.TextField(null=True)
    docs = pw.TextField(null=True)
    console_url = pw.TextField(null=True)
    env_vars = pw.TextField(null=True)
    dialect = pw.TextField()
    auth = pw.TextField()
    key_proof = pw.TextField(null=True)
    limit_headers = pw.TextField(null=True)
    local_token = pw.TextField(null=True)
    source = pw.TextField()

    class Meta:
        """Name."""

        table_name = "known_provider"


class Provider(Table):
    """The providers."""

    id = pw.BigAutoField()
    uuid = pw.TextField()
    name = pw.ForeignKeyField(Known, column_name="name", object_id_name="known_name", lazy_load=False)
    endpoint = pw.TextField()
    api_key_encrypted = pw.TextField(null=True)
    key_fingerprint = pw.TextField(null=True)
    key_validated_at = pw.TextField(null=True)
    description = pw.TextField(null=True)
    website = pw.TextField(null=True)
    is_active = Flag()
    state_reason = pw.TextField(null=True)
    state_changed_at = pw.TextField(null=True)
    row_version = Whole()
    created_at = pw.TextField()
    updated_at = pw.TextField()

    class Meta:
        """Name."""

        table_name = "provider"


class Model(Table):
    """The models of the providers."""

    id = pw.BigAutoField()
    uuid = pw.TextField()
    provider = pw.ForeignKeyField(Provider, column_name="provider_id", lazy_load=False)
    model_id = pw.TextField()
    name = pw.TextField()
    description = pw.TextField(null=True)
    version = pw.TextField(null=True)
    architecture = pw.TextField(null=True)
    max_input_tokens = Whole(null=True)
    max_output_tokens = Whole(null=True)
    supports_streaming = Flag(null=True)
    supports_reasoning = Flag(null=True)
    source = pw.TextField()
    source_date = pw.TextField(null=True)
    user_fields = pw.TextField()
    verification_state = pw.TextField()
    consecutive_failures = Whole()
    score = pw.DoubleField(null=True)
    last_verified_at = pw.TextField(null=True)
    row_version = Whole()
    created_at = pw.TextField()
    updated_at = pw.TextField()

    class Meta:
        """Name."""

        table_name = "model"


class Pricing(Table):
    """A provider's default price."""

    provider = pw.ForeignKeyField(Provider, column_name="provider_id", primary_key=True, lazy_load=False)
    input_price_per_token = pw.DoubleField()
    output_price_per_token = pw.DoubleField()
    currency = pw.TextField()
    source = pw.TextField()
    source_date = pw.TextField(null=True)
    row_version = Whole()
    last_updated = pw.TextField()

    class Meta:
        """Name."""

        table_name = "pricing_info"


class ModelPricing(Table):
    """A model's own price."""

    model = pw.ForeignKeyField(Model, column_name="model_id", primary_key=True, lazy_load=False)
    input_price_per_token = pw.DoubleField(null=True)
    output_price_per_token = pw.DoubleField(null=True)
    cache_read_price_per_token = pw.DoubleField(null=True)
    cache_write_price_per_token = pw.DoubleField(null=True)
    currency = pw.TextField()
    source = pw.TextField()
    source_date = pw.TextField(null=True)
    note = pw.TextField(null=True)
    row_version = Whole()
    last_updated = pw.TextField()

    class Meta:
        """Name."""

        table_name = "model_pricing"


class Limits(Table):
    """A provider's rate limits."""

    provider = pw.ForeignKeyField(Provider, column_name="provider_id", primary_key=True, lazy_load=False)
    requests_per_minute = Whole(null=True)
    requests_per_hour = Whole(null=True)
    tokens_per_minute = Whole(null=True)
    tokens_per_hour = Whole(null=True)
    source = pw.TextField()
    row_version = Whole()
    last_updated = pw.TextField()

    class Meta:
        """Name."""

        table_name = "limits_info"


class Run(Table):
    """The verification runs."""

    id = pw.BigAutoField()
    suite = pw.TextField()
    trigger = pw.TextField()
    state = pw.TextField()
    budget = pw.DoubleField(null=True)
    estimated_cost = pw.DoubleField(null=True)
    actual_cost = pw.DoubleField(null=True)
    started_at = pw.TextField()
    finished_at = pw.TextField(null=True)
    plan = pw.TextField(null=True)
    owner = pw.TextField(null=True)

    class Meta:
        """Name."""

        table_name = "verification_run"


class Result(Table):
    """What the probes found, one row each, append-only."""

    id = pw.BigAutoField()
    run = pw.ForeignKeyField(Run, column_name="run_id", null=True, lazy_load=False)
    # with a model the file's own key is (model_id, provider_id); a composite key has no Peewee field
    model = pw.ForeignKeyField(Model, column_name="model_id", null=True, lazy_load=False)
    provider = pw.ForeignKeyField(Provider, column_name="provider_id", lazy_load=False)
    test_type = pw.TextField()
    status = pw.TextField()
    outcome = pw.TextField(null=True)
    http_status = Whole(null=True)
    latency_ms = pw.DoubleField(null=True)
    ttft_ms = pw.DoubleField(null=True)
    tokens_per_second = pw.DoubleField(null=True)
    input_tokens = Whole(null=True)
    output_tokens = Whole(null=True)
    reasoning_tokens = Whole(null=True)
    cost = pw.DoubleField(null=True)
    cost_source = pw.TextField(null=True)
    model_served = pw.TextField(null=True)
    scores = pw.TextField(null=True)
    score = pw.DoubleField(null=True)
    evidence = pw.TextField(null=True)
    endpoint = pw.TextField(null=True)
    key_fingerprint = pw.TextField(null=True)
    scoring_version = pw.TextField(null=True)
    created_at = pw.TextField()

    class Meta:
        """Name."""

        table_name = "verification_result"


class KeyControl(Table):
    """Whether an endpoint refuses a wrong key."""

    endpoint = pw.TextField(primary_key=True)
    proof = pw.TextField()
    refuses_wrong = Flag()
    checked_at = pw.TextField()

    class Meta:
        """Name."""

        table_name = "key_control"


class ObservedLimit(Table):
    """The latest word of a provider on each of its limits."""

    id = pw.BigAutoField()
    provider = pw.ForeignKeyField(Provider, column_name="provider_id", lazy_load=False)
    model = pw.ForeignKeyField(Model, column_name="model_id", null=True, lazy_load=False)
    metric = pw.TextField()
    window = pw.TextField()
    limit_value = Whole(null=True)
    remaining = Whole(null=True)
    reset_at = pw.TextField(null=True)
    header = pw.TextField()
    observed_at = pw.TextField()

    class Meta:
        """Name."""

        table_name = "observed_limit"


class ModelObservation(Table):
    """What was seen of a model on lists and in answers."""

    model = pw.ForeignKeyField(Model, column_name="model_id", primary_key=True, lazy_load=False)
    listed_at = pw.TextField(null=True)
    unlisted_at = pw.TextField(null=True)
    served_at = pw.TextField(null=True)
    mode = pw.TextField(null=True)
    supports_tools = Flag(null=True)
    supports_json = Flag(null=True)
    quirks = pw.TextField(null=True)
    quirks_at = pw.TextField(null=True)
    last_updated = pw.TextField()

    class Meta:
        """Name."""

        table_name = "model_observation"


TABLES: tuple[type[Table], ...] = (
    Meta,
    Known,
    Provider,
    Model,
    Pricing,
    ModelPricing,
    Limits,
    Run,
    Result,
    KeyControl,
    ObservedLimit,
    ModelObservation,
)
