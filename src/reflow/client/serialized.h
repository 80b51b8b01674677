#pragma once

// Parts of graphs as serialized protocol buffers, for language bindings.

#include <string>
#include <string_view>

#include "reflow/base/status.h"
#include "reflow/graph/attr_value.h"
#include "reflow/graph/node.h"
#include "reflow/graph/op_def.h"
#include "reflow/tensor/tensor.h"

namespace reflow::client {

// A TensorProto. InvalidArgument: it is none, or a wrong one.
StatusOr<Tensor> parse_tensor(std::string_view tensor_proto);
std::string serialize_tensor(const Tensor& tensor);
// An AttrValue proto. InvalidArgument: it is none.
StatusOr<graph::AttrValue> parse_attr(std::string_view attr_value);
std::string serialize_attr(const graph::AttrValue& value);
// The NodeDef, the OpDef (without documentation).
std::string serialize_node(const graph::Node& node);
std::string serialize_op_def(const graph::OpDef& op);
// The GraphDef of the nodes whose ids are at least `from_version`.
std::string serialize_graph(const graph::Graph& graph, int from_version, bool add_shapes);

}  // namespace reflow::client
