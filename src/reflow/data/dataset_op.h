#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reflow/data/captured_function.h"
#include "reflow/data/dataset.h"
#include "reflow/op/op.h"

namespace reflow::data {

// A kernel that makes a dataset of its inputs.
class DatasetKernel : public op::Kernel {
 public:
  // Takes `output_types` (or `Toutput_types`) and `output_shapes` where the node has them.
  explicit DatasetKernel(op::KernelInit& c);
  Status compute(op::KernelContext& c) final;

 protected:
  virtual StatusOr<DatasetRef> make(op::KernelContext& c) = 0;
  const ElementSpec& spec() const { return spec_; }

 private:
  ElementSpec spec_;
};

// A kernel of a Transformation D with D::make(KernelContext&, ElementSpec, DatasetRef input), of type
// StatusOr<DatasetRef>.
template <typename D>
class TransformationKernel : public DatasetKernel {
 public:
  using DatasetKernel::DatasetKernel;

 protected:
  StatusOr<DatasetRef> make(op::KernelContext& c) override {
    ASSIGN_OR_RETURN(DatasetRef input, dataset_of(c.input(0)));
    return D::make(c, spec(), std::move(input));
  }
};

// The functions of a dataset op: attributes, each with the inputs that it captures.
class FunctionAttr {
 public:
  // `types`: the attribute that lists the types of the captured inputs.
  FunctionAttr(op::KernelInit& c, std::string_view function, std::string_view types = "Targuments");
  int num_captured() const { return num_captured_; }
  // With the inputs from `first` on.
  CapturedFunction with_captured(op::KernelContext& c, int first) const;

 private:
  graph::NameAttrList function_;
  int num_captured_;
};

// Input i, called `name`, as a scalar. InvalidArgument: "{name} must be a scalar".
template <typename T>
StatusOr<T> scalar_input(op::KernelContext& c, int i, std::string_view name) {
  const Tensor& input = c.input(i);
  if (input.rank() != 0 || input.dtype() != dtype_of<T>) return invalid_argument("{} must be a scalar", name);
  return input.item<T>();
}
// Input i as a vector. InvalidArgument: "{name} must be a vector".
template <typename T>
StatusOr<std::vector<T>> vector_input(op::KernelContext& c, int i, std::string_view name) {
  const Tensor& input = c.input(i);
  if (input.rank() != 1 || input.dtype() != dtype_of<T>) return invalid_argument("{} must be a vector", name);
  return std::vector<T>(input.flat<T>().begin(), input.flat<T>().end());
}

// A dataset is a scalar; its op's plain inputs are scalars but for those that are known to be vectors.
Status dataset_shape(graph::ShapeContext& c);

// The beginning of a dataset op's definition; attributes and kernel follow.
op::OpBuilder dataset_op(std::string_view name);

}  // namespace reflow::data

// The attributes that say what the elements are.
#define REFLOW_ELEMENT_ATTRS .attr("output_types: list(type) >= 1").attr("output_shapes: list(shape) >= 1")
