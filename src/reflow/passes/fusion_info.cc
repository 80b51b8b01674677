#include "reflow/passes/fusion_info.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>

#include "reflow/passes/liveness.h"
#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::Consumer;
using graph::Endpoint;
using graph::Node;
using graph::OpDef;

namespace {

constexpr int kMaxAddends = 16;

bool is_float(DType t) { return t == DType::kFloat32; }

// Is `shape` the same as `whole`, a single number, a row or a column of it, as far as is known?
bool fits(const Shape& shape, const Shape& whole) {
  if (shape == whole || shape.num_elements() == 1) return true;
  if (!shape.known_rank() || shape.rank() > whole.rank()) return false;
  int leading = 0, trailing = 0;
  while (leading < shape.rank() && shape.dim(leading) == 1) ++leading;
  while (trailing < shape.rank() && shape.dim(shape.rank() - 1 - trailing) == 1) ++trailing;
  const int row = shape.rank() - leading;
  if (std::equal(shape.end() - row, shape.end(), whole.end() - row)) return true;
  return shape.rank() == whole.rank() && std::equal(shape.begin(), shape.end() - trailing, whole.begin());
}

bool known_equal(const Shape& a, const Shape& b) { return a.fully_defined() && a == b; }

class Analyzer {
 public:
  explicit Analyzer(const graph::Graph& graph) : graph_(graph) {}

  FusionAnalysis run() {
    result_.order = topological_order(graph_);
    if (std::ssize(result_.order) != graph_.num_nodes()) {
      result_.order.clear();
      return std::move(result_);
    }
    result_.nodes.resize(graph_.num_node_ids());
    result_.variable_of = trace_variables(graph_, result_.order);
    conditions_ = liveness_conditions(graph_, result_.order);
    liveness_ = liveness_classes(conditions_, result_.order);
    for (Node* node : result_.order) classify(*node);
    for (auto node = result_.order.rbegin(); node != result_.order.rend(); ++node) mark_tail(**node);
    for (Node* node : result_.order) {
      if (info(*node).kind != FusedKind::kNone) assign_class(*node);
    }
    return std::move(result_);
  }

 private:
  FusionInfo& info(const Node& node) { return result_.nodes[node.id()]; }

  struct OpInfo {
    FusedKind kind = FusedKind::kNone;
    op::ElementwiseInfo elementwise{};
  };

  const OpInfo& op_info(const Node& node) {
    const auto [found, is_new] = ops_.try_emplace(&node.op());
    if (is_new) {
      OpInfo& o = found->second;
      const std::string& type = node.type();
      if (const auto e = op::elementwise_info(type)) {
        o.kind = FusedKind::kElementwise;
        o.elementwise = *e;
      } else if (type == "AddN") {
        o.kind = FusedKind::kAddN;
      } else if (type == "ApplyGradientDescent") {
        o.kind = FusedKind::kGradientDescent;
      } else if (type == "ApplyMomentum") {
        o.kind = FusedKind::kMomentum;
      } else if (type == "AssignAdd") {
        o.kind = FusedKind::kAssignAdd;
      } else if (type == "AssignSub") {
        o.kind = FusedKind::kAssignSub;
      }
    }
    return found->second;
  }

  void classify(const Node& node) {
    FusionInfo& i = info(node);
    const OpInfo& o = op_info(node);
    if (o.kind == FusedKind::kNone || node.num_outputs() != 1) return;
    for (const Endpoint& e : node.inputs()) {
      if (!is_float(base_type(e.dtype()))) return;
    }
    i.elementwise = o.elementwise;
    i.is_update = o.kind != FusedKind::kElementwise && o.kind != FusedKind::kAddN;
    if (i.is_update ? fusable_update(node, o.kind) : fusable_value(node, o)) i.kind = o.kind;
    else i.is_update = false;
  }

  static bool fusable_value(const Node& node, const OpInfo& o) {
    const Shape& shape = node.output_shape(0);
    if (!is_float(node.output_type(0)) || !shape.known_rank()) return false;
    if (std::ranges::any_of(node.inputs(), [](const Endpoint& e) { return is_ref(e.dtype()); })) return false;
    if (o.kind == FusedKind::kAddN) {
      return node.num_inputs() >= 2 && node.num_inputs() <= kMaxAddends &&
             std::ranges::all_of(node.inputs(), [&](const Endpoint& e) { return known_equal(e.shape(), shape); });
    }
    if (node.num_inputs() != o.elementwise.arity) return false;
    return std::ranges::all_of(node.inputs(), [&](const Endpoint& e) { return e.shape().known_rank() && fits(e.shape(), shape); });
  }

  // Variables whose shape is known not to change, updated with values of it.
  static bool fusable_update(const Node& node, FusedKind kind) {
    const auto is_variable = [&](int i) {
      return is_ref(node.input(i).dtype()) && node.input(i).node->type() == "VariableV2";
    };
    const auto has_shape_of = [&](int i, int j) { return known_equal(node.input(i).shape(), node.input(j).shape()); };
    const auto is_value = [&](int i) { return !is_ref(node.input(i).dtype()); };
    const auto is_scalar = [&](int i) { return is_value(i) && node.input(i).shape().rank() == 0; };
    if (!is_variable(0)) return false;
    switch (kind) {
      case FusedKind::kGradientDescent: return is_scalar(1) && is_value(2) && has_shape_of(0, 2);
      case FusedKind::kMomentum:
        return is_variable(1) && has_shape_of(0, 1) && is_scalar(2) && is_value(3) && has_shape_of(0, 3) &&
               is_scalar(4) && node.input(0) != node.input(1);
      default: return is_value(1) && has_shape_of(0, 1);
    }
  }

  void mark_tail(const Node& node) {
    FusionInfo& i = info(node);
    if (i.kind == FusedKind::kNone) return;
    i.tail = i.is_update || (!node.consumers().empty() && std::ranges::all_of(node.consumers(), [&](const Consumer& c) {
      return result_.nodes[c.node->id()].tail;
    }));
  }

  void assign_class(const Node& node) {
    FusionInfo& i = info(node);
    const Shape& shape = i.is_update ? node.input(0).shape() : node.output_shape(0);
    std::vector<int64_t> key(shape.begin(), shape.end());
    key.push_back(node.assigned_device());
    key.push_back(i.tail);
    key.push_back(liveness_[node.id()]);
    const auto [found, is_new] = class_ids_.try_emplace(std::move(key), static_cast<int>(result_.classes.size()));
    if (is_new) {
      int64_t size = 1;
      for (const int64_t d : shape.dims()) size *= std::max<int64_t>(d, 1);
      const int num_conditions = static_cast<int>(conditions_[node.id()].size());
      result_.classes.push_back({shape, node.assigned_device(), i.tail, num_conditions, size});
    }
    i.shape_class = found->second;
  }

  const graph::Graph& graph_;
  FusionAnalysis result_;
  std::vector<Conditions> conditions_;  // by id
  std::vector<int> liveness_;           // by id
  absl::flat_hash_map<const OpDef*, OpInfo> ops_;
  absl::flat_hash_map<std::vector<int64_t>, int> class_ids_;
};

}  // namespace

FusionAnalysis analyze_for_fusion(const graph::Graph& graph) { return Analyzer(graph).run(); }

}  // namespace reflow::passes
