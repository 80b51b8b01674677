"""The area under the ROC curve, from histograms of scores."""

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import confusion_matrix
from reflow.ops import control_flow_ops
from reflow.ops import histogram_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops import variable_scope

__all__ = ['auc_using_histogram']


def auc_using_histogram(boolean_labels, scores, score_range, nbins=100, collections=None, check_shape=True, name=None):
    """The area, and the op that takes the scores into the histograms."""
    if collections is None:
        collections = [ops.GraphKeys.LOCAL_VARIABLES]
    with variable_scope.variable_scope(name, 'auc_using_histogram', [boolean_labels, scores, score_range]):
        scores, boolean_labels = confusion_matrix.remove_squeezable_dimensions(scores, boolean_labels)
        score_range = ops.convert_to_tensor(score_range, name='score_range')
        boolean_labels, scores = _checked(boolean_labels, scores, check_shape)
        with variable_scope.variable_scope(None, 'make_auc_histograms', [boolean_labels, scores, nbins]):
            of_true = histogram_ops.histogram_fixed_width(array_ops.boolean_mask(scores, boolean_labels), score_range,
                                                          nbins=nbins, dtype=dtypes.int64, name='hist_true')
            others = array_ops.boolean_mask(scores, math_ops.logical_not(boolean_labels))
            of_false = histogram_ops.histogram_fixed_width(others, score_range, nbins=nbins, dtype=dtypes.int64,
                                                           name='hist_false')
        with variable_scope.variable_scope(None, 'hist_accumulate', [of_true, of_false]):
            all_true, all_false = (
                variable_scope.get_variable(each, shape=[nbins], dtype=of_true.dtype, trainable=False,
                                            initializer=init_ops.zeros_initializer(), collections=collections)
                for each in ('hist_true_acc', 'hist_false_acc'))
            update_op = control_flow_ops.group(all_true.assign_add(of_true), all_false.assign_add(of_false),
                                               name='update_op')
        return _area(all_true, all_false, nbins), update_op


def _checked(boolean_labels, scores, check_shape):
    with ops.name_scope('_check_labels_and_scores', values=[boolean_labels, scores]):
        boolean_labels = ops.convert_to_tensor(boolean_labels, name='boolean_labels')
        scores = ops.convert_to_tensor(scores, name='scores')
        if boolean_labels.dtype != dtypes.bool:
            raise ValueError('Argument boolean_labels should have dtype bool.  Found: %s', boolean_labels.dtype)
        if not check_shape:
            return boolean_labels, scores
        checks = [control_flow_ops.Assert(math_ops.equal(1, array_ops.rank(tensor)),
                                          ['Argument %s should have rank 1.  Found: ' % name, tensor.name,
                                           array_ops.shape(tensor)])
                  for name, tensor in (('boolean_labels', boolean_labels), ('scores', scores))]
        with ops.control_dependencies(checks):
            return boolean_labels, scores


def _area(all_true, all_false, nbins):
    share_of_true = math_ops.truediv(all_true, math_ops.reduce_sum(all_true))
    share_of_false = math_ops.truediv(all_false, math_ops.reduce_sum(all_false))
    dy = array_ops.reverse_v2(share_of_true, [0], name='delta_y_t')
    dx = array_ops.reverse_v2(share_of_false, [0], name='delta_x_t')
    dy, dx = math_ops.cast(dy, dtypes.float32), math_ops.cast(dx, dtypes.float32)
    y = _running_sum(dy, nbins)
    first = dx[0] * y[0] / 2.0
    others = dx[1:] * (y[1:] + y[:nbins - 1]) / 2.0
    return math_ops.add(first, math_ops.reduce_sum(others), name='auc')


def _running_sum(tensor, length):
    """Made by a convolution with ones."""
    with ops.name_scope('strict_1d_cumsum', values=[tensor]):
        if length == 0:
            return constant_op.constant([])
        padded = array_ops.pad(tensor, [[length - 1, 0]])
        ones = array_ops.ones_like(padded)
        with ops.name_scope('strict_conv1d', values=[padded, ones]):
            padded = array_ops.reshape(padded, (1, -1, 1, 1))
            ones = array_ops.reshape(ones, (-1, 1, 1, 1))
            sums = array_ops.reshape(nn_ops.conv2d(padded, ones, [1, 1, 1, 1], 'SAME'), [-1])
        return sums[:length]
