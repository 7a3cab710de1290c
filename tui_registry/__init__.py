"""A keyboard-driven terminal registry of the LLM API providers you pay for."""

__version__ = "0.1.0"
