"""Initializers that take over a matrix of a checkpoint, whose rows or columns belong to the words of a vocabulary."""
from reflow.framework import dtypes, ops


def _check_files(old_file, new_file, axis):
    if bool(old_file) != bool(new_file):
        raise ValueError("old_{0}_vocab_file and new_{0}_vocab_file must both be specified or left unspecified. "
                         "old_{0}_vocab_file='{1}', new_{0}_vocab_file='{2}'".format(axis, old_file, new_file))


def _first_values(initializer, count, most):
    """`count` values, a tensor that only a run knows, of an initializer, which may want a shape that is known."""
    from reflow.ops import array_ops
    try:
        return initializer(array_ops.stack([count, 1]))
    except TypeError:
        return ops.convert_to_tensor(initializer([most, 1]))[:count]


def _load_and_remap_matrix(ckpt_path, old_tensor_name, new_row_vocab_offset, num_rows_to_load, new_col_vocab_size,
                           initializer, old_row_vocab_size=-1, old_row_vocab_file=None, new_row_vocab_file=None,
                           old_col_vocab_file=None, new_col_vocab_file=None, num_row_oov_buckets=0,
                           num_col_oov_buckets=0, max_rows_in_memory=-1):
    """The matrix with its rows and columns where the new vocabularies have their words, `initializer` for new words.

    Rows and columns for words in no vocabulary are added at the ends.
    """
    from reflow.ops import array_ops, gen_checkpoint_ops, math_ops
    for axis, buckets in (('row', num_row_oov_buckets), ('col', num_col_oov_buckets)):
        if buckets < 0:
            raise ValueError('num_%s_oov_buckets must be >= 0, but received %d' % (axis, buckets))
    _check_files(old_row_vocab_file, new_row_vocab_file, 'row')
    _check_files(old_col_vocab_file, new_col_vocab_file, 'col')
    if not new_row_vocab_file and not new_col_vocab_file:
        raise ValueError('Must provide either row or column vocab files. If no remapping is necessary, consider using '
                         '`tf.contrib.framework.init_from_checkpoint` instead.')
    if new_row_vocab_file:
        row_remapping, num_rows_present = gen_checkpoint_ops.generate_vocab_remapping(
            new_vocab_file=new_row_vocab_file, old_vocab_file=old_row_vocab_file, new_vocab_offset=new_row_vocab_offset,
            num_new_vocab=num_rows_to_load, old_vocab_size=old_row_vocab_size)
    else:
        num_rows_present = num_rows_to_load
        row_remapping = math_ops.range(new_row_vocab_offset, new_row_vocab_offset + num_rows_to_load, dtype=dtypes.int64)
    col_remapping, num_cols_present = [], new_col_vocab_size
    if new_col_vocab_file:
        col_remapping, num_cols_present = gen_checkpoint_ops.generate_vocab_remapping(
            new_vocab_file=new_col_vocab_file, old_vocab_file=old_col_vocab_file, new_vocab_offset=0,
            num_new_vocab=new_col_vocab_size)
    num_missing = num_rows_to_load * new_col_vocab_size - num_rows_present * num_cols_present
    matrix = gen_checkpoint_ops.load_and_remap_matrix(
        ckpt_path=ckpt_path, old_tensor_name=old_tensor_name, row_remapping=row_remapping, col_remapping=col_remapping,
        initializing_values=_first_values(initializer, num_missing, num_rows_to_load * new_col_vocab_size),
        num_rows=num_rows_to_load, num_cols=new_col_vocab_size, max_rows_in_memory=max_rows_in_memory)
    if num_row_oov_buckets > 0:
        more = ops.convert_to_tensor(initializer([num_row_oov_buckets, new_col_vocab_size]))
        matrix = array_ops.concat([matrix, more], 0)
    if num_col_oov_buckets > 0:
        more = ops.convert_to_tensor(initializer([num_rows_to_load + num_row_oov_buckets, num_col_oov_buckets]))
        matrix = array_ops.concat([matrix, more], 1)
    return matrix


def _load_and_remap_matrix_initializer(ckpt_path, old_tensor_name, new_row_vocab_size, new_col_vocab_size,
                                       old_row_vocab_size=-1, old_row_vocab_file=None, new_row_vocab_file=None,
                                       old_col_vocab_file=None, new_col_vocab_file=None, num_row_oov_buckets=0,
                                       num_col_oov_buckets=0, initializer=None, max_rows_in_memory=-1):
    """An initializer for a variable, or its parts along rows, that gives such a matrix. New words get zeros by default."""
    from reflow.ops import init_ops
    if initializer is None:
        initializer = init_ops.zeros_initializer()
    if not callable(initializer):
        raise TypeError('initializer must be callable, instead of being {} of type {}.'.format(
            initializer, type(initializer)))
    num_cols, num_rows = new_col_vocab_size + num_col_oov_buckets, new_row_vocab_size + num_row_oov_buckets

    def check(shape, dtype, offset):
        if dtype != dtypes.float32:
            raise TypeError('Currently, only float32 is supported. Received dtype: {}'.format(dtype))
        if len(shape) != 2:
            raise ValueError('Expected 2-dim shape, but received: {}'.format(shape))
        if shape[0] <= 0:
            raise ValueError('Expected 1st dim of shape to be > 0, but received shape: {}'.format(shape))
        if shape[1] != num_cols:
            raise ValueError('Expected 2nd dim of shape to be new_col_vocab_size ({}) + num_col_oov_buckets ({}) = {}, but '
                             'received shape: {}'.format(new_col_vocab_size, num_col_oov_buckets, num_cols, shape))
        if offset + shape[0] > num_rows:
            raise ValueError('Trying to initialize {} additional rows after {} rows have already been initialized, which '
                             'would exceed expected total row count of new_row_vocab_size ({}) + num_row_oov_buckets ({}) = '
                             '{}.'.format(shape[0], offset, new_row_vocab_size, num_row_oov_buckets, num_rows))

    def _initializer(shape, dtype=dtypes.float32, partition_info=None):
        shape = [int(size) for size in shape]
        offset = partition_info.single_offset(shape) if partition_info is not None else 0
        check(shape, dtype, offset)
        oov_rows = min(shape[0], max(0, offset + shape[0] - new_row_vocab_size))
        if offset > new_row_vocab_size:
            if shape[0] != oov_rows:
                raise ValueError('Partitioned variable offset is greater than new vocab size and not operating on '
                                 'OOV-only partition.')
            return initializer(shape)
        return _load_and_remap_matrix(
            ckpt_path, old_tensor_name, offset, shape[0] - oov_rows, new_col_vocab_size, initializer, old_row_vocab_size,
            old_row_vocab_file, new_row_vocab_file, old_col_vocab_file, new_col_vocab_file, oov_rows, num_col_oov_buckets,
            max_rows_in_memory)

    return _initializer


def _load_embedding_initializer(ckpt_path, embedding_tensor_name, new_vocab_size, embedding_dim, old_vocab_file,
                                new_vocab_file, old_vocab_size=-1, num_oov_buckets=0, initializer=None,
                                max_rows_in_memory=-1):
    """The initializer of an embedding, a row for each word. New words get small random numbers by default."""
    from reflow.ops import init_ops
    if initializer is None:
        initializer = init_ops.truncated_normal_initializer(stddev=1.0 / embedding_dim ** 0.5)
    return _load_and_remap_matrix_initializer(
        ckpt_path, embedding_tensor_name, new_vocab_size, embedding_dim, old_vocab_size, old_vocab_file, new_vocab_file,
        num_row_oov_buckets=num_oov_buckets, initializer=initializer, max_rows_in_memory=max_rows_in_memory)
