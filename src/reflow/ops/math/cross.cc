// Cross: the product of vectors in space.

#include "reflow/op/compute_type.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

// a * b - c * d; integers wrap around.
template <typename C>
C difference_of_products(C a, C b, C c, C d) {
  if constexpr (std::is_integral_v<C>) {
    using U = std::conditional_t<(sizeof(C) < 4), uint32_t, std::make_unsigned_t<C>>;
    return static_cast<C>(static_cast<U>(a) * static_cast<U>(b) - static_cast<U>(c) * static_cast<U>(d));
  } else {
    return a * b - c * d;
  }
}

template <typename T>
class Cross : public Kernel {
  using C = ComputeType<T>;

 public:
  explicit Cross(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const T *a = c.input(0).data<T>(), *b = c.input(1).data<T>();
    T* y = c.output(0).data<T>();
    c.pool().parallel_for(c.input(0).num_elements() / 3, 4, [&](int64_t begin, int64_t end) {
      for (int64_t i = 3 * begin; i < 3 * end; i += 3) {
        const C u[] = {static_cast<C>(a[i]), static_cast<C>(a[i + 1]), static_cast<C>(a[i + 2])};
        const C v[] = {static_cast<C>(b[i]), static_cast<C>(b[i + 1]), static_cast<C>(b[i + 2])};
        y[i] = static_cast<T>(difference_of_products(u[1], v[2], u[2], v[1]));
        y[i + 1] = static_cast<T>(difference_of_products(u[2], v[0], u[0], v[2]));
        y[i + 2] = static_cast<T>(difference_of_products(u[0], v[1], u[1], v[0]));
      }
    });
    return OkStatus();
  }
};

Status cross_shape(ShapeContext& c) {
  Shape a = c.input(0), b = c.input(1);
  if (c.concrete()) {
    if (!(a == b)) return invalid_argument("Both inputs must be of same shape: {} vs. {}", a.str(), b.str());
    if (a.rank() < 1) return invalid_argument("Input must be at least 1D{}", a.str());
    if (a.dim(a.rank() - 1) != 3) {
      return failed_precondition("Cross-products are only defined for 3-element vectors.");
    }
  }
  RETURN_IF_ERROR(c.with_rank_at_least(a, 1, &a));
  RETURN_IF_ERROR(c.with_rank_at_least(b, 1, &b));
  for (const Shape& s : {a, b}) {
    int64_t three;
    if (s.known_rank()) RETURN_IF_ERROR(c.with_value(s.dim(s.rank() - 1), 3, &three));
  }
  Shape out;
  RETURN_IF_ERROR(c.merge(a, b, &out));
  c.set_output(0, out);
  return OkStatus();
}

REFLOW_OP("Cross")
    .input("a: T")
    .input("b: T")
    .output("product: T")
    .attr("T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64}")
    .doc("The cross products of the vectors of three in the last dimension of a and b.")
    .shape(cross_shape)
    .kernel<Cross>(kCpu, kRealTypes)
    .gradient([](GradContext& g) {
      const Endpoint u = g.x(0), v = g.x(1);
      g.dx(0) = g.op("Cross", {v, g.dy(0)});
      g.dx(1) = g.op("Cross", {g.dy(0), u});
    });

}  // namespace
}  // namespace reflow::ops
