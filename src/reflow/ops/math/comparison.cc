// Comparisons: from two operands to booleans.

#include <algorithm>
#include <string>

#include "elementwise_kernel.h"

namespace reflow::ops {
namespace {

struct Equal {
  static constexpr double kCostNs = 0.4;
  template <typename T>
  static bool apply(const T& a, const T& b) { return a == b; }
};
struct NotEqual {
  static constexpr double kCostNs = 0.4;
  template <typename T>
  static bool apply(const T& a, const T& b) { return !(a == b); }
};
struct Less {
  static constexpr double kCostNs = 0.4;
  template <typename T>
  static bool apply(T a, T b) { return a < b; }
};
struct LessEqual {
  static constexpr double kCostNs = 0.4;
  template <typename T>
  static bool apply(T a, T b) { return a <= b; }
};
struct Greater {
  static constexpr double kCostNs = 0.4;
  template <typename T>
  static bool apply(T a, T b) { return a > b; }
};
struct GreaterEqual {
  static constexpr double kCostNs = 0.4;
  template <typename T>
  static bool apply(T a, T b) { return a >= b; }
};

constexpr auto kOrderedTypes = kFloatTypes + Types<int8_t, int16_t, int32_t, int64_t, uint8_t>{};
constexpr auto kEqualityTypes = kOrderedTypes + kComplexTypes + Types<bool, std::string>{};

// Equal and NotEqual with incompatible_shape_error = false: shapes that don't fit give one boolean, so that where a
// dimension could turn out not to fit nothing is known.
Status equality_shape(ShapeContext& c) {
  if (c.attr_or("incompatible_shape_error", true)) return broadcast_shape_fn(c);
  const Shape &a = c.input(0), &b = c.input(1);
  c.set_output(0, Shape::unknown());
  if (!a.known_rank() || !b.known_rank()) return OkStatus();
  const int rank = std::max(a.rank(), b.rank());
  Shape shape = Shape::unknown_of_rank(rank);
  for (int i = 1; i <= rank; ++i) {
    const int64_t p = i <= a.rank() ? a.dim(a.rank() - i) : 1, q = i <= b.rank() ? b.dim(b.rank() - i) : 1;
    if (p != 1 && q != 1 && (p < 0 || q < 0)) return OkStatus();
    if (p != 1 && q != 1 && p != q) {
      c.set_output(0, Shape{});
      return OkStatus();
    }
    shape.set_dim(rank - i, p == 1 ? q : p);
  }
  c.set_output(0, std::move(shape));
  return OkStatus();
}

bool broadcastable(const Shape& a, const Shape& b) {
  for (int i = 1; i <= std::min(a.rank(), b.rank()); ++i) {
    const int64_t p = a.dim(a.rank() - i), q = b.dim(b.rank() - i);
    if (p != q && p != 1 && q != 1) return false;
  }
  return true;
}

template <class F, bool kUnlike>
struct Equality {
  template <typename T>
  class Kernel : public BinaryKernel {
   public:
    explicit Kernel(KernelInit& c)
        : BinaryKernel(binary_spec<F, T>()), checks_shapes_(!c.attr_or("incompatible_shape_error", true)) {}
    Status compute(KernelContext& c) override {
      if (checks_shapes_ && !broadcastable(c.input(0).shape(), c.input(1).shape())) {
        *c.output(0).template data<bool>() = kUnlike;
        return OkStatus();
      }
      return BinaryKernel::compute(c);
    }

   private:
    bool checks_shapes_;
  };
};

template <typename T>
class ApproximateEqual : public Kernel {
 public:
  explicit ApproximateEqual(KernelInit& c) : tolerance_(static_cast<T>(c.attr<float>("tolerance"))) {}
  Status compute(KernelContext& c) override {
    const T *x = c.input(0).data<T>(), *y = c.input(1).data<T>();
    Tensor& z = c.output(0);
    bool* out = z.data<bool>();
    const T tolerance = tolerance_;
    c.pool().parallel_for(z.num_elements(), 0.5, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const T difference = x[i] - y[i];
        out[i] = (difference < 0 ? -difference : difference) < tolerance;
      }
    });
    return OkStatus();
  }

 private:
  T tolerance_;
};

Status approximate_equal_shape(ShapeContext& c) {
  if (c.concrete() && !(c.input(0) == c.input(1))) {
    return invalid_argument("x and y must be of the same shape. x shape: {}. y shape: {}", c.input(0).str(),
                            c.input(1).str());
  }
  return merged_shape_fn(c);
}

constexpr char kOrdered[] = "T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64}";
constexpr char kComparable[] =
    "T: {bfloat16, half, float, double, uint8, int8, int16, int32, int64, complex64, quint8, qint8, qint32, string, "
    "bool, complex128}";

REFLOW_OP("Equal")
    .input("x: T").input("y: T").output("z: bool").attr(kComparable)
    .attr("incompatible_shape_error: bool = true").commutative()
    .doc("Returns the truth value of (x == y) element-wise, with broadcasting.")
    .shape(equality_shape)
    .kernel<Equality<Equal, false>::Kernel>(kCpu, kEqualityTypes)
    .not_differentiable();

REFLOW_OP("NotEqual")
    .input("x: T").input("y: T").output("z: bool").attr(kComparable)
    .attr("incompatible_shape_error: bool = true").commutative()
    .doc("Returns the truth value of (x != y) element-wise, with broadcasting.")
    .shape(equality_shape)
    .kernel<Equality<NotEqual, true>::Kernel>(kCpu, kEqualityTypes)
    .not_differentiable();

REFLOW_OP("Less")
    .input("x: T").input("y: T").output("z: bool").attr(kOrdered)
    .doc("Returns the truth value of (x < y) element-wise, with broadcasting.")
    .shape(broadcast_shape_fn).kernel<Binary<Less>::Kernel>(kCpu, kOrderedTypes).not_differentiable();

REFLOW_OP("LessEqual")
    .input("x: T").input("y: T").output("z: bool").attr(kOrdered)
    .doc("Returns the truth value of (x <= y) element-wise, with broadcasting.")
    .shape(broadcast_shape_fn).kernel<Binary<LessEqual>::Kernel>(kCpu, kOrderedTypes).not_differentiable();

REFLOW_OP("Greater")
    .input("x: T").input("y: T").output("z: bool").attr(kOrdered)
    .doc("Returns the truth value of (x > y) element-wise, with broadcasting.")
    .shape(broadcast_shape_fn).kernel<Binary<Greater>::Kernel>(kCpu, kOrderedTypes).not_differentiable();

REFLOW_OP("GreaterEqual")
    .input("x: T").input("y: T").output("z: bool").attr(kOrdered)
    .doc("Returns the truth value of (x >= y) element-wise, with broadcasting.")
    .shape(broadcast_shape_fn).kernel<Binary<GreaterEqual>::Kernel>(kCpu, kOrderedTypes).not_differentiable();

REFLOW_OP("ApproximateEqual")
    .input("x: T").input("y: T").output("z: bool")
    .attr("T: {float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, bfloat16, uint16, "
          "complex128, half, uint32, uint64}")
    .attr("tolerance: float = 1e-05").commutative()
    .doc("Returns the truth value of abs(x - y) < tolerance element-wise.")
    .shape(approximate_equal_shape).kernel<ApproximateEqual>(kCpu, kFloat32And64).not_differentiable();

// Comparisons of floats whose booleans were converted to floats.
template <VecOp op>
struct FloatMask {
  static constexpr double kCostNs = 0.15;
  static constexpr VecOp kVec = op;
  static float apply(float, float);  // by kVec
};
template <VecOp op>
OpRegistrar float_mask(std::string_view name) {
  auto builder = OpBuilder(name);
  std::move(builder).input("x: float").input("y: float").output("mask: float")
      .doc("1 where the comparison is true, 0 elsewhere, with broadcasting. Made by the pass `float_masks`.")
      .shape(broadcast_shape_fn).in_place(0, 0).in_place(1, 0).template kernel<typename Binary<FloatMask<op>>::template Kernel<float>>(kCpu)
      .not_differentiable();
  return OpRegistrar(std::move(builder));
}
const OpRegistrar kMasks[] = {
    float_mask<VecOp::kEqual>("_FloatMaskEqual"),           float_mask<VecOp::kNotEqual>("_FloatMaskNotEqual"),
    float_mask<VecOp::kLess>("_FloatMaskLess"),             float_mask<VecOp::kLessEqual>("_FloatMaskLessEqual"),
    float_mask<VecOp::kGreater>("_FloatMaskGreater"),       float_mask<VecOp::kGreaterEqual>("_FloatMaskGreaterEqual"),
};

}  // namespace
}  // namespace reflow::ops
