#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <queue>
#include <string_view>
#include <tuple>

#include "reflow/passes/liveness.h"
#include "reflow/passes/passes.h"
#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::Consumer;
using graph::Endpoint;
using graph::Graph;
using graph::Node;
using op::ControlKind;

namespace {

enum class Access : uint8_t { kNone, kRead, kWrite };

class VariableOrder {
 public:
  explicit VariableOrder(Graph& graph) : graph_(graph) {}

  Status run() {
    const std::vector<Node*> nodes = topological_order(graph_);
    if (std::ssize(nodes) != graph_.num_nodes()) return OkStatus();
    trace(nodes);
    writes_references_.resize(graph_.num_node_ids());
    bool any = false;
    for (const Node* node : nodes) {
      for (int i = 0; i < node->num_inputs(); ++i) {
        if (access(*node, i) != Access::kWrite) continue;
        any = true;
        if (is_ref(node->input(i).dtype())) writes_references_[node->id()] = true;
      }
    }
    if (!any) return OkStatus();
    conditions_ = liveness_conditions(graph_, nodes);
    find_levels(nodes);
    connect(by_level(nodes));
    return OkStatus();
  }

 private:
  using Variables = std::vector<int>;  // ids of their nodes, sorted

  // Whose memory, or handle, output 0 of each node may be: a Merge hands on what one of two branches has.
  void trace(const std::vector<Node*>& nodes) {
    variables_of_.resize(graph_.num_node_ids());
    loop_depth_.resize(graph_.num_node_ids());
    for (const Node* node : nodes) {
      int& depth = loop_depth_[node->id()];
      for (const Endpoint& e : node->inputs()) {
        if (!is_back_edge(*e.node, *node)) depth = std::max(depth, loop_depth_[e.node->id()]);
      }
      for (const Node* source : node->control_inputs()) depth = std::max(depth, loop_depth_[source->id()]);
      const ControlKind control = op::KernelRegistry::global().traits(node->type()).control;
      if (control == ControlKind::kEnter) ++depth;
      if (control == ControlKind::kExit) --depth;
      trace(*node, control);
    }
  }

  void trace(const Node& node, ControlKind control) {
    if (node.num_outputs() == 0) return;
    Variables& variables = variables_of_[node.id()];
    const DType type = node.output_type(0);
    if (node.num_inputs() == 0) {
      if (is_ref(type) || node.type() == "VarHandleOp") variables.push_back(node.id());
    } else if (control == ControlKind::kMerge) {
      for (int i = 0; i < node.num_inputs(); ++i) add(at(node, i), &variables);
    } else if (control == ControlKind::kSwitch || is_view(node) || is_ref(type)) {
      add(at(node, 0), &variables);
    }
  }

  static void add(const Variables& more, Variables* to) {
    Variables both;
    std::ranges::set_union(*to, more, std::back_inserter(both));
    *to = std::move(both);
  }

  const Variables& at(const Node& node, int i) const {
    static const Variables kNone;
    const Endpoint& e = node.input(i);
    const bool is_known = e && (e.index == 0 || op::KernelRegistry::global().traits(e.node->type()).control == ControlKind::kSwitch);
    return is_known ? variables_of_[e.node->id()] : kNone;
  }

  // Loops run their accesses in their own order.
  Access access(const Node& node, int i) const {
    if (at(node, i).empty() || loop_depth_[node.id()] > 0 || is_control_flow(node) || is_view(node) ||
        node.type() == "_Fetch" || op::KernelRegistry::global().traits(node.type()).value_from_shapes) {
      return Access::kNone;
    }
    if (node.input(i).dtype() == DType::kResource) return resource_access(node.type());
    return writes_reference(node, i) ? Access::kWrite : Access::kRead;
  }

  static Access resource_access(std::string_view type) {
    if (type == "ReadVariableOp" || type == "ResourceGather" || type == "ResourceGatherNd") return Access::kRead;
    constexpr std::array<std::string_view, 5> kWriters = {"Assign", "ResourceApply", "ResourceSparseApply",
                                                          "ResourceScatter", "ResourceStridedSliceAssign"};
    const bool writes = std::ranges::any_of(kWriters, [&](std::string_view w) { return type.starts_with(w); });
    return writes ? Access::kWrite : Access::kNone;
  }

  // How many kernels run one after the other until a node has run, were there threads for all that is ready.
  void find_levels(const std::vector<Node*>& nodes) {
    levels_.resize(graph_.num_node_ids());
    for (const Node* node : nodes) {
      int& level = levels_[node->id()];
      for (const Endpoint& e : node->inputs()) {
        if (!is_back_edge(*e.node, *node)) level = std::max(level, levels_[e.node->id()]);
      }
      for (const Node* source : node->control_inputs()) level = std::max(level, levels_[source->id()]);
      level = std::min(level + steps_of(*node), kMaxLevel);
    }
  }

  // Those of a loop, and what waits for others, take long; what only hands values on takes no time.
  static int steps_of(const Node& node) {
    const op::OpTraits& traits = op::KernelRegistry::global().traits(node.type());
    if (traits.control == ControlKind::kExit || traits.blocking) return 100;
    constexpr std::array<std::string_view, 6> kOthers = {"Const", "IdentityN", "NoOp", "VarHandleOp", "_Feed", "_Fetch"};
    const bool inexpensive = traits.control != ControlKind::kNone || is_view(node) || traits.value_from_shapes ||
                             std::ranges::find(kOthers, node.type()) != kOthers.end();
    return inexpensive ? 0 : 1;
  }

  // The order in which TensorFlow's executor comes to the nodes. A thread that has a reference goes on with what reads it
  // and hands the write to another: at equal levels these come last. All else goes in the order of its making.
  std::vector<Node*> by_level(const std::vector<Node*>& nodes) const {
    using Ready = std::tuple<int, bool, int>;
    std::priority_queue<Ready, std::vector<Ready>, std::greater<Ready>> ready;
    std::vector<int> pending(graph_.num_node_ids());
    const auto make_ready = [&](const Node* node) {
      ready.emplace(levels_[node->id()], writes_references_[node->id()], node->id());
    };
    for (const Node* node : nodes) {
      int count = static_cast<int>(node->control_inputs().size());
      for (const Endpoint& e : node->inputs()) count += !is_back_edge(*e.node, *node);
      pending[node->id()] = count;
      if (count == 0) make_ready(node);
    }
    std::vector<Node*> order;
    order.reserve(nodes.size());
    while (!ready.empty()) {
      Node* node = graph_.node(std::get<2>(ready.top()));
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
    position_.resize(graph_.num_node_ids());
    for (size_t p = 0; p < order.size(); ++p) {
      const Node* node = order[p];
      position_[node->id()] = static_cast<int>(p);
      for (int i = 0; i < node->num_inputs(); ++i) {
        if (access(*node, i) != Access::kWrite) continue;
        for (const int variable : at(*node, i)) by_variable[variable];
      }
    }
    for (Node* node : order) {
      for (int i = 0; i < node->num_inputs(); ++i) {
        const Access kind = access(*node, i);
        if (kind == Access::kNone) continue;
        for (const int variable : at(*node, i)) {
          const auto found = by_variable.find(variable);
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
  }

  // A node that runs wherever `to` does, and after `from` where that runs: `from`, or what its branch ends in. Null: none.
  Node* wherever_it_runs(Node* from, const Node& to) const {
    std::vector<Node*> branch = {from};
    for (size_t i = 0; i < branch.size(); ++i) {
      Node* node = branch[i];
      if (std::ranges::includes(conditions_[to.id()], conditions_[node->id()])) return node;
      for (const Consumer& c : node->consumers()) {
        if (c.input < 0 || position_[c.node->id()] >= position_[to.id()] || loop_depth_[c.node->id()] > 0) continue;
        if (std::ranges::find(branch, c.node) == branch.end() && branch.size() < kMaxBranch) branch.push_back(c.node);
      }
    }
    return nullptr;
  }

  void add_edge(Node* first, Node* to) {
    if (first == nullptr || first == to) return;
    Node* from = wherever_it_runs(first, *to);
    if (from == nullptr || from == to) return;
    if (std::ranges::any_of(to->inputs(), [&](const Endpoint& e) { return e.node == from; })) return;
    graph_.add_control_input(to, from);
  }

  Graph& graph_;
  static constexpr size_t kMaxBranch = 64;
  static constexpr int kMaxLevel = 1 << 30;
  // By id.
  std::vector<Variables> variables_of_;
  std::vector<int> loop_depth_, levels_, position_;
  std::vector<bool> writes_references_;
  std::vector<Conditions> conditions_;
};

}  // namespace

Status order_variable_accesses(PassContext& context) { return VariableOrder(*context.graph).run(); }

}  // namespace reflow::passes
