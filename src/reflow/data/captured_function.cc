#include "reflow/data/captured_function.h"

namespace reflow::data {

StatusOr<CapturedFunction::Instance> CapturedFunction::instantiate(IteratorContext& c) const {
  static const graph::AttrMap none;
  Instance instance;
  ASSIGN_OR_RETURN(instance.handle_,
                   c.iteration().functions().instantiate(function_.name, function_.attrs ? *function_.attrs : none));
  c.iteration().note(instance.handle_);
  instance.name_ = function_.name;
  instance.captured_ = captured_;
  return instance;
}

StatusOr<Element> CapturedFunction::Instance::call(IteratorContext& c, Element arguments) const {
  arguments.insert(arguments.end(), captured_->begin(), captured_->end());
  auto results = c.iteration().functions().call(handle_, c.env(), std::move(arguments));
  if (results.ok()) return results;
  const std::string_view message = message_of(results.status());
  // A function that is called within another one's dataset has said its name already.
  if (message.starts_with("{{function_node ")) return results;
  return make_status(results.status().code(), fmt::format("{{{{function_node {}}}}} {}", name_, message));
}

StatusOr<bool> CapturedFunction::Instance::test(IteratorContext& c, Element arguments) const {
  ASSIGN_OR_RETURN(const Element result, call(c, std::move(arguments)));
  if (result.size() != 1 || result[0].dtype() != DType::kBool || result[0].num_elements() != 1) {
    return invalid_argument("Filter predicate `f` must return a scalar bool.");
  }
  return result[0].item<bool>();
}

StatusOr<DatasetRef> CapturedFunction::Instance::call_for_dataset(IteratorContext& c, Element arguments) const {
  ASSIGN_OR_RETURN(const Element result, call(c, std::move(arguments)));
  if (result.size() != 1 || result[0].dtype() != DType::kVariant || result[0].rank() != 0) {
    return invalid_argument("Function must return a single scalar of dtype DT_VARIANT.");
  }
  return dataset_of(result[0]);
}

Status check_types(const Element& element, const ElementSpec& spec) {
  if (element.size() != spec.types.size()) {
    return invalid_argument("Number of components does not match: expected {} types but got {}.", spec.types.size(),
                            element.size());
  }
  for (size_t i = 0; i < element.size(); ++i) {
    if (element[i].dtype() == spec.types[i]) continue;
    return invalid_argument("Data type mismatch at component {}: expected {} but got {}.", i,
                            dtype_spec_name(spec.types[i]), dtype_spec_name(element[i].dtype()));
  }
  return OkStatus();
}

}  // namespace reflow::data
