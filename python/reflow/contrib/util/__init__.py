"""`tf.contrib.util`."""
from reflow.framework.meta_graph_nodes import ops_used_by_graph_def, stripped_op_list_for_graph  # noqa: F401
from reflow.framework.tensor_util import MakeNdarray as make_ndarray  # noqa: F401
from reflow.framework.tensor_util import constant_value, make_tensor_proto  # noqa: F401
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
