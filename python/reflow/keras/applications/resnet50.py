"""ResNet50 and what goes with it, as older programs import it."""

from reflow.keras.applications.resnet import ResNet50, decode_predictions, preprocess_input  # noqa: F401
