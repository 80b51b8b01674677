"""tf.estimator.ModeKeys."""

from reflow.saved_model.model_utils.mode_keys import EstimatorModeKeys as ModeKeys  # noqa: F401
