#pragma once

#include <string>
#include <string_view>

#include "reflow/base/status.h"
#include "reflow/graph/node_builder.h"

namespace reflow::graph {

// "Op<name=Identity; signature=input:T -> output:T; attr=T:type>": how messages of the runtime show an op.
std::string summarize_op(const OpDef& op);

// NotFound: "Op type not registered '{}' in binary running on {}. ...".
Status op_not_registered(std::string_view type);

// Unimplemented: "Op {} is not available in GraphDef version {}. It has been removed in version {}. {}.".
Status check_not_removed(const Graph& graph, const OpDef& op);

// Number and types of the inputs that a node has; inputs without a node are passed over.
// InvalidArgument: "NodeDef expected inputs '{}' do not match {} inputs specified; ...", and that of check_input_type.
Status check_input_types(const NodeSpec& spec);

// InvalidArgument: "Input {} of node {} was passed {} from {} incompatible with expected {}.".
Status check_input_type(std::string_view name, int i, Endpoint source, DType wanted);

}  // namespace reflow::graph
