"""A PBX without a PBX: `Simulator` speaks AMI as Asterisk 22 does and keeps real state.

    server -> session -> answers (questions) | deeds (commands) -> signals -> thread -> switch -> events
    scenarios -> exchange -> thread (call, queue_call, originate) -> switch -> layout -> bytes

In: AMI clients, scenarios, or a test that plays everybody's part. Out: what a real Asterisk would send and leave.
"""

from pbx.simulator.plan import Behaviour, Plan, Reaction
from pbx.simulator.scenarios import SCENARIOS
from pbx.simulator.server import Handle, Simulator

__all__ = ["SCENARIOS", "Behaviour", "Handle", "Plan", "Reaction", "Simulator"]
