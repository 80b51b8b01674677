"""Models."""

from reflow.tflearn.models.dnn import DNN  # noqa: F401
