"""warm_start: variables begin with the values that an earlier model ended with."""
import collections

from reflow import _core
from reflow.framework import errors, ops
from reflow.ops import state_ops, variable_scope
from reflow.training import checkpoint_ops, checkpoint_utils, saver
from reflow.training.saving import saveable_object_util


class VocabInfo(collections.namedtuple('VocabInfo', [
        'new_vocab', 'new_vocab_size', 'num_oov_buckets', 'old_vocab', 'old_vocab_size', 'backup_initializer', 'axis'])):
    """Two vocabularies, and how the rows or columns of a variable go from the old to the new one."""

    def __new__(cls, new_vocab, new_vocab_size, num_oov_buckets, old_vocab, old_vocab_size=-1, backup_initializer=None,
                axis=0):
        if axis not in (0, 1):
            raise ValueError('The only supported values for the axis argument are 0 and 1.  Provided axis: {}'.format(axis))
        return super().__new__(cls, new_vocab, new_vocab_size, num_oov_buckets, old_vocab, old_vocab_size,
                               backup_initializer, axis)


def _name_of(variables):
    names = list(saveable_object_util.op_list_to_dict(variables))
    if len(names) > 1:
        raise TypeError('`var` = %s passed as arg violates the constraints.  name_to_var_dict = %s' % (variables, names))
    return names[0]


def _grouped_variables(vars_to_warm_start):
    """{name: the variable, or its parts}"""
    from reflow.platform import tf_logging
    if isinstance(vars_to_warm_start, str) or vars_to_warm_start is None:
        tf_logging.info('Warm-starting variables only in TRAINABLE_VARIABLES.')
        found = ops.get_collection(ops.GraphKeys.TRAINABLE_VARIABLES, scope=vars_to_warm_start)
    elif not isinstance(vars_to_warm_start, list):
        raise ValueError('`vars_to_warm_start must be a `list` or `str`.  Given type is {}'.format(
            type(vars_to_warm_start)))
    elif all(isinstance(v, str) for v in vars_to_warm_start):
        found = [v for scope in vars_to_warm_start for v in ops.get_collection(ops.GraphKeys.GLOBAL_VARIABLES, scope=scope)]
    elif all(checkpoint_utils._is_variable(v) for v in vars_to_warm_start):
        found = vars_to_warm_start
    else:
        raise ValueError('If `vars_to_warm_start` is a list, it must be all `Variable` or all `str`.  Given types are '
                         '{}'.format([type(v) for v in vars_to_warm_start]))
    grouped = {}
    for variable in found:
        grouped.setdefault(_name_of([variable]), []).append(variable)
    return grouped


def _object_renames(path, names):
    """{name: key} where the checkpoint is one that tf.train.Checkpoint wrote."""
    try:
        keys = saver.object_graph_key_mapping(checkpoint_utils._checkpoint_filename(path))
    except errors.NotFoundError:
        return {}
    missing = set(names) - set(keys)
    if missing:
        raise ValueError('Attempting to warm-start from an object-based checkpoint, but found that the checkpoint did not '
                         'contain values for all variables. The following variables were missing: {}'.format(missing))
    return {name: keys[name] for name in names}


def _remap(variables, vocabulary, checkpoint, tensor_name):
    """Has a variable, or its parts, initialized with the rows or columns of the words that both vocabularies have."""
    if not (vocabulary.new_vocab and vocabulary.new_vocab_size and checkpoint and vocabulary.old_vocab):
        raise ValueError('Invalid args: Must provide all of [current_vocab_path, current_vocab_size, prev_ckpt, '
                         'prev_vocab_path}.')
    num_rows = sum(int(variable.shape[0]) for variable in variables)
    for variable in variables:
        shape = variable.get_shape().as_list()
        info = variable._get_save_slice_info()
        partition = None
        if info:
            partition = variable_scope._PartitionInfo(full_shape=info.full_shape, var_offset=info.var_offset)
        if vocabulary.axis == 0:
            initializer = checkpoint_ops._load_and_remap_matrix_initializer(
                checkpoint_utils._checkpoint_filename(checkpoint), tensor_name, vocabulary.new_vocab_size, shape[1],
                vocabulary.old_vocab_size, vocabulary.old_vocab, vocabulary.new_vocab,
                num_row_oov_buckets=vocabulary.num_oov_buckets, initializer=vocabulary.backup_initializer)
        else:
            initializer = checkpoint_ops._load_and_remap_matrix_initializer(
                checkpoint_utils._checkpoint_filename(checkpoint), tensor_name, num_rows, vocabulary.new_vocab_size,
                old_col_vocab_file=vocabulary.old_vocab, new_col_vocab_file=vocabulary.new_vocab,
                num_col_oov_buckets=vocabulary.num_oov_buckets, initializer=vocabulary.backup_initializer)
        value = ops.convert_to_tensor(initializer(shape, partition_info=partition))
        _core.set_initializer(variable, state_ops.assign(variable, value))


def warm_start(ckpt_to_initialize_from, vars_to_warm_start='.*', var_name_to_vocab_info=None,
               var_name_to_prev_var_name=None):
    """Has variables initialized with what a checkpoint has under their names, or under their earlier ones."""
    from reflow.platform import tf_logging
    tf_logging.info('Warm-starting from: {}'.format(ckpt_to_initialize_from))
    grouped = _grouped_variables(vars_to_warm_start)
    renames = var_name_to_prev_var_name or _object_renames(ckpt_to_initialize_from, grouped)
    vocabularies = var_name_to_vocab_info or {}
    assignments = {}
    warm_started = 0
    for name, variables in grouped.items():
        if vocabularies.get(name):
            _remap(variables, vocabularies[name], ckpt_to_initialize_from, renames.get(name) or name)
        elif vars_to_warm_start:
            assignments[renames.get(name) or name] = variables
        else:
            continue
        warm_started += 1
    checkpoint_utils.init_from_checkpoint(ckpt_to_initialize_from, assignments)
    tf_logging.info('Warm-started %d variables.', warm_started)
    unused = set(renames) - {name for name in grouped if renames.get(name)}
    if unused:
        raise ValueError('You provided the following variables in var_name_to_prev_var_name that were not used: {0}.  '
                         'Perhaps you misspelled them?  Here is the list of viable variable names: {1}'.format(
                             unused, grouped.keys()))
    unused = {name for name in vocabularies if name not in grouped}
    if unused:
        raise ValueError('You provided the following variables in var_name_to_vocab_info that were not used: {0}.  '
                         'Perhaps you misspelled them?  Here is the list of viable variable names: {1}'.format(
                             unused, grouped.keys()))
