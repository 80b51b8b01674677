#include "reflow/graph/subgraph.h"

#include <absl/container/flat_hash_map.h>

namespace reflow::graph {
namespace {

struct EndpointHash {
  size_t operator()(const Endpoint& e) const {
    return absl::Hash<std::pair<const void*, int>>()(std::make_pair(static_cast<const void*>(e.node), e.index));
  }
};
using FeedIndex = absl::flat_hash_map<Endpoint, int, EndpointHash>;

// A fed placeholder isn't run, so nothing can wait for it.
bool drops_control(const Node* source, const FeedIndex& feeds) {
  return source->num_inputs() == 0 && source->num_outputs() == 1 && !feeds.empty() &&
         feeds.contains(Endpoint{const_cast<Node*>(source), 0});
}

std::vector<bool> find_needed(const Graph& graph, const FeedIndex& feeds, std::span<const Endpoint> fetches,
                              std::span<Node* const> targets) {
  std::vector<bool> needed(graph.num_node_ids());
  std::vector<const Node*> stack;
  const auto visit = [&](const Node* node) {
    if (needed[node->id()]) return;
    needed[node->id()] = true;
    stack.push_back(node);
  };
  for (const Endpoint& e : fetches) {
    if (!feeds.contains(e)) visit(e.node);
  }
  for (const Node* node : targets) visit(node);
  while (!stack.empty()) {
    const Node* node = stack.back();
    stack.pop_back();
    for (const Endpoint& e : node->inputs()) {
      if (feeds.empty() || !feeds.contains(e)) visit(e.node);
    }
    for (const Node* source : node->control_inputs()) {
      if (!drops_control(source, feeds)) visit(source);
    }
  }
  return needed;
}

class Extractor {
 public:
  Extractor(const Graph& source, std::span<const Endpoint> feeds) : source_(source), copies_(source.num_node_ids()) {
    result_.graph = std::make_unique<Graph>();
    result_.graph->versions = source.versions;
    for (size_t i = 0; i < feeds.size(); ++i) feeds_.emplace(feeds[i], static_cast<int>(i));
  }

  const FeedIndex& feeds() const { return feeds_; }

  Status add_feed(const Endpoint& fed, int index) {
    NodeSpec spec;
    spec.name = fmt::format("_arg_{}_{}_{}", fed.node->name(), fed.index, index);
    spec.op = OpRegistry::global().find("_Feed");
    spec.attrs.set("T", base_type(fed.dtype()));
    spec.attrs.set("index", index);
    spec.attrs.set("shape", fed.shape());
    spec.output_types = {base_type(fed.dtype())};
    ASSIGN_OR_RETURN(Node * node, result_.graph->add_node(std::move(spec)));
    node->set_output_shape(0, fed.shape());
    result_.feeds.push_back(node);
    return OkStatus();
  }

  Status add_node(const Node* node) {
    NodeSpec spec;
    spec.name = node->name();
    spec.op = &node->op();
    spec.attrs = node->attrs();
    spec.output_types.assign(node->output_types().begin(), node->output_types().end());
    spec.device = node->device();
    spec.inputs.reserve(node->num_inputs());
    for (int i = 0; i < node->num_inputs(); ++i) {
      Endpoint input = copy_of(node->input(i));
      if (!input) {
        // Made later than its consumer (a loop's back edge, a Switch of cond): connected at the end.
        late_.push_back({node, i});
        input = any_;
      }
      spec.inputs.push_back(input);
    }
    for (Node* control : node->control_inputs()) {
      if (drops_control(control, feeds_)) continue;
      if (Node* copy = copies_[control->id()]) {
        spec.control_inputs.push_back(copy);
      } else {
        late_.push_back({node, -1, control});
      }
    }
    ASSIGN_OR_RETURN(Node * copy, result_.graph->add_node(std::move(spec)));
    for (int i = 0; i < node->num_outputs(); ++i) copy->set_output_shape(i, node->output_shape(i));
    copies_[node->id()] = copy;
    return OkStatus();
  }

  // A tensor that stands in for inputs whose producer isn't there yet.
  Status add_stand_in() {
    NodeSpec spec;
    spec.name = "_arg_none";
    spec.op = OpRegistry::global().find("_Feed");
    spec.attrs.set("T", DType::kFloat32);
    spec.attrs.set("index", -1);
    spec.output_types = {DType::kFloat32};
    ASSIGN_OR_RETURN(Node * node, result_.graph->add_node(std::move(spec)));
    any_ = node->output(0);
    return OkStatus();
  }

  Status connect_late() {
    for (const Late& late : late_) {
      Node* copy = copies_[late.node->id()];
      if (late.input < 0) {
        result_.graph->add_control_input(copy, copies_[late.control->id()]);
      } else {
        RETURN_IF_ERROR(result_.graph->set_input(copy, late.input, copy_of(late.node->input(late.input))));
      }
    }
    result_.graph->remove_node(any_.node);
    return OkStatus();
  }

  Status add_fetch(const Endpoint& fetched, int index) {
    NodeSpec spec;
    spec.name = fmt::format("_retval_{}_{}_{}", fetched.node->name(), fetched.index, index);
    spec.op = OpRegistry::global().find("_Fetch");
    spec.inputs = {copy_of(fetched)};
    spec.attrs.set("T", base_type(fetched.dtype()));
    spec.attrs.set("index", index);
    ASSIGN_OR_RETURN(Node * node, result_.graph->add_node(std::move(spec)));
    result_.fetches.push_back(node);
    return OkStatus();
  }

  void add_target(const Node* node) { result_.targets.push_back(copies_[node->id()]); }
  Subgraph take() { return std::move(result_); }

 private:
  struct Late {
    const Node* node;
    int input;  // -1: the control edge from `control`
    const Node* control = nullptr;
  };

  Endpoint copy_of(const Endpoint& e) {
    if (!feeds_.empty()) {
      if (const auto fed = feeds_.find(e); fed != feeds_.end()) return result_.feeds[fed->second]->output(0);
    }
    Node* copy = copies_[e.node->id()];
    return copy ? copy->output(e.index) : Endpoint{};
  }

  const Graph& source_;
  FeedIndex feeds_;
  std::vector<Node*> copies_;
  std::vector<Late> late_;
  Endpoint any_;
  Subgraph result_;
};

}  // namespace

StatusOr<Subgraph> extract_subgraph(const Graph& graph, std::span<const Endpoint> feeds,
                                    std::span<const Endpoint> fetches, std::span<Node* const> targets) {
  Extractor extractor(graph, feeds);
  const std::vector<bool> needed = find_needed(graph, extractor.feeds(), fetches, targets);
  for (size_t i = 0; i < feeds.size(); ++i) RETURN_IF_ERROR(extractor.add_feed(feeds[i], static_cast<int>(i)));
  RETURN_IF_ERROR(extractor.add_stand_in());
  for (int id = 0; id < graph.num_node_ids(); ++id) {
    if (needed[id]) RETURN_IF_ERROR(extractor.add_node(graph.node(id)));
  }
  RETURN_IF_ERROR(extractor.connect_late());
  for (size_t i = 0; i < fetches.size(); ++i) RETURN_IF_ERROR(extractor.add_fetch(fetches[i], static_cast<int>(i)));
  for (const Node* node : targets) extractor.add_target(node);
  return extractor.take();
}

}  // namespace reflow::graph
