"""Metrics of an evaluation, and the summaries of their values."""

import numpy as np

from reflow.estimator import model_fn as model_fn_lib
from reflow.framework import dtypes
from reflow.framework import protos
from reflow.framework import tensor_util
from reflow.platform import tf_logging
from reflow.summary.writer import writer_cache


def with_loss_metric(eval_metric_ops, loss):
    """The metrics and the mean of the loss."""
    from reflow.ops import metrics
    if model_fn_lib.LOSS_METRIC_KEY in eval_metric_ops:
        raise ValueError('Metric with name "%s" is not allowed, because Estimator already defines a default metric with the '
                         'same name.' % model_fn_lib.LOSS_METRIC_KEY)
    eval_metric_ops[model_fn_lib.LOSS_METRIC_KEY] = metrics.mean(loss)
    return eval_metric_ops


def updates_and_values(eval_metric_ops):
    """(the operation that updates all metrics, {name: value})"""
    from reflow.ops import control_flow_ops
    ordered = sorted(eval_metric_ops.items())
    updates = [update for _, (_, update) in ordered]
    values = {name: value for name, (value, _) in ordered}
    return control_flow_ops.group(*updates) if updates else None, values


def _as_text(dictionary):
    return ', '.join('%s = %s' % (key, value) for key, value in sorted(dictionary.items()) if not isinstance(value, bytes))


def _add_value(summary, key, value):
    """Adds a value to a Summary; says so where it can't be one."""
    if isinstance(value, (np.float32, float)):
        summary.value.add(tag=key, simple_value=float(value))
    elif isinstance(value, (np.int64, np.int32, int)):
        summary.value.add(tag=key, simple_value=int(value))
    elif isinstance(value, bytes):
        _add_serialized(summary, key, value)
    elif isinstance(value, np.ndarray):
        summary.value.add(tag=key, node_name=key, tensor=tensor_util.make_tensor_proto(value))
        tf_logging.info('Summary for np.ndarray is not visible in Tensorboard by default. Consider using a Tensorboard plugin '
                        'for visualization (see '
                        'https://github.com/tensorflow/tensorboard-plugin-example/blob/master/README.md for more '
                        'information).')
    else:
        tf_logging.warn('Skipping summary for %s, must be a float, np.float32, np.int64, np.int32 or int or np.ndarray or a '
                        'serialized string of Summary.', key)


def _add_serialized(summary, key, value):
    from google.protobuf import message
    try:
        given = type(summary).FromString(value)
    except message.DecodeError:
        tf_logging.warn('Skipping summary for %s, cannot parse string to Summary.', key)
        return
    for i, each in enumerate(given.value):
        each.tag = '%s/%d' % (key, i)
    summary.value.extend(given.value)


def write_results(output_dir, dictionary, current_global_step):
    """Logs the values and writes them as a summary."""
    tf_logging.info('Saving dict for global step %d: %s', current_global_step, _as_text(dictionary))
    summary = protos.message('tensorflow.Summary')()
    for key, value in dictionary.items():
        if value is not None and key != 'global_step':
            _add_value(summary, key, value)
    writer = writer_cache.FileWriterCache.get(output_dir)
    writer.add_summary(summary, current_global_step)
    writer.flush()


def write_checkpoint_path(output_dir, checkpoint_path, current_global_step):
    """Logs which checkpoint was evaluated and writes it as a summary."""
    tf_logging.info("Saving '%s' summary for global step %d: %s", 'checkpoint_path', current_global_step, checkpoint_path)
    summary = protos.message('tensorflow.Summary')()
    summary.value.add(tag='checkpoint_path',
                      tensor=tensor_util.make_tensor_proto(checkpoint_path, dtype=dtypes.string))
    writer = writer_cache.FileWriterCache.get(output_dir)
    writer.add_summary(summary, current_global_step)
    writer.flush()
