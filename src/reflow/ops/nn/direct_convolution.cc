#include "direct_convolution.h"

#include <algorithm>
#include <numeric>

#include "reflow/base/first_error.h"
#include "reflow/op/gemm.h"
#include "reflow/op/panel_product.h"
#include "reflow/op/simd_loop.h"
#include "reflow/tensor/checked_size.h"
#include "tap_product.h"
#include "windows.h"

namespace reflow::ops {
namespace {

using op::kPanelColumns;

constexpr double kFlopsPerNs = 90;              // of one thread, about
constexpr int64_t kPlacesAtOnce = 96;           // whose pointers and windows the second-level cache holds
constexpr int64_t kFewPlacesAtOnce = 24;        // where
constexpr int64_t kSmallFilter = 32 * 1024;     // the cache holds the filter: places are read and written in one go
constexpr int64_t kPlacesOfFilter = 192;        // whose dL/dy, a panel at a time, the first-level cache holds
constexpr int64_t kFewRows = 96;                // of dL/dfilter, not worth a copy of dL/dy
constexpr int64_t kManyChannels = 512;          // of windows of one element: a product of matrices copies better
constexpr int64_t kMostPointers = 1 << 20;      // of windows
constexpr int64_t kFewPlaces = 12;              // not worth a copy of the filter
constexpr int64_t kPatchFloats = 64 * 1024;     // of dL/dpatches, in the second-level cache
constexpr int64_t kMostSumFloats = 24 << 20;    // of the sums of all threads, backward to the filter

// A convolution, or one phase of a convolution backward to the input: of images [batch, in.., in_channels] to places of
// results that have gaps in each dimension where `step` isn't 1.
struct Correlation {
  struct Target {
    int64_t size = 1, begin = 0, step = 1;
  };
  int64_t batch, in_channels, out_channels;
  WindowSteps dims[3];
  Target targets[3];

  int64_t area() const { return dims[0].out * dims[1].out * dims[2].out; }
  int64_t taps() const { return dims[0].kernel * dims[1].kernel * dims[2].kernel; }
  int64_t depth() const { return taps() * in_channels; }
  double place_ns() const { return 2.0 * depth() * op::panels_size(1, out_channels) / kFlopsPerNs + 2.0 * taps(); }
};

StatusOr<Tensor> floats(int64_t n) { return allocate_tensor(DType::kFloat32, Shape{n}); }

// The dimensions with those that have one element only first, so that lines of images are as long as can be.
Correlation forward_of(const Convolution& c) {
  Correlation r{c.batch, c.in_channels, c.out_channels, {}, {}};
  const int first = 3 - c.rank;
  for (int i = 0; i < c.rank; ++i) {
    const op::WindowDim& d = c.dims[i];
    r.dims[first + i] = {d.in, d.out, d.kernel, d.stride, d.dilation, d.before};
    r.targets[first + i].size = d.out;
  }
  return r;
}

int64_t places_at_once(const Correlation& c, int threads) {
  const int64_t total = c.batch * c.area(), fair = (total + threads - 1) / threads;
  const int64_t most = c.depth() * c.out_channels <= kSmallFilter ? kFewPlacesAtOnce : kPlacesAtOnce;
  const int64_t parts = (fair + most - 1) / most, pointers = std::max<int64_t>(c.taps(), 1);
  return std::clamp<int64_t>((fair + parts - 1) / parts, 1, std::max<int64_t>(kMostPointers / pointers, 1));
}

// Where the places [begin, begin + count) of the result lie.
void find_targets(const Correlation& c, int64_t begin, int64_t count, float* y, float** to) {
  const Correlation::Target &t0 = c.targets[0], &t1 = c.targets[1], &t2 = c.targets[2];
  for (int64_t i = 0; i < count;) {
    const int64_t o2 = (begin + i) % c.dims[2].out, line = (begin + i) / c.dims[2].out;
    const int64_t o1 = line % c.dims[1].out, plane = line / c.dims[1].out;
    const int64_t o0 = plane % c.dims[0].out, image = plane / c.dims[0].out;
    const int64_t n = std::min(count - i, c.dims[2].out - o2), step = t2.step * c.out_channels;
    float* const first = y + (((image * t0.size + t0.begin + o0 * t0.step) * t1.size + t1.begin + o1 * t1.step) * t2.size +
                              t2.begin + o2 * t2.step) * c.out_channels;
    for (int64_t j = 0; j < n; ++j) to[i + j] = first + j * step;
    i += n;
  }
}

void correlate(ThreadPool& pool, const Correlation& c, const float* x, const TapPanels& b, float* y,
               const ConvolutionEpilogue* after) {
  const TapMath& math = tap_math();
  const int64_t total = c.batch * c.area(), at_once = places_at_once(c, pool.num_threads());
  const int64_t parts = (total + at_once - 1) / at_once;
  pool.parallel_for(parts, c.place_ns() * at_once, [&](int64_t begin, int64_t end) {
    Windows windows(c.dims, c.in_channels, x, at_once);
    std::vector<float*> to(at_once);
    for (int64_t part = begin; part < end; ++part) {
      const int64_t first = part * at_once, n = std::min(at_once, total - first);
      windows.look_at(first, n);
      find_targets(c, first, n, y, to.data());
      math.product(windows.rows(), n, windows.runs(), windows.run(), b, c.out_channels, to.data());
      if (after != nullptr) after->call(after->context, to[0], n);
    }
  });
}

// Of one dimension the window elements that places of dL/dx at `phase`, `phase` + stride, ... get something of: kernel
// element first + i * step for i < count, in the order in which dL/dy is met: from the last to the first.
struct Phase {
  int64_t first = 0, step = 1, count = 0;
};

Phase phase_of(const WindowSteps& d, int64_t phase, WindowSteps* steps, Correlation::Target* target) {
  *target = {d.in, phase, d.stride};
  Phase p;
  p.step = d.stride / std::gcd(d.stride, d.dilation);
  while (p.first < std::min(p.step, d.kernel) && (phase + d.before - p.first * d.dilation) % d.stride != 0) ++p.first;
  const int64_t places = phase < d.in ? (d.in - phase + d.stride - 1) / d.stride : 0;
  if (p.first >= p.step || p.first >= d.kernel) {  // none
    *steps = {d.out, places, 0, 1, 1, 0};
    return p;
  }
  p.count = (d.kernel - p.first + p.step - 1) / p.step;
  // Element m of these and place q of the phase meet at q + offset - m * dilation of dL/dy.
  const int64_t dilation = p.step * d.dilation / d.stride, offset = (phase + d.before - p.first * d.dilation) / d.stride;
  *steps = {d.out, places, p.count, 1, dilation, (p.count - 1) * dilation - offset};
  return p;
}

// One phase of dL/dx: its places that get nothing become 0.
Status phase_to_input(ThreadPool& pool, const Correlation& whole, const int64_t* phases, const float* dy,
                      const float* filter, float* dx) {
  Correlation c{whole.batch, whole.out_channels, whole.in_channels, {}, {}};
  Phase p[3];
  for (int i = 0; i < 3; ++i) p[i] = phase_of(whole.dims[i], phases[i], &c.dims[i], &c.targets[i]);
  if (c.area() == 0) return OkStatus();
  ASSIGN_OR_RETURN(Tensor packed, floats(op::panels_size(std::max<int64_t>(c.depth(), 1), c.out_channels)));
  float* const panels = packed.data<float>();
  const int64_t panel_step = c.depth() * kPanelColumns, in = whole.in_channels, out = whole.out_channels;
  pool.parallel_for(c.taps(), 0.5 * in * out, [&](int64_t begin, int64_t end) {
    for (int64_t t = begin; t < end; ++t) {
      const int64_t t2 = t % p[2].count, t1 = t / p[2].count % p[1].count, t0 = t / p[2].count / p[1].count;
      const auto element = [](const Phase& phase, int64_t i) { return phase.first + (phase.count - 1 - i) * phase.step; };
      const int64_t line = element(p[0], t0) * whole.dims[1].kernel + element(p[1], t1);
      const float* const from = filter + (line * whole.dims[2].kernel + element(p[2], t2)) * in * out;
      op::panel_math().pack_transposed(from, out, out, in, panels + t * out * kPanelColumns, panel_step);
    }
  });
  correlate(pool, c, dy, {panels, panel_step, kPanelColumns}, dx, nullptr);
  return OkStatus();
}

// One element of the filter, and the places that it sees lie beside each other: a product of matrices.
bool are_points(const Correlation& c) {
  for (const WindowSteps& d : c.dims) {
    if (d.kernel != 1 || d.stride != 1 || d.before != 0 || d.in != d.out) return false;
  }
  return true;
}

// Few places of dL/dy see many elements of x each, so that those of x near the border see nothing of most of the filter, or
// there are so few channels that a panel would be mostly empty: then dL/dy times the filter, dL/dpatches, is added up to
// dL/dx, which costs about as much as four columns of dL/dy.
bool patches_pay(const Correlation& c) {
  const int64_t strides = c.dims[0].stride * c.dims[1].stride * c.dims[2].stride;
  const int64_t in_area = c.dims[0].in * c.dims[1].in * c.dims[2].in;
  const double multiplications = static_cast<double>(in_area) / static_cast<double>(strides) / static_cast<double>(c.area());
  return multiplications > 1.1 + 4.0 / static_cast<double>(c.out_channels) || (c.in_channels <= 4 && c.taps() > 1);
}

// Adds the patches of the places [begin, begin + count) of one image to it.
void add_patches(const Correlation& c, const float* patches, int64_t begin, int64_t count, float* image) {
  const WindowSteps &d0 = c.dims[0], &d1 = c.dims[1], &d2 = c.dims[2];
  const int64_t channels = c.in_channels, line = d2.kernel * channels;
  op::simd_loop([=, &d0, &d1, &d2]() REFLOW_SIMD_BODY {
    const float* patch = patches;
    for (int64_t place = begin; place < begin + count; ++place) {
      const int64_t o2 = place % d2.out, o1 = place / d2.out % d1.out, o0 = place / d2.out / d1.out;
      const int64_t first = o2 * d2.stride - d2.before;
      for (int64_t k0 = 0; k0 < d0.kernel; ++k0) {
        const int64_t i0 = o0 * d0.stride - d0.before + k0 * d0.dilation;
        for (int64_t k1 = 0; k1 < d1.kernel; ++k1, patch += line) {
          const int64_t i1 = o1 * d1.stride - d1.before + k1 * d1.dilation;
          if (i0 < 0 || i0 >= d0.in || i1 < 0 || i1 >= d1.in) continue;
          float* const to = image + (i0 * d1.in + i1) * d2.in * channels;
          if (d2.dilation == 1) {
            const int64_t from = first < 0 ? -first : 0, end = std::min(d2.kernel, d2.in - first);
            for (int64_t j = from * channels; j < end * channels; ++j) to[first * channels + j] += patch[j];
            continue;
          }
          for (int64_t k = 0; k < d2.kernel; ++k) {
            const int64_t i2 = first + k * d2.dilation;
            if (i2 < 0 || i2 >= d2.in) continue;
            for (int64_t j = 0; j < channels; ++j) to[i2 * channels + j] += patch[k * channels + j];
          }
        }
      }
    }
  });
}

Status patches_to_input(ThreadPool& pool, const Correlation& c, const float* dy, const float* filter, float* dx) {
  const int64_t depth = c.depth(), out = c.out_channels, area = c.area();
  const int64_t image = c.dims[0].in * c.dims[1].in * c.dims[2].in * c.in_channels;
  const int64_t at_once = std::clamp<int64_t>(kPatchFloats / depth, std::min<int64_t>(area, 48), area);
  ASSIGN_OR_RETURN(Tensor panels, floats(op::panels_size(out, depth)));
  op::pack_panels(pool, true, out, depth, filter, out, panels.data<float>());
  FirstError error;
  const auto images = [&](int64_t begin, int64_t end) {
    auto patches = floats(at_once * depth);
    if (!patches.ok()) return error.set(patches.status());
    for (int64_t i = begin; i < end; ++i) {
      std::fill_n(dx + i * image, image, 0.0f);
      for (int64_t first = 0; first < area; first += at_once) {
        op::Gemm g;
        g.m = std::min(at_once, area - first), g.n = depth, g.k = out;
        g.a = dy + (i * area + first) * out, g.lda = out;
        g.panels = panels.data<float>();
        g.c = patches->data<float>(), g.ldc = depth;
        op::gemm(pool, g);
        add_patches(c, patches->data<float>(), first, g.m, dx + i * image);
      }
    }
  };
  // Within a body of parallel_for the pool runs nested work on the thread itself.
  if (c.batch < pool.num_threads()) {
    images(0, c.batch);
  } else {
    pool.parallel_for(c.batch, c.place_ns() * area, images);
  }
  return error.get();
}

}  // namespace

Status direct_forward(ThreadPool& pool, const Convolution& sizes, const float* x, const float* filter, float* y,
                      const ConvolutionEpilogue* after) {
  const Correlation c = forward_of(sizes);
  const int64_t depth = c.depth(), out = c.out_channels, places = c.batch * c.area();
  if (places <= kFewPlaces && out % kPanelColumns == 0) {
    correlate(pool, c, x, {filter, kPanelColumns, out}, y, after);
    return OkStatus();
  }
  ASSIGN_OR_RETURN(Tensor panels, floats(op::panels_size(depth, out)));
  op::pack_panels(pool, false, depth, out, filter, out, panels.data<float>());
  correlate(pool, c, x, {panels.data<float>(), depth * kPanelColumns, kPanelColumns}, y, after);
  return OkStatus();
}

Status direct_to_input(ThreadPool& pool, const Convolution& sizes, const float* dy, const float* filter, float* dx) {
  const Correlation c = forward_of(sizes);
  if (patches_pay(c)) return patches_to_input(pool, c, dy, filter, dx);
  int64_t phases[3];
  for (phases[0] = 0; phases[0] < std::min(c.dims[0].stride, c.dims[0].in); ++phases[0]) {
    for (phases[1] = 0; phases[1] < std::min(c.dims[1].stride, c.dims[1].in); ++phases[1]) {
      for (phases[2] = 0; phases[2] < std::min(c.dims[2].stride, c.dims[2].in); ++phases[2]) {
        RETURN_IF_ERROR(phase_to_input(pool, c, phases, dy, filter, dx));
      }
    }
  }
  return OkStatus();
}

// Each segment of the places has sums of its own; these are added in the order of the segments.
Status direct_to_filter(ThreadPool& pool, const Convolution& sizes, const float* x, const float* dy, float* dfilter) {
  const Correlation c = forward_of(sizes);
  const int64_t out = c.out_channels, total = c.batch * c.area(), depth = c.depth(), size = depth * out;
  if (c.in_channels >= kManyChannels && are_points(c)) {
    op::Gemm g;
    g.transpose_a = true;
    g.m = c.in_channels, g.n = out, g.k = total;
    g.a = x, g.lda = g.m, g.b = dy, g.ldb = out, g.c = dfilter, g.ldc = out;
    op::gemm(pool, g);
    return OkStatus();
  }
  const TapMath& math = tap_math();
  const int64_t at_once = std::clamp<int64_t>(kMostPointers / c.taps(), 1, kPlacesOfFilter);
  const int64_t blocks = (total + at_once - 1) / at_once;
  const int64_t most = pool.num_threads() == 1 ? 1 : std::clamp<int64_t>(kMostSumFloats / size, 1, 2 * pool.num_threads());
  const int64_t segments = std::min(most, blocks);
  Tensor all_sums;
  if (segments > 1) {
    ASSIGN_OR_RETURN(all_sums, floats(segments * size));
  }
  float* const sums = segments > 1 ? all_sums.data<float>() : dfilter;
  const bool packed = depth > kFewRows || out % kPanelColumns != 0;
  FirstError error;
  pool.parallel_for(segments, c.place_ns() * total / segments, [&](int64_t begin, int64_t end) {
    Windows windows(c.dims, c.in_channels, x, at_once);
    auto panels = floats(packed ? op::panels_size(at_once, out) : 0);
    if (!panels.ok()) return error.set(panels.status());
    float* const b = panels->data<float>();
    for (int64_t segment = begin; segment < end; ++segment) {
      float* const sum = sums + segment * size;
      std::fill_n(sum, size, 0.0f);
      for (int64_t block = blocks * segment / segments; block < blocks * (segment + 1) / segments; ++block) {
        const int64_t first = block * at_once, n = std::min(at_once, total - first);
        windows.look_at(first, n);
        TapPanels of_dy{dy + first * out, kPanelColumns, out};
        if (packed) {
          op::panel_math().pack_rows(of_dy.first, out, n, out, b, n * kPanelColumns);
          of_dy = {b, n * kPanelColumns, kPanelColumns};
        }
        for (int64_t t = 0; t < windows.runs(); ++t) {
          math.transposed(windows.rows() + t * n, windows.run(), n, of_dy, out,
                          sum + t * windows.run() * out, out);
        }
      }
    }
  });
  RETURN_IF_ERROR(error.get());
  if (segments == 1) return OkStatus();
  pool.parallel_for(size, 0.3 * segments, [&](int64_t begin, int64_t end) {
    std::copy(sums + begin, sums + end, dfilter + begin);
    for (int64_t s = 1; s < segments; ++s) {
      for (int64_t i = begin; i < end; ++i) dfilter[i] += sums[s * size + i];
    }
  });
  return OkStatus();
}

}  // namespace reflow::ops
