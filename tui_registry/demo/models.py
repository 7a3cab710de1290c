"""The models of the made-up registry; names sound as models do, every number beside them is invented."""

from collections.abc import Iterator
from typing import NamedTuple


class Made(NamedTuple):
    """A model as the demo's catalogue lists it.

    `prices` are input, output, cached read and cache write in USD per 1M tokens, `-` where a price does
    not apply; an empty text is no price of its own. Token limits are None where unknown.
    """

    model_id: str
    name: str
    context: int | None
    output: int | None = None
    prices: str = ""
    reasoning: bool | None = False
    architecture: str | None = None


K = 1_000
M = 1_000_000

CLOSED: dict[str, tuple[Made, ...]] = {
    "Anthropic": (
        Made("claude-opus-4-5", "Claude Opus 4.5", 200 * K, 64 * K, "5 25 0.5 6.25", True),
        Made("claude-sonnet-4-5-20250929", "Claude Sonnet 4.5", M, 64 * K, "3 15 0.3 3.75", True),
        Made("claude-haiku-4-5", "Claude Haiku 4.5", 200 * K, 64 * K, "1 5 0.1 1.25", True),
        Made("claude-opus-4-1", "Claude Opus 4.1", 200 * K, 32 * K, "14 70 1.4 17.5", True),
        Made("claude-sonnet-4", "Claude Sonnet 4", 200 * K, 64 * K, "3 15 0.3 3.75", True),
        Made("claude-3-7-sonnet", "Claude Sonnet 3.7", 200 * K, 64 * K, "3 15 0.3 3.75", True),
        Made("claude-3-5-haiku", "Claude Haiku 3.5", 200 * K, 8 * K, "0.8 4 0.08 1"),
        Made("claude-3-haiku", "Claude Haiku 3", 200 * K, 4 * K, "0.25 1.25 0.03 0.3"),
    ),
    "Cohere": (
        Made("command-a-03-2025", "Command A", 256 * K, 8 * K, "2.5 10"),
        Made("command-a-reasoning", "Command A Reasoning", 256 * K, 32 * K, "2.5 10", True),
        Made("command-r-plus", "Command R+", 128 * K, 4 * K, "2.5 10"),
        Made("command-r", "Command R", 128 * K, 4 * K, "0.15 0.6"),
        Made("command-r7b", "Command R7B", 128 * K, 4 * K, "0.0375 0.15"),
        Made("embed-v4.0", "Embed 4", 128 * K, None, "0.12 -", None),
        Made("rerank-v3.5", "Rerank 3.5", 4 * K, None, "- -", None),
    ),
    "DeepSeek": (
        Made("deepseek-chat", "DeepSeek Chat", 128 * K, 8 * K, "0.28 0.42 0.028 -", False, "MoE"),
        Made("deepseek-reasoner", "DeepSeek Reasoner", 128 * K, 64 * K, "0.28 0.42 0.028 -", True, "MoE"),
        Made("deepseek-coder-v2", "DeepSeek Coder V2", 128 * K, 8 * K, "0.14 0.28", False, "MoE"),
        Made("deepseek-prover-v2", "DeepSeek Prover V2", 128 * K, None, "0.5 2.1", True, "MoE"),
    ),
    "Google": (
        Made("gemini-3-pro-preview", "Gemini 3 Pro Preview", M, 64 * K, "2 12 0.2 -", True),
        Made("gemini-2.5-pro", "Gemini 2.5 Pro", M, 64 * K, "1.25 10 0.125 -", True),
        Made("gemini-2.5-flash", "Gemini 2.5 Flash", M, 64 * K, "0.3 2.5 0.03 -", True),
        Made("gemini-2.5-flash-lite", "Gemini 2.5 Flash-Lite", M, 64 * K, "0.1 0.4 0.01 -", True),
        Made("gemini-2.0-flash", "Gemini 2.0 Flash", M, 8 * K, "0.1 0.4 0.025 -"),
        Made("gemini-2.0-flash-lite", "Gemini 2.0 Flash-Lite", M, 8 * K, "0.075 0.3"),
        Made("gemini-2.5-flash-image", "Gemini 2.5 Flash Image", 32 * K, 32 * K, "0.3 30"),
        Made("gemini-embedding-001", "Gemini Embedding", 2 * K, None, "0.15 -", None),
        Made("gemma-3-27b-it", "Gemma 3 27B", 128 * K, 8 * K, "0 0"),
        Made("gemma-3-12b-it", "Gemma 3 12B", 32 * K, 8 * K, "0 0"),
        Made("gemma-3n-e4b-it", "Gemma 3n E4B", 8 * K, 2 * K, "0 0"),
    ),
    "Mistral": (
        Made("mistral-large-latest", "Mistral Large", 128 * K, None, "2 6"),
        Made("mistral-medium-latest", "Mistral Medium", 128 * K, None, "0.4 2"),
        Made("mistral-small-latest", "Mistral Small", 128 * K, None, "0.1 0.3"),
        Made("magistral-medium-latest", "Magistral Medium", 40 * K, 40 * K, "2 5", True),
        Made("magistral-small-latest", "Magistral Small", 40 * K, 40 * K, "0.5 1.5", True),
        Made("codestral-2508", "Codestral", 256 * K, None, "0.3 0.9"),
        Made("devstral-medium-2507", "Devstral Medium", 128 * K, None, "0.4 2"),
        Made("pixtral-large-latest", "Pixtral Large", 128 * K),
        Made("ministral-8b-latest", "Ministral 8B", 128 * K, None, "0.1 0.1"),
        Made("ministral-3b-latest", "Ministral 3B", 128 * K, None, "0.04 0.04"),
        Made("mistral-embed", "Mistral Embed", 8 * K, None, "0.1 -", None),
    ),
    "OpenAI": (
        Made("gpt-5", "GPT-5", 400 * K, 128 * K, "1.25 10 0.125 -", True),
        Made("gpt-5-mini", "GPT-5 mini", 400 * K, 128 * K, "0.25 2 0.025 -", True),
        Made("gpt-5-nano", "GPT-5 nano", 400 * K, 128 * K, "0.05 0.4 0.005 -", True),
        Made("gpt-5-pro", "GPT-5 pro", 400 * K, 272 * K, "15 120", True),
        Made("gpt-4.1", "GPT-4.1", M, 32 * K, "2 8 0.5 -"),
        Made("gpt-4.1-mini", "GPT-4.1 mini", M, 32 * K, "0.4 1.6 0.1 -"),
        Made("gpt-4.1-nano", "GPT-4.1 nano", M, 32 * K, "0.1 0.4 0.025 -"),
        Made("gpt-4o", "GPT-4o", 128 * K, 16 * K, "2.5 10 1.25 -"),
        Made("gpt-4o-mini", "GPT-4o mini", 128 * K, 16 * K, "0.15 0.6 0.075 -"),
        Made("o3", "o3", 200 * K, 100 * K, "2 8 0.5 -", True),
        Made("o4-mini", "o4-mini", 200 * K, 100 * K, "1.1 4.4 0.275 -", True),
        Made("o3-pro", "o3-pro", 200 * K, 100 * K, "20 80", True),
        Made("gpt-4-turbo", "GPT-4 Turbo", 128 * K, 4 * K, "10 30"),
        Made("gpt-3.5-turbo", "GPT-3.5 Turbo", 16 * K, 4 * K, "0.5 1.5"),
        Made("text-embedding-3-large", "Embedding 3 large", 8 * K, None, "0.13 -", None),
        Made("text-embedding-3-small", "Embedding 3 small", 8 * K, None, "0.02 -", None),
    ),
    "xAI": (
        Made("grok-4", "Grok 4", 256 * K, None, "3 15 0.75 -", True),
        Made("grok-4-fast", "Grok 4 Fast", 2 * M, None, "0.2 0.5 0.05 -", True),
        Made("grok-code-fast-1", "Grok Code Fast 1", 256 * K, None, "0.2 1.5 0.02 -", True),
        Made("grok-3", "Grok 3", 128 * K, None, "3 15"),
        Made("grok-3-mini", "Grok 3 Mini", 128 * K, None, "0.3 0.5", True),
        Made("grok-2-vision", "Grok 2 Vision", 32 * K),
        Made("grok-5-preview", "Grok 5 Preview", None, None, "", None),
    ),
}
"""The models that only their makers serve, by provider."""

OPEN = (
    Made("openai/gpt-oss-120b", "GPT-OSS 120B", 128 * K, 64 * K, "0.15 0.6", True, "MoE"),
    Made("openai/gpt-oss-20b", "GPT-OSS 20B", 128 * K, 64 * K, "0.05 0.2", True, "MoE"),
    Made("meta-llama/llama-3.3-70b-instruct", "Llama 3.3 70B", 128 * K, 32 * K, "0.59 0.79", False, "dense"),
    Made("meta-llama/llama-3.1-8b-instruct", "Llama 3.1 8B", 128 * K, 16 * K, "0.05 0.08", False, "dense"),
    Made("meta-llama/llama-4-maverick", "Llama 4 Maverick", M, 8 * K, "0.2 0.6", False, "MoE"),
    Made("meta-llama/llama-4-scout", "Llama 4 Scout", 512 * K, 8 * K, "0.11 0.34", False, "MoE"),
    Made("qwen/qwen3-32b", "Qwen3 32B", 128 * K, 40 * K, "0.29 0.59", True, "dense"),
    Made("qwen/qwen3-coder-480b-a35b", "Qwen3 Coder 480B", 256 * K, 64 * K, "0.45 1.8", False, "MoE"),
    Made("moonshotai/kimi-k2-instruct", "Kimi K2", 256 * K, 16 * K, "1 3", False, "MoE"),
    Made("qwen/qwen3-235b-a22b-thinking", "Qwen3 235B Thinking", 256 * K, 80 * K, "0.3 2.9", True, "MoE"),
    Made("deepseek-ai/deepseek-v3.2", "DeepSeek V3.2", 160 * K, 64 * K, "0.56 1.68", True, "MoE"),
    Made("deepseek-ai/deepseek-r1", "DeepSeek R1", 160 * K, 32 * K, "1.35 5.4", True, "MoE"),
    Made("z-ai/glm-4.6", "GLM 4.6", 200 * K, 128 * K, "0.6 2.2", True, "MoE"),
    Made("z-ai/glm-4.5-air", "GLM 4.5 Air", 128 * K, 96 * K, "0.2 1.1", True, "MoE"),
    Made("minimax/minimax-m2", "MiniMax M2", 200 * K, 128 * K, "0.3 1.2", True, "MoE"),
    Made("mistralai/mixtral-8x22b-instruct", "Mixtral 8x22B", 64 * K, None, "1.2 1.2", False, "MoE"),
    Made("google/gemma-3-27b-it", "Gemma 3 27B", 128 * K, 8 * K, "0.1 0.2", False, "dense"),
    Made("nousresearch/hermes-4-405b", "Hermes 4 405B", 128 * K, None, "1 3", True, "dense"),
    Made("microsoft/phi-4", "Phi-4", 16 * K, 16 * K, "0.07 0.14", False, "dense"),
    Made("ibm/granite-4.0-h-small", "Granite 4.0 H Small", 128 * K, None, "0.06 0.25", False, "hybrid"),
)
"""The models that several providers serve, as OpenRouter names them."""

RESOLD = ("Anthropic", "OpenAI", "Google", "xAI")
LOCAL = ("gpt-oss:20b", "llama3.3:70b", "llama3.1:8b", "qwen3:32b", "gemma3:27b", "phi4:14b", "devstral:24b")


def models_of(provider: str) -> tuple[Made, ...]:
    """The models a provider of the demo lists, most used first."""
    if provider in CLOSED:
        return CLOSED[provider]
    return tuple(_SELLERS[provider]())


def _groq() -> Iterator[Made]:
    return iter(OPEN[:9])


def _together() -> Iterator[Made]:
    """Everything open; half of it at the provider's default price."""
    for place, model in enumerate(OPEN):
        yield model._replace(prices="" if place % 2 else model.prices)


def _fireworks() -> Iterator[Made]:
    for model in OPEN[:14]:
        yield model._replace(model_id=f"accounts/fireworks/models/{model.model_id.split('/')[1]}")


def _openrouter() -> Iterator[Made]:
    """The first of each maker, then the open ones, four of them free as well."""
    for maker in RESOLD:
        for model in CLOSED[maker][:3]:
            yield model._replace(model_id=f"{maker.lower().replace('xai', 'x-ai')}/{model.model_id}")
    yield from OPEN[4:]
    for model in (OPEN[1], OPEN[2], OPEN[11], OPEN[16]):
        yield model._replace(model_id=f"{model.model_id}:free", name=f"{model.name} (free)", prices="0 0 - -")


def _ollama() -> Iterator[Made]:
    """What runs on this machine; the provider's default says that it is free."""
    for tag in LOCAL:
        name, size = tag.split(":")
        yield Made(tag, f"{name} {size}", None, None, "", None)


_SELLERS = {
    "Fireworks AI": _fireworks,
    "Groq": _groq,
    "Ollama": _ollama,
    "OpenRouter": _openrouter,
    "Together AI": _together,
}
