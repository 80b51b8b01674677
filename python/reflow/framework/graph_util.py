"""Work on GraphDefs under the shorter name that programs import."""
from reflow.framework.graph_util_impl import (  # noqa: F401
    convert_variables_to_constants, extract_sub_graph, must_run_on_cpu, remove_training_nodes,
    tensor_shape_from_node_def_name)
