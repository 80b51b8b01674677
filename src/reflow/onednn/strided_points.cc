#include "reflow/onednn/strided_points.h"

#include <algorithm>

#include "reflow/tensor/checked_size.h"

namespace reflow::onednn {
namespace {

// Calls f(place among those that are read, place in x) for the places of images [begin, end).
template <typename F>
void each_point(const ConvolutionSizes& s, int64_t begin, int64_t end, const F& f) {
  int64_t point = begin * s.out[0] * s.out[1] * s.out[2];
  for (int64_t image = begin; image < end; ++image) {
    for (int64_t i = 0; i < s.out[0]; ++i) {
      for (int64_t j = 0; j < s.out[1]; ++j) {
        for (int64_t k = 0; k < s.out[2]; ++k) {
          f(point++, ((image * s.in[0] + i * s.stride[0]) * s.in[1] + j * s.stride[1]) * s.in[2] + k * s.stride[2]);
        }
      }
    }
  }
}

}  // namespace

bool are_strided_points(const ConvolutionSizes& sizes) {
  bool strided = false;
  for (int i = 0; i < sizes.rank; ++i) {
    if (sizes.kernel[i] != 1 || sizes.padding[i] != 0 || (sizes.out[i] - 1) * sizes.stride[i] >= sizes.in[i]) return false;
    strided |= sizes.stride[i] != 1;
  }
  return strided;
}

ConvolutionSizes dense_points(const ConvolutionSizes& sizes) {
  ConvolutionSizes dense = sizes;
  for (int i = 0; i < sizes.rank; ++i) dense.in[i] = sizes.out[i], dense.stride[i] = dense.dilation[i] = 1;
  return dense;
}

StatusOr<Tensor> gathered_points(ThreadPool& pool, const ConvolutionSizes& sizes, const float* x) {
  const int64_t channels = sizes.in_channels, points = sizes.out[0] * sizes.out[1] * sizes.out[2];
  ASSIGN_OR_RETURN(Tensor result, allocate_tensor(DType::kFloat32, Shape{sizes.batch, points, channels}));
  float* to = result.data<float>();
  pool.parallel_for(sizes.batch, 2.0 + 0.3 * points * channels, [&](int64_t begin, int64_t end) {
    each_point(sizes, begin, end,
               [&](int64_t point, int64_t place) { std::copy_n(x + place * channels, channels, to + point * channels); });
  });
  return result;
}

void scatter_points(ThreadPool& pool, const ConvolutionSizes& sizes, const float* points, float* x) {
  const int64_t channels = sizes.in_channels, image = sizes.in[0] * sizes.in[1] * sizes.in[2] * channels;
  pool.parallel_for(sizes.batch, 2.0 + 0.3 * image, [&](int64_t begin, int64_t end) {
    std::fill(x + begin * image, x + end * image, 0.0f);
    each_point(sizes, begin, end,
               [&](int64_t point, int64_t place) { std::copy_n(points + point * channels, channels, x + place * channels); });
  });
}

}  // namespace reflow::onednn
