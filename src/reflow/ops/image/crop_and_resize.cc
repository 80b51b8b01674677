// CropAndResize, which samples boxes of images, and its gradients to images and to boxes.

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "reflow/op/compute_type.h"
#include "reflow/op/gradient_ops.h"
#include "resize.h"

namespace reflow::ops {
namespace {

using namespace op;

// One side of a crop: place i of `size` lies at start + i * step of the image's side.
struct CropSide {
  CropSide(float low, float high, int64_t image, int64_t size)
      : last(static_cast<float>(image - 1)),
        ratio(size > 1 ? last / static_cast<float>(size - 1) : 0),
        step(size > 1 ? (high - low) * last / static_cast<float>(size - 1) : 0),
        start(size > 1 ? low * last : 0.5f * (low + high) * last),
        single(size <= 1) {}
  float at(int64_t i) const { return single ? start : start + static_cast<float>(i) * step; }
  bool contains(float x) const { return x >= 0 && x <= last; }
  // How place i moves with the low and the high end of the box.
  float by_low(int64_t i) const { return single ? 0.5f * last : last - static_cast<float>(i) * ratio; }
  float by_high(int64_t i) const { return single ? 0.5f * last : static_cast<float>(i) * ratio; }

  float last, ratio, step, start;
  bool single;
};

// Places between two rows or columns, or the nearest (then lower and upper are the same).
struct Sample {
  Sample(float at, bool nearest)
      : lower(static_cast<int64_t>(nearest ? std::round(at) : std::floor(at))),
        upper(static_cast<int64_t>(nearest ? std::round(at) : std::ceil(at))),
        lerp(nearest ? 0 : at - std::floor(at)) {}
  int64_t lower, upper;
  float lerp;
};

Status check_boxes(const Shape& boxes, const Shape& indices) {
  if (boxes.rank() != 2) return invalid_argument("boxes must be 2-D{}", boxes.str());
  if (boxes.dim(1) != 4) return invalid_argument("boxes must have 4 columns");
  if (indices.rank() != 1) return invalid_argument("box_index must be 1-D");
  if (indices.dim(0) != boxes.dim(0)) return invalid_argument("box_index has incompatible shape");
  return OkStatus();
}

// dL/dcrops is [boxes, height, width, depth].
Status check_crop_gradient(const Shape& grads, const Shape& boxes, const Shape& indices, const Shape& image) {
  if (grads.rank() != 4) return invalid_argument("grads image must be 4-D{}", grads.str());
  if (grads.dim(1) <= 0 || grads.dim(2) <= 0) return invalid_argument("grads dimensions must be positive");
  RETURN_IF_ERROR(check_boxes(boxes, indices));
  if (grads.dim(0) != boxes.dim(0)) return invalid_argument("boxes and grads have incompatible shape");
  if (image.rank() != 4) return invalid_argument("input image must be 4-D{}", image.str());
  if (grads.dim(3) != image.dim(3)) return invalid_argument("image_size and grads are incompatible");
  if (image.dim(1) <= 0 || image.dim(2) <= 0) return invalid_argument("image dimensions must be positive");
  return OkStatus();
}

Status check_box_indices(const Tensor& indices, int64_t batch) {
  for (const int32_t i : indices.flat<int32_t>()) {
    if (i < 0 || i >= batch) return out_of_range("box_index has values outside [0, batch_size)");
  }
  return OkStatus();
}

// Visits the places of crop `box` (of `height` rows and `width` columns): those that lie within its image by
// inside(place, row, column, sides, indices), the others by outside(place); a place counts over all crops.
template <typename Inside, typename Outside>
void for_each_place(int64_t box, const float* corners, int64_t image_height, int64_t image_width, int64_t height,
                    int64_t width, bool nearest, Inside&& inside, Outside&& outside) {
  const CropSide rows(corners[box * 4], corners[box * 4 + 2], image_height, height),
      columns(corners[box * 4 + 1], corners[box * 4 + 3], image_width, width);
  std::vector<std::optional<Sample>> samples(width);  // of a row: none, where the place lies outside
  for (int64_t x = 0; x < width; ++x) {
    if (columns.contains(columns.at(x))) samples[x].emplace(columns.at(x), nearest);
  }
  for (int64_t y = 0; y < height; ++y) {
    std::optional<Sample> row;
    if (rows.contains(rows.at(y))) row.emplace(rows.at(y), nearest);
    for (int64_t x = 0; x < width; ++x) {
      const int64_t place = (box * height + y) * width + x;
      if (row && samples[x]) {
        inside(place, *row, *samples[x], rows, columns, y, x);
      } else {
        outside(place);
      }
    }
  }
}

template <typename T>
class CropAndResize : public Kernel {
 public:
  explicit CropAndResize(KernelInit& c)
      : nearest_(c.attr<std::string>("method") == "nearest"), elsewhere_(c.attr<float>("extrapolation_value")) {}
  Status compute(KernelContext& c) override {
    const Tensor& image = c.input(0);
    RETURN_IF_ERROR(check_box_indices(c.input(2), image.dim(0)));
    const int64_t height = image.dim(1), width = image.dim(2), depth = image.dim(3);
    Tensor& out = c.output(0);
    if (out.num_elements() == 0) return OkStatus();
    const T* x = image.data<T>();
    const float* corners = c.input(1).data<float>();
    const int32_t* images = c.input(2).data<int32_t>();
    float* y = out.data<float>();
    c.pool().parallel_for(out.dim(0), 5.0 * out.dim(1) * out.dim(2) * depth, [&](int64_t begin, int64_t end) {
      for (int64_t box = begin; box < end; ++box) {
        const T* from = x + images[box] * height * width * depth;
        for_each_place(
            box, corners, height, width, out.dim(1), out.dim(2), nearest_,
            [&](int64_t place, const Sample& r, const Sample& s, auto&&...) {
              const T *top = from + r.lower * width * depth, *bottom = from + r.upper * width * depth;
              for (int64_t j = 0; j < depth; ++j) {
                const auto top_left = static_cast<float>(top[s.lower * depth + j]),
                           top_right = static_cast<float>(top[s.upper * depth + j]),
                           bottom_left = static_cast<float>(bottom[s.lower * depth + j]),
                           bottom_right = static_cast<float>(bottom[s.upper * depth + j]);
                const float above = top_left + (top_right - top_left) * s.lerp;
                const float below = bottom_left + (bottom_right - bottom_left) * s.lerp;
                y[place * depth + j] = above + (below - above) * r.lerp;
              }
            },
            [&](int64_t place) { std::fill_n(y + place * depth, depth, elsewhere_); });
      }
    });
    return OkStatus();
  }

 private:
  const bool nearest_;
  const float elsewhere_;
};

// Inputs dL/dcrops, boxes, box_ind, image_size.
template <typename T>
class CropAndResizeGradImage : public Kernel {
  using C = ComputeType<T>;

 public:
  explicit CropAndResizeGradImage(KernelInit& c) : nearest_(c.attr<std::string>("method") == "nearest") {}
  Status compute(KernelContext& c) override {
    const Tensor& grads = c.input(0);
    Tensor& out = c.output(0);
    // The shape function may not have known the image's shape.
    RETURN_IF_ERROR(check_crop_gradient(grads.shape(), c.input(1).shape(), c.input(2).shape(), out.shape()));
    RETURN_IF_ERROR(check_box_indices(c.input(2), out.dim(0)));
    const int64_t height = out.dim(1), width = out.dim(2), depth = out.dim(3);
    const float *g = grads.data<float>(), *corners = c.input(1).data<float>();
    const int32_t* images = c.input(2).data<int32_t>();
    std::vector<C> sums(out.num_elements(), C(0));
    for (int64_t box = 0; box < grads.dim(0); ++box) {
      C* to = sums.data() + images[box] * height * width * depth;
      for_each_place(
          box, corners, height, width, grads.dim(1), grads.dim(2), nearest_,
          [&](int64_t place, const Sample& r, const Sample& s, auto&&...) {
            for (int64_t j = 0; j < depth; ++j) {
              const float above = (1 - r.lerp) * g[place * depth + j], below = r.lerp * g[place * depth + j];
              to[(r.lower * width + s.lower) * depth + j] += static_cast<C>((1 - s.lerp) * above);
              to[(r.lower * width + s.upper) * depth + j] += static_cast<C>(s.lerp * above);
              to[(r.upper * width + s.lower) * depth + j] += static_cast<C>((1 - s.lerp) * below);
              to[(r.upper * width + s.upper) * depth + j] += static_cast<C>(s.lerp * below);
            }
          },
          [](int64_t) {});
    }
    for (int64_t i = 0; i < out.num_elements(); ++i) out.data<T>()[i] = static_cast<T>(sums[i]);
    return OkStatus();
  }

 private:
  const bool nearest_;
};

// Inputs dL/dcrops, image, boxes, box_ind.
template <typename T>
class CropAndResizeGradBoxes : public Kernel {
 public:
  explicit CropAndResizeGradBoxes(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &grads = c.input(0), &image = c.input(1);
    RETURN_IF_ERROR(check_box_indices(c.input(3), image.dim(0)));
    const int64_t height = image.dim(1), width = image.dim(2), depth = image.dim(3);
    const T* x = image.data<T>();
    const float *g = grads.data<float>(), *corners = c.input(2).data<float>();
    const int32_t* images = c.input(3).data<int32_t>();
    float* out = c.output(0).data<float>();
    c.pool().parallel_for(grads.dim(0), 10.0 * grads.dim(1) * grads.dim(2) * depth, [&](int64_t begin, int64_t end) {
      for (int64_t box = begin; box < end; ++box) {
        const T* from = x + images[box] * height * width * depth;
        float* to = out + box * 4;
        std::fill_n(to, 4, 0.0f);
        for_each_place(
            box, corners, height, width, grads.dim(1), grads.dim(2), false,
            [&](int64_t place, const Sample& r, const Sample& s, const CropSide& rows, const CropSide& columns, int64_t i,
                int64_t k) {
              for (int64_t j = 0; j < depth; ++j) {
                const auto element = [&](int64_t row, int64_t column) {
                  return static_cast<float>(from[(row * width + column) * depth + j]);
                };
                const float top_left = element(r.lower, s.lower), top_right = element(r.lower, s.upper),
                            bottom_left = element(r.upper, s.lower), bottom_right = element(r.upper, s.upper);
                const float dy = ((1 - s.lerp) * (bottom_left - top_left) + s.lerp * (bottom_right - top_right)) * g[place * depth + j];
                const float dx = ((1 - r.lerp) * (top_right - top_left) + r.lerp * (bottom_right - bottom_left)) * g[place * depth + j];
                to[0] += dy * rows.by_low(i);
                to[1] += dx * columns.by_low(k);
                to[2] += dy * rows.by_high(i);
                to[3] += dx * columns.by_high(k);
              }
            },
            [](int64_t) {});
      }
    });
    return OkStatus();
  }
};

Status crop_and_resize_shape(ShapeContext& c) {
  const Shape &image = c.input(0), &size = c.input(3);
  if (c.concrete()) {
    if (image.rank() != 4) return invalid_argument("input image must be 4-D{}", image.str());
    RETURN_IF_ERROR(check_boxes(c.input(1), c.input(2)));
    if (image.dim(1) <= 0 || image.dim(2) <= 0) return invalid_argument("image dimensions must be positive");
    if (size.rank() != 1) return invalid_argument("crop_size must be 1-D{}", size.str());
    if (size.dim(0) != 2) return invalid_argument("crop_size must have two elements{}", size.str());
  }
  Shape x, boxes, indices, vector;
  RETURN_IF_ERROR(c.with_rank(image, 4, &x));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 2, &boxes));
  RETURN_IF_ERROR(c.with_rank(c.input(2), 1, &indices));
  int64_t n, four, two;
  RETURN_IF_ERROR(c.merge_dim(boxes.dim(0), indices.dim(0), &n));
  RETURN_IF_ERROR(c.with_value(boxes.dim(1), 4, &four));
  RETURN_IF_ERROR(c.with_rank(size, 1, &vector));
  RETURN_IF_ERROR(c.with_value(vector.dim(0), 2, &two));
  Shape out{n, Shape::kUnknown, Shape::kUnknown, x.dim(3)};
  if (const Tensor* value = c.value(3)) {
    for (int i : {0, 1}) {
      const int32_t extent = value->data<int32_t>()[i];
      if (c.concrete() && extent <= 0) return invalid_argument("crop dimensions must be positive");
      if (extent < -1) return invalid_argument("Dimension {} must be >= -1", extent);
      out.set_dim(1 + i, extent);
    }
  }
  c.set_output(0, out);
  return OkStatus();
}

Status grad_image_shape(ShapeContext& c) {
  if (c.concrete()) {
    if (c.input(3).rank() != 1) return invalid_argument("image_size must be 1-D{}", c.input(3).str());
    if (c.input(3).dim(0) != 4) return invalid_argument("image_size must have 4 elements{}", c.input(3).str());
  }
  Shape shape;
  RETURN_IF_ERROR(c.value_as_shape(3, &shape));
  RETURN_IF_ERROR(c.with_rank(shape, 4, &shape));
  if (c.concrete() && shape.fully_defined()) {
    RETURN_IF_ERROR(check_crop_gradient(c.input(0), c.input(1), c.input(2), shape));
  }
  c.set_output(0, shape);
  return OkStatus();
}

Status grad_boxes_shape(ShapeContext& c) {
  if (c.concrete()) RETURN_IF_ERROR(check_crop_gradient(c.input(0), c.input(2), c.input(3), c.input(1)));
  c.set_output(0, c.input(2));
  return OkStatus();
}

void crop_and_resize_gradient(GradContext& g) {
  const DType type = base_type(g.x(0).dtype());
  const Shape& image = g.x(0).shape();
  const Endpoint dy = g.dy(0);
  const bool has_image_gradient = type == DType::kHalf || type == DType::kFloat32 || type == DType::kFloat64;
  const Endpoint shape = image.fully_defined() ? Endpoint() : g.shape(g.x(0));
  if (has_image_gradient) {
    AttrMap attrs = copied_attrs(g, {"T", "method"});
    if (shape) {
      g.dx(0) = g.op("CropAndResizeGradImage", {dy, g.x(1), g.x(2), shape}, attrs);
    } else {
      GradContext::Scope scope(g.graph(), "CropAndResizeGradImage");
      const Endpoint size = g.constant_ints({image.begin(), image.end()}, DType::kInt32, "image_size");
      g.dx(0) = g.op("CropAndResizeGradImage", {dy, g.x(1), g.x(2), size}, attrs, scope.name());
    }
  }
  g.dx(1) = g.op("CropAndResizeGradBoxes", {dy, g.x(0), g.x(1), g.x(2)});
}

REFLOW_OP("CropAndResize")
    .input("image: T")
    .input("boxes: float")
    .input("box_ind: int32")
    .input("crop_size: int32")
    .output("crops: float")
    .attr("T: {uint8, uint16, int8, int16, int32, int64, half, float, double}")
    .attr("method: {'bilinear', 'nearest'} = 'bilinear'")
    .attr("extrapolation_value: float = 0")
    .doc("Samples boxes [n, 4] of images [batch, height, width, depth]: box i, [y1, x1, y2, x2] in units of the image's sides, "
         "of image box_ind[i], in crop_size places. Where a place lies outside of the image it is extrapolation_value.")
    .shape(crop_and_resize_shape)
    .kernel<CropAndResize>(kCpu, kImageTypes)
    .gradient(crop_and_resize_gradient);

REFLOW_OP("CropAndResizeGradImage")
    .input("grads: float")
    .input("boxes: float")
    .input("box_ind: int32")
    .input("image_size: int32")
    .output("output: T")
    .attr("T: {float, half, double}")
    .attr("method: {'bilinear', 'nearest'} = 'bilinear'")
    .doc("The gradient of CropAndResize to its images, which have the shape image_size.")
    .shape(grad_image_shape)
    .kernel<CropAndResizeGradImage>(kCpu, Types<Half, float, double>{});

REFLOW_OP("CropAndResizeGradBoxes")
    .input("grads: float")
    .input("image: T")
    .input("boxes: float")
    .input("box_ind: int32")
    .output("output: float")
    .attr("T: {uint8, uint16, int8, int16, int32, int64, half, float, double}")
    .attr("method: {'bilinear'} = 'bilinear'")
    .doc("The gradient of CropAndResize to its boxes, for bilinear samples.")
    .shape(grad_boxes_shape)
    .kernel<CropAndResizeGradBoxes>(kCpu, kImageTypes);

}  // namespace
}  // namespace reflow::ops
