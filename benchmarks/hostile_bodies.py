"""`python -m benchmarks.hostile_bodies`: measure hostile bodies, and write their page.

Every family at every place of every body takes minutes, so that it is apart from the gate, which
draws some of them.
"""

import os
import sys
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from tqdm import tqdm

from benchmarks.client import Call, event_of, route_of
from benchmarks.hostile import MAX_RATIO, Cost, Endpoint, cases, endpoints, measured
from benchmarks.report.tables import table
from benchmarks.stage import (
    CHATBOT,
    CONTACT_ID,
    CONVERSATION_ID,
    EXTERNAL_ID,
    TEMPLATE,
    UUID,
    WEBHOOK_ID,
    Stage,
    local_table,
)
from local.functions import load_handler
from local.template import read_template

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks" / "hostile-bodies.md"
BODY_BYTES = 200_000
DEFINITIONS = 100
