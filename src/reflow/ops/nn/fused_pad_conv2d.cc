// FusedPadConv2D and FusedResizeAndPadConv2D: Conv2D of an image that is continued by its mirror image, the second of one that
// is resized before.

#include <algorithm>
#include <cmath>
#include <string>

#include "convolution_shape.h"
#include "reflow/op/compute_type.h"
#include "reflow/op/indices.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// A side of the image: `size` places before padding, of `in` that the input has.
struct Side {
  int64_t in = 0, size = 0, before = 0, after = 0;
  float scale = 1;
  int64_t padded() const { return before + size + after; }
  // Where in [0, size) place i of the padded image lies.
  int64_t mirrored(int64_t i, int64_t offset) const {
    i -= before;
    if (i < 0) return -i - 1 + offset;
    if (i >= size) return 2 * size - 1 - i - offset;
    return i;
  }
};

struct Sides {
  Side rows, columns;
};

// `paddings` [4, 2] of an image; only height and width are padded.
Status put_paddings(const Tensor& paddings, bool symmetric, Sides* sides) {
  const IndexReader p(paddings);
  for (int d = 0; d < 4; ++d) {
    const int64_t before = p[2 * d], after = p[2 * d + 1];
    if (before < 0 || after < 0) return invalid_argument("paddings must be non-negative: {} {}", before, after);
    if (d == 0 || d == 3) {
      if (before == 0 && after == 0) continue;
      return invalid_argument("Fused mirror padding only supports spatial padding, not {}: {} {}", d == 0 ? "batches" : "channels",
                              before, after);
    }
    Side& side = d == 1 ? sides->rows : sides->columns;
    const bool fits = symmetric ? before <= side.size && after <= side.size : before < side.size && after < side.size;
    if (!fits) {
      return invalid_argument("paddings must be {} the dimension size: {}, {} {} {}", symmetric ? "no greater than" : "less than", before,
                              after, symmetric ? "greater than" : "not less than", side.size);
    }
    side.before = before;
    side.after = after;
  }
  return OkStatus();
}

bool resizes(const Node& node) { return node.type() == "FusedResizeAndPadConv2D"; }

// The sizes of a node's padded image. REQUIRES: shapes are known; `size` (where it resizes) and `paddings` too.
Status padded_sides(const Node& node, const Shape& image, const Tensor* size, const Tensor& paddings, Sides* sides) {
  if (image.rank() != 4) return invalid_argument("input must be 4-dimensional{}", image.str());
  if (!(paddings.shape() == Shape{4, 2})) {
    return invalid_argument("paddings must be a matrix with 2 columns: {}", paddings.shape().str());
  }
  *sides = {};
  for (int d = 0; d < 2; ++d) {
    Side& side = d == 0 ? sides->rows : sides->columns;
    side.in = side.size = image.dim(1 + d);
    if (size == nullptr) continue;
    if (size->rank() != 1) return invalid_argument("shape_t must be 1-dimensional{}", size->shape().str());
    if (size->num_elements() != 2) return invalid_argument("shape_t must have two elements{}", size->shape().str());
    side.size = size->data<int32_t>()[d];
    if (side.size <= 0) return invalid_argument("output dimensions must be positive");
    if (side.in <= 0) return invalid_argument("input image must be of non-zero size");
    ASSIGN_OR_RETURN(const bool corners, node.attr<bool>("resize_align_corners"));
    side.scale = corners && side.size > 1 ? (side.in - 1) / static_cast<float>(side.size - 1) : side.in / static_cast<float>(side.size);
  }
  ASSIGN_OR_RETURN(const std::string mode, node.attr<std::string>("mode"));
  return put_paddings(paddings, mode == "SYMMETRIC", sides);
}

template <typename T>
class FusedPadConv2D : public Kernel {
 public:
  explicit FusedPadConv2D(KernelInit& c)
      : attrs_(ConvolutionAttrs::of(c, 2)), offset_(c.attr<std::string>("mode") == "SYMMETRIC" ? 0 : 1) {}

  Status compute(KernelContext& c) override {
    const bool resized = resizes(c.node());
    const Tensor &image = c.input(0), &paddings = c.input(resized ? 2 : 1), &filter = c.input(resized ? 3 : 2);
    Sides sides;
    RETURN_IF_ERROR(padded_sides(c.node(), image.shape(), resized ? &c.input(1) : nullptr, paddings, &sides));
    const Shape shape{image.dim(0), sides.rows.padded(), sides.columns.padded(), image.dim(3)};
    ASSIGN_OR_RETURN(Tensor padded, c.allocate_scratch(image.dtype(), shape));
    pad(c, sides, resized, image, padded);
    ASSIGN_OR_RETURN(const Convolution sizes, convolution_sizes(attrs_, shape, filter.shape(), nullptr, ""));
    return convolve(c.pool(), sizes, padded.data<T>(), filter.data<T>(), c.output(0).template data<T>());
  }

 private:
  void pad(KernelContext& c, const Sides& sides, bool resized, const Tensor& image, Tensor& padded) const {
    const int64_t rows = padded.dim(1), columns = padded.dim(2), channels = padded.dim(3);
    const T* x = image.data<T>();
    T* y = padded.data<T>();
    c.pool().parallel_for(padded.dim(0) * rows, 3.0 * columns * channels, [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; ++r) {
        const T* from = x + r / rows * sides.rows.in * sides.columns.in * channels;
        const int64_t row = sides.rows.mirrored(r % rows, offset_);
        for (int64_t i = 0; i < columns; ++i) {
          const int64_t column = sides.columns.mirrored(i, offset_);
          T* to = y + (r * columns + i) * channels;
          if (resized) {
            interpolate(sides, from, row, column, channels, to);
          } else {
            std::copy_n(from + (row * sides.columns.in + column) * channels, channels, to);
          }
        }
      }
    });
  }

  // As ResizeBilinear.
  static void interpolate(const Sides& sides, const T* from, int64_t row, int64_t column, int64_t channels, T* to) {
    using C = ComputeType<T>;
    const float y = static_cast<float>(row) * sides.rows.scale, x = static_cast<float>(column) * sides.columns.scale;
    const auto top = static_cast<int64_t>(y), left = static_cast<int64_t>(x);
    const int64_t bottom = std::min(top + 1, sides.rows.in - 1), right = std::min(left + 1, sides.columns.in - 1);
    const auto down = static_cast<C>(y - static_cast<float>(top)), across = static_cast<C>(x - static_cast<float>(left));
    const auto at = [&](int64_t r, int64_t s, int64_t j) { return static_cast<C>(from[(r * sides.columns.in + s) * channels + j]); };
    for (int64_t j = 0; j < channels; ++j) {
      const C above = at(top, left, j) + (at(top, right, j) - at(top, left, j)) * across;
      const C below = at(bottom, left, j) + (at(bottom, right, j) - at(bottom, left, j)) * across;
      to[j] = static_cast<T>(above + (below - above) * down);
    }
  }

  const ConvolutionAttrs attrs_;
  const int64_t offset_;
};

Status fused_shape(ShapeContext& c) {
  const bool resized = resizes(c.node());
  const int paddings = resized ? 2 : 1;
  Shape image, filter, table;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 4, &image));
  const Tensor *size = resized ? c.value(1) : nullptr, *padding = c.value(paddings);
  RETURN_IF_ERROR(c.with_rank(c.input(paddings), 2, &table));
  RETURN_IF_ERROR(c.merge(table, Shape{4, 2}, &table));
  RETURN_IF_ERROR(c.with_rank(c.input(paddings + 1), 4, &filter));
  if (padding == nullptr || (resized && size == nullptr)) {
    c.set_output(0, Shape{-1, -1, -1, filter.dim(3)});
    return OkStatus();
  }
  if (c.concrete()) {
    Sides sides;
    RETURN_IF_ERROR(padded_sides(c.node(), image, size, *padding, &sides));
  }
  ASSIGN_OR_RETURN(const auto strides, c.attr<std::vector<int64_t>>("strides"));
  ASSIGN_OR_RETURN(const std::string name, c.attr<std::string>("padding"));
  if (strides.size() != 4) return invalid_argument("Fused pad Conv2D requires the stride attribute to contain 4 values, but got: {}", strides.size());
  const IndexReader p(*padding);
  Shape out{image.dim(0), -1, -1, filter.dim(3)};
  for (int d = 0; d < 2; ++d) {
    const int64_t in = resized ? size->data<int32_t>()[d] : image.dim(1 + d);
    if (in < 0) continue;
    int64_t places;
    RETURN_IF_ERROR(window_places(in + p[2 + 2 * d] + p[3 + 2 * d], filter.dim(d), strides[1 + d], 1, padding_from(name), 0, 0, &places));
    out.set_dim(1 + d, places);
  }
  int64_t depth;
  RETURN_IF_ERROR(c.merge_dim(image.dim(3), filter.dim(2), &depth));
  c.set_output(0, std::move(out));
  return OkStatus();
}

constexpr Types<Half, float, double> kConvolvedTypes{};

REFLOW_OP("FusedPadConv2D")
    .input("input: T")
    .input("paddings: int32")
    .input("filter: T")
    .output("output: T")
    .attr("T: {half, float, double}")
    .attr("mode: {'REFLECT', 'SYMMETRIC'}")
    .attr("strides: list(int)")
    .attr("padding: {'SAME', 'VALID'}")
    .doc("Conv2D of MirrorPad of images [batch, height, width, channels].")
    .shape(fused_shape)
    .kernel<FusedPadConv2D>(kCpu, kConvolvedTypes);

REFLOW_OP("FusedResizeAndPadConv2D")
    .input("input: T")
    .input("size: int32")
    .input("paddings: int32")
    .input("filter: T")
    .output("output: T")
    .attr("T: {half, float, double}")
    .attr("resize_align_corners: bool = false")
    .attr("mode: {'REFLECT', 'SYMMETRIC'}")
    .attr("strides: list(int)")
    .attr("padding: {'SAME', 'VALID'}")
    .doc("Conv2D of MirrorPad of ResizeBilinear of images [batch, height, width, channels].")
    .shape(fused_shape)
    .kernel<FusedPadConv2D>(kCpu, kConvolvedTypes);

}  // namespace
}  // namespace reflow::ops
