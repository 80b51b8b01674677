"""Variables that are resources: each read is an operation of its own."""

from reflow.ops import variables


class BaseResourceVariable(variables.VariableV1):
    """A variable that operations reach through a handle."""

    @property
    def handle(self):
        """The tensor that names the resource."""
        return self._variable

    @property
    def create(self):
        """The operation that initialises the variable."""
        return self.initializer

    def is_initialized(self, name=None):
        """A bool: has the variable a value?"""
        from reflow.ops import gen_resource_variable_ops
        return gen_resource_variable_ops.var_is_initialized_op(self.handle, name=name)


class ResourceVariable(BaseResourceVariable):
    """A variable that operations reach through a handle."""


for _class in (BaseResourceVariable, ResourceVariable):
    _class.__module__ = 'tensorflow.python.ops.resource_variable_ops'


def is_resource_variable(var):
    """Whether `var` is a resource variable."""
    return isinstance(var, BaseResourceVariable)
