"""`tf.contrib.graph_editor`: operations and tensors of a graph found, copied, and connected anew."""
from reflow.contrib.graph_editor.reroute import add_control_inputs  # noqa: F401
from reflow.contrib.graph_editor.reroute import remove_control_inputs  # noqa: F401
from reflow.contrib.graph_editor.reroute import reroute_inputs  # noqa: F401
from reflow.contrib.graph_editor.reroute import reroute_ios  # noqa: F401
from reflow.contrib.graph_editor.reroute import reroute_outputs  # noqa: F401
from reflow.contrib.graph_editor.reroute import reroute_ts  # noqa: F401
from reflow.contrib.graph_editor.reroute import swap_inputs  # noqa: F401
from reflow.contrib.graph_editor.reroute import swap_ios  # noqa: F401
from reflow.contrib.graph_editor.reroute import swap_outputs  # noqa: F401
from reflow.contrib.graph_editor.reroute import swap_ts  # noqa: F401
from reflow.contrib.graph_editor.select import *  # noqa: F401,F403
from reflow.contrib.graph_editor.subgraph import SubGraphView  # noqa: F401
from reflow.contrib.graph_editor.subgraph import make_view  # noqa: F401
from reflow.contrib.graph_editor.subgraph import make_view_from_scope  # noqa: F401
from reflow.contrib.graph_editor.transform import copy  # noqa: F401
from reflow.contrib.graph_editor.transform import copy_with_input_replacements  # noqa: F401
from reflow.contrib.graph_editor.transform import graph_replace  # noqa: F401
from reflow.contrib.graph_editor.util import ControlOutputs  # noqa: F401
from reflow.contrib.graph_editor.util import get_consuming_ops  # noqa: F401
from reflow.contrib.graph_editor.util import get_generating_ops  # noqa: F401
from reflow.contrib.graph_editor.util import get_tensors  # noqa: F401
from reflow.contrib.graph_editor.util import make_list_of_op  # noqa: F401
from reflow.contrib.graph_editor.util import make_list_of_t  # noqa: F401
from reflow.contrib.graph_editor.util import make_placeholder_from_dtype_and_shape  # noqa: F401
from reflow.contrib.graph_editor.util import make_placeholder_from_tensor  # noqa: F401
from reflow.contrib.graph_editor.util import placeholder_name  # noqa: F401
from reflow.names.packages import lazy_modules

ph = make_placeholder_from_dtype_and_shape
sgv = make_view
sgv_scope = make_view_from_scope

__getattr__ = lazy_modules(__spec__.name)
