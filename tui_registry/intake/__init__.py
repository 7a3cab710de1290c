"""TAKES IN: files and catalogues from elsewhere, read as data within bounds, and told as differences."""

from tui_registry.intake.differences import Line as Line
from tui_registry.intake.differences import difference_lines as difference_lines
from tui_registry.intake.differences import plan_record as plan_record
from tui_registry.intake.differences import summary as summary
from tui_registry.intake.env_file import EnvKeys as EnvKeys
from tui_registry.intake.env_file import NamedKey as NamedKey
from tui_registry.intake.env_keys import Offer as Offer
from tui_registry.intake.env_keys import offers as offers
from tui_registry.intake.env_keys import seal as seal
from tui_registry.intake.formats import FORMATS as FORMATS
from tui_registry.intake.formats import read as read
from tui_registry.intake.found import Intake as Intake
from tui_registry.intake.found import Problem as Problem
from tui_registry.intake.found import of_providers as of_providers
from tui_registry.intake.refreshing import MODELS_DEV as MODELS_DEV
from tui_registry.intake.refreshing import fetch as fetch
from tui_registry.intake.source import Source as Source
from tui_registry.intake.source import read_file as read_file
from tui_registry.intake.source import read_stream as read_stream
