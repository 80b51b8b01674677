"""Building of SavedModels, under the name that programs import."""
from reflow.saved_model.builder_impl import SavedModelBuilder, _SavedModelBuilder  # noqa: F401
