// Assign, AssignAdd, AssignSub and CountUpTo on ref variables. They write into the variable's memory, which Identity and
// others share: what reads later sees the new value.

#include <mutex>
#include <string>

#include "reflow/op/elements.h"
#include "reflow/op/op.h"
#include "reflow/op/parts.h"
#include "reflow/op/variable.h"
#include "reflow/op/wrapping.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// True when nothing but `node` reads its input i, so that it may keep the memory of it.
bool is_only_reader(const Node& node, int i) {
  const Endpoint source = node.input(i);
  int readers = 0;
  for (const Consumer& consumer : source.node->consumers()) readers += consumer.output == source.index;
  return readers == 1;
}

class Assign : public Kernel {
 public:
  explicit Assign(KernelInit& c)
      : validate_shape_(c.attr<bool>("validate_shape")),
        may_keep_value_(is_only_reader(c.node(), 1)),
        declared_(c.node().input(0).shape()),
        copy_(copy_elements_fn(c.node().input(1).dtype())),
        plain_(is_plain(c.node().input(1).dtype())) {}

  Status compute(KernelContext& c) override {
    Variable& variable = c.ref(0);
    const Tensor& value = c.input(1);
    {
      std::lock_guard lock(variable.mutex);
      Tensor& old = variable.tensor;
      if (validate_shape_) {
        const bool has_value = old.valid();
        if (has_value ? !(old.shape() == value.shape())
                      : declared_.fully_defined() && !(declared_ == value.shape())) [[unlikely]] {
          return invalid_argument("Assign requires shapes of both tensors to match. lhs shape= {} rhs shape= {}",
                                  (has_value ? old.shape() : declared_).str(), value.shape().str());
        }
      }
      if (old.valid() && old.num_elements() == value.num_elements()) {
        if (!(old.shape() == value.shape())) old = old.reshaped(value.shape());
        copy_into(c, old, value);
      } else if (may_keep_value_ && fills_own_buffer(value)) {
        old = value;
      } else {
        ASSIGN_OR_RETURN(Tensor fresh, allocate_tensor(variable.dtype, value.shape()));
        copy_into(c, fresh, value);
        old = std::move(fresh);
      }
    }
    c.forward(0, 0);
    return OkStatus();
  }

 private:
  void copy_into(KernelContext& c, Tensor& to, const Tensor& from) const {
    if (to.raw_data() == from.raw_data()) return;  // the variable's own value
    const int64_t size = dtype_size(to.dtype());
    auto* out = static_cast<char*>(to.raw_data());
    const auto* in = static_cast<const char*>(from.raw_data());
    c.pool().parallel_for(to.num_elements(), plain_ ? 0.1 * static_cast<double>(size) : 20.0,
                          [&](int64_t begin, int64_t end) {
                            copy_(out + begin * size, in + begin * size, end - begin);
                          });
  }

  bool validate_shape_, may_keep_value_;
  Shape declared_;
  CopyElementsFn copy_;
  bool plain_;
};

Status assign_shape(ShapeContext& c) {
  if (c.concrete() || !c.attr_or("validate_shape", true)) {
    c.set_output(0, c.input(1));
    return OkStatus();
  }
  Shape merged;
  RETURN_IF_ERROR(c.merge(c.input(0), c.input(1), &merged));
  c.set_output(0, std::move(merged));
  return OkStatus();
}

REFLOW_OP("Assign")
    .input("ref: Ref(T)")
    .input("value: T")
    .output("output_ref: Ref(T)")
    .attr("T: type")
    .attr("validate_shape: bool = true")
    .attr("use_locking: bool = true")
    .allows_uninitialized_input()
    .doc("Gives the variable `ref` the value `value`, of the variable's shape unless `validate_shape` is false. The output "
         "is `ref` after that.")
    .shape(assign_shape)
    .kernel<Assign>(kCpu)
    .sets_outputs()
    .not_differentiable();

struct Add {
  template <typename T>
  static T apply(T a, T b) { return wrapping_sum(a, b); }
};
struct Subtract {
  template <typename T>
  static T apply(T a, T b) { return wrapping_difference(a, b); }
};

template <typename T, typename F>
class Update : public Kernel {
 public:
  explicit Update(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(Variable * variable, initialized_ref(c, 0));
    {
      std::lock_guard lock(variable->mutex);
      Tensor& var = variable->tensor;
      const Tensor& value = c.input(1);
      if (!(var.shape() == value.shape())) [[unlikely]] {
        return invalid_argument("Parameters and update must be the same size");
      }
      T* out = var.data<T>();
      const T* in = value.data<T>();
      c.pool().parallel_for(var.num_elements(), 0.3 * sizeof(T) / 4, [out, in](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) out[i] = F::apply(out[i], in[i]);
      });
    }
    c.forward(0, 0);
    return OkStatus();
  }
};

template <typename T>
using AssignAdd = Update<T, Add>;
template <typename T>
using AssignSub = Update<T, Subtract>;

Status update_shape(ShapeContext& c) {
  if (c.concrete()) {
    c.set_output(0, c.input(0));
    return OkStatus();
  }
  Shape merged;
  RETURN_IF_ERROR(c.merge(c.input(0), c.input(1), &merged));
  c.set_output(0, std::move(merged));
  return OkStatus();
}

REFLOW_OP("AssignAdd")
    .input("ref: Ref(T)")
    .input("value: T")
    .output("output_ref: Ref(T)")
    .attr("T: numbertype")
    .attr("use_locking: bool = false")
    .doc("Adds `value` to the variable `ref`, in place. The output is `ref` after that.")
    .shape(update_shape)
    .kernel<AssignAdd>(kCpu, kNumberTypes)
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("AssignSub")
    .input("ref: Ref(T)")
    .input("value: T")
    .output("output_ref: Ref(T)")
    .attr("T: numbertype")
    .attr("use_locking: bool = false")
    .doc("Subtracts `value` from the variable `ref`, in place. The output is `ref` after that.")
    .shape(update_shape)
    .kernel<AssignSub>(kCpu, kNumberTypes)
    .sets_outputs()
    .not_differentiable();

template <typename T>
class CountUpTo : public Kernel {
 public:
  explicit CountUpTo(KernelInit& c) : limit_(static_cast<T>(c.attr<int64_t>("limit"))) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(Variable * variable, initialized_ref(c, 0));
    std::lock_guard lock(variable->mutex);
    if (variable->tensor.rank() != 0) {
      return invalid_argument("input is not a scalar: {}", variable->tensor.shape().str());
    }
    T& counter = *variable->tensor.data<T>();
    if (counter >= limit_) return out_of_range("Reached limit of {}", limit_);
    *c.output(0).data<T>() = counter++;
    return OkStatus();
  }

 private:
  T limit_;
};

Status count_shape(ShapeContext& c) {
  Shape scalar;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 0, &scalar));
  c.set_output(0, Shape{});
  return OkStatus();
}

REFLOW_OP("CountUpTo")
    .input("ref: Ref(T)")
    .output("output: T")
    .attr("limit: int")
    .attr("T: {int32, int64}")
    .doc("Adds 1 to the variable `ref` and gives the value before that. OutOfRange when that is `limit` already.")
    .shape(count_shape)
    .kernel<CountUpTo>(kCpu, kIndexTypes);

}  // namespace
}  // namespace reflow::ops
