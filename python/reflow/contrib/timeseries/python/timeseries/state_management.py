"""Where the state comes from that a model begins a batch with."""
from reflow.contrib.timeseries.python.timeseries import feature_keys
from reflow.estimator.mode_keys import ModeKeys


class PassthroughStateManager:
    """Begins each batch with the model's start state."""

    def __init__(self):
        self._input_statistics = None
        self._graph_initialized = False

    def initialize_graph(self, model, input_statistics=None):
        """Remembers the statistics."""
        del model
        self._graph_initialized = True
        self._input_statistics = input_statistics

    def define_loss(self, model, features, mode):
        """The model's outputs. ValueError: the features have a state."""
        if feature_keys.State.STATE_TUPLE in features:
            raise ValueError('Overriding start state is not supported for this model.')
        return model.define_loss(features, mode)


class FilteringOnlyStateManager(PassthroughStateManager):
    """Begins each batch with the state among its features, if there is one."""

    def define_loss(self, model, features, mode):
        """The model's outputs. ValueError: the features of a training have a state."""
        key = feature_keys.FilteringFeatures.STATE_TUPLE
        if key not in features:
            return model.define_loss(features, mode)
        if mode == ModeKeys.TRAIN:
            raise ValueError('Overriding saved state for training is not supported (but a value for feature {} was '
                             'specified).'.format(key))
        return model.get_batch_loss(features=features, mode=mode, state=features.pop(key))
