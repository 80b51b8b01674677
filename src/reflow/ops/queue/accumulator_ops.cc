// ConditionalAccumulator and SparseConditionalAccumulator: gradients of several workers added up step by step.

#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>

#include "reflow/op/op.h"
#include "reflow/op/private_name.h"
#include "reflow/op/resource_handle.h"
#include "reflow/ops/queue/accumulator.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// Makes the accumulator, or finds the one of its name, when it runs first.
template <bool kIsSparse, bool kIsResource>
class MakeAccumulator : public Kernel {
 public:
  explicit MakeAccumulator(KernelInit& c)
      : dtype_(c.attr<DType>("dtype")),
        shape_(c.attr<Shape>("shape")),
        container_(c.attr<std::string>("container")),
        name_(c.attr<std::string>("shared_name")),
        reduction_(c.attr<std::string>("reduction_type") == "SUM" ? Accumulator::Reduction::kSum
                                                                  : Accumulator::Reduction::kMean) {
    if (name_.empty()) name_ = private_resource_name(c.node().name());
  }

  Status compute(KernelContext& c) override {
    const std::lock_guard lock(mutex_);
    if (accumulator_ == nullptr) RETURN_IF_ERROR(find_or_make(c));
    if constexpr (kIsResource) {
      c.set_output(0, handle_);
    } else {
      c.set_output_ref(0, &reference_);
    }
    return OkStatus();
  }

 private:
  Status find_or_make(KernelContext& c) {
    const std::string container = container_.empty() ? c.resources().default_container() : container_;
    ASSIGN_OR_RETURN(accumulator_,
                     c.resources().lookup_or_create<Accumulator>(
                         container, name_, [this]() -> StatusOr<std::shared_ptr<Accumulator>> {
                           return std::make_shared<Accumulator>(dtype_, shape_, reduction_, kIsSparse);
                         }));
    if (accumulator_->dtype() != dtype_ || accumulator_->is_sparse() != kIsSparse) {
      const Status status = invalid_argument("Shared accumulator '{}' has another type", name_);
      accumulator_ = nullptr;
      return status;
    }
    ResourceHandle handle;
    handle.device = c.env().device->name();
    handle.container = container;
    handle.name = name_;
    handle.type_name = Accumulator::kTypeName;
    handle.resource = accumulator_;
    handle_ = Tensor::scalar(std::move(handle));
    reference_.tensor = Tensor::vector<std::string>({container, name_});
    return OkStatus();
  }

  DType dtype_;
  Shape shape_;
  std::string container_, name_;
  Accumulator::Reduction reduction_;
  std::mutex mutex_;
  std::shared_ptr<Accumulator> accumulator_;
  Tensor handle_;
  Variable reference_{DType::kString};
};

// The accumulator behind input 0: a resource handle, or a reference to its container and name.
StatusOr<std::shared_ptr<Accumulator>> accumulator_of(KernelContext& c) {
  const Tensor& handle = c.input(0);
  if (handle.dtype() == DType::kString && handle.num_elements() != 2) {
    return invalid_argument("Accumulator handle must have two elements; had shape: {}", handle.shape().str());
  }
  return resource_at<Accumulator>(c, 0);
}

Status read_scalar(const Tensor& t, std::string_view name, int64_t* value) {
  if (t.rank() != 0) return invalid_argument("Argument {} must be scalar, but had bad shape {}", name, t.shape().str());
  *value = t.dtype() == DType::kInt32 ? t.item<int32_t>() : t.item<int64_t>();
  return OkStatus();
}

// The accumulator of the wanted kind for gradients of `dtype`.
Status check_kind(const Accumulator& accumulator, DType dtype, bool is_sparse) {
  if (accumulator.is_sparse() != is_sparse) {
    return invalid_argument("The accumulator takes {} gradients", accumulator.is_sparse() ? "sparse" : "dense");
  }
  if (accumulator.dtype() != dtype) {
    return invalid_argument("Mismatched data types: expected {}, got {}", dtype_spec_name(accumulator.dtype()),
                            dtype_spec_name(dtype));
  }
  return OkStatus();
}

class ApplyGradient : public Kernel {
 public:
  explicit ApplyGradient(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<Accumulator> accumulator, accumulator_of(c));
    int64_t step;
    RETURN_IF_ERROR(read_scalar(c.input(1), "local_step", &step));
    RETURN_IF_ERROR(check_kind(*accumulator, c.input(2).dtype(), false));
    return accumulator->apply(step, c.input(2));
  }
};

class ApplySparseGradient : public Kernel {
 public:
  explicit ApplySparseGradient(KernelInit& c) : has_shape_(c.attr<bool>("has_known_shape")) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<Accumulator> accumulator, accumulator_of(c));
    int64_t step;
    RETURN_IF_ERROR(read_scalar(c.input(1), "local_step", &step));
    RETURN_IF_ERROR(check_kind(*accumulator, c.input(3).dtype(), true));
    return accumulator->apply_sparse(step, c.input(2), c.input(3), c.input(4), has_shape_);
  }

 private:
  bool has_shape_;
};

template <bool kIsSparse>
class TakeGradient : public Kernel {
 public:
  explicit TakeGradient(KernelInit& c) : dtype_(c.attr<DType>("dtype")) {}
  bool is_async() const override { return true; }
  Status compute(KernelContext& c) override {
    std::promise<Status> result;
    compute_async(c, [&result](Status status) { result.set_value(std::move(status)); });
    return result.get_future().get();
  }
  void compute_async(KernelContext& c, std::function<void(Status)> done) override {
    int64_t num_required = 0;
    auto accumulator = accumulator_of(c);
    Status status = accumulator.ok() ? read_scalar(c.input(1), "num_required", &num_required) : accumulator.status();
    if (status.ok() && num_required <= 0) {
      status = invalid_argument("Argument num_required must be positive, but was {}", num_required);
    }
    if (status.ok()) status = check_kind(**accumulator, dtype_, kIsSparse);
    if (!status.ok()) return done(status);
    // Whoever waits keeps the accumulator.
    const std::shared_ptr<Accumulator> kept = *accumulator;
    kept->take(c, static_cast<int32_t>(num_required), [kept, done = std::move(done)](Status s) { done(std::move(s)); });
  }

 private:
  DType dtype_;
};

class NumAccumulated : public Kernel {
 public:
  explicit NumAccumulated(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<Accumulator> accumulator, accumulator_of(c));
    *c.output(0).data<int32_t>() = accumulator->num_accumulated();
    return OkStatus();
  }
};

class SetGlobalStep : public Kernel {
 public:
  explicit SetGlobalStep(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<Accumulator> accumulator, accumulator_of(c));
    int64_t step;
    RETURN_IF_ERROR(read_scalar(c.input(1), "num_required", &step));  // as TensorFlow names it here
    accumulator->set_global_step(step);
    return OkStatus();
  }
};

Status reference_shape(ShapeContext& c) {
  c.set_output(0, Shape{2});
  return OkStatus();
}

// The second input is a scalar.
Status scalar_argument_shape(ShapeContext& c) {
  Shape scalar;
  if (!c.concrete()) RETURN_IF_ERROR(c.with_rank(c.input(1), 0, &scalar));
  return OkStatus();
}

// What is taken has a shape that only the accumulator knows.
Status taken_shape(ShapeContext& c) {
  RETURN_IF_ERROR(scalar_argument_shape(c));
  return unknown_shape(c);
}

constexpr Types<Half, float, double> kGradientTypes{};
using Dense = MakeAccumulator<false, false>;
using DenseResource = MakeAccumulator<false, true>;
using Sparse = MakeAccumulator<true, false>;

Status two_elements(ShapeContext& c) {
  c.set_output(0, Shape{2});
  return OkStatus();
}

REFLOW_OP("ConditionalAccumulator")
    .output("handle: Ref(string)")
    .attr("dtype: numbertype")
    .attr("shape: shape")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .attr("reduction_type: {'MEAN', 'SUM'} = 'MEAN'")
    .stateful()
    .doc("Adds gradients up until enough have come; a reference to its container and name. The mean or sum is taken by "
         "AccumulatorTakeGradient.")
    .shape(reference_shape)
    .kernel_for<Dense>(kCpu, kGradientTypes, "dtype")
    .sets_outputs();

REFLOW_OP("AccumulatorApplyGradient")
    .input("handle: Ref(string)")
    .input("local_step: int64")
    .input("gradient: dtype")
    .attr("dtype: numbertype")
    .doc("Adds `gradient` to the accumulator, unless `local_step` is before the accumulator's step.")
    .shape(scalar_argument_shape)
    .kernel_for<ApplyGradient>(kCpu, kGradientTypes, "dtype");

REFLOW_OP("AccumulatorNumAccumulated")
    .input("handle: Ref(string)")
    .output("num_accumulated: int32")
    .doc("How many gradients the accumulator has added up in this step.")
    .shape(scalar_shape)
    .kernel<NumAccumulated>(kCpu);

REFLOW_OP("AccumulatorSetGlobalStep")
    .input("handle: Ref(string)")
    .input("new_global_step: int64")
    .doc("Sets the accumulator's step, which never goes back.")
    .shape(scalar_argument_shape)
    .kernel<SetGlobalStep>(kCpu);

REFLOW_OP("AccumulatorTakeGradient")
    .input("handle: Ref(string)")
    .input("num_required: int32")
    .output("average: dtype")
    .attr("dtype: numbertype")
    .doc("Waits until `num_required` gradients have come, gives their mean or sum and begins the next step.")
    .shape(taken_shape)
    .kernel_for<TakeGradient<false>>(kCpu, kGradientTypes, "dtype")
    .sets_outputs()
    .blocking();

REFLOW_OP("ResourceConditionalAccumulator")
    .output("handle: resource")
    .attr("dtype: numbertype")
    .attr("shape: shape")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .attr("reduction_type: {'MEAN', 'SUM'} = 'MEAN'")
    .stateful()
    .doc("Adds gradients up until enough have come; a handle.")
    .shape(two_elements)  // as in TensorFlow, although the handle is a scalar
    .kernel_for<DenseResource>(kCpu, kGradientTypes, "dtype")
    .sets_outputs();

REFLOW_OP("ResourceAccumulatorApplyGradient")
    .input("handle: resource")
    .input("local_step: int64")
    .input("gradient: dtype")
    .attr("dtype: numbertype")
    .stateful()
    .doc("Adds `gradient` to the accumulator, unless `local_step` is before the accumulator's step.")
    .shape(scalar_argument_shape)
    .kernel_for<ApplyGradient>(kCpu, kGradientTypes, "dtype");

REFLOW_OP("ResourceAccumulatorNumAccumulated")
    .input("handle: resource")
    .output("num_accumulated: int32")
    .stateful()
    .doc("How many gradients the accumulator has added up in this step.")
    .shape(scalar_shape)
    .kernel<NumAccumulated>(kCpu);

REFLOW_OP("ResourceAccumulatorSetGlobalStep")
    .input("handle: resource")
    .input("new_global_step: int64")
    .stateful()
    .doc("Sets the accumulator's step, which never goes back.")
    .shape(scalar_argument_shape)
    .kernel<SetGlobalStep>(kCpu);

REFLOW_OP("ResourceAccumulatorTakeGradient")
    .input("handle: resource")
    .input("num_required: int32")
    .output("average: dtype")
    .attr("dtype: numbertype")
    .stateful()
    .doc("Waits until `num_required` gradients have come, gives their mean or sum and begins the next step.")
    .shape(taken_shape)
    .kernel_for<TakeGradient<false>>(kCpu, kGradientTypes, "dtype")
    .sets_outputs()
    .blocking();

REFLOW_OP("SparseConditionalAccumulator")
    .output("handle: Ref(string)")
    .attr("dtype: numbertype")
    .attr("shape: shape")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .attr("reduction_type: {'MEAN', 'SUM'} = 'MEAN'")
    .stateful()
    .doc("Adds sparse gradients up, row by row, until enough have come; a reference to its container and name.")
    .shape(reference_shape)
    .kernel_for<Sparse>(kCpu, kGradientTypes, "dtype")
    .sets_outputs();

REFLOW_OP("SparseAccumulatorApplyGradient")
    .input("handle: Ref(string)")
    .input("local_step: int64")
    .input("gradient_indices: int64")
    .input("gradient_values: dtype")
    .input("gradient_shape: int64")
    .attr("dtype: numbertype")
    .attr("has_known_shape: bool")
    .doc("Adds the rows `gradient_values` with the numbers `gradient_indices` to the accumulator, unless `local_step` is "
         "before the accumulator's step.")
    .shape(scalar_argument_shape)
    .kernel_for<ApplySparseGradient>(kCpu, kGradientTypes, "dtype");

REFLOW_OP("SparseAccumulatorTakeGradient")
    .input("handle: Ref(string)")
    .input("num_required: int32")
    .output("indices: int64")
    .output("values: dtype")
    .output("shape: int64")
    .attr("dtype: numbertype")
    .doc("Waits until `num_required` gradients have come and begins the next step; gives the rows with their numbers, the "
         "mean of each over the gradients that had it, or the sum.")
    .shape(taken_shape)
    .kernel_for<TakeGradient<true>>(kCpu, kGradientTypes, "dtype")
    .sets_outputs()
    .blocking();

}  // namespace
}  // namespace reflow::ops
