"""The run logs of phones, as they come: read, checked against the models at hand, and told what not to trust.

A log that cannot be true is refused with the reason; one that may mislead is shown with a flag that says why; and each
goes by the name of what it was measured on, so that no desktop passes for a phone. Paper, sections III.C and IV; taught
in notebooks 07_validate_accuracy and 08_benchmark_multithreading.
"""

from helpers.device_logs.flags import Flag, flags_of
from helpers.device_logs.folder import (
    DEVICE_RESULTS,
    DeviceLog,
    DeviceLogs,
    RefusedFile,
    device_log_table,
    read_device_logs,
)
from helpers.device_logs.known_models import check_model, manifests_at_hand
from helpers.device_logs.places import is_phone, label

__all__ = [
    "DEVICE_RESULTS",
    "DeviceLog",
    "DeviceLogs",
    "Flag",
    "RefusedFile",
    "check_model",
    "device_log_table",
    "flags_of",
    "is_phone",
    "label",
    "manifests_at_hand",
    "read_device_logs",
]
