// Resource variables: the handle, reading, assigning, counting. A read shares the variable's memory; a writer makes its
// own copy where someone still holds what was read.

#include <memory>
#include <mutex>
#include <string>

#include "reflow/op/indices.h"
#include "reflow/op/op.h"
#include "reflow/op/parts.h"
#include "reflow/op/private_name.h"
#include "reflow/op/resource_handle.h"
#include "reflow/op/variable.h"
#include "reflow/op/wrapping.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// The handle carries the variable itself, so that the ops that use it look up no name. A variable without a value counts
// as one that doesn't exist.
class VarHandle : public Kernel {
 public:
  explicit VarHandle(KernelInit& c) {
    if (c.device() == nullptr) {
      c.fail(internal_error("Variable '{}' needs a device", c.node().name()));
      return;
    }
    ResourceName where{c.attr_or<std::string>("container", ""), c.attr_or<std::string>("shared_name", "")};
    if (where.container.empty()) where.container = c.device()->resources().default_container();
    const DType type = c.attr<DType>("dtype");
    if (where.name == kAnonymousName) {
      make_anonymous_ = [where, type, device = c.device()] {
        return Tensor::scalar(make_resource_handle<Variable>(*device, where, std::make_shared<Variable>(type)));
      };
      return;
    }
    auto found = c.device()->resources().lookup_or_create<Variable>(
        where.container, where.name,
        [&]() -> StatusOr<std::shared_ptr<Variable>> { return std::make_shared<Variable>(type); });
    if (!found.ok()) {
      c.fail(found.status());
      return;
    }
    handle_ = Tensor::scalar(make_resource_handle<Variable>(*c.device(), where, *std::move(found)));
  }

  Status compute(KernelContext& c) override {
    c.set_output(0, make_anonymous_ ? make_anonymous_() : handle_);
    return OkStatus();
  }

 private:
  Tensor handle_;
  std::function<Tensor()> make_anonymous_;
};

REFLOW_OP("VarHandleOp")
    .output("resource: resource")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .attr("dtype: type")
    .attr("shape: shape")
    .stateful()
    .doc("A handle to the resource variable `shared_name` of `container`, of which reads are values.")
    .shape(scalar_shape)
    .kernel<VarHandle>(kCpu)
    .sets_outputs();

class ReadVariable : public Kernel {
 public:
  explicit ReadVariable(KernelInit& c) : dtype_(c.attr<DType>("dtype")) {}

  Status compute(KernelContext& c) override {
    auto found = resource_variable(c, 0);
    if (!found.ok()) [[unlikely]] return not_readable(c);
    Variable& variable = **found;
    {
      std::lock_guard lock(variable.mutex);
      if (variable.tensor.valid() && variable.tensor.dtype() == dtype_) [[likely]] {
        c.set_output(0, variable.tensor);
        return OkStatus();
      }
    }
    if (!variable.tensor.valid()) return not_readable(c);
    return invalid_argument("Trying to read variable with wrong dtype. Expected {} got {}", dtype_spec_name(dtype_),
                            dtype_spec_name(variable.tensor.dtype()));
  }

 private:
  static Status not_readable(KernelContext& c) {
    if (c.input(0).num_elements() == 0) return invalid_argument("Input 0 is not a resource handle");
    const ResourceHandle& handle = c.input(0).item<ResourceHandle>();
    return failed_precondition(
        "Error while reading resource variable {} from Container: {}. This could mean that the variable was "
        "uninitialized. Not found: {}",
        handle.name, handle.container, message_of(variable_not_found_error(c, 0)));
  }

  DType dtype_;
};

Status read_shape(ShapeContext& c) {
  Shape shape;
  RETURN_IF_ERROR(handle_shape(c, 0, c.attr_or("dtype", DType::kInvalid), &shape));
  c.set_output(0, std::move(shape));
  return OkStatus();
}

REFLOW_OP("ReadVariableOp")
    .input("resource: resource")
    .output("value: dtype")
    .attr("dtype: type")
    .stateful()
    .doc("The value of the variable at this moment: later assignments don't change it.")
    .shape(read_shape)
    .kernel<ReadVariable>(kCpu)
    .sets_outputs()
    .gradient([](GradContext& g) { g.dx(0) = g.dy_gradient(0); });

class AssignVariable : public Kernel {
 public:
  explicit AssignVariable(KernelInit& c) : dtype_(c.attr<DType>("dtype")) {
    int readers = 0;
    const Endpoint source = c.node().input(1);
    for (const Consumer& consumer : source.node->consumers()) readers += consumer.output == source.index;
    may_keep_value_ = readers == 1;
  }

  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(Variable * variable, resource_variable(c, 0));
    const Tensor& value = c.input(1);
    std::lock_guard lock(variable->mutex);
    if (variable->dtype != dtype_) {
      return invalid_argument("Trying to assign variable with wrong dtype. Expected {} got {}",
                              dtype_name(variable->dtype), dtype_name(dtype_));
    }
    Tensor& old = variable->tensor;
    if (!old.valid()) note_first_value(c, 0);
    if (old.valid() && old.owns_alone() && is_plain(dtype_) && old.shape() == value.shape()) {
      std::memcpy(old.raw_data(), value.raw_data(), static_cast<size_t>(value.size_bytes()));
    } else if (may_keep_value_ && fills_own_buffer(value)) {
      old = value;
    } else {
      old = value.copy();
    }
    return OkStatus();
  }

 private:
  DType dtype_;
  bool may_keep_value_;
};

Status assign_shape(ShapeContext& c) {
  if (c.concrete()) return OkStatus();
  Shape variable, merged;
  RETURN_IF_ERROR(handle_shape(c, 0, c.attr_or("dtype", DType::kInvalid), &variable));
  return c.merge(variable, c.input(1), &merged);
}

REFLOW_OP("AssignVariableOp")
    .input("resource: resource")
    .input("value: dtype")
    .attr("dtype: type")
    .stateful()
    .doc("Gives the variable the value `value`.")
    .shape(assign_shape)
    .kernel<AssignVariable>(kCpu);

template <typename T, int kSign>
class UpdateVariable : public Kernel {
 public:
  explicit UpdateVariable(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(Variable * variable, initialized_resource_variable(c, 0));
    std::lock_guard lock(variable->mutex);
    Tensor& old = variable->tensor;
    const Tensor& value = c.input(1);
    if (old.dtype() != value.dtype()) {
      return invalid_argument("Trying to update variable with wrong dtype. Expected {} got {}", dtype_name(old.dtype()),
                              dtype_name(value.dtype()));
    }
    if (!(old.shape() == value.shape())) {
      return invalid_argument("Cannot update variable with shape {} using a Tensor with shape {}, shapes must be equal.",
                              old.shape().str(), value.shape().str());
    }
    if (old.owns_alone()) {
      update(c, old, old, value);
      return OkStatus();
    }
    ASSIGN_OR_RETURN(Tensor fresh, allocate_tensor(old.dtype(), old.shape()));
    update(c, fresh, old, value);
    old = std::move(fresh);
    return OkStatus();
  }

 private:
  static void update(KernelContext& c, Tensor& to, const Tensor& from, const Tensor& value) {
    T* z = to.data<T>();
    const T *x = from.data<T>(), *y = value.data<T>();
    c.pool().parallel_for(to.num_elements(), 0.3 * sizeof(T) / 4, [=](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) z[i] = kSign > 0 ? wrapping_sum(x[i], y[i]) : wrapping_difference(x[i], y[i]);
    });
  }
};

template <typename T>
using AddToVariable = UpdateVariable<T, 1>;
template <typename T>
using SubtractFromVariable = UpdateVariable<T, -1>;

REFLOW_OP("AssignAddVariableOp")
    .input("resource: resource")
    .input("value: dtype")
    .attr("dtype: type")
    .stateful()
    .doc("Adds `value` to the variable.")
    .shape(assign_shape)
    .kernel<AddToVariable>(kCpu, kNumberTypes, "dtype");

REFLOW_OP("AssignSubVariableOp")
    .input("resource: resource")
    .input("value: dtype")
    .attr("dtype: type")
    .stateful()
    .doc("Subtracts `value` from the variable.")
    .shape(assign_shape)
    .kernel<SubtractFromVariable>(kCpu, kNumberTypes, "dtype");

class VarIsInitialized : public Kernel {
 public:
  explicit VarIsInitialized(KernelInit&) {}
  Status compute(KernelContext& c) override {
    auto found = resource_variable(c, 0);
    *c.output(0).data<bool>() = found.ok() && (*found)->tensor.valid();
    return OkStatus();
  }
};

REFLOW_OP("VarIsInitializedOp")
    .input("resource: resource")
    .output("is_initialized: bool")
    .stateful()
    .doc("Tells whether the variable has a value.")
    .shape(scalar_shape)
    .kernel<VarIsInitialized>(kCpu)
    .not_differentiable();

class VariableShape : public Kernel {
 public:
  explicit VariableShape(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(Variable * variable, initialized_resource_variable(c, 0));
    std::lock_guard lock(variable->mutex);
    const Shape& shape = variable->tensor.shape();
    RETURN_IF_ERROR(c.allocate_output(0, Shape{shape.rank()}));
    for (int d = 0; d < shape.rank(); ++d) put_int(c.output(0), d, shape.dim(d));
    return OkStatus();
  }
};

Status variable_shape_shape(ShapeContext& c) {
  const Shape shape = handle_data(c, 0).shape;
  c.set_output(0, shape.known_rank() ? Shape{shape.rank()} : Shape::unknown_of_rank(1));
  return OkStatus();
}

REFLOW_OP("VariableShape")
    .input("input: resource")
    .output("output: out_type")
    .attr("out_type: {int32, int64} = DT_INT32")
    .stateful()
    .doc("The shape of the variable's value.")
    .shape(variable_shape_shape)
    .kernel<VariableShape>(kCpu)
    .sets_outputs()
    .not_differentiable();

class DestroyResource : public Kernel {
 public:
  explicit DestroyResource(KernelInit& c) : ignore_(c.attr<bool>("ignore_lookup_error")) {}
  Status compute(KernelContext& c) override {
    auto found = resource_variable(c, 0);
    if (!found.ok() || !(*found)->tensor.valid()) return ignore_ ? OkStatus() : variable_not_found_error(c, 0);
    std::lock_guard lock((*found)->mutex);
    (*found)->tensor = Tensor();
    return OkStatus();
  }

 private:
  bool ignore_;
};

REFLOW_OP("DestroyResourceOp")
    .input("resource: resource")
    .attr("ignore_lookup_error: bool = true")
    .stateful()
    .doc("Forgets the resource behind the handle. NotFound when there is none, unless that is to be ignored.")
    .shape(no_outputs)
    .kernel<DestroyResource>(kCpu);

template <typename T>
class ResourceCountUpTo : public Kernel {
 public:
  explicit ResourceCountUpTo(KernelInit& c) : limit_(static_cast<T>(c.attr<int64_t>("limit"))) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(Variable * variable, initialized_resource_variable(c, 0));
    std::lock_guard lock(variable->mutex);
    if (variable->tensor.rank() != 0 || variable->tensor.dtype() != dtype_of<T>) {
      return invalid_argument("input is not a scalar: {}", variable->tensor.shape().str());
    }
    const T before = variable->tensor.item<T>();
    if (before >= limit_) return out_of_range("Reached limit of {}", limit_);
    make_writable(*variable);
    *variable->tensor.data<T>() = before + 1;
    *c.output(0).data<T>() = before;
    return OkStatus();
  }

 private:
  T limit_;
};

Status resource_count_shape(ShapeContext& c) {
  c.set_output(0, Shape{});
  Shape shape, scalar;
  RETURN_IF_ERROR(handle_shape(c, 0, c.attr_or("T", DType::kInvalid), &shape));
  return c.concrete() ? OkStatus() : c.with_rank(shape, 0, &scalar);
}

REFLOW_OP("ResourceCountUpTo")
    .input("resource: resource")
    .output("output: T")
    .attr("limit: int")
    .attr("T: {int32, int64}")
    .stateful()
    .doc("Adds 1 to the variable and gives the value before that. OutOfRange when that is `limit` already.")
    .shape(resource_count_shape)
    .kernel<ResourceCountUpTo>(kCpu, kIndexTypes);

}  // namespace
}  // namespace reflow::ops
