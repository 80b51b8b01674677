"""Columns of sequences, and the input layer of them."""
from reflow.feature_column import base_columns
from reflow.feature_column import feature_column as fc
from reflow.feature_column import sequence_feature_column as core
from reflow.feature_column import transformations
from reflow.feature_column.sequence_feature_column import (  # noqa: F401
    concatenate_context_input, sequence_categorical_column_with_hash_bucket, sequence_categorical_column_with_identity,
    sequence_categorical_column_with_vocabulary_file, sequence_categorical_column_with_vocabulary_list,
    sequence_numeric_column)
from reflow.ops import array_ops
from reflow.ops import variable_scope

__all__ = ['sequence_categorical_column_with_hash_bucket', 'sequence_categorical_column_with_identity',
           'sequence_categorical_column_with_vocabulary_file', 'sequence_categorical_column_with_vocabulary_list',
           'sequence_input_layer', 'sequence_numeric_column']


def sequence_input_layer(features, feature_columns, weight_collections=None, trainable=True):
    """What columns of sequences make of features, side by side: ([batch_size, length, elements], the lengths)."""
    columns = fc._normalize_feature_columns(feature_columns)
    for column in columns:
        if not isinstance(column, base_columns._SequenceDenseColumn):
            raise ValueError('All feature_columns must be of type _SequenceDenseColumn. You can wrap a '
                             'sequence_categorical_column with an embedding_column or indicator_column. '
                             'Given (type {}): {}'.format(type(column), column))
    with variable_scope.variable_scope(None, default_name='sequence_input_layer', values=features.values()):
        builder = fc._LazyBuilder(features)
        columns = sorted(columns, key=lambda column: column.name)
        outputs, lengths = [], []
        for column in columns:
            with variable_scope.variable_scope(None, default_name=column._var_scope_name):
                tensor, length = column._get_sequence_dense_tensor(
                    builder, weight_collections=weight_collections, trainable=trainable)
                elements = column._variable_shape.num_elements()
                shape = array_ops.shape(tensor)
                first = shape[0]
                outputs.append(array_ops.reshape(tensor, shape=[first, shape[1], elements]))
                lengths.append(length)
        transformations.verify_static_batch_size_equality(outputs, columns)
        transformations.verify_static_batch_size_equality(lengths, columns)
        length = core._assert_all_equal_and_return(lengths)
        return array_ops.concat(outputs, -1), length
