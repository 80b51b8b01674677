"""Functions and modules: `arg_scope` is the function, as the module of that name is imported before."""
from reflow.contrib.framework.python.ops.arg_scope import *  # noqa: F401,F403
from reflow.contrib.framework.python.ops.checkpoint_ops import *  # noqa: F401,F403
from reflow.contrib.framework.python.ops.ops import *  # noqa: F401,F403
from reflow.contrib.framework.python.ops.script_ops import *  # noqa: F401,F403
from reflow.contrib.framework.python.ops.variables import *  # noqa: F401,F403
from reflow.names.packages import names_of

__getattr__ = names_of(__spec__.name, 'reflow.contrib.framework')
