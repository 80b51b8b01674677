"""`tf.contrib.framework`."""
from reflow.contrib.framework.python.ops.arg_scope import *  # noqa: F401,F403
from reflow.contrib.framework.python.framework.checkpoint_utils import *  # noqa: F401,F403
from reflow.contrib.framework.python.ops.checkpoint_ops import *  # noqa: F401,F403
from reflow.contrib.framework.python.ops.variables import *  # noqa: F401,F403
from reflow.framework.ops import prepend_name_scope, strip_name_scope  # noqa: F401
from reflow.framework.smart_cond import smart_cond, smart_constant_value  # noqa: F401
from reflow.names.packages import lazy_modules
from reflow.util import nest  # noqa: F401

__getattr__ = lazy_modules(__spec__.name)
