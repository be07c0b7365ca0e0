"""`slovo doctor`: what is wrong with an installation, in words, and how to mend it.

In: the settings. Out: one `Finding` per check, in the order in which a person would mend them. `machine` looks at this
machine (settings, database, disk, models, directories), `switch` at Asterisk (login, rights, a test call).
"""

from __future__ import annotations

from web.doctor.examine import examine
from web.doctor.finding import Finding, State

__all__ = ["Finding", "State", "examine"]
