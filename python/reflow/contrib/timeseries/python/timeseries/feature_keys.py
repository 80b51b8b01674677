"""The names of features and results of models of time series."""
from reflow.saved_model import signature_constants


class State:
    """A model's state: as a tuple, or as tensors with numbers after the prefix."""

    STATE_TUPLE = 'start_tuple'
    STATE_PREFIX = 'model_state'


class Times:
    """The times of a series."""

    TIMES = 'times'


class Values:
    """The values of a series."""

    VALUES = 'values'


class TrainEvalFeatures(Times, Values):
    """What models are trained and evaluated with."""


class PredictionFeatures(Times, State):
    """What a prediction begins with."""


class FilteringFeatures(Times, Values, State):
    """What a model's state is updated with."""


class PredictionResults(Times):
    """What a prediction gives."""


class FilteringResults(Times, State):
    """What an evaluation gives."""


class SavedModelLabels:
    """The signatures of a saved model."""

    PREDICT = signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY
    FILTER = 'filter'
    COLD_START_FILTER = 'cold_start_filter'
