"""Converters: each module turns a model's Keras .h5 file into one deployable format.

Learn one and you know them all. Each has `FORMAT`, the name of what it makes; `FILE_SUFFIX`; and
`convert(source, target) -> ConvertedNodes`, which writes the file and says which nodes go in and come out. `keras_file`
loads and writes the .h5 file itself.
"""
