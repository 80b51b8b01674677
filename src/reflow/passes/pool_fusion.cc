#include <algorithm>
#include <string>

#include "reflow/passes/passes.h"
#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::Consumer;
using graph::Node;

namespace {

// Over the two dimensions of images with channels last, as the attributes say.
bool pools_places(const Node& pool) {
  if (pool.attr<std::string>("data_format").value_or("NHWC") != "NHWC") return false;
  for (const char* name : {"ksize", "strides"}) {
    const auto list = pool.attr<std::vector<int64_t>>(name);
    if (!list.ok() || list->size() != 4 || (*list)[0] != 1 || (*list)[3] != 1) return false;
  }
  return true;
}

std::vector<int64_t> of_places(const Node& pool, const char* name) {
  const std::vector<int64_t> list = *pool.attr<std::vector<int64_t>>(name);
  return {list[1], list[2]};
}

// Whoever reads `conv`, or waits for it.
void read_from(graph::Graph& graph, Node* conv, Node* fused) {
  graph.replace_uses(conv->output(0), fused->output(1));
  const std::vector<Consumer> waiting(conv->consumers().begin(), conv->consumers().end());
  for (const Consumer& c : waiting) {
    graph.remove_control_input(c.node, conv);
    graph.add_control_input(c.node, fused);
  }
}

}  // namespace

Status fuse_pooling(PassContext& context) {
  graph::Graph& graph = *context.graph;
  const graph::OpDef* op = graph::OpRegistry::global().find("_FusedConv2DMaxPool");
  if (op == nullptr) return OkStatus();
  const std::vector<bool> roots = root_marks(context);
  std::vector<Node*> gone;
  for (Node* pool : graph.nodes()) {
    if (pool->type() != "MaxPool" || !pools_places(*pool)) continue;
    Node* conv = pool->input(0).node;
    if (conv->type() != "_FusedConv2D" || conv->num_outputs() != 1 || roots[conv->id()]) continue;
    if (conv->assigned_device() != pool->assigned_device()) continue;
    // The gradient reads the convolution's result too. Whoever does is then computed after all that the pooling waits for.
    const bool kept = conv->consumers().size() != 1;
    if (kept && !pool->control_inputs().empty()) continue;
    graph::NodeSpec spec;
    spec.op = op;
    spec.inputs.assign(conv->inputs().begin(), conv->inputs().end());
    spec.attrs = conv->attrs();
    spec.attrs.set("num_kept", int64_t{kept});
    spec.attrs.set("pool_ksize", of_places(*pool, "ksize"));
    spec.attrs.set("pool_strides", of_places(*pool, "strides"));
    spec.attrs.set("pool_padding", pool->attr<std::string>("padding").value_or("VALID"));
    spec.control_inputs.assign(pool->control_inputs().begin(), pool->control_inputs().end());
    for (Node* source : conv->control_inputs()) {
      if (std::ranges::find(spec.control_inputs, source) == spec.control_inputs.end()) spec.control_inputs.push_back(source);
    }
    spec.output_types.assign(kept ? 2 : 1, DType::kFloat32);
    const Shape shape = pool->output_shape(0), convolved = conv->output_shape(0);
    graph.rewrite_node(pool, std::move(spec));
    pool->set_output_shape(0, shape);
    if (kept) {
      pool->set_output_shape(1, convolved);
      read_from(graph, conv, pool);
    }
    gone.push_back(conv);
  }
  graph.remove_nodes(gone);
  return OkStatus();
}

}  // namespace reflow::passes
