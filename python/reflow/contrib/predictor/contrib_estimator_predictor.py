"""Predictors of Estimators of tf.contrib.learn."""
from reflow.contrib.learn.python.learn.utils import saved_model_export_utils
from reflow.contrib.predictor import predictor
from reflow.framework import ops
from reflow.training import checkpoint_management, monitored_session


class ContribEstimatorPredictor(predictor.Predictor):
    """The outputs of a model for what its input_fn, which gives InputFnOps, gets."""

    def __init__(self, estimator, prediction_input_fn, input_alternative_key=None, output_alternative_key=None, graph=None,
                 config=None):
        self._graph = graph or ops.Graph()
        with self._graph.as_default():
            input_ops = prediction_input_fn()
            model = estimator._get_predict_ops(input_ops.features)
            path = checkpoint_management.latest_checkpoint(estimator.model_dir)
            self._session = monitored_session.MonitoredSession(session_creator=monitored_session.ChiefSessionCreator(
                config=config, checkpoint_filename_with_path=path))
        inputs, _ = saved_model_export_utils.get_input_alternatives(input_ops)
        self._feed_tensors = inputs[input_alternative_key or saved_model_export_utils.DEFAULT_INPUT_ALTERNATIVE_KEY]
        outputs, key = saved_model_export_utils.get_output_alternatives(model, output_alternative_key)
        self._fetch_tensors = outputs[key][1]
