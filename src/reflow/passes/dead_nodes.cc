#include <algorithm>

#include "reflow/passes/passes.h"
#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::Consumer;
using graph::Endpoint;
using graph::Node;

namespace {

// A handle on a variable: nothing happens when it isn't made.
bool is_variable(const Node& node) {
  return node.type() == "VariableV2" || node.type() == "VarHandleOp" || node.type() == "Variable";
}

bool may_go_unread(const Node& node) {
  return is_pure(node) || is_variable(node) || node.type() == "NoOp" || node.type() == "Const";
}

// Waiting for it is waiting for nothing.
bool never_late(const Node& source) {
  return source.type() == "_Feed" || (source.type() == "Const" && source.control_inputs().empty());
}

class DeadNodes {
 public:
  explicit DeadNodes(PassContext& context)
      : context_(context), graph_(*context.graph), no_op_(graph::OpRegistry::global().find("NoOp")) {}

  Status run() {
    const std::vector<bool> roots = root_marks(context_);
    std::vector<Node*> order = topological_order(graph_);
    std::ranges::reverse(order);
    std::vector<Node*> dead;
    for (Node* node : order) {
      drop_idle_edges(node);
      if (roots[node->id()] || !may_go_unread(*node)) continue;
      if (std::ranges::any_of(node->consumers(), [&](const Consumer& c) { return c.input >= 0 && !gone(c.node); })) continue;
      pass_on_edges(node);
      if (std::ranges::all_of(node->consumers(), [&](const Consumer& c) { return gone(c.node); })) {
        mark_gone(node);
        dead.push_back(node);
      }
    }
    graph_.remove_nodes(dead);
    return OkStatus();
  }

 private:
  bool gone(const Node* node) const { return static_cast<size_t>(node->id()) < gone_.size() && gone_[node->id()]; }
  void mark_gone(const Node* node) {
    if (gone_.empty()) gone_.resize(graph_.num_node_ids());
    gone_[node->id()] = true;
  }

  void drop_idle_edges(Node* node) {
    idle_.clear();
    for (Node* source : node->control_inputs()) {
      const bool is_input = std::ranges::any_of(node->inputs(), [&](const Endpoint& e) { return e.node == source; });
      if ((is_input && !is_control_flow(*source)) || never_late(*source)) idle_.push_back(source);
    }
    for (Node* source : idle_) graph_.remove_control_input(node, source);
  }

  // Nobody reads the value: who waits for the node waits for its inputs instead. Where that takes many edges the node
  // becomes a NoOp.
  void pass_on_edges(Node* node) {
    std::vector<Node*> waiting, sources;
    for (const Consumer& c : node->consumers()) {
      if (!gone(c.node)) waiting.push_back(c.node);
    }
    if (waiting.empty()) return;
    for (const Endpoint& e : node->inputs()) {
      // Where only one output of a node may come alive, waiting for the node says less than its value does.
      if (is_control_flow(*e.node)) return;
      if (!never_late(*e.node)) sources.push_back(e.node);
    }
    for (Node* source : node->control_inputs()) sources.push_back(source);
    std::ranges::sort(sources, {}, [](const Node* n) { return n->id(); });
    sources.erase(std::unique(sources.begin(), sources.end()), sources.end());
    if (sources.size() * waiting.size() <= sources.size() + waiting.size()) {
      for (Node* w : waiting) {
        graph_.remove_control_input(w, node);
        for (Node* source : sources) graph_.add_control_input(w, source);
        drop_idle_edges(w);
      }
    } else if (node->type() != "NoOp" && no_op_ != nullptr) {
      graph::NodeSpec spec;
      spec.op = no_op_;
      spec.control_inputs = std::move(sources);
      graph_.rewrite_node(node, std::move(spec));
    }
  }

  PassContext& context_;
  graph::Graph& graph_;
  const graph::OpDef* no_op_;
  std::vector<bool> gone_;
  std::vector<Node*> idle_;
};

}  // namespace

Status remove_dead_nodes(PassContext& context) { return DeadNodes(context).run(); }

}  // namespace reflow::passes
