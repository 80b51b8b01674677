"""Estimators of recurrent networks."""

from reflow.contrib.estimator.python.estimator import extenders
from reflow.contrib.feature_column.python.feature_column import sequence_feature_column
from reflow.estimator import estimator
from reflow.estimator.canned import dnn
from reflow.estimator.canned import head as head_lib
from reflow.estimator.canned import optimizers
from reflow.feature_column import feature_column
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import rnn_cell_impl
from reflow.ops.losses import losses
from reflow.training import optimizer as optimizer_lib
from reflow.training import training_util

_LEARNING_RATE = 0.05
_CLIP_NORM = 5.0
_CELL_TYPES = {'basic_rnn': rnn_cell_impl.BasicRNNCell, 'lstm': rnn_cell_impl.BasicLSTMCell, 'gru': rnn_cell_impl.GRUCell}

USE_DEFAULT = object()


def _cell(num_units, cell_type):
    cell_type = _CELL_TYPES.get(cell_type, cell_type)
    if not cell_type or not issubclass(cell_type, rnn_cell_impl.RNNCell):
        raise ValueError('Supported cell types are {}; got {}'.format(list(_CELL_TYPES), cell_type))
    return cell_type(num_units=num_units)


def _checked_rnn_cell_fn(rnn_cell_fn, num_units, cell_type):
    if rnn_cell_fn and (num_units or cell_type != USE_DEFAULT):
        raise ValueError('num_units and cell_type must not be specified when using rnn_cell_fn')

    def make_cells(mode):
        del mode
        cells = [_cell(units, 'basic_rnn' if cell_type == USE_DEFAULT else cell_type) for units in num_units]
        return cells[0] if len(cells) == 1 else rnn_cell_impl.MultiRNNCell(cells)

    return rnn_cell_fn or make_cells


def _select_last_activations(activations, sequence_lengths):
    """[batch_size, units] of the last step of each sequence."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    with ops.name_scope('select_last_activations', values=[activations, sequence_lengths]):
        shape = array_ops.shape(activations)
        batch_size = shape[0]
        padded_length = shape[1]
        units = shape[2]
        starts = math_ops.range(batch_size) * padded_length
        ends = math_ops.to_int64(starts) + sequence_lengths
        indices = ends - 1
        rows = array_ops.reshape(activations, [batch_size * padded_length, units])
        last = array_ops.gather(rows, indices)
        last.set_shape([activations.shape[0], activations.shape[2]])
        return last


def _logits(features, mode, units, rnn_cell_fn, sequence_columns, context_columns, partitioner):
    from reflow.layers import core as core_layers
    from reflow.ops import array_ops
    from reflow.ops import init_ops
    from reflow.ops import rnn
    from reflow.ops import variable_scope
    from reflow.summary import summary
    with variable_scope.variable_scope('sequence_input_layer', values=tuple(features.values()), partitioner=partitioner):
        inputs, length = sequence_feature_column.sequence_input_layer(features=features, feature_columns=sequence_columns)
        summary.histogram('sequence_length', length)
        if context_columns:
            context = feature_column.input_layer(features=features, feature_columns=context_columns)
            inputs = sequence_feature_column.concatenate_context_input(context, inputs)
    outputs, _ = rnn.dynamic_rnn(
        cell=rnn_cell_fn(mode), inputs=inputs, sequence_length=length, dtype=dtypes.float32, time_major=False)
    outputs = _select_last_activations(outputs, length)
    with variable_scope.variable_scope('logits', values=(outputs,)):
        logits = core_layers.dense(
            outputs, units=units, activation=None, kernel_initializer=init_ops.glorot_uniform_initializer())
    array_ops.sequence_mask(length)  # a node that heads of sequences take
    return logits


def _rnn_model_fn(features, labels, mode, head, rnn_cell_fn, sequence_feature_columns, context_feature_columns,
                  optimizer='Adagrad', input_layer_partitioner=None, config=None):
    """The EstimatorSpec of a recurrent network."""
    from reflow.ops import partitioned_variables
    from reflow.ops import variable_scope
    dnn.check_features(features)
    if not isinstance(optimizer, optimizer_lib.Optimizer):
        optimizer = optimizers.get_optimizer_instance(optimizer, learning_rate=_LEARNING_RATE)
        optimizer = extenders.clip_gradients_by_norm(optimizer, _CLIP_NORM)
    replicas = config.num_ps_replicas if config else 0
    partitioner = partitioned_variables.min_max_variable_partitioner(max_partitions=replicas)
    with variable_scope.variable_scope('rnn', values=tuple(features.values()), partitioner=partitioner):
        input_layer_partitioner = input_layer_partitioner or partitioned_variables.min_max_variable_partitioner(
            max_partitions=replicas, min_slice_size=64 << 20)
        logits = _logits(features, mode, head.logits_dimension, rnn_cell_fn, sequence_feature_columns,
                         context_feature_columns, input_layer_partitioner)
        return head.create_estimator_spec(
            features=features, mode=mode, labels=labels, logits=logits,
            train_op_fn=lambda loss: optimizer.minimize(loss, global_step=training_util.get_global_step()))


class RNNEstimator(estimator.Estimator):
    """A recurrent network for any head; the logits are of the last step of each sequence."""

    def __init__(self, head, sequence_feature_columns, context_feature_columns=None, num_units=None, cell_type=USE_DEFAULT,
                 rnn_cell_fn=None, return_sequences=False, model_dir=None, optimizer='Adagrad', input_layer_partitioner=None,
                 config=None):
        rnn_cell_fn = _checked_rnn_cell_fn(rnn_cell_fn, num_units, cell_type)
        if return_sequences:
            raise ValueError('Provided head must be a `_SequentialHead` object when `return_sequences` is set to True.')

        def _model_fn(features, labels, mode, config):
            return _rnn_model_fn(
                features=features, labels=labels, mode=mode, head=head, rnn_cell_fn=rnn_cell_fn,
                sequence_feature_columns=tuple(sequence_feature_columns or []),
                context_feature_columns=tuple(context_feature_columns or []), optimizer=optimizer,
                input_layer_partitioner=input_layer_partitioner, config=config)

        super().__init__(model_fn=_model_fn, model_dir=model_dir, config=config)


class RNNClassifier(RNNEstimator):
    """A recurrent network that classifies sequences."""

    def __init__(self, sequence_feature_columns, context_feature_columns=None, num_units=None, cell_type=USE_DEFAULT,
                 rnn_cell_fn=None, model_dir=None, n_classes=2, weight_column=None, label_vocabulary=None,
                 optimizer='Adagrad', loss_reduction=losses.Reduction.SUM_OVER_BATCH_SIZE, input_layer_partitioner=None,
                 config=None):
        super().__init__(
            head_lib._binary_logistic_or_multi_class_head(n_classes, weight_column, label_vocabulary, loss_reduction),
            sequence_feature_columns, context_feature_columns, num_units, cell_type, rnn_cell_fn, model_dir=model_dir,
            optimizer=optimizer, input_layer_partitioner=input_layer_partitioner, config=config)
