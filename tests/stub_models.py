"""What the tests of both apps' cores share: a model for the stub engine, which reads no file."""

from __future__ import annotations

from pathlib import Path

from helpers.files import sha256_bytes
from helpers.manifest import Manifest, save_manifest
from helpers.zoo import model_record


def stub_model(folder: Path, name: str, file_format: str) -> Path:
    """A model's real manifest beside a file that only looks like a model.

    Args:
        folder: an empty one.
        name: the model.
        file_format: the file's format, which is its suffix as well.
    """
    content = b"not a real network"
    record = model_record(name)
    path = f"{name}.{file_format}"
    (folder / path).write_bytes(content)
    manifest = Manifest.model_validate(
        {
            "model": record.name,
            "title": record.title,
            "citation": record.citation,
            "input": record.input.model_dump(),
            "labels": record.labels,
            "label_ids": record.label_ids,
            "weights": {"kind": "untrained", "source": "a test", "licence": "MIT", "sha256": "0" * 64},
            "files": [
                {
                    "format": file_format,
                    "path": path,
                    "sha256": sha256_bytes(content),
                    "bytes": len(content),
                    "input_node": "image",
                    "output_node": "probabilities",
                    "recipe": "1" * 64,
                }
            ],
            "tools": {},
        }
    )
    save_manifest(manifest, folder)
    return folder
