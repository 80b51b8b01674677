"""The Estimators of tf.contrib.learn over feature columns."""

from reflow.contrib.learn.python.learn.estimators import column_models
from reflow.contrib.learn.python.learn.estimators import estimator
from reflow.contrib.learn.python.learn.estimators import head as head_lib
from reflow.contrib.learn.python.learn.estimators.prediction_key import PredictionKey
from reflow.ops import nn


class _Classifier(estimator.Estimator):
    """predict gives classes where nothing else is asked for."""

    def predict(self, x=None, input_fn=None, batch_size=None, outputs=None, as_iterable=True):
        """The classes, or the `outputs` asked for."""
        if not outputs:
            return self.predict_classes(x=x, input_fn=input_fn, batch_size=batch_size, as_iterable=as_iterable)
        return super().predict(x=x, input_fn=input_fn, batch_size=batch_size, outputs=outputs, as_iterable=as_iterable)

    def predict_classes(self, x=None, input_fn=None, batch_size=None, as_iterable=True):
        """The classes."""
        return self._only(PredictionKey.CLASSES, x, input_fn, batch_size, as_iterable, flat=True)

    def predict_proba(self, x=None, input_fn=None, batch_size=None, as_iterable=True):
        """The probabilities of all classes."""
        return self._only(PredictionKey.PROBABILITIES, x, input_fn, batch_size, as_iterable)

    def _only(self, key, x, input_fn, batch_size, as_iterable, flat=False):
        predictions = estimator.Estimator.predict(
            self, x=x, input_fn=input_fn, batch_size=batch_size, outputs=[key], as_iterable=as_iterable)
        if as_iterable:
            return (prediction[key] for prediction in predictions)
        return predictions[key].reshape(-1) if flat else predictions[key]


class _Regressor(estimator.Estimator):
    """predict gives scores where nothing else is asked for."""

    def predict(self, x=None, input_fn=None, batch_size=None, outputs=None, as_iterable=True):
        """The scores, or the `outputs` asked for."""
        if not outputs:
            return self.predict_scores(x=x, input_fn=input_fn, batch_size=batch_size, as_iterable=as_iterable)
        return super().predict(x=x, input_fn=input_fn, batch_size=batch_size, outputs=outputs, as_iterable=as_iterable)

    def predict_scores(self, x=None, input_fn=None, batch_size=None, as_iterable=True):
        """The scores."""
        predictions = estimator.Estimator.predict(
            self, x=x, input_fn=input_fn, batch_size=batch_size, outputs=[PredictionKey.SCORES], as_iterable=as_iterable)
        if as_iterable:
            return (prediction[PredictionKey.SCORES] for prediction in predictions)
        return predictions[PredictionKey.SCORES]


def _dnn_params(head, hidden_units, feature_columns, optimizer, activation_fn, dropout, gradient_clip_norm,
                embedding_lr_multipliers, input_layer_min_slice_size):
    if embedding_lr_multipliers:
        raise NotImplementedError('Networks of tf.contrib.learn take no embedding_lr_multipliers yet')
    return {'head': head, 'hidden_units': hidden_units, 'feature_columns': tuple(feature_columns or ()),
            'optimizer': optimizer, 'activation_fn': activation_fn, 'dropout': dropout,
            'gradient_clip_norm': gradient_clip_norm, 'input_layer_min_slice_size': input_layer_min_slice_size}


class DNNClassifier(_Classifier):
    """A network that classifies."""

    def __init__(self, hidden_units, feature_columns, model_dir=None, n_classes=2, weight_column_name=None, optimizer=None,
                 activation_fn=nn.relu, dropout=None, gradient_clip_norm=None, enable_centered_bias=False, config=None,
                 feature_engineering_fn=None, embedding_lr_multipliers=None, input_layer_min_slice_size=None,
                 label_keys=None):
        head = head_lib.multi_class_head(n_classes, weight_column_name=weight_column_name,
                                         enable_centered_bias=enable_centered_bias, label_keys=label_keys)
        super().__init__(
            column_models._dnn_model_fn, model_dir, config, _dnn_params(
                head, hidden_units, feature_columns, optimizer, activation_fn, dropout, gradient_clip_norm,
                embedding_lr_multipliers, input_layer_min_slice_size), feature_engineering_fn)


class DNNRegressor(_Regressor):
    """A network that gives numbers."""

    def __init__(self, hidden_units, feature_columns, model_dir=None, weight_column_name=None, optimizer=None,
                 activation_fn=nn.relu, dropout=None, gradient_clip_norm=None, enable_centered_bias=False, config=None,
                 feature_engineering_fn=None, label_dimension=1, embedding_lr_multipliers=None,
                 input_layer_min_slice_size=None):
        head = head_lib.regression_head(label_dimension=label_dimension, weight_column_name=weight_column_name,
                                        enable_centered_bias=enable_centered_bias)
        super().__init__(
            column_models._dnn_model_fn, model_dir, config, _dnn_params(
                head, hidden_units, feature_columns, optimizer, activation_fn, dropout, gradient_clip_norm,
                embedding_lr_multipliers, input_layer_min_slice_size), feature_engineering_fn)


class DNNEstimator(estimator.Estimator):
    """A network below a head."""

    def __init__(self, head, hidden_units, feature_columns, model_dir=None, optimizer=None, activation_fn=nn.relu,
                 dropout=None, gradient_clip_norm=None, config=None, feature_engineering_fn=None,
                 embedding_lr_multipliers=None, input_layer_min_slice_size=None):
        super().__init__(
            column_models._dnn_model_fn, model_dir, config, _dnn_params(
                head, hidden_units, feature_columns, optimizer, activation_fn, dropout, gradient_clip_norm,
                embedding_lr_multipliers, input_layer_min_slice_size), feature_engineering_fn)


def _linear_params(head, feature_columns, optimizer, gradient_clip_norm, joint_weight):
    if joint_weight:
        raise NotImplementedError('Linear models of tf.contrib.learn take no _joint_weight yet')
    return {'head': head, 'feature_columns': tuple(feature_columns or ()), 'optimizer': optimizer,
            'gradient_clip_norm': gradient_clip_norm}


class LinearClassifier(_Classifier):
    """A linear model that classifies."""

    def __init__(self, feature_columns, model_dir=None, n_classes=2, weight_column_name=None, optimizer=None,
                 gradient_clip_norm=None, enable_centered_bias=False, _joint_weight=False, config=None,
                 feature_engineering_fn=None, label_keys=None):
        head = head_lib.multi_class_head(n_classes, weight_column_name=weight_column_name,
                                         enable_centered_bias=enable_centered_bias, label_keys=label_keys)
        super().__init__(column_models._linear_model_fn, model_dir, config, _linear_params(
            head, feature_columns, optimizer, gradient_clip_norm, _joint_weight), feature_engineering_fn)


class LinearRegressor(_Regressor):
    """A linear model that gives numbers."""

    def __init__(self, feature_columns, model_dir=None, weight_column_name=None, optimizer=None, gradient_clip_norm=None,
                 enable_centered_bias=False, label_dimension=1, _joint_weights=False, config=None,
                 feature_engineering_fn=None):
        head = head_lib.regression_head(label_dimension=label_dimension, weight_column_name=weight_column_name,
                                        enable_centered_bias=enable_centered_bias)
        super().__init__(column_models._linear_model_fn, model_dir, config, _linear_params(
            head, feature_columns, optimizer, gradient_clip_norm, _joint_weights), feature_engineering_fn)


class LinearEstimator(estimator.Estimator):
    """A linear model below a head."""

    def __init__(self, feature_columns, head, model_dir=None, weight_column_name=None, optimizer=None,
                 gradient_clip_norm=None, _joint_weights=False, config=None, feature_engineering_fn=None):
        del weight_column_name  # the head's is meant
        super().__init__(column_models._linear_model_fn, model_dir, config, _linear_params(
            head, feature_columns, optimizer, gradient_clip_norm, _joint_weights), feature_engineering_fn)
