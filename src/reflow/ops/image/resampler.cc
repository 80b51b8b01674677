// Resampler: images read between their pixels, and its gradient.

#include <cmath>
#include <vector>

#include "reflow/op/compute_type.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

// Four pixels around a point and how much each counts. Pixels outside of the image are zero, and so is what lies a pixel or more
// outside of it.
template <typename C>
struct Corners {
  struct Pixel {
    int64_t at;  // its number; -1: outside
    C weight, by_x, by_y;  // how the weight changes with the point
  };

  Corners(C x, C y, int64_t height, int64_t width) {
    is_near = x > C(-1) && y > C(-1) && x < static_cast<C>(width) && y < static_cast<C>(height);
    if (!is_near) return;
    const auto left = static_cast<int64_t>(std::floor(x)), top = static_cast<int64_t>(std::floor(y));
    const C from_right = static_cast<C>(left + 1) - x, from_bottom = static_cast<C>(top + 1) - y;
    const auto pixel = [&](int64_t column, int64_t row, C wx, C wy, C sign_x, C sign_y) {
      const bool is_inside = column >= 0 && row >= 0 && column < width && row < height;
      return Pixel{is_inside ? row * width + column : -1, wx * wy, sign_x * wy, sign_y * wx};
    };
    pixels[0] = pixel(left, top, from_right, from_bottom, -1, -1);
    pixels[1] = pixel(left + 1, top + 1, C(1) - from_right, C(1) - from_bottom, 1, 1);
    pixels[2] = pixel(left, top + 1, from_right, C(1) - from_bottom, -1, 1);
    pixels[3] = pixel(left + 1, top, C(1) - from_right, from_bottom, 1, -1);
  }

  bool is_near;
  Pixel pixels[4] = {};
};

// data is [batch, height, width, channels], warp [batch, ..., 2], (x, y).
Status check_inputs(const Shape& data, const Shape& warp) {
  if (data.rank() != 4) {
    return unimplemented("Only bilinear interpolation is currently supported. The input data shape must be [batch_size, data_height, "
                         "data_width, data_channels], but is: {}", data.str());
  }
  if (warp.rank() < 2) return invalid_argument("warp should be at least a matrix, got shape {}", warp.str());
  if (warp.dim(warp.rank() - 1) != 2) {
    return unimplemented("Only bilinear interpolation is supported, warping coordinates must be 2D; warp shape last entry should be 2, "
                         "but shape vector is: {}", warp.str());
  }
  if (data.dim(0) != warp.dim(0)) {
    return invalid_argument("Batch size of data and warp tensor must be the same, but input shapes are: {}, {}", data.str(), warp.str());
  }
  return OkStatus();
}

template <typename T>
class Resampler : public Kernel {
  using C = ComputeType<T>;

 public:
  explicit Resampler(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &data = c.input(0), &warp = c.input(1);
    const int64_t height = data.dim(1), width = data.dim(2), channels = data.dim(3), points = warp.num_elements() / 2;
    if (points == 0) return OkStatus();
    const int64_t points_of_image = points / data.dim(0);
    T* out = c.output(0).data<T>();
    c.pool().parallel_for(points, 20 + 5.0 * static_cast<double>(channels), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const T* image = data.data<T>() + i / points_of_image * height * width * channels;
        const T* point = warp.data<T>() + 2 * i;
        const Corners<C> corners(static_cast<C>(point[0]), static_cast<C>(point[1]), height, width);
        for (int64_t k = 0; k < channels; ++k) {
          C sum(0);
          if (corners.is_near) {
            for (const auto& pixel : corners.pixels) {
              if (pixel.at >= 0) sum += pixel.weight * static_cast<C>(image[pixel.at * channels + k]);
            }
          }
          out[i * channels + k] = static_cast<T>(sum);
        }
      }
    });
    return OkStatus();
  }
};

// Inputs data, warp, dL/doutput.
template <typename T>
class ResamplerGrad : public Kernel {
  using C = ComputeType<T>;

 public:
  explicit ResamplerGrad(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &data = c.input(0), &warp = c.input(1);
    const int64_t height = data.dim(1), width = data.dim(2), channels = data.dim(3), size = height * width * channels;
    const int64_t batch = data.dim(0), points = batch == 0 ? 0 : warp.num_elements() / 2 / batch;
    c.pool().parallel_for(batch, static_cast<double>(size) + static_cast<double>(points) * (20 + 10.0 * static_cast<double>(channels)),
                          [&](int64_t begin, int64_t end) {
      std::vector<C> sums(size);
      for (int64_t n = begin; n < end; ++n) {
        std::fill(sums.begin(), sums.end(), C(0));
        for (int64_t i = n * points; i < (n + 1) * points; ++i) {
          add(data.data<T>() + n * size, warp.data<T>() + 2 * i, c.input(2).data<T>() + i * channels, height, width, channels, &sums,
              c.output(1).data<T>() + 2 * i);
        }
        for (int64_t j = 0; j < size; ++j) c.output(0).data<T>()[n * size + j] = static_cast<T>(sums[j]);
      }
    });
    return OkStatus();
  }

 private:
  // One point's share of the gradient to its image, and the gradient to the point.
  static void add(const T* image, const T* point, const T* dy, int64_t height, int64_t width, int64_t channels, std::vector<C>* sums,
                  T* dpoint) {
    const Corners<C> corners(static_cast<C>(point[0]), static_cast<C>(point[1]), height, width);
    C dx(0), dpoint_y(0);
    for (int64_t k = 0; corners.is_near && k < channels; ++k) {
      const C g = static_cast<C>(dy[k]);
      for (const auto& pixel : corners.pixels) {
        if (pixel.at < 0) continue;
        const C value = static_cast<C>(image[pixel.at * channels + k]);
        (*sums)[pixel.at * channels + k] += g * pixel.weight;
        dx += g * pixel.by_x * value;
        dpoint_y += g * pixel.by_y * value;
      }
    }
    dpoint[0] = static_cast<T>(dx);
    dpoint[1] = static_cast<T>(dpoint_y);
  }
};

Status resampler_shape(ShapeContext& c) {
  if (c.concrete()) RETURN_IF_ERROR(check_inputs(c.input(0), c.input(1)));
  Shape data, warp, out;
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), 1, &data));
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(1), 1, &warp));
  RETURN_IF_ERROR(c.sub_shape(warp, 0, -1, &out));
  RETURN_IF_ERROR(c.concatenate(out, Shape{data.rank() < 0 ? Shape::kUnknown : data.dim(data.rank() - 1)}, &out));
  c.set_output(0, out);
  return OkStatus();
}

Status resampler_grad_shape(ShapeContext& c) {
  if (c.concrete()) {
    RETURN_IF_ERROR(check_inputs(c.input(0), c.input(1)));
    Shape wanted = c.input(1);
    wanted.set_dim(wanted.rank() - 1, c.input(0).dim(3));
    if (!(wanted == c.input(2))) {
      return invalid_argument("grad_output shape is not consistent with data and warp shapes; it should be {} but is {}", wanted.str(),
                              c.input(2).str());
    }
  }
  c.set_output(0, c.input(0));
  c.set_output(1, c.input(1));
  return OkStatus();
}

REFLOW_OP("Resampler")
    .input("data: T")
    .input("warp: T")
    .output("output: T")
    .attr("T: {half, bfloat16, float, double}")
    .doc("What images data, [batch, height, width, channels], are at points warp, [batch, ..., 2], each x and y: linear between the four "
         "pixels around, which are zero outside.")
    .shape(resampler_shape)
    .kernel<Resampler>(kCpu, kFloatTypes)
    .gradient([](GradContext& g) {
      Node* grad = g.ops("ResamplerGrad", {g.x(0), g.x(1), g.dy(0)});
      g.dx(0) = Endpoint{grad, 0};
      g.dx(1) = Endpoint{grad, 1};
    });

REFLOW_OP("ResamplerGrad")
    .input("data: T")
    .input("warp: T")
    .input("grad_output: T")
    .output("grad_data: T")
    .output("grad_warp: T")
    .attr("T: {half, bfloat16, float, double}")
    .doc("The gradients of Resampler to its images and points.")
    .shape(resampler_grad_shape)
    .kernel<ResamplerGrad>(kCpu, kFloatTypes)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
