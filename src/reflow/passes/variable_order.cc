#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <array>
#include <queue>

#include "reflow/passes/passes.h"
#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::Consumer;
using graph::Endpoint;
using graph::Graph;
using graph::Node;

namespace {

enum class Access : uint8_t { kNone, kRead, kWrite };

class VariableOrder {
 public:
  explicit VariableOrder(Graph& graph) : graph_(graph) {}

  Status run() {
    const std::vector<Node*> nodes = topological_order(graph_);
    if (std::ssize(nodes) != graph_.num_nodes()) return OkStatus();
    variable_of_ = trace_variables(graph_, nodes);
    after_control_flow_.resize(graph_.num_node_ids());
    writes_.resize(graph_.num_node_ids());
    bool any = false;
    for (const Node* node : nodes) {
      after_control_flow_[node->id()] = is_after_control_flow(*node);
      for (int i = 0; i < node->num_inputs() && !writes_[node->id()]; ++i) {
        writes_[node->id()] = access(*node, i) == Access::kWrite;
      }
      any = any || writes_[node->id()];
    }
    if (any) connect(reads_first(nodes));
    return OkStatus();
  }

 private:
  bool is_after_control_flow(const Node& node) const {
    if (is_control_flow(node)) return true;
    const auto is_after = [&](const Node* source) { return after_control_flow_[source->id()]; };
    return std::ranges::any_of(node.inputs(), [&](const Endpoint& e) { return e && is_after(e.node); }) ||
           std::ranges::any_of(node.control_inputs(), is_after);
  }

  int variable_at(const Node& node, int i) const {
    const Endpoint& e = node.input(i);
    return e && e.index == 0 ? variable_of_[e.node->id()] : -1;
  }

  Access access(const Node& node, int i) const {
    if (variable_at(node, i) < 0 || after_control_flow_[node.id()] || is_view(node) || node.type() == "_Fetch" ||
        op::KernelRegistry::global().traits(node.type()).value_from_shapes) {
      return Access::kNone;
    }
    return writes_reference(node, i) ? Access::kWrite : Access::kRead;
  }

  // An order of the graph in which nodes that write wait until nothing else can run.
  std::vector<Node*> reads_first(const std::vector<Node*>& nodes) const {
    using Ready = std::pair<bool, int>;
    std::priority_queue<Ready, std::vector<Ready>, std::greater<Ready>> ready;
    std::vector<int> pending(graph_.num_node_ids());
    const auto make_ready = [&](const Node* node) { ready.emplace(writes_[node->id()], node->id()); };
    for (const Node* node : nodes) {
      int count = static_cast<int>(node->control_inputs().size());
      for (const Endpoint& e : node->inputs()) count += !is_back_edge(*e.node, *node);
      pending[node->id()] = count;
      if (count == 0) make_ready(node);
    }
    std::vector<Node*> order;
    order.reserve(nodes.size());
    while (!ready.empty()) {
      Node* node = graph_.node(ready.top().second);
      ready.pop();
      order.push_back(node);
      for (const Consumer& c : node->consumers()) {
        if (c.input >= 0 && is_back_edge(*node, *c.node)) continue;
        if (--pending[c.node->id()] == 0) make_ready(c.node);
      }
    }
    return order;
  }

  void connect(const std::vector<Node*>& order) {
    struct Accesses {
      Node* last_write = nullptr;
      std::vector<Node*> reads_since;
    };
    absl::flat_hash_map<int, Accesses> by_variable;
    for (const Node* node : order) {
      for (int i = 0; writes_[node->id()] && i < node->num_inputs(); ++i) {
        if (access(*node, i) == Access::kWrite) by_variable[variable_at(*node, i)];
      }
    }
    for (Node* node : order) {
      for (int i = 0; i < node->num_inputs(); ++i) {
        const Access kind = access(*node, i);
        if (kind == Access::kNone) continue;
        const auto found = by_variable.find(variable_at(*node, i));
        if (found == by_variable.end()) continue;
        Accesses& a = found->second;
        add_edge(a.last_write, node);
        if (kind == Access::kRead) {
          if (a.reads_since.empty() || a.reads_since.back() != node) a.reads_since.push_back(node);
          continue;
        }
        for (Node* read : a.reads_since) add_edge(read, node);
        a.reads_since.clear();
        a.last_write = node;
      }
    }
  }

  void add_edge(Node* from, Node* to) {
    if (from == nullptr || from == to) return;
    if (std::ranges::any_of(to->inputs(), [&](const Endpoint& e) { return e.node == from; })) return;
    graph_.add_control_input(to, from);
  }

  Graph& graph_;
  std::vector<int> variable_of_;
  std::vector<bool> after_control_flow_, writes_;
};

}  // namespace

Status order_variable_accesses(PassContext& context) { return VariableOrder(*context.graph).run(); }

}  // namespace reflow::passes
