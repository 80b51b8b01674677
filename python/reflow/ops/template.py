"""Functions that share their variables from call to call."""

import functools
import traceback

from reflow.framework import ops
from reflow.ops import variable_scope as variable_scope_lib
from reflow.platform import tf_logging
from reflow.training.tracking import base as trackable
from reflow.util import deprecation
from reflow.util import tf_decorator


def make_template(name_, func_, create_scope_now_=False, unique_name_=None, custom_getter_=None, **kwargs):
    """`func_`, of which the first call makes variables and the others take them again."""
    if kwargs:
        func_ = tf_decorator.make_decorator(func_, functools.partial(func_, **kwargs))
    return Template(name_, func_, create_scope_now=create_scope_now_, unique_name=unique_name_,
                    custom_getter=custom_getter_)


class Template(trackable.Trackable):
    """A function with a variable scope of its own, made by tf.make_template."""

    def __init__(self, name, func, create_scope_now=False, unique_name=None, custom_getter=None,
                 create_graph_function=False):
        if name is None:
            raise ValueError('name cannot be None.')
        self._func = func
        self._stacktrace = traceback.format_stack()[:-2]
        self._name = name
        self._unique_name = unique_name
        self._custom_getter = custom_getter
        self._variable_scope = None
        self._variables_created = False
        self._first_call = True
        if create_scope_now:
            with variable_scope_lib.variable_scope(unique_name, name, custom_getter=custom_getter,
                                                   auxiliary_name_scope=False) as scope:
                self._variable_scope = scope

    def __call__(self, *args, **kwargs):
        if self._variable_scope is not None:
            with variable_scope_lib.variable_scope(self._variable_scope, reuse=not self._first_call):
                return self._call_func(args, kwargs)
        with variable_scope_lib.variable_scope(self._unique_name, self._name, custom_getter=self._custom_getter) as scope:
            self._variable_scope = scope
            return self._call_func(args, kwargs)

    def _call_func(self, args, kwargs):
        try:
            if self._variables_created:
                return self._call_again(args, kwargs)
            is_first, self._first_call = self._first_call, False
            try:
                from reflow.training.tracking import util as trackable_util
                with trackable_util.capture_dependencies(template=self):
                    result = self._func(*args, **kwargs)
            except BaseException:
                self._first_call = is_first
                raise
            self._variables_created = True
            return result
        except Exception as error:
            text = error.args[0] if error.args else ''
            trace = ''.join(_not_shared(self._stacktrace, traceback.format_stack()))
            error.args = ('%s\n\noriginally defined at:\n%s' % (text, trace),) + error.args[1:]
            raise

    def _call_again(self, args, kwargs):
        trainable = ops.get_collection_ref(ops.GraphKeys.TRAINABLE_VARIABLES)
        variables = ops.get_collection_ref(ops.GraphKeys.GLOBAL_VARIABLES)
        trainable_before, variables_before = len(trainable), len(variables)
        result = self._func(*args, **kwargs)
        if len(trainable) != trainable_before:
            raise ValueError('Trainable variable created when calling a template after the first time, perhaps you used '
                             'tf.Variable when you meant tf.get_variable: %s' % (trainable[trainable_before:],))
        if len(variables) != variables_before:
            tf_logging.info('New variables created when calling a template after the first time, perhaps you used '
                            'tf.Variable when you meant tf.get_variable: %s', variables[variables_before:])
        return result

    @property
    def name(self):
        """The name given."""
        return self._name

    @property
    def func(self):
        """The function given."""
        return self._func

    @property
    def variable_scope(self):
        """The scope of the variables; None until the first call."""
        return self._variable_scope

    @property
    @deprecation.deprecated('2017-02-21', 'The .var_scope property is deprecated. Please change your code to use the '
                                          '.variable_scope property')
    def var_scope(self):
        """The scope of the variables under its older name."""
        return self._variable_scope

    @property
    def variable_scope_name(self):
        """The name of the scope with a slash behind it."""
        if self._variable_scope is None:
            return None
        name = self._variable_scope.name
        return name if not name or name[-1] == '/' else name + '/'

    def _collected(self, key):
        return ops.get_collection(key, self.variable_scope_name) if self._variables_created else []

    @property
    def global_variables(self):
        """Those that are saved."""
        return self._collected(ops.GraphKeys.GLOBAL_VARIABLES)

    @property
    def local_variables(self):
        """Those of this process only."""
        return self._collected(ops.GraphKeys.LOCAL_VARIABLES)

    @property
    def trainable_variables(self):
        """Those that optimizers train."""
        return self._collected(ops.GraphKeys.TRAINABLE_VARIABLES)

    @property
    def non_trainable_variables(self):
        """Those that are saved and not trained."""
        trainable = set(self.trainable_variables)
        return [variable for variable in self.global_variables if variable not in trainable]

    @property
    def variables(self):
        """All of them."""
        return self.global_variables + self.local_variables

    weights = variables
    trainable_weights = trainable_variables
    non_trainable_weights = non_trainable_variables


def _not_shared(stack, other):
    """`stack` from the call on in which it isn't as `other` is."""
    for i, (call, other_call) in enumerate(zip(stack, other)):
        if call != other_call:
            return stack[i:]
    return stack[-1:]
