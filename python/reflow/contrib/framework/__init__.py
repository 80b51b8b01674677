"""`tf.contrib.framework`."""
from reflow.contrib.framework.python.ops.arg_scope import *  # noqa: F401,F403
from reflow.contrib.framework.python.framework.checkpoint_utils import *  # noqa: F401,F403
from reflow.contrib.framework.python.framework.experimental import *  # noqa: F401,F403
from reflow.contrib.framework.python.framework.graph_util import *  # noqa: F401,F403
from reflow.contrib.framework.python.framework.tensor_util import *  # noqa: F401,F403
from reflow.contrib.framework.python.ops.assigned_values import *  # noqa: F401,F403
from reflow.contrib.framework.python.ops.checkpoint_ops import *  # noqa: F401,F403
from reflow.contrib.framework.python.ops.ops import *  # noqa: F401,F403
from reflow.contrib.framework.python.ops.script_ops import *  # noqa: F401,F403
from reflow.contrib.framework.python.ops.variables import *  # noqa: F401,F403
from reflow.framework.ops import prepend_name_scope, strip_name_scope  # noqa: F401
from reflow.framework.smart_cond import smart_case, smart_cond, smart_constant_value  # noqa: F401
from reflow.framework.tensor_spec import BoundedTensorSpec, TensorSpec  # noqa: F401
from reflow.names.packages import lazy_modules
from reflow.ops.sort_ops import argsort, sort  # noqa: F401
from reflow.util import nest  # noqa: F401
from reflow.util.deprecation import deprecated, deprecated_arg_values, deprecated_args  # noqa: F401

__getattr__ = lazy_modules(__spec__.name)
