// Numbers at regular distances: Range and LinSpace; and InvertPermutation.

#include <cmath>
#include <string>

#include "reflow/op/indices.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// Half numbers are printed and counted with as floats.
template <typename T>
using Wide = std::conditional_t<std::is_same_v<T, Bfloat16>, float, T>;

template <typename T>
Status range_size(Wide<T> start, Wide<T> limit, Wide<T> delta, int64_t* size) {
  if (delta == 0) return invalid_argument("Requires delta != 0: {:g}", static_cast<double>(delta));
  if (delta > 0 && start > limit) {
    return invalid_argument("Requires start <= limit when delta > 0: {}/{}", start, limit);
  }
  if (delta < 0 && start < limit) {
    return invalid_argument("Requires start >= limit when delta < 0: {}/{}", start, limit);
  }
  if constexpr (std::is_integral_v<T>) {
    // In unsigned numbers, where the distance of any two fits.
    const uint64_t distance = start > limit ? static_cast<uint64_t>(start) - static_cast<uint64_t>(limit)
                                            : static_cast<uint64_t>(limit) - static_cast<uint64_t>(start);
    const uint64_t step = delta > 0 ? static_cast<uint64_t>(delta) : uint64_t{0} - static_cast<uint64_t>(delta);
    *size = static_cast<int64_t>(distance / step + (distance % step != 0));
  } else {
    const double count = std::ceil(std::abs((limit - start) / delta));
    if (!(count < 9e18)) return invalid_argument("Requires ((limit - start) / delta) to be finite: {}", count);
    *size = static_cast<int64_t>(count);
  }
  return OkStatus();
}

Status scalar_inputs(ShapeContext& c, std::initializer_list<const char*> names) {
  int i = 0;
  for (const char* name : names) {
    if (c.concrete() && c.input(i).rank() != 0) {
      return invalid_argument("{} must be a scalar, not shape {}", name, c.input(i).str());
    }
    Shape scalar;
    if (Status s = c.with_rank(c.input(i), 0, &scalar); !s.ok()) {
      return append_message(s, fmt::format("\n\t for '{}'", name));
    }
    ++i;
  }
  return OkStatus();
}

Status range_shape(ShapeContext& c) {
  RETURN_IF_ERROR(scalar_inputs(c, {"start", "limit", "delta"}));
  const Tensor *start = c.value(0), *limit = c.value(1), *delta = c.value(2);
  int64_t size = Shape::kUnknown;
  if (start != nullptr && limit != nullptr && delta != nullptr) {
    Status status;
    with_type(kIndexTypes + Types<Bfloat16, float, double>{}, start->dtype(), [&]<typename T>() {
      status = range_size<T>(start->item<T>(), limit->item<T>(), delta->item<T>(), &size);
    });
    RETURN_IF_ERROR(status);
  }
  c.set_output(0, Shape{size});
  return OkStatus();
}

template <typename T>
class Range : public Kernel {
 public:
  explicit Range(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const T delta = c.input(2).item<T>();
    T value = c.input(0).item<T>();
    // Sums, not products: so TensorFlow's last digits come about.
    for (T& out : c.output(0).flat<T>()) {
      out = value;
      if constexpr (std::is_integral_v<T>) {
        value = static_cast<T>(static_cast<std::make_unsigned_t<T>>(value) + static_cast<std::make_unsigned_t<T>>(delta));
      } else {
        value = static_cast<T>(value + delta);
      }
    }
    return OkStatus();
  }
};

REFLOW_OP("Range")
    .input("start: Tidx")
    .input("limit: Tidx")
    .input("delta: Tidx")
    .output("output: Tidx")
    .attr("Tidx: {bfloat16, float, double, int32, int64} = DT_INT32")
    .doc("start, start + delta, start + 2 delta, ... up to `limit`, which is left out.")
    .shape(range_shape)
    .kernel<Range>(kCpu, kIndexTypes + Types<Bfloat16, float, double>{}, "Tidx")
    .not_differentiable();

Status lin_space_shape(ShapeContext& c) {
  RETURN_IF_ERROR(scalar_inputs(c, {"start", "stop", "num"}));
  const Tensor* num = c.value(2);
  int64_t size = Shape::kUnknown;
  if (num != nullptr) {
    size = IndexReader(*num)[0];
    if (size <= 0) return invalid_argument("Requires num > 0: {}", size);
  }
  c.set_output(0, Shape{size});
  return OkStatus();
}

template <typename T>
class LinSpace : public Kernel {
 public:
  explicit LinSpace(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const T start = c.input(0).item<T>(), stop = c.input(1).item<T>();
    Tensor& result = c.output(0);
    T* out = result.data<T>();
    const int64_t n = result.num_elements();
    out[0] = start;
    if (n > 1) {
      const T step = static_cast<T>((stop - start) / static_cast<T>(n - 1));
      for (int64_t i = 1; i < n - 1; ++i) out[i] = static_cast<T>(start + step * static_cast<T>(i));
      out[n - 1] = stop;
    }
    return OkStatus();
  }
};

REFLOW_OP("LinSpace")
    .input("start: T")
    .input("stop: T")
    .input("num: Tidx")
    .output("output: T")
    .attr("T: {bfloat16, float, double}")
    .attr("Tidx: {int32, int64} = DT_INT32")
    .doc("`num` numbers at equal distances from `start` to `stop`, both of them included.")
    .shape(lin_space_shape)
    .kernel<LinSpace>(kCpu, kFloat32And64)
    .not_differentiable();

template <typename T>
class InvertPermutation : public Kernel {
 public:
  explicit InvertPermutation(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    if (in.rank() != 1) return invalid_argument("invert_permutation expects a 1D vector.");
    const T n = static_cast<T>(in.num_elements());
    const T* x = in.data<T>();
    T* y = c.output(0).data<T>();
    std::fill(y, y + n, T(-1));
    for (T i = 0; i < n; ++i) {
      if (x[i] < 0 || x[i] >= n) return invalid_argument("{} is not between 0 and {}", x[i], n);
      if (y[x[i]] != -1) return invalid_argument("{} is duplicated in the input.", x[i]);
      y[x[i]] = i;
    }
    return OkStatus();
  }
};

Status vector_shape(ShapeContext& c) {
  Shape vector = c.input(0);
  if (!c.concrete()) RETURN_IF_ERROR(c.with_rank(c.input(0), 1, &vector));
  c.set_output(0, std::move(vector));
  return OkStatus();
}

REFLOW_OP("InvertPermutation")
    .input("x: T")
    .output("y: T")
    .attr("T: {int32, int64} = DT_INT32")
    .doc("The permutation that undoes `x`: y[x[i]] = i.")
    .shape(vector_shape)
    .kernel<InvertPermutation>(kCpu, kIndexTypes)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
