"""Variables by scope, name and kind."""
import functools
import re

from reflow.contrib.framework.python.ops.arg_scope import add_arg_scope
from reflow.framework import dtypes, ops
from reflow.ops import variable_scope, variables
from reflow.training import training_util

__all__ = ['add_model_variable', 'assert_global_step', 'assert_or_get_global_step', 'assign_from_checkpoint',
           'assign_from_checkpoint_fn', 'create_global_step',
           'filter_variables', 'get_global_step', 'get_local_variables', 'get_model_variables',
           'get_or_create_global_step', 'get_trainable_variables', 'get_unique_variable', 'get_variable_full_name',
           'get_variables', 'get_variables_by_name', 'get_variables_by_suffix', 'get_variables_to_restore',
           'global_variable', 'local_variable', 'model_variable', 'variable']

assert_global_step = training_util.assert_global_step
get_global_step = training_util.get_global_step
create_global_step = training_util.create_global_step
get_or_create_global_step = training_util.get_or_create_global_step


def assert_or_get_global_step(graph=None, global_step_tensor=None):
    """The given global step, checked, or that of the graph."""
    if global_step_tensor is None:
        global_step_tensor = get_global_step(graph)
    else:
        assert_global_step(global_step_tensor)
    return global_step_tensor


def local_variable(initial_value, validate_shape=True, name=None, use_resource=None):
    """A variable of this process only, which is not trained."""
    return variables.VariableV1(initial_value, trainable=False, collections=[ops.GraphKeys.LOCAL_VARIABLES],
                                validate_shape=validate_shape, name=name, use_resource=use_resource)


def global_variable(initial_value, validate_shape=True, name=None, use_resource=None):
    """A variable that is shared and saved, but not trained."""
    return variables.VariableV1(initial_value, trainable=False, collections=[ops.GraphKeys.GLOBAL_VARIABLES],
                                validate_shape=validate_shape, name=name, use_resource=use_resource)


@add_arg_scope
def variable(name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=True, collections=None,
             caching_device=None, device=None, partitioner=None, custom_getter=None, use_resource=None,
             synchronization=variables.VariableSynchronization.AUTO, aggregation=variables.VariableAggregation.NONE):
    """tf.get_variable on a device."""
    collections = [ops.GraphKeys.GLOBAL_VARIABLES] if collections is None else list(dict.fromkeys(collections))
    getter = variable_scope.get_variable
    if custom_getter is not None:
        getter = functools.partial(custom_getter, reuse=variable_scope.get_variable_scope().reuse)
    with ops.device(device or ''):
        return getter(name, shape=shape, dtype=dtype, initializer=initializer, regularizer=regularizer,
                      trainable=trainable, collections=collections, caching_device=caching_device,
                      partitioner=partitioner, use_resource=use_resource, synchronization=synchronization,
                      aggregation=aggregation)


@add_arg_scope
def model_variable(name, shape=None, dtype=dtypes.float32, initializer=None, regularizer=None, trainable=True,
                   collections=None, caching_device=None, device=None, partitioner=None, custom_getter=None,
                   use_resource=None, synchronization=variables.VariableSynchronization.AUTO,
                   aggregation=variables.VariableAggregation.NONE):
    """A variable that a model computes with: in the collections GLOBAL_VARIABLES and MODEL_VARIABLES."""
    collections = [*(collections or []), ops.GraphKeys.GLOBAL_VARIABLES, ops.GraphKeys.MODEL_VARIABLES]
    return variable(name, shape, dtype, initializer, regularizer, trainable, collections, caching_device, device,
                    partitioner, custom_getter, use_resource, synchronization, aggregation)


def add_model_variable(var):
    """Puts a variable into the collection MODEL_VARIABLES, once."""
    if var not in ops.get_collection(ops.GraphKeys.MODEL_VARIABLES):
        ops.add_to_collection(ops.GraphKeys.MODEL_VARIABLES, var)


def get_variables(scope=None, suffix=None, collection=ops.GraphKeys.GLOBAL_VARIABLES):
    """The variables of a collection whose names begin with `scope`, and end with `suffix`."""
    if isinstance(scope, variable_scope.VariableScope):
        scope = scope.name
    if suffix is not None:
        scope = (scope or '') + '.*' + (suffix if ':' in suffix else suffix + ':')
    return ops.get_collection(collection, scope)


def get_model_variables(scope=None, suffix=None):
    """get_variables of the collection MODEL_VARIABLES."""
    return get_variables(scope, suffix, ops.GraphKeys.MODEL_VARIABLES)


def get_local_variables(scope=None, suffix=None):
    """get_variables of the collection LOCAL_VARIABLES."""
    return get_variables(scope, suffix, ops.GraphKeys.LOCAL_VARIABLES)


def get_trainable_variables(scope=None, suffix=None):
    """get_variables of the collection TRAINABLE_VARIABLES."""
    return get_variables(scope, suffix, ops.GraphKeys.TRAINABLE_VARIABLES)


def get_variables_to_restore(include=None, exclude=None):
    """The variables in the scopes of `include` (None: all) and not in those of `exclude`."""
    for name, scopes in (('include', include), ('exclude', exclude)):
        if scopes is not None and not isinstance(scopes, (list, tuple)):
            raise TypeError('%s is provided but is not a list or a tuple.' % name)
    included = get_variables() if include is None else [var for scope in include for var in get_variables(scope)]
    excluded = {var for scope in exclude or () for var in get_variables(scope)}
    return [var for var in included if var not in excluded]


def get_variables_by_suffix(suffix, scope=None):
    """The variables whose names end with `suffix`."""
    return get_variables(scope=scope, suffix=suffix)


def get_variables_by_name(given_name, scope=None):
    """The variables called `given_name` in whatever scope."""
    return get_variables(scope=scope, suffix='/%s:|^%s:' % (given_name, given_name))


def get_unique_variable(var_op_name):
    """The variable of exactly this name. ValueError: there is none."""
    candidates = get_variables(scope=var_op_name)
    if not candidates:
        raise ValueError("Couldn't find variable %s" % var_op_name)
    for candidate in candidates:
        if candidate.op.name == var_op_name:
            return candidate
    raise ValueError('Variable %s does not uniquely identify a variable' % var_op_name)


def get_variable_full_name(var):
    """The name of the variable, or of the one that it is a part of."""
    return var._save_slice_info.full_name if var._save_slice_info else var.op.name


def filter_variables(var_list, include_patterns=None, exclude_patterns=None, reg_search=True):
    """The variables whose names match a pattern of `include_patterns` and none of `exclude_patterns`.

    Patterns are searched for, or with reg_search=False matched from the beginning.
    """
    matches = re.search if reg_search else re.match

    def any_of(patterns, var):
        return any(matches(pattern, var.name) for pattern in patterns)

    chosen = var_list if include_patterns is None else [var for var in var_list if any_of(include_patterns, var)]
    return list(chosen) if exclude_patterns is None else [var for var in chosen if not any_of(exclude_patterns, var)]


def assign_from_checkpoint(model_path, var_list, ignore_missing_vars=False):
    """An operation that assigns to variables what a checkpoint has, and the feed_dict that it is run with.

    `var_list` is a list, or {name in the checkpoint: variable or list of its parts}.
    """
    from reflow import pywrap_tensorflow
    from reflow.ops import control_flow_ops
    from reflow.platform import tf_logging
    grouped = {}
    if isinstance(var_list, (tuple, list)):
        for var in var_list:
            grouped.setdefault(get_variable_full_name(var), []).append(var)
    else:
        grouped = {name: value if isinstance(value, (tuple, list)) else [value] for name, value in var_list.items()}
    reader = pywrap_tensorflow.NewCheckpointReader(model_path)
    feed_dict, assignments = {}, []
    for name, parts in grouped.items():
        if not reader.has_tensor(name):
            message = 'Checkpoint is missing variable [%s]' % name
            if not ignore_missing_vars:
                raise ValueError(message)
            tf_logging.warning(message)
            continue
        value = reader.get_tensor(name)
        for var in parts:
            placeholder, part = _fed_part(name, var, value)
            assignments.append(var.assign(placeholder))
            feed_dict[placeholder] = part
    return control_flow_ops.group(*assignments), feed_dict


def _fed_part(name, var, value):
    """A placeholder for a variable, and what of `value` it is."""
    from reflow.ops import array_ops
    placeholder = array_ops.placeholder(dtype=var.dtype.base_dtype, shape=var.get_shape(),
                                        name='placeholder/' + var.op.name)
    info = var._save_slice_info
    if info:
        return placeholder, value[tuple(slice(begin, begin + size)
                                        for begin, size in zip(info.var_offset, info.var_shape))]
    if var.get_shape() != value.shape:
        raise ValueError('Total size of new array must be unchanged for %s lh_shape: [%s], rh_shape: [%s]' % (
            name, str(value.shape), str(var.get_shape())))
    return placeholder, value


def assign_from_checkpoint_fn(model_path, var_list, ignore_missing_vars=False, reshape_variables=False):
    """A function of a session that restores the variables from a checkpoint; None: there are none to restore."""
    from reflow import pywrap_tensorflow
    from reflow.framework import protos
    from reflow.platform import tf_logging
    from reflow.training import saver as saver_lib
    if not var_list:
        raise ValueError('var_list cannot be empty')
    if ignore_missing_vars:
        reader = pywrap_tensorflow.NewCheckpointReader(model_path)
        named = var_list if isinstance(var_list, dict) else {var.op.name: var for var in var_list}
        var_list = {}
        for name, var in named.items():
            if reader.has_tensor(name):
                var_list[name] = var
            else:
                tf_logging.warning('Variable %s missing in checkpoint %s', name, model_path)
    if not var_list:
        tf_logging.warning('No Variables to restore')
        return None
    saver = saver_lib.Saver(var_list, reshape=reshape_variables, write_version=protos.message('tensorflow.SaverDef').V1)
    return lambda session: saver.restore(session, model_path)
