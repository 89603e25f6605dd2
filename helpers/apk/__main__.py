"""The command line: `python -m helpers.apk --help`."""

from __future__ import annotations

import argparse
import sys

from helpers.apk.assets import app_models, gather_assets
from helpers.apk.build import DEFAULT_ABI, build_apk
from helpers.apk.contents import apk_sizes, page_sizes
from helpers.apk.steps import ABIS
from helpers.errors import DeploymentError
from helpers.files import build_dir
from helpers.weights import OFFLINE


def main(arguments: list[str] | None = None) -> None:
    """Build an APK, or lay out its assets for Android Studio, and tell where it is and what is in it."""
    parser = argparse.ArgumentParser(prog="python -m helpers.apk", description="Build the Android app's signed APK.")
    parser.add_argument("models", nargs="*", help="the models that go in; none: they are pushed to the phone later")
    parser.add_argument("--abi", nargs="+", default=[DEFAULT_ABI], help=f"the processors: {', '.join(ABIS)}")
    parser.add_argument("--weights", default=OFFLINE, help="offline, imagenet, or the path of a Keras file")
    parser.add_argument(
        "--assets-only", action="store_true", help="only lay out what Android Studio packs: build/android/assets"
    )
    chosen = parser.parse_args(arguments)
    try:
        if chosen.assets_only:
            models = app_models(chosen.models, chosen.weights, progress=True)
            print(gather_assets(models, build_dir() / "android" / "assets"))
            return
        apk = build_apk(chosen.models, chosen.abi, chosen.weights, progress=True)
    except DeploymentError as error:
        sys.exit(f"error: {error}")
    for table in (apk_sizes(apk), page_sizes(apk)):
        columns = table.select_dtypes("int").columns
        print(table.to_string(index=False, formatters=dict.fromkeys(columns, "{:,}".format)), end="\n\n")
    print(apk)


if __name__ == "__main__":
    main()
