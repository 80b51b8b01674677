// QuantizedInstanceNorm and QuantizedBatchNormWithGlobalNormalization.

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "reflow/op/op.h"
#include "reflow/op/quantized.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// Normalises each channel of each image by its own mean and variance.
class InstanceNorm : public Kernel {
 public:
  explicit InstanceNorm(KernelInit& c)
      : epsilon_(c.attr<float>("variance_epsilon")),
        least_(c.attr<float>("min_separation")),
        given_(c.attr<bool>("output_range_given")),
        range_{c.attr<float>("given_y_min"), c.attr<float>("given_y_max")} {
    if (given_ && !(range_.min < range_.max)) {
      c.fail(invalid_argument("given_y_min must be less than given_y_max : {} >= {}", range_.min, range_.max));
    }
  }

  Status compute(KernelContext& c) override {
    const Tensor& x = c.input(0);
    for (int i : {1, 2}) {
      if (c.input(i).rank() != 0) return invalid_argument("`{}` must be rank 0 but is rank {}", i == 1 ? "x_min" : "x_max", c.input(i).rank());
    }
    ASSIGN_OR_RETURN(const QuantizedRange in, range_at(c, 1));
    if (!(in.min < in.max)) return invalid_argument("input_min must be less than input_max : {} >= {}", in.min, in.max);
    ASSIGN_OR_RETURN(Tensor scratch, c.allocate_scratch(DType::kFloat32, x.shape()));
    normalize(x, (in.max - in.min) / 255.0f, scratch.data<float>());
    const std::span<const float> normalized = scratch.flat<float>();
    QuantizedRange out = range_;
    if (!given_ && !normalized.empty()) {
      out = {*std::ranges::min_element(normalized), *std::ranges::max_element(normalized)};
    }
    if (out.max - out.min < least_) out.max = out.min + least_;
    const ToQuantized<Quint8> to_quantized(out);
    Quint8* y = c.output(0).data<Quint8>();
    for_quantized(c, x.num_elements(), [&](int64_t i) { y[i] = to_quantized(normalized[i]); });
    put_range(c, 1, out);
    return OkStatus();
  }

 private:
  void normalize(const Tensor& x, float scale, float* to) const {
    const int64_t area = x.dim(1) * x.dim(2), depth = x.dim(3);
    for (int64_t n = 0; n < x.dim(0); ++n) {
      for (int64_t j = 0; j < depth; ++j) {
        const Quint8* from = x.data<Quint8>() + n * area * depth + j;
        float* out = to + n * area * depth + j;
        double sum = 0, squares = 0;
        for (int64_t i = 0; i < area; ++i) sum += from[i * depth].value;
        const float mean = static_cast<float>(sum / static_cast<double>(area));
        for (int64_t i = 0; i < area; ++i) {
          const float distance = scale * (static_cast<float>(from[i * depth].value) - mean);
          squares += static_cast<double>(distance) * distance;
        }
        const float variance = static_cast<float>(squares / static_cast<double>(area));
        const float inverse = 1.0f / std::sqrt(variance + epsilon_);
        for (int64_t i = 0; i < area; ++i) out[i * depth] = scale * (static_cast<float>(from[i * depth].value) - mean) * inverse;
      }
    }
  }

  const float epsilon_, least_;
  const bool given_;
  const QuantizedRange range_;
};

// In integers of a range that is wide enough for all results.
class BatchNorm : public Kernel {
 public:
  explicit BatchNorm(KernelInit& c) : epsilon_(c.attr<float>("variance_epsilon")), scales_(c.attr<bool>("scale_after_normalization")) {
    expect_type(c, "out_type", DType::kQint32);
  }

  Status compute(KernelContext& c) override {
    const Tensor& x = c.input(0);
    std::vector<QuantizedRange> ranges;
    for (int i = 0; i < 5; ++i) {
      ASSIGN_OR_RETURN(const QuantizedRange range, range_at(c, 3 * i + 1));
      ranges.push_back(range);
    }
    const int64_t depth = x.dim(3);
    const auto channel = [&](int i, int64_t j) { return quantized_to_float(c.input(3 * i).data<Quint8>()[j], ranges[i]); };
    std::vector<int32_t> scale(depth), offset(depth);
    for (int64_t j = 0; j < depth; ++j) {
      const float inverse = 1.0f / std::sqrt(channel(2, j) + epsilon_);
      const float factor = scales_ ? inverse * channel(4, j) : inverse;
      scale[j] = float_to_quantized<Qint32>(factor, kRange).value;
      offset[j] = float_to_quantized<Qint32>(-channel(1, j) * factor + channel(3, j), kRange).value;
    }
    const int32_t one = float_to_quantized<Qint32>(1.0f, kRange).value;
    const Quint8* in = x.data<Quint8>();
    Qint32* out = c.output(0).data<Qint32>();
    for_quantized(c, x.num_elements(), [&](int64_t i) {
      const int32_t value = float_to_quantized<Qint32>(quantized_to_float(in[i], ranges[0]), kRange).value;
      const auto product = static_cast<int32_t>(static_cast<uint32_t>(value) * static_cast<uint32_t>(scale[i % depth]));
      out[i].value = static_cast<int32_t>(static_cast<uint32_t>(product / one) + static_cast<uint32_t>(offset[i % depth]));
    });
    put_range(c, 1, kRange);
    return OkStatus();
  }

 private:
  static constexpr QuantizedRange kRange{-(1 << 20), 1 << 20};
  const float epsilon_;
  const bool scales_;
};

Status instance_norm_shape(ShapeContext& c) {
  Shape images;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 4, &images));
  RETURN_IF_ERROR(check_scalars(c, 1, 3));
  c.set_output(0, c.input(0));
  set_range_outputs(c);
  return OkStatus();
}

Status batch_norm_shape(ShapeContext& c) {
  static constexpr const char* kNames[] = {"input", "mean", "var", "beta", "gamma"};
  if (c.concrete() && c.input(0).rank() != 4) return invalid_argument("input must be 4-dimensional{}", c.input(0).str());
  Shape images, vector;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 4, &images));
  int64_t depth = images.dim(3);
  for (int i = 1; i < 5; ++i) {
    const Shape& x = c.input(3 * i);
    if (c.concrete() && x.rank() != 1) return invalid_argument("{} must be 1-dimensional{}", kNames[i], x.str());
    RETURN_IF_ERROR(c.with_rank(x, 1, &vector));
    RETURN_IF_ERROR(c.merge_dim(depth, vector.dim(0), &depth));
  }
  images.set_dim(3, depth);
  c.set_output(0, std::move(images));
  set_range_outputs(c);
  return OkStatus();
}

REFLOW_OP("QuantizedInstanceNorm")
    .input("x: T")
    .input("x_min: float")
    .input("x_max: float")
    .output("y: T")
    .output("y_min: float")
    .output("y_max: float")
    .attr("T: {qint8, quint8, qint32, qint16, quint16}")
    .attr("output_range_given: bool = false")
    .attr("given_y_min: float = 0")
    .attr("given_y_max: float = 0")
    .attr("variance_epsilon: float = 1e-05")
    .attr("min_separation: float = 0.001")
    .doc("Quantized images [batch, height, width, channels], each channel of each normalised to mean 0 and variance 1.")
    .shape(instance_norm_shape)
    .kernel_for<InstanceNorm>(kCpu, Types<Quint8>{});

REFLOW_OP("QuantizedBatchNormWithGlobalNormalization")
    .input("t: Tinput")
    .input("t_min: float")
    .input("t_max: float")
    .input("m: Tinput")
    .input("m_min: float")
    .input("m_max: float")
    .input("v: Tinput")
    .input("v_min: float")
    .input("v_max: float")
    .input("beta: Tinput")
    .input("beta_min: float")
    .input("beta_max: float")
    .input("gamma: Tinput")
    .input("gamma_min: float")
    .input("gamma_max: float")
    .output("result: out_type")
    .output("result_min: float")
    .output("result_max: float")
    .attr("Tinput: {qint8, quint8, qint32, qint16, quint16}")
    .attr("out_type: {qint8, quint8, qint32, qint16, quint16}")
    .attr("variance_epsilon: float")
    .attr("scale_after_normalization: bool")
    .doc("BatchNormWithGlobalNormalization of quantized numbers.")
    .shape(batch_norm_shape)
    .kernel_for<BatchNorm>(kCpu, Types<Quint8>{}, "Tinput");

}  // namespace
}  // namespace reflow::ops
