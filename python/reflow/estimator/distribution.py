"""Estimators whose model_fn is called for each replica of a strategy (RunConfig's train_distribute, eval_distribute)."""

import contextlib

from reflow.estimator import util as estimator_util
from reflow.framework import ops


def _join(values):
    from reflow.ops import control_flow_ops
    return values[0] if len(values) == 1 else control_flow_ops.group(*values)


@contextlib.contextmanager
def _iterator_of(estimator, strategy, input_fn, mode):
    """The iterator over the dataset of input_fn, and the hook that initializes it."""

    def dataset(input_context):
        result = estimator._call_input_fn(input_fn, mode, input_context)
        if not hasattr(result, '_variant_tensor'):
            raise ValueError('input_fn must return a tf.data.Dataset when a distribution strategy is used.')
        return result

    strategy._scale_loss_for_estimator = True
    with strategy.scope():
        iterator = strategy.make_input_fn_iterator(dataset)
        yield iterator, [estimator_util._DatasetInitializerHook(iterator)]


def model_of(estimator, strategy, input_fn, mode, config):
    """(EstimatorSpec, hooks of the input) of all replicas together: what they compute is joined in one spec."""
    with _iterator_of(estimator, strategy, input_fn, mode) as (iterator, hooks):
        features, labels = estimator_util.parse_iterator_result(iterator.get_next())
        spec = strategy.extended.call_for_each_replica(estimator._call_model_fn, args=(features, labels, mode, config))
        if strategy.num_replicas_in_sync == 1:
            return spec, hooks
        return _joined(strategy, spec), hooks


def _joined(strategy, spec):
    from reflow.distribute import distribute_lib, values
    parts = strategy.unwrap
    first = {field: values.select_replica(0, getattr(spec, field)) for field in spec._fields}
    with ops.name_scope('joined_replicas'):
        if spec.loss is not None:
            first['loss'] = strategy.extended._reduce(distribute_lib.get_loss_reduction(), spec.loss)
        if spec.train_op is not None:
            first['train_op'] = _join(parts(spec.train_op))
        metrics = {}
        for name, metric in (spec.eval_metric_ops or {}).items():
            # The variables of a metric are the same for all replicas: its value is that of any.
            value, update = metric
            metrics[name] = (parts(value)[0], _join(parts(update)))
        first['eval_metric_ops'] = metrics or first['eval_metric_ops']
    return type(spec)(**first)
