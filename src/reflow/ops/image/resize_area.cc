// ResizeArea: each element of the result is the average of the area that it covers.

#include <algorithm>
#include <cmath>
#include <vector>

#include "resize.h"

namespace reflow::ops {
namespace {

using namespace op;

// The elements [begin, end) that one of the result covers, and how much of each.
struct Covered {
  int64_t begin;
  std::vector<float> shares;
};

std::vector<Covered> covered(int64_t out, float scale) {
  std::vector<Covered> result(out);
  for (int64_t i = 0; i < out; ++i) {
    const float from = i * scale, to = (i + 1) * scale;
    const auto begin = static_cast<int64_t>(std::floor(from)), end = static_cast<int64_t>(std::ceil(to));
    result[i].begin = begin;
    for (int64_t k = begin; k < end; ++k) {
      const auto low = static_cast<float>(k);
      result[i].shares.push_back(low < from ? (low + 1 > to ? scale : low + 1 - from) : (low + 1 > to ? to - low : 1.0f));
    }
  }
  return result;
}

template <typename T>
class ResizeArea : public Kernel {
 public:
  explicit ResizeArea(KernelInit& c) : attrs_(c) {}
  Status compute(KernelContext& c) override {
    const Tensor& images = c.input(0);
    Tensor& out = c.output(0);
    const int64_t height = images.dim(1), width = images.dim(2), channels = images.dim(3);
    const int64_t out_height = out.dim(1), out_width = out.dim(2);
    if (out.num_elements() == 0) return OkStatus();
    const float row_scale = attrs_.scale(height, out_height).scale, column_scale = attrs_.scale(width, out_width).scale;
    const auto rows = covered(out_height, row_scale), columns = covered(out_width, column_scale);
    const float scale = 1 / (row_scale * column_scale);
    const T* x = images.data<T>();
    float* y = out.data<float>();
    const double cost = 2.0 * out_width * channels * (row_scale + 1) * (column_scale + 1);
    c.pool().parallel_for(out.dim(0) * out_height, cost, [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; ++r) {
        const Covered& row = rows[r % out_height];
        const T* image = x + r / out_height * height * width * channels;
        for (int64_t i = 0; i < out_width; ++i) {
          for (int64_t j = 0; j < channels; ++j) {
            float sum = 0;
            for (size_t k = 0; k < row.shares.size(); ++k) {
              const T* line = image + std::clamp<int64_t>(row.begin + k, 0, height - 1) * width * channels + j;
              float line_sum = 0;
              for (size_t l = 0; l < columns[i].shares.size(); ++l) {
                const int64_t at = std::clamp<int64_t>(columns[i].begin + l, 0, width - 1);
                line_sum += static_cast<float>(line[at * channels]) * columns[i].shares[l];
              }
              sum += line_sum * row.shares[k];
            }
            y[(r * out_width + i) * channels + j] = sum * scale;
          }
        }
      }
    });
    return OkStatus();
  }

 private:
  const ResizeAttrs attrs_;
};

REFLOW_OP("ResizeArea")
    .input("images: T")
    .input("size: int32")
    .output("resized_images: float")
    .attr("T: {int8, uint8, int16, uint16, int32, int64, half, float, double}")
    .attr("align_corners: bool = false")
    .doc("Resizes images [batch, height, width, channels] to size, [new_height, new_width], each element being the average of "
         "the area that it covers.")
    .shape(resized_shape)
    .kernel<ResizeArea>(kCpu, kImageTypes);

}  // namespace
}  // namespace reflow::ops
