#include "tests/kit/graph_values.h"

#include <unordered_map>

#include "reflow/graph/node_builder.h"
#include "reflow/op/kernel_registry.h"

namespace reflow::testing {
namespace {

using graph::Endpoint;
using graph::Node;

class Evaluator {
 public:
  explicit Evaluator(const Feeds& feeds) {
    for (const auto& [endpoint, value] : feeds) known_[endpoint.node] = {value};
  }

  StatusOr<Tensor> value_of(Endpoint e) {
    auto found = known_.find(e.node);
    if (found == known_.end()) {
      std::vector<Tensor> inputs;
      for (const Endpoint& input : e.node->inputs()) {
        ASSIGN_OR_RETURN(Tensor value, value_of(input));
        inputs.push_back(std::move(value));
      }
      ASSIGN_OR_RETURN(std::vector<Tensor> outputs, op::evaluate(*e.node, inputs));
      found = known_.emplace(e.node, std::move(outputs)).first;
    }
    return found->second[e.index];
  }

 private:
  std::unordered_map<const Node*, std::vector<Tensor>> known_;
};

}  // namespace

StatusOr<std::vector<Tensor>> graph_values(std::span<const Endpoint> fetches, const Feeds& feeds) {
  Evaluator evaluator(feeds);
  std::vector<Tensor> values;
  for (const Endpoint& e : fetches) {
    if (!e) {
      values.emplace_back();
      continue;
    }
    ASSIGN_OR_RETURN(Tensor value, evaluator.value_of(e));
    values.push_back(std::move(value));
  }
  return values;
}

StatusOr<Endpoint> make_placeholder(graph::Graph& graph, DType type, const Shape& shape) {
  ASSIGN_OR_RETURN(Node * node, graph::create_op(graph, "Placeholder", {}, {{"dtype", type}, {"shape", shape}}));
  return node->output(0);
}

}  // namespace reflow::testing
