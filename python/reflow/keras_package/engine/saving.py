"""Models as configurations and files."""

from reflow.keras.saving.save import load_model, save_model  # noqa: F401
from reflow.keras_package.models import model_from_config, model_from_json, model_from_yaml  # noqa: F401
