// Complex numbers and their parts.

#include <algorithm>
#include <complex>

#include "elementwise_kernel.h"
#include "gradient_ops.h"

namespace reflow::ops {
namespace {

struct Conj {
  static constexpr double kCostNs = 0.6;
  template <typename T>
  static T apply(T x) { return std::conj(x); }
};
struct Real {
  static constexpr double kCostNs = 0.5;
  template <typename T>
  static auto apply(T x) { return x.real(); }
};
struct Imag {
  static constexpr double kCostNs = 0.5;
  template <typename T>
  static auto apply(T x) { return x.imag(); }
};
struct Angle {
  static constexpr double kCostNs = 20;
  template <typename T>
  static auto apply(T x) { return std::arg(x); }
};
struct ComplexAbs {
  static constexpr double kCostNs = 5;
  template <typename T>
  static auto apply(T x) { return std::abs(x); }
};
struct Complex {
  static constexpr double kCostNs = 1;
  template <typename T>
  static std::complex<T> apply(T re, T im) { return {re, im}; }
};

// Variants (lists of tensors) hold no complex numbers here: they go through as they are.
class ConjVariant : public Kernel {
 public:
  explicit ConjVariant(KernelInit&) {}
  Status compute(KernelContext& c) override {
    std::copy_n(c.input(0).data<Variant>(), c.input(0).num_elements(), c.output(0).data<Variant>());
    return OkStatus();
  }
};

// A complex number of a real part, as tf.complex makes it.
Endpoint complex_of(GradContext& g, Endpoint re, Endpoint im) {
  if (!re || !im) return {};
  const DType type = base_type(re.dtype()) == DType::kFloat64 ? DType::kComplex128 : DType::kComplex64;
  return g.op("Complex", {re, im}, {{"Tout", type}});
}
Endpoint part_of(GradContext& g, std::string_view type, Endpoint x) {
  if (!x) return {};
  const DType real = base_type(x.dtype()) == DType::kComplex128 ? DType::kFloat64 : DType::kFloat32;
  return g.op(type, {x}, {{"Tout", real}});
}

// Kernels of two types that go together: float with complex64, double with complex128.
template <class F>
struct PartOf {
  template <typename T, typename Tout>
  class Kernel : public Unary<F>::template Kernel<T> {
   public:
    using Unary<F>::template Kernel<T>::Kernel;
  };
};
template <typename T, typename Tout>
class MakeComplex : public Binary<Complex>::Kernel<T> {
 public:
  using Binary<Complex>::Kernel<T>::Kernel;
};

template <class F>
OpBuilder part_op(std::string_view name, std::string_view x, std::string_view y, std::string_view doc) {
  OpBuilder builder(name);
  std::move(builder).input(std::string(x) + ": T").output(std::string(y) + ": Tout")
      .attr("T: {complex64, complex128} = DT_COMPLEX64").attr("Tout: {float, double} = DT_FLOAT")
      .doc(doc).shape(unchanged_shape)
      .template kernel<PartOf<F>::template Kernel>(kCpu, Types<std::complex<float>>{}, Types<float>{}, "T", "Tout")
      .template kernel<PartOf<F>::template Kernel>(kCpu, Types<std::complex<double>>{}, Types<double>{}, "T", "Tout");
  return builder;
}

const OpRegistrar kParts[] = {
    part_op<Real>("Real", "input", "output", "Returns the real parts of complex numbers.")
        .gradient([](GradContext& g) {
          const Endpoint dy = g.dy(0);
          g.dx(0) = complex_of(g, dy, g.constant(0, dy.dtype()));
        }),
    part_op<Imag>("Imag", "input", "output", "Returns the imaginary parts of complex numbers.")
        .gradient([](GradContext& g) {
          const Endpoint dy = g.dy(0);
          g.dx(0) = complex_of(g, g.constant(0, dy.dtype()), dy);
        }),
    part_op<Angle>("Angle", "input", "output", "Returns the arguments (angles) of complex numbers, in [-pi, pi].")
        .gradient([](GradContext& g) {
          const Endpoint dy = g.dy(0);
          AfterDy after(g);
          const Endpoint re = part_of(g, "Real", g.x(0)), im = part_of(g, "Imag", g.x(0));
          const Endpoint slope = g.op("Reciprocal", {complex_of(g, im, re)});
          const Endpoint zero = g.constant(0, dy.dtype());
          const Endpoint complex_dy = complex_of(g, dy, zero);
          g.dx(0) = mul(g, g.op("Neg", {complex_dy}), slope);
        }),
    part_op<ComplexAbs>("ComplexAbs", "x", "y", "Returns the absolute values of complex numbers.")
        .gradient([](GradContext& g) {
          const Endpoint dy = g.dy(0);
          const Endpoint scaled = mul(g, complex_of(g, dy, g.zeros_like(dy)), g.x(0));
          const Endpoint y = g.y(0);
          g.dx(0) = g.op("DivNoNan", {scaled, complex_of(g, y, g.zeros_like(y))}, {}, "div_no_nan");
        }),
};

REFLOW_OP("Conj")
    .input("input: T").output("output: T").attr("T: {complex64, complex128, variant} = DT_COMPLEX64")
    .doc("Returns the complex conjugates.")
    .shape(unchanged_shape)
    .kernel<Unary<Conj>::Kernel>(kCpu, kComplexTypes).kernel_for<ConjVariant>(kCpu, Types<Variant>{})
    .gradient([](GradContext& g) { g.dx(0) = g.op("Conj", {g.dy(0)}); });

REFLOW_OP("Complex")
    .input("real: T").input("imag: T").output("out: Tout")
    .attr("T: {float, double} = DT_FLOAT").attr("Tout: {complex64, complex128} = DT_COMPLEX64")
    .doc("Makes complex numbers of real and imaginary parts, with broadcasting.")
    .shape(broadcast_shape_fn)
    .kernel<MakeComplex>(kCpu, Types<float>{}, Types<std::complex<float>>{}, "T", "Tout")
    .kernel<MakeComplex>(kCpu, Types<double>{}, Types<std::complex<double>>{}, "T", "Tout")
    .gradient([](GradContext& g) {
      BroadcastGradients to(g);
      g.dx(0) = to.reduce(0, part_of(g, "Real", g.dy(0)));
      g.dx(1) = to.reduce(1, part_of(g, "Imag", g.dy(0)));
    });

}  // namespace
}  // namespace reflow::ops
