"""ASKS: requests to providers, their answers judged and made safe; the only importer of httpx2.

`Wire` is an async context manager; its calls return what happened and raise only `Refused`, before sending:
`list_models(target)`, `prove_key(target, proof)`, `chat(target, request)`, `embed(target, model, inputs)`,
and without a key `download(address)`.
"""

from tui_registry.wire.chatting import cut_short as cut_short
from tui_registry.wire.exchange import RETRIED as RETRIED
from tui_registry.wire.exchange import Caps as Caps
from tui_registry.wire.exchange import ChatReply as ChatReply
from tui_registry.wire.exchange import ChatRequest as ChatRequest
from tui_registry.wire.exchange import Deadlines as Deadlines
from tui_registry.wire.exchange import EmbedReply as EmbedReply
from tui_registry.wire.exchange import Exchange as Exchange
from tui_registry.wire.exchange import Json as Json
from tui_registry.wire.exchange import JsonSchema as JsonSchema
from tui_registry.wire.exchange import LimitSeen as LimitSeen
from tui_registry.wire.exchange import ListedModel as ListedModel
from tui_registry.wire.exchange import Listing as Listing
from tui_registry.wire.exchange import Metric as Metric
from tui_registry.wire.exchange import Outcome as Outcome
from tui_registry.wire.exchange import Target as Target
from tui_registry.wire.exchange import Timings as Timings
from tui_registry.wire.exchange import Tool as Tool
from tui_registry.wire.exchange import ToolCall as ToolCall
from tui_registry.wire.exchange import Usage as Usage
from tui_registry.wire.exchange import Window as Window
from tui_registry.wire.wire import Wire as Wire
