// What a convolution and the max pooling of its result become when a plan is made (passes/pool_fusion.cc): both of a few
// images at a time, so that what is pooled is in the cache.

#include <algorithm>

#include "convolution.h"
#include "convolution_shape.h"
#include "pooling.h"
#include "reflow/base/first_error.h"
#include "winograd.h"

namespace reflow::ops {
namespace {

using namespace op;

constexpr int64_t kCachedFloats = 128 * 1024;  // of a convolution's result, in the second-level cache

Status pooled_conv2d_shape(ShapeContext& c) {
  RETURN_IF_ERROR(conv2d_shape(c));
  const Shape y = c.output(0);
  if (c.num_outputs() > 1) c.set_output(1, y);
  const Shape& bias = c.input(2);
  ASSIGN_OR_RETURN(const auto ksize, c.attr<std::vector<int64_t>>("pool_ksize"));
  ASSIGN_OR_RETURN(const auto strides, c.attr<std::vector<int64_t>>("pool_strides"));
  ASSIGN_OR_RETURN(const std::string padding, c.attr<std::string>("pool_padding"));
  if (ksize.size() != 2 || strides.size() != 2) return invalid_argument("Two dimensions are pooled");
  if (!y.known_rank() || y.rank() != 4) {
    c.set_output(0, Shape{-1, -1, -1, -1});
    return OkStatus();
  }
  if (bias.fully_defined() && y.dim(3) >= 0 && !(bias == Shape{y.dim(3)})) {
    return invalid_argument("Must provide as many biases as the last dimension of the input tensor: {} vs. {}", bias.str(),
                            y.str());
  }
  int64_t places[2];
  for (int i = 0; i < 2; ++i) {
    RETURN_IF_ERROR(window_places(y.dim(i + 1), ksize[i], strides[i], 1, padding_from(padding), 0, 0, &places[i]));
  }
  c.set_output(0, Shape{y.dim(0), places[0], places[1], y.dim(3)});
  return OkStatus();
}

class FusedConv2DMaxPool : public Kernel {
 public:
  explicit FusedConv2DMaxPool(KernelInit& c) : conv_(ConvolutionAttrs::of(c, 2)), relu_(c.attr<bool>("relu")) {
    if (conv_.channels_first) c.fail(invalid_argument("_FusedConv2DMaxPool has channels last only"));
    pool_.padding = padding_from(c.attr<std::string>("pool_padding"));
    pool_.ksize = with_others(c.attr<std::vector<int64_t>>("pool_ksize"));
    pool_.strides = with_others(c.attr<std::vector<int64_t>>("pool_strides"));
    c.fail(pool_.check());
  }

  Status compute(KernelContext& c) override {
    const Tensor &x = c.input(0), &filter = c.input(1);
    ASSIGN_OR_RETURN(const Convolution sizes, convolution_sizes(conv_, x.shape(), filter.shape(), nullptr, ""));
    const Shape result{sizes.batch, sizes.dims[0].out, sizes.dims[1].out, sizes.out_channels};
    ASSIGN_OR_RETURN(const Pooling pooling, pool_.sizes(result));
    if (c.output(0).num_elements() == 0) return OkStatus();
    const int64_t image = sizes.out_area() * sizes.out_channels;
    const int64_t at_once = images_at_once(sizes.batch, image, c.pool().num_threads());
    const int64_t parts = (sizes.batch + at_once - 1) / at_once;
    float* const kept = c.num_outputs() > 1 ? c.output(1).data<float>() : nullptr;
    const float* const bias = c.input(2).data<float>();
    Tensor filter_values;  // by winograd_filter
    if (winograd_pays(sizes)) {
      ASSIGN_OR_RETURN(filter_values, winograd_filter(c.pool(), sizes, filter.data<float>()));
    }
    FirstError error;
    const auto compute_parts = [&](int64_t begin, int64_t end) {
      auto scratch = c.allocate_scratch(DType::kFloat32, Shape{kept != nullptr ? 0 : at_once * image});
      if (!scratch.ok()) return error.set(scratch.status());
      for (int64_t part = begin; part < end; ++part) {
        Convolution some = sizes;
        Pooling some_pooled = pooling;
        const int64_t first = part * at_once;
        some.batch = some_pooled.batch = std::min(at_once, sizes.batch - first);
        float* const convolved = kept != nullptr ? kept + first * image : scratch->data<float>();
        const float* const images = x.data<float>() + first * sizes.in_area() * sizes.in_channels;
        const Status status =
            filter_values.valid() ? winograd_forward(c.pool(), some, images, filter_values, bias, relu_, convolved)
                                  : convolve_with_bias(c.pool(), some, images, filter.data<float>(), bias, relu_, convolved);
        if (!status.ok()) return error.set(status);
        max_pool(c.pool(), some_pooled, convolved,
                 c.output(0).data<float>() + first * pooling.out_area() * pooling.channels);
      }
    };
    // Within a body of parallel_for the pool runs nested work on the thread itself.
    if (parts < c.pool().num_threads()) {
      compute_parts(0, parts);
    } else {
      constexpr double kMuch = 1e6;  // ns: a part is always worth a thread
      c.pool().parallel_for(parts, kMuch, compute_parts);
    }
    return error.get();
  }

 private:
  // As many as fit into the cache; fewer where threads would have unequal parts.
  static int64_t images_at_once(int64_t batch, int64_t image, int64_t threads) {
    const int64_t fit = std::clamp<int64_t>(kCachedFloats / image, 1, batch);
    const int64_t parts = (batch + fit - 1) / fit;
    const int64_t fair = parts == 1 ? 1 : (parts + threads - 1) / threads * threads;
    return (batch + fair - 1) / fair;
  }
  static std::vector<int64_t> with_others(std::vector<int64_t> of_places) {
    if (of_places.size() == 2) of_places = {1, of_places[0], of_places[1], 1};
    return of_places;
  }

  const ConvolutionAttrs conv_;
  const bool relu_;
  PoolingAttrs pool_;
};

REFLOW_OP("_FusedConv2DMaxPool")
    .input("input: float")
    .input("filter: float")
    .input("bias: float")
    .output("output: float")
    .output("convolved: num_kept * float")
    .attr("strides: list(int)")
    .attr("padding: {'SAME', 'VALID', 'EXPLICIT'}")
    .attr("explicit_paddings: list(int) = []")
    .attr("data_format: {'NHWC'} = 'NHWC'")
    .attr("dilations: list(int) = [1, 1, 1, 1]")
    .attr("relu: bool = false")
    .attr("num_kept: int >= 0")
    .attr("pool_ksize: list(int)")
    .attr("pool_strides: list(int)")
    .attr("pool_padding: {'SAME', 'VALID'}")
    .doc("What MaxPool gives for the result of `_FusedConv2D`, and that result where `num_kept` is 1. Made by the pass "
         "`pool_fusion`.")
    .shape(pooled_conv2d_shape)
    .kernel<FusedConv2DMaxPool>(kCpu)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
