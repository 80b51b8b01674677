"""What a SavedModel holds."""
from reflow.tools.saved_model_utils import get_saved_model_tag_sets, read_saved_model  # noqa: F401
