// QuantizedMatMul and QuantizedConv2D: sums of products of quantized numbers, counted from where 0 is.

#include <string>
#include <vector>

#include "convolution_shape.h"
#include "reflow/op/op.h"
#include "reflow/op/quantized.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// to[j] += factor * row[j], sums wrapping around.
void add_row(int32_t factor, const int16_t* row, int64_t n, uint32_t* to) {
  for (int64_t j = 0; j < n; ++j) to[j] += static_cast<uint32_t>(factor * row[j]);
}

// The bytes of a tensor counted from `zero`, [rows, columns], transposed where asked for. int16: a byte less any byte.
std::vector<int16_t> centered(const Tensor& t, int64_t zero, bool transpose, int64_t rows, int64_t columns) {
  const Quint8* x = t.data<Quint8>();
  const int64_t bounded = std::clamp<int64_t>(zero, -32000, 32000);  // of a range that 0 is far from
  std::vector<int16_t> result(t.num_elements());
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) {
      result[i * columns + j] = static_cast<int16_t>(x[transpose ? j * rows + i : i * columns + j].value - bounded);
    }
  }
  return result;
}

class QuantizedMatMul : public Kernel {
 public:
  explicit QuantizedMatMul(KernelInit& c) : transpose_a_(c.attr<bool>("transpose_a")), transpose_b_(c.attr<bool>("transpose_b")) {
    expect_type(c, "T2", DType::kQuint8);
    expect_type(c, "Toutput", DType::kQint32);
  }
  Status compute(KernelContext& c) override {
    const Tensor &a = c.input(0), &b = c.input(1);
    ASSIGN_OR_RETURN(const QuantizedRange range_a, range_at(c, 2));
    ASSIGN_OR_RETURN(const QuantizedRange range_b, range_at(c, 4));
    const int64_t m = c.output(0).dim(0), n = c.output(0).dim(1), k = a.dim(transpose_a_ ? 0 : 1);
    const std::vector<int16_t> x = centered(a, float_to_integer<Quint8>(0, range_a), transpose_a_, m, k);
    const std::vector<int16_t> y = centered(b, float_to_integer<Quint8>(0, range_b), transpose_b_, k, n);
    auto* z = reinterpret_cast<uint32_t*>(c.output(0).data<Qint32>());
    c.pool().parallel_for(m, 0.3 * k * n, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        std::fill_n(z + i * n, n, 0u);
        for (int64_t p = 0; p < k; ++p) add_row(x[i * k + p], y.data() + p * n, n, z + i * n);
      }
    });
    put_range(c, 1, product_range<Quint8, Quint8, Qint32>(range_a, range_b));
    return OkStatus();
  }

 private:
  const bool transpose_a_, transpose_b_;
};

Status matmul_shape(ShapeContext& c) {
  Shape a = c.input(0), b = c.input(1);
  const bool transpose_a = c.attr_or("transpose_a", false), transpose_b = c.attr_or("transpose_b", false);
  const int inner_a = transpose_a ? 0 : 1, inner_b = transpose_b ? 1 : 0;
  if (c.concrete()) {
    if (a.rank() != 2) return invalid_argument("In[0] is not a matrix");
    if (b.rank() != 2) return invalid_argument("In[1] is not a matrix");
    if (a.dim(inner_a) != b.dim(inner_b)) return invalid_argument("Matrix size-incompatible: In[0]: {}, In[1]: {}", a.str(), b.str());
  }
  RETURN_IF_ERROR(c.with_rank(a, 2, &a));
  RETURN_IF_ERROR(c.with_rank(b, 2, &b));
  int64_t inner;
  RETURN_IF_ERROR(c.merge_dim(a.dim(inner_a), b.dim(inner_b), &inner));
  c.set_output(0, Shape{a.dim(1 - inner_a), b.dim(1 - inner_b)});
  Shape bias;
  const bool has_bias = c.node().type().find("Bias") != std::string::npos;
  if (has_bias) RETURN_IF_ERROR(c.with_rank(c.input(2), 1, &bias));
  RETURN_IF_ERROR(check_scalars(c, has_bias ? 3 : 2, c.num_inputs()));
  set_range_outputs(c);
  return OkStatus();
}

class QuantizedConv2D : public Kernel {
 public:
  explicit QuantizedConv2D(KernelInit& c) : attrs_(ConvolutionAttrs::of(c, 2)) {
    expect_type(c, "Tfilter", DType::kQuint8);
    expect_type(c, "out_type", DType::kQint32);
  }
  Status compute(KernelContext& c) override {
    const Tensor &x = c.input(0), &filter = c.input(1);
    ASSIGN_OR_RETURN(const QuantizedRange range_x, range_at(c, 2));
    ASSIGN_OR_RETURN(const QuantizedRange range_f, range_at(c, 4));
    ASSIGN_OR_RETURN(const Convolution sizes, convolution_sizes(attrs_, x.shape(), filter.shape(), nullptr, ""));
    const std::vector<int16_t> image = centered(x, float_to_integer<Quint8>(0, range_x), false, 1, x.num_elements());
    const std::vector<int16_t> taps = centered(filter, float_to_integer<Quint8>(0, range_f), false, 1, filter.num_elements());
    auto* y = reinterpret_cast<uint32_t*>(c.output(0).data<Qint32>());
    const WindowDim &rows = sizes.dims[0], &columns = sizes.dims[1];
    const int64_t depth = sizes.in_channels, n = sizes.out_channels;
    const double cost = 0.3 * rows.kernel * columns.kernel * depth * n + 5;
    c.pool().parallel_for(sizes.batch * rows.out * columns.out, cost, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const int64_t column = i % columns.out, row = i / columns.out % rows.out, at = i / columns.out / rows.out;
        std::fill_n(y + i * n, n, 0u);
        int64_t r0, r1, c0, c1;
        rows.taps(row, &r0, &r1);
        columns.taps(column, &c0, &c1);
        for (int64_t r = r0; r < r1; ++r) {
          const int64_t in_row = row * rows.stride - rows.before + r * rows.dilation;
          for (int64_t s = c0; s < c1; ++s) {
            const int64_t in_column = column * columns.stride - columns.before + s * columns.dilation;
            const int16_t* pixel = image.data() + ((at * rows.in + in_row) * columns.in + in_column) * depth;
            const int16_t* tap = taps.data() + (r * columns.kernel + s) * depth * n;
            for (int64_t d = 0; d < depth; ++d) add_row(pixel[d], tap + d * n, n, y + i * n);
          }
        }
      }
    });
    put_range(c, 1, product_range<Quint8, Quint8, Qint32>(range_x, range_f));
    return OkStatus();
  }

 private:
  const ConvolutionAttrs attrs_;
};

Status conv_shape(ShapeContext& c) {
  RETURN_IF_ERROR(conv2d_shape(c));
  RETURN_IF_ERROR(check_scalars(c, 2, 6));
  set_range_outputs(c);
  return OkStatus();
}

REFLOW_OP("QuantizedMatMul")
    .input("a: T1")
    .input("b: T2")
    .input("min_a: float")
    .input("max_a: float")
    .input("min_b: float")
    .input("max_b: float")
    .output("out: Toutput")
    .output("min_out: float")
    .output("max_out: float")
    .attr("T1: {qint8, quint8, qint32, qint16, quint16}")
    .attr("T2: {qint8, quint8, qint32, qint16, quint16}")
    .attr("Toutput: {qint8, quint8, qint32, qint16, quint16} = DT_QINT32")
    .attr("transpose_a: bool = false")
    .attr("transpose_b: bool = false")
    .attr("Tactivation: {qint8, quint8, qint32, qint16, quint16} = DT_QUINT8")
    .doc("The product of two matrices of quantized numbers, and the range that it stands for.")
    .shape(matmul_shape)
    .kernel_for<QuantizedMatMul>(kCpu, Types<Quint8>{}, "T1");

REFLOW_OP("QuantizedConv2D")
    .input("input: Tinput")
    .input("filter: Tfilter")
    .input("min_input: float")
    .input("max_input: float")
    .input("min_filter: float")
    .input("max_filter: float")
    .output("output: out_type")
    .output("min_output: float")
    .output("max_output: float")
    .attr("Tinput: {qint8, quint8, qint32, qint16, quint16}")
    .attr("Tfilter: {qint8, quint8, qint32, qint16, quint16}")
    .attr("out_type: {qint8, quint8, qint32, qint16, quint16} = DT_QINT32")
    .attr("strides: list(int)")
    .attr("padding: {'SAME', 'VALID'}")
    .attr("dilations: list(int) = [1, 1, 1, 1]")
    .doc("Conv2D of quantized images and filters, and the range that the results stand for.")
    .shape(conv_shape)
    .kernel_for<QuantizedConv2D>(kCpu, Types<Quint8>{}, "Tinput");

constexpr const char* kBiasTypes = "Tbias: {float, qint32}";
constexpr const char *kFirst = "T1: {qint8, quint8, qint32, qint16, quint16}", *kSecond = "T2: {qint8, quint8, qint32, qint16, quint16}";

// The products with a bias, which TensorFlow has kernels for with Intel's library only.
OpBuilder bias_op(const char* name, const char* bias, const char* doc) {
  OpBuilder builder(name);
  const bool requantizes = std::string_view(name).ends_with("Requantize");
  std::move(builder).input("a: T1").input("b: T2").input(bias).input("min_a: float").input("max_a: float").input("min_b: float")
      .input("max_b: float");
  if (requantizes) std::move(builder).input("min_freezed_output: float").input("max_freezed_output: float");
  std::move(builder).output("out: Toutput").output("min_out: float").output("max_out: float").attr(kFirst).attr(kSecond);
  if (std::string_view(bias) == "bias: Tbias") std::move(builder).attr(kBiasTypes);
  std::move(builder)
      .attr(fmt::format("Toutput: {{qint8, quint8, qint32, qint16, quint16}} = {}", requantizes ? "DT_QUINT8" : "DT_QINT32"))
      .attr("transpose_a: bool = false").attr("transpose_b: bool = false")
      .attr("input_quant_mode: {'MIN_FIRST', 'SCALED'} = 'MIN_FIRST'").doc(doc).shape(matmul_shape);
  return builder;
}

const OpRegistrar kBiasOps[] = {
    bias_op("QuantizedMatMulWithBias", "bias: Tbias", "QuantizedMatMul and a bias. As in TensorFlow, CPUs have no kernel for it."),
    bias_op("QuantizedMatMulWithBiasAndRelu", "bias: float",
            "QuantizedMatMul, a bias and QuantizedRelu. As in TensorFlow, CPUs have no kernel for it."),
    bias_op("QuantizedMatMulWithBiasAndReluAndRequantize", "bias: Tbias",
            "QuantizedMatMul, a bias, QuantizedRelu and Requantize. As in TensorFlow, CPUs have no kernel for it."),
};

}  // namespace
}  // namespace reflow::ops
