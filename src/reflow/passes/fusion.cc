#include <absl/container/flat_hash_map.h>

#include <bit>

#include "reflow/op/fused_program.h"
#include "reflow/passes/fusion_groups.h"
#include "reflow/passes/passes.h"
#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::Consumer;
using graph::Endpoint;
using graph::Graph;
using graph::Node;
using op::FusedProgram;
using op::VecOp;

namespace {

// Writes the program of one group and puts a node that runs it in the place of the group.
class GroupFuser {
 public:
  GroupFuser(Graph& graph, const FusionAnalysis& analysis, const std::vector<bool>& roots, const FusionGroup& group,
             const std::vector<int>& group_of, int index)
      : graph_(graph), analysis_(analysis), roots_(roots), group_(group), group_of_(group_of), index_(index) {}

  // The node that stays. The others of the group are without consumers then.
  StatusOr<Node*> fuse() {
    collect_operands();
    for (const Node* node : group_) emit(*node);
    host_ = group_.back();
    for (Node* node : group_) {
      if (roots_[node->id()]) host_ = node;
    }
    collect_results();
    return rewrite();
  }

 private:
  bool is_member(const Node* node) const { return group_of_[node->id()] == index_; }
  static int64_t key(const Endpoint& e) { return (int64_t{e.node->id()} << 16) + e.index; }

  // Numbers everything that comes from outside, so that steps are numbered after it.
  void collect_operands() {
    for (const Node* node : group_) {
      for (const Endpoint& e : node->inputs()) {
        if (is_member(e.node)) continue;
        if (is_ref(e.dtype())) {
          if (values_.try_emplace(key(e), static_cast<int>(refs_.size())).second) refs_.push_back(e);
        } else if (const Tensor* value = const_value(e); value != nullptr && value->rank() == 0 &&
                                                         e.node->control_inputs().empty()) {
          constant(*value->data<float>());
        } else if (values_.try_emplace(key(e), static_cast<int>(inputs_.size())).second) {
          inputs_.push_back(e);
        }
      }
    }
    program_.num_inputs = static_cast<int>(inputs_.size());
    program_.num_refs = static_cast<int>(refs_.size());
    program_.constants = constants_;
  }

  int constant(float value) {
    const auto bits = std::bit_cast<uint32_t>(value);
    const auto [found, is_new] = constant_ids_.try_emplace(bits, static_cast<int>(constants_.size()));
    if (is_new) constants_.push_back(value);
    return found->second;
  }

  int value_of(const Endpoint& e) {
    if (is_member(e.node)) return member_values_.at(e.node->id());
    if (is_ref(e.dtype())) return program_.first_ref() + values_.at(key(e));
    if (const auto found = values_.find(key(e)); found != values_.end()) return found->second;
    return program_.first_constant() + constant(*const_value(e)->data<float>());
  }

  int step(int op, int a, int b = -1) {
    program_.steps.push_back({op, a, b});
    program_.names.push_back(now_->name());
    return program_.num_values() - 1;
  }
  int step(VecOp op, int a, int b) { return step(static_cast<int>(op), a, b); }
  void store(int ref, int value) { step(FusedProgram::kStore, ref, value); }

  void emit(const Node& node) {
    now_ = &node;
    const FusionInfo& info = analysis_.nodes[node.id()];
    const auto in = [&](int i) { return value_of(node.input(i)); };
    int value = -1;
    switch (info.kind) {
      case FusedKind::kElementwise: {
        const VecOp op = info.elementwise.op;
        const bool same_shape = op >= VecOp::kSqrtGrad;
        value = step(static_cast<int>(op) + (same_shape ? FusedProgram::kSameShape : 0), in(0),
                     info.elementwise.arity == 2 ? in(1) : -1);
        break;
      }
      case FusedKind::kAddN:
        value = in(0);
        for (int i = 1; i < node.num_inputs(); ++i) value = step(VecOp::kAdd, value, in(i));
        break;
      case FusedKind::kGradientDescent:
        store(in(0), step(VecOp::kSub, in(0), step(VecOp::kMul, in(2), in(1))));
        break;
      case FusedKind::kMomentum:
        emit_momentum(node);
        break;
      case FusedKind::kAssignAdd:
        store(in(0), step(VecOp::kAdd, in(0), in(1)));
        break;
      case FusedKind::kAssignSub:
        store(in(0), step(VecOp::kSub, in(0), in(1)));
        break;
      case FusedKind::kNone:
        break;
    }
    member_values_.emplace(node.id(), value);
  }

  // accum = accum * momentum + grad; var -= lr * accum, or with Nesterov's: lr * grad + lr * momentum * accum.
  void emit_momentum(const Node& node) {
    const auto in = [&](int i) { return value_of(node.input(i)); };
    const int var = in(0), accum = in(1), lr = in(2), grad = in(3), momentum = in(4);
    store(accum, step(VecOp::kAdd, step(VecOp::kMul, accum, momentum), grad));
    const auto* nesterov = node.find_attr("use_nesterov");
    if (nesterov != nullptr && nesterov->get<bool>() != nullptr && *nesterov->get<bool>()) {
      const int part = step(VecOp::kMul, step(VecOp::kMul, accum, momentum), lr);
      store(var, step(VecOp::kSub, var, step(VecOp::kAdd, step(VecOp::kMul, grad, lr), part)));
    } else {
      store(var, step(VecOp::kSub, var, step(VecOp::kMul, accum, lr)));
    }
  }

  // The values that others read. That of the host is the first, so that its consumers stay connected.
  void collect_results() {
    const auto add = [&](Node* node) {
      const int value = member_values_.at(node->id());
      if (value < 0) return;
      bool read = roots_[node->id()];
      for (const Consumer& c : node->consumers()) read |= c.input >= 0 && !is_member(c.node);
      if (!read) return;
      program_.results.push_back(value);
      results_.push_back(node);
    };
    add(host_);
    for (Node* node : group_) {
      if (node != host_) add(node);
    }
  }

  StatusOr<Node*> rewrite() {
    graph::NodeSpec spec;
    const bool updates = !refs_.empty();
    spec.op = graph::OpRegistry::global().find(updates ? "_FusedUpdate" : "_FusedElementwise");
    if (spec.op == nullptr) return internal_error("The fused ops aren't linked in");
    spec.inputs = inputs_;
    spec.inputs.insert(spec.inputs.end(), refs_.begin(), refs_.end());
    spec.attrs.set("N", static_cast<int>(inputs_.size()));
    if (updates) spec.attrs.set("R", static_cast<int>(refs_.size()));
    spec.attrs.set("M", static_cast<int>(results_.size()));
    program_.to_attrs(&spec.attrs);
    spec.output_types.assign(results_.size(), DType::kFloat32);
    for (Node* node : group_) {
      for (Node* source : node->control_inputs()) {
        if (!is_member(source)) spec.control_inputs.push_back(source);
      }
    }
    redirect_references();
    std::vector<Shape> shapes;
    for (const Node* node : results_) shapes.push_back(node->output_shape(0));
    graph_.rewrite_node(host_, std::move(spec));
    for (size_t i = 0; i < results_.size(); ++i) {
      host_->set_output_shape(static_cast<int>(i), shapes[i]);
      if (results_[i] != host_) graph_.replace_uses(results_[i]->output(0), host_->output(static_cast<int>(i)));
    }
    redirect_waiting();
    return host_;
  }

  // A reference that an update hands on is the variable, after the update.
  void redirect_references() {
    for (Node* node : group_) {
      if (!analysis_.nodes[node->id()].is_update) continue;
      const std::vector<Consumer> consumers(node->consumers().begin(), node->consumers().end());
      graph_.replace_uses(node->output(0), node->input(0));
      for (const Consumer& c : consumers) {
        if (c.input >= 0 && !is_member(c.node)) graph_.add_control_input(c.node, host_);
      }
    }
  }

  void redirect_waiting() {
    for (Node* node : group_) {
      if (node == host_) continue;
      const std::vector<Consumer> consumers(node->consumers().begin(), node->consumers().end());
      for (const Consumer& c : consumers) {
        if (c.input >= 0 || is_member(c.node)) continue;
        graph_.remove_control_input(c.node, node);
        graph_.add_control_input(c.node, host_);
      }
    }
  }

  Graph& graph_;
  const FusionAnalysis& analysis_;
  const std::vector<bool>& roots_;
  const FusionGroup& group_;
  const std::vector<int>& group_of_;
  int index_;
  Node* host_ = nullptr;
  const Node* now_ = nullptr;
  FusedProgram program_;
  std::vector<Endpoint> inputs_, refs_;
  std::vector<Node*> results_;  // by output
  std::vector<float> constants_;
  absl::flat_hash_map<int64_t, int> values_;
  absl::flat_hash_map<uint32_t, int> constant_ids_;
  absl::flat_hash_map<int, int> member_values_;
};

}  // namespace

Status fuse_elementwise(PassContext& context) {
  Graph& graph = *context.graph;
  const std::vector<bool> roots = root_marks(context);
  const FusionAnalysis analysis = analyze_for_fusion(graph);
  const std::vector<FusionGroup> groups = find_fusion_groups(graph, analysis, roots);
  if (groups.empty()) return OkStatus();
  std::vector<int> group_of(graph.num_node_ids(), -1);
  for (size_t i = 0; i < groups.size(); ++i) {
    for (const Node* node : groups[i]) group_of[node->id()] = static_cast<int>(i);
  }
  std::vector<Node*> gone;
  for (size_t i = 0; i < groups.size(); ++i) {
    ASSIGN_OR_RETURN(Node * host, GroupFuser(graph, analysis, roots, groups[i], group_of, static_cast<int>(i)).fuse());
    for (Node* node : groups[i]) {
      if (node != host) gone.push_back(node);
    }
  }
  graph.remove_nodes(gone);
  return OkStatus();
}

}  // namespace reflow::passes
