// Numbers as strings, by a format of printf.

#include <complex>
#include <cstdio>
#include <string>
#include <type_traits>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// What the attributes say, before the letter of the conversion: "%-8.2".
struct NumberFormat {
  explicit NumberFormat(KernelInit& c) {
    const auto precision = c.attr<int64_t>("precision"), width = c.attr<int64_t>("width");
    const bool scientific = c.attr<bool>("scientific"), shortest = c.attr<bool>("shortest");
    const std::string fill = c.attr<std::string>("fill");
    const DType type = c.attr<DType>("T");
    const bool has_fraction = is_floating(type) || is_complex(type);
    if (!has_fraction && (scientific || shortest)) {
      c.fail(invalid_argument("scientific and shortest format not supported for datatype {}", dtype_name(type)));
    }
    if (!has_fraction && precision >= 0) {
      c.fail(invalid_argument("precision not supported for datatype {}", dtype_name(type)));
    }
    if (fill.size() > 1) c.fail(invalid_argument("Fill string must be one or fewer characters"));
    constexpr int64_t kMost = 1 << 16;  // beyond what any text is wide, and printf's own limit
    if (width > kMost || precision > kMost) c.fail(invalid_argument("width and precision must be at most {}", kMost));
    if (scientific && shortest) c.fail(invalid_argument("Cannot select both scientific and shortest notation"));
    if (!fill.empty() && std::string_view(" +-0#").find(fill[0]) == std::string_view::npos) {
      c.fail(invalid_argument("Fill argument not supported: \"{}\"", fill));
    }
    prefix = "%" + fill;
    if (width >= 0) prefix += std::to_string(width);
    if (precision >= 0) prefix += "." + std::to_string(precision);
    letter = !has_fraction ? 'd' : scientific ? 'e' : shortest ? 'g' : 'f';
  }
  std::string prefix;
  char letter;
};

template <typename V>
void print(const std::string& format, V value, std::string* out) {
  char buffer[128];
  const int n = std::snprintf(buffer, sizeof(buffer), format.c_str(), value);
  if (n < static_cast<int>(sizeof(buffer))) {
    if (n > 0) out->append(buffer, static_cast<size_t>(n));
    return;
  }
  const size_t before = out->size();
  out->resize(before + static_cast<size_t>(n) + 1);
  std::snprintf(out->data() + before, static_cast<size_t>(n) + 1, format.c_str(), value);
  out->resize(before + static_cast<size_t>(n));
}

template <typename T>
class AsString : public Kernel {
 public:
  explicit AsString(KernelInit& c) {
    const NumberFormat format(c);
    format_ = std::is_integral_v<T> ? format.prefix + "ll" + format.letter : format.prefix + format.letter;
  }

  Status compute(KernelContext& c) override {
    const T* in = c.input(0).data<T>();
    std::string* out = c.output(0).data<std::string>();
    c.pool().parallel_for(c.input(0).num_elements(), 150, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        std::string text;
        append(in[i], &text);
        out[i] = std::move(text);
      }
    });
    return OkStatus();
  }

 private:
  void append(const T& value, std::string* text) const {
    if constexpr (std::is_same_v<T, bool>) {
      *text = value ? "true" : "false";
    } else if constexpr (std::is_integral_v<T>) {
      print(format_, static_cast<long long>(value), text);
    } else if constexpr (is_complex(dtype_of<T>)) {
      *text += '(';
      print(format_, static_cast<double>(value.real()), text);
      *text += ',';
      print(format_, static_cast<double>(value.imag()), text);
      *text += ')';
    } else {
      print(format_, static_cast<double>(value), text);
    }
  }

  std::string format_;
};

REFLOW_OP("AsString")
    .input("input: T")
    .output("output: string")
    .attr("T: {int8, int16, int32, int64, complex64, complex128, float, double, bool}")
    .attr("precision: int = -1")
    .attr("scientific: bool = false")
    .attr("shortest: bool = false")
    .attr("width: int = -1")
    .attr("fill: string = ''")
    .doc("Each element as text, as printf writes it with `fill`, `width` and `precision`: with decimals, in `scientific` "
         "notation, or the `shortest` of the two.")
    .shape(unchanged_shape)
    .kernel<AsString>(kCpu, Types<int8_t, int16_t, int32_t, int64_t, std::complex<float>, std::complex<double>, float,
                                  double, bool>{})
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
