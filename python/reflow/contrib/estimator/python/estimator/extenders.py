"""Estimators and optimizers made of others."""

from reflow.estimator import estimator as estimator_lib
from reflow.estimator.extenders import add_metrics  # noqa: F401
from reflow.framework import ops
from reflow.framework import sparse_tensor as sparse_tensor_lib
from reflow.saved_model.model_utils.export_output import PredictOutput
from reflow.training import optimizer as optimizer_lib


def clip_gradients_by_norm(optimizer, clip_norm):
    """An optimizer whose gradients together have at most this norm."""
    from reflow.ops import clip_ops

    def clip_grads(grads_and_vars):
        gradients, variables = zip(*grads_and_vars)
        return list(zip(clip_ops.clip_by_global_norm(gradients, clip_norm)[0], variables))

    return _TransformGradients(
        optimizer=optimizer, transform_grads_fn=clip_grads, name='ClipByNorm' + optimizer.get_name())


class _TransformGradients(optimizer_lib.Optimizer):
    """An optimizer that applies what a function makes of gradients and variables."""

    def __init__(self, optimizer, transform_grads_fn, name=None):
        super().__init__(use_locking=False, name=name or optimizer.get_name())
        self._optimizer = optimizer
        self._transform_grads_fn = transform_grads_fn

    def compute_gradients(self, *args, **kwargs):
        """Those of the optimizer within."""
        return self._optimizer.compute_gradients(*args, **kwargs)

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """Applies what the function makes of them."""
        return self._optimizer.apply_gradients(self._transform_grads_fn(grads_and_vars), global_step, name)

    def get_slot(self, *args, **kwargs):
        """That of the optimizer within."""
        return self._optimizer.get_slot(*args, **kwargs)

    def get_slot_names(self, *args, **kwargs):
        """Those of the optimizer within."""
        return self._optimizer.get_slot_names(*args, **kwargs)


def forward_features(estimator, keys=None, sparse_default_values=None):
    """An Estimator that predicts features, all or those of `keys`, beside its predictions."""
    keys = _checked_keys(keys)

    def new_model_fn(features, labels, mode, config):
        spec = estimator.model_fn(features, labels, mode, config)
        predictions = spec.predictions
        if predictions is None:
            return spec
        own_keys = list(features if keys is None else keys)
        _check_features(features, predictions, own_keys)
        for key in own_keys:
            predictions[key] = _dense(features[key], key, sparse_default_values or {})
        spec = spec._replace(predictions=predictions)
        for name in ('predict', 'serving_default'):
            output = (spec.export_outputs or {}).get(name)
            if isinstance(output, PredictOutput):
                output.outputs.update({key: predictions[key] for key in own_keys})
        return spec

    return estimator_lib.Estimator(model_fn=new_model_fn, model_dir=estimator.model_dir, config=estimator.config)


def _checked_keys(keys):
    if keys is None:
        return None
    if isinstance(keys, str):
        return [keys]
    if not isinstance(keys, (list, tuple)):
        raise TypeError('keys should be either a string or a list of strings. Given: {}'.format(type(keys)))
    for key in keys:
        if not isinstance(key, str):
            raise TypeError('All items in the given keys list should be a string. There exist an item with type: {}'.format(
                type(key)))
    return keys


def _check_features(features, predictions, keys):
    if not isinstance(predictions, dict):
        raise ValueError('Predictions should be a dict to be able to forward features. Given: {}'.format(type(predictions)))
    for key in keys:
        if key not in features:
            raise ValueError('keys should be exist in features. Key "{}" is not in features dict. features dict has following '
                             'keys: {}. Please check arguments of forward_features.'.format(key, features.keys()))
        if key in predictions:
            raise ValueError('Cannot forward feature key ({}). Since it does exist in predictions. Existing prediction keys: {}. '
                             'Please check arguments of forward_features.'.format(key, predictions.keys()))


def _dense(feature, key, sparse_default_values):
    from reflow.ops import sparse_ops
    feature = sparse_tensor_lib.convert_to_tensor_or_sparse_tensor(feature)
    if key in sparse_default_values:
        if not isinstance(feature, sparse_tensor_lib.SparseTensor):
            raise ValueError('Feature ({}) is expected to be a `SparseTensor`.'.format(key))
        feature = sparse_ops.sparse_tensor_to_dense(feature, default_value=sparse_default_values[key])
    if not isinstance(feature, ops.Tensor):
        raise ValueError('Feature ({}) should be a Tensor. Please use `keys` argument of forward_features to filter unwanted '
                         'features, oradd key to argument `sparse_default_values`.Type of features[{}] is {}.'.format(
                             key, key, type(feature)))
    return feature
