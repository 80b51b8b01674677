"""What heads check of labels, weights, logits and loss functions, and the operations that check the rest in each run."""

import collections

from reflow.feature_column import feature_column
from reflow.feature_column import feature_column_v2 as feature_column_lib
from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.util import function_utils


LabelTexts = collections.namedtuple('LabelTexts', 'missing sparse dimension shape')
_TEXTS = LabelTexts(
    missing='You must provide a labels Tensor. Given: None. Suggested troubleshooting steps: Check that your data contain your '
            'label feature. Check that your input_fn properly parses and returns labels.',
    sparse='SparseTensor labels are not supported. labels must be a Tensor of shape [D0, D1, ..., DN, {0}], e.g. [batch_size, '
           '{0}]. Suggested Fix (1): Check the label feature in your data. Each example must contain {0} value(s). If not, your '
           'choice of label was probably incorrect. Suggested Fix (2): In your input_fn, use tf.sparse_tensor_to_dense() to '
           'turn labels into a Tensor.',
    dimension='Mismatched label shape. Expected labels dimension={}.  Received {}. Suggested Fix:If your classifier expects '
              'one-hot encoding label,check your n_classes argument to the estimator and/or the shape of your label. '
              'Otherwise, check the shape of your label.',
    shape='labels shape must be [D0, D1, ... DN, {}]. Suggested Fix: check your n_classes argument to the estimator and/or the '
          'shape of your label.')


def dense_labels(labels, logits, expected_labels_dimension, texts=_TEXTS):
    """Labels as [D0, D1, ..., expected_labels_dimension], checked against the logits."""
    from reflow.ops import array_ops
    from reflow.ops import check_ops
    if labels is None:
        raise ValueError(texts.missing)
    with ops.name_scope(None, 'labels', (labels, logits)) as scope:
        labels = sparse_tensor.convert_to_tensor_or_sparse_tensor(labels)
        if isinstance(labels, sparse_tensor.SparseTensor):
            raise ValueError(texts.sparse.format(expected_labels_dimension))
        if None not in (labels.shape.ndims, logits.shape.ndims) and labels.shape.ndims == logits.shape.ndims - 1:
            labels = array_ops.expand_dims(labels, -1)
        labels_shape = array_ops.shape(labels)
        logits_shape = array_ops.shape(logits)
        message = texts.shape.format(expected_labels_dimension)
        assert_rank = check_ops.assert_rank_at_least(labels, 2, message=message)
        with ops.control_dependencies([assert_rank]):
            if labels.shape.ndims is not None:
                received = labels.shape[-1]
                if getattr(received, 'value', received) not in (None, expected_labels_dimension):
                    raise ValueError(texts.dimension.format(expected_labels_dimension, received))
            expected_shape = array_ops.concat([logits_shape[:-1], [expected_labels_dimension]], axis=0)
            assert_dimension = check_ops.assert_equal(
                expected_shape, labels_shape, message=message,
                data=['expected_labels_shape: ', expected_shape, 'labels_shape: ', labels_shape])
            with ops.control_dependencies([assert_dimension]):
                return array_ops.identity(labels, name=scope)


def weights_of_examples(features, weight_column, logits, allow_per_logit_weights=False):
    """The weights that a column gives, [D0, D1, ..., 1], checked against the logits; 1. without a column."""
    from reflow.ops import array_ops
    from reflow.ops import check_ops
    from reflow.ops import math_ops
    message = 'weights shape must be [D0, D1, ... DN]%s or [D0, D1, ... DN, %s]' % (
        (', [D0, D1, ... DN, 1]', 'logits_dimension') if allow_per_logit_weights else ('', '1'))
    with ops.name_scope(None, 'weights', values=tuple(features.values()) + (logits,)) as scope:
        if weight_column is None:
            return 1.
        if isinstance(weight_column, str):
            weight_column = feature_column_lib.numeric_column(key=weight_column, shape=(1,))
        if not isinstance(weight_column, feature_column_lib.NumericColumn):
            raise TypeError('Weight column must be either a string or _NumericColumn. Given type: {}.'.format(
                type(weight_column)))
        weights = weight_column._get_dense_tensor(feature_column._LazyBuilder(features))
        if not (weights.dtype.is_floating or weights.dtype.is_integer):
            raise ValueError('Weight column should be castable to float. Given dtype: {}'.format(weights.dtype))
        weights = math_ops.to_float(weights, name='weights')
        weights_shape = array_ops.shape(weights, name='weights_shape')
        logits_shape = array_ops.shape(logits, name='logits_shape')
        data = ['logits_shape: ', logits_shape, 'weights_shape: ', weights_shape]
        if None not in (weights.shape.ndims, logits.shape.ndims) and weights.shape.ndims == logits.shape.ndims - 1:
            check = check_ops.assert_equal(logits_shape[:-1], weights_shape, message=message, data=data)
            with ops.control_dependencies([check]):
                return array_ops.expand_dims(weights, -1, name=scope)
        supported_shape = array_ops.concat([logits_shape[:-1], [1]], axis=0)
        if allow_per_logit_weights:
            check = _assert_one_of(logits_shape, supported_shape, weights_shape, [message] + data)
        else:
            check = check_ops.assert_equal(supported_shape, weights_shape, message=message, data=data)
        with ops.control_dependencies([check]):
            return array_ops.identity(weights, name=scope)


def _assert_one_of(logits_shape, supported_shape, weights_shape, data):
    from reflow.ops import control_flow_ops
    from reflow.ops import math_ops
    return control_flow_ops.Assert(condition=math_ops.reduce_any([
        math_ops.reduce_all(math_ops.equal(logits_shape, weights_shape)),
        math_ops.reduce_all(math_ops.equal(supported_shape, weights_shape))]), data=data)


def logits_of_dimension(logits, expected_logits_dimension):
    """Logits as float32, checked to be [D0, D1, ..., expected_logits_dimension]."""
    from reflow.ops import array_ops
    from reflow.ops import check_ops
    from reflow.ops import math_ops
    message = 'logits shape must be [D0, D1, ... DN, logits_dimension]'
    with ops.name_scope(None, 'logits', (logits,)) as scope:
        logits = math_ops.to_float(logits)
        logits_shape = array_ops.shape(logits)
        assert_rank = check_ops.assert_rank_at_least(logits, 2, data=[logits_shape], message=message)
        with ops.control_dependencies([assert_rank]):
            static_shape = logits.shape
            if static_shape.ndims is not None and static_shape[-1] is not None:
                if isinstance(expected_logits_dimension, int) and static_shape[-1] != expected_logits_dimension:
                    if getattr(static_shape[-1], 'value', static_shape[-1]) is not None:
                        raise ValueError('%s, got %s.' % (message, static_shape))
                return logits
            assert_dimension = check_ops.assert_equal(
                expected_logits_dimension, logits_shape[-1], data=[logits_shape], message=message)
            with ops.control_dependencies([assert_dimension]):
                return array_ops.identity(logits, name=scope)


def ids_in_range(labels, n_classes, message=None, below='Labels must <= n_classes - 1', not_negative='Labels must >= 0',
                 scope='assert_range'):
    """Labels checked to be at least 0 and below `n_classes`."""
    from reflow.ops import array_ops
    from reflow.ops import check_ops
    with ops.name_scope(None, scope, (labels,)):
        checks = (check_ops.assert_less_equal(
            labels, ops.convert_to_tensor(n_classes - 1, dtype=labels.dtype), message=message or below),
            check_ops.assert_non_negative(labels, message=message or not_negative))
        with ops.control_dependencies(checks):
            return array_ops.identity(labels)


def check_n_classes(n_classes):
    """Raises ValueError unless there are more than 2 classes."""
    from reflow.ops import check_ops
    from reflow.ops import control_flow_ops
    if isinstance(n_classes, int) and n_classes <= 2:
        raise ValueError('n_classes must be > 2: %s.' % n_classes)
    assertion = check_ops.assert_greater(
        ops.convert_to_tensor(n_classes), 2, message='n_classes must be greater than 2')
    with ops.control_dependencies([assertion]):
        control_flow_ops.no_op()
    return n_classes


def checked_thresholds(thresholds):
    """Thresholds of probabilities as a tuple. ValueError: one doesn't lie between 0 and 1."""
    thresholds = tuple(thresholds or ())
    for threshold in thresholds:
        if not 0 < threshold < 1:
            raise ValueError('thresholds must be in (0, 1) range. Given: {}'.format(threshold))
    return thresholds


def check_label_vocabulary(label_vocabulary, n_classes):
    """Raises ValueError unless the names of classes, if there are such, are a list of one for each."""
    if label_vocabulary is None:
        return
    if not isinstance(label_vocabulary, (list, tuple)):
        raise ValueError('label_vocabulary must be a list or tuple. Given type: {}'.format(type(label_vocabulary)))
    if len(label_vocabulary) != n_classes:
        raise ValueError('Length of label_vocabulary must be n_classes ({}). Given: {}'.format(
            n_classes, len(label_vocabulary)))


def check_loss_reduction(loss_reduction):
    """Raises ValueError unless losses of examples are put together."""
    from reflow.ops.losses import losses
    if loss_reduction not in losses.Reduction.all() or loss_reduction == losses.Reduction.NONE:
        raise ValueError('Invalid loss_reduction: {}'.format(loss_reduction))


def check_loss_fn_args(loss_fn):
    """Raises ValueError unless a loss function takes labels, logits and nothing but features beside."""
    args = function_utils.fn_args(loss_fn)
    for required in ('labels', 'logits'):
        if required not in args:
            raise ValueError('loss_fn must contain argument: {}. Given arguments: {}'.format(required, args))
    unknown = list(set(args) - {'labels', 'logits', 'features'})
    if unknown:
        raise ValueError('loss_fn has unexpected args: {}'.format(unknown))


def call_loss_fn(loss_fn, labels, logits, features, expected_loss_dim=1):
    """What a loss function gives, checked to be [D0, D1, ..., expected_loss_dim]."""
    from reflow.ops import array_ops
    from reflow.ops import control_flow_ops
    from reflow.ops import math_ops
    kwargs = {'features': features} if 'features' in function_utils.fn_args(loss_fn) else {}
    with ops.name_scope(None, 'call_loss_fn', values=[labels, logits] + list(features.values())):
        loss = loss_fn(labels=labels, logits=logits, **kwargs)
        logits_shape = array_ops.shape(logits, name='logits_shape')
        expected_shape = array_ops.concat([logits_shape[:-1], [expected_loss_dim]], axis=0, name='expected_loss_shape')
        loss_shape = array_ops.shape(loss, name='loss_shape')
        check = control_flow_ops.Assert(
            math_ops.reduce_all(math_ops.equal(loss_shape, expected_shape)), name='check_loss_shape',
            data=['loss_fn must return Tensor of shape [D0, D1, ... DN, {}]. '.format(expected_loss_dim),
                  'logits_shape: ', logits_shape, 'loss_shape: ', loss_shape])
        with ops.control_dependencies([check]):
            return array_ops.identity(loss)
