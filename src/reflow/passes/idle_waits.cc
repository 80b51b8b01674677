#include <algorithm>
#include <cstdint>

#include "reflow/passes/liveness.h"
#include "reflow/passes/passes.h"
#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::Endpoint;
using graph::Graph;
using graph::Node;
using op::ControlKind;

namespace {

constexpr int64_t kMostWords = 1 << 21;  // of all sets together

// Optimizers make each gradient of an op wait for all its gradients, so that variables aren't written before they have
// been read. The reads and writes have edges of their own by now (variable_order), and nobody sees when a pure node runs.
class IdleWaits {
 public:
  explicit IdleWaits(PassContext& context) : graph_(*context.graph) {}

  Status run() {
    const std::vector<Node*> order = topological_order(graph_);
    if (std::ssize(order) != graph_.num_nodes()) return OkStatus();
    if (std::ranges::none_of(order, [](const Node* n) { return !n->control_inputs().empty() && n->num_inputs() > 0; })) {
      return OkStatus();
    }
    number_effects(order);
    if (static_cast<int64_t>(words_) * graph_.num_node_ids() > kMostWords) return OkStatus();
    past_.resize(static_cast<size_t>(words_) * graph_.num_node_ids());
    variable_of_ = trace_variables(graph_, order);
    conditions_ = liveness_conditions(graph_, order);
    for (Node* node : order) {
      drop_waits(node);
      find_past(*node);
    }
    return OkStatus();
  }

 private:
  // What others may see happen: each such node is a bit of the sets.
  static bool has_effect(const Node& node) {
    if (node.type() == "NoOp" || node.type() == "_Feed" || is_pure(node)) return false;
    return op::KernelRegistry::global().traits(node.type()).control != ControlKind::kEnter ||
           !node.attr<bool>("is_constant").value_or(false);
  }

  void number_effects(const std::vector<Node*>& order) {
    effects_.assign(graph_.num_node_ids(), -1);
    int count = 0;
    for (const Node* node : order) {
      if (has_effect(*node)) effects_[node->id()] = count++;
    }
    words_ = (count + 63) / 64;
  }

  uint64_t* past(const Node& node) { return past_.data() + static_cast<size_t>(words_) * node.id(); }

  void add_past(const Node& of, uint64_t* to) {
    const uint64_t* from = past(of);
    for (int w = 0; w < words_; ++w) to[w] |= from[w];
  }

  // The effects that a node comes after, its own included.
  void find_past(const Node& node) {
    uint64_t* const to = past(node);
    for (const Endpoint& e : node.inputs()) {
      if (!is_back_edge(*e.node, node)) add_past(*e.node, to);
    }
    for (const Node* source : node.control_inputs()) add_past(*source, to);
    if (const int bit = effects_[node.id()]; bit >= 0) to[bit / 64] |= uint64_t{1} << bit % 64;
  }

  bool reads_variable(const Node& node) const {
    return std::ranges::any_of(node.inputs(), [&](const Endpoint& e) {
      return is_control_flow(*e.node) || variable_of_[e.node->id()] >= 0 || is_view(*e.node);
    });
  }

  // May the node stop waiting for nodes without effects, should its inputs come after all that those come after? An update
  // may where it waits for a NoOp: what it has to come after has an edge of its own. In loops there are no such edges.
  bool may_wait_less(const Node& node) const {
    if (node.num_inputs() == 0 || is_control_flow(node)) return false;
    if (is_pure(node)) return !reads_variable(node);
    return conditions_[node.id()].empty() && is_ref(node.input(0).dtype());
  }

  void drop_waits(Node* node) {
    if (node->control_inputs().empty() || !may_wait_less(*node)) return;
    std::vector<uint64_t> known(words_);
    Conditions conditions;
    for (const Endpoint& e : node->inputs()) {
      add_past(*e.node, known.data());
      Conditions both;
      std::ranges::set_union(conditions, conditions_[e.node->id()], std::back_inserter(both));
      conditions = std::move(both);
    }
    const bool pure = is_pure(*node);
    std::vector<Node*> idle;
    for (Node* source : node->control_inputs()) {
      const bool ignorable = source->type() == "NoOp" || (pure && is_pure(*source));
      if (ignorable && covers(known, *source) && std::ranges::includes(conditions, conditions_[source->id()])) {
        idle.push_back(source);
      }
    }
    for (Node* source : idle) graph_.remove_control_input(node, source);
  }

  bool covers(const std::vector<uint64_t>& known, const Node& source) {
    const uint64_t* const needed = past(source);
    for (int w = 0; w < words_; ++w) {
      if ((needed[w] & ~known[w]) != 0) return false;
    }
    return true;
  }

  Graph& graph_;
  int words_ = 0;
  std::vector<uint64_t> past_;
  // By id.
  std::vector<int> effects_, variable_of_;
  std::vector<Conditions> conditions_;
};

}  // namespace

Status drop_idle_waits(PassContext& context) { return IdleWaits(context).run(); }

}  // namespace reflow::passes
