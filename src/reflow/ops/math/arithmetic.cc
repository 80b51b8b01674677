// Add, subtract, multiply, and their kin of two operands without division.

#include <string>

#include "elementwise_kernel.h"
#include "gradient_ops.h"
#include "reflow/op/late_slices.h"
#include "reflow/op/skipped_inputs.h"

namespace reflow::ops {
namespace {

struct Add {
  static constexpr VecOp kVec = VecOp::kAdd;
  static constexpr double kCostNs = 0.5;
  template <typename T>
  static T apply(const T& a, const T& b) {
    if constexpr (std::is_integral_v<T>) {
      return static_cast<T>(WrapType<T>(a) + WrapType<T>(b));
    } else {
      return a + b;
    }
  }
};

struct Sub {
  static constexpr VecOp kVec = VecOp::kSub;
  static constexpr double kCostNs = 0.5;
  template <typename T>
  static T apply(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
      return static_cast<T>(WrapType<T>(a) - WrapType<T>(b));
    } else {
      return a - b;
    }
  }
};

struct Mul {
  static constexpr VecOp kVec = VecOp::kMul;
  static constexpr double kCostNs = 0.6;
  template <typename T>
  static T apply(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
      return static_cast<T>(WrapType<T>(a) * WrapType<T>(b));
    } else {
      return a * b;
    }
  }
};

struct SquaredDifference {
  static constexpr VecOp kVec = VecOp::kSquaredDifference;
  static constexpr double kCostNs = 0.8;
  template <typename T>
  static T apply(T a, T b) {
    const T difference = Sub::apply(a, b);
    if constexpr (is_complex_type<T>) {
      return difference * std::conj(difference);
    } else {
      return Mul::apply(difference, difference);
    }
  }
};

struct MulNoNan {
  static constexpr VecOp kVec = VecOp::kMulNoNan;
  static constexpr double kCostNs = 0.8;
  template <typename T>
  static T apply(T a, T b) { return b == T(0) ? T(0) : a * b; }
};

struct Maximum {
  static constexpr VecOp kVec = VecOp::kMaximum;
  static constexpr double kCostNs = 0.6;
  template <typename T>
  static T apply(T a, T b) { return a < b ? b : a; }
};

struct Minimum {
  static constexpr VecOp kVec = VecOp::kMinimum;
  static constexpr double kCostNs = 0.6;
  template <typename T>
  static T apply(T a, T b) { return b < a ? b : a; }
};

constexpr auto kAddTypes = kFloatTypes + Types<int8_t, int16_t, int32_t, int64_t, uint8_t>{} + kComplexTypes;

// Is only the gradient of x wanted, and y a number? Then nothing needs to be summed.
bool is_for_x_beside_number(const GradContext& g) {
  const Shape& y = g.x(1).shape();
  return skips(g, 1) && y.known_rank() && y.rank() == 0;
}

void add_gradient(GradContext& g) {
  const Endpoint dy = g.dy(0);
  if (is_for_x_beside_number(g)) {
    g.dx(0) = dy;
    return;
  }
  if (all_shapes_equal(g)) {
    g.dx(0) = g.dx(1) = dy;
    return;
  }
  StaticBroadcastGradients to(g);
  if (!skips(g, 0)) g.dx(0) = to.reduce(0, dy);
  if (!skips(g, 1)) g.dx(1) = to.reduce(1, dy);
}

void sub_gradient(GradContext& g) {
  const Endpoint dy = g.dy(0);
  if (is_for_x_beside_number(g)) {
    g.dx(0) = dy;
    return;
  }
  if (all_shapes_equal(g)) {
    g.dx(0) = dy;
    g.dx(1) = minus_dy(g);
    return;
  }
  StaticBroadcastGradients to(g);
  if (!skips(g, 0)) g.dx(0) = to.reduce(0, dy);
  if (!skips(g, 1)) g.dx(1) = to.reduce(1, minus_dy(g));
}

void mul_gradient(GradContext& g) {
  const Endpoint dy = g.dy(0), x = g.x(0), y = g.x(1);
  const DType type = base_type(x.dtype());
  if (is_for_x_beside_number(g)) {
    g.dx(0) = g.op("Mul", {dy, g.conj(y)});
    return;
  }
  if (all_shapes_equal(g) && (type == DType::kInt32 || type == DType::kFloat32)) {
    g.dx(0) = g.op("Mul", {dy, y});
    g.dx(1) = g.op("Mul", {dy, x});
    return;
  }
  StaticBroadcastGradients to(g);
  const Endpoint x_conj = g.conj(x), y_conj = g.conj(y);
  if (!skips(g, 0)) g.dx(0) = to.reduce(0, g.op("Mul", {dy, y_conj}));
  if (!skips(g, 1)) g.dx(1) = to.reduce(1, g.op("Mul", {x_conj, dy}));
}

void mul_no_nan_gradient(GradContext& g) {
  const Endpoint dy = g.dy(0), x = g.x(0), y = g.x(1);
  if (all_shapes_equal(g)) {
    g.dx(0) = g.op("MulNoNan", {dy, y});
    g.dx(1) = g.op("MulNoNan", {x, dy});
    return;
  }
  BroadcastGradients to(g);
  g.dx(0) = to.reduce(0, g.op("MulNoNan", {dy, y}));
  g.dx(1) = to.reduce(1, g.op("MulNoNan", {x, dy}));
}

void squared_difference_gradient(GradContext& g) {
  const Endpoint x = g.x(0), y = g.x(1);
  Endpoint dx_full;
  {
    AfterDy after(g);
    const Endpoint twice = scaled_dy(g, 2);
    dx_full = mul(g, twice, sub(g, x, y));
  }
  if (all_shapes_equal(g)) {
    g.dx(0) = dx_full;
    g.dx(1) = g.op("Neg", {dx_full});
    return;
  }
  StaticBroadcastGradients to(g);
  if (!skips(g, 0)) g.dx(0) = to.reduce(0, dx_full);
  if (skips(g, 1)) return;
  const Endpoint dx1 = to.reduce(1, dx_full);
  g.dx(1) = g.op("Neg", {dx1});
}

// The gradient goes to the operand that was taken; `chooses_x` is the comparison that tells.
void extremum_gradient(GradContext& g, std::string_view chooses_x) {
  const Endpoint dy = g.dy(0);
  if (is_for_x_beside_number(g)) {
    const Endpoint none = g.zeros_like(dy);
    const Endpoint choice = g.op(chooses_x, {g.x(0), g.x(1)});
    g.dx(0) = g.op("Select", {choice, dy, none});
    return;
  }
  BroadcastGradients to(g, BroadcastGradients::Later{});
  const Endpoint none = zeros(g, g.shape(dy), dy.dtype());
  const Endpoint choice = g.op(chooses_x, {g.x(0), g.x(1)});
  to.make_args();
  if (!skips(g, 0)) g.dx(0) = to.reduce(0, g.op("Select", {choice, dy, none}));
  if (!skips(g, 1)) g.dx(1) = to.reduce(1, g.op("Select", {choice, none, dy}));
}

REFLOW_OP("Add")
    .input("x: T").input("y: T").output("z: T")
    .attr("T: {bfloat16, half, float, double, uint8, int8, int16, int32, int64, complex64, complex128, string}")
    .doc("Returns x + y element-wise. Strings are put behind each other. *NOTE*: `Add` supports broadcasting.")
    .shape(broadcast_shape_fn)
    .kernel<Binary<Add>::Kernel>(kCpu, kAddTypes + Types<std::string>{}).in_place(0, 0).in_place(0, 1)
    .gradient(add_gradient);

REFLOW_OP("AddV2")
    .input("x: T").input("y: T").output("z: T")
    .attr("T: {bfloat16, half, float, double, uint8, int8, int16, int32, int64, complex64, complex128}")
    .commutative().aggregate()
    .doc("Returns x + y element-wise, with broadcasting.")
    .shape(broadcast_shape_fn)
    .kernel<Binary<Add>::Kernel>(kCpu, kAddTypes).in_place(0, 0).in_place(0, 1)
    .gradient(add_gradient);

REFLOW_OP("Sub")
    .input("x: T").input("y: T").output("z: T")
    .attr("T: {bfloat16, half, float, double, uint8, int8, uint16, int16, int32, int64, complex64, complex128}")
    .doc("Returns x - y element-wise, with broadcasting.")
    .shape(broadcast_shape_fn)
    .kernel<Binary<Sub>::Kernel>(kCpu, kNumberTypes).in_place(0, 0).in_place(0, 1)
    .gradient(sub_gradient);

REFLOW_OP("Mul")
    .input("x: T").input("y: T").output("z: T")
    .attr("T: {bfloat16, half, float, double, uint8, int8, uint16, int16, int32, int64, complex64, complex128}")
    .commutative()
    .doc("Returns x * y element-wise, with broadcasting.")
    .shape(broadcast_shape_fn)
    .kernel<Binary<Mul>::Kernel>(kCpu, kNumberTypes).in_place(0, 0).in_place(0, 1)
    .gradient(mul_gradient);

REFLOW_OP("MulNoNan")
    .input("x: T").input("y: T").output("z: T")
    .attr("T: {half, float, double, complex64, complex128}")
    .doc("Returns x * y element-wise, and 0 where y is 0, even if x is infinite or NaN.")
    .shape(broadcast_shape_fn)
    .kernel<Binary<MulNoNan>::Kernel>(kCpu, kFloatAndComplex).in_place(0, 0).in_place(0, 1)
    .gradient(mul_no_nan_gradient);

REFLOW_OP("SquaredDifference")
    .input("x: T").input("y: T").output("z: T")
    .attr("T: {bfloat16, half, float, double, int32, int64, complex64, complex128}")
    .commutative()
    .doc("Returns (x - y)(x - y) element-wise, with broadcasting.")
    .shape(broadcast_shape_fn)
    .kernel<Binary<SquaredDifference>::Kernel>(kCpu, kFloatAndComplex + kIndexTypes).in_place(0, 0).in_place(0, 1)
    .gradient(squared_difference_gradient);

REFLOW_OP("Maximum")
    .input("x: T").input("y: T").output("z: T")
    .attr("T: {bfloat16, half, float, double, int32, int64}")
    .doc("Returns the larger of x and y element-wise (x, where one is NaN), with broadcasting.")
    .shape(broadcast_shape_fn)
    .kernel<Binary<Maximum>::Kernel>(kCpu, kFloatTypes + kIndexTypes).in_place(0, 0).in_place(0, 1)
    .gradient([](GradContext& g) { extremum_gradient(g, "GreaterEqual"); });

REFLOW_OP("Minimum")
    .input("x: T").input("y: T").output("z: T")
    .attr("T: {bfloat16, half, float, double, int32, int64}")
    .doc("Returns the smaller of x and y element-wise (x, where one is NaN), with broadcasting.")
    .shape(broadcast_shape_fn)
    .kernel<Binary<Minimum>::Kernel>(kCpu, kFloatTypes + kIndexTypes).in_place(0, 0).in_place(0, 1)
    .gradient([](GradContext& g) { extremum_gradient(g, "LessEqual"); });

}  // namespace
}  // namespace reflow::ops
