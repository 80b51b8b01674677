// Graphs: their shapes and operations.

#include "reflow/capi/objects.h"
#include "reflow/graph/function_library.h"
#include "reflow/graph/graph_def.h"
#include "reflow/graph/node_validation.h"
#include "reflow/graph/shape_context.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::capi {

Status check_operation(const TF_Graph* g, const Node* node) {
  if (node != nullptr && &node->graph() == &g->impl()) return OkStatus();
  return invalid_argument("Node {} was not found in the graph", node ? node->name() : "");
}

Status check_tensor(const TF_Graph* g, const Endpoint& e) {
  RETURN_IF_ERROR(check_operation(g, e.node));
  if (e.index >= 0 && e.index < e.node->num_outputs()) return OkStatus();
  return invalid_argument("Node {} has no output {}", e.node->name(), e.index);
}

}  // namespace reflow::capi

using namespace reflow;
using namespace reflow::capi;

TF_Graph* TF_NewGraph() { return new TF_Graph; }
void TF_DeleteGraph(TF_Graph* g) { delete g; }

void TF_GraphSetTensorShape(TF_Graph* g, TF_Output output, const int64_t* dims, const int num_dims, TF_Status* status) {
  report(status, [&]() -> Status {
    const std::lock_guard lock(g->impl().mutex());
    const Endpoint e = endpoint_of(output);
    RETURN_IF_ERROR(check_tensor(g, e));
    Shape merged;
    RETURN_IF_ERROR(graph::ShapeContext(*e.node, {}, {}, {}, false).merge(e.shape(), shape_of(dims, num_dims), &merged));
    e.node->set_output_shape(e.index, std::move(merged));
    return OkStatus();
  });
}

int TF_GraphGetTensorNumDims(TF_Graph* g, TF_Output output, TF_Status* status) {
  const std::lock_guard lock(g->impl().mutex());
  const Endpoint e = endpoint_of(output);
  return report(status, [&] { return check_tensor(g, e); }) ? e.shape().rank() : -1;
}

void TF_GraphGetTensorShape(TF_Graph* g, TF_Output output, int64_t* dims, int num_dims, TF_Status* status) {
  report(status, [&]() -> Status {
    const std::lock_guard lock(g->impl().mutex());
    const Endpoint e = endpoint_of(output);
    RETURN_IF_ERROR(check_tensor(g, e));
    if (num_dims != e.shape().rank()) return invalid_argument("Expected rank is {} but actual rank is {}", num_dims, e.shape().rank());
    for (int i = 0; i < num_dims; ++i) dims[i] = e.shape().dim(i);
    return OkStatus();
  });
}

TF_Operation* TF_GraphOperationByName(TF_Graph* g, const char* oper_name) {
  const std::lock_guard lock(g->impl().mutex());
  return operation_of(g->impl().find(oper_name));
}

TF_Operation* TF_GraphNextOperation(TF_Graph* g, size_t* pos) {
  const std::lock_guard lock(g->impl().mutex());
  while (*pos < static_cast<size_t>(g->impl().num_node_ids())) {
    if (const Node* node = g->impl().node(static_cast<int>((*pos)++))) return operation_of(node);
  }
  return nullptr;
}

void TF_GraphToGraphDef(TF_Graph* g, TF_Buffer* output_graph_def, TF_Status* status) {
  report(status, [&] {
    tensorflow::GraphDef def;
    {
      const std::lock_guard lock(g->impl().mutex());
      graph::export_graph_def(g->impl(), {}, &def);
    }
    def.mutable_library();  // said even where it is empty
    return write_message(def, output_graph_def);
  });
}

void TF_GraphGetOpDef(TF_Graph* g, const char* op_name, TF_Buffer* output_op_def, TF_Status* status) {
  report(status, [&]() -> Status {
    const graph::OpDef* op = graph::OpRegistry::global().find(op_name);
    if (op == nullptr) op = g->impl().functions().find_op(op_name);
    if (op == nullptr) return graph::op_not_registered(op_name);
    tensorflow::OpDef def;
    graph::op_def_to_proto(*op, &def);
    return write_message(def, output_op_def);
  });
}

void TF_GraphVersions(TF_Graph* g, TF_Buffer* output_version_def, TF_Status* status) {
  report(status, [&] {
    const std::lock_guard lock(g->impl().mutex());
    const graph::GraphVersions& versions = g->impl().versions;
    tensorflow::VersionDef def;
    def.set_producer(versions.producer);
    def.set_min_consumer(versions.min_consumer);
    for (const int version : versions.bad_consumers) def.add_bad_consumers(version);
    return write_message(def, output_version_def);
  });
}

const char* TF_OperationName(TF_Operation* oper) { return node_of(oper)->name().c_str(); }
const char* TF_OperationOpType(TF_Operation* oper) { return node_of(oper)->type().c_str(); }
const char* TF_OperationDevice(TF_Operation* oper) { return node_of(oper)->device().c_str(); }
int TF_OperationNumOutputs(TF_Operation* oper) { return node_of(oper)->num_outputs(); }
TF_DataType TF_OperationOutputType(TF_Output o) { return data_type_of(endpoint_of(o).dtype()); }
int TF_OperationNumInputs(TF_Operation* oper) { return node_of(oper)->num_inputs(); }

TF_DataType TF_OperationInputType(TF_Input in) {
  const Node& node = *node_of(in.oper);
  const std::lock_guard lock(node.graph().mutex());
  std::vector<DType> wanted;
  const bool known = graph::input_types_of(node.op(), node.attrs(), &wanted).ok() && in.index < static_cast<int>(wanted.size());
  return data_type_of(known ? wanted[in.index] : node.input(in.index).dtype());
}

TF_Output TF_OperationInput(TF_Input in) {
  const Node& node = *node_of(in.oper);
  const std::lock_guard lock(node.graph().mutex());
  return output_of(node.input(in.index));
}

namespace {

using Sizes = Status (*)(const graph::OpDef&, const graph::AttrMap&, std::vector<int>*);

// How many tensors argument `name` of `args` has; -1 after an error.
int list_length(TF_Operation* oper, const std::vector<graph::ArgDef>& args, Sizes sizes_of, const char* what, const char* name,
                TF_Status* status) {
  int length = -1;
  report(status, [&]() -> Status {
    const Node& node = *node_of(oper);
    std::vector<int> sizes;
    RETURN_IF_ERROR(sizes_of(node.op(), node.attrs(), &sizes));
    for (size_t i = 0; i < sizes.size(); ++i) {
      if (args[i].name != name) continue;
      length = sizes[i];
      return OkStatus();
    }
    return invalid_argument("{} arg '{}' not found", what, name);
  });
  return length;
}

// Writes the consumers of one output (-1: those by control edges), at most `max`; how many there are.
template <typename Write>
int for_consumers(const Node& node, int output, Write&& write) {
  const std::lock_guard lock(node.graph().mutex());
  int n = 0;
  for (const graph::Consumer& c : node.consumers()) {
    if (c.output == output) write(n++, c);
  }
  return n;
}

}  // namespace

int TF_OperationOutputListLength(TF_Operation* oper, const char* arg_name, TF_Status* status) {
  return list_length(oper, node_of(oper)->op().outputs, graph::output_arg_sizes, "Output", arg_name, status);
}
int TF_OperationInputListLength(TF_Operation* oper, const char* arg_name, TF_Status* status) {
  return list_length(oper, node_of(oper)->op().inputs, graph::input_arg_sizes, "Input", arg_name, status);
}

int TF_OperationOutputNumConsumers(TF_Output o) {
  return for_consumers(*node_of(o.oper), o.index, [](int, const graph::Consumer&) {});
}
int TF_OperationOutputConsumers(TF_Output o, TF_Input* consumers, int max_consumers) {
  const int n = for_consumers(*node_of(o.oper), o.index, [&](int i, const graph::Consumer& c) {
    if (i < max_consumers) consumers[i] = {operation_of(c.node), c.input};
  });
  return std::min(n, max_consumers);
}

int TF_OperationNumControlInputs(TF_Operation* oper) {
  const std::lock_guard lock(node_of(oper)->graph().mutex());
  return static_cast<int>(node_of(oper)->control_inputs().size());
}
int TF_OperationGetControlInputs(TF_Operation* oper, TF_Operation** control_inputs, int max_control_inputs) {
  const std::lock_guard lock(node_of(oper)->graph().mutex());
  int n = 0;
  for (const Node* node : node_of(oper)->control_inputs()) {
    if (n < max_control_inputs) control_inputs[n++] = operation_of(node);
  }
  return n;
}
int TF_OperationNumControlOutputs(TF_Operation* oper) {
  return for_consumers(*node_of(oper), -1, [](int, const graph::Consumer&) {});
}
int TF_OperationGetControlOutputs(TF_Operation* oper, TF_Operation** control_outputs, int max_control_outputs) {
  const int n = for_consumers(*node_of(oper), -1, [&](int i, const graph::Consumer& c) {
    if (i < max_control_outputs) control_outputs[i] = operation_of(c.node);
  });
  return std::min(n, max_control_outputs);
}

void TF_OperationToNodeDef(TF_Operation* oper, TF_Buffer* output_node_def, TF_Status* status) {
  report(status, [&] {
    const std::lock_guard lock(node_of(oper)->graph().mutex());
    tensorflow::NodeDef def;
    graph::node_to_proto(*node_of(oper), &def);
    return write_message(def, output_node_def);
  });
}

unsigned char TF_TryEvaluateConstant(TF_Graph* g, TF_Output output, TF_Tensor** result, TF_Status* status) {
  *result = nullptr;
  report(status, [&]() -> Status {
    const std::lock_guard lock(g->impl().mutex());
    RETURN_IF_ERROR(check_tensor(g, endpoint_of(output)));
    const Tensor value = graph::constant_value(endpoint_of(output));
    if (!value.valid()) return OkStatus();
    ASSIGN_OR_RETURN(*result, make_tensor(value.copy()));
    return OkStatus();
  });
  return *result != nullptr;
}
