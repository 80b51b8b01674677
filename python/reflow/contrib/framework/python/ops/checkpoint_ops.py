"""Initializers that take over matrices of checkpoints whose rows or columns belong to words."""
from reflow.framework import dtypes
from reflow.ops import init_ops
from reflow.training import checkpoint_ops

__all__ = ['load_and_remap_matrix_initializer', 'load_embedding_initializer', 'load_linear_multiclass_bias_initializer',
           'load_variable_slot_initializer']

load_and_remap_matrix_initializer = checkpoint_ops._load_and_remap_matrix_initializer
load_embedding_initializer = checkpoint_ops._load_embedding_initializer


def load_linear_multiclass_bias_initializer(ckpt_path, bias_tensor_name, new_class_vocab_size, old_class_vocab_file,
                                            new_class_vocab_file, num_class_oov_buckets=0, initializer=None,
                                            max_rows_in_memory=-1):
    """The initializer of the biases of classes, a column with a row for each class."""
    return load_and_remap_matrix_initializer(
        ckpt_path, bias_tensor_name, new_class_vocab_size, 1, old_row_vocab_file=old_class_vocab_file,
        new_row_vocab_file=new_class_vocab_file, num_row_oov_buckets=num_class_oov_buckets,
        initializer=initializer or init_ops.zeros_initializer(), max_rows_in_memory=max_rows_in_memory)


def load_variable_slot_initializer(ckpt_path, old_tensor_name, primary_partition_info, new_row_vocab_size,
                                   new_col_vocab_size, old_row_vocab_file=None, new_row_vocab_file=None,
                                   old_col_vocab_file=None, new_col_vocab_file=None, num_row_oov_buckets=0,
                                   num_col_oov_buckets=0, initializer=None, max_rows_in_memory=-1):
    """The initializer of an optimizer's slot for a variable that is `primary_partition_info` of another."""
    of_variable = load_and_remap_matrix_initializer(
        ckpt_path, old_tensor_name, new_row_vocab_size, new_col_vocab_size, old_row_vocab_file=old_row_vocab_file,
        new_row_vocab_file=new_row_vocab_file, old_col_vocab_file=old_col_vocab_file, new_col_vocab_file=new_col_vocab_file,
        num_row_oov_buckets=num_row_oov_buckets, num_col_oov_buckets=num_col_oov_buckets, initializer=initializer,
        max_rows_in_memory=max_rows_in_memory)

    def _initializer(shape, dtype=dtypes.float32, partition_info=None):
        return of_variable(shape, dtype, partition_info=primary_partition_info)

    return _initializer
