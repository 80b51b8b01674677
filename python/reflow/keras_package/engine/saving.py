"""Models as configurations and files."""

from reflow.keras_package.models import (load_model, model_from_config, model_from_json, model_from_yaml,  # noqa: F401
                                         save_model)
