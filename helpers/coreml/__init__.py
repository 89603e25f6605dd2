"""Core ML's files, read and computed on any system.

Apple runs them on its own systems alone. These modules read a `.mlmodel` or `.mlpackage` by Apple's published
description of the format and compute it with TensorFlow's kernels, so that a conversion can be checked without a Mac.
"""
