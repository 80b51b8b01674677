// Conversions between element types.

#include <bit>
#include <complex>
#include <limits>

#include "elementwise_kernel.h"
#include "reflow/op/simd_loop.h"

namespace reflow::ops {
namespace {

// What x86's conversion gives, on any machine: what doesn't fit, and NaN, is the smallest number. int32 serves the
// narrower types and int64 serves uint32, whose lower bits are taken.
template <typename I, typename F>
I fit(F x) {
  constexpr F kLimit = -static_cast<F>(std::numeric_limits<I>::min());
  return x >= -kLimit && x < kLimit ? static_cast<I>(x) : std::numeric_limits<I>::min();
}

template <typename D, typename F>
D float_to_int(F x) {
  if constexpr (std::is_same_v<D, bool>) {
    return x != 0;
  } else if constexpr (std::is_same_v<D, uint64_t>) {
    constexpr F kHalf = 9223372036854775808.0;
    return x < kHalf ? static_cast<uint64_t>(fit<int64_t>(x))
                     : static_cast<uint64_t>(fit<int64_t>(x - kHalf)) ^ (uint64_t{1} << 63);
  } else if constexpr (sizeof(D) == 8 || std::is_same_v<D, uint32_t>) {
    return static_cast<D>(fit<int64_t>(x));
  } else {
    return static_cast<D>(fit<int32_t>(x));
  }
}

template <typename D, typename S>
D convert(S x) {
  if constexpr (std::is_same_v<S, D>) {
    return x;
  } else if constexpr (is_complex_type<D>) {
    using Part = typename D::value_type;
    if constexpr (is_complex_type<S>) {
      return D(static_cast<Part>(x.real()), static_cast<Part>(x.imag()));
    } else {
      return D(static_cast<Part>(static_cast<ComputeType<S>>(x)), 0);
    }
  } else if constexpr (is_complex_type<S>) {
    return convert<D>(x.real());
  } else if constexpr (is_small_float<S>) {
    return convert<D>(static_cast<float>(x));
  } else if constexpr (is_small_float<D>) {
    return D(static_cast<float>(x));
  } else if constexpr (std::is_floating_point_v<S> && std::is_integral_v<D>) {
    return float_to_int<D>(x);
  } else {
    return static_cast<D>(x);
  }
}

template <typename S, typename D>
void cast_loop(const void* x, void* y, int64_t n) {
  const S* in = static_cast<const S*>(x);
  D* out = static_cast<D*>(y);
  // What programs convert most: masks, pixels, numbers of classes.
  constexpr bool kOften = std::is_same_v<D, float> &&
                          (std::is_same_v<S, bool> || std::is_same_v<S, uint8_t> || std::is_same_v<S, int32_t>);
  if constexpr (kOften) {
    using Number = std::conditional_t<std::is_same_v<S, bool>, uint8_t, S>;
    const Number* numbers = static_cast<const Number*>(x);
    simd_loop([&]() REFLOW_SIMD_BODY {
      for (int64_t i = 0; i < n; ++i) out[i] = std::is_same_v<S, bool> ? numbers[i] != 0 : numbers[i];
    });
  } else {
    for (int64_t i = 0; i < n; ++i) out[i] = convert<D>(in[i]);
  }
}

// Attribute Truncate: bits of the mantissa that the result has no room for are dropped instead of rounded.
template <typename S, typename D>
void truncating_loop(const void* x, void* y, int64_t n) {
  using Bits = std::conditional_t<sizeof(S) == 8, uint64_t, uint32_t>;
  constexpr int kSourceBits = sizeof(S) == 8 ? 52 : 23;
  constexpr int kBits = sizeof(D) == 4 ? 23 : std::is_same_v<D, Half> ? 10 : 7;
  constexpr Bits kKept = ~((Bits{1} << (kSourceBits - kBits)) - 1);
  const S* in = static_cast<const S*>(x);
  D* out = static_cast<D*>(y);
  for (int64_t i = 0; i < n; ++i) {
    const bool nan = in[i] != in[i];
    out[i] = convert<D>(nan ? in[i] : std::bit_cast<S>(std::bit_cast<Bits>(in[i]) & kKept));
  }
}

using Loop = void (*)(const void*, void*, int64_t);
constexpr auto kCastTypes = kPlainTypes;

// Any type to itself.
Loop find_copy(DType type) {
  Loop loop = nullptr;
  with_type(kAllTypes, type, [&]<typename T>() { loop = cast_loop<T, T>; });
  return loop;
}

Loop find_loop(DType from, DType to, bool truncate) {
  Loop loop = nullptr;
  with_type(kCastTypes, from, [&]<typename S>() {
    with_type(kCastTypes, to, [&]<typename D>() {
      loop = cast_loop<S, D>;
      constexpr bool kNarrower = is_small_float<D> || (std::is_same_v<D, float> && sizeof(S) == 8);
      if constexpr (std::is_floating_point_v<S> && kNarrower) {
        if (truncate) loop = truncating_loop<S, D>;
      }
    });
  });
  return loop;
}

class Cast : public Kernel {
 public:
  explicit Cast(KernelInit& c) {
    const DType from = c.attr<DType>("SrcT"), to = c.attr<DType>("DstT");
    loop_ = from == to ? find_copy(from) : find_loop(from, to, c.attr_or("Truncate", false));
    x_size_ = dtype_size(from);
    y_size_ = dtype_size(to);
    if (loop_ == nullptr) {
      c.fail(unimplemented("Cast {} to {} is not supported", dtype_spec_name(from), dtype_spec_name(to)));
    }
  }
  Status compute(KernelContext& c) override {
    const char* x = static_cast<const char*>(c.input(0).raw_data());
    Tensor& y = c.output(0);
    char* out = static_cast<char*>(y.raw_data());
    c.pool().parallel_for(y.num_elements(), 0.6, [&](int64_t begin, int64_t end) {
      loop_(x + begin * x_size_, out + begin * y_size_, end - begin);
    });
    return OkStatus();
  }

 private:
  Loop loop_ = nullptr;
  int x_size_ = 0, y_size_ = 0;
};

REFLOW_OP("Cast")
    .input("x: SrcT").output("y: DstT").attr("SrcT: type").attr("DstT: type").attr("Truncate: bool = false")
    .doc("Converts x to type DstT. Floats are rounded towards zero where integers are wanted; what doesn't fit there "
         "gives what the conversion of x86 gives. Of complex numbers the real part is taken.")
    .shape(unchanged_shape).kernel<Cast>(kCpu)
    .gradient([](GradContext& g) {
      const DType from = base_type(g.x(0).dtype()), to = base_type(g.dy(0).dtype());
      const auto continuous = [](DType t) { return is_floating(t) || is_complex(t); };
      if (continuous(from) && continuous(to)) g.dx(0) = g.cast(g.dy(0), from);
    });

}  // namespace
}  // namespace reflow::ops
