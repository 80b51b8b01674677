"""Predictors of Estimators of tf.estimator."""
from reflow.contrib.predictor import predictor
from reflow.estimator.mode_keys import ModeKeys
from reflow.framework import ops
from reflow.saved_model import signature_constants
from reflow.training import monitored_session


class CoreEstimatorPredictor(predictor.Predictor):
    """The outputs of a model for what its serving input receiver gets."""

    def __init__(self, estimator, serving_input_receiver_fn, output_key=None, graph=None, config=None):
        output_key = output_key or signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY
        self._graph = graph or ops.Graph()
        with self._graph.as_default():
            receiver = serving_input_receiver_fn()
            outputs = estimator.model_fn(receiver.features, None, ModeKeys.PREDICT, estimator.config).export_outputs
            if outputs.get(output_key) is None:
                raise KeyError('output_key must be one of {}; got {}'.format(outputs.keys(), output_key))
            signature = outputs[output_key].as_signature_def(receiver.receiver_tensors)
            self._session = monitored_session.MonitoredSession(session_creator=monitored_session.ChiefSessionCreator(
                config=config, checkpoint_dir=estimator.model_dir))
            self._feed_tensors = {key: self._graph.get_tensor_by_name(info.name) for key, info in signature.inputs.items()}
            self._fetch_tensors = {key: self._graph.get_tensor_by_name(info.name)
                                   for key, info in signature.outputs.items()}
