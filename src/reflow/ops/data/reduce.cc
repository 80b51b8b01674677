// A dataset as one element: DatasetToSingleElement, ReduceDataset, and how many elements it has.

#include "reflow/data/dataset_op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

Status put(KernelContext& c, Element element) {
  if (static_cast<int>(element.size()) != c.num_outputs()) {
    return invalid_argument("The element has {} components, where {} are expected", element.size(), c.num_outputs());
  }
  for (int i = 0; i < c.num_outputs(); ++i) {
    if (element[i].dtype() != c.node().output_type(i)) {
      return invalid_argument("Data type mismatch at component {}: expected {} but got {}.", i,
                              dtype_spec_name(c.node().output_type(i)), dtype_spec_name(element[i].dtype()));
    }
    c.set_output(i, std::move(element[i]));
  }
  return OkStatus();
}

class ToSingleElement : public Kernel, public CallsUnnamedFunctions {
 public:
  explicit ToSingleElement(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const DatasetRef dataset, dataset_of(c.input(0)));
    IteratorContext context(c.env(), std::make_shared<Iteration>(c.env()));
    int64_t count = 0;
    Element only;
    RETURN_IF_ERROR(for_each(context, *dataset, [&](Element element, bool* stop) {
      *stop = ++count == 2;
      only = std::move(element);
      return OkStatus();
    }));
    if (count == 0) return invalid_argument("Dataset was empty.");
    if (count > 1) return invalid_argument("Dataset had more than one element.");
    return put(c, std::move(only));
  }
};

class Reduce : public Kernel, public CallsUnnamedFunctions {
 public:
  explicit Reduce(KernelInit& c)
      : function_(c, "f"), num_state_(static_cast<int>(c.attr<std::vector<DType>>("Tstate").size())) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const DatasetRef dataset, dataset_of(c.input(0)));
    IteratorContext context(c.env(), std::make_shared<Iteration>(c.env()));
    ASSIGN_OR_RETURN(const CapturedFunction::Instance function,
                     function_.with_captured(c, 1 + num_state_).instantiate(context));
    Element state;
    for (int i = 0; i < num_state_; ++i) state.push_back(c.input(1 + i));
    RETURN_IF_ERROR(for_each(context, *dataset, [&](Element element, bool* stop) -> Status {
      Element arguments = std::move(state);
      for (Tensor& component : element) arguments.push_back(std::move(component));
      auto reduced = function.call(context, std::move(arguments));
      if (!reduced.ok()) {
        *stop = true;
        return reduced.status();
      }
      state = *std::move(reduced);
      return context.check();
    }));
    return put(c, std::move(state));
  }

 private:
  const FunctionAttr function_;
  const int num_state_;
};

class Cardinality : public Kernel {
 public:
  explicit Cardinality(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const DatasetRef dataset, dataset_of(c.input(0)));
    *c.output(0).data<int64_t>() = dataset->cardinality();
    return OkStatus();
  }
};

Status components_shape(ShapeContext& c) {
  ASSIGN_OR_RETURN(const auto shapes, c.attr<std::vector<Shape>>("output_shapes"));
  if (static_cast<int>(shapes.size()) != c.num_outputs()) {
    return invalid_argument("`output_shapes` must be the same length as `output_types` ({} vs. {})", shapes.size(),
                            c.num_outputs());
  }
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, c.concrete() ? Shape::unknown() : shapes[i]);
  return OkStatus();
}

REFLOW_OP("DatasetToSingleElement")
    .input("dataset: variant")
    .output("components: output_types") REFLOW_ELEMENT_ATTRS
    .stateful()
    .doc("The only element of the dataset.")
    .shape(components_shape)
    .kernel<ToSingleElement>(kCpu)
    .blocking()
    .sets_outputs();

REFLOW_OP("ReduceDataset")
    .input("input_dataset: variant")
    .input("initial_state: Tstate")
    .input("other_arguments: Targuments")
    .output("components: output_types")
    .attr("f: func")
    .attr("Tstate: list(type) >= 1")
    .attr("Targuments: list(type) >= 0") REFLOW_ELEMENT_ATTRS
    .attr("use_inter_op_parallelism: bool = true")
    .stateful()
    .doc("The state after `f`, a function of a state and an element, of all elements. It begins with `initial_state`.")
    .shape(components_shape)
    .kernel<Reduce>(kCpu)
    .blocking()
    .sets_outputs()
    .not_differentiable();

OpBuilder cardinality_op(std::string_view name) {
  return OpBuilder(name)
      .input("input_dataset: variant")
      .output("cardinality: int64")
      .doc("How many elements the dataset has; -1: without end, -2: not known.")
      .shape(scalar_shape)
      .kernel<Cardinality>(kCpu);
}
const OpRegistrar cardinality(cardinality_op("DatasetCardinality"));
const OpRegistrar experimental_cardinality(cardinality_op("ExperimentalDatasetCardinality"));

}  // namespace
}  // namespace reflow::ops
