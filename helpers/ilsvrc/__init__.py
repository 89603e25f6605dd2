"""ILSVRC-2012's validation set at full size: a folder of the user's, read, checked, and a network's accuracy on it.

The paper measures its accuracies on these 50,000 images (section III.C.1), which may not be passed on: whoever has them
names the folder. `helpers.ilsvrc.folder` reads it, `helpers.ilsvrc.evaluation` evaluates a model on it,
`python -m helpers.ilsvrc --help` does both from a command line, and `helpers.ilsvrc.synthetic` makes a folder of the
same layout for those who have none. Taught in notebook 07_validate_accuracy.
"""
