#include "reflow/graph/graph.h"

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <atomic>

#include "reflow/graph/control_flow.h"
#include "reflow/graph/function_library.h"
#include "reflow/graph/immediate.h"

namespace reflow::graph {
namespace {

struct StringHash {
  using is_transparent = void;
  size_t operator()(std::string_view s) const { return std::hash<std::string_view>()(s); }
};
struct StringEqual {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const { return a == b; }
};

void make_lower(std::string* s) {
  for (char& c : *s) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
}

}  // namespace

struct Graph::Names {
  absl::flat_hash_map<std::string_view, Node*, StringHash, StringEqual> nodes;  // keys are the nodes' own names
  // By lower-case name: how often it was asked for; nodes[] names are all in it once `counted`. Graphs that are only
  // rewritten never count.
  absl::flat_hash_map<std::string, int, StringHash, StringEqual> counts;
  bool counted = true;
  absl::flat_hash_set<const Node*> not_feedable, not_fetchable;
  std::string key;  // scratch
  std::vector<int> free_ids;  // of the immediate graph, whose nodes come and go

  void count(const std::string& name) {
    key = name;
    make_lower(&key);
    counts.try_emplace(key, 1);
  }
};

struct Graph::Scopes {
  std::mutex mutex;
  absl::flat_hash_map<uint64_t, std::unique_ptr<GraphScope>> by_thread;
};

Graph::Graph() : names_(new Names), scopes_(new Scopes), functions_(new FunctionLibrary) {
  static std::atomic<uint64_t> next_id{1};
  id_ = next_id.fetch_add(1, std::memory_order_relaxed);
}

Graph::~Graph() = default;

GraphScope& Graph::scope() {
  static std::atomic<uint64_t> next_thread{1};
  thread_local const uint64_t thread = next_thread.fetch_add(1, std::memory_order_relaxed);
  thread_local struct {
    uint64_t graph = 0;  // ids of graphs are never used again, so a graph that is gone is never found here
    GraphScope* scope = nullptr;
  } last;
  if (last.graph == id_) return *last.scope;
  const std::lock_guard lock(scopes_->mutex);
  auto& scope = scopes_->by_thread[thread];
  if (!scope) scope = std::make_unique<GraphScope>();
  last = {id_, scope.get()};
  return *scope;
}

Node* Graph::find(std::string_view name) const {
  const auto it = names_->nodes.find(name);
  return it == names_->nodes.end() ? nullptr : it->second;
}

std::vector<Node*> Graph::nodes() const {
  std::vector<Node*> all;
  all.reserve(num_nodes_);
  for (const auto& node : nodes_) {
    if (node) all.push_back(node.get());
  }
  return all;
}

Node* Graph::append(std::unique_ptr<Node> node) {
  Node* added = node.get();
  added->graph_ = this;
  if (!names_->free_ids.empty()) {
    added->id_ = names_->free_ids.back();
    names_->free_ids.pop_back();
    nodes_[added->id_] = std::move(node);
    ++num_nodes_;
    ++version_;
    return added;
  }
  added->id_ = static_cast<int>(nodes_.size());
  nodes_.push_back(std::move(node));
  ++num_nodes_;
  ++version_;
  return added;
}

StatusOr<Node*> Graph::add_node(NodeSpec spec) {
  if (finalized_) return failed_precondition("Graph is finalized and cannot be modified.");
  std::unique_ptr<Node> node(new Node);
  node->name_ = std::move(spec.name);
  const bool immediate = is_immediate(*this);
  if (!immediate && !names_->nodes.try_emplace(node->name_, node.get()).second) {
    return already_exists("Duplicate node name in graph: '{}'", node->name_);
  }
  if (!immediate && names_->counted && spec.marks_name) names_->count(node->name_);
  node->op_ = spec.op;
  node->device_ = std::move(spec.device);
  node->inputs_ = std::move(spec.inputs);
  node->output_types_ = std::move(spec.output_types);
  node->output_shapes_.assign(node->output_types_.size(), Shape::unknown());
  node->attrs_ = std::move(spec.attrs);
  Node* added = append(std::move(node));
  if (immediate) return added;
  for (int i = 0; i < added->num_inputs(); ++i) {
    const Endpoint& source = added->inputs_[i];
    if (source) source.node->consumers_.push_back({added, i, source.index});
  }
  for (Node* source : spec.control_inputs) add_control_input(added, source);
  return added;
}

void Graph::drop_consumer(Node* source, const Node* node, int input) {
  std::vector<Consumer>& consumers = source->consumers_;
  const auto it = std::find_if(consumers.rbegin(), consumers.rend(),
                               [&](const Consumer& c) { return c.node == node && c.input == input; });
  if (it != consumers.rend()) consumers.erase(std::next(it).base());
}

Status Graph::set_input(Node* node, int i, Endpoint source) {
  if (i < 0 || i >= node->num_inputs()) {
    return out_of_range("Node '{}' has no input {}: it has {}", node->name(), i, node->num_inputs());
  }
  if (source && (source.index < 0 || source.index >= source.node->num_outputs())) {
    return out_of_range("Node '{}' has no output {}: it has {}", source.node->name(), source.index,
                        source.node->num_outputs());
  }
  Endpoint& input = node->inputs_[i];
  if (input) drop_consumer(input.node, node, i);
  input = source;
  if (source) source.node->consumers_.push_back({node, i, source.index});
  ++version_;
  return OkStatus();
}

void Graph::add_input(Node* node, Endpoint source) {
  const int i = node->num_inputs();
  node->inputs_.push_back(source);
  if (source) source.node->consumers_.push_back({node, i, source.index});
  ++version_;
}

void Graph::remove_input(Node* node, int i) {
  if (node->inputs_[i]) drop_consumer(node->inputs_[i].node, node, i);
  node->inputs_.erase(node->inputs_.begin() + i);
  for (int later = i; later < node->num_inputs(); ++later) {
    if (!node->inputs_[later]) continue;
    for (Consumer& consumer : node->inputs_[later].node->consumers_) {
      if (consumer.node == node && consumer.input == later + 1) consumer.input = later;
    }
  }
  ++version_;
}

void Graph::add_control_input(Node* node, Node* source) {
  if (std::ranges::find(node->control_inputs_, source) != node->control_inputs_.end()) return;
  node->control_inputs_.push_back(source);
  source->consumers_.push_back({node, -1, -1});
  ++version_;
}

void Graph::remove_control_inputs(Node* node) {
  for (Node* source : node->control_inputs_) drop_consumer(source, node, -1);
  node->control_inputs_.clear();
  ++version_;
}

void Graph::remove_control_input(Node* node, Node* source) {
  if (std::erase(node->control_inputs_, source) == 0) return;
  drop_consumer(source, node, -1);
  ++version_;
}

void Graph::replace_uses(Endpoint from, Endpoint to) {
  if (from == to) return;
  std::vector<Consumer> staying;
  for (const Consumer& consumer : from.node->consumers_) {
    if (consumer.input >= 0 && consumer.output == from.index) {
      consumer.node->inputs_[consumer.input] = to;
      if (to.node == from.node) staying.push_back({consumer.node, consumer.input, to.index});
      else to.node->consumers_.push_back({consumer.node, consumer.input, to.index});
    } else {
      staying.push_back(consumer);
    }
  }
  from.node->consumers_ = std::move(staying);
  ++version_;
}

void Graph::remove_node(Node* node) {
  if (is_immediate(*this)) {
    names_->free_ids.push_back(node->id_);
    --num_nodes_;
    nodes_[node->id_].reset();
    return;
  }
  for (int i = 0; i < node->num_inputs(); ++i) {
    if (node->inputs_[i]) drop_consumer(node->inputs_[i].node, node, i);
  }
  for (Node* source : node->control_inputs_) drop_consumer(source, node, -1);
  names_->nodes.erase(std::string_view(node->name_));
  names_->not_feedable.erase(node);
  names_->not_fetchable.erase(node);
  --num_nodes_;
  ++version_;
  nodes_[node->id_].reset();
}

void Graph::drop_newest_node(Node* node) {
  remove_node(node);
  nodes_.pop_back();
}

void Graph::set_op(Node* node, const OpDef* op, std::vector<DType> output_types) {
  node->op_ = op;
  node->output_shapes_.resize(output_types.size(), Shape::unknown());
  node->output_types_ = std::move(output_types);
  ++version_;
}

void Graph::remove_nodes(std::span<Node* const> nodes) {
  std::vector<bool> leaving(nodes_.size()), seen(nodes_.size());
  for (const Node* node : nodes) leaving[node->id_] = true;
  const auto forget = [&](Node* source) {
    if (leaving[source->id_] || seen[source->id_]) return;
    seen[source->id_] = true;
    std::erase_if(source->consumers_, [&](const Consumer& c) { return leaving[c.node->id_]; });
  };
  for (const Node* node : nodes) {
    for (const Endpoint& input : node->inputs_) {
      if (input) forget(input.node);
    }
    for (Node* source : node->control_inputs_) forget(source);
  }
  for (Node* node : nodes) {
    names_->nodes.erase(std::string_view(node->name_));
    names_->not_feedable.erase(node);
    names_->not_fetchable.erase(node);
    --num_nodes_;
  }
  for (Node* node : nodes) nodes_[node->id_].reset();
  ++version_;
}

void Graph::rewrite_node(Node* node, NodeSpec spec) {
  for (int i = 0; i < node->num_inputs(); ++i) {
    if (node->inputs_[i]) drop_consumer(node->inputs_[i].node, node, i);
  }
  for (Node* source : node->control_inputs_) drop_consumer(source, node, -1);
  node->inputs_ = std::move(spec.inputs);
  node->control_inputs_.clear();
  for (int i = 0; i < node->num_inputs(); ++i) {
    const Endpoint& source = node->inputs_[i];
    if (source) source.node->consumers_.push_back({node, i, source.index});
  }
  for (Node* source : spec.control_inputs) add_control_input(node, source);
  node->op_ = spec.op;
  node->attrs_ = std::move(spec.attrs);
  node->output_shapes_.assign(spec.output_types.size(), Shape::unknown());
  node->output_types_ = std::move(spec.output_types);
  ++version_;
}

std::string Graph::unique_name(std::string_view name, bool mark_as_used) {
  const std::string& stack = scope().name_stack;
  if (stack.empty()) return unique_full_name(name, mark_as_used);
  std::string full;
  full.reserve(stack.size() + 1 + name.size());
  full.append(stack).append(1, '/').append(name);
  return unique_full_name(full, mark_as_used);
}

std::string Graph::unique_full_name(std::string_view name, bool mark_as_used) {
  if (is_immediate(*this)) return std::string(name);
  Names& names = *names_;
  if (!names.counted) {
    for (const auto& node : nodes_) {
      if (node) names.count(node->name_);
    }
    names.counted = true;
  }
  std::string& key = names.key;
  key.assign(name);
  make_lower(&key);
  const auto found = names.counts.find(key);
  std::string result(name);
  if (found == names.counts.end()) {
    if (mark_as_used) names.counts.emplace(key, 1);
    return result;
  }
  // The next number to try is remembered with the base name, so that n nodes of a name take n steps.
  int i = found->second;
  if (mark_as_used) found->second = i + 1;
  const size_t base = key.size();
  do {
    key.resize(base);
    key.append(1, '_').append(std::to_string(i));
    ++i;
  } while (names.counts.contains(key));
  result.append(key, base);
  if (mark_as_used) names.counts.emplace(key, 1);
  return result;
}

void Graph::mark_name(const std::string& name) {
  if (names_->counted) names_->count(name);
}

void Graph::own_context(std::unique_ptr<ControlFlowContext> context) { contexts_.push_back(std::move(context)); }

void Graph::prevent_feeding(const Node* node) { names_->not_feedable.insert(node); }
void Graph::prevent_fetching(const Node* node) { names_->not_fetchable.insert(node); }
bool Graph::is_feedable(const Node* node) const { return !names_->not_feedable.contains(node); }
bool Graph::is_fetchable(const Node* node) const { return !names_->not_fetchable.contains(node); }

std::unique_ptr<Graph> Graph::copy(std::span<Node* const> keep, std::vector<Node*>* mapping) const {
  auto result = std::make_unique<Graph>();
  std::vector<Node*> own_mapping;
  std::vector<Node*>& copies = mapping ? *mapping : own_mapping;
  copies.assign(nodes_.size(), nullptr);

  std::vector<const Node*> kept;
  if (keep.empty()) {
    kept.reserve(num_nodes_);
    for (const auto& node : nodes_) {
      if (node) kept.push_back(node.get());
    }
  } else {
    kept.assign(keep.begin(), keep.end());
    std::ranges::sort(kept, {}, [](const Node* n) { return n->id(); });
    kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
  }

  result->nodes_.reserve(kept.size());
  result->names_->nodes.reserve(kept.size());
  result->names_->counted = false;
  for (const Node* node : kept) {
    std::unique_ptr<Node> copy(new Node);
    copy->op_ = node->op_;
    copy->assigned_device_ = node->assigned_device_;
    copy->name_ = node->name_;
    copy->device_ = node->device_;
    copy->output_types_ = node->output_types_;
    copy->output_shapes_ = node->output_shapes_;
    copy->attrs_ = node->attrs_;
    copy->traceback = node->traceback;
    Node* added = copies[node->id_] = result->append(std::move(copy));
    result->names_->nodes.emplace(added->name_, added);
  }
  for (const Node* node : kept) {
    Node* copy = copies[node->id_];
    copy->inputs_.reserve(node->inputs_.size());
    for (const Endpoint& input : node->inputs_) {
      Node* source = input ? copies[input.node->id_] : nullptr;
      copy->inputs_.push_back({source, source ? input.index : 0});
    }
    for (Node* control : node->control_inputs_) {
      if (Node* source = copies[control->id_]) copy->control_inputs_.push_back(source);
    }
    copy->consumers_.reserve(node->consumers_.size());
    for (const Consumer& consumer : node->consumers_) {
      if (Node* reader = copies[consumer.node->id_]) copy->consumers_.push_back({reader, consumer.input, consumer.output});
    }
  }
  for (const Node* node : names_->not_feedable) {
    if (Node* copy = copies[node->id_]) result->names_->not_feedable.insert(copy);
  }
  for (const Node* node : names_->not_fetchable) {
    if (Node* copy = copies[node->id_]) result->names_->not_fetchable.insert(copy);
  }
  result->functions_ = functions_;
  result->versions = versions;
  result->has_seed = has_seed;
  result->seed = seed;
  return result;
}

}  // namespace reflow::graph
