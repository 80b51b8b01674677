"""Masks that take out more and more of the smallest weights. Zhu and Gupta, arXiv 1710.01878."""

import re

from reflow.contrib.model_pruning.python import block_masks
from reflow.contrib.model_pruning.python.layers import core_layers as core
from reflow.contrib.training.python.training import hparam
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import gen_math_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import nn_impl
from reflow.ops import nn_ops
from reflow.ops import state_ops
from reflow.ops import variable_scope
from reflow.ops import variables
from reflow.platform import tf_logging as logging
from reflow.summary import summary
from reflow.training import training_util


def apply_mask(x, scope=''):
    """Weights with a mask, whose variables `mask` and `threshold` are in `scope`."""
    def variable(name, shape, initializer):
        with variable_scope.variable_scope(scope):
            return variable_scope.get_variable(name, shape, initializer=initializer, trainable=False, dtype=x.dtype)

    mask = variable('mask', x.get_shape(), init_ops.ones_initializer())
    threshold = variable('threshold', [], init_ops.zeros_initializer())
    masked = math_ops.multiply(mask, x, core.MASKED_WEIGHT_NAME)
    core.collect(mask, threshold, masked, x)
    return masked


def get_masked_weights():
    """The products of weights and masks."""
    return ops.get_collection(core.MASKED_WEIGHT_COLLECTION)


def get_masks():
    """All masks."""
    return ops.get_collection(core.MASK_COLLECTION)


def get_thresholds():
    """What weights are too small, for each mask."""
    return ops.get_collection(core.THRESHOLD_COLLECTION)


def get_weights():
    """The weights of each mask."""
    return ops.get_collection(core.WEIGHT_COLLECTION)


def get_weight_sparsity():
    """How much each mask takes out."""
    return [nn_impl.zero_fraction(mask) for mask in get_masks()]


def get_pruning_hparams():
    """The HParams of a Pruning.

    name: of its operations. begin_pruning_step, end_pruning_step (-1: never) and pruning_frequency: when masks are updated.
    target_sparsity: the part of weights that is taken out in the end, from initial_sparsity on; between
    sparsity_function_begin_step and sparsity_function_end_step what is left to take out falls with the power
    sparsity_function_exponent. weight_sparsity_map: 'name:sparsity', names being regular expressions, for weights with a target
    of their own. block_height, block_width (-1: all) and block_dims_map, 'name:heightxwidth': blocks of matrices that are taken
    out together, by the mean (block_pooling_function 'AVG') or the largest ('MAX'). threshold_decay: how slowly thresholds move.
    """
    blocks = dict(block_height=1, block_width=1, block_pooling_function='AVG', block_dims_map=[''])
    course = dict(sparsity_function_begin_step=0, sparsity_function_end_step=100, sparsity_function_exponent=3.0)
    return hparam.HParams(
        **blocks, **course, name='model_pruning', nbins=256, use_tpu=False, pruning_frequency=10, begin_pruning_step=0,
        end_pruning_step=-1, initial_sparsity=0.0, target_sparsity=0.5, weight_sparsity_map=[''], threshold_decay=0.0)


def _check(spec):
    if spec.begin_pruning_step < 0:
        raise ValueError('Illegal value for begin_pruning_step')
    if spec.begin_pruning_step >= spec.end_pruning_step != -1:
        raise ValueError(
            'Pruning must begin before it can end. begin_step=%d, end_step=%d.Set end_pruning_step to -1 if pruning is required '
            'till trainingstops' % (spec.begin_pruning_step, spec.end_pruning_step))
    if spec.sparsity_function_begin_step < 0:
        raise ValueError('Illegal value for sparsity_function_begin_step')
    if spec.sparsity_function_begin_step >= spec.sparsity_function_end_step:
        raise ValueError('Sparsity function requires begin_step < end_step')
    for name in ('threshold_decay', 'initial_sparsity', 'target_sparsity'):
        if not 0 <= getattr(spec, name) < 1:
            raise ValueError(name + ' must be in range [0,1)')


def _by_name(entries):
    """[(regular expression of names, what stands behind the colon)]"""
    return [(re.compile(name), value) for name, value in (entry.split(':') for entry in entries if entry)]


def _only(values, name, map_name, otherwise):
    """What one of the regular expressions says of a name."""
    found = [value for pattern, value in values if pattern.search(name)]
    if len(found) > 1:
        raise ValueError('Multiple matches in %s for weight %s' % (map_name, name))
    return found[0] if found else otherwise


class Pruning:
    """Updates all masks by `spec` (see get_pruning_hparams()), or to take out the part `sparsity` of the weights.

    ValueError: the spec contradicts itself.
    """

    def __init__(self, spec=None, global_step=None, sparsity=None):
        self._spec = spec if spec else get_pruning_hparams()
        _check(self._spec)
        if global_step is None:
            global_step = training_util.get_global_step()
        self._global_step = math_ops.cast(global_step, dtypes.int32)
        self._sparsity = sparsity if sparsity is not None else self._sparsity_by_step()
        self._assign_ops = []
        self._last_update_step = self._step_variable()
        self._block_dims = [self._spec.block_height, self._spec.block_width]
        self._block_dims_map = []
        for pattern, text in _by_name(self._spec.block_dims_map):
            sizes = text.split('x')
            if len(sizes) != 2:
                raise ValueError('Expected 2 values for block dim for %s, got %s' % (pattern.pattern, sizes))
            self._block_dims_map.append((pattern, [int(size) for size in sizes]))
        self._sparsity_map = [(pattern, float(text)) for pattern, text in _by_name(self._spec.weight_sparsity_map)]
        if any(value >= 1.0 for _, value in self._sparsity_map):
            raise ValueError('Weight sparsity can not exceed 1.0')

    def _sparsity_by_step(self):
        spec = self._spec
        begin = spec.sparsity_function_begin_step
        with ops.name_scope(spec.name):
            passed = math_ops.cast(self._global_step - begin, dtypes.float32)
            part = math_ops.minimum(
                1.0, math_ops.maximum(0.0, math_ops.div(passed, spec.sparsity_function_end_step - begin)))
            left = math_ops.multiply(spec.initial_sparsity - spec.target_sparsity,
                                     math_ops.pow(1 - part, spec.sparsity_function_exponent))
            return math_ops.add(left, spec.target_sparsity, name='sparsity')

    def _step_variable(self):
        with variable_scope.variable_scope(self._spec.name, use_resource=self._spec.use_tpu) as scope:
            try:
                return variable_scope.get_variable('last_mask_update_step', [], initializer=init_ops.zeros_initializer(),
                                                   trainable=False, dtype=dtypes.int32)
            except ValueError:
                scope.reuse_variables()
                return variable_scope.get_variable('last_mask_update_step', dtype=dtypes.int32)

    def _sparsity_of(self, name):
        own = _only(self._sparsity_map, name, 'weight_sparsity_map', None)
        if own is None:
            return self._sparsity
        return gen_math_ops.mul(self._sparsity, math_ops.div(own, self._spec.target_sparsity))

    def _update_mask(self, weights, threshold):
        """(the new threshold, the new mask): as many weights are kept as are to be, the largest."""
        sparsity = self._sparsity_of(weights.op.name)
        with ops.name_scope(weights.op.name + '_pruning_ops'):
            sizes = math_ops.abs(weights)
            number = math_ops.cast(array_ops.size(sizes), dtypes.float32)
            kept = math_ops.cast(math_ops.round(number * (1 - sparsity)), dtypes.int32)
            values, _ = nn_ops.top_k(array_ops.reshape(sizes, [-1]), k=array_ops.size(sizes))
            now = array_ops.gather(values, kept - 1)
            decay = self._spec.threshold_decay
            now = math_ops.multiply(now, 1 - decay)
            threshold = math_ops.add_n([now, math_ops.multiply(threshold, decay)])
            mask = math_ops.cast(math_ops.greater_equal(sizes, threshold), dtypes.float32)
        return threshold, mask

    def _update_block_mask(self, weights, threshold):
        """The same for blocks, where weights are a matrix and blocks larger than one weight."""
        spec = self._spec
        block = _only(self._block_dims_map, weights.op.name, 'block_dims_map', self._block_dims)
        squeezed = array_ops.squeeze(weights)
        if squeezed.get_shape().ndims != 2 or block == [1, 1]:
            return self._update_mask(weights, threshold)
        height, width = squeezed.get_shape().as_list()
        for i, whole in enumerate((height, width)):
            if block[i] == -1:  # from now on: as of the first matrix
                block[i] = whole
        if spec.block_pooling_function not in ['AVG', 'MAX']:
            raise ValueError('Unknown pooling function for block sparsity: %s' % spec.block_pooling_function)
        with ops.name_scope(weights.op.name + '_pruning_ops'):
            sizes = math_ops.abs(squeezed)
            pool, axes = block_masks.factorized_pool, None
            if not spec.use_tpu:
                pool, axes = nn_ops.pool, [0, 3]
                sizes = array_ops.reshape(sizes, [1, height, width, 1])
            pooled = pool(sizes, window_shape=block, pooling_type=spec.block_pooling_function, strides=block, padding='SAME',
                          name=weights.op.name + '_pooled')
            if pooled.get_shape().ndims != 2:
                pooled = array_ops.squeeze(pooled, axis=axes)
            threshold, mask = self._update_mask(pooled, threshold)
            mask = array_ops.slice(block_masks.expand(mask, block), [0, 0], [height, width])
        return threshold, array_ops.reshape(mask, array_ops.shape(weights))

    def _make_assign_ops(self):
        masks, thresholds = get_masks(), get_thresholds()
        if len(masks) != len(thresholds):
            raise ValueError('Number of masks %s and number of thresholds %s mismatch' % (len(masks), len(thresholds)))
        for mask, threshold, weights in zip(masks, thresholds, get_weights()):
            is_partitioned = isinstance(weights, variables.PartitionedVariable)
            new_threshold, new_mask = self._update_block_mask(weights.as_tensor() if is_partitioned else weights, threshold)
            self._assign_ops.append(block_masks.assign(threshold, new_threshold))
            self._assign_ops.append((block_masks.assign_parts if is_partitioned else block_masks.assign)(mask, new_mask))

    def mask_update_op(self):
        """The operation that updates all masks."""
        with ops.name_scope(self._spec.name):
            if not self._assign_ops:
                self._make_assign_ops()
            step = state_ops.assign(self._last_update_step, self._global_step, name='last_mask_update_step_assign')
            with ops.control_dependencies([step]), ops.control_dependencies(self._assign_ops):
                logging.info('Updating masks.')
                return control_flow_ops.no_op('mask_update')

    def conditional_mask_update_op(self):
        """The operation that updates all masks when it is time to."""
        spec = self._spec
        with ops.name_scope(spec.name):
            now, end = self._global_step, spec.end_pruning_step
            has_begun = math_ops.greater_equal(now, spec.begin_pruning_step)
            goes_on = math_ops.less_equal(now, end)
            is_within = math_ops.logical_and(has_begun, math_ops.logical_or(goes_on, math_ops.less(end, 0)))
            next_step = math_ops.add(self._last_update_step, spec.pruning_frequency)
            is_time = math_ops.logical_and(is_within, math_ops.less_equal(next_step, now))
        return control_flow_ops.cond(is_time, self.mask_update_op, control_flow_ops.no_op)

    def add_pruning_summaries(self):
        """Summaries of what is taken out, and of thresholds."""
        with ops.name_scope(self._spec.name + '_summaries'):
            summary.scalar('sparsity', self._sparsity)
            summary.scalar('last_mask_update_step', self._last_update_step)
            for mask, threshold in zip(get_masks(), get_thresholds()):
                summary.scalar(mask.op.name + '/sparsity', nn_impl.zero_fraction(mask))
                summary.scalar(threshold.op.name + '/threshold', threshold)

    def print_hparams(self):
        """Logs the spec."""
        logging.info(self._spec.to_json())
