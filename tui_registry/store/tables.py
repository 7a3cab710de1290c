"""The records of the registry, each field declared once: columns, rules, drafts, forms and files come of it.

Field names are the data model's. Times are UTC text as `clock.stamp` writes it; prices are for one token.
"""

from tui_registry.fields import (
    FRACTION,
    HTTP_STATUS,
    VERSION,
    Amount,
    Choice,
    Count,
    Currency,
    Day,
    Endpoint,
    Flag,
    Hex,
    Id,
    Json,
    Moment,
    Of,
    Price,
    Sealed,
    Tally,
    Template,
    Text,
    Token,
    Url,
    Word,
    Words,
)
from tui_registry.store.record import Column, Record, Rule

FACT_SOURCES = Choice(("user", "provider", "catalogue"))
LIMIT_SOURCES = Choice(("user", "observed", "catalogue"))

UNKNOWN = "empty = unknown"
NOT_APPLICABLE = "empty = does not apply"

TO_PROVIDER = ("provider", "id")
TO_MODEL = ("model", "id")


class Setting(Record):
    """What the file knows of itself: the vault key of its records, the data it was seeded from."""

    key = Column(Word(), key=True)
    value = Column(Text(256))

    class Meta:
        """Name."""

        table_name = "meta"


class KnownProvider(Record):
    """A provider that a person may choose, and how it is spoken to; its endpoint may hold {placeholders}."""

    name = Column(Text(64), key=True, any_case=True)
    endpoint = Column(Template())
    website = Column(Url(), unknown=True)
    docs = Column(Url(), unknown=True)
    console_url = Column(Url(), unknown=True)
    env_vars = Column(Words("A-Za-z0-9_"), unknown=True)
    dialect = Column(Choice(("openai", "anthropic", "gemini", "cohere")), "API type", default="openai")
    auth = Column(
        Choice(("bearer", "x-api-key", "x-goog-api-key", "api-key", "api-key-scheme")), default="bearer"
    )
    key_proof = Column(Text(128), unknown=True)
    limit_headers = Column(Text(64), unknown=True)
    local_token = Column(Token(), unknown=True)
    source = Column(Choice(("package", "user")), default="package")

    class Meta:
        """Name."""

        table_name = "known_provider"


class Provider(Record):
    """A provider that a person uses; its key is kept sealed, and only a proved one turns it on."""

    id = Column(Id(), key=True)
    uuid = Column(Hex(32), unique=True)
    name = Column(
        Text(64),
        "Name",
        entered=True,
        help="a known provider's name",
        example="Groq",
        of=("known_provider", "name"),
        any_case=True,
        unique=True,
    )
    endpoint = Column(Endpoint(), "Base URL", entered=True, example="https://api.groq.com/openai/v1")
    api_key_encrypted = Column(Sealed(), "API key", unknown=True)
    key_fingerprint = Column(Hex(16), unknown=True)
    key_validated_at = Column(Moment(), unknown=True)
    description = Column(Text(4000, lines=True), "Notes", unknown=True, entered=True)
    website = Column(Url(), "Website", unknown=True, entered=True, example="https://groq.com")
    is_active = Column(Flag(), "Active", starts="0")
    state_reason = Column(Text(256), unknown=True)
    state_changed_at = Column(Moment(), unknown=True)
    row_version = Column(VERSION, starts="1")
    created_at = Column(Moment())
    updated_at = Column(Moment())

    rules = (
        Rule("key_validated_at", "needs_key"),
        Rule("key_fingerprint", "paired"),
        Rule("is_active", "needs_valid_key"),
        Rule("updated_at", "order"),
    )

    class Meta:
        """Name."""

        table_name = "provider"


class Model(Record):
    """A model that a provider offers; None is unknown, `user_fields` names what a refresh leaves alone."""

    id = Column(Id(), key=True)
    uuid = Column(Hex(32), starts="(lower(hex(randomblob(16))))")
    provider_id = Column(Of(), of=TO_PROVIDER)
    model_id = Column(
        Text(256),
        "Model id",
        entered=True,
        help="as its API names it",
        example="llama-3.3-70b-versatile",
    )
    name = Column(
        Text(256),
        "Name",
        entered=True,
        may_be_left=True,
        help="empty = the model id",
        option="name",
        about="A name to show; the id when left out.",
    )
    description = Column(
        Text(4000, lines=True),
        "Notes",
        unknown=True,
        entered=True,
        option="description",
        about="What it is, in your words.",
    )
    version = Column(
        Text(128), "Version", unknown=True, entered=True, option="version", about="The model's version."
    )
    architecture = Column(
        Text(128),
        "Architecture",
        unknown=True,
        entered=True,
        option="architecture",
        about="What it is built on.",
    )
    max_input_tokens = Column(
        Count(),
        "Context",
        unknown=True,
        entered=True,
        help="128k, 1M, 200_000",
        example="128k",
        option="max-input-tokens",
        about="Such as 128k or 1M; unknown clears it.",
    )
    max_output_tokens = Column(
        Count(),
        "Output",
        unknown=True,
        entered=True,
        help="8k; empty = unknown",
        example="8k",
        option="max-output-tokens",
        about="Such as 8192 or 64k; unknown clears it.",
    )
    supports_streaming = Column(
        Flag(),
        "Streaming",
        unknown=True,
        entered=True,
        option="streaming",
        about="Whether it can stream its answer.",
    )
    supports_reasoning = Column(
        Flag(),
        "Reasoning",
        unknown=True,
        entered=True,
        option="reasoning",
        about="Whether it reasons before it answers.",
    )
    source = Column(FACT_SOURCES, "Source")
    source_date = Column(Day(), unknown=True)
    user_fields = Column(Words("a-z_", may_be_empty=True), starts="''")
    verification_state = Column(Choice(("unverified", "verified")), "Status", starts="'unverified'")
    consecutive_failures = Column(Tally(), starts="0")
    score = Column(FRACTION, "Score", unknown=True)
    last_verified_at = Column(Moment(), "Last passed", unknown=True)
    row_version = Column(VERSION, starts="1")
    created_at = Column(Moment())
    updated_at = Column(Moment())

    unique_together = (("provider_id", "model_id"), ("id", "provider_id"))
    rules = (Rule("updated_at", "order"),)

    class Meta:
        """Name."""

        table_name = "model"


class Pricing(Record):
    """What a provider asks by default, for models without a price of their own."""

    provider_id = Column(Of(), key=True, of=TO_PROVIDER)
    input_price_per_token = Column(
        Price(),
        "Input",
        entered=True,
        example="0.15",
        option="input",
        about="Price of input: 0.15, 3/M, 0.003/k, free.",
    )
    output_price_per_token = Column(
        Price(), "Output", entered=True, example="0.60", option="output", about="Price of output."
    )
    currency = Column(
        Currency(),
        "Currency",
        entered=True,
        help="three letters, e.g. USD",
        starts="'USD'",
        option="currency",
        about="Three letters; at first the default's, else USD.",
    )
    source = Column(FACT_SOURCES)
    source_date = Column(Day(), unknown=True)
    row_version = Column(VERSION, starts="1")
    last_updated = Column(Moment())

    class Meta:
        """Name."""

        table_name = "pricing_info"


class ModelPricing(Record):
    """What one model costs; no row is unknown, a price that is None does not apply."""

    model_id = Column(Of(), key=True, of=TO_MODEL)
    input_price_per_token = Column(
        Price(),
        "Input",
        unknown=True,
        entered=True,
        example="0.15",
        option="input",
        about="Price of input: 0.15, 3/M, 0.003/k, free.",
    )
    output_price_per_token = Column(
        Price(),
        "Output",
        unknown=True,
        entered=True,
        example="0.60",
        option="output",
        about="Price of output.",
    )
    cache_read_price_per_token = Column(
        Price(),
        "Cached read",
        unknown=True,
        entered=True,
        help=NOT_APPLICABLE,
        option="cache-read",
        about="Price of input read from the cache; models only.",
    )
    cache_write_price_per_token = Column(
        Price(),
        "Cache write",
        unknown=True,
        entered=True,
        help=NOT_APPLICABLE,
        option="cache-write",
        about="Price of input written to it; models only.",
    )
    currency = Column(
        Currency(),
        "Currency",
        entered=True,
        help="three letters, e.g. USD",
        starts="'USD'",
        option="currency",
        about="Three letters; at first the default's, else USD.",
    )
    source = Column(FACT_SOURCES)
    source_date = Column(Day(), unknown=True)
    note = Column(Text(1000, lines=True), unknown=True)
    row_version = Column(VERSION, starts="1")
    last_updated = Column(Moment())

    rules = (Rule("input_price_per_token", "stated"),)

    class Meta:
        """Name."""

        table_name = "model_pricing"


class Limits(Record):
    """How much a provider lets one key do; None is unknown."""

    provider_id = Column(Of(), key=True, of=TO_PROVIDER)
    requests_per_minute = Column(
        Count(("minute",)),
        "Requests / min",
        unknown=True,
        entered=True,
        help="60, 1.5k, 2M",
        example="60",
        option="rpm",
        about="Requests per minute: 60, 1.5k, unknown.",
    )
    requests_per_hour = Column(
        Count(("hour",)),
        "Requests / hour",
        unknown=True,
        entered=True,
        help=UNKNOWN,
        example="1.5k",
        option="rph",
        about="Requests per hour.",
    )
    tokens_per_minute = Column(
        Count(("minute",)),
        "Tokens / min",
        unknown=True,
        entered=True,
        help=UNKNOWN,
        example="250k",
        option="tpm",
        about="Tokens per minute.",
    )
    tokens_per_hour = Column(
        Count(("hour",)),
        "Tokens / hour",
        unknown=True,
        entered=True,
        help=UNKNOWN,
        example="2M",
        option="tph",
        about="Tokens per hour.",
    )
    source = Column(LIMIT_SOURCES)
    row_version = Column(VERSION, starts="1")
    last_updated = Column(Moment())

    rules = (Rule("requests_per_minute", "some"),)

    class Meta:
        """Name."""

        table_name = "limits_info"


class Run(Record):
    """One go at verifying, with what it may cost, was expected to cost and did cost in USD."""

    id = Column(Id(), key=True)
    suite = Column(Text(64))
    trigger = Column(Text(64))
    state = Column(Choice(("running", "done", "cancelled", "interrupted")))
    budget = Column(Amount(), unknown=True)
    estimated_cost = Column(Amount(), unknown=True)
    actual_cost = Column(Amount(), unknown=True)
    started_at = Column(Moment())
    finished_at = Column(Moment(), unknown=True)
    plan = Column(Json(4_194_304, "document"), unknown=True)
    owner = Column(Text(128), unknown=True)

    rules = (Rule("finished_at", "ended"), Rule("finished_at", "order"))

    class Meta:
        """Name."""

        table_name = "verification_run"


class Result(Record):
    """What one probe found, never edited; a probe of a key or of a list has no model.

    Texts of JSON are objects, times are milliseconds, money is USD.
    """

    id = Column(Id(), key=True)
    run_id = Column(Of(), unknown=True, of=("verification_run", "id"))
    model_id = Column(Of(), unknown=True)
    provider_id = Column(Of(), of=TO_PROVIDER)
    test_type = Column(Text(64))
    status = Column(Choice(("pass", "partial", "fail", "unsupported", "blocked", "error", "skipped")))
    outcome = Column(Text(64), unknown=True)
    http_status = Column(HTTP_STATUS, unknown=True)
    latency_ms = Column(Amount(), unknown=True)
    ttft_ms = Column(Amount(), unknown=True)
    tokens_per_second = Column(Amount(), unknown=True)
    input_tokens = Column(Tally(), unknown=True)
    output_tokens = Column(Tally(), unknown=True)
    reasoning_tokens = Column(Tally(), unknown=True)
    cost = Column(Amount(), unknown=True)
    cost_source = Column(Text(64), unknown=True)
    model_served = Column(Text(256), unknown=True)
    scores = Column(Json(8192), unknown=True)
    score = Column(FRACTION, unknown=True)
    evidence = Column(Json(8192), unknown=True)
    endpoint = Column(Text(2048), unknown=True)
    key_fingerprint = Column(Hex(16), unknown=True)
    scoring_version = Column(Text(64), unknown=True)
    created_at = Column(Moment())

    of_its_provider = True

    class Meta:
        """Name."""

        table_name = "verification_result"


class KeyControl(Record):
    """Whether an endpoint refuses a wrong key; only where it does, an accepted key is a proven one."""

    endpoint = Column(Endpoint(), key=True)
    proof = Column(Text(128))
    refuses_wrong = Column(Flag())
    checked_at = Column(Moment())

    class Meta:
        """Name."""

        table_name = "key_control"


class ObservedLimit(Record):
    """The latest word of a provider on each of its limits; no model means all of the key."""

    id = Column(Id(), key=True)
    provider_id = Column(Of(), of=TO_PROVIDER)
    model_id = Column(Of(), unknown=True)
    metric = Column(Choice(("requests", "tokens", "input_tokens", "output_tokens")))
    window = Column(Choice(("second", "minute", "hour", "day")))
    limit_value = Column(Tally(), unknown=True)
    remaining = Column(Tally(), unknown=True)
    reset_at = Column(Moment(), unknown=True)
    header = Column(Text(256))
    observed_at = Column(Moment())

    of_its_provider = True

    class Meta:
        """Name."""

        table_name = "observed_limit"


class ModelObservation(Record):
    """What was seen of a model: on the provider's list, in its answers, and how it must be asked."""

    model_id = Column(Of(), key=True, of=TO_MODEL)
    listed_at = Column(Moment(), unknown=True)
    unlisted_at = Column(Moment(), unknown=True)
    served_at = Column(Moment(), unknown=True)
    mode = Column(Text(64), unknown=True)
    supports_tools = Column(Flag(), unknown=True)
    supports_json = Column(Flag(), unknown=True)
    quirks = Column(Json(8192), unknown=True)
    quirks_at = Column(Moment(), unknown=True)
    last_updated = Column(Moment())

    rules = (Rule("quirks_at", "dated"),)

    class Meta:
        """Name."""

        table_name = "model_observation"


RECORDS: tuple[type[Record], ...] = (
    Setting,
    KnownProvider,
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
"""Every table, what is pointed to before what points to it."""
