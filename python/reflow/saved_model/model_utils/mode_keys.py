"""The names of modes: training, evaluation and prediction."""

import collections.abc


class KerasModeKeys:
    """The modes of Keras."""

    TRAIN = 'train'
    TEST = 'test'
    PREDICT = 'predict'


class EstimatorModeKeys:
    """The modes of Estimators: what `mode` is in a model_fn."""

    TRAIN = 'train'
    EVAL = 'eval'
    PREDICT = 'infer'


def is_predict(mode):
    """Whether the mode is prediction."""
    return mode in (KerasModeKeys.PREDICT, EstimatorModeKeys.PREDICT)


def is_eval(mode):
    """Whether the mode is evaluation."""
    return mode in (KerasModeKeys.TEST, EstimatorModeKeys.EVAL)


def is_train(mode):
    """Whether the mode is training."""
    return mode in (KerasModeKeys.TRAIN, EstimatorModeKeys.TRAIN)


class ModeKeyMap(collections.abc.Mapping):
    """Values by mode, under the names of Keras and of Estimators."""

    def __init__(self, **kwargs):
        self._keys = list(kwargs)
        self._values = {}
        for key, value in kwargs.items():
            mode = self._mode(key)
            if mode in self._values:
                raise ValueError('Error creating ModeKeyMap. Multiple keys/values found for {} mode.'.format(mode))
            self._values[mode] = value

    @staticmethod
    def _mode(key):
        for is_mode, mode in ((is_train, KerasModeKeys.TRAIN), (is_eval, KerasModeKeys.TEST),
                              (is_predict, KerasModeKeys.PREDICT)):
            if is_mode(key):
                return mode
        raise ValueError('Invalid mode key: {}.'.format(key))

    def __getitem__(self, key):
        return self._values[self._mode(key)]

    def __iter__(self):
        return iter(self._keys)

    def __len__(self):
        return len(self._keys)
