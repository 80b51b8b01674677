// BatchNormWithGlobalNormalization and its gradient, of old graphs: images [batch, height, width, channels] normalised
// with given means and variances of the channels.

#include <cmath>
#include <string>
#include <vector>

#include "reflow/op/compute_type.h"
#include "reflow/op/gradient_ops.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

constexpr Types<Half, float, double> kNormalizedTypes{};

// What the statistics make of a channel: dx = scale * dy.
template <typename C>
struct Channels {
  std::vector<C> inverse, scale;  // 1 / sqrt(v + epsilon), and that times gamma where it scales
};

template <typename T>
class GlobalNormalization : public Kernel {
 protected:
  using C = ComputeType<T>;

 public:
  explicit GlobalNormalization(KernelInit& c)
      : epsilon_(static_cast<C>(c.attr<float>("variance_epsilon"))), scales_(c.attr<bool>("scale_after_normalization")) {}

 protected:
  Channels<C> channels(const Tensor& variance, const Tensor& gamma) const {
    Channels<C> result;
    for (int64_t j = 0; j < variance.num_elements(); ++j) {
      const C inverse = C(1) / std::sqrt(static_cast<C>(variance.data<T>()[j]) + epsilon_);
      result.inverse.push_back(inverse);
      result.scale.push_back(scales_ ? inverse * static_cast<C>(gamma.data<T>()[j]) : inverse);
    }
    return result;
  }
  const C epsilon_;
  const bool scales_;
};

template <typename T>
class Normalize : public GlobalNormalization<T> {
  using C = ComputeType<T>;

 public:
  using GlobalNormalization<T>::GlobalNormalization;
  Status compute(KernelContext& c) override {
    const Tensor& x = c.input(0);
    const Channels<C> channels = this->channels(c.input(2), c.input(4));
    const int64_t depth = x.dim(3);
    if (x.num_elements() == 0) return OkStatus();
    const T *in = x.data<T>(), *mean = c.input(1).data<T>(), *beta = c.input(3).data<T>();
    T* out = c.output(0).template data<T>();
    c.pool().parallel_for(x.num_elements() / depth, 1.0 * depth, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin * depth; i < end * depth; i += depth) {
        for (int64_t j = 0; j < depth; ++j) {
          const C centered = static_cast<C>(in[i + j]) - static_cast<C>(mean[j]);
          out[i + j] = static_cast<T>(centered * channels.scale[j] + static_cast<C>(beta[j]));
        }
      }
    });
    return OkStatus();
  }
};

template <typename T>
class NormalizeGrad : public GlobalNormalization<T> {
  using C = ComputeType<T>;

 public:
  using GlobalNormalization<T>::GlobalNormalization;
  Status compute(KernelContext& c) override {
    const Tensor &x = c.input(0), &variance = c.input(2), &gamma = c.input(3);
    const Channels<C> channels = this->channels(variance, gamma);
    const int64_t depth = x.dim(3);
    const T *in = x.data<T>(), *mean = c.input(1).data<T>(), *dy = c.input(4).data<T>();
    T* dx = c.output(0).template data<T>();
    std::vector<double> sums(depth), products(depth);  // of dy, and of dy and the distance from the mean
    for (int64_t i = 0; i < x.num_elements(); i += depth) {
      for (int64_t j = 0; j < depth; ++j) {
        const C d = static_cast<C>(dy[i + j]);
        dx[i + j] = static_cast<T>(d * channels.scale[j]);
        sums[j] += static_cast<double>(d);
        products[j] += static_cast<double>(d) * static_cast<double>(static_cast<C>(in[i + j]) - static_cast<C>(mean[j]));
      }
    }
    for (int64_t j = 0; j < depth; ++j) {
      const C sum = static_cast<C>(sums[j]), product = static_cast<C>(products[j]), inverse = channels.inverse[j];
      put(c, 1, j, -sum * channels.scale[j]);
      put(c, 2, j, product * C(-0.5) * inverse * inverse * channels.scale[j]);
      put(c, 3, j, sum);
      put(c, 4, j, this->scales_ ? product * inverse : C(0));
    }
    return OkStatus();
  }

 private:
  static void put(KernelContext& c, int output, int64_t j, C value) {
    c.output(output).template data<T>()[j] = static_cast<T>(value);
  }
};

// Input 0 is [batch, height, width, depth], the inputs called `names` behind it are [depth].
Status check_channels(ShapeContext& c, std::initializer_list<const char*> names, Shape* images, int64_t* depth) {
  if (c.concrete() && c.input(0).rank() != 4) return invalid_argument("input must be 4-dimensional{}", c.input(0).str());
  RETURN_IF_ERROR(c.with_rank(c.input(0), 4, images));
  *depth = images->dim(3);
  int i = 1;
  for (const char* name : names) {
    const Shape& x = c.input(i++);
    if (c.concrete() && x.rank() != 1) return invalid_argument("{} must be 1-dimensional{}", name, x.str());
    Shape vector;
    RETURN_IF_ERROR(c.with_rank(x, 1, &vector));
    RETURN_IF_ERROR(c.merge_dim(*depth, vector.dim(0), depth));
  }
  images->set_dim(3, *depth);
  return OkStatus();
}

Status normalize_shape(ShapeContext& c) {
  Shape images;
  int64_t depth;
  RETURN_IF_ERROR(check_channels(c, {"mean", "var", "beta", "gamma"}, &images, &depth));
  c.set_output(0, std::move(images));
  return OkStatus();
}

Status normalize_grad_shape(ShapeContext& c) {
  Shape images;
  int64_t depth;
  RETURN_IF_ERROR(check_channels(c, {"mean", "var", "gamma"}, &images, &depth));
  if (c.concrete() && c.input(4).rank() != 4) return invalid_argument("out_backprop must be 4-dimensional{}", c.input(4).str());
  RETURN_IF_ERROR(c.merge(images, c.input(4), &images));
  c.set_output(0, std::move(images));
  for (int i = 1; i < 5; ++i) c.set_output(i, Shape{depth});
  return OkStatus();
}

REFLOW_OP("BatchNormWithGlobalNormalization")
    .input("t: T")
    .input("m: T")
    .input("v: T")
    .input("beta: T")
    .input("gamma: T")
    .output("result: T")
    .attr("T: {float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, bfloat16, uint16, complex128, "
          "half, uint32, uint64}")
    .attr("variance_epsilon: float")
    .attr("scale_after_normalization: bool")
    .deprecated(9, "Use tf.nn.batch_normalization()")
    .doc("(t - m) / sqrt(v + variance_epsilon) + beta, scaled by gamma if `scale_after_normalization`, for images "
         "[batch, height, width, depth] and [depth] of all others.")
    .shape(normalize_shape)
    .kernel<Normalize>(kCpu, kNormalizedTypes)
    .gradient([](GradContext& g) {
      Node* grad = g.ops("BatchNormWithGlobalNormalizationGrad", {g.x(0), g.x(1), g.x(2), g.x(4), g.dy(0)},
                         copied_attrs(g, {"variance_epsilon", "scale_after_normalization"}));
      if (grad == nullptr) return;
      for (int i = 0; i < 5; ++i) g.dx(i) = grad->output(i);
    });

REFLOW_OP("BatchNormWithGlobalNormalizationGrad")
    .input("t: T")
    .input("m: T")
    .input("v: T")
    .input("gamma: T")
    .input("backprop: T")
    .output("dx: T")
    .output("dm: T")
    .output("dv: T")
    .output("db: T")
    .output("dg: T")
    .attr("T: {float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, bfloat16, uint16, complex128, "
          "half, uint32, uint64}")
    .attr("variance_epsilon: float")
    .attr("scale_after_normalization: bool")
    .deprecated(9, "Use tf.nn.batch_normalization()")
    .doc("The gradients of BatchNormWithGlobalNormalization to all of its inputs.")
    .shape(normalize_grad_shape)
    .kernel<NormalizeGrad>(kCpu, kNormalizedTypes);

}  // namespace
}  // namespace reflow::ops
