#include "reflow/client/dataset.h"

#include <algorithm>
#include <limits>
#include <set>

#include "reflow/client/apply_op.h"
#include "reflow/client/collections.h"
#include "reflow/client/concrete_function.h"
#include "reflow/client/errors.h"
#include "reflow/client/graph.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/scopes.h"
#include "reflow/graph/graph.h"

namespace reflow {

namespace {

graph::AttrMap element_attrs(const std::vector<DType>& types, const std::vector<Shape>& shapes) {
  return {{"output_types", types}, {"output_shapes", shapes}};
}

// The nodes that `variant` is made of by way of variant tensors: datasets of datasets.
std::set<const graph::Node*> dataset_nodes(graph::Endpoint variant) {
  std::set<const graph::Node*> nodes;
  std::vector<const graph::Node*> waiting{variant.node};
  while (!waiting.empty()) {
    const graph::Node* const node = waiting.back();
    waiting.pop_back();
    if (!nodes.insert(node).second) continue;
    for (const graph::Endpoint& input : node->inputs()) {
      if (input.dtype() == DType::kVariant) waiting.push_back(input.node);
    }
  }
  return nodes;
}

bool calls_functions(const graph::Node& node) {
  return std::ranges::any_of(node.attrs(), [](const auto& attr) { return attr.second.template get<graph::NameAttrList>() != nullptr; });
}

bool depends_on_reference(std::vector<graph::Endpoint> waiting) {
  std::set<const graph::Node*> seen;
  while (!waiting.empty()) {
    const graph::Endpoint next = waiting.back();
    waiting.pop_back();
    if (is_ref(next.dtype())) return true;
    if (!seen.insert(next.node).second) continue;
    for (const graph::Endpoint& input : next.node->inputs()) waiting.push_back(input);
  }
  return false;
}

// "/cpu:0", where the program has said no device.
class OnCpu {
 public:
  OnCpu() {
    if (client::default_graph().scope().devices.empty()) scope_.emplace("/cpu:0");
  }

 private:
  std::optional<device> scope_;
};

}  // namespace

bool Dataset::captures_reference() const {
  std::vector<graph::Endpoint> captured;
  for (const graph::Node* node : dataset_nodes(client::to_endpoint(variant_))) {
    if (!calls_functions(*node)) continue;
    for (const graph::Endpoint& input : node->inputs()) {
      if (input.dtype() != DType::kVariant) captured.push_back(input);
    }
  }
  return depends_on_reference(std::move(captured));
}

Dataset Dataset::with_applied_options() const {
  Output variant = variant_;
  if (!captures_reference()) {
    const Output names = client::convert(
        Tensor::vector<std::string>({"map_and_batch_fusion", "noop_elimination", "shuffle_and_repeat_fusion"}), DType::kString,
        "optimizations");
    graph::AttrMap attrs = element_attrs(types_, shapes_);
    attrs.set("optimization_configs", std::vector<std::string>{"map_vectorization:use_choose_fastest:false"});
    variant = client::apply_op("OptimizeDataset", "", {variant, names}, std::move(attrs));
  }
  return {client::apply_op("ModelDataset", "", {variant}, element_attrs(types_, shapes_)), types_, shapes_};
}

Iterator Dataset::make_one_shot_iterator() const {
  std::string factory;
  std::set<std::string> may_have_state;
  for (const graph::Node* node : dataset_nodes(client::to_endpoint(variant_))) may_have_state.insert(node->name());
  const graph::Graph& graph = client::default_graph();
  const bool seeded = graph.has_seed;
  const Seeds seeds = seeded ? get_seed(std::nullopt) : Seeds();
  try {
    factory = function::define_by_value("_make_dataset", "Factory function for a dataset.", may_have_state, [&] {
      if (seeded) set_random_seed((seeds.seed + 87654321 * seeds.seed2) % std::numeric_limits<int64_t>::max());
      return with_applied_options().variant_;
    });
  } catch (const ValueError& error) {
    const std::string_view text = error.what();
    if (text.find("Cannot capture a stateful node") == std::string_view::npos) throw;
    throw ValueError(fmt::format(
        "Failed to create a one-shot iterator for a dataset. `Dataset.make_one_shot_iterator()` does not support datasets that "
        "capture stateful objects, such as a `Variable` or `LookupTable`. In these cases, use "
        "`Dataset.make_initializable_iterator()`. (Original error: {})", text));
  }
  graph::AttrMap attrs = element_attrs(types_, shapes_);
  attrs.set("dataset_factory", graph::NameAttrList{factory, nullptr});
  return Iterator(client::apply_op("OneShotIterator", "", {}, std::move(attrs)), std::nullopt, types_, shapes_);
}

Iterator Dataset::make_initializable_iterator(const std::string& shared_name) const {
  const Dataset dataset = with_applied_options();
  graph::AttrMap attrs = element_attrs(types_, shapes_);
  attrs.set("container", "");
  attrs.set("shared_name", shared_name);
  const Output resource = client::apply_op("IteratorV2", "", {}, std::move(attrs));
  const colocate_with with_resource(resource);
  const Operation initializer(client::make_op("MakeIterator", "", {dataset.variant_, resource}));
  return Iterator(resource, initializer, types_, shapes_);
}

Iterator::Iterator(Output resource, std::optional<Operation> initializer, std::vector<DType> types, std::vector<Shape> shapes)
    : resource_(std::move(resource)),
      string_handle_(client::apply_op("IteratorToStringHandle", "", {resource_})),
      initializer_(std::move(initializer)),
      types_(std::move(types)),
      shapes_(std::move(shapes)) {
  add_to_collection("iterators", resource_);
}

Iterator Iterator::from_structure(std::vector<DType> output_types, std::vector<Shape> output_shapes,
                                  const std::string& shared_name) {
  graph::AttrMap attrs = element_attrs(output_types, output_shapes);
  attrs.set("container", "");
  attrs.set("shared_name", shared_name);
  Output resource;
  {
    const OnCpu on_cpu;
    resource = client::apply_op("IteratorV2", "", {}, std::move(attrs));
  }
  return Iterator(resource, std::nullopt, std::move(output_types), std::move(output_shapes));
}

Iterator Iterator::from_string_handle(const TensorLike& string_handle, std::vector<DType> output_types,
                                      std::vector<Shape> output_shapes) {
  const Output handle = client::convert(string_handle, DType::kString, "");
  Output resource;
  {
    const OnCpu on_cpu;
    resource = client::apply_op("IteratorFromStringHandleV2", "", {handle}, element_attrs(output_types, output_shapes));
  }
  return Iterator(resource, std::nullopt, std::move(output_types), std::move(output_shapes));
}

const Operation& Iterator::initializer() const {
  if (!initializer_) throw ValueError("Iterator does not have an initializer.");
  return *initializer_;
}

Operation Iterator::make_initializer(const Dataset& dataset, const std::string& name) const {
  if (dataset.output_types() != types_) throw TypeError("The dataset has elements of other types than the iterator.");
  for (size_t i = 0; i < shapes_.size(); ++i) {
    if (shapes_[i].compatible_with(dataset.output_shapes()[i])) continue;
    throw TypeError(fmt::format("Component {} of the dataset has shape {}, that of the iterator {}", i,
                                dataset.output_shapes()[i].str(), shapes_[i].str()));
  }
  std::string full_name;
  {
    const name_scope scope(name.empty() ? "make_initializer" : name);
    full_name = scope.name();
  }
  const colocate_with with_resource(resource_);
  return Operation(client::make_op("MakeIterator", full_name, {dataset.variant_tensor(), resource_}));
}

std::vector<Output> Iterator::get_next(const std::string& name) const {
  return client::all_outputs(client::make_op("IteratorGetNext", name, {resource_}, element_attrs(types_, shapes_)));
}

}  // namespace reflow
