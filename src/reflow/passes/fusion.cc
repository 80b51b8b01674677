#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <bit>
#include <optional>

#include "reflow/op/fused_program.h"
#include "reflow/passes/fused_columns.h"
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
  GroupFuser(Graph& graph, const FusionAnalysis& analysis, const std::vector<bool>& roots, const std::vector<bool>& in_variable,
             const FusionGroup& group, const std::vector<int>& group_of, int index)
      : graph_(graph), analysis_(analysis), roots_(roots), in_variable_(in_variable), group_(group), group_of_(group_of),
        index_(index) {
    for (const Node* node : group_) updates_ |= analysis_.nodes[node->id()].is_update;
  }

  // Adds to `gone` the nodes that the fused one replaces, which are without consumers but among themselves then, and to `parts`
  // those that nothing reads anymore once all groups are fused.
  Status fuse(std::vector<Node*>* gone, absl::flat_hash_set<Node*>* parts) {
    collect_operands();
    for (const Node* node : group_) emit(*node);
    host_ = group_.back();
    for (Node* node : group_) {
      if (roots_[node->id()]) host_ = node;
    }
    collect_results();
    RETURN_IF_ERROR(rewrite());
    for (Node* node : group_) {
      if (node != host_) gone->push_back(node);
    }
    for (const Output& output : outputs_) {
      if (output.join != nullptr) gone->push_back(output.join);
    }
    parts->insert(split_.begin(), split_.end());
    return OkStatus();
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
        } else if (const Tensor* value = const_value(e); value != nullptr && value->rank() == 0) {
          constant(*value->data<float>());
          wait_for(e.node->control_inputs());
        } else if (values_.try_emplace(key(e), static_cast<int>(inputs_.size())).second) {
          add_input(e);
        }
      }
    }
    program_.num_inputs = static_cast<int>(inputs_.size());
    program_.num_refs = static_cast<int>(refs_.size());
    program_.constants = constants_;
  }

  void add_input(const Endpoint& e) {
    const std::optional<ColumnPart> part = is_taken_in_parts(*e.node) ? column_part(e) : std::nullopt;
    inputs_.push_back(part ? part->whole : e);
    if (part) {
      split_.push_back(e.node);
      for (const Endpoint& argument : e.node->inputs()) {  // constants, which may wait for something
        if (!(argument == part->whole)) wait_for(argument.node->control_inputs());
      }
    }
    if (part && program_.parts.empty()) program_.parts.resize(inputs_.size() - 1);
    if (part) program_.parts.push_back({part->first, part->size});
    else if (!program_.parts.empty()) program_.parts.emplace_back();
  }

  void wait_for(std::span<Node* const> sources) {
    for (Node* source : sources) {
      if (!is_member(source) && std::ranges::find(waits_, source) == waits_.end()) waits_.push_back(source);
    }
  }

  // Do fused ops alone read outputs of the node, each of which is columns of one tensor? Then nobody needs them copied.
  bool is_taken_in_parts(const Node& node) const {
    if (updates_ || roots_[node.id()] || !node.control_inputs().empty()) return false;
    if (!column_part({const_cast<Node*>(&node), 0})) return false;
    for (const Endpoint& e : node.inputs()) {
      if (is_ref(e.dtype()) || in_variable_[e.node->id()]) return false;
    }
    return std::ranges::all_of(node.consumers(), [&](const Consumer& c) {
      if (c.input < 0 || group_of_[c.node->id()] < 0 || c.node->assigned_device() != node.assigned_device()) return false;
      const FusionInfo& info = analysis_.nodes[c.node->id()];
      return !info.is_update && analysis_.classes[info.shape_class].shape == node.output_shape(c.output);
    });
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

  // The values that others read, side by side where that's all that is done with them. That of the host is the first, so that
  // its consumers stay connected.
  void collect_results() {
    absl::flat_hash_set<const Node*> added;
    const auto add = [&](Node* node) {
      if (member_values_.at(node->id()) < 0 || added.contains(node)) return;
      bool read = roots_[node->id()];
      for (const Consumer& c : node->consumers()) read |= c.input >= 0 && !is_member(c.node);
      if (!read) return;
      Output& output = outputs_.emplace_back(Output{{node}, join_of(*node)});
      if (output.join != nullptr) {
        output.values.clear();
        for (int i = 0; i < output.join->num_inputs() - 1; ++i) output.values.push_back(output.join->input(i).node);
      }
      added.insert(output.values.begin(), output.values.end());
    };
    add(host_);
    for (Node* node : group_) add(node);
    bool any_join = false;
    for (const Output& output : outputs_) {
      any_join |= output.join != nullptr;
      program_.joins.push_back(static_cast<int>(output.values.size()));
      for (const Node* node : output.values) program_.results.push_back(member_values_.at(node->id()));
    }
    if (!any_join) program_.joins.clear();
  }

  // The ConcatV2 that puts `member` beside others of the group along the last dimension, and alone reads each of them.
  Node* join_of(const Node& member) const {
    if (updates_ || member.consumers().size() != 1 || member.consumers()[0].input < 0) return nullptr;
    Node* join = member.consumers()[0].node;
    if (is_member(join) || roots_[join->id()] || !join->control_inputs().empty() || !joins_columns(*join)) return nullptr;
    if (join->assigned_device() != member.assigned_device()) return nullptr;
    constexpr int kSteps = 5;
    const Node& axis = *join->input(join->num_inputs() - 1).node;
    if (!std::ranges::all_of(axis.control_inputs(), [&](Node* wait) { return comes_after(member, wait, kSteps); })) return nullptr;
    for (int i = 0; i < join->num_inputs() - 1; ++i) {
      const Node& value = *join->input(i).node;
      if (!is_member(&value) || value.consumers().size() != 1 || roots_[value.id()]) return nullptr;
      if (analysis_.nodes[value.id()].is_update) return nullptr;
    }
    return join;
  }

  Status rewrite() {
    graph::NodeSpec spec;
    const bool updates = !refs_.empty();
    spec.op = graph::OpRegistry::global().find(updates ? "_FusedUpdate" : "_FusedElementwise");
    if (spec.op == nullptr) return internal_error("The fused ops aren't linked in");
    spec.inputs = inputs_;
    spec.inputs.insert(spec.inputs.end(), refs_.begin(), refs_.end());
    spec.attrs.set("N", static_cast<int>(inputs_.size()));
    if (updates) spec.attrs.set("R", static_cast<int>(refs_.size()));
    spec.attrs.set("M", static_cast<int>(outputs_.size()));
    program_.to_attrs(&spec.attrs);
    spec.output_types.assign(outputs_.size(), DType::kFloat32);
    for (const Node* node : group_) wait_for(node->control_inputs());
    spec.control_inputs = waits_;
    redirect_references();
    std::vector<Shape> shapes;
    for (const Output& output : outputs_) shapes.push_back(output.node()->output_shape(0));
    graph_.rewrite_node(host_, std::move(spec));
    for (size_t i = 0; i < outputs_.size(); ++i) {
      host_->set_output_shape(static_cast<int>(i), shapes[i]);
      if (outputs_[i].node() != host_) graph_.replace_uses(outputs_[i].node()->output(0), host_->output(static_cast<int>(i)));
    }
    redirect_waiting();
    return OkStatus();
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
    std::vector<Node*> replaced = group_;
    for (const Output& output : outputs_) {
      if (output.join != nullptr) replaced.push_back(output.join);
    }
    for (Node* node : replaced) {
      if (node == host_) continue;
      const std::vector<Consumer> consumers(node->consumers().begin(), node->consumers().end());
      for (const Consumer& c : consumers) {
        if (c.input >= 0 || is_member(c.node)) continue;
        graph_.remove_control_input(c.node, node);
        graph_.add_control_input(c.node, host_);
      }
    }
  }

  struct Output {
    std::vector<Node*> values;
    Node* join;  // null: there is one value
    Node* node() const { return join != nullptr ? join : values[0]; }
  };

  Graph& graph_;
  const FusionAnalysis& analysis_;
  const std::vector<bool>&roots_, &in_variable_;
  const FusionGroup& group_;
  const std::vector<int>& group_of_;
  int index_;
  Node* host_ = nullptr;
  const Node* now_ = nullptr;
  FusedProgram program_;
  std::vector<Endpoint> inputs_, refs_;
  std::vector<Output> outputs_;
  std::vector<Node*> split_;  // of which parts are read
  std::vector<Node*> waits_;  // control inputs
  bool updates_ = false;
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
  const std::vector<bool> in_variable = memory_of_variables(graph, analysis.order);
  std::vector<Node*> gone;
  absl::flat_hash_set<Node*> parts;
  for (size_t i = 0; i < groups.size(); ++i) {
    GroupFuser fuser(graph, analysis, roots, in_variable, groups[i], group_of, static_cast<int>(i));
    RETURN_IF_ERROR(fuser.fuse(&gone, &parts));
  }
  graph.remove_nodes(gone);
  for (Node* node : parts) {
    if (node->consumers().empty()) graph.remove_node(node);
  }
  return OkStatus();
}

}  // namespace reflow::passes
