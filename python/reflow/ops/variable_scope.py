"""Variable scopes and get_variable."""

import collections.abc as collections_abc
import contextlib
import enum
import os
import re
import traceback

from reflow import _core
from reflow.framework import device
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import variables
from reflow.util import function_utils

VariableSynchronization = variables.VariableSynchronization
VariableAggregation = variables.VariableAggregation


def __getattr__(name):
    if name == 'EagerVariableStore':
        from reflow.ops.eager_variable_store import EagerVariableStore
        return EagerVariableStore
    raise AttributeError('module %r has no attribute %r' % (__name__, name))


class _ReuseMode(enum.Enum):
    """How get_variable treats variables that exist."""
    AUTO_REUSE = 1


AUTO_REUSE = _ReuseMode.AUTO_REUSE
AUTO_REUSE.__doc__ = """Take a variable where there is one, make it where there is none."""


class VariableScope:
    """The prefix of names and the defaults of get_variable within a variable scope."""

    def __init__(self, reuse, name='', initializer=None, regularizer=None, caching_device=None, partitioner=None,
                 custom_getter=None, name_scope='', dtype=dtypes.float32, use_resource=None, constraint=None):
        arguments = {'reuse': reuse or None, 'initializer': initializer, 'regularizer': regularizer, 'partitioner': partitioner,
                     'custom_getter': custom_getter, 'dtype': dtype, 'use_resource': use_resource, 'constraint': constraint,
                     'auxiliary_name_scope': False}
        with ops.Graph().as_default():  # a scope is of no graph; those of another one have no part in it
            entered = _core.enter_variable_scope(name, {key: value for key, value in arguments.items() if value is not None})
            self._handle = entered.scope
            entered.exit()
        if caching_device is not None:
            self.set_caching_device(caching_device)
        self._original_name_scope = name_scope

    @classmethod
    def _of(cls, handle):
        scope = object.__new__(cls)
        scope._handle = handle
        return scope

    def __reduce__(self):
        return type(self), (self.reuse, self.name, self.initializer, self.regularizer, self.caching_device, self.partitioner,
                            self.custom_getter, self.original_name_scope, self.dtype, self.use_resource, self.constraint)

    @property
    def name(self):
        """The names in front of the variables', 'outer/inner'."""
        return self._handle.name

    @property
    def original_name_scope(self):
        """The name scope that was entered with the scope first."""
        return self.__dict__.get('_original_name_scope', self._handle.original_name_scope)

    @property
    def reuse(self):
        """False, True or AUTO_REUSE."""
        return self._handle.reuse

    _reuse = reuse  # cells and layers of programs ask for it by this name

    @property
    def dtype(self):
        """The type of variables that say none."""
        return self._handle.dtype

    @property
    def use_resource(self):
        """Whether variables that say nothing are resource variables."""
        return self._handle.use_resource

    @property
    def initializer(self):
        """The initializer of variables that have none."""
        return self._handle.initializer

    @property
    def regularizer(self):
        """The regularizer of variables that have none."""
        return self._handle.regularizer

    @property
    def caching_device(self):
        """Where reads are cached."""
        return self._handle.caching_device

    @property
    def partitioner(self):
        """How variables are cut."""
        return self._handle.partitioner

    @property
    def custom_getter(self):
        """What get_variable goes through."""
        return self._handle.custom_getter

    @property
    def constraint(self):
        """What optimizers apply after an update."""
        return self._handle.constraint

    def reuse_variables(self):
        """From now on get_variable only finds variables."""
        self._handle.reuse_variables()

    def set_initializer(self, initializer):
        """Sets the initializer of variables that have none."""
        self._handle.set_initializer(initializer)

    def set_dtype(self, dtype):
        """Sets the type of variables that say none."""
        self._handle.set_dtype(dtype)

    def set_use_resource(self, use_resource):
        """Says whether variables are resource variables."""
        self._handle.set_use_resource(use_resource)

    def set_regularizer(self, regularizer):
        """Sets the regularizer of variables that have none."""
        self._handle.set_regularizer(regularizer)

    def set_caching_device(self, caching_device):
        """Says where reads are cached: a device, or a function of the variable's operation, which caches them there."""
        self._handle.set_caching_device(device.caching_name(caching_device))

    def set_partitioner(self, partitioner):
        """Says how variables are cut."""
        check_callable('partitioner', partitioner)
        self._handle.set_partitioner(partitioner)

    def set_custom_getter(self, custom_getter):
        """Sets what get_variable goes through."""
        check_callable('custom_getter', custom_getter)
        self._handle.set_custom_getter(custom_getter)

    def get_collection(self, name):
        """The items of the collection within this scope."""
        scope = self.name + '/' if self.name else self.name
        return ops.get_collection(name, scope)

    def trainable_variables(self):
        """The trainable variables within this scope."""
        return self.get_collection(ops.GraphKeys.TRAINABLE_VARIABLES)

    def global_variables(self):
        """The global variables within this scope."""
        return self.get_collection(ops.GraphKeys.GLOBAL_VARIABLES)

    def local_variables(self):
        """The local variables within this scope."""
        return self.get_collection(ops.GraphKeys.LOCAL_VARIABLES)

    def get_variable(self, var_store, name, shape=None, dtype=None, initializer=None, regularizer=None, reuse=None,
                     trainable=None, collections=None, caching_device=None, partitioner=None, validate_shape=True,
                     use_resource=None, custom_getter=None, constraint=None,
                     synchronization=VariableSynchronization.AUTO, aggregation=VariableAggregation.NONE):
        """A variable of this scope."""
        with variable_scope(self, reuse=reuse):
            return get_variable(name, shape, dtype, initializer, regularizer, trainable, collections, caching_device,
                                partitioner, validate_shape, use_resource, custom_getter, constraint, synchronization,
                                aggregation)


_NOT_CALLABLE = {'custom_getter': 'Passed a custom_getter which is not callable: {}',
                 'partitioner': 'Partitioner must be callable, but received: {}',
                 'constraint': 'The `constraint` argument must be a callable.'}


def check_callable(argument, value):
    """ValueError, with the words for this argument: it isn't callable."""
    if value is not None and not callable(value):
        raise ValueError(_NOT_CALLABLE[argument].format(value))


def get_variable_scope():
    """The current scope."""
    return VariableScope._of(_core.get_variable_scope())


class variable_scope:
    """Puts the names of variables and operations below a name, and gives get_variable defaults."""

    _at_top = False  # whether names of operations are below no name

    def __init__(self, name_or_scope, default_name=None, values=None, initializer=None, regularizer=None,
                 caching_device=None, partitioner=None, custom_getter=None, reuse=None, dtype=None, use_resource=None,
                 constraint=None, auxiliary_name_scope=True):
        if default_name is None and name_or_scope is None:
            raise TypeError('If default_name is None then name_or_scope is required')
        if not isinstance(auxiliary_name_scope, bool):
            raise TypeError('The auxiliary_name_scope must be `True` or `False`, while get {}'.format(auxiliary_name_scope))
        if reuse is not None and not isinstance(reuse, bool) and reuse is not AUTO_REUSE:
            raise ValueError('The reuse parameter must be True or False or None.')
        if name_or_scope is None and default_name == '':
            if reuse:
                raise ValueError('reuse=True cannot be used without a name_or_scope')
            name_or_scope = ''
            self._at_top = True
        reuse = reuse or None
        if name_or_scope is not None and not isinstance(name_or_scope, (str, VariableScope)):
            raise TypeError('VariableScope: name_or_scope must be a string or VariableScope.')
        if name_or_scope is not None:
            default_name = None  # programs give the values of an op in its place: nobody looks at it
        elif not isinstance(default_name, str):
            raise TypeError('expected string or bytes-like object')
        check_callable('custom_getter', custom_getter)
        check_callable('partitioner', partitioner)
        check_callable('constraint', constraint)
        self._name_or_scope = name_or_scope
        self._values = [] if values is None else values
        self._arguments = {
            'default_name': default_name, 'initializer': initializer, 'regularizer': regularizer,
            'caching_device': device.caching_name(caching_device), 'reuse': reuse, 'dtype': dtype,
            'use_resource': use_resource, 'constraint': constraint, 'custom_getter': custom_getter, 'partitioner': partitioner,
            'auxiliary_name_scope': auxiliary_name_scope}
        self._entered = []

    def __enter__(self):
        graph = ops._get_graph_from_inputs(self._values)
        with contextlib.ExitStack() as contexts:
            if graph is not ops.get_default_graph():
                contexts.enter_context(graph.as_default())
            if self._at_top:
                contexts.enter_context(ops.name_scope(''))
            name_or_scope = self._name_or_scope
            if isinstance(name_or_scope, VariableScope):
                name_or_scope = name_or_scope._handle
            entered = _core.enter_variable_scope(name_or_scope, self._arguments)
            self._entered.append((entered, contexts.pop_all()))
        return VariableScope._of(entered.scope)

    def __exit__(self, *exception):
        entered, contexts = self._entered.pop()
        entered.exit()
        contexts.__exit__(*exception)


class _pure_variable_scope(variable_scope):
    """A scope of variables that is no scope of operations' names."""

    def __init__(self, name_or_scope, reuse=None, initializer=None, regularizer=None, caching_device=None, partitioner=None,
                 custom_getter=None, old_name_scope=None, dtype=dtypes.float32, use_resource=None, constraint=None):
        self._name_scope = getattr(name_or_scope, 'original_name_scope', old_name_scope or name_or_scope)
        super().__init__(name_or_scope, None, None, initializer, regularizer, caching_device, partitioner, custom_getter,
                         reuse, dtype, use_resource, constraint, auxiliary_name_scope=False)

    def __enter__(self):
        scope = super().__enter__()
        scope._original_name_scope = self._name_scope
        return scope


def variable_op_scope(values, name_or_scope, default_name=None, initializer=None, regularizer=None, caching_device=None,
                      partitioner=None, custom_getter=None, reuse=None, dtype=None, use_resource=None, constraint=None):
    """Deprecated: variable_scope with other arguments."""
    return variable_scope(name_or_scope, default_name=default_name, values=values, initializer=initializer,
                          regularizer=regularizer, caching_device=caching_device, partitioner=partitioner,
                          custom_getter=custom_getter, reuse=reuse, dtype=dtype, use_resource=use_resource,
                          constraint=constraint)


def get_variable(name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=None, collections=None,
                 caching_device=None, partitioner=None, validate_shape=True, use_resource=None, custom_getter=None,
                 constraint=None, synchronization=VariableSynchronization.AUTO, aggregation=VariableAggregation.NONE):
    """The variable called `name` in the current scope: made, or found again, as the scope's reuse says."""
    return _get(False, name, shape, dtype, initializer, regularizer, trainable, collections, caching_device, partitioner,
                validate_shape, use_resource, custom_getter, constraint, synchronization, aggregation)


def get_local_variable(name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=False,
                       collections=None, caching_device=None, partitioner=None, validate_shape=True, use_resource=None,
                       custom_getter=None, constraint=None, synchronization=VariableSynchronization.AUTO,
                       aggregation=VariableAggregation.NONE):
    """A variable that is neither trained nor saved."""
    return _get(True, name, shape, dtype, initializer, regularizer, False, collections, caching_device, partitioner,
                validate_shape, use_resource, custom_getter, constraint, synchronization, aggregation)


def _get(local, name, shape, dtype, initializer, regularizer, trainable, collections, caching_device, partitioner,
         validate_shape, use_resource, custom_getter, constraint, synchronization, aggregation):
    check_callable('custom_getter', custom_getter)
    check_callable('partitioner', partitioner)
    check_callable('constraint', constraint)
    if name == '' and shape is not None and not get_variable_scope().name and not _core.executing_eagerly():
        raise ValueError("'' is not a valid node name")
    if collections is not None and not isinstance(collections, (list, tuple, set)):
        raise ValueError('collections argument to Variable constructor must be a list, tuple, or set. Got %s of type %s' % (
            collections, type(collections)))
    if not isinstance(name, str):
        name = _text_of(name, initializer, shape)
    synchronization, aggregation = variables._modes(synchronization, aggregation, name)
    if local:
        collections = list(collections or ()) + [ops.GraphKeys.LOCAL_VARIABLES]
    if shape is not None and not isinstance(shape, (list, tuple, int)):
        shape = tensor_shape.as_shape(shape)
    if regularizer is not None and not regularizer:
        regularizer = no_regularizer  # not that of the scope
    try:
        return _core.get_variable(name, shape, {
            'dtype': dtype, 'initializer': initializer, 'regularizer': regularizer,
            'trainable': variables._trainable(synchronization, trainable), 'collections': collections,
            'caching_device': device.caching_name(caching_device), 'validate_shape': validate_shape,
            'use_resource': use_resource, 'constraint': constraint, 'custom_getter': custom_getter, 'partitioner': partitioner,
            'synchronization': synchronization, 'aggregation': aggregation})
    except ValueError as error:
        raise _with_definition(error) from None


def _text_of(name, initializer, shape):
    """The text that a name which is none stands for. ValueError: the variable has no values, which is looked at first."""
    hash(name)
    if initializer is None and shape is None:
        raise ValueError('The initializer passed is not valid. It should be a callable with no arguments and the shape '
                         'should not be provided or an instance of `tf.keras.initializers.*\' and `shape` should be fully '
                         'defined.')
    if name is None:
        return 'Variable'
    return name.decode() if isinstance(name, bytes) else name


_EXISTS = re.compile(r'Variable (\S+) already exists, disallowed\. Did you mean to set reuse=True or reuse=tf\.AUTO_REUSE in '
                     r'VarScope\?$')


def _with_definition(error):
    """The error, which also says where a variable that exists already was made."""
    exists = _EXISTS.match(str(error))
    if not exists:
        return error
    try:
        op = ops.get_default_graph().get_operation_by_name(exists.group(1))
    except KeyError:
        return error
    if op.type == 'VarHandleOp':
        return error
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    frames = [frame for frame in reversed(op.traceback) if not os.path.abspath(frame[0]).startswith(package)]
    return ValueError('%s Originally defined at:\n\n%s' % (error, ''.join(traceback.format_list(frames[:5]))))


def _call_custom_getter(custom_getter, getter, name, arguments):
    """Calls a getter of a program as TensorFlow does: with all arguments by name. `getter` is what it may call."""
    def inner(name, shape=None, dtype=None, initializer=None, regularizer=None, reuse=None, trainable=None,
              collections=None, caching_device=None, partitioner=None, validate_shape=True, use_resource=None,
              constraint=None, synchronization=VariableSynchronization.AUTO, aggregation=VariableAggregation.NONE):
        return getter(name, shape, {
            'dtype': dtype, 'initializer': initializer, 'regularizer': regularizer, 'reuse': reuse,
            'trainable': variables._trainable(synchronization, trainable), 'collections': collections,
            'caching_device': device.caching_name(caching_device), 'validate_shape': validate_shape,
            'use_resource': use_resource, 'constraint': constraint, 'partitioner': partitioner,
            'synchronization': synchronization, 'aggregation': aggregation})

    if 'constraint' not in function_utils.fn_args(custom_getter) and not function_utils.has_kwargs(custom_getter):
        del arguments['constraint']
    return custom_getter(inner, name=name, **arguments)


class _PartitionInfo:
    """Which part of a partitioned variable an initializer is asked for."""

    def __init__(self, full_shape, var_offset):
        _require_sequences(full_shape=full_shape, var_offset=var_offset)
        if len(var_offset) != len(full_shape):
            raise ValueError('Expected equal length, but `var_offset` is of length {} while full_shape is of length '
                             '{}.'.format(len(var_offset), len(full_shape)))
        for offset, shape in zip(var_offset, full_shape):
            if offset < 0 or offset >= shape:
                raise ValueError('Expected 0 <= offset < shape but found offset={}, shape={} for var_offset={}, '
                                 'full_shape={}'.format(offset, shape, var_offset, full_shape))
        self._full_shape = full_shape
        self._var_offset = var_offset

    @property
    def full_shape(self):
        """The shape of the whole variable."""
        return self._full_shape

    @property
    def var_offset(self):
        """Where in it the part begins."""
        return self._var_offset

    def single_offset(self, shape):
        """Where a part of this shape begins, along the dimension that is cut; 0 where none is."""
        dim = self.single_slice_dim(shape)
        return 0 if dim is None else self.var_offset[dim]

    def single_slice_dim(self, shape):
        """The dimension along which a part of this shape was cut; None: it is the whole."""
        _require_sequences(shape=shape)
        if len(shape) != len(self.full_shape):
            raise ValueError('Expected equal length, but received shape={} of length {} while self.full_shape={} is of '
                             'length {}.'.format(shape, len(shape), self.full_shape, len(self.full_shape)))
        for i, size in enumerate(shape):
            if self.var_offset[i] + size > self.full_shape[i]:
                raise ValueError('With self.var_offset={}, a partition of shape={} would exceed self.full_shape={} in '
                                 'dimension {}.'.format(self.var_offset, shape, self.full_shape, i))
        cut = [i for i, size in enumerate(shape) if size != self.full_shape[i]]
        if len(cut) > 1:
            raise ValueError('Cannot use single_slice_dim() with shape={} and self.full_shape={} since slice dim could be '
                             'either dimension {} or {}.'.format(shape, self.full_shape, cut[1], cut[0]))
        return cut[0] if cut else None


def _require_sequences(**values):
    for name, value in values.items():
        if not isinstance(value, collections_abc.Sequence) or isinstance(value, str):
            raise TypeError('`{}` must be a sequence (like tuple or list) instead of {}'.format(name,
                                                                                               type(value).__name__))


def _partitions(partitioner, shape, dtype):
    """What a partitioner of a program says, a list of ints."""
    counts = partitioner(shape=shape, dtype=dtype)
    if not isinstance(counts, collections_abc.Sequence):
        raise ValueError('Partitioner must return a sequence, but saw: %s' % counts)
    return [int(count) for count in counts]


def no_regularizer(_):
    """A regularizer that adds nothing."""
    return None


def variable(initial_value=None, trainable=None, collections=None, validate_shape=True, caching_device=None, name=None,
             dtype=None, constraint=None, use_resource=None, synchronization=VariableSynchronization.AUTO,
             aggregation=VariableAggregation.NONE):
    """A variable, as tf.Variable makes it."""
    return variables.VariableV1(initial_value, trainable, collections, validate_shape, caching_device, name, dtype=dtype,
                                constraint=constraint, use_resource=use_resource, synchronization=synchronization,
                                aggregation=aggregation)


_default_use_resource = False


def enable_resource_variables():
    """Makes variables that say nothing resource variables."""
    _set_default_use_resource(True)


def disable_resource_variables():
    """Makes variables that say nothing ref variables again."""
    _set_default_use_resource(False)


def resource_variables_enabled():
    """Whether variables that say nothing are resource variables."""
    return _default_use_resource


def _set_default_use_resource(use_resource):
    global _default_use_resource
    _default_use_resource = use_resource
    ops.Graph._has_resource_variables = use_resource
    _core.get_variable_scope().set_use_resource(use_resource)


class variable_creator_scope_v1:
    """Has `variable_creator(next_creator, **kwargs)` make the variables within the context."""

    def __init__(self, variable_creator):
        self._variable_creator = variable_creator
        self._entered = []

    def __enter__(self):
        self._entered.append(_core.enter_variable_creator_scope(self._create))

    def __exit__(self, *unused_exception):
        self._entered.pop().exit()

    def _create(self, make, arguments):
        def next_creator(**kwargs):
            for name in ('variable_def', 'import_scope', 'expected_shape', 'shape'):
                kwargs.pop(name, None)
            return make(kwargs)

        arguments.update(variable_def=None, expected_shape=None, import_scope=None, shape=None)
        return self._variable_creator(next_creator, **arguments)


variable_creator_scope = variable_creator_scope_v1
