"""Where a key may travel: to the origin it is for, in a header, over a checked connection."""

import asyncio
import datetime as dt
import ipaddress
import logging
import ssl
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from tests.fault_server import FaultServer, delta, says, says_json, streams
from tests.test_rooms import loaded_after
from tests.wire_asking import KEY, QUICK, asking, at, everything, mocked
from tui_registry import __version__
from tui_registry.endpoint import parse_endpoint
from tui_registry.errors import Refused
from tui_registry.text import Secret
from tui_registry.wire import Exchange, Target, Wire
from tui_registry.wire.connecting import proxy_for

AUTHS = ["bearer", "x-api-key", "x-goog-api-key", "api-key", "api-key-scheme"]
OK = says_json({"data": []})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("auth", AUTHS)
async def test_a_redirect_is_never_followed(status: int, auth: str) -> None:
    with FaultServer(OK) as other, FaultServer(says("", status, location=f"{other.url}/models")) as server:
        async with Wire(deadlines=QUICK) as wire:
            target = at(server.url, auth=auth)
            exchange = await wire.prove_key(target, "GET /models")
            listing = await wire.list_models(target)
            reply = await wire.chat(target, asking())
    assert (other.asked, other.accepted) == ([], 0)
    assert {exchange.outcome, listing.exchange.outcome, reply.exchange.outcome} == {"edge"}
    assert KEY in everything([asked.text for asked in server.asked])


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ("bearer", "authorization", f"Bearer {KEY}"),
        ("x-api-key", "x-api-key", KEY),
        ("x-goog-api-key", "x-goog-api-key", KEY),
        ("api-key", "api-key", KEY),
        ("api-key-scheme", "authorization", f"Api-Key {KEY}"),
    ],
)
@pytest.mark.parametrize("dialect", ["openai", "anthropic", "gemini", "cohere"])
async def test_a_key_travels_in_one_header_and_nowhere_else(
    auth: str, header: str, value: str, dialect: str
) -> None:
    with FaultServer(OK) as server:
        async with Wire(deadlines=QUICK) as wire:
            target = at(server.url, dialect, auth=auth)
            await wire.list_models(target)
            await wire.prove_key(target, "GET /models")
            await wire.chat(target, asking())
            await wire.embed(target, "e", ["a"])
    assert len(server.asked) >= 3
    for asked in server.asked:
        assert asked.headers.pop(header) == value
        assert KEY not in asked.text
        assert asked.headers["user-agent"] == f"tui-registry/{__version__}"
        assert asked.headers["accept-encoding"] == "identity"


async def test_cookies_are_not_kept() -> None:
    with FaultServer(says_json({"data": []}, set_cookie="a=b; Path=/")) as server:
        async with Wire(deadlines=QUICK) as wire:
            await wire.list_models(at(server.url))
            await wire.list_models(at(server.url))
    assert "cookie" not in server.asked[1].headers


@pytest.mark.parametrize(
    "proof",
    [
        "GET https://evil.example/v1/models", "GET http://127.0.0.1:1/v1/models",
        "GET https://127.0.0.1/v1/models",
        "POST https://user@evil.example/x", "GET //evil.example/x",
        "GET /../../x", "GET @evil.example", "chat",
        "DELETE /models", "GET", "", "GET file:///etc/passwd", "GET /a?b=c", "GET /a\r\nx: y",
    ],
)  # fmt: skip
async def test_a_proof_elsewhere_is_refused_before_anything_is_sent(proof: str) -> None:
    with FaultServer(OK) as server:
        async with Wire(deadlines=QUICK) as wire:
            with pytest.raises(Refused) as refusal:
                await wire.prove_key(at(server.url), proof)
    assert KEY not in str(refusal.value)
    assert server.asked == []


async def test_a_proof_may_name_another_path_of_the_same_origin() -> None:
    with FaultServer(says_json({"valid": True})) as server:
        origin = server.url.removesuffix("/v1")
        async with Wire(deadlines=QUICK) as wire:
            exchange = await wire.prove_key(at(server.url), f"POST {origin}/v9/check-api-key")
    assert exchange.outcome == "ok"
    assert (server.asked[0].method, server.asked[0].path) == ("POST", "/v9/check-api-key")


def answered(request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(200, json={"data": [], "asked": request.headers.get("authorization")})


@pytest.mark.parametrize("url", ["http://192.168.1.5/v1", "http://example.com/v1"])
async def test_a_key_crosses_a_network_unencrypted_only_with_consent(url: str) -> None:
    async with mocked(answered) as wire:
        with pytest.raises(Refused, match="unencrypted"):
            await wire.list_models(at(url))
        with pytest.raises(Refused, match="unencrypted"):
            await wire.list_models(at(url, consented_host="other.example"))
        consented = await wire.list_models(at(url, consented_host=parse_endpoint(url).host))
        keyless = await wire.list_models(replace(at(url), secret=None))
    assert consented.exchange.outcome == keyless.exchange.outcome == "ok"


@pytest.mark.parametrize(
    "url",
    ["https://169.254.169.254/v1", "http://0.0.0.0/v1", "https://[fe80::1]/v1", "https://you.invalid/v1"],
)
async def test_a_key_never_goes_to_a_place_that_is_no_provider(url: str) -> None:
    async with mocked(answered) as wire:
        with pytest.raises(Refused):
            await wire.chat(at(url), asking())


@pytest.mark.parametrize(
    "key", ["sk-abc\ndef12345", "sk-abc def12345", "sk-é12345678", "sk-\u200b12345678", "a\0bcdefgh", ""]
)
@pytest.mark.parametrize("auth", AUTHS)
async def test_a_key_that_no_header_can_carry_is_refused_without_naming_it(key: str, auth: str) -> None:
    async with mocked(answered) as wire:
        with pytest.raises(Refused) as refusal:
            await wire.chat(
                Target(parse_endpoint("https://a.example/v1"), auth=auth, secret=Secret(key)), asking()
            )
    assert not key or key not in str(refusal.value)
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize("facts", [{"dialect": "grpc"}, {"auth": "query"}])
async def test_an_unknown_dialect_or_auth_is_refused(facts: dict[str, str]) -> None:
    async with mocked(answered) as wire:
        with pytest.raises(Refused):
            await wire.chat(at("https://a.example/v1", **facts), asking())


@pytest.mark.parametrize("model", ["../../x", "a/../../b", "..", "a?key=1", "a#b", "a b", "a\r\nb"])
async def test_a_model_id_cannot_leave_its_path(model: str) -> None:
    seen: list[httpx2.URL] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.url)
        return httpx2.Response(200, json={})

    async with mocked(handler) as wire:
        try:
            await wire.chat(at("https://a.example/v1beta", "gemini"), asking(model=model))
        except Refused:
            return
    path, _, query = seen[0].raw_path.decode().partition("?")
    assert path.startswith("/v1beta/models/")
    assert path.count("/") == 3
    assert query == "alt=sse"


@pytest.mark.parametrize(
    "name", ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"]
)
async def test_loopback_and_keyed_http_never_meet_a_proxy(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer(OK) as recorder, FaultServer(OK) as server:
        proxy = recorder.url.removesuffix("/v1")
        monkeypatch.setenv(name, proxy)
        async with Wire(environ={name: proxy}, deadlines=QUICK) as wire:
            listing = await wire.list_models(at(server.url))
            target = at("http://192.0.2.1:9/v1", consented_host="192.0.2.1")
            await wire.list_models(target, deadlines=replace(QUICK, connect=0.2, total=0.4))
    assert listing.exchange.outcome == "ok"
    assert recorder.accepted == 0


async def test_https_goes_through_the_proxy_it_was_told_of_as_a_tunnel() -> None:
    with FaultServer(says("no", 407)) as recorder:
        environ = {"HTTPS_PROXY": recorder.url.removesuffix("/v1")}
        async with Wire(environ=environ, deadlines=QUICK) as wire:
            exchange = (await wire.list_models(at("https://a.example/v1"))).exchange
    assert (exchange.outcome, exchange.reason) == ("edge", "proxy")
    assert [asked.method for asked in recorder.asked] == ["CONNECT"]
    assert KEY not in recorder.asked[0].text


@pytest.mark.parametrize(
    ("url", "environ", "proxied"),
    [
        ("https://a.example/v1", {"HTTPS_PROXY": "http://p:3128"}, True),
        ("https://a.example/v1", {"https_proxy": "p:3128"}, True),
        ("https://a.example/v1", {}, False),
        ("https://a.example/v1", {"HTTP_PROXY": "http://p", "ALL_PROXY": "http://p"}, False),
        ("https://a.example/v1", {"HTTPS_PROXY": "http://p", "NO_PROXY": "a.example"}, False),
        ("https://a.example/v1", {"HTTPS_PROXY": "http://p", "NO_PROXY": "x, .example"}, False),
        ("https://a.example/v1", {"HTTPS_PROXY": "http://p", "no_proxy": "*"}, False),
        ("https://a.example/v1", {"HTTPS_PROXY": "http://p", "NO_PROXY": "a.example:8443"}, True),
        ("https://a.example/v1", {"HTTPS_PROXY": "http://p", "NO_PROXY": "aa.example,,ample"}, True),
        ("https://10.1.2.3/v1", {"HTTPS_PROXY": "http://p", "NO_PROXY": "10.0.0.0/8"}, False),
        ("https://localhost/v1", {"HTTPS_PROXY": "http://p"}, False),
        ("https://127.0.0.2/v1", {"HTTPS_PROXY": "http://p"}, False),
        ("http://a.example/v1", {"HTTPS_PROXY": "http://p", "HTTP_PROXY": "http://p"}, False),
    ],
)
def test_only_https_is_proxied_and_no_proxy_holds(url: str, environ: dict[str, str], proxied: bool) -> None:
    assert (proxy_for(parse_endpoint(url), environ) is not None) == proxied


@pytest.mark.parametrize("address", ["socks5://p:1", "ftp://p", "http://", "http://p:99999"])
def test_a_proxy_that_cannot_be_used_is_refused(address: str) -> None:
    with pytest.raises(Refused, match="HTTPS_PROXY"):
        proxy_for(parse_endpoint("https://a.example"), {"HTTPS_PROXY": address})


def certificate(folder: Path, *, host: str = "127.0.0.1", days: int = 10) -> tuple[ssl.SSLContext, Path]:
    """A server's own certificate, valid for `days` from yesterday, and where it lies."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    start = dt.datetime.now(dt.UTC) - dt.timedelta(days=20)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=20 + days))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, file


async def over_tls(tls: ssl.SSLContext, ca_file: Path | None) -> tuple[Exchange, FaultServer]:
    with FaultServer(OK, tls=tls) as server:
        async with Wire(ca_file=ca_file, deadlines=QUICK) as wire:
            return (await wire.list_models(at(server.url))).exchange, server


async def test_a_certificate_that_nobody_vouches_for_ends_it_before_the_key_is_sent(tmp_path: Path) -> None:
    tls, _ = certificate(tmp_path)
    exchange, server = await over_tls(tls, None)
    assert (exchange.outcome, exchange.reason) == ("edge", "tls")
    assert (server.accepted, server.asked) == (1, [])


@pytest.mark.parametrize("wrong", [{"host": "127.0.0.9"}, {"days": -1}])
async def test_an_expired_or_another_hosts_certificate_is_refused(
    tmp_path: Path, wrong: dict[str, str]
) -> None:
    tls, file = certificate(tmp_path, **wrong)  # type: ignore[arg-type]
    exchange, server = await over_tls(tls, file)
    assert (exchange.outcome, exchange.reason, server.asked) == ("edge", "tls", [])


async def test_a_private_authority_is_honoured_and_no_session_key_is_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys.log"))
    tls, file = certificate(tmp_path)
    exchange, _ = await over_tls(tls, file)
    assert exchange.outcome == "ok"
    assert not (tmp_path / "keys.log").exists()


async def test_a_certificate_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("hello")
    for file in (tmp_path / "ca.pem", tmp_path / "missing.pem"):
        async with Wire(ca_file=file) as wire:
            with pytest.raises(Refused, match=file.name):
                await wire.list_models(at("https://a.example/v1"))


async def test_logging_at_its_loudest_never_holds_the_key(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with FaultServer(says_json({"error": KEY}, 401, x_echo=KEY, server=KEY)) as server:
        async with Wire(deadlines=QUICK) as wire:
            await wire.list_models(at(server.url))
            await wire.chat(at(server.url), asking())
    assert KEY not in caplog.text


def test_the_door_stays_light() -> None:
    assert "httpx2" not in loaded_after("import tui_registry.wire")


def test_nothing_shows_a_key_by_accident() -> None:
    target = at("https://a.example/v1")
    assert KEY not in repr(target) + str(target) + f"{target.secret}"


async def test_two_providers_never_share_a_key() -> None:
    with FaultServer(OK) as one, FaultServer(OK) as two:
        async with Wire(deadlines=QUICK) as wire:
            second = replace(at(two.url), secret=Secret("sk-another-key-123"))
            await asyncio.gather(
                *(wire.list_models(target) for target in (at(one.url), second) for _ in range(5))
            )
    assert all(KEY in asked.text for asked in one.asked)
    assert all(KEY not in asked.text and "sk-another-key-123" in asked.text for asked in two.asked)


async def test_many_requests_at_once_each_get_their_own_answer() -> None:
    def echo(asked: object, line: object) -> None:
        said = asked.json["messages"][0]["content"]  # type: ignore[attr-defined]
        streams([delta(content=said, finish="stop")])(asked, line)  # type: ignore[arg-type]

    with FaultServer(echo) as server:
        async with Wire(deadlines=QUICK) as wire:
            prompts = [f"number {number}" for number in range(40)]
            replies = await asyncio.gather(
                *(wire.chat(at(server.url), asking(prompt=each)) for each in prompts)
            )
    assert [reply.text for reply in replies] == prompts
