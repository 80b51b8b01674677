#include "reflow/passes/fusion_groups.h"

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <functional>
#include <queue>

#include "reflow/op/fused_program.h"
#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::Consumer;
using graph::Endpoint;
using graph::Graph;
using graph::Node;
using op::FusedProgram;

namespace {

template <typename T>
using MinHeap = std::priority_queue<T, std::vector<T>, std::greater<T>>;

// Ops that more than so many fusable nodes read don't count as a connection between these.
constexpr size_t kMaxReaders = 64;
// How many nodes are looked at for each group, to find what its nodes' consumers wait for.
constexpr size_t kMaxAwaited = 256;

// What a node adds to the program of its group, at most.
int steps_of(const Node& node, const FusionInfo& info) {
  switch (info.kind) {
    case FusedKind::kAddN: return node.num_inputs() - 1;
    case FusedKind::kMomentum: return 9;
    case FusedKind::kElementwise: return 1;
    default: return 3;
  }
}

class Grouper {
 public:
  Grouper(const Graph& graph, const FusionAnalysis& analysis, const std::vector<bool>& roots)
      : graph_(graph), analysis_(analysis), roots_(roots), pending_(graph.num_node_ids()), depth_(graph.num_node_ids()),
        ready_by_class_(analysis.classes.size()) {}

  std::vector<FusionGroup> run() {
    count_dependencies();
    find_readers();
    for (const Node* node : analysis_.order) {
      if (pending_[node->id()] == 0) make_ready(node->id());
    }
    for (;;) {
      if (!ready_others_.empty()) {
        const int id = ready_others_.top();
        ready_others_.pop();
        finish(id);
      } else if (const int seed = next_seed(); seed >= 0) {
        grow(seed);
      } else {
        return std::move(groups_);
      }
    }
  }

 private:
  const FusionInfo& info(int id) const { return analysis_.nodes[id]; }

  void count_dependencies() {
    for (const Node* node : analysis_.order) {
      int count = static_cast<int>(node->control_inputs().size()), depth = 0;
      for (const Node* source : node->control_inputs()) depth = std::max(depth, depth_[source->id()] + 1);
      for (const Endpoint& e : node->inputs()) {
        if (is_back_edge(*e.node, *node)) continue;
        ++count;
        depth = std::max(depth, depth_[e.node->id()] + 1);
      }
      pending_[node->id()] = count;
      depth_[node->id()] = depth;
    }
  }

  // What two nodes have in common when they read the same: the variable behind a tensor, or the tensor.
  static int64_t key_of(const FusionAnalysis& analysis, const Endpoint& e) {
    const int variable = e.index == 0 ? analysis.variable_of[e.node->id()] : -1;
    return variable >= 0 ? int64_t{variable} << 16 : (int64_t{e.node->id()} << 16) + e.index;
  }

  void find_readers() {
    for (const Node* node : analysis_.order) {
      if (info(node->id()).kind == FusedKind::kNone) continue;
      for (const Endpoint& e : node->inputs()) {
        if (e.shape().num_elements() == 1) continue;
        std::vector<int>& readers = readers_[key_of(analysis_, e)];
        if (readers.size() <= kMaxReaders) readers.push_back(node->id());
      }
    }
  }

  void make_ready(int id) {
    const FusionInfo& i = info(id);
    if (i.kind == FusedKind::kNone) {
      ready_others_.push(id);
      return;
    }
    auto& ready = ready_by_class_[i.shape_class];
    if (ready.empty()) {
      const ShapeClass& c = analysis_.classes[i.shape_class];
      classes_ready_.push({c.tail, c.num_conditions, c.size, i.shape_class});
    }
    ready.emplace(depth_[id], id);
    is_ready_.insert(id);
    if (open_class_ == i.shape_class) candidates_.push(id);
  }

  void finish(int id) {
    const Node* node = graph_.node(id);
    for (const Consumer& c : node->consumers()) {
      if (c.input >= 0 && is_back_edge(*node, *c.node)) continue;
      if (--pending_[c.node->id()] == 0) make_ready(c.node->id());
    }
  }

  // What always runs first, since branches and loops take from it; small shapes first, since scalars go into larger ones;
  // what only updates variables last, when all of it is there. Of a class what depends on least: what it is joined with later
  // may be the rest of a longer chain.
  int next_seed() {
    while (!classes_ready_.empty()) {
      auto& ready = ready_by_class_[classes_ready_.top().shape_class];
      while (!ready.empty() && !is_ready_.contains(ready.top().second)) ready.pop();
      if (!ready.empty()) {
        const int seed = ready.top().second;
        ready.pop();
        return seed;
      }
      classes_ready_.pop();
    }
    return -1;
  }

  void grow(int seed) {
    const int shape_class = info(seed).shape_class;
    const bool scalars = analysis_.classes[shape_class].shape.rank() == 0;
    open_class_ = shape_class;
    group_.clear();
    inputs_.clear();
    members_.clear();
    awaited_.clear();
    num_steps_ = num_refs_ = 0;
    has_root_ = false;
    candidates_ = {};
    candidates_.push(seed);
    while (!candidates_.empty() || (scalars && take_any_scalar(shape_class))) {
      const int id = candidates_.top();
      candidates_.pop();
      if (!is_ready_.contains(id) || !fits(id)) continue;
      is_ready_.erase(id);
      add(id, scalars);
    }
    open_class_ = -1;
    if (group_.size() > 1 && !is_scaled_update()) groups_.push_back(group_);
  }

  // A gradient times a number and what applies it: that the pass `scaled_updates` does in one loop.
  bool is_scaled_update() const {
    if (group_.size() != 2 || group_[0]->type() != "Mul") return false;
    const Node &product = *group_[0], &update = *group_[1];
    const FusedKind kind = info(update.id()).kind;
    if (kind != FusedKind::kGradientDescent && kind != FusedKind::kMomentum) return false;
    const Endpoint& gradient = update.input(kind == FusedKind::kMomentum ? 3 : 2);
    return gradient.node == &product && product.consumers().size() == 1 && !roots_[product.id()] &&
           (product.input(0).shape().rank() == 0 || product.input(1).shape().rank() == 0);
  }

  // Scalars need no connection: what saves is the smaller number of nodes.
  bool take_any_scalar(int shape_class) {
    auto& ready = ready_by_class_[shape_class];
    while (!ready.empty() && !is_ready_.contains(ready.top().second)) ready.pop();
    if (ready.empty() || !fits(ready.top().second)) return false;
    candidates_.push(ready.top().second);
    return true;
  }

  bool fits(int id) {
    const Node& node = *graph_.node(id);
    if (has_root_ && roots_[id]) return false;
    if (num_steps_ + steps_of(node, info(id)) > FusedProgram::kMaxSteps - 8) return false;
    int inputs = 0, refs = 0;
    for (const Endpoint& e : node.inputs()) {
      if (inputs_.contains(input_key(e)) || members_.contains(e.node->id())) continue;
      (is_ref(e.dtype()) ? refs : inputs) += 1;
    }
    return inputs + std::ssize(inputs_) <= FusedProgram::kMaxInputs && refs + num_refs_ <= FusedProgram::kMaxRefs;
  }

  static int64_t input_key(const Endpoint& e) { return (int64_t{e.node->id()} << 16) + e.index; }

  void add(int id, bool scalars) {
    Node* node = graph_.node(id);
    group_.push_back(node);
    members_.insert(id);
    num_steps_ += steps_of(*node, info(id));
    has_root_ |= roots_[id];
    for (const Endpoint& e : node->inputs()) {
      if (members_.contains(e.node->id())) continue;
      const bool small_constant = const_value(e) != nullptr && e.shape().rank() == 0;
      if (!small_constant && inputs_.insert(input_key(e)).second) num_refs_ += is_ref(e.dtype());
      if (scalars) continue;
      const auto found = readers_.find(key_of(analysis_, e));
      if (found == readers_.end() || found->second.size() > kMaxReaders) continue;
      for (const int reader : found->second) {
        if (is_ready_.contains(reader) && info(reader).shape_class == open_class_) candidates_.push(reader);
      }
    }
    finish(id);
    if (scalars) return;
    for (const Consumer& c : node->consumers()) {
      if (c.input < 0 || !is_back_edge(*node, *c.node)) add_awaited(*c.node);
    }
  }

  // Where a consumer of the group waits for another branch, that branch may be computed with it.
  void add_awaited(const Node& consumer) {
    std::vector<const Node*> waiting{&consumer};
    while (!waiting.empty()) {
      const Node& node = *waiting.back();
      waiting.pop_back();
      const FusionInfo& i = info(node.id());
      if (i.kind == FusedKind::kNone || i.shape_class != open_class_) continue;
      if (is_ready_.contains(node.id())) {
        candidates_.push(node.id());
      } else if (pending_[node.id()] > 0 && awaited_.size() < kMaxAwaited && awaited_.insert(node.id()).second) {
        for (const Endpoint& e : node.inputs()) waiting.push_back(e.node);
      }
    }
  }

  struct ReadyClass {
    bool tail;
    int num_conditions;
    int64_t size;
    int shape_class;
    bool operator<(const ReadyClass& o) const {
      return std::tie(tail, num_conditions, size, shape_class) >
             std::tie(o.tail, o.num_conditions, o.size, o.shape_class);
    }
  };

  const Graph& graph_;
  const FusionAnalysis& analysis_;
  const std::vector<bool>& roots_;
  std::vector<int> pending_, depth_;  // depth: of the longest path to the node
  absl::flat_hash_map<int64_t, std::vector<int>> readers_;
  MinHeap<int> ready_others_;
  std::vector<MinHeap<std::pair<int, int>>> ready_by_class_;  // depths and nodes
  std::priority_queue<ReadyClass> classes_ready_;
  absl::flat_hash_set<int> is_ready_;

  // The group that grows.
  int open_class_ = -1, num_steps_ = 0, num_refs_ = 0;
  bool has_root_ = false;
  MinHeap<int> candidates_;
  FusionGroup group_;
  absl::flat_hash_set<int> members_, awaited_;
  absl::flat_hash_set<int64_t> inputs_;
  std::vector<FusionGroup> groups_;
};

}  // namespace

std::vector<FusionGroup> find_fusion_groups(const Graph& graph, const FusionAnalysis& analysis,
                                            const std::vector<bool>& roots) {
  if (analysis.order.empty()) return {};
  return Grouper(graph, analysis, roots).run();
}

}  // namespace reflow::passes
