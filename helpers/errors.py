"""The package's one family of exceptions.

Catch `DeploymentError` to catch everything the package raises on purpose. Each message says what was expected,
what was received, and what to do about it.
"""


class DeploymentError(Exception):
    """Base of every error that the package raises on purpose."""


class DataError(DeploymentError):
    """A data set, a table or a label file is missing, damaged or not what its name says."""


class ImageError(DeploymentError):
    """An image has the wrong shape, type, range or content for the model it was given to."""


class ManifestError(DeploymentError):
    """A manifest is malformed, or does not describe the files beside it."""


class ModelFileError(DeploymentError):
    """A model file is missing, damaged, of another model, or cannot be run."""


class ArtifactWriteError(DeploymentError):
    """A generated file could not be written whole; nothing half-written is left behind."""


class LaneError(DeploymentError):
    """A toolchain that an optional part needs (an emulator, Java, Swift) is missing or broken."""


class LedgerError(DeploymentError):
    """A row of the ledger names an unknown claim, or says something its status does not allow."""


class SeriesError(DeploymentError):
    """The series of notebooks, a batch table or a parameter given to them is not usable."""
