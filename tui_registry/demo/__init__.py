"""PRETENDS: a rich made-up registry to look around in, made anew each time and thrown away."""

from tui_registry.demo.home import BANNER as BANNER
from tui_registry.demo.home import FIXED_END as FIXED_END
from tui_registry.demo.home import demo_home as demo_home
from tui_registry.demo.home import make_demo as make_demo
