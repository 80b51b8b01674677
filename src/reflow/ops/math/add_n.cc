// Sums of several tensors of one shape.

#include <string>
#include <vector>

#include "elementwise_kernel.h"
#include "reflow/op/op.h"
#include "reflow/op/variant_ops.h"
#include "reflow/op/vector_math.h"

namespace reflow::ops {
namespace {

// All inputs merged, from the last to the first as TensorFlow does.
Status add_n_shape(ShapeContext& c) {
  const int last = c.num_inputs() - 1;
  if (c.concrete()) {
    for (int i = 1; i <= last; ++i) {
      if (!(c.input(0) == c.input(i))) {
        return invalid_argument(
            "Inputs to operation {} of type {} must have the same size and shape.  Input 0: {} != input {}: {}",
            c.node().name(), c.node().type(), c.input(0).str(), i, c.input(i).str());
      }
    }
    c.set_output(0, c.input(0));
    return OkStatus();
  }
  Shape shape = c.input(last);
  for (int i = last - 1; i >= 0; --i) {
    const Status merged = c.merge(c.input(i), shape, &shape);
    if (!merged.ok()) return append_message(merged, fmt::format("\n\tFrom merging shape {} with other shapes.", i));
  }
  c.set_output(0, std::move(shape));
  return OkStatus();
}

Status accumulate_shape(ShapeContext& c) {
  if (c.concrete()) return add_n_shape(c);
  ASSIGN_OR_RETURN(Shape shape, c.attr<Shape>("shape"));
  c.set_output(0, std::move(shape));
  return OkStatus();
}

constexpr int64_t kTile = 2048;  // elements that stay in the first-level cache while all inputs are added

// a + b into a's place, in the type that sums are kept in.
template <typename T>
void add_tile(ComputeType<T>* total, const T* x, int64_t n) {
  if constexpr (std::is_same_v<T, float>) {
    static const BinaryFn<float> add = binary_f32(VecOp::kAdd);
    add(total, 1, x, 1, total, n);
  } else if constexpr (std::is_integral_v<T>) {
    for (int64_t i = 0; i < n; ++i) total[i] = static_cast<T>(WrapType<T>(total[i]) + WrapType<T>(x[i]));
  } else {
    for (int64_t i = 0; i < n; ++i) total[i] += static_cast<ComputeType<T>>(x[i]);
  }
}

template <typename T>
class AddN : public Kernel {
 public:
  explicit AddN(KernelInit&) {}
  Status compute(KernelContext& c) override {
    Tensor& y = c.output(0);
    const int num_inputs = c.num_inputs();
    c.pool().parallel_for(y.num_elements(), 0.2 * num_inputs, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i += kTile) add_tiles(c, i, std::min(kTile, end - i));
    });
    return OkStatus();
  }

 private:
  // The output may share memory with any one input, so a tile is summed up beside it.
  void add_tiles(KernelContext& c, int64_t begin, int64_t n) const {
    alignas(64) ComputeType<T> total[kTile];
    const T* first = c.input(0).data<T>() + begin;
    for (int64_t i = 0; i < n; ++i) total[i] = static_cast<ComputeType<T>>(first[i]);
    for (int k = 1; k < c.num_inputs(); ++k) add_tile<T>(total, c.input(k).data<T>() + begin, n);
    T* y = c.output(0).data<T>() + begin;
    for (int64_t i = 0; i < n; ++i) y[i] = static_cast<T>(total[i]);
  }
};

// Sums of lists and other values, of which each is a scalar.
template <>
class AddN<Variant> : public Kernel {
 public:
  explicit AddN(KernelInit&) {}
  Status compute(KernelContext& c) override {
    for (int i = 0; i < c.num_inputs(); ++i) {
      if (c.input(i).rank() == 0) continue;
      return invalid_argument("AddN of non-scalar Tensor with dtype=DT_VARIANT is not supported; inputs[{}] has shape: {}.", i,
                              c.input(i).shape().str());
    }
    Variant total = c.input(0).item<Variant>();
    for (int i = 1; i < c.num_inputs(); ++i) {
      ASSIGN_OR_RETURN(total, variant_sum(total, c.input(i).item<Variant>()));
    }
    *c.output(0).data<Variant>() = std::move(total);
    return OkStatus();
  }
};

void to_every_input(GradContext& g) {
  const Endpoint dy = g.dy(0);
  for (int i = 0; i < g.num_inputs(); ++i) g.dx(i) = dy;
}

REFLOW_OP("AddN")
    .input("inputs: N * T").output("sum: T").attr("N: int >= 1")
    .attr("T: {float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, bfloat16, uint16, "
          "complex128, half, uint32, uint64, variant}")
    .commutative().aggregate()
    .doc("Adds all inputs element-wise. They have the same shape.")
    .shape(add_n_shape).kernel<AddN>(kCpu, kNumberTypes + Types<Variant>{}).in_place(0, 0).in_place(0, 1)
    .gradient(to_every_input);

REFLOW_OP("AccumulateNV2")
    .input("inputs: N * T").output("sum: T").attr("N: int >= 1")
    .attr("T: {float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, bfloat16, uint16, "
          "complex128, half, uint32, uint64}")
    .attr("shape: shape")
    .commutative().aggregate()
    .doc("Adds all inputs element-wise. They have the shape `shape`.")
    .shape(accumulate_shape).kernel<AddN>(kCpu, kNumberTypes).in_place(0, 0).in_place(0, 1)
    .gradient(to_every_input);

}  // namespace
}  // namespace reflow::ops
