#include "reflow/client/graph.h"

#include <atomic>
#include <charconv>
#include <mutex>

#include "reflow/client/eager.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/python_text.h"
#include "reflow/client/status_errors.h"
#include "reflow/client/variable_store.h"
#include "reflow/graph/immediate.h"
#include "reflow/graph/node_builder.h"

namespace reflow {
namespace client {

GraphState::GraphState() { graph.owner = this; }
GraphState::~GraphState() = default;

namespace {

class AnyCollections : public CollectionStore {
 public:
  void add(std::string_view name, std::any item) override {
    const std::lock_guard lock(mutex_);
    for (auto& [key, items] : collections_) {
      if (key == name) return items.push_back(std::move(item));
    }
    collections_.emplace_back(name, std::vector<std::any>{std::move(item)});
  }
  std::vector<std::any> items(std::string_view name) const override {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, items] : collections_) {
      if (key == name) return items;
    }
    return {};
  }
  void clear(std::string_view name) override {
    const std::lock_guard lock(mutex_);
    std::erase_if(collections_, [&](const auto& entry) { return entry.first == name; });
  }
  std::vector<std::string> names() const override {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [key, items] : collections_) names.push_back(key);
    return names;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::pair<std::string, std::vector<std::any>>> collections_;
};

}  // namespace

std::unique_ptr<CollectionStore> make_collection_store() { return std::make_unique<AnyCollections>(); }

GraphState& state_of(const graph::Node& node) { return *static_cast<GraphState*>(node.graph().owner); }

namespace {

// The graphs of as_default(), innermost last, and what is below them.
struct DefaultGraphs {
  std::vector<std::shared_ptr<GraphState>> stack;
  std::shared_ptr<GraphState> bottom;
};

DefaultGraphs& default_graphs() {
  thread_local DefaultGraphs graphs;
  return graphs;
}

std::atomic<bool> eager_enabled{false};

// Made once, and never freed: its executor lives as long.
const std::shared_ptr<GraphState>& eager_state() {
  static const auto* state = [] {
    auto* made = new std::shared_ptr<GraphState>(std::make_shared<GraphState>());
    (*made)->variables = std::make_unique<VariableStore>();
    (*made)->variables->keeps = false;
    graph::make_immediate((*made)->graph);
    return made;
  }();
  return *state;
}

const std::shared_ptr<GraphState>& bottom_state() {
  DefaultGraphs& graphs = default_graphs();
  if (!graphs.bottom) graphs.bottom = std::make_shared<GraphState>();
  return graphs.bottom;
}

const std::shared_ptr<GraphState>& shared_default_state() {
  DefaultGraphs& graphs = default_graphs();
  if (!graphs.stack.empty()) return graphs.stack.back();
  return eager_enabled.load(std::memory_order_relaxed) ? eager_state() : bottom_state();
}

}  // namespace

GraphState& default_state() { return *shared_default_state(); }
bool is_bottom_state(const GraphState& state) { return default_graphs().bottom.get() == &state; }

}  // namespace client

Graph::Graph() : state_(std::make_shared<client::GraphState>()) {}
graph::Graph& Graph::impl() const { return state_->graph; }

Graph::DefaultScope::DefaultScope(const Graph& graph) { client::default_graphs().stack.push_back(graph.state_); }
Graph::DefaultScope::~DefaultScope() { client::default_graphs().stack.pop_back(); }
Graph::DefaultScope Graph::as_default() const { return DefaultScope(*this); }

Graph get_default_graph() { return Graph(client::shared_default_state()); }

void enable_eager_execution() { client::eager_enabled.store(true, std::memory_order_relaxed); }
void disable_eager_execution() { client::eager_enabled.store(false, std::memory_order_relaxed); }
bool eager_execution_enabled() { return client::eager_enabled.load(std::memory_order_relaxed); }
bool executing_eagerly() { return graph::is_immediate(client::default_graph()); }
Graph eager_graph() { return Graph(client::eager_state()); }

Graph get_built_graph() {
  const auto& stack = client::default_graphs().stack;
  for (auto state = stack.rbegin(); state != stack.rend(); ++state) {
    if (!graph::is_immediate((*state)->graph)) return Graph(*state);
  }
  return Graph(client::bottom_state());
}

void reset_default_graph() {
  client::DefaultGraphs& graphs = client::default_graphs();
  if (!graphs.stack.empty()) {
    throw RuntimeError(
        "Do not use tf.reset_default_graph() to clear nested graphs. If you need a cleared graph, exit the nesting "
        "and create a new graph.");
  }
  graphs.bottom = std::make_shared<client::GraphState>();
}

namespace {

// The operation or tensor called `name`. `wanted` names what the caller takes, for its errors.
GraphElement find_element(graph::Graph& graph, std::string_view name, bool allow_tensor, bool allow_operation,
                          const char* wanted) {
  const std::string quoted = client::python_repr(name);
  const size_t colon = name.find(':');
  const std::lock_guard lock(graph.mutex());
  if (colon != std::string_view::npos && allow_tensor) {
    const std::string op_name(name.substr(0, colon));
    const std::string_view digits = name.substr(colon + 1);
    int index = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    if (error != std::errc() || end != digits.data() + digits.size()) {
      throw ValueError(fmt::format("The name {} looks a like a Tensor name, but is not a valid one. Tensor names must "
                                   "be of the form \"<op_name>:<output_index>\".", quoted));
    }
    graph::Node* node = graph.find(op_name);
    if (!node) {
      throw KeyError(fmt::format("The name {} refers to a Tensor which does not exist. The operation, {}, does not "
                                 "exist in the graph.", quoted, client::python_repr(op_name)));
    }
    if (index < 0 || index >= node->num_outputs()) {
      throw KeyError(fmt::format("The name {} refers to a Tensor which does not exist. The operation, {}, exists but "
                                 "only has {} outputs.", quoted, client::python_repr(op_name), node->num_outputs()));
    }
    return Output(node, index);
  }
  if (colon != std::string_view::npos) {
    throw ValueError(fmt::format("Name {} appears to refer to a Tensor, not a {}.", quoted, wanted));
  }
  graph::Node* node = graph.find(name);
  if (allow_operation) {
    if (!node) throw KeyError(fmt::format("The name {} refers to an Operation not in the graph.", quoted));
    return Operation(node);
  }
  throw ValueError(fmt::format("The name {} {}, not a {}. Tensor names must be of the form "
                               "\"<op_name>:<output_index>\".", quoted,
                               node ? "refers to an Operation" : "looks like an (invalid) Operation name", wanted));
}

}  // namespace

Operation Graph::get_operation_by_name(std::string_view name) const {
  return find_element(impl(), name, false, true, "Operation").operation();
}

Output Graph::get_tensor_by_name(std::string_view name) const {
  return find_element(impl(), name, true, false, "Tensor").output();
}

GraphElement Graph::as_graph_element(std::string_view name) const {
  return find_element(impl(), name, true, true, "Tensor or Operation");
}

std::vector<Operation> Graph::get_operations() const {
  const std::lock_guard lock(impl().mutex());
  std::vector<Operation> operations;
  for (graph::Node* node : impl().nodes()) operations.emplace_back(node);
  return operations;
}

std::string Graph::unique_name(std::string_view name, bool mark_as_used) const {
  const std::lock_guard lock(impl().mutex());
  return impl().unique_name(name, mark_as_used);
}

std::string Graph::get_name_scope() const { return impl().scope().name_stack; }

void Graph::finalize() const {
  const std::lock_guard lock(impl().mutex());
  impl().finalize();
}

bool Graph::finalized() const { return impl().finalized(); }

std::optional<int64_t> Graph::seed() const {
  return impl().has_seed ? std::optional<int64_t>(impl().seed) : std::nullopt;
}

uint64_t Graph::version() const {
  const std::lock_guard lock(impl().mutex());
  return impl().version();
}

bool Graph::is_feedable(const GraphElement& element) const {
  const std::lock_guard lock(impl().mutex());
  return impl().is_feedable(element.node());
}
bool Graph::is_fetchable(const GraphElement& element) const {
  const std::lock_guard lock(impl().mutex());
  return impl().is_fetchable(element.node());
}
void Graph::prevent_feeding(const GraphElement& element) const {
  const std::lock_guard lock(impl().mutex());
  impl().prevent_feeding(element.node());
}
void Graph::prevent_fetching(const GraphElement& element) const {
  const std::lock_guard lock(impl().mutex());
  impl().prevent_fetching(element.node());
}

void Graph::add_item(std::string_view collection, std::any item) const {
  if (finalized()) throw RuntimeError("Graph is finalized and cannot be modified.");
  if (graph::is_immediate(impl())) return;  // what runs at once is kept by who uses it, and by nobody else
  state_->collections->add(collection, std::move(item));
}

std::vector<std::any> Graph::get_items(std::string_view collection) const {
  return state_->collections->items(collection);
}
void Graph::clear_collection(std::string_view collection) const { state_->collections->clear(collection); }
std::vector<std::string> Graph::get_all_collection_keys() const { return state_->collections->names(); }

void set_random_seed(int64_t seed) {
  graph::Graph& graph = client::default_graph();
  const std::lock_guard lock(graph.mutex());
  graph.has_seed = true;
  graph.seed = seed;
  if (graph::ImmediateExecutor* executor = graph::immediate_executor(graph)) executor->seed_changed();
}

Seeds get_seed(std::optional<int64_t> op_seed) {
  graph::Graph& graph = client::default_graph();
  constexpr int64_t kDefaultGraphSeed = 87654321, kMaxSeed = (int64_t{1} << 31) - 1;
  if (!graph.has_seed && !op_seed) return {};
  // As Python's %: not negative.
  const auto wrap = [](int64_t seed) { return ((seed % kMaxSeed) + kMaxSeed) % kMaxSeed; };
  Seeds seeds;
  seeds.seed = wrap(graph.has_seed ? graph.seed : kDefaultGraphSeed);
  graph::ImmediateExecutor* const executor = graph::immediate_executor(graph);
  if (!op_seed) op_seed = executor ? executor->next_op_seed() : int64_t{graph.num_node_ids()};
  seeds.seed2 = wrap(*op_seed);
  if (seeds.seed == 0 && seeds.seed2 == 0) seeds.seed2 = kMaxSeed;
  return seeds;
}

}  // namespace reflow
