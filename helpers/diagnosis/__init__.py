"""The likely preprocessing mistake behind a phone's log: `diagnose(log)` names it, or says that there is none.

`as_if(log, "swapped")` makes up the log that the same app would have written with a mistake in it.
"""

from helpers.diagnosis.made_up import as_if
from helpers.diagnosis.reasoning import diagnose
from helpers.diagnosis.verdict import NO_MISTAKE, UNDECIDED, UNKNOWN, Diagnosis

__all__ = ["NO_MISTAKE", "UNDECIDED", "UNKNOWN", "Diagnosis", "as_if", "diagnose"]
