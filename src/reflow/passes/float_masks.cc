#include <absl/container/flat_hash_map.h>
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "reflow/passes/passes.h"
#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::Consumer;
using graph::Node;

namespace {

// Cast(x >= y) to floats, as dropout multiplies by, becomes one op on floats, which the pass `fusion` knows.
class FloatMasks {
 public:
  explicit FloatMasks(PassContext& context) : graph_(*context.graph), roots_(root_marks(context)) {
    for (const char* name : {"Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual"}) {
      masks_[name] = graph::OpRegistry::global().find(fmt::format("_FloatMask{}", name));
    }
  }

  Status run() {
    std::vector<Node*> gone;
    for (Node* node : graph_.nodes()) {
      if (!is_mask(*node)) continue;
      rewrite(node);
      gone.push_back(comparison_);
    }
    graph_.remove_nodes(gone);
    return OkStatus();
  }

 private:
  bool is_mask(const Node& cast) {
    if (cast.type() != "Cast" || cast.output_type(0) != DType::kFloat32) return false;
    comparison_ = cast.input(0).node;
    const auto mask = masks_.find(comparison_->type());
    if (mask == masks_.end() || mask->second == nullptr) return false;
    mask_op_ = mask->second;
    const Node& c = *comparison_;
    if (c.consumers().size() != 1 || roots_[c.id()] || c.assigned_device() != cast.assigned_device()) return false;
    if (std::ranges::any_of(c.inputs(), [](const auto& e) { return e.dtype() != DType::kFloat32; })) return false;
    return c.attr<bool>("incompatible_shape_error").value_or(true);
  }

  void rewrite(Node* cast) {
    graph::NodeSpec spec;
    spec.op = mask_op_;
    spec.inputs.assign(comparison_->inputs().begin(), comparison_->inputs().end());
    for (const Node* node : {comparison_, cast}) {
      spec.control_inputs.insert(spec.control_inputs.end(), node->control_inputs().begin(), node->control_inputs().end());
    }
    spec.output_types = {DType::kFloat32};
    const Shape shape = cast->output_shape(0);
    graph_.rewrite_node(cast, std::move(spec));
    cast->set_output_shape(0, shape);
  }

  graph::Graph& graph_;
  const std::vector<bool> roots_;
  absl::flat_hash_map<std::string_view, const graph::OpDef*> masks_;
  Node* comparison_ = nullptr;
  const graph::OpDef* mask_op_ = nullptr;
};

}  // namespace

Status make_float_masks(PassContext& context) { return FloatMasks(context).run(); }

}  // namespace reflow::passes
