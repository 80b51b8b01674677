#include "winograd.h"

#include <algorithm>

#include "reflow/base/env.h"
#include "reflow/base/first_error.h"
#include "reflow/tensor/checked_size.h"
#include "winograd_math.h"

namespace reflow::ops {

using winograd::kPanel;
using winograd::kMostValues;

namespace {

constexpr EnvKnob kWinograd("REFLOW_WINOGRAD", "1", "0: no convolution uses Winograd's algorithm.");
const EnvKnob::Registration winograd_registration(kWinograd);

constexpr double kSmallFlops = 1.5e7;             // below, convolutions are direct
constexpr int64_t kCacheBytes = 384 * 1024;       // of the second level, for one thread's values
constexpr int64_t kMostFilterBytes = int64_t{150} << 20;  // of its values
constexpr int64_t kMostSumBytes = int64_t{96} << 20;  // for the sums of all threads, backward to the filter

// Outputs of a convolution in tiles of `outputs` x `outputs`, each read off a tile of points x points elements of the image.
struct Tiles {
  explicit Tiles(const Convolution& c)
      : taps(static_cast<int>(c.dims[0].kernel)),
        points(taps == 5 ? 8 : 6),
        values(points * points),
        outputs(points + 1 - taps),
        down((c.dims[0].out + outputs - 1) / outputs),
        across((c.dims[1].out + outputs - 1) / outputs),
        count(c.batch * down * across) {}
  int taps, points, values, outputs;
  int64_t down, across, count;
};

// Where the elements of tile `t` lie in images [batch, height, width, channels]: points[i * size + j]; elements beyond the
// border lie at `outside`. (-before[0], -before[1]) is the first element of the first tile, `step` tiles' distance.
template <typename T>
void locate(const Tiles& tiles, int64_t t, int64_t step, int size, const int64_t* before, int64_t height, int64_t width,
            int64_t channels, T* images, T* outside, T** points) {
  const int64_t image = t / (tiles.down * tiles.across), place = t % (tiles.down * tiles.across);
  const int64_t top = place / tiles.across * step - before[0], left = place % tiles.across * step - before[1];
  T* const base = images + image * height * width * channels;
  for (int i = 0; i < size; ++i) {
    const int64_t row = top + i;
    for (int j = 0; j < size; ++j) {
      const int64_t column = left + j;
      const bool inside = row >= 0 && row < height && column >= 0 && column < width;
      points[i * size + j] = inside ? base + (row * width + column) * channels : outside;
    }
  }
}

// Brings a tile into the second-level cache. The columns it shares with the tile to its left are there.
void prefetch(const float* const* points, int size, int shared, int64_t channels) {
  constexpr int64_t kLine = 16;
  for (int i = 0; i < size; ++i) {
    for (int j = shared; j < size; ++j) {
      const float* const point = points[i * size + j];
      for (int64_t c = 0; c < channels; c += kLine) __builtin_prefetch(point + c, 0, 2);
    }
  }
}

StatusOr<Tensor> floats(int64_t n) { return allocate_tensor(DType::kFloat32, Shape{n}); }

// Tiles of a part: as many as fit into the cache, more where matrices of filters are large, since each part reads them all.
int64_t tiles_of_part(const Convolution& c, int threads, const Tiles& tiles) {
  const int64_t count = tiles.count;
  const int64_t fit = kCacheBytes / (tiles.values * static_cast<int64_t>(sizeof(float)) * (c.in_channels + c.out_channels));
  const int64_t wanted = std::max({fit, std::min(c.in_channels, c.out_channels) / 4, int64_t{12}});
  const int64_t fair = (count + threads - 1) / threads;
  return fair < wanted ? (fair + 1) / 2 * 2 : (wanted + 11) / 12 * 12;
}

double flops(const Convolution& c) {
  return 2.0 * c.batch * c.out_area() * c.filter_area() * c.in_channels * c.out_channels;
}

// About what a tile costs, in nanoseconds: products, and the way there and back.
double tile_ns(const Convolution& c, const Tiles& tiles) {
  return tiles.values * (2.0 * c.in_channels * c.out_channels / 80 + 3.0 / 36 * (c.in_channels + c.out_channels));
}

double filter_ns(const Convolution& c) { return 8.0 * c.in_channels * c.out_channels; }

// Values of the filter [taps, taps, in, out] as panels: value v of (in, out) at v * in * out + ((out / panel) * in + in) *
// panel + out % panel.
void transform_filter(ThreadPool& pool, const Convolution& c, const Tiles& tiles, const float* filter, float* values) {
  const winograd::Math& math = winograd::math(tiles.points);
  const int taps = tiles.taps;
  const int64_t in = c.in_channels, out = c.out_channels, size = in * out;
  pool.parallel_for(in, 3.0 * out, [&](int64_t begin, int64_t end) {
    const float* from[kMostValues];
    for (int64_t i = begin; i < end; ++i) {
      for (int64_t o = 0; o < out; o += kPanel) {
        for (int k = 0; k < taps * taps; ++k) from[k] = filter + k * size + i * out + o;
        math.filter[taps](from, kPanel, values + (o / kPanel * in + i) * kPanel, size);
      }
    }
  });
}

// filter [taps, taps, in, out] turned by half a circle, channels exchanged: [taps, taps, out, in].
void turn_filter(ThreadPool& pool, const Convolution& c, const float* filter, float* turned) {
  const int64_t in = c.in_channels, out = c.out_channels, area = c.filter_area();
  pool.parallel_for(area, 1.0 * in * out, [&](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; ++k) {
      const float* from = filter + k * in * out;
      float* to = turned + (area - 1 - k) * in * out;
      for (int64_t o = 0; o < out; ++o) {
        for (int64_t i = 0; i < in; ++i) to[o * in + i] = from[i * out + o];
      }
    }
  });
}

// The convolution that gives dx from dy with the turned filter.
Convolution to_input(const Convolution& c) {
  Convolution back = c;
  std::swap(back.in_channels, back.out_channels);
  for (int i = 0; i < 2; ++i) {
    op::WindowDim& d = back.dims[i];
    std::swap(d.in, d.out);
    d.before = d.kernel - 1 - d.before;
    d.after = d.kernel - 1 - d.after;
  }
  return back;
}

}  // namespace

bool winograd_pays(const Convolution& c) {
  static const bool wanted = kWinograd.integer(1) != 0;
  if (!wanted || c.rank != 2 || c.in_channels % kPanel != 0 || c.out_channels % kPanel != 0) return false;
  const int64_t taps = c.dims[0].kernel;
  if ((taps != 3 && taps != 5) || c.dims[1].kernel != taps) return false;
  for (int i = 0; i < 2; ++i) {
    const op::WindowDim& d = c.dims[i];
    if (d.stride != 1 || d.dilation != 1 || d.before >= taps || d.after >= taps) return false;
  }
  const double direct = flops(c);
  const Tiles tiles(c);
  if (c.in_channels > kMostFilterBytes / tiles.values / static_cast<int64_t>(sizeof(float)) / c.out_channels) return false;
  return direct >= kSmallFlops && tiles.count * tile_ns(c, tiles) + filter_ns(c) < 0.8 * direct / 90;
}

Status winograd_forward(ThreadPool& pool, const Convolution& c, const float* x, const float* filter, const float* bias,
                        bool relu, float* y) {
  ASSIGN_OR_RETURN(const Tensor filter_values, winograd_filter(pool, c, filter));
  return winograd_forward(pool, c, x, filter_values, bias, relu, y);
}

StatusOr<Tensor> winograd_filter(ThreadPool& pool, const Convolution& c, const float* filter) {
  const Tiles tiles(c);
  ASSIGN_OR_RETURN(Tensor values, floats(tiles.values * c.in_channels * c.out_channels));
  transform_filter(pool, c, tiles, filter, values.data<float>());
  return values;
}

Status winograd_forward(ThreadPool& pool, const Convolution& c, const float* x, const Tensor& filter_values,
                        const float* bias, bool relu, float* y) {
  const Tiles tiles(c);
  const winograd::Math& math = winograd::math(tiles.points);
  const int64_t in = c.in_channels, out = c.out_channels;
  const float* const u = filter_values.data<float>();
  const int64_t at_once = tiles_of_part(c, pool.num_threads(), tiles), parts = (tiles.count + at_once - 1) / at_once;
  const int64_t before[] = {c.dims[0].before, c.dims[1].before}, none[] = {0, 0};
  FirstError error;
  pool.parallel_for(parts, tile_ns(c, tiles) * at_once, [&](int64_t begin, int64_t end) {
    auto scratch = floats(tiles.values * at_once * (in + out) + in + out);
    if (!scratch.ok()) return error.set(scratch.status());
    float* const v = scratch->data<float>();
    float* const m = v + tiles.values * at_once * in;
    float* const zeros = m + tiles.values * at_once * out;
    float* const sink = zeros + in;
    std::fill_n(zeros, in, 0.0f);
    for (int64_t part = begin; part < end; ++part) {
      const int64_t first = part * at_once, n = std::min(at_once, tiles.count - first);
      const float* points[2][kMostValues];  // of a tile and the next
      const auto find = [&](int64_t t) {
        locate<const float>(tiles, first + t, tiles.outputs, tiles.points, before, c.dims[0].in, c.dims[1].in, in, x, zeros,
                            points[t % 2]);
      };
      find(0);
      for (int64_t t = 0; t < n; ++t) {
        if (t + 1 < n) {
          find(t + 1);
          prefetch(points[(t + 1) % 2], tiles.points, tiles.points - tiles.outputs, in);
        }
        math.image(points[t % 2], in, v + t * in, n * in);
      }
      for (int value = 0; value < tiles.values; ++value) {
        for (int64_t o = 0; o < out; o += kPanel) {
          math.product(v + value * n * in, in, 1, n, in, u + value * in * out + o * in, m + value * n * out + o, out, false);
        }
      }
      for (int64_t t = 0; t < n; ++t) {
        float* to[kMostValues];
        locate<float>(tiles, first + t, tiles.outputs, tiles.outputs, none, c.dims[0].out, c.dims[1].out, out, y, sink, to);
        math.output[tiles.outputs](m + t * out, n * out, out, bias, relu, to);
      }
    }
  });
  return error.get();
}

Status winograd_to_input(ThreadPool& pool, const Convolution& c, const float* dy, const float* filter, float* dx) {
  ASSIGN_OR_RETURN(Tensor turned, floats(c.filter_area() * c.in_channels * c.out_channels));
  turn_filter(pool, c, filter, turned.data<float>());
  return winograd_forward(pool, to_input(c), dy, turned.data<float>(), nullptr, false, dx);
}

// The outputs are the filter's elements here, and a tile of dL/dy is what the tile of the image is folded with. Each segment
// of the tiles has sums of its own, which are added in the order of the segments.
Status winograd_to_filter(ThreadPool& pool, const Convolution& c, const float* x, const float* dy, float* dfilter) {
  const Tiles tiles(c);
  const winograd::Math& math = winograd::math(tiles.points);
  const int64_t in = c.in_channels, out = c.out_channels, size = in * out;
  const int64_t sum_bytes = tiles.values * size * static_cast<int64_t>(sizeof(float));
  const int64_t at_once = std::clamp<int64_t>(4 * kCacheBytes / (tiles.values * 4 * (in + out)), 24, 192);
  const int64_t most = std::clamp<int64_t>(kMostSumBytes / sum_bytes, 1, 2 * pool.num_threads());
  const int64_t segments = std::min(most, (tiles.count + at_once - 1) / at_once);
  ASSIGN_OR_RETURN(Tensor all_sums, floats(segments * tiles.values * size));
  float* const sums = all_sums.data<float>();
  const int64_t before[] = {c.dims[0].before, c.dims[1].before}, none[] = {0, 0};
  FirstError error;
  pool.parallel_for(segments, tile_ns(c, tiles) * static_cast<double>(tiles.count) / segments, [&](int64_t begin, int64_t end) {
    auto scratch = floats(tiles.values * at_once * (in + out) + std::max(in, out));
    if (!scratch.ok()) return error.set(scratch.status());
    float* const v = scratch->data<float>();
    float* const w = v + tiles.values * at_once * in;
    float* const zeros = w + tiles.values * at_once * out;
    std::fill_n(zeros, std::max(in, out), 0.0f);
    for (int64_t segment = begin; segment < end; ++segment) {
      float* const sum = sums + segment * tiles.values * size;
      const int64_t start = tiles.count * segment / segments, stop = tiles.count * (segment + 1) / segments;
      for (int64_t first = start; first < stop; first += at_once) {
        const int64_t n = std::min(at_once, stop - first);
        const float *points[2][kMostValues], *gradients[2][kMostValues];  // of a tile and the next
        const auto find = [&](int64_t t) {
          locate<const float>(tiles, first + t, tiles.outputs, tiles.points, before, c.dims[0].in, c.dims[1].in, in, x, zeros,
                              points[t % 2]);
          locate<const float>(tiles, first + t, tiles.outputs, tiles.outputs, none, c.dims[0].out, c.dims[1].out, out, dy,
                              zeros, gradients[t % 2]);
        };
        find(0);
        for (int64_t t = 0; t < n; ++t) {
          if (t + 1 < n) {
            find(t + 1);
            prefetch(points[(t + 1) % 2], tiles.points, tiles.points - tiles.outputs, in);
            prefetch(gradients[(t + 1) % 2], tiles.outputs, 0, out);
          }
          math.image(points[t % 2], in, v + t * in, n * in);
          const float** const from = gradients[t % 2];
          for (int64_t o = 0; o < out; o += kPanel) {
            math.filter[tiles.outputs](from, kPanel, w + (o * n + t * kPanel), n * out);
            for (int k = 0; k < tiles.outputs * tiles.outputs; ++k) from[k] += from[k] == zeros ? 0 : kPanel;
          }
        }
        for (int value = 0; value < tiles.values; ++value) {
          for (int64_t o = 0; o < out; o += kPanel) {
            math.product(v + value * n * in, 1, in, in, n, w + value * n * out + o * n, sum + value * size + o, out,
                         first != start);
          }
        }
      }
    }
  });
  RETURN_IF_ERROR(error.get());
  pool.parallel_for(in, 3.0 * out * segments, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      for (int value = 0; value < tiles.values; ++value) {
        float* const total = sums + value * size + i * out;
        for (int64_t segment = 1; segment < segments; ++segment) {
          const float* part = total + segment * tiles.values * size;
          for (int64_t o = 0; o < out; ++o) total[o] += part[o];
        }
      }
      float* to[kMostValues];
      for (int k = 0; k < tiles.taps * tiles.taps; ++k) to[k] = dfilter + k * size + i * out;
      math.output[tiles.taps](sums + i * out, size, out, nullptr, false, to);
    }
  });
  return OkStatus();
}

}  // namespace reflow::ops
