// FusedBatchNorm in its three versions and their gradients: normalises each channel to mean offset and deviation scale.

#include <cmath>
#include <limits>
#include <string>

#include "batch_norm_gradient.h"
#include "batch_norm_kernel.h"
#include "reflow/op/op.h"
#include "reflow/op/window.h"

namespace reflow::ops {
namespace {

using namespace op;

// Per-channel inputs and outputs are float in all versions.
template <typename T>
class FusedBatchNorm : public Kernel {
 public:
  explicit FusedBatchNorm(KernelInit& c)
      : epsilon_(c.attr<float>("epsilon")),
        training_(c.attr<bool>("is_training")),
        channels_first_(is_channels_first(c.attr<std::string>("data_format"))) {}

  Status compute(KernelContext& c) override {
    const NormView v(c.input(0).shape(), channels_first_);
    const T* x = c.input(0).data<T>();
    const float *scale = c.input(1).data<float>(), *offset = c.input(2).data<float>();
    float *mean = c.output(1).data<float>(), *variance = c.output(2).data<float>();
    float *saved_mean = c.output(3).data<float>(), *saved_variance = c.output(4).data<float>();
    if (c.num_outputs() > 5) c.output(5).data<float>()[0] = 0;  // what cuDNN keeps between the passes
    if (v.count() == 0 && training_) {
      for (float* statistic : {mean, variance, saved_mean, saved_variance}) {
        std::fill_n(statistic, v.channels, std::numeric_limits<float>::quiet_NaN());
      }
      return OkStatus();
    }
    if (training_) {
      moments(c.pool(), v, x, saved_mean, saved_variance);
      // The variance of the population, as an estimate of that of all data.
      const float correction = static_cast<float>(v.count()) / std::max<int64_t>(v.count() - 1, 1);
      for (int64_t j = 0; j < v.channels; ++j) mean[j] = saved_mean[j], variance[j] = saved_variance[j] * correction;
    } else {
      std::copy_n(c.input(3).data<float>(), v.channels, saved_mean);
      std::copy_n(c.input(4).data<float>(), v.channels, saved_variance);
      std::copy_n(saved_mean, v.channels, mean);
      std::copy_n(saved_variance, v.channels, variance);
    }
    std::vector<float> factors(v.channels);
    for (int64_t j = 0; j < v.channels; ++j) factors[j] = scale[j] / std::sqrt(saved_variance[j] + epsilon_);
    T* y = c.output(0).data<T>();
    for_each_channel_element(c.pool(), v, [=, factor = factors.data()](int64_t i, int64_t j) REFLOW_SIMD_BODY {
      y[i] = static_cast<T>((static_cast<float>(x[i]) - saved_mean[j]) * factor[j] + offset[j]);
    });
    return OkStatus();
  }

 private:
  static void moments(ThreadPool& pool, const NormView& v, const T* x, float* mean, float* variance) {
    const float n = static_cast<float>(v.count());
    channel_sums<1>(pool, v, [=](int64_t i, int64_t, float* a) REFLOW_SIMD_BODY { a[0] = static_cast<float>(x[i]); }, mean);
    for (int64_t j = 0; j < v.channels; ++j) mean[j] /= n;
    channel_sums<1>(
        pool, v,
        [=](int64_t i, int64_t j, float* a) REFLOW_SIMD_BODY {
          const float d = static_cast<float>(x[i]) - mean[j];
          a[0] = d * d;
        },
        variance);
    for (int64_t j = 0; j < v.channels; ++j) variance[j] /= n;
  }

  const float epsilon_;
  const bool training_, channels_first_;
};

// Inputs dL/dy, x, scale, mean, variance.
template <typename T>
class FusedBatchNormGrad : public Kernel {
 public:
  explicit FusedBatchNormGrad(KernelInit& c)
      : epsilon_(c.attr<float>("epsilon")),
        training_(c.attr<bool>("is_training")),
        channels_first_(is_channels_first(c.attr<std::string>("data_format"))) {}

  Status compute(KernelContext& c) override {
    const NormView v(c.input(1).shape(), channels_first_);
    const T *dy = c.input(0).data<T>(), *x = c.input(1).data<T>();
    const float *scale = c.input(2).data<float>(), *mean = c.input(3).data<float>(), *variance = c.input(4).data<float>();
    T* dx = c.output(0).data<T>();
    float *dscale = c.output(1).data<float>(), *doffset = c.output(2).data<float>();
    for (int i : {3, 4}) std::fill_n(c.output(i).data<float>(), c.output(i).num_elements(), 0.0f);
    const int64_t n = v.channels;
    std::vector<float> buffer(5 * n);
    float *sums = buffer.data(), *factor = sums + 2 * n, *slope = factor + n, *level = slope + n;
    channel_sums<2>(
        c.pool(), v,
        [=](int64_t i, int64_t j, float* a) REFLOW_SIMD_BODY {
          a[0] = static_cast<float>(dy[i]);
          a[1] = static_cast<float>(dy[i]) * (static_cast<float>(x[i]) - mean[j]);
        },
        sums);
    const float count = static_cast<float>(std::max<int64_t>(v.count(), 1));
    for (int64_t j = 0; j < n; ++j) {
      const float inverse = 1 / std::sqrt(variance[j] + epsilon_);
      doffset[j] = sums[j];
      dscale[j] = sums[n + j] * inverse;
      factor[j] = scale[j] * inverse;
      level[j] = training_ ? sums[j] / count : 0;
      slope[j] = training_ ? sums[n + j] / count * inverse * inverse : 0;
    }
    for_each_channel_element(c.pool(), v, [=](int64_t i, int64_t j) REFLOW_SIMD_BODY {
      const float centred = static_cast<float>(x[i]) - mean[j];
      dx[i] = static_cast<T>(factor[j] * (static_cast<float>(dy[i]) - level[j] - centred * slope[j]));
    });
    return OkStatus();
  }

 private:
  const float epsilon_;
  const bool training_, channels_first_;
};

// The channels of images x and of vectors from input `first` to `last` on are equal: *channels, which x is given too.
Status merge_channels(ShapeContext& c, Shape* x, bool channels_first, int first, int last, int64_t* channels) {
  const int axis = channels_first ? 1 : 3;
  *channels = x->dim(axis);
  for (int i = first; i <= last; ++i) {
    Shape vector;
    RETURN_IF_ERROR(c.with_rank(c.input(i), 1, &vector));
    RETURN_IF_ERROR(c.merge_dim(*channels, vector.dim(0), channels));
  }
  x->set_dim(axis, *channels);
  return OkStatus();
}

Status batch_norm_shape(ShapeContext& c) {
  const bool first = is_channels_first(c.attr_or<std::string>("data_format", "NHWC"));
  ASSIGN_OR_RETURN(const bool training, c.attr<bool>("is_training"));
  Shape x = c.input(0);
  if (c.concrete()) {
    static constexpr const char* kNames[] = {"input", "scale", "offset", "estimated_mean", "estimated_variance"};
    if (x.rank() != 4) return invalid_argument("input must be 4-dimensional{}", x.str());
    for (int i = 1; i < 5; ++i) {
      if (c.input(i).rank() != 1) return invalid_argument("{} must be 1-dimensional{}", kNames[i], c.input(i).str());
    }
    if (training) {
      for (int i : {3, 4}) {
        if (c.input(i).dim(0) == 0) continue;
        return invalid_argument("{} must be empty for training{}", kNames[i], c.input(i).str());
      }
    }
  }
  RETURN_IF_ERROR(c.with_rank(x, 4, &x));
  int64_t channels;
  RETURN_IF_ERROR(merge_channels(c, &x, first, 1, training ? 2 : 4, &channels));
  c.set_output(0, x);
  for (int i = 1; i < 5; ++i) c.set_output(i, {channels});
  if (c.num_outputs() > 5) c.set_output(5, c.concrete() ? Shape{} : Shape::unknown());
  return OkStatus();
}

Status batch_norm_grad_shape(ShapeContext& c) {
  const bool first = is_channels_first(c.attr_or<std::string>("data_format", "NHWC"));
  ASSIGN_OR_RETURN(const bool training, c.attr<bool>("is_training"));
  if (c.concrete()) {
    static constexpr const char* kNames[] = {"out_backprop", "input", "scale", "saved mean", "saved variance"};
    for (int i = 0; i < 5; ++i) {
      const int rank = i < 2 ? 4 : 1;
      if (c.input(i).rank() != rank) return invalid_argument("{} must be {}-dimensional{}", kNames[i], rank, c.input(i).str());
    }
  }
  Shape dy, x;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 4, &dy));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 4, &x));
  if (c.concrete() && !(dy == x)) {
    return invalid_argument("x and y_backprop must have same shape, but x has shape {} and y_backprop has shape {}", x.str(),
                            dy.str());
  }
  const int axis = first ? 1 : 3;
  int64_t both;
  RETURN_IF_ERROR(c.merge_dim(dy.dim(axis), x.dim(axis), &both));
  dy.set_dim(axis, both);
  int64_t channels;
  RETURN_IF_ERROR(merge_channels(c, &dy, first, 2, 4, &channels));
  c.set_output(0, dy);
  c.set_output(1, {channels});
  c.set_output(2, {channels});
  // Nothing flows to the estimates; TensorFlow's kernel gives scalars, whatever its shape function says.
  for (int i : {3, 4}) c.set_output(i, c.concrete() ? Shape{} : training ? Shape{0} : Shape{channels});
  return OkStatus();
}

REFLOW_OP("FusedBatchNorm")
    .input("x: T")
    .input("scale: T")
    .input("offset: T")
    .input("mean: T")
    .input("variance: T")
    .output("y: T")
    .output("batch_mean: T")
    .output("batch_variance: T")
    .output("reserve_space_1: T")
    .output("reserve_space_2: T")
    .attr("T: {float}")
    .attr("epsilon: float = 0.0001")
    .attr("data_format: {'NHWC', 'NCHW'} = 'NHWC'")
    .attr("is_training: bool = true")
    .doc("Normalises each channel of x [batch, height, width, channels]: y = (x - mean) / sqrt(variance + epsilon) * scale + "
         "offset, with the mean and variance of the batch in training, else with those given.")
    .shape(batch_norm_shape)
    .kernel<FusedBatchNorm>(kCpu, Types<float>{})
    .gradient([](GradContext& g) { batch_norm_gradient(g, "FusedBatchNormGrad"); });

REFLOW_OP("FusedBatchNormV2")
    .input("x: T")
    .input("scale: U")
    .input("offset: U")
    .input("mean: U")
    .input("variance: U")
    .output("y: T")
    .output("batch_mean: U")
    .output("batch_variance: U")
    .output("reserve_space_1: U")
    .output("reserve_space_2: U")
    .attr("T: {half, bfloat16, float}")
    .attr("U: {float}")
    .attr("epsilon: float = 0.0001")
    .attr("data_format: {'NHWC', 'NCHW'} = 'NHWC'")
    .attr("is_training: bool = true")
    .doc("As FusedBatchNorm, with x of half or bfloat16, too.")
    .shape(batch_norm_shape)
    .kernel<FusedBatchNorm>(kCpu, Types<Half, Bfloat16, float>{})
    .gradient([](GradContext& g) { batch_norm_gradient(g, "FusedBatchNormGradV2"); });

REFLOW_OP("FusedBatchNormV3")
    .input("x: T")
    .input("scale: U")
    .input("offset: U")
    .input("mean: U")
    .input("variance: U")
    .output("y: T")
    .output("batch_mean: U")
    .output("batch_variance: U")
    .output("reserve_space_1: U")
    .output("reserve_space_2: U")
    .output("reserve_space_3: U")
    .attr("T: {half, bfloat16, float}")
    .attr("U: {float}")
    .attr("epsilon: float = 0.0001")
    .attr("data_format: {'NHWC', 'NCHW'} = 'NHWC'")
    .attr("is_training: bool = true")
    .doc("As FusedBatchNormV2, with one more output for what a GPU keeps between the passes; here a scalar.")
    .shape(batch_norm_shape)
    .kernel<FusedBatchNorm>(kCpu, Types<Half, Bfloat16, float>{})
    .gradient([](GradContext& g) { batch_norm_gradient(g, "FusedBatchNormGradV3"); });

REFLOW_OP("FusedBatchNormGrad")
    .input("y_backprop: T")
    .input("x: T")
    .input("scale: T")
    .input("reserve_space_1: T")
    .input("reserve_space_2: T")
    .output("x_backprop: T")
    .output("scale_backprop: T")
    .output("offset_backprop: T")
    .output("reserve_space_3: T")
    .output("reserve_space_4: T")
    .attr("T: {float}")
    .attr("epsilon: float = 0.0001")
    .attr("data_format: {'NHWC', 'NCHW'} = 'NHWC'")
    .attr("is_training: bool = true")
    .doc("The gradients of FusedBatchNorm to x, scale and offset; reserve_space_1 and 2 are mean and variance.")
    .shape(batch_norm_grad_shape)
    .kernel<FusedBatchNormGrad>(kCpu, Types<float>{})
    .gradient(batch_norm_second_gradient);

REFLOW_OP("FusedBatchNormGradV2")
    .input("y_backprop: T")
    .input("x: T")
    .input("scale: float")
    .input("reserve_space_1: U")
    .input("reserve_space_2: U")
    .output("x_backprop: T")
    .output("scale_backprop: U")
    .output("offset_backprop: U")
    .output("reserve_space_3: U")
    .output("reserve_space_4: U")
    .attr("T: {half, bfloat16, float}")
    .attr("U: {float}")
    .attr("epsilon: float = 0.0001")
    .attr("data_format: {'NHWC', 'NCHW'} = 'NHWC'")
    .attr("is_training: bool = true")
    .doc("The gradients of FusedBatchNormV2 to x, scale and offset; reserve_space_1 and 2 are mean and variance.")
    .shape(batch_norm_grad_shape)
    .kernel<FusedBatchNormGrad>(kCpu, Types<Half, Bfloat16, float>{})
    .gradient(batch_norm_second_gradient);

REFLOW_OP("FusedBatchNormGradV3")
    .input("y_backprop: T")
    .input("x: T")
    .input("scale: float")
    .input("reserve_space_1: U")
    .input("reserve_space_2: U")
    .input("reserve_space_3: U")
    .output("x_backprop: T")
    .output("scale_backprop: U")
    .output("offset_backprop: U")
    .output("reserve_space_4: U")
    .output("reserve_space_5: U")
    .attr("T: {half, bfloat16, float}")
    .attr("U: {float}")
    .attr("epsilon: float = 0.0001")
    .attr("data_format: {'NHWC', 'NCHW'} = 'NHWC'")
    .attr("is_training: bool = true")
    .doc("The gradients of FusedBatchNormV3 to x, scale and offset; reserve_space_1 and 2 are mean and variance.")
    .shape(batch_norm_grad_shape)
    .kernel<FusedBatchNormGrad>(kCpu, Types<Half, Bfloat16, float>{})
    .gradient(batch_norm_second_gradient);

}  // namespace
}  // namespace reflow::ops
