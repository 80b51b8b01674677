// Convolutions: float by Winograd's algorithm where that pays, else directly (direct_convolution.h); other types as a
// product of matrices, whose rows are copies of the patches that the window sees.

#include <algorithm>

#include "convolution.h"
#include "direct_convolution.h"
#include "reflow/op/compute_type.h"
#include "reflow/op/gemm.h"
#include "reflow/op/simd_loop.h"
#include "reflow/tensor/checked_size.h"
#include "winograd.h"

namespace reflow::ops {

int64_t Convolution::in_area() const { return dims[0].in * dims[1].in * dims[2].in; }
int64_t Convolution::out_area() const { return dims[0].out * dims[1].out * dims[2].out; }
int64_t Convolution::filter_area() const { return dims[0].kernel * dims[1].kernel * dims[2].kernel; }

namespace {

using namespace op;

// Calls visit(image offset, patch offset) for the taps of output place `o` (of one image) that lie within the image.
template <typename Visit>
void for_each_tap(const Convolution& c, int64_t o, Visit&& visit) {
  const WindowDim &d0 = c.dims[0], &d1 = c.dims[1], &d2 = c.dims[2];
  const int64_t o2 = o % d2.out, o1 = o / d2.out % d1.out, o0 = o / d2.out / d1.out;
  int64_t begin0, end0, begin1, end1, begin2, end2;
  d0.taps(o0, &begin0, &end0);
  d1.taps(o1, &begin1, &end1);
  d2.taps(o2, &begin2, &end2);
  for (int64_t k0 = begin0; k0 < end0; ++k0) {
    const int64_t i0 = o0 * d0.stride - d0.before + k0 * d0.dilation;
    for (int64_t k1 = begin1; k1 < end1; ++k1) {
      const int64_t i1 = o1 * d1.stride - d1.before + k1 * d1.dilation;
      for (int64_t k2 = begin2; k2 < end2; ++k2) {
        const int64_t i2 = o2 * d2.stride - d2.before + k2 * d2.dilation;
        visit(((i0 * d1.in + i1) * d2.in + i2) * c.in_channels,
              ((k0 * d1.kernel + k1) * d2.kernel + k2) * c.in_channels);
      }
    }
  }
}

// Rows of the patch matrix that are made at a time.
template <typename C>
int64_t rows_at_once(const Convolution& c) {
  const int64_t row_bytes = c.filter_area() * c.in_channels * static_cast<int64_t>(sizeof(C));
  return std::clamp<int64_t>((int64_t{2} << 20) / std::max<int64_t>(row_bytes, 1), 1, c.batch * c.out_area());
}

// Patches of the output places [begin, begin + rows), counted over the whole batch.
template <typename T, typename C>
void gather_patches(ThreadPool& pool, const Convolution& c, const T* x, int64_t begin, int64_t rows, C* patches) {
  const int64_t size = c.filter_area() * c.in_channels, image = c.in_area() * c.in_channels, area = c.out_area();
  pool.parallel_for(rows, 0.3 * size, [&](int64_t first, int64_t last) {
    for (int64_t r = first; r < last; ++r) {
      C* patch = patches + r * size;
      std::fill(patch, patch + size, C(0));
      const T* from = x + (begin + r) / area * image;
      for_each_tap(c, (begin + r) % area, [&](int64_t at, int64_t to) {
        for (int64_t j = 0; j < c.in_channels; ++j) patch[to + j] = static_cast<C>(from[at + j]);
      });
    }
  });
}

// C = op(A) op(B), row major: op(A) is [m, k], op(B) [k, n]; for float plus a bias, if there is one, as op::Gemm has it.
template <typename C>
void multiply(ThreadPool& pool, bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const C* a, const C* b,
              C* c, const C* bias = nullptr, bool relu = false) {
  if constexpr (std::is_same_v<C, float>) {
    gemm(pool, {.transpose_a = transpose_a, .transpose_b = transpose_b, .m = m, .n = n, .k = k, .a = a,
                .lda = transpose_a ? m : k, .b = b, .ldb = transpose_b ? k : n, .c = c, .ldc = n, .bias = bias, .relu = relu});
    return;
  }
  pool.parallel_for(m, 0.3 * n * k, [&](int64_t begin, int64_t end) {
    simd_loop([=]() REFLOW_SIMD_BODY {
      for (int64_t i = begin; i < end; ++i) {
        C* row = c + i * n;
        for (int64_t j = 0; j < n; ++j) row[j] = 0;
        for (int64_t p = 0; p < k; ++p) {
          const C factor = transpose_a ? a[p * m + i] : a[i * k + p];
          if (transpose_b) {
            for (int64_t j = 0; j < n; ++j) row[j] += factor * b[j * k + p];
          } else {
            for (int64_t j = 0; j < n; ++j) row[j] += factor * b[p * n + j];
          }
        }
      }
    });
  });
}

template <typename C, typename T>
StatusOr<Tensor> converted(const T* x, int64_t n) {
  ASSIGN_OR_RETURN(Tensor t, allocate_tensor(dtype_of<C>, Shape{n}));
  std::transform(x, x + n, t.data<C>(), [](T v) { return static_cast<C>(v); });
  return t;
}

// Writes `n` sums to where they belong.
template <typename C, typename T>
void put(const C* sums, int64_t n, T* to) {
  for (int64_t i = 0; i < n; ++i) to[i] = static_cast<T>(sums[i]);
}

template <typename T>
Status convolve_patches(ThreadPool& pool, const Convolution& c, const T* x, const T* filter, T* y) {
  using C = ComputeType<T>;
  const int64_t size = c.filter_area() * c.in_channels, total = c.batch * c.out_area(), at_once = rows_at_once<C>(c);
  ASSIGN_OR_RETURN(const Tensor w, converted<C>(filter, size * c.out_channels));
  ASSIGN_OR_RETURN(Tensor patches, allocate_tensor(dtype_of<C>, Shape{at_once, size}));
  ASSIGN_OR_RETURN(Tensor sums, allocate_tensor(dtype_of<C>, Shape{at_once, c.out_channels}));
  for (int64_t begin = 0; begin < total; begin += at_once) {
    const int64_t rows = std::min(at_once, total - begin);
    gather_patches(pool, c, x, begin, rows, patches.data<C>());
    multiply(pool, false, false, rows, c.out_channels, size, patches.data<C>(), w.data<C>(), sums.data<C>());
    put(sums.data<C>(), rows * c.out_channels, y + begin * c.out_channels);
  }
  return OkStatus();
}

template <typename T>
Status patches_to_filter(ThreadPool& pool, const Convolution& c, const T* x, const T* dy, T* dfilter) {
  using C = ComputeType<T>;
  const int64_t size = c.filter_area() * c.in_channels, total = c.batch * c.out_area(), at_once = rows_at_once<C>(c);
  const int64_t n = size * c.out_channels;
  ASSIGN_OR_RETURN(Tensor patches, allocate_tensor(dtype_of<C>, Shape{at_once, size}));
  ASSIGN_OR_RETURN(Tensor part, allocate_tensor(dtype_of<C>, Shape{n}));
  ASSIGN_OR_RETURN(Tensor sums, allocate_tensor(dtype_of<C>, Shape{n}));
  std::fill_n(sums.data<C>(), n, C(0));
  for (int64_t begin = 0; begin < total; begin += at_once) {
    const int64_t rows = std::min(at_once, total - begin);
    gather_patches(pool, c, x, begin, rows, patches.data<C>());
    ASSIGN_OR_RETURN(const Tensor dy_rows, converted<C>(dy + begin * c.out_channels, rows * c.out_channels));
    multiply(pool, true, false, size, c.out_channels, rows, patches.data<C>(), dy_rows.data<C>(), part.data<C>());
    for (int64_t i = 0; i < n; ++i) sums.data<C>()[i] += part.data<C>()[i];
  }
  put(sums.data<C>(), n, dfilter);
  return OkStatus();
}

// dL/dpatches is added up to dL/dx, image by image.
template <typename T>
Status patches_to_input(ThreadPool& pool, const Convolution& c, const T* dy, const T* filter, T* dx) {
  using C = ComputeType<T>;
  const int64_t size = c.filter_area() * c.in_channels, image = c.in_area() * c.in_channels, area = c.out_area();
  const int64_t at_once = std::min(area, rows_at_once<C>(c));
  ASSIGN_OR_RETURN(const Tensor w, converted<C>(filter, size * c.out_channels));
  ASSIGN_OR_RETURN(Tensor patches, allocate_tensor(dtype_of<C>, Shape{at_once, size}));
  ASSIGN_OR_RETURN(Tensor sums, allocate_tensor(dtype_of<C>, Shape{image}));
  for (int64_t n = 0; n < c.batch; ++n) {
    C* to = sums.data<C>();
    std::fill_n(to, image, C(0));
    for (int64_t begin = 0; begin < area; begin += at_once) {
      const int64_t rows = std::min(at_once, area - begin);
      ASSIGN_OR_RETURN(const Tensor dy_rows,
                       converted<C>(dy + (n * area + begin) * c.out_channels, rows * c.out_channels));
      multiply(pool, false, true, rows, size, c.out_channels, dy_rows.data<C>(), w.data<C>(), patches.data<C>());
      for (int64_t r = 0; r < rows; ++r) {
        const C* patch = patches.data<C>() + r * size;
        for_each_tap(c, begin + r, [&](int64_t at, int64_t from) {
          for (int64_t j = 0; j < c.in_channels; ++j) to[at + j] += patch[from + j];
        });
      }
    }
    put(to, image, dx + n * image);
  }
  return OkStatus();
}

// Does one window cover the whole image, as in fully connected layers that are written as convolutions? Then image and filter
// are the rows and columns of a product.
bool is_product(const Convolution& c) {
  return std::all_of(c.dims, c.dims + c.rank, [](const WindowDim& d) {
    return d.out == 1 && d.kernel == d.in && d.dilation == 1 && d.before == 0 && d.after == 0;
  });
}
int64_t image_size(const Convolution& c) { return c.in_area() * c.in_channels; }

bool is_empty(const Convolution& c) {
  return c.batch == 0 || c.in_channels == 0 || c.out_channels == 0 || c.in_area() == 0 || c.out_area() == 0 ||
         c.filter_area() == 0;
}

}  // namespace

template <typename T>
Status convolve(ThreadPool& pool, const Convolution& c, const T* x, const T* filter, T* y) {
  if (is_empty(c)) {
    std::fill_n(y, c.batch * c.out_area() * c.out_channels, T(0));
    return OkStatus();
  }
  if constexpr (std::is_same_v<T, float>) {
    if (is_product(c)) {
      multiply(pool, false, false, c.batch, c.out_channels, image_size(c), x, filter, y);
      return OkStatus();
    }
    if (winograd_pays(c)) return winograd_forward(pool, c, x, filter, nullptr, false, y);
    return direct_forward(pool, c, x, filter, y);
  } else {
    return convolve_patches(pool, c, x, filter, y);
  }
}

Status convolve_with_bias(ThreadPool& pool, const Convolution& c, const float* x, const float* filter, const float* bias,
                          bool relu, float* y) {
  struct Epilogue {
    const float* bias;
    int64_t channels;
    bool relu;
    void finish(float* values, int64_t places) const {
      simd_loop([=, bias = bias, channels = channels, relu = relu]() REFLOW_SIMD_BODY {
        for (int64_t i = 0; i < places; ++i) {
          float* const row = values + i * channels;
          if (relu) {
            for (int64_t j = 0; j < channels; ++j) {
              const float sum = row[j] + bias[j];
              row[j] = sum < 0 ? 0 : sum;
            }
          } else {
            for (int64_t j = 0; j < channels; ++j) row[j] += bias[j];
          }
        }
      });
    }
  } epilogue{bias, c.out_channels, relu};
  if (!is_empty(c)) {
    if (is_product(c)) {
      multiply(pool, false, false, c.batch, c.out_channels, image_size(c), x, filter, y, bias, relu);
      return OkStatus();
    }
    if (winograd_pays(c)) return winograd_forward(pool, c, x, filter, bias, relu, y);
    const auto finish = [](void* context, float* part, int64_t places) {
      static_cast<Epilogue*>(context)->finish(part, places);
    };
    const ConvolutionEpilogue after{finish, &epilogue};
    return direct_forward(pool, c, x, filter, y, &after);
  }
  const int64_t places = c.batch * c.out_area();
  std::fill_n(y, places * c.out_channels, 0.0f);
  epilogue.finish(y, places);
  return OkStatus();
}

template <typename T>
Status convolve_to_input(ThreadPool& pool, const Convolution& c, const T* dy, const T* filter, T* dx) {
  if (is_empty(c)) {
    std::fill_n(dx, c.batch * c.in_area() * c.in_channels, T(0));
    return OkStatus();
  }
  if constexpr (std::is_same_v<T, float>) {
    if (is_product(c)) {
      multiply(pool, false, true, c.batch, image_size(c), c.out_channels, dy, filter, dx);
      return OkStatus();
    }
    if (winograd_pays(c)) return winograd_to_input(pool, c, dy, filter, dx);
    return direct_to_input(pool, c, dy, filter, dx);
  } else {
    return patches_to_input(pool, c, dy, filter, dx);
  }
}

template <typename T>
Status convolve_to_filter(ThreadPool& pool, const Convolution& c, const T* x, const T* dy, T* dfilter) {
  if (is_empty(c)) {
    std::fill_n(dfilter, c.filter_area() * c.in_channels * c.out_channels, T(0));
    return OkStatus();
  }
  if constexpr (std::is_same_v<T, float>) {
    if (is_product(c)) {
      multiply(pool, true, false, image_size(c), c.out_channels, c.batch, x, dy, dfilter);
      return OkStatus();
    }
    if (winograd_pays(c)) return winograd_to_filter(pool, c, x, dy, dfilter);
    return direct_to_filter(pool, c, x, dy, dfilter);
  } else {
    return patches_to_filter(pool, c, x, dy, dfilter);
  }
}

#define REFLOW_CONVOLUTION(T)                                                                        \
  template Status convolve<T>(ThreadPool&, const Convolution&, const T*, const T*, T*);              \
  template Status convolve_to_input<T>(ThreadPool&, const Convolution&, const T*, const T*, T*);     \
  template Status convolve_to_filter<T>(ThreadPool&, const Convolution&, const T*, const T*, T*);
REFLOW_CONVOLUTION(Half)
REFLOW_CONVOLUTION(Bfloat16)
REFLOW_CONVOLUTION(float)
REFLOW_CONVOLUTION(double)
#undef REFLOW_CONVOLUTION

}  // namespace reflow::ops
