#include "reflow/passes/liveness.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <string>

#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::Endpoint;
using graph::Graph;
using graph::Node;
using op::ControlKind;

namespace {

enum class Kind : int64_t { kBranch, kLoop, kLoopEnd, kOwn };  // kOwn: known of one node only

int64_t condition(Kind kind, int64_t what, int64_t output = 0) { return (what * 4 + static_cast<int64_t>(kind)) * 256 + output; }

ControlKind control_of(const Node& node) { return op::KernelRegistry::global().traits(node.type()).control; }

class Liveness {
 public:
  explicit Liveness(const Graph& graph) : by_id_(graph.num_node_ids()) {}

  std::vector<Conditions> run(const std::vector<Node*>& order) {
    for (const Node* node : order) by_id_[node->id()] = conditions_of(*node);
    return std::move(by_id_);
  }

 private:
  static void add(const Conditions& more, Conditions* to) {
    Conditions both;
    std::ranges::set_union(*to, more, std::back_inserter(both));
    *to = std::move(both);
  }

  // Those for a value to be there: of the outputs of a Switch one is alive.
  Conditions conditions_of(const Endpoint& e) const {
    Conditions conditions = by_id_[e.node->id()];
    if (control_of(*e.node) == ControlKind::kSwitch) {
      const Endpoint& choice = e.node->input(1);
      add({condition(Kind::kBranch, int64_t{choice.node->id()} * 256 + choice.index, e.index)}, &conditions);
    }
    return conditions;
  }

  Conditions conditions_of(const Node& node) {
    const ControlKind control = control_of(node);
    const Conditions own = {condition(Kind::kOwn, node.id())};
    Conditions conditions;
    if (control == ControlKind::kTrigger) return own;  // runs after dead values too
    if (control == ControlKind::kExit) return after_loop(node, own);
    if (control == ControlKind::kMerge) {
      conditions = merged(node, own);
    } else {
      for (const Endpoint& e : node.inputs()) add(conditions_of(e), &conditions);
    }
    for (const Node* source : node.control_inputs()) add(by_id_[source->id()], &conditions);
    if (control == ControlKind::kEnter) {
      const std::string name = node.attr<std::string>("frame_name").value_or("");
      const int loop = loops_.try_emplace(name, static_cast<int>(loops_.size())).first->second;
      add({condition(Kind::kLoop, loop)}, &conditions);
    }
    if (op::KernelRegistry::global().traits(node.type()).blocking) add(own, &conditions);  // may receive dead values
    return conditions;
  }

  // All values leave a loop together: when the condition that its Switches have in common becomes false.
  static Conditions after_loop(const Node& exit, const Conditions& own) {
    const Node& source = *exit.input(0).node;
    if (control_of(source) != ControlKind::kSwitch || exit.input(0).index != 0) return own;
    const Endpoint& choice = source.input(1);
    return {condition(Kind::kLoopEnd, int64_t{choice.node->id()} * 256 + choice.index)};
  }

  // In a loop, what enters it; after two branches of one choice, what both had before.
  Conditions merged(const Node& merge, const Conditions& own) const {
    for (const Endpoint& e : merge.inputs()) {
      if (e && is_back_edge(*e.node, merge)) return conditions_of(merge.input(0));
    }
    if (merge.num_inputs() != 2 || !merge.input(0) || !merge.input(1)) return own;
    const Conditions a = conditions_of(merge.input(0)), b = conditions_of(merge.input(1));
    Conditions only_a, only_b, both;
    std::ranges::set_difference(a, b, std::back_inserter(only_a));
    std::ranges::set_difference(b, a, std::back_inserter(only_b));
    std::ranges::set_intersection(a, b, std::back_inserter(both));
    const bool complete = only_a.size() == 1 && only_b.size() == 1 && only_a[0] / 256 == only_b[0] / 256 &&
                          only_a[0] / 256 % 4 == static_cast<int64_t>(Kind::kBranch);
    return complete ? both : own;
  }

  std::vector<Conditions> by_id_;
  absl::flat_hash_map<std::string, int> loops_;
};

}  // namespace

std::vector<Conditions> liveness_conditions(const Graph& graph, const std::vector<Node*>& order) {
  return Liveness(graph).run(order);
}

std::vector<int> liveness_classes(const std::vector<Conditions>& conditions, const std::vector<Node*>& order) {
  std::vector<int> classes(conditions.size(), -1);
  absl::flat_hash_map<Conditions, int> numbers{{Conditions(), 0}};
  for (const Node* node : order) {
    classes[node->id()] = numbers.try_emplace(conditions[node->id()], static_cast<int>(numbers.size())).first->second;
  }
  return classes;
}

}  // namespace reflow::passes
