"""The statements written by hand: one rule each, and the everyday ones that every rule must let pass."""

from tests.rule_cases import (
    GOOD,
    LATER,
    OTHER_SEALED,
    OTHER_VAULT,
    SEALED,
    Case,
    insert,
    update,
)

_EARLIER = "'2026-11-23T06:51:00.000Z'"
_OFF = "is_active = 0"
_UNCHECKED = "key_validated_at = NULL"
_FRESH = "key_fingerprint = '00000000000000ff'"
_NO_KEY = "api_key_encrypted = NULL"
_PURGE = "INSERT INTO meta VALUES ('purge', '{0}')"

ACCEPTED: tuple[str, ...] = (
    *(insert(table) for table in GOOD),
    insert("provider", description="'Two' || char(10) || 'lines'", website="'https://example.com/a?b=c#d'"),
    insert("provider", endpoint="'http://[::1]:8080/v1'"),
    insert("provider", endpoint="'http://127.0.0.1:11434/v1'"),
    insert("provider", api_key_encrypted=SEALED, key_fingerprint="'00000000000000aa'"),
    insert("known_provider", endpoint="'https://{resource}.openai.azure.com/openai/v1'"),
    insert("known_provider", local_token="'ollama'", env_vars="'A_KEY B_KEY'"),
    insert("model", max_input_tokens="1", max_output_tokens="9007199254740992", supports_reasoning="1"),
    insert("model", provider_id="2", model_id="'one'"),
    insert("model", name="'Größe 大 모델'", source_date="'2024-02-29'", user_fields="'name version'"),
    insert("model_pricing", input_price_per_token="NULL", note="'Asked per request.'"),
    insert("model_pricing", input_price_per_token="0", cache_read_price_per_token="1000"),
    insert("limits_info", requests_per_minute="NULL"),
    insert("verification_run", state="'done'", finished_at=LATER),
    insert(
        "verification_result", model_id="1", run_id="2", scores="'{}'", evidence="'{\"a\": [1]}'", score="1"
    ),
    update("provider", 1, "description = 'New'", f"updated_at = {LATER}"),
    update("provider", 1, _OFF, "state_reason = 'by hand'", f"state_changed_at = {LATER}"),
    update("provider", 1, _OFF, _UNCHECKED, _NO_KEY, "key_fingerprint = NULL"),
    update("provider", 1, _OFF, _UNCHECKED, f"api_key_encrypted = {OTHER_SEALED}", _FRESH),
    update("provider", 1, f"api_key_encrypted = {OTHER_VAULT}"),
    update("provider", 1, "endpoint = 'https://api.example.com/v2'"),
    update("provider", 2, "name = 'Spare'"),
    update("provider", 2, f"api_key_encrypted = {SEALED}", _FRESH),
    update("model", 2, "model_id = 'renamed'", "name = 'Renamed'"),
    update("model", 1, "verification_state = 'unverified'", "consecutive_failures = 3"),
    update("pricing_info", 1, "input_price_per_token = 2e-06", f"last_updated = {LATER}"),
    update("model_pricing", 3, "output_price_per_token = 2e-06"),
    update("limits_info", 1, "tokens_per_hour = 100000"),
    "UPDATE verification_run SET state = 'interrupted', finished_at = " + LATER + " WHERE id = 2",
    "UPDATE known_provider SET endpoint = 'https://new.example.com' WHERE name = 'Groq'",
    "UPDATE known_provider SET name = 'unused' WHERE name = 'Unused'",
    "DELETE FROM known_provider WHERE name = 'Unused'",
    "DELETE FROM provider WHERE id = 2",
    "DELETE FROM model WHERE id = 2",
    "DELETE FROM model_pricing WHERE model_id = 3",
    "DELETE FROM pricing_info WHERE provider_id = 1",
    "DELETE FROM limits_info WHERE provider_id = 1",
    "DELETE FROM verification_run WHERE id = 2",
)

REFUSED: tuple[Case, ...] = (
    Case("provider_name_known_insert", insert("provider", name="'Nobody'")),
    Case("provider_name_known_update", update("provider", 2, "name = 'Nobody'")),
    Case("provider_name_spelling_insert", insert("provider", name="'SPARE'")),
    Case("provider_name_spelling_update", update("provider", 2, "name = 'together ai'")),
    Case("known_provider_in_use_delete", "DELETE FROM known_provider WHERE name = 'Groq'"),
    Case("known_provider_in_use_rename", "UPDATE known_provider SET name = 'GROQ' WHERE name = 'Groq'"),
    Case("known_provider_in_use_rename", "UPDATE known_provider SET name = 'Grok' WHERE name = 'Groq'"),
    Case("model_needs_provider", insert("model", provider_id="99")),
    Case("pricing_info_needs_provider", insert("pricing_info", provider_id="99")),
    Case("limits_info_needs_provider", insert("limits_info", provider_id="99")),
    Case("model_pricing_needs_model", insert("model_pricing", model_id="99")),
    Case("result_needs_provider", insert("verification_result", provider_id="99")),
    Case("result_needs_model", insert("verification_result", model_id="99")),
    Case("result_needs_model", insert("verification_result", model_id="3")),
    Case("result_needs_run", insert("verification_result", run_id="99")),
    Case("provider_has_models", "DELETE FROM provider WHERE id = 7"),
    Case("provider_has_results", "DELETE FROM provider WHERE id = 4"),
    Case("provider_has_prices", "DELETE FROM provider WHERE id = 5"),
    Case("provider_has_limits", "DELETE FROM provider WHERE id = 6"),
    Case("model_has_results", "DELETE FROM model WHERE id = 1"),
    Case("model_has_prices", "DELETE FROM model WHERE id = 3"),
    Case("run_has_results", "DELETE FROM verification_run WHERE id = 1"),
    Case("known_provider_replaced_insert", insert("known_provider", name="'unused'")),
    Case(
        "known_provider_replaced_insert", insert("known_provider", verb="INSERT OR REPLACE", name="'Unused'")
    ),
    Case(
        "known_provider_replaced_update",
        "UPDATE OR REPLACE known_provider SET name='spare' WHERE name='Unused'",
    ),
    Case("provider_replaced_insert", insert("provider", name="'Groq'")),
    Case("provider_replaced_insert", insert("provider", verb="REPLACE", id="2")),
    Case("provider_replaced_insert", insert("provider", verb="REPLACE", uuid=f"'{2:032x}'")),
    Case("provider_replaced_update", update("provider", 2, "name = 'Groq'", verb="UPDATE OR REPLACE")),
    Case("provider_replaced_update", update("provider", 2, "name = 'Groq'")),
    Case("model_replaced_insert", insert("model", model_id="'one'")),
    Case("model_replaced_insert", insert("model", verb="REPLACE", id="2")),
    Case("model_replaced_insert", insert("model", verb="REPLACE", model_id="'two'")),
    Case(
        "model_replaced_insert", insert("model", model_id="'two'") + " ON CONFLICT DO UPDATE SET name = 'x'"
    ),
    Case("model_replaced_update", update("model", 2, "model_id = 'one'", verb="UPDATE OR REPLACE")),
    Case("pricing_info_replaced_insert", insert("pricing_info", verb="REPLACE", provider_id="1")),
    Case("model_pricing_replaced_insert", insert("model_pricing", verb="REPLACE", model_id="3")),
    Case("limits_info_replaced_insert", insert("limits_info", verb="REPLACE", provider_id="1")),
    Case("verification_run_replaced_insert", insert("verification_run", verb="REPLACE", id="2")),
    Case("verification_result_replaced_insert", insert("verification_result", verb="REPLACE", id="1")),
    Case("provider_version", "UPDATE provider SET description = 'x' WHERE id = 2"),
    Case("provider_version", "UPDATE provider SET row_version = row_version + 2 WHERE id = 2"),
    Case("model_version", "UPDATE model SET name = 'x' WHERE id = 2"),
    Case("pricing_info_version", "UPDATE pricing_info SET currency = 'EUR'"),
    Case("model_pricing_version", "UPDATE model_pricing SET currency = 'EUR'"),
    Case("limits_info_version", "UPDATE limits_info SET tokens_per_hour = 1"),
    Case("provider_fixed", update("provider", 2, "id = 77")),
    Case("provider_fixed", update("provider", 2, "uuid = '00000000000000000000000000000077'")),
    Case("provider_fixed", update("provider", 2, f"created_at = {_EARLIER}")),
    Case("model_fixed", update("model", 2, "id = 77")),
    Case("model_fixed", update("model", 2, "provider_id = 2")),
    Case("model_fixed", update("model", 2, f"created_at = {_EARLIER}")),
    Case("pricing_info_fixed", update("pricing_info", 1, "provider_id = 2")),
    Case("model_pricing_fixed", update("model_pricing", 3, "model_id = 2")),
    Case("limits_info_fixed", update("limits_info", 1, "provider_id = 2")),
    Case("verification_run_fixed", "UPDATE verification_run SET id = 77 WHERE id = 2"),
    Case("verification_run_fixed", f"UPDATE verification_run SET started_at = {_EARLIER} WHERE id = 2"),
    Case("verification_result_fixed", "UPDATE verification_result SET status = 'pass' WHERE id = 2"),
    Case("provider_time", update("provider", 2, f"updated_at = {_EARLIER}")),
    Case("provider_time", update("provider", 1, f"state_changed_at = {_EARLIER}")),
    Case("model_time", update("model", 2, f"updated_at = {_EARLIER}")),
    Case("pricing_info_time", update("pricing_info", 1, f"last_updated = {_EARLIER}")),
    Case("model_pricing_time", update("model_pricing", 3, f"last_updated = {_EARLIER}")),
    Case("limits_info_time", update("limits_info", 1, f"last_updated = {_EARLIER}")),
    Case("provider_starts_inactive", insert("provider", is_active="1")),
    Case("provider_starts_inactive", insert("provider", key_validated_at=LATER)),
    Case(
        "provider_key_change_deactivates", update("provider", 1, f"api_key_encrypted={OTHER_SEALED}", _FRESH)
    ),
    Case(
        "provider_key_change_deactivates",
        update("provider", 1, _OFF, f"api_key_encrypted={OTHER_SEALED}", _FRESH),
    ),
    Case("provider_key_change_deactivates", update("provider", 1, _FRESH)),
    Case("provider_key_change_deactivates", update("provider", 1, _NO_KEY, "key_fingerprint = NULL")),
    Case(
        "provider_key_change_fingerprint",
        update("provider", 1, _OFF, _UNCHECKED, f"api_key_encrypted = {OTHER_SEALED}"),
    ),
    Case("provider_key_fingerprint_fresh", update("provider", 3, f"key_fingerprint = '{33:016x}'")),
    Case("provider_key_validated_by_check", update("provider", 3, f"key_validated_at = {LATER}")),
    Case("provider_key_validated_by_check", update("provider", 2, f"key_validated_at = {LATER}")),
    Case("model_starts_unverified", insert("model", verification_state="'verified'")),
    Case("model_verified_by_result", update("model", 2, "verification_state = 'verified'")),
    Case("model_verified_by_result", update("model", 4, "verification_state = 'verified'")),
    Case("verification_result_kept", "DELETE FROM verification_result WHERE id = 1"),
    Case("provider.is_active.needs_valid_key", update("provider", 3, "is_active = 1")),
    Case("provider.is_active.needs_valid_key", update("provider", 2, "is_active = 1")),
    Case("provider.is_active.needs_valid_key", update("provider", 1, _UNCHECKED)),
    Case("provider.key_fingerprint.paired", insert("provider", api_key_encrypted=SEALED)),
    Case("provider.key_fingerprint.paired", insert("provider", key_fingerprint="'00000000000000aa'")),
    Case("provider.key_validated_at.needs_key", update("provider", 1, _OFF, _NO_KEY)),
    Case("provider.updated_at.order", insert("provider", updated_at=_EARLIER)),
    Case("model.updated_at.order", insert("model", updated_at=_EARLIER)),
    Case("verification_run.finished_at.ended", insert("verification_run", finished_at=LATER)),
    Case("verification_run.finished_at.ended", insert("verification_run", state="'done'")),
    Case(
        "verification_run.finished_at.order", insert("verification_run", state="'done'", finished_at=_EARLIER)
    ),
    Case("model_pricing.input_price_per_token.stated", insert("model_pricing", input_price_per_token="NULL")),
    Case("NOT NULL constraint failed: provider.endpoint", insert("provider", endpoint="NULL")),
    Case("NOT NULL constraint failed: provider.uuid", insert("provider", uuid="NULL")),
    Case("NOT NULL constraint failed: provider.is_active", insert("provider", is_active="NULL")),
    Case("NOT NULL constraint failed: model.model_id", insert("model", model_id="NULL")),
    Case("NOT NULL constraint failed: model.name", insert("model", name="NULL")),
    Case(
        "NOT NULL constraint failed: pricing_info.input_price_per_token",
        insert("pricing_info", input_price_per_token="9e999 - 9e999"),
    ),
    Case(
        "NOT NULL constraint failed: pricing_info.last_updated", insert("pricing_info", last_updated="NULL")
    ),
    Case("NOT NULL constraint failed: limits_info.last_updated", insert("limits_info", last_updated="NULL")),
    Case(
        "NOT NULL constraint failed: model_pricing.last_updated", insert("model_pricing", last_updated="NULL")
    ),
    Case(
        "cannot store REAL value in INTEGER column model.max_input_tokens",
        insert("model", max_input_tokens="5.9"),
    ),
    Case(
        "cannot store TEXT value in INTEGER column model.max_input_tokens",
        insert("model", max_input_tokens="'128k'"),
    ),
    Case(
        "cannot store TEXT value in INTEGER column provider.is_active",
        update("provider", 1, "is_active = 'false'"),
    ),
    Case(
        "cannot store TEXT value in REAL column pricing_info.input_price_per_token",
        insert("pricing_info", input_price_per_token="'1,5'"),
    ),
    Case(
        "cannot store BLOB value in TEXT column provider.endpoint", insert("provider", endpoint="x'68747470'")
    ),
    Case(
        "cannot store REAL value in INTEGER column limits_info.tokens_per_hour",
        insert("limits_info", tokens_per_hour="9223372036854775808"),
    ),
)

# a purge: every step of it is accepted in this order, and its guard opens the door for one provider only
PURGE: tuple[Case, ...] = (
    Case(None, _PURGE.format(1)),
    Case("verification_result_kept", "DELETE FROM verification_result WHERE provider_id = 3"),
    Case(None, "DELETE FROM verification_result WHERE provider_id = 1"),
    Case(None, "DELETE FROM pricing_info WHERE provider_id = 1"),
    Case(None, "DELETE FROM limits_info WHERE provider_id = 1"),
    Case("provider_has_models", "DELETE FROM provider WHERE id = 1"),
    Case(None, "DELETE FROM model WHERE provider_id = 1"),
    Case(None, "DELETE FROM provider WHERE id = 1"),
    Case(None, "DELETE FROM meta WHERE key = 'purge'"),
    Case("verification_result_kept", "DELETE FROM verification_result WHERE provider_id = 3"),
)
