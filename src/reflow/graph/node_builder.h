#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/graph.h"

namespace reflow::graph {

// One argument of an op: a tensor, or a list of tensors.
struct OpInput {
  OpInput(Endpoint e) : endpoints{e} {}
  OpInput(std::vector<Endpoint> list) : endpoints(std::move(list)), is_list(true) {}
  std::vector<Endpoint> endpoints;
  bool is_list = false;
};

struct CreateOptions {
  std::string name;         // "": the op type. Made unique below the name scope; a trailing '/' takes it as it is
  std::string device;       // beside the device scopes; "" : theirs
  std::vector<Node*> control_inputs;
  bool compute_shapes = true;
  // Name as it is, no scopes, no control-flow context (import).
  bool as_given = false;
};

// Makes an op in `graph`: infers type and number attributes from the inputs, fills in defaults, checks against the op's
// definition, applies the calling thread's scopes (names, devices, control dependencies, colocation, attributes,
// control-flow context) in the order in which TensorFlow applies them, runs the shape function, and adds the node. Every
// layer above makes its ops here. Takes the graph's mutex. After an error the graph is as it was.
//
// Errors (InvalidArgument unless said) have TensorFlow's texts:
// "Input 'y' of 'AddV2' Op has type float32 that does not match type int32 of argument 'x'.",
// "Value passed to parameter 'x' has DataType string not in list of allowed values: float32, ...",
// and those of the shape function. Mistakes of type have Status code kInvalidArgument and payload "type_error" (see
// is_type_error), since Python raises TypeError for them.
StatusOr<Node*> create_op(Graph& graph, std::string_view type, std::vector<OpInput> inputs, AttrMap attrs = {},
                          CreateOptions options = {});

Status type_error(std::string message);
bool is_type_error(const Status& status);

// Checks inputs and attributes of `spec` against its op and completes output types: what importing a GraphDef needs of
// the above. Errors in the words of NodeDef validation.
Status complete_node_spec(NodeSpec* spec, bool add_defaults);

// The types of the inputs, as a flat list, that `op` wants with `attrs`; likewise of its outputs.
Status input_types_of(const OpDef& op, const AttrMap& attrs, std::vector<DType>* types);
Status output_types_of(const OpDef& op, const AttrMap& attrs, std::vector<DType>* types);
// How many tensors of the flat input list belong to each argument.
Status input_arg_sizes(const OpDef& op, const AttrMap& attrs, std::vector<int>* sizes);
Status output_arg_sizes(const OpDef& op, const AttrMap& attrs, std::vector<int>* sizes);

// Checks one attribute against its definition (kind, allowed values, minimum).
Status check_attr(const OpDef& op, const AttrDef& def, const AttrValue& value);

}  // namespace reflow::graph
