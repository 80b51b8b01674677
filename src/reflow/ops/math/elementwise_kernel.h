#pragma once

// Kernels of element-wise ops of this folder: what runs over the elements is a loop made from a functor, what deals with
// shapes and threads is written once, without types.

#include <complex>
#include <cstdint>
#include <type_traits>

#include "reflow/op/op.h"
#include "reflow/op/vector_math.h"

namespace reflow::ops {

using namespace ::reflow::op;

using UnaryLoop = void (*)(const void* x, void* y, int64_t n);
// Steps are 1, or 0 for an operand that stays the same.
using BinaryLoop = void (*)(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n);

// y = f(x), element by element.
class UnaryKernel : public Kernel {
 public:
  struct Spec {
    UnaryLoop loop;
    int x_size, y_size;  // of an element in bytes
    double cost_ns;
  };
  explicit UnaryKernel(const Spec& spec) : spec_(spec) {}
  Status compute(KernelContext& c) override;

 private:
  Spec spec_;
};

// y = f(a, b), element by element, with broadcasting.
class BinaryKernel : public Kernel {
 public:
  struct Spec {
    BinaryLoop loop;
    int x_size, y_size;  // of an element of both operands, and of the result
    double cost_ns;
  };
  explicit BinaryKernel(const Spec& spec) : spec_(spec) {}
  Status compute(KernelContext& c) override;

 private:
  void broadcast(KernelContext& c, const Tensor& a, const Tensor& b, Tensor& y) const;
  Spec spec_;
};

// half and bfloat16 are computed in float.
template <typename T>
inline constexpr bool is_small_float = std::is_same_v<T, Half> || std::is_same_v<T, Bfloat16>;
template <typename T>
inline constexpr bool is_complex_type = false;
template <typename T>
inline constexpr bool is_complex_type<std::complex<T>> = true;
template <typename T>
using ComputeType = std::conditional_t<is_small_float<T>, float, T>;

// Signed integers wrap around: an unsigned type of at least 32 bits to calculate in.
template <typename T>
using WrapType = std::conditional_t<(sizeof(T) > 4), uint64_t, uint32_t>;

// A functor is a struct with `static T apply(T x)` (a template, where it serves several types), `kCostNs`, and where the
// vector library has it, `kVec`.
template <class F, typename T>
using UnaryResult = decltype(F::apply(ComputeType<T>()));
template <class F, typename T>
using BinaryResult = decltype(F::apply(ComputeType<T>(), ComputeType<T>()));
// What is stored: small floats again where the function gives floats.
template <typename R, typename T>
using StoredAs = std::conditional_t<is_small_float<T> && std::is_same_v<R, float>, T, R>;

template <class F, typename T>
void unary_loop(const void* x, void* y, int64_t n) {
  using R = StoredAs<UnaryResult<F, T>, T>;
  const T* in = static_cast<const T*>(x);
  R* out = static_cast<R*>(y);
  for (int64_t i = 0; i < n; ++i) out[i] = static_cast<R>(F::apply(static_cast<ComputeType<T>>(in[i])));
}

template <class F, typename T>
void binary_loop(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n) {
  using C = ComputeType<T>;
  using R = StoredAs<BinaryResult<F, T>, T>;
  const T *p = static_cast<const T*>(a), *q = static_cast<const T*>(b);
  R* out = static_cast<R*>(y);
  if (a_step == 0) {
    const C s = static_cast<C>(*p);
    for (int64_t i = 0; i < n; ++i) out[i] = static_cast<R>(F::apply(s, static_cast<C>(q[i * b_step])));
  } else if (b_step == 0) {
    const C s = static_cast<C>(*q);
    for (int64_t i = 0; i < n; ++i) out[i] = static_cast<R>(F::apply(static_cast<C>(p[i]), s));
  } else {
    for (int64_t i = 0; i < n; ++i) out[i] = static_cast<R>(F::apply(static_cast<C>(p[i]), static_cast<C>(q[i])));
  }
}

template <VecOp op>
void vector_unary_f32(const void* x, void* y, int64_t n) {
  static const UnaryFn<float> fn = unary_f32(op);
  fn(static_cast<const float*>(x), static_cast<float*>(y), n);
}
template <VecOp op>
void vector_unary_f64(const void* x, void* y, int64_t n) {
  static const UnaryFn<double> fn = unary_f64(op);
  fn(static_cast<const double*>(x), static_cast<double*>(y), n);
}
template <VecOp op>
void vector_binary_f32(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n) {
  static const BinaryFn<float> fn = binary_f32(op);
  fn(static_cast<const float*>(a), a_step, static_cast<const float*>(b), b_step, static_cast<float*>(y), n);
}
template <VecOp op>
void vector_binary_f64(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n) {
  static const BinaryFn<double> fn = binary_f64(op);
  fn(static_cast<const double*>(a), a_step, static_cast<const double*>(b), b_step, static_cast<double*>(y), n);
}

template <class F, typename T>
UnaryKernel::Spec unary_spec() {
  using R = StoredAs<UnaryResult<F, T>, T>;
  if constexpr (std::is_same_v<T, float> && requires { F::kVec; }) {
    return {vector_unary_f32<F::kVec>, sizeof(T), sizeof(R), cost_ns(F::kVec)};
  } else if constexpr (std::is_same_v<T, double> && requires { F::kVec; }) {
    return {vector_unary_f64<F::kVec>, sizeof(T), sizeof(R), 2 * cost_ns(F::kVec)};
  } else {
    return {unary_loop<F, T>, sizeof(T), sizeof(R), F::kCostNs};
  }
}

template <class F, typename T>
BinaryKernel::Spec binary_spec() {
  using R = StoredAs<BinaryResult<F, T>, T>;
  if constexpr (std::is_same_v<T, float> && requires { F::kVec; }) {
    return {vector_binary_f32<F::kVec>, sizeof(T), sizeof(R), cost_ns(F::kVec)};
  } else if constexpr (std::is_same_v<T, double> && requires { F::kVec; }) {
    return {vector_binary_f64<F::kVec>, sizeof(T), sizeof(R), 2 * cost_ns(F::kVec)};
  } else {
    return {binary_loop<F, T>, sizeof(T), sizeof(R), F::kCostNs};
  }
}

// Unary<Exp>::Kernel<float>: the kernel of a functor and a type, as .kernel<> of a registration takes it.
template <class F>
struct Unary {
  template <typename T>
  class Kernel : public UnaryKernel {
   public:
    explicit Kernel(KernelInit&) : UnaryKernel(unary_spec<F, T>()) {}
  };
};
template <class F>
struct Binary {
  template <typename T>
  class Kernel : public BinaryKernel {
   public:
    explicit Kernel(KernelInit&) : BinaryKernel(binary_spec<F, T>()) {}
  };
};

// Sets of types that families of ops share.
inline constexpr auto kFloatAndComplex = Types<Half, float, double>{} + kComplexTypes;

// The shape function of gradient ops f(y, dy): that of y. Another shape of dy is found out when the op runs.
Status gradient_op_shape(ShapeContext& c);

// A row of a table of ops `y = f(x)`: of types `attr`, with kernels for the types of the set.
using GradientOf = void (*)(GradContext&);
template <class F, typename... Ts>
OpRegistrar unary_op(std::string_view name, std::string_view attr, Types<Ts...> types, std::string_view doc,
                     GradientOf gradient) {
  auto builder = OpBuilder(name);
  std::move(builder).input("x: T").output("y: T").attr(attr).doc(doc).shape(unchanged_shape).in_place(0, 0)
      .template kernel<Unary<F>::template Kernel>(kCpu, types);
  if (gradient == nullptr) {
    std::move(builder).not_differentiable();
  } else {
    std::move(builder).gradient(gradient);
  }
  return OpRegistrar(std::move(builder));
}

}  // namespace reflow::ops
