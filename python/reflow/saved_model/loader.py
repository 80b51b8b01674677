"""Loading of SavedModels, under the name that programs import."""
from reflow.saved_model.loader_impl import load, maybe_saved_model_directory  # noqa: F401
