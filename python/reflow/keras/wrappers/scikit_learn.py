"""Models with the methods of scikit-learn's estimators."""

import copy
import types

import numpy as np

from reflow.keras.engine.sequential import Sequential
from reflow.keras.utils.generic_utils import has_arg
from reflow.keras.utils.np_utils import to_categorical


class BaseWrapper:
    """What classifiers and regressors share.

    `build_fn`, or the class's own `__call__`, makes the compiled model; `sk_params` are arguments of it, and of fit, predict
    and evaluate.
    """

    def __init__(self, build_fn=None, **sk_params):
        self.build_fn = build_fn
        self.sk_params = sk_params
        self.check_params(sk_params)

    def _builder(self):
        """The function whose arguments a model may have."""
        if self.build_fn is None:
            return self.__call__
        if isinstance(self.build_fn, (types.FunctionType, types.MethodType)):
            return self.build_fn
        return self.build_fn.__call__

    def check_params(self, params):
        """ValueError: none of the functions has an argument of that name."""
        functions = [Sequential.fit, Sequential.predict, Sequential.predict_classes, Sequential.evaluate, self._builder()]
        for name in params:
            if name != 'nb_epoch' and not any(has_arg(function, name) for function in functions):
                raise ValueError('{} is not a legal parameter'.format(name))

    def get_params(self, **params):
        """The parameters by name."""
        del params
        return dict(copy.deepcopy(self.sk_params), build_fn=self.build_fn)

    def set_params(self, **params):
        """Changes parameters; returns itself."""
        self.check_params(params)
        self.sk_params.update(params)
        return self

    def fit(self, x, y, **kwargs):
        """Makes the model and trains it. Returns its history."""
        self.model = self._builder()(**self.filter_sk_params(self._builder()))
        loss = self.model.loss
        if getattr(loss, '__name__', loss) == 'categorical_crossentropy' and len(y.shape) != 2:
            y = to_categorical(y)
        arguments = copy.deepcopy(self.filter_sk_params(Sequential.fit))
        arguments.update(kwargs)
        return self.model.fit(x, y, **arguments)

    def filter_sk_params(self, fn, override=None):
        """The parameters that are arguments of `fn`, with others over them."""
        found = {name: value for name, value in self.sk_params.items() if has_arg(fn, name)}
        found.update(override or {})
        return found


class KerasClassifier(BaseWrapper):
    """A classifier, whose labels may be anything that can be sorted."""

    def fit(self, x, y, **kwargs):
        """Trains on rows `x` with labels, or rows of probabilities, `y`. Returns the history."""
        y = np.array(y)
        if len(y.shape) == 2 and y.shape[1] > 1:
            self.classes_ = np.arange(y.shape[1])
        elif len(y.shape) == 1 or (len(y.shape) == 2 and y.shape[1] == 1):
            self.classes_ = np.unique(y)
            y = np.searchsorted(self.classes_, y)
        else:
            raise ValueError('Invalid shape for y: ' + str(y.shape))
        self.n_classes_ = len(self.classes_)
        return super().fit(x, y, **kwargs)

    def predict(self, x, **kwargs):
        """The labels."""
        return self.classes_[self.model.predict_classes(x, **self.filter_sk_params(Sequential.predict_classes, kwargs))]

    def predict_proba(self, x, **kwargs):
        """The probabilities of the labels, of both if there are two."""
        found = self.model.predict_proba(x, **self.filter_sk_params(Sequential.predict_proba, kwargs))
        return np.hstack([1 - found, found]) if found.shape[1] == 1 else found

    def score(self, x, y, **kwargs):
        """The mean accuracy. ValueError: the model doesn't measure it."""
        y = np.searchsorted(self.classes_, y)
        loss = self.model.loss
        if getattr(loss, '__name__', loss) == 'categorical_crossentropy' and len(y.shape) != 2:
            y = to_categorical(y)
        measured = self.model.evaluate(x, y, **self.filter_sk_params(Sequential.evaluate, kwargs))
        measured = measured if isinstance(measured, list) else [measured]
        for name, value in zip(self.model.metrics_names, measured):
            if name in ('accuracy', 'acc'):
                return value
        raise ValueError('The model is not configured to compute accuracy. You should pass `metrics=["accuracy"]` to the '
                         '`model.compile()` method.')


class KerasRegressor(BaseWrapper):
    """A regressor."""

    def predict(self, x, **kwargs):
        """The predictions, without dimensions of size one."""
        return np.squeeze(self.model.predict(x, **self.filter_sk_params(Sequential.predict, kwargs)))

    def score(self, x, y, **kwargs):
        """The negative loss."""
        loss = self.model.evaluate(x, y, **self.filter_sk_params(Sequential.evaluate, kwargs))
        return -loss[0] if isinstance(loss, list) else -loss
