#include <algorithm>
#include <vector>

#include "reflow/passes/liveness.h"
#include "reflow/passes/passes.h"
#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::Consumer;
using graph::Endpoint;
using graph::Graph;
using graph::Node;

namespace {

constexpr int kValue = 1;  // input of StackPushV2

// The gradient of a loop keeps for each op what its gradient may need of all iterations, also for gradients of constants,
// which nobody asks for, and constants themselves.
class UnreadStacks {
 public:
  explicit UnreadStacks(PassContext& context)
      : graph_(*context.graph), roots_(root_marks(context)), const_op_(graph::OpRegistry::global().find("Const")) {}

  // *dropped: was there any?
  Status run(bool* dropped) {
    const std::vector<Node*> nodes = graph_.nodes();
    std::vector<Node*> stacks;
    std::ranges::copy_if(nodes, std::back_inserter(stacks), [](const Node* n) { return n->type() == "StackV2"; });
    if (stacks.empty()) return OkStatus();
    const std::vector<Node*> order = topological_order(graph_);
    if (std::ssize(order) != graph_.num_nodes()) return OkStatus();
    conditions_ = liveness_conditions(graph_, order);
    for (Node* stack : stacks) visit(stack);
    graph_.remove_nodes(gone_);
    *dropped = !gone_.empty();
    return OkStatus();
  }

 private:
  struct Uses {
    std::vector<Node*> enters, pushes, pops;
  };

  // False: something else is done with the stack.
  bool find_uses(const Node& handle, Uses* uses) const {
    return std::ranges::all_of(handle.consumers(), [&](const Consumer& c) {
      if (c.input != 0 || roots_[c.node->id()]) return false;
      if (c.node->type() == "Enter") {
        uses->enters.push_back(c.node);
        return find_uses(*c.node, uses);
      }
      if (c.node->type() == "StackPushV2") uses->pushes.push_back(c.node);
      else if (c.node->type() == "StackPopV2") uses->pops.push_back(c.node);
      else return false;
      return true;
    });
  }

  static bool is_read(const Node* node) {
    return std::ranges::any_of(node->consumers(), [](const Consumer& c) { return c.input >= 0; });
  }

  void visit(Node* stack) {
    Uses uses;
    if (roots_[stack->id()] || !find_uses(*stack, &uses)) return;
    if (std::ranges::any_of(uses.pushes, is_read)) return;
    for (const auto& nodes : {uses.pushes, uses.pops}) {
      if (!std::ranges::all_of(nodes, [&](const Node* node) { return may_go(*node); })) return;
    }
    if (std::ranges::any_of(uses.pops, is_read)) {
      const Tensor* value = uses.pushes.size() == 1 ? const_value(uses.pushes[0]->input(kValue)) : nullptr;
      if (value == nullptr) return;
      for (Node* pop : uses.pops) make_constant(pop, *value);
      uses.pops.clear();
    }
    for (Node* push : uses.pushes) hand_on_waits(push);
    for (Node* pop : uses.pops) hand_on_waits(pop);
    for (const auto& nodes : {uses.pushes, uses.pops, uses.enters}) gone_.insert(gone_.end(), nodes.begin(), nodes.end());
    gone_.push_back(stack);
  }

  // Runs exactly where that runs which it waits for: a loop's counter, say.
  bool may_go(const Node& node) const {
    Conditions of_waits;
    for (const Node* source : node.control_inputs()) {
      Conditions both;
      std::ranges::set_union(of_waits, conditions_[source->id()], std::back_inserter(both));
      of_waits = std::move(both);
    }
    return !node.control_inputs().empty() && std::ranges::includes(of_waits, conditions_[node.id()]);
  }

  void make_constant(Node* pop, const Tensor& value) {
    graph::NodeSpec spec;
    spec.op = const_op_;
    spec.attrs.set("dtype", value.dtype());
    spec.attrs.set("value", value);
    spec.control_inputs.assign(pop->control_inputs().begin(), pop->control_inputs().end());
    spec.output_types = {value.dtype()};
    graph_.rewrite_node(pop, std::move(spec));
    pop->set_output_shape(0, value.shape());
  }

  void hand_on_waits(Node* node) {
    const std::vector<Consumer> consumers(node->consumers().begin(), node->consumers().end());
    std::vector<Node*> sources(node->control_inputs().begin(), node->control_inputs().end());
    if (node->num_inputs() > kValue) {
      Node* const pushed = node->input(kValue).node;
      if (!is_control_flow(*pushed) && !is_pure(*pushed)) sources.push_back(pushed);
    }
    for (const Consumer& c : consumers) {
      graph_.remove_control_input(c.node, node);
      for (Node* source : sources) graph_.add_control_input(c.node, source);
    }
  }

  Graph& graph_;
  const std::vector<bool> roots_;
  const graph::OpDef* const const_op_;
  std::vector<Conditions> conditions_;  // by id
  std::vector<Node*> gone_;
};

}  // namespace

Status drop_unread_stacks(PassContext& context) {
  bool dropped = false;
  RETURN_IF_ERROR(UnreadStacks(context).run(&dropped));
  return dropped ? remove_dead_nodes(context) : OkStatus();
}

}  // namespace reflow::passes
