"""Models of Keras as SavedModels."""
from reflow.contrib.saved_model import load_keras_model, save_keras_model  # noqa: F401
