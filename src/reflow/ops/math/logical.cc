// Logic on booleans, and on the bits of integers.

#include "elementwise_kernel.h"

namespace reflow::ops {
namespace {

struct And {
  static constexpr double kCostNs = 0.3;
  static bool apply(bool a, bool b) { return a && b; }
};
struct Or {
  static constexpr double kCostNs = 0.3;
  static bool apply(bool a, bool b) { return a || b; }
};
struct Not {
  static constexpr double kCostNs = 0.3;
  static bool apply(bool x) { return !x; }
};

struct BitAnd {
  static constexpr double kCostNs = 0.3;
  template <typename T>
  static T apply(T a, T b) { return a & b; }
};
struct BitOr {
  static constexpr double kCostNs = 0.3;
  template <typename T>
  static T apply(T a, T b) { return a | b; }
};
struct BitXor {
  static constexpr double kCostNs = 0.3;
  template <typename T>
  static T apply(T a, T b) { return a ^ b; }
};
struct BitNot {
  static constexpr double kCostNs = 0.3;
  template <typename T>
  static T apply(T x) { return static_cast<T>(~x); }
};

// Counts below 0 shift by 0, counts beyond the width by all but one bit.
template <typename T>
int shift_count(T b) {
  constexpr int kLast = sizeof(T) * 8 - 1;
  if (std::is_signed_v<T> && b < T(0)) return 0;
  return static_cast<uint64_t>(b) > static_cast<uint64_t>(kLast) ? kLast : static_cast<int>(b);
}
struct LeftShift {
  static constexpr double kCostNs = 0.6;
  template <typename T>
  static T apply(T a, T b) { return static_cast<T>(static_cast<std::make_unsigned_t<T>>(a) << shift_count(b)); }
};
struct RightShift {
  static constexpr double kCostNs = 0.6;
  template <typename T>
  static T apply(T a, T b) { return static_cast<T>(a >> shift_count(b)); }
};

template <class F>
OpRegistrar bitwise_op(std::string_view name, bool commutative, std::string_view doc) {
  OpBuilder builder(name);
  std::move(builder).input("x: T").input("y: T").output("z: T")
      .attr("T: {int8, int16, int32, int64, uint8, uint16, uint32, uint64}").doc(doc).shape(broadcast_shape_fn)
      .template kernel<Binary<F>::template Kernel>(kCpu, kAllIntTypes).in_place(0, 0).in_place(0, 1)
      .not_differentiable();
  if (commutative) std::move(builder).commutative();
  return OpRegistrar(std::move(builder));
}

const OpRegistrar kBitwiseOps[] = {
    bitwise_op<BitAnd>("BitwiseAnd", true, "Returns the bits that are set in both x and y, element-wise."),
    bitwise_op<BitOr>("BitwiseOr", true, "Returns the bits that are set in x, y or both, element-wise."),
    bitwise_op<BitXor>("BitwiseXor", true, "Returns the bits in which x and y differ, element-wise."),
    bitwise_op<LeftShift>("LeftShift", false,
                          "Shifts the bits of x to the left by y, element-wise. Counts out of [0, bits of T) are "
                          "clamped."),
    bitwise_op<RightShift>("RightShift", false,
                           "Shifts the bits of x to the right by y, element-wise, repeating the sign bit of signed "
                           "types. Counts out of [0, bits of T) are clamped."),
};

REFLOW_OP("Invert")
    .input("x: T").output("y: T").attr("T: {int8, int16, int32, int64, uint8, uint16, uint32, uint64}")
    .doc("Flips all bits, element-wise.")
    .shape(unchanged_shape).kernel<Unary<BitNot>::Kernel>(kCpu, kAllIntTypes).in_place(0, 0).not_differentiable();

REFLOW_OP("LogicalAnd")
    .input("x: bool").input("y: bool").output("z: bool").commutative()
    .doc("Returns the truth value of x AND y element-wise, with broadcasting.")
    .shape(broadcast_shape_fn).kernel<Binary<And>::Kernel<bool>>(kCpu).in_place(0, 0).in_place(0, 1)
    .not_differentiable();

REFLOW_OP("LogicalOr")
    .input("x: bool").input("y: bool").output("z: bool").commutative()
    .doc("Returns the truth value of x OR y element-wise, with broadcasting.")
    .shape(broadcast_shape_fn).kernel<Binary<Or>::Kernel<bool>>(kCpu).in_place(0, 0).in_place(0, 1)
    .not_differentiable();

REFLOW_OP("LogicalNot")
    .input("x: bool").output("y: bool")
    .doc("Returns the truth value of NOT x element-wise.")
    .shape(unchanged_shape).kernel<Unary<Not>::Kernel<bool>>(kCpu).in_place(0, 0).not_differentiable();

}  // namespace
}  // namespace reflow::ops
