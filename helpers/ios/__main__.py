"""The command line: `python -m helpers.ios --help`."""

from __future__ import annotations

import argparse
import sys

from helpers.errors import DeploymentError
from helpers.ios.models import add_models
from helpers.weights import OFFLINE


def main(arguments: list[str] | None = None) -> None:
    """Copy models into the iOS app, and tell where they are."""
    parser = argparse.ArgumentParser(prog="python -m helpers.ios", description="Put models into the iOS app.")
    parser.add_argument("models", nargs="+", help="the models, such as squeezenet; LeNet is in the app already")
    parser.add_argument("--weights", default=OFFLINE, help="offline, imagenet, or the path of a Keras file")
    chosen = parser.parse_args(arguments)
    try:
        for path in add_models(chosen.models, chosen.weights):
            print(path)
    except DeploymentError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
