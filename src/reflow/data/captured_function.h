#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/data/dataset.h"
#include "reflow/graph/attr_value.h"

namespace reflow::data {

// A function of a dataset's elements with the tensors that it captures: an attribute of type func and the inputs that go
// with it. A value.
class CapturedFunction {
 public:
  CapturedFunction() = default;
  CapturedFunction(graph::NameAttrList function, std::vector<Tensor> captured)
      : function_(std::move(function)), captured_(std::make_shared<std::vector<Tensor>>(std::move(captured))) {}

  // One that can be called in the iteration of `c`. NotFound: there is no such function.
  class Instance;
  StatusOr<Instance> instantiate(IteratorContext& c) const;
  const std::string& name() const { return function_.name; }

 private:
  graph::NameAttrList function_;
  std::shared_ptr<const std::vector<Tensor>> captured_;
};

class CapturedFunction::Instance {
 public:
  Instance() = default;
  // Calls it with `arguments` and what it captures. Errors begin with "{{function_node NAME}} ". Any thread.
  StatusOr<Element> call(IteratorContext& c, Element arguments) const;
  // The same where the result has to be a scalar bool. InvalidArgument: it is none.
  StatusOr<bool> test(IteratorContext& c, Element arguments) const;
  // The same where the result has to be a dataset.
  StatusOr<DatasetRef> call_for_dataset(IteratorContext& c, Element arguments) const;

 private:
  friend class CapturedFunction;
  op::FunctionRunner::Handle handle_ = -1;
  std::string name_;
  std::shared_ptr<const std::vector<Tensor>> captured_;
};

// InvalidArgument: the elements that a function gives are not as the dataset's attributes say.
Status check_types(const Element& element, const ElementSpec& spec);

}  // namespace reflow::data
