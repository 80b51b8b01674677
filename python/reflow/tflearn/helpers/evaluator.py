"""Inference with a session."""

import numpy as np

import reflow.tensorflow as tf
from reflow.tflearn import config
from reflow.tflearn import keys
from reflow.tflearn import utils
from reflow.tflearn.helpers.trainer import evaluate_arrays


class Evaluator:
    """Computes tensors, and metrics of arrays."""

    def __init__(self, tensors, model=None, session=None):
        self.tensors = utils.to_list(tensors)
        self.graph = self.tensors[0].graph
        with self.graph.as_default():
            self.session = session or tf.Session()
            if session is None:
                if model is None:
                    raise Exception('A model or a session is needed')
                tf.train.Saver().restore(self.session, model)
            self.dprep_dict = {placeholder: function for placeholder, function in zip(
                tf.get_collection(keys.INPUTS), tf.get_collection(keys.DATA_PREP)) if function}

    def predict(self, feed_dict):
        """The values of the tensors."""
        with self.graph.as_default():
            config.is_training(False, self.session)
            feed = {key: self.dprep_dict[key].apply(value) if key in self.dprep_dict else value
                    for key, value in feed_dict.items()}
            values = [np.asarray(self.session.run(each, feed_dict=feed)) for each in self.tensors]
            return values[0] if len(values) == 1 else values

    def evaluate(self, feed_dict, ops, batch_size=128):
        """The means of metrics over arrays."""
        with self.graph.as_default():
            config.is_training(False, self.session)
            return evaluate_arrays(self.session, utils.to_list(ops), feed_dict, batch_size, dprep_dict=self.dprep_dict)
