// Optionals: values that may not be there, and the next element of an iterator as one.

#include "reflow/data/dataset_op.h"
#include "reflow/data/iterator_resource.h"
#include "reflow/op/resource_handle.h"
#include "reflow/op/variant_ops.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

constexpr char kTypeName[] = "tensorflow::data::Optional";

struct Optional {
  bool has_value = false;
  Element value;
};

Variant variant_of(Optional optional) { return Variant::of(kTypeName, std::move(optional)); }
Tensor tensor_of(Optional optional) { return Tensor::scalar(variant_of(std::move(optional))); }

StatusOr<const Optional*> optional_at(KernelContext& c, int i) {
  const Tensor& input = c.input(i);
  const Optional* optional = input.rank() == 0 && input.dtype() == DType::kVariant ? input.item<Variant>().get<Optional>() : nullptr;
  if (optional == nullptr) return invalid_argument("Input is not an optional.");
  return optional;
}

StatusOr<Variant> zeros(const Variant& x) {
  Optional result = *x.get<Optional>();
  for (Tensor& component : result.value) {
    ASSIGN_OR_RETURN(component, zeros_like(component));
  }
  return variant_of(std::move(result));
}

StatusOr<Variant> add(const Variant& a, const Variant& b) {
  const Optional &x = *a.get<Optional>(), &y = *b.get<Optional>();
  if (x.has_value != y.has_value) {
    return invalid_argument("Cannot add optionals because one has a value and the other doesn't.");
  }
  if (x.value.size() != y.value.size()) {
    return invalid_argument("Cannot add optionals with a different number of components: {} and {}", x.value.size(), y.value.size());
  }
  Optional result{x.has_value, {}};
  for (size_t i = 0; i < x.value.size(); ++i) {
    ASSIGN_OR_RETURN(Tensor component, sum(x.value[i], y.value[i]));
    result.value.push_back(std::move(component));
  }
  return variant_of(std::move(result));
}

const VariantRegistrar optional_arithmetic(kTypeName, {zeros, add});

class None : public Kernel {
 public:
  explicit None(KernelInit&) {}
  Status compute(KernelContext& c) override {
    c.set_output(0, tensor_of(Optional()));
    return OkStatus();
  }
};

class FromValue : public Kernel {
 public:
  explicit FromValue(KernelInit&) {}
  Status compute(KernelContext& c) override {
    Optional optional{true, {}};
    for (int i = 0; i < c.num_inputs(); ++i) optional.value.push_back(c.input(i).retained());
    c.set_output(0, tensor_of(std::move(optional)));
    return OkStatus();
  }
};

class HasValue : public Kernel {
 public:
  explicit HasValue(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const Optional* const optional, optional_at(c, 0));
    *c.output(0).data<bool>() = optional->has_value;
    return OkStatus();
  }
};

class GetValue : public Kernel {
 public:
  explicit GetValue(KernelInit& c)
      : spec_{c.attr<std::vector<DType>>("output_types"), c.attr<std::vector<Shape>>("output_shapes")} {
    if (c.status().ok() && spec_.types.size() != spec_.shapes.size()) {
      c.fail(invalid_argument("output_types and output_shapes must be same length, got:\noutput_types: {}\noutput_shapes: {}",
                              spec_.types.size(), spec_.shapes.size()));
    }
  }
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const Optional* const optional, optional_at(c, 0));
    if (!optional->has_value) return invalid_argument("The given optional does not have a value.");
    RETURN_IF_ERROR(check_types(optional->value, spec_));
    for (size_t i = 0; i < optional->value.size(); ++i) {
      const Tensor& component = optional->value[i];
      if (!spec_.shapes[i].compatible_with(component.shape())) {
        return invalid_argument("Given optional component {} did not match the expected shape: expected {} but got {}.", i,
                                spec_.shapes[i].str(), component.shape().str());
      }
      c.set_output(static_cast<int>(i), component);
    }
    return OkStatus();
  }

 private:
  const ElementSpec spec_;
};

class GetNextAsOptional : public Kernel, public CallsUnnamedFunctions {
 public:
  explicit GetNextAsOptional(KernelInit& c)
      : spec_{c.attr<std::vector<DType>>("output_types"), c.attr<std::vector<Shape>>("output_shapes")} {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<IteratorResource> iterator, resource_at<IteratorResource>(c, 0));
    Optional optional;
    bool end = false;
    RETURN_IF_ERROR(iterator->next(c.env(), &optional.value, &end));
    optional.has_value = !end;
    if (!end) RETURN_IF_ERROR(check_types(optional.value, spec_));
    c.set_output(0, tensor_of(std::move(optional)));
    return OkStatus();
  }

 private:
  const ElementSpec spec_;
};

Status value_shape(ShapeContext& c) {
  ASSIGN_OR_RETURN(const auto shapes, c.attr<std::vector<Shape>>("output_shapes"));
  if (static_cast<int>(shapes.size()) != c.num_outputs()) {
    return invalid_argument("`output_shapes` must be the same length as `output_types` ({} vs. {})", shapes.size(),
                            c.num_outputs());
  }
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, c.concrete() ? Shape::unknown() : shapes[i]);
  return OkStatus();
}

REFLOW_OP("OptionalNone")
    .output("optional: variant")
    .doc("An optional without a value.")
    .shape(scalar_shape)
    .kernel<None>(kCpu)
    .sets_outputs();

REFLOW_OP("OptionalFromValue")
    .input("components: Toutput_types")
    .output("optional: variant")
    .attr("Toutput_types: list(type) >= 1")
    .doc("An optional with these components for its value.")
    .shape(scalar_shape)
    .kernel<FromValue>(kCpu)
    .sets_outputs()
    .gradient([](GradContext& g) {
      std::vector<DType> types;
      std::vector<Shape> shapes;
      for (int i = 0; i < g.num_inputs(); ++i) {
        types.push_back(base_type(g.x(i).dtype()));
        shapes.push_back(g.x(i).shape());
      }
      Node* const value = g.ops("OptionalGetValue", {g.dy(0)}, {{"output_types", types}, {"output_shapes", shapes}});
      for (int i = 0; value != nullptr && i < g.num_inputs(); ++i) g.dx(i) = value->output(i);
    });

REFLOW_OP("OptionalHasValue")
    .input("optional: variant")
    .output("has_value: bool")
    .doc("Whether the optional has a value.")
    .shape(scalar_shape)
    .kernel<HasValue>(kCpu);

REFLOW_OP("OptionalGetValue")
    .input("optional: variant")
    .output("components: output_types") REFLOW_ELEMENT_ATTRS
    .doc("The value of the optional, which has to have one.")
    .shape(value_shape)
    .kernel<GetValue>(kCpu)
    .sets_outputs()
    .gradient([](GradContext& g) {
      std::vector<Endpoint> gradients;
      for (int i = 0; i < g.num_outputs(); ++i) gradients.push_back(g.dy(i));
      g.dx(0) = g.op("OptionalFromValue", {OpInput(std::move(gradients))});
    });

REFLOW_OP("IteratorGetNextAsOptional")
    .input("iterator: resource")
    .output("optional: variant") REFLOW_ELEMENT_ATTRS
    .stateful()
    .doc("The next element of the iterator as an optional, which has no value at the end.")
    .shape(scalar_shape)
    .kernel<GetNextAsOptional>(kCpu)
    .sets_outputs();

}  // namespace
}  // namespace reflow::ops
