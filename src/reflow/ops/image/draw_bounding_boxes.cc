// DrawBoundingBoxes: the outlines of boxes drawn into images.

#include <algorithm>
#include <array>
#include <vector>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

using Color = std::array<float, 4>;

// Yellow, blue, red, lime, purple, olive, maroon, navy, aqua, fuchsia.
std::vector<Color> default_colors(int64_t depth) {
  std::vector<Color> colors = {{1, 1, 0, 1},     {0, 0, 1, 1},   {1, 0, 0, 1},   {0, 1, 0, 1}, {0.5f, 0, 0.5f, 1},
                               {0.5f, 0.5f, 0, 1}, {0.5f, 0, 0, 1}, {0, 0, 0.5f, 1}, {0, 1, 1, 1}, {1, 0, 1, 1}};
  if (depth == 1) {
    for (Color& color : colors) color[0] = 1;
  }
  return colors;
}

// Rows (or columns) `low` to `high` of a side with `size` elements; the part within is first to last.
struct Extent {
  Extent(float from, float to, int64_t size)
      : low(place(from, size)), high(place(to, size)), first(std::max<int64_t>(low, 0)), last(std::min(high, size - 1)) {}
  // Corners far outside of the image, and NaN, are brought to where nothing is drawn, too.
  static int64_t place(float corner, int64_t size) {
    const float at = corner * static_cast<float>(size - 1);
    if (!(at > -1e9f)) return INT64_C(-1000000000);
    return static_cast<int64_t>(std::min(at, 1e9f));
  }
  bool outside(int64_t size) const { return low > high || low >= size || high < 0; }
  int64_t low, high, first, last;
};

template <typename T>
class DrawBoundingBoxes : public Kernel {
 public:
  explicit DrawBoundingBoxes(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &images = c.input(0), &boxes = c.input(1);
    const int64_t height = images.dim(1), width = images.dim(2), depth = images.dim(3), count = boxes.dim(1);
    std::vector<Color> colors;
    if (c.num_inputs() == 3) {
      const Tensor& table = c.input(2);
      for (int64_t i = 0; i < table.dim(0); ++i) {
        Color color{};
        for (int64_t j = 0; j < std::min<int64_t>(4, table.dim(1)); ++j) color[j] = table.data<float>()[i * table.dim(1) + j];
        colors.push_back(color);
      }
    }
    if (colors.empty()) colors = default_colors(depth);
    T* y = c.output(0).data<T>();
    if (y != images.data<T>()) std::copy_n(images.data<T>(), images.num_elements(), y);
    for (int64_t n = 0; n < images.dim(0); ++n) {
      T* image = y + n * height * width * depth;
      const auto dot = [&](int64_t row, int64_t column, const Color& color) {
        for (int64_t j = 0; j < depth; ++j) image[(row * width + column) * depth + j] = static_cast<T>(color[j]);
      };
      for (int64_t b = 0; b < count; ++b) {
        const float* box = boxes.data<float>() + (n * count + b) * 4;
        const Color& color = colors[b % colors.size()];
        const Extent rows(box[0], box[2], height), columns(box[1], box[3], width);
        if (rows.outside(height) || columns.outside(width)) continue;
        for (int64_t j = columns.first; j <= columns.last; ++j) {
          if (rows.low >= 0) dot(rows.low, j, color);
          if (rows.high < height) dot(rows.high, j, color);
        }
        for (int64_t i = rows.first; i <= rows.last; ++i) {
          if (columns.low >= 0) dot(i, columns.low, color);
          if (columns.high < width) dot(i, columns.high, color);
        }
      }
    }
    return OkStatus();
  }
};

Status draw_shape(ShapeContext& c) {
  if (c.concrete()) {
    const Shape &images = c.input(0), &boxes = c.input(1);
    if (images.rank() != 4) return invalid_argument("The rank of the images should be 4");
    if (boxes.rank() != 3) return invalid_argument("The rank of the boxes tensor should be 3");
    if (images.dim(0) != boxes.dim(0)) return invalid_argument("The batch sizes should be the same");
    const int64_t depth = images.dim(3);
    if (depth != 4 && depth != 1 && depth != 3) {
      return invalid_argument("Channel depth should be either 1 (GRY), 3 (RGB), or 4 (RGBA)");
    }
    if (boxes.dim(2) != 4) return invalid_argument("The last dimension of the boxes tensor should be 4, got {}", boxes.str());
    if (c.num_inputs() == 3) {
      const Shape& colors = c.input(2);
      if (colors.rank() != 2) return invalid_argument("colors must be a 2-D matrix: {}", colors.str());
      if (colors.dim(0) > 0 && colors.dim(1) < depth) {
        return invalid_argument("colors must have at least {} columns, got {}", depth, colors.str());
      }
    }
  }
  Shape shape;
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), 3, &shape));
  c.set_output(0, shape);
  return OkStatus();
}

REFLOW_OP("DrawBoundingBoxes")
    .input("images: T")
    .input("boxes: float")
    .output("output: T")
    .attr("T: {float, half} = DT_FLOAT")
    .doc("Draws the outlines of boxes [batch, n, 4], [y1, x1, y2, x2] in units of the image's sides, into images [batch, "
         "height, width, depth], in ten colours by turns.")
    .shape(draw_shape)
    .kernel<DrawBoundingBoxes>(kCpu, Types<Half, float>{})
    .in_place(0, 0)
    .not_differentiable();

REFLOW_OP("DrawBoundingBoxesV2")
    .input("images: T")
    .input("boxes: float")
    .input("colors: float")
    .output("output: T")
    .attr("T: {float, half} = DT_FLOAT")
    .doc("As DrawBoundingBoxes, in the rows of colors [n, depth] by turns.")
    .shape(draw_shape)
    .kernel<DrawBoundingBoxes>(kCpu, Types<Half, float>{})
    .in_place(0, 0);

}  // namespace
}  // namespace reflow::ops
