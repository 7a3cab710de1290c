"""Judging the embeddings probe: two inputs must give two different, usable vectors."""

from tui_registry.verification import scoring
from tui_registry.verification.judgement import Judgement, gate, refused
from tui_registry.wire import EmbedReply


def judge_embeddings(reply: EmbedReply, *, listed: bool | None) -> Judgement:
    """The verdict on the vectors; an accepted pair shows that the model is served."""
    exchange = reply.exchange
    if exchange.outcome != "ok":
        return refused(exchange)
    value = scoring.embeddings(reply.vectors)
    dimension = len(reply.vectors[0]) if reply.vectors else 0
    scores = {"embeddings": value}
    if value and listed is not False:
        scores["existence"] = 1.0
    sentence = f"It gave vectors of {dimension:,} numbers." if value else "It gave no usable vectors."
    checks = {"vectors": len(reply.vectors), "dimension": dimension, "listed": listed}
    return Judgement(gate(value), "ok" if value else "protocol", sentence, scores, checks)
