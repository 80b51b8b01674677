"""Models of Keras as SavedModels, by the names of before tf.keras.experimental."""
from reflow.keras.saving.saved_model_experimental import export_saved_model as save_keras_model  # noqa: F401
from reflow.keras.saving.saved_model_experimental import load_from_saved_model as load_keras_model  # noqa: F401
