"""What models make of the feature columns of tf.contrib.layers."""

import contextlib

from reflow.contrib.layers.python.layers import feature_column as fc
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor as sparse_tensor_lib

__all__ = ['check_feature_columns', 'infer_real_valued_columns', 'input_from_feature_columns',
           'parse_feature_columns_from_examples', 'transform_features', 'weighted_sum_from_feature_columns']


def _sorted(feature_columns):
    return sorted(set(feature_columns), key=lambda column: column.key)


def _with_global_variables(weight_collections):
    return list({*weight_collections, ops.GraphKeys.GLOBAL_VARIABLES}) if weight_collections else weight_collections


def check_feature_columns(feature_columns):
    """Raises ValueError where two columns are almost the same."""
    if isinstance(feature_columns, dict):
        raise ValueError('Expected feature_columns to be iterable, found dict.')
    seen = set()
    for column in feature_columns:
        if column.key in seen:
            raise ValueError('Duplicate feature column key found for column: {}. This usually means that the column is almost '
                             'identical to another column, and one must be discarded.'.format(column.name))
        seen.add(column.key)


@contextlib.contextmanager
def _scope_of(column, values):
    from reflow.ops import variable_scope
    if column.name:
        with variable_scope.variable_scope(None, default_name=column.name, values=values):
            yield
    else:  # of the one column of arrays in tf.contrib.learn: variables are named as 'linear//weight', operations as 'matmul'
        with variable_scope.variable_scope('', values=values), ops.name_scope(''):
            yield


def input_from_feature_columns(columns_to_tensors, feature_columns, weight_collections=None, trainable=True, scope=None,
                               cols_to_outs=None):
    """What columns make of features, side by side: [batch_size, elements of all columns]."""
    from reflow.ops import array_ops
    from reflow.ops import variable_scope
    check_feature_columns(feature_columns)
    if cols_to_outs is not None and not isinstance(cols_to_outs, dict):
        raise ValueError('cols_to_outs must be a dict unless None')
    values = columns_to_tensors.values()
    with variable_scope.variable_scope(scope, default_name='input_from_feature_columns', values=values):
        outputs = []
        features = fc.Transformer(columns_to_tensors)
        weight_collections = _with_global_variables(weight_collections)
        for column in _sorted(feature_columns):
            with _scope_of(column, values):
                try:
                    output = column.to_dnn_input(features.get(column), weight_collections, trainable)
                except ValueError as error:
                    raise ValueError('Error creating input layer for column: {}.\n{}'.format(column.name, error)) from None
                outputs.append(output)
                if cols_to_outs is not None:
                    cols_to_outs[column] = output
        return array_ops.concat(outputs, 1)


def _model_variable(name, shape, trainable, collections, initializer=None):
    from reflow.contrib.framework.python.ops import variables as contrib_variables
    from reflow.ops import init_ops
    return contrib_variables.model_variable(
        name, shape=shape, dtype=dtypes.float32, initializer=initializer or init_ops.zeros_initializer(), trainable=trainable,
        collections=collections)


def _parts(variable):
    return list(variable) if hasattr(variable, '_get_variable_list') else [variable]


def weighted_sum_from_feature_columns(columns_to_tensors, feature_columns, num_outputs, weight_collections=None,
                                      trainable=True, scope=None):
    """(the sum of what columns make of features, each times weights, and a bias; {column: weights}; bias)"""
    from reflow.ops import array_ops
    from reflow.ops import embedding_ops
    from reflow.ops import math_ops
    from reflow.ops import nn_ops
    from reflow.ops import variable_scope
    check_feature_columns(feature_columns)
    values = columns_to_tensors.values()
    with variable_scope.variable_scope(scope, default_name='weighted_sum_from_feature_columns', values=values):
        outputs = []
        weights_of = {}
        features = fc.Transformer(columns_to_tensors)
        for column in _sorted(feature_columns):
            transformed = features.get(column)
            try:
                lookup = column.linear_arguments(transformed)
            except ValueError as error:
                raise ValueError('Error creating weighted sum for column: {}.\n{}'.format(column.name, error)) from None
            with _scope_of(column, values):
                if lookup is None:
                    tensor = fc.dense_matrix(transformed, column.name)
                    weights = _model_variable('weight', [tensor.get_shape()[1], num_outputs], trainable, weight_collections)
                    output = math_ops.matmul(tensor, weights, name='matmul')
                else:
                    weights = _model_variable('weights', [lookup.vocab_size, num_outputs], trainable, weight_collections,
                                              lookup.initializer)
                    output = embedding_ops.safe_embedding_lookup_sparse(
                        weights, lookup.input_tensor, sparse_weights=lookup.weight_tensor, combiner=lookup.combiner,
                        name=column.name + '_weights')
            outputs.append(array_ops.reshape(output, shape=(-1, num_outputs)))
            weights_of[column] = _parts(weights)
        without_bias = math_ops.add_n(outputs)
        bias = _model_variable('bias_weight', [num_outputs], trainable, _with_global_variables(weight_collections))
        return nn_ops.bias_add(without_bias, bias), weights_of, bias


def parse_feature_columns_from_examples(serialized, feature_columns, name=None, example_names=None):
    """{feature or column: tensor} of serialized Examples."""
    from reflow.ops import parsing_ops
    check_feature_columns(feature_columns)
    tensors = parsing_ops.parse_example(
        serialized=serialized, features=fc.create_feature_spec_for_parsing(feature_columns), name=name,
        example_names=example_names)
    features = fc.Transformer(tensors)
    tensors.update({column: features.get(column) for column in _sorted(feature_columns)})
    return tensors


def transform_features(features, feature_columns):
    """{column: what it makes of the features}"""
    check_feature_columns(feature_columns)
    transformer = fc.Transformer(features)
    return {column: transformer.get(column) for column in _sorted(feature_columns)}


def infer_real_valued_columns(features):
    """A column of numbers for each tensor, one or a dictionary of them."""
    if not isinstance(features, dict):
        return [_inferred('', features)]
    return [_inferred(name, tensor) for name, tensor in features.items()]


def _inferred(name, tensor):
    if isinstance(tensor, sparse_tensor_lib.SparseTensor):
        raise ValueError('SparseTensor is not supported for auto detection. Please define corresponding FeatureColumn for tensor '
                         '{} {}.', name, tensor)
    if not (tensor.dtype.is_integer or tensor.dtype.is_floating):
        raise ValueError('Non integer or non floating types are not supported for auto detection. Please define corresponding '
                         'FeatureColumn for tensor {} {}.', name, tensor)
    dimension = 1
    for size in tensor.get_shape().as_list()[1:]:
        dimension *= size
    return fc.real_valued_column(name, dimension=dimension, dtype=tensor.dtype)
