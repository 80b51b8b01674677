#include "reflow/autodiff/aggregate.h"

#include <algorithm>
#include <map>
#include <utility>

#include "reflow/autodiff/emit.h"
#include "reflow/graph/control_flow.h"

namespace reflow::autodiff {
namespace {

// What all terms' shapes say together; InvalidArgument where they can't be one shape.
StatusOr<Shape> merged_shape(const std::vector<Gradient>& terms) {
  Shape merged = Shape::unknown();
  for (const Gradient& term : terms) {
    const Shape& shape = term.values.shape();
    if (!merged.compatible_with(shape)) {
      return invalid_argument("Shapes {} and {} are not compatible", merged.str(), shape.str());
    }
    if (!merged.known_rank()) {
      merged = shape;
      continue;
    }
    for (int i = 0; i < shape.rank(); ++i) {
      if (merged.dim(i) < 0) merged.set_dim(i, shape.dim(i));
    }
  }
  return merged;
}

StatusOr<Gradient> add_up_tree(Node* node, const std::vector<Gradient>& terms) {
  Graph& graph = node->graph();
  NameScope scope(graph, node->name() + "_gradient_sum");
  Endpoint sum = terms[0].values;
  for (size_t i = 1; i < terms.size(); ++i) {
    ASSIGN_OR_RETURN(sum, emit(graph, "AddN", {std::vector<Endpoint>{sum, terms[i].values}}));
  }
  return Gradient(sum);
}

// One AddN on each device, placed with its first term, and one over these.
StatusOr<Gradient> add_up_by_device(Graph& graph, const std::vector<Gradient>& terms) {
  const std::string& device = terms[0].values.node->device();
  std::map<std::string, std::vector<Gradient>> by_device;
  const bool several = std::any_of(terms.begin(), terms.end(),
                                   [&](const Gradient& term) { return term.values.node->device() != device; });
  if (several) {
    for (const Gradient& term : terms) by_device[term.values.node->device()].push_back(term);
  } else {
    by_device[device] = terms;
  }
  std::vector<Gradient> sums;
  for (const auto& [_, members] : by_device) {
    graph::ColocateWith colocation(graph, members[0].values.node, true);
    ASSIGN_OR_RETURN(Endpoint sum, emit_add_n(graph, members));
    sums.emplace_back(sum);
  }
  ASSIGN_OR_RETURN(Endpoint sum, emit_add_n(graph, sums));
  return Gradient(sum);
}

StatusOr<Gradient> concatenate(Graph& graph, std::vector<Gradient> terms) {
  const auto narrow = [](const Gradient& g) { return base_type(g.indices.dtype()) == DType::kInt32; };
  const auto count = std::count_if(terms.begin(), terms.end(), narrow);
  if (count != 0 && count != static_cast<int64_t>(terms.size())) {
    for (Gradient& term : terms) {
      if (!narrow(term)) continue;
      ASSIGN_OR_RETURN(term.indices, emit(graph, "Cast", {term.indices}, {{"DstT", DType::kInt64}}));
    }
  }
  std::vector<Endpoint> values, indices;
  for (const Gradient& term : terms) {
    values.push_back(term.values);
    indices.push_back(term.indices);
  }
  ASSIGN_OR_RETURN(Endpoint all_values, emit_concat(graph, std::move(values)));
  ASSIGN_OR_RETURN(Endpoint all_indices, emit_concat(graph, std::move(indices)));
  return Gradient(all_values, all_indices, terms[0].dense_shape);
}

}  // namespace

StatusOr<Gradient> aggregate(Node* node, const std::vector<Gradient>& terms, AggregationMethod method) {
  Graph& graph = node->graph();
  const auto slices = std::count_if(terms.begin(), terms.end(), [](const Gradient& g) { return g.is_slices(); });
  if (slices == static_cast<int64_t>(terms.size())) return concatenate(graph, terms);
  if (slices > 0) {
    ASSIGN_OR_RETURN(Endpoint sum, emit_add_n(graph, terms));
    return Gradient(sum);
  }
  ASSIGN_OR_RETURN(Shape shape, merged_shape(terms));
  if (method == AggregationMethod::kAddN) return add_up_by_device(graph, terms);
  if (method == AggregationMethod::kExperimentalAccumulateN && terms.size() > 2 && shape.fully_defined()) {
    std::vector<Endpoint> inputs;
    for (const Gradient& term : terms) inputs.push_back(term.values);
    ASSIGN_OR_RETURN(Endpoint sum, emit(graph, "AccumulateNV2", {std::move(inputs)}, {{"shape", shape}}));
    return Gradient(sum);
  }
  return add_up_tree(node, terms);
}

}  // namespace reflow::autodiff
