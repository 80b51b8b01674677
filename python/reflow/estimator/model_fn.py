"""EstimatorSpec: what a model_fn returns."""

import collections

from reflow.estimator.mode_keys import ModeKeys
from reflow.framework import ops
from reflow.framework import tensor_like
from reflow.framework import tensor_shape
from reflow.ops import variables
from reflow.saved_model.model_utils import export_utils
from reflow.training import scaffold as scaffold_lib
from reflow.training import session_run_hook
from reflow.util import function_utils
from reflow.util import nest

LOSS_METRIC_KEY = 'loss'
AVERAGE_LOSS_METRIC_KEY = 'average_loss'

_VALID_MODEL_FN_ARGS = {'features', 'labels', 'mode', 'params', 'self', 'config'}


class EstimatorSpec(collections.namedtuple('EstimatorSpec', [
        'mode', 'predictions', 'loss', 'train_op', 'eval_metric_ops', 'export_outputs', 'training_chief_hooks',
        'training_hooks', 'scaffold', 'evaluation_hooks', 'prediction_hooks'])):
    """The tensors, operations and hooks of a model in a mode."""

    def __new__(cls, mode, predictions=None, loss=None, train_op=None, eval_metric_ops=None, export_outputs=None,
                training_chief_hooks=None, training_hooks=None, scaffold=None, evaluation_hooks=None,
                prediction_hooks=None):
        train_op = _checked_train_op(train_op, mode)
        loss = _checked_loss(loss, mode)
        predictions = _checked_predictions(predictions, mode)
        if mode == ModeKeys.PREDICT:
            export_outputs = export_utils.get_export_outputs(export_outputs, predictions)
        training_hooks = _checked_hooks(training_hooks)
        evaluation_hooks = _checked_hooks(evaluation_hooks)
        prediction_hooks = _checked_hooks(prediction_hooks)
        training_chief_hooks = _checked_hooks(training_chief_hooks)
        eval_metric_ops = _checked_metrics(eval_metric_ops)
        scaffold = scaffold or scaffold_lib.Scaffold()
        if not isinstance(scaffold, scaffold_lib.Scaffold):
            raise TypeError('scaffold must be tf.train.Scaffold. Given: {}'.format(scaffold))
        return super().__new__(
            cls, mode=mode, predictions=predictions, loss=loss, train_op=train_op, eval_metric_ops=eval_metric_ops,
            export_outputs=export_outputs, training_chief_hooks=training_chief_hooks, training_hooks=training_hooks,
            scaffold=scaffold, evaluation_hooks=evaluation_hooks, prediction_hooks=prediction_hooks)

    def _replace(self, **kwds):
        """A spec with other values of some fields."""
        if kwds.get('mode', self.mode) != self.mode:
            raise ValueError('mode of EstimatorSpec cannot be changed.')
        return EstimatorSpec(*map(kwds.pop, self._fields, list(self)))


def _executing_eagerly():
    from reflow.eager import context
    return context.executing_eagerly()


def _check_default_graph(value, what, name):
    if not _executing_eagerly() and value.graph is not ops.get_default_graph():
        raise ValueError(
            '{0} with "{1}" must be from the default graph. Possible causes of this error include: \n\n'
            '1) {0} was created outside the context of the default graph.\n\n'
            '2) The object passed through to EstimatorSpec was not created in the most recent call to "model_fn".'.format(
                what, name))


def _check_is_tensor(value, name):
    if not tensor_like.is_dense_tensor_like(value):
        raise TypeError('{} must be Tensor, given: {}'.format(name, value))
    return value


def _checked_train_op(train_op, mode):
    if train_op is None:
        if mode == ModeKeys.TRAIN:
            raise ValueError('Missing train_op.')
        return None
    if not isinstance(train_op, ops.Operation) and not tensor_like.is_dense_tensor_like(train_op):
        raise TypeError('{} must be Operation or Tensor, given: {}'.format('train_op', train_op))
    if isinstance(train_op, variables.Variable):
        train_op = train_op.op
    _check_default_graph(train_op, 'train_op', train_op.name)
    return train_op


def _checked_loss(loss, mode):
    from reflow.ops import array_ops
    if loss is None:
        if mode in (ModeKeys.TRAIN, ModeKeys.EVAL):
            raise ValueError('Missing loss.')
        return None
    _check_is_tensor(loss, 'loss')
    shape = loss.get_shape()
    if shape.num_elements() not in (None, 1):
        raise ValueError('Loss must be scalar, given: {}'.format(loss))
    if not shape.is_compatible_with(tensor_shape.TensorShape([])):
        loss = array_ops.reshape(loss, [])
    _check_default_graph(loss, 'loss', loss.name)
    return loss


def _checked_predictions(predictions, mode):
    if predictions is None:
        if mode == ModeKeys.PREDICT:
            raise ValueError('Missing predictions.')
        return {}
    if not isinstance(predictions, dict):
        _check_is_tensor(predictions, 'predictions')
        _check_default_graph(predictions, 'prediction values', predictions.name)
        return predictions
    for key, value in predictions.items():
        _check_is_tensor(value, 'predictions[{}]'.format(key))
    for key, value in predictions.items():
        _check_default_graph(value, 'prediction values', '{0}: {1}'.format(key, getattr(value, 'name', '')))
    return dict(predictions)


def _checked_hooks(hooks):
    hooks = tuple(hooks or [])
    for hook in hooks:
        if not isinstance(hook, session_run_hook.SessionRunHook):
            raise TypeError('All hooks must be SessionRunHook instances, given: {}'.format(hook))
    return hooks


def _is_metric_object(metric):
    """Whether it is a metric as Keras has them: an object that has been updated and gives a result."""
    return hasattr(metric, 'result') and hasattr(metric, 'updates')


def _checked_metrics(eval_metric_ops):
    if eval_metric_ops is None:
        return {}
    if not isinstance(eval_metric_ops, dict):
        raise TypeError('eval_metric_ops must be a dict, given: {}'.format(eval_metric_ops))
    for key, metric in eval_metric_ops.items():
        if _is_metric_object(metric):
            if not metric.updates:
                raise ValueError('Please call update_state(...) on the "{metric_name}" metric'.format(
                    metric_name=metric.name))
        elif not isinstance(metric, tuple) or len(metric) != 2:
            raise TypeError('Values of eval_metric_ops must be (metric_value, update_op) tuples, given: {} for key: {}'.format(
                metric, key))
    for key, metric in eval_metric_ops.items():
        values = metric.updates + [metric.result()] if _is_metric_object(metric) else nest.flatten(metric)
        for value in values:
            _check_default_graph(value, 'eval_metric_ops', '{0}: {1}'.format(key, getattr(value, 'name', '')))
    for key, metric in list(eval_metric_ops.items()):
        if _is_metric_object(metric):
            for collection in (ops.GraphKeys.LOCAL_VARIABLES, ops.GraphKeys.METRIC_VARIABLES):
                known = ops.get_collection(collection)
                for variable in metric.variables:
                    if not any(variable is each for each in known):
                        ops.add_to_collection(collection, variable)
            eval_metric_ops[key] = (metric.result(), metric.updates[0])
    return eval_metric_ops


def call_logit_fn(logit_fn, features, mode, params, config):
    """Calls a logit_fn with the arguments that it takes; gives a tensor or a dictionary of tensors."""
    args = function_utils.fn_args(logit_fn)
    kwargs = {name: value for name, value in (('mode', mode), ('params', params), ('config', config)) if name in args}
    logits = logit_fn(features=features, **kwargs)
    is_dictionary = isinstance(logits, dict) and all(
        isinstance(key, str) and isinstance(value, ops.Tensor) for key, value in logits.items())
    if not is_dictionary and not isinstance(logits, ops.Tensor):
        raise ValueError('logit_fn should return a Tensor or a dictionary mapping strings to Tensors.  '
                         'logit_fn returned: %s' % logits)
    return logits


def verify_model_fn_args(model_fn, params):
    """Raises ValueError unless a model_fn takes features, params where they are given, and nothing unknown."""
    from reflow.platform import tf_logging
    args = set(function_utils.fn_args(model_fn))
    if 'features' not in args:
        raise ValueError('model_fn (%s) must include features argument.' % model_fn)
    if params is not None and 'params' not in args:
        raise ValueError('model_fn (%s) does not include params argument, but params (%s) is passed to Estimator.' % (
            model_fn, params))
    if params is None and 'params' in args:
        tf_logging.warning("Estimator's model_fn (%s) includes params argument, but params are not passed to Estimator.",
                           model_fn)
    unknown = list(args - _VALID_MODEL_FN_ARGS)
    if unknown:
        raise ValueError('model_fn (%s) has following not expected args: %s' % (model_fn, unknown))
