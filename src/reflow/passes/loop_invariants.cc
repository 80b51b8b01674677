#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>

#include "reflow/op/elementwise.h"
#include "reflow/passes/passes.h"
#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::Consumer;
using graph::Endpoint;
using graph::Graph;
using graph::Node;
using op::ControlKind;

namespace {

constexpr int kMostRounds = 8;  // one for each loop within a loop

bool enters_as_constant(const Node& node) {
  return node.type() == "Enter" && node.attr<bool>("is_constant").value_or(false) && !is_ref(node.output_type(0));
}

// With the shapes that are known, can't the op fail? It is computed even where the loop has no iteration.
bool never_fails(const Node& node) {
  constexpr std::array<std::string_view, 17> kSafe = {"MatMul",  "Transpose", "Reshape", "ConcatV2", "BiasAdd", "ExpandDims",
                                                      "Squeeze", "Sum",       "Mean",    "Max",      "Min",     "Softmax",
                                                      "Pack",    "Identity",  "Cast",    "Conv2D",   "StopGradient"};
  if (node.num_outputs() != 1 || !node.output_shape(0).fully_defined() || !is_floating(node.output_type(0))) return false;
  if (!std::ranges::all_of(node.inputs(), [](const Endpoint& e) { return e.shape().fully_defined(); })) return false;
  return std::ranges::find(kSafe, node.type()) != kSafe.end() || op::elementwise_info(node.type()).has_value();
}

// One round: what depends on nothing but constants and on values that enter a loop as such moves to where these come from.
class LoopInvariants {
 public:
  explicit LoopInvariants(PassContext& context) : graph_(*context.graph), roots_(root_marks(context)) {}

  // *moved: was there anything?
  Status run(bool* moved) {
    *moved = false;
    const std::vector<Node*> nodes = graph_.nodes();
    if (std::ranges::none_of(nodes, [](const Node* n) { return enters_as_constant(*n); })) return OkStatus();
    const std::vector<Node*> order = topological_order(graph_);
    if (std::ssize(order) != graph_.num_nodes()) return OkStatus();
    find_frames(order);
    find_late_reads(order);
    find_invariants(order);
    keep_what_pays(order);
    for (Node* node : order) {
      if (node->id() >= std::ssize(enter_of_) || !moves_[node->id()]) continue;
      RETURN_IF_ERROR(move(node));
      *moved = true;
    }
    return OkStatus();
  }

 private:
  // By id: 0 for nodes outside of loops, else the number of the innermost loop.
  void find_frames(const std::vector<Node*>& order) {
    frame_of_.assign(graph_.num_node_ids(), 0);
    std::vector<int> around = {0};
    std::map<std::string, int> numbers;
    for (const Node* node : order) {
      int frame = 0;
      const auto note = [&](const Node* source) { frame = frame != 0 ? frame : frame_of_[source->id()]; };
      for (const Endpoint& e : node->inputs()) {
        if (!is_back_edge(*e.node, *node)) note(e.node);
      }
      for (const Node* source : node->control_inputs()) note(source);
      const ControlKind control = op::KernelRegistry::global().traits(node->type()).control;
      if (control == ControlKind::kExit) frame = around[frame];
      if (control == ControlKind::kEnter) {
        const auto [found, is_new] = numbers.try_emplace(node->attr<std::string>("frame_name").value_or(""), std::ssize(around));
        if (is_new) around.push_back(frame);
        frame = found->second;
      }
      frame_of_[node->id()] = frame;
    }
  }

  // By id: does the value lie in a variable that may have been written by then? Before that it's another one.
  void find_late_reads(const std::vector<Node*>& order) {
    bool written_in_loops = false;
    for (const Node* node : order) {
      for (int i = 0; i < node->num_inputs(); ++i) {
        written_in_loops |= frame_of_[node->id()] != 0 && writes_reference(*node, i);
      }
    }
    in_variable_ = memory_of_variables(graph_, order);
    after_write_.assign(graph_.num_node_ids(), false);
    for (const Node* node : order) {
      bool after = frame_of_[node->id()] != 0 && written_in_loops;
      for (int i = 0; i < node->num_inputs(); ++i) {
        const Node* source = node->input(i).node;
        after |= writes_reference(*node, i) || (!is_back_edge(*source, *node) && after_write_[source->id()]);
      }
      for (const Node* source : node->control_inputs()) after |= after_write_[source->id()];
      after_write_[node->id()] = after;
    }
  }

  bool is_free(const Endpoint& e) const { return e.node->type() == "Const"; }

  void find_invariants(const std::vector<Node*>& order) {
    enter_of_.assign(graph_.num_node_ids(), nullptr);
    for (Node* node : order) {
      if (enters_as_constant(*node)) {
        enter_of_[node->id()] = node;
        continue;
      }
      if (roots_[node->id()] || !node->control_inputs().empty() || !is_pure(*node) || !never_fails(*node)) continue;
      Node* enter = nullptr;
      bool invariant = true;
      for (const Endpoint& e : node->inputs()) {
        if (is_free(e)) continue;
        Node* const other = enter_of_[e.node->id()];
        invariant = invariant && other != nullptr && (enter == nullptr || frame_of_[other->id()] == frame_of_[enter->id()]);
        invariant = invariant && !(in_variable_[e.node->id()] && after_write_[node->id()]);
        enter = enter != nullptr ? enter : other;
      }
      if (invariant && enter != nullptr) enter_of_[node->id()] = enter;
    }
  }

  // Views alone aren't worth a move, but those that others are computed from move with these.
  void keep_what_pays(const std::vector<Node*>& order) {
    moves_.assign(graph_.num_node_ids(), false);
    std::vector<bool> computes(graph_.num_node_ids());
    for (const Node* node : order) {
      if (enter_of_[node->id()] == nullptr || enters_as_constant(*node)) continue;
      computes[node->id()] = !is_view(*node) || std::ranges::any_of(node->inputs(), [&](const Endpoint& e) {
        return computes[e.node->id()];
      });
    }
    for (auto at = order.rbegin(); at != order.rend(); ++at) {
      const Node& node = **at;
      if (enter_of_[node.id()] == nullptr || enters_as_constant(node)) continue;
      moves_[node.id()] = computes[node.id()] || std::ranges::any_of(node.consumers(), [&](const Consumer& c) {
        return moves_[c.node->id()];
      });
    }
  }

  // REQUIRES: what it reads has been moved.
  Status move(Node* node) {
    Node* const enter = enter_of_[node->id()];
    const std::vector<Consumer> consumers(node->consumers().begin(), node->consumers().end());
    for (int i = 0; i < node->num_inputs(); ++i) {
      const Endpoint e = node->input(i);
      if (enters_as_constant(*e.node)) {
        RETURN_IF_ERROR(graph_.set_input(node, i, e.node->input(0)));
      } else if (is_free(e)) {
        ASSIGN_OR_RETURN(const Endpoint outside, constant_outside(*e.node, enter->input(0).node));
        RETURN_IF_ERROR(graph_.set_input(node, i, outside));
      }
    }
    Node* inside = nullptr;
    for (const Consumer& c : consumers) {
      if (c.node->id() < std::ssize(moves_) && moves_[c.node->id()] && c.input >= 0) continue;
      if (inside == nullptr) {
        ASSIGN_OR_RETURN(inside, enter_like(*enter, node));
      }
      if (c.input >= 0) {
        RETURN_IF_ERROR(graph_.set_input(c.node, c.input, inside->output(0)));
      } else {
        graph_.remove_control_input(c.node, node);
        graph_.add_control_input(c.node, inside);
      }
    }
    return OkStatus();
  }

  // A constant of the loop that `beside` is in, if any.
  StatusOr<Endpoint> constant_outside(const Node& constant, Node* beside) {
    const int frame = frame_of_[beside->id()];
    if (constant.control_inputs().empty() && frame == 0) return Endpoint{const_cast<Node*>(&constant), 0};
    Node*& copy = constants_[{constant.id(), frame}];
    if (copy != nullptr) return copy->output(0);
    graph::NodeSpec spec;
    spec.name = graph_.unique_full_name(fmt::format("{}/_outside", constant.name()));
    spec.op = &constant.op();
    spec.attrs = constant.attrs();
    if (frame != 0) spec.control_inputs = {beside};
    spec.output_types = {constant.output_type(0)};
    spec.device = constant.device();
    ASSIGN_OR_RETURN(copy, graph_.add_node(std::move(spec)));
    copy->set_output_shape(0, constant.output_shape(0));
    copy->set_assigned_device(constant.assigned_device());
    return copy->output(0);
  }

  StatusOr<Node*> enter_like(const Node& enter, Node* value) {
    graph::NodeSpec spec;
    spec.name = graph_.unique_full_name(fmt::format("{}/_invariant", value->name()));
    spec.op = &enter.op();
    spec.inputs = {value->output(0)};
    spec.attrs = enter.attrs();
    spec.attrs.set("T", value->output_type(0));
    spec.output_types = {value->output_type(0)};
    spec.device = enter.device();
    ASSIGN_OR_RETURN(Node * made, graph_.add_node(std::move(spec)));
    made->set_output_shape(0, value->output_shape(0));
    made->set_assigned_device(value->assigned_device());
    return made;
  }

  Graph& graph_;
  const std::vector<bool> roots_;
  // By id of the nodes that there were at first.
  std::vector<int> frame_of_;
  std::vector<bool> in_variable_, after_write_, moves_;
  std::vector<Node*> enter_of_;  // of invariants: one that they depend on, itself if it is one; null: it's none
  std::map<std::pair<int, int>, Node*> constants_;  // by id and loop
};

}  // namespace

Status move_loop_invariants(PassContext& context) {
  bool moved = true;
  for (int round = 0; moved && round < kMostRounds; ++round) RETURN_IF_ERROR(LoopInvariants(context).run(&moved));
  return OkStatus();
}

}  // namespace reflow::passes
