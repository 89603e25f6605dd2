"""The key that signs an APK: a debug key, made here once and never committed.

Android installs an update only if the same key signed it, so the key is kept over builds. Its password is the one that
Android Studio gives its own debug key; it protects nothing, and nothing that is signed with it should be published.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from filelock import FileLock

from helpers.apk.tools import Tools
from helpers.files import ensure_folder, whole_file
from helpers.lanes.programs import run_program

KEY_ALIAS = "androiddebugkey"
KEY_PASSWORD = "android"
_NAME = "CN=Debug key of the real-time classifier, OU=made on this machine, O=not for publication"
_DAYS = 10_000


def debug_key(tools: Tools, folder: Path) -> Path:
    """The key store in a folder, made first if it is not there yet.

    Args:
        tools: of them keytool.
        folder: where it is kept, as `debug.keystore`.

    Returns:
        A PKCS 12 file with one RSA key of 2048 bits, `KEY_ALIAS`, behind `KEY_PASSWORD`.

    Raises:
        LaneError: keytool failed.
        ArtifactWriteError: the folder cannot be written.
    """
    store = folder / "debug.keystore"
    with FileLock(ensure_folder(folder) / ".debug.keystore.lock"):
        if not store.is_file():
            with tempfile.TemporaryDirectory(dir=folder) as name:
                made = Path(name) / store.name
                key = ("-genkeypair", "-alias", KEY_ALIAS, "-keyalg", "RSA", "-keysize", "2048", "-dname", _NAME)
                kept = ("-validity", str(_DAYS), "-storetype", "PKCS12", "-storepass", KEY_PASSWORD)
                run_program((str(tools.keytool), *key, *kept, "-keystore", str(made)), "make a debug key")
                with whole_file(store) as partial:
                    partial.write_bytes(made.read_bytes())
    return store
