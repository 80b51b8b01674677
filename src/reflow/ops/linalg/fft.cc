// Discrete Fourier transforms in one to three dimensions, of complex and of real numbers, by Eigen's FFT (KissFFT).

#include <algorithm>
#include <complex>
#include <memory>
#include <string>
#include <unsupported/Eigen/FFT>
#include <vector>

#include "reflow/op/gradient_ops.h"
#include "reflow/op/indices.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

// Transforms dimension `dim` of data [.., n, ..] in place; backward ones are divided by n.
template <typename T>
void transform_dimension(ThreadPool& pool, std::complex<T>* data, const std::vector<int64_t>& sizes, int dim, bool forward) {
  const int64_t n = sizes[dim];
  int64_t outer = 1, inner = 1;
  for (int i = 0; i < dim; ++i) outer *= sizes[i];
  for (size_t i = dim + 1; i < sizes.size(); ++i) inner *= sizes[i];
  pool.parallel_for(outer * inner, 10.0 * n + 50, [&](int64_t begin, int64_t end) {
    thread_local const auto kept = std::make_unique<Eigen::FFT<T>>();  // with its tables by size
    Eigen::FFT<T>& fft = *kept;
    std::vector<std::complex<T>> line(n), result(n);
    for (int64_t i = begin; i < end; ++i) {
      std::complex<T>* from = data + i / inner * n * inner + i % inner;
      for (int64_t k = 0; k < n; ++k) line[k] = from[k * inner];
      if (n == 1) continue;
      forward ? fft.fwd(result.data(), line.data(), n) : fft.inv(result.data(), line.data(), n);
      for (int64_t k = 0; k < n; ++k) from[k * inner] = result[k];
    }
  });
}

struct Transform {
  bool forward, real;
  int rank;
  static Transform of(const std::string& type) {
    const std::string unbatched = type.starts_with("Batch") ? type.substr(5) : type;
    const bool inverse = unbatched.starts_with("I");
    const std::string name = unbatched.substr(inverse ? 1 : 0);
    return {!inverse, name.starts_with("R"), name.ends_with("3D") ? 3 : name.ends_with("2D") ? 2 : 1};
  }
};

// The sizes that are transformed: those of fft_length, or of the last dimensions of the input.
std::vector<int64_t> transformed_sizes(KernelContext& c, const Transform& t) {
  std::vector<int64_t> sizes;
  const Shape& x = c.input(0).shape();
  for (int i = 0; i < t.rank; ++i) {
    sizes.push_back(t.real ? IndexReader(c.input(1))[i] : x.dim(x.rank() - t.rank + i));
  }
  return sizes;
}

// Copies a box from one array to another of the same rank, whose sizes may differ; `extent` is what both have.
template <typename A, typename B>
void copy_box(const A* from, const std::vector<int64_t>& from_sizes, B* to, const std::vector<int64_t>& to_sizes, size_t d = 0) {
  const int64_t n = std::min(from_sizes[d], to_sizes[d]);
  if (d + 1 == from_sizes.size()) {
    for (int64_t i = 0; i < n; ++i) {
      if constexpr (std::is_floating_point_v<B> && !std::is_floating_point_v<A>) to[i] = from[i].real();
      else to[i] = B(from[i]);
    }
    return;
  }
  int64_t from_size = 1, to_size = 1;
  for (size_t i = d + 1; i < from_sizes.size(); ++i) from_size *= from_sizes[i], to_size *= to_sizes[i];
  for (int64_t i = 0; i < n; ++i) copy_box(from + i * from_size, from_sizes, to + i * to_size, to_sizes, d + 1);
}

int64_t product(const std::vector<int64_t>& sizes) {
  int64_t n = 1;
  for (const int64_t size : sizes) n *= size;
  return n;
}

std::vector<int64_t> last_dims(const Shape& shape, int rank) { return {shape.end() - rank, shape.end()}; }

// The half of a spectrum that real numbers have becomes the whole, by symmetry.
template <typename T>
void complete_spectrum(std::complex<T>* x, const std::vector<int64_t>& sizes) {
  const int64_t n = sizes.back(), half = n / 2 + 1, rows = product(sizes) / std::max<int64_t>(n, 1);
  for (int64_t r = 0; r < rows; ++r) {
    int64_t rest = r, mirrored = 0, stride = 1;
    for (int d = static_cast<int>(sizes.size()) - 2; d >= 0; --d) {
      const int64_t i = rest % sizes[d];
      rest /= sizes[d];
      mirrored += (i == 0 ? 0 : sizes[d] - i) * stride;
      stride *= sizes[d];
    }
    for (int64_t k = half; k < n; ++k) x[r * n + k] = std::conj(x[mirrored * n + n - k]);
  }
}

template <typename Complex>
class ComplexFft : public Kernel {
 public:
  explicit ComplexFft(KernelInit& c) : transform_(Transform::of(c.node().type())) {}
  Status compute(KernelContext& c) override {
    const Tensor& x = c.input(0);
    if (x.num_elements() == 0) return OkStatus();
    Complex* y = c.output(0).data<Complex>();
    if (y != x.data<Complex>()) std::copy_n(x.data<Complex>(), x.num_elements(), y);
    std::vector<int64_t> sizes = transformed_sizes(c, transform_);
    sizes.insert(sizes.begin(), x.num_elements() / product(sizes));
    for (int d = transform_.rank; d >= 1; --d) transform_dimension(c.pool(), y, sizes, d, transform_.forward);
    return OkStatus();
  }

 private:
  const Transform transform_;
};

class RealFft : public Kernel {
  using Complex = std::complex<float>;

 public:
  explicit RealFft(KernelInit& c) : transform_(Transform::of(c.node().type())) {}
  Status compute(KernelContext& c) override {
    const Tensor& x = c.input(0);
    if (!c.output(0).valid()) return internal_error("fft_length is not known");
    Tensor& y = c.output(0);
    if (x.num_elements() == 0 || y.num_elements() == 0) return OkStatus();
    std::vector<int64_t> sizes = transformed_sizes(c, transform_);
    const int64_t size = product(sizes), batch = y.num_elements() / product(last_dims(y.shape(), transform_.rank));
    ASSIGN_OR_RETURN(Tensor scratch, c.allocate_scratch(DType::kComplex64, Shape{batch * size}));
    Complex* work = scratch.data<Complex>();
    const std::vector<int64_t> x_sizes = last_dims(x.shape(), transform_.rank), y_sizes = last_dims(y.shape(), transform_.rank);
    const int64_t x_size = product(x_sizes), y_size = product(y_sizes);
    for (int64_t b = 0; b < batch; ++b) {
      if (transform_.forward) {
        copy_box(x.data<float>() + b * x_size, x_sizes, work + b * size, sizes);
      } else {
        // Of the last dimension only the first half counts.
        std::vector<int64_t> half = x_sizes;
        std::vector<Complex> cropped(size);
        std::vector<int64_t> crop_sizes = sizes;
        crop_sizes.back() = sizes.back() / 2 + 1;
        copy_box(x.data<Complex>() + b * x_size, half, cropped.data(), crop_sizes);
        copy_box(cropped.data(), crop_sizes, work + b * size, sizes);
        complete_spectrum(work + b * size, sizes);
      }
    }
    std::vector<int64_t> all = sizes;
    all.insert(all.begin(), batch);
    for (int d = transform_.rank; d >= 1; --d) transform_dimension(c.pool(), work, all, d, transform_.forward);
    for (int64_t b = 0; b < batch; ++b) {
      if (transform_.forward) {
        copy_box(work + b * size, sizes, y.data<Complex>() + b * y_size, y_sizes);
      } else {
        copy_box(work + b * size, sizes, y.data<float>() + b * y_size, y_sizes);
      }
    }
    return OkStatus();
  }

 private:
  const Transform transform_;
};

Status check_rank(ShapeContext& c, int rank) {
  if (!c.concrete() || c.input(0).rank() >= rank) return OkStatus();
  return invalid_argument("Input must have rank of at least {} but got: {}", rank, c.input(0).str());
}

Status fft_shape(ShapeContext& c) {
  const int rank = Transform::of(c.node().type()).rank;
  RETURN_IF_ERROR(check_rank(c, rank));
  Shape shape;
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), rank, &shape));
  c.set_output(0, shape);
  return OkStatus();
}

Status real_fft_shape(ShapeContext& c) {
  const Transform t = Transform::of(c.node().type());
  RETURN_IF_ERROR(check_rank(c, t.rank));
  if (c.concrete() && !(c.input(1) == Shape{t.rank})) return invalid_argument("fft_length must have shape [{}]", t.rank);
  Shape x, length;
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), t.rank, &x));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &length));
  int64_t count;
  RETURN_IF_ERROR(c.with_value(length.dim(0), t.rank, &count));
  if (!x.known_rank()) {
    c.set_output(0, x);
    return OkStatus();
  }
  Shape out = x;
  const Tensor* lengths = c.value(1);
  for (int i = 0; i < t.rank; ++i) {
    const int at = x.rank() - t.rank + i;
    if (lengths == nullptr) {
      out.set_dim(at, Shape::kUnknown);
      continue;
    }
    const int64_t n = lengths->data<int32_t>()[i];
    if (n < 0) return invalid_argument("fft_length[{}] must be non-negative, got {}", i, n);
    const bool last = i == t.rank - 1;
    const int64_t needed = !t.forward && last ? n / 2 + 1 : n;
    if (c.concrete() && x.dim(at) != 0 && x.dim(at) < needed) {
      return invalid_argument("Input dimension {} must have length of at least {} but got: {}", at, needed, x.dim(at));
    }
    out.set_dim(at, t.forward && last && n != 0 ? n / 2 + 1 : n);
  }
  c.set_output(0, out);
  return OkStatus();
}

Endpoint strided(GradContext& g, Endpoint x, int64_t begin, int64_t end, AttrMap masks) {
  GradContext::Scope scope(g.graph(), "strided_slice");
  const Endpoint from = g.constant_ints({begin}, DType::kInt32, "stack"), to = g.constant_ints({end}, DType::kInt32, "stack_1"),
                 step = g.constant_ints({1}, DType::kInt32, "stack_2");
  return g.op("StridedSlice", {x, from, to, step}, std::move(masks), scope.name());
}

// The last `rank` sizes of x, and their product.
Endpoint last_sizes(GradContext& g, Endpoint x, int rank) { return strided(g, g.shape(x), -rank, 0, {{"end_mask", 1}}); }
Endpoint last_product(GradContext& g, Endpoint x, int rank) {
  return g.op("Prod", {last_sizes(g, x, rank), g.constant_ints({0})});
}

const char* dimensions_suffix(int rank) { return rank == 3 ? "3D" : rank == 2 ? "2D" : ""; }

void complex_gradient(GradContext& g) {
  const Transform t = Transform::of(g.node().type());
  const Endpoint dy = g.dy(0);
  if (!dy) return;
  const DType type = base_type(dy.dtype()), real = type == DType::kComplex64 ? DType::kFloat32 : DType::kFloat64;
  const Endpoint size = last_product(g, dy, t.rank);
  if (!size) return;
  const std::string inverse = std::string(t.forward ? "IFFT" : "FFT") + dimensions_suffix(t.rank);
  if (t.forward) {
    const Endpoint factor = g.cast(size, type);
    g.dx(0) = mul(g, g.op(inverse, {dy}), factor);
  } else {
    const Endpoint share = binary_with_constant(g, "RealDiv", 1, g.cast(size, real), "truediv");
    const Endpoint factor = g.cast(share, type);
    g.dx(0) = mul(g, g.op(inverse, {dy}), factor);
  }
}

// x with zeros behind its elements, so that its last `rank` dimensions have `sizes`.
Endpoint padded_to(GradContext& g, Endpoint x, Endpoint sizes, int rank) {
  const Endpoint missing = sub(g, sizes, last_sizes(g, x, rank));
  const Endpoint others = sub(g, g.rank(x), rank);
  if (!missing || !others) return {};
  // [rank of x, 2]: nothing before, what is missing after.
  const Endpoint none = zeros(g, g.op("Pack", {OpInput(std::vector<Endpoint>{others})}, {}, "stack"), DType::kInt32);
  const Endpoint after = g.op("ConcatV2", {OpInput(std::vector<Endpoint>{none, missing}), OpInput(constant_int(g, 0, "concat/axis"))},
                              {}, "concat");
  const Endpoint before = g.op("ZerosLike", {after}, {}, "zeros_like");
  const Endpoint paddings = g.op("Pack", {OpInput(std::vector<Endpoint>{before, after})}, {{"axis", 1}}, "stack");
  return g.op("Pad", {x, paddings});
}

// dx is the real part of the backward transform of dy, zeros where RFFT leaves the spectrum's other half out.
void rfft_gradient(GradContext& g) {
  const int rank = Transform::of(g.node().type()).rank;
  const Endpoint whole = padded_to(g, g.dy(0), g.x(1), rank);
  const Endpoint back = g.op(std::string("IFFT") + dimensions_suffix(rank), {whole});
  const Endpoint size = g.cast(g.op("Prod", {g.x(1), g.constant_ints({0})}), DType::kFloat32);
  const Endpoint real = g.op("Real", {back}, {{"Tout", DType::kFloat32}});
  g.dx(0) = padded_to(g, mul(g, real, size), last_sizes(g, g.x(0), rank), rank);
}

// The transform of dy over its size, twice where an element stands for itself and its mirror image.
void irfft_gradient(GradContext& g) {
  const int rank = Transform::of(g.node().type()).rank;
  const Endpoint length = strided(g, g.x(1), -1, 0, {{"shrink_axis_mask", 1}});
  const Endpoint spectrum = g.op(std::string("RFFT") + dimensions_suffix(rank), {g.dy(0), g.x(1)});
  if (!spectrum) return;
  const Endpoint two = constant_int(g, 2, "two"), one = constant_int(g, 1, "one"), zero = constant_int(g, 0, "zero");
  const Endpoint half = g.op("AddV2", {g.op("FloorDiv", {length, two}), one}, {}, "add");
  const Endpoint k = g.op("Range", {zero, half, one});
  // k is its own mirror image where 2 k is a multiple of the length.
  const Endpoint mirror = g.op("FloorMod", {g.op("Mul", {k, two}, {}, "mul"), length}, {}, "mod");
  const Endpoint doubled = g.cast(g.op("NotEqual", {mirror, zero}), DType::kFloat32);
  const Endpoint size = g.cast(last_product(g, g.dy(0), rank), DType::kFloat32);
  const Endpoint factor = truediv(g, add(g, 1, doubled), size);
  g.dx(0) = padded_to(g, mul(g, spectrum, g.cast(factor, DType::kComplex64)), last_sizes(g, g.x(0), rank), rank);
}

OpBuilder complex_op(const char* name, const char* doc) {
  OpBuilder builder(name);
  std::move(builder)
      .input("input: Tcomplex")
      .output("output: Tcomplex")
      .attr("Tcomplex: {complex64, complex128} = DT_COMPLEX64")
      .doc(doc)
      .shape(fft_shape)
      .kernel<ComplexFft>(kCpu, kComplexTypes, "Tcomplex")
      .gradient(complex_gradient);
  return builder;
}

// What the transforms were called for batches.
OpBuilder batch_op(const char* name, const char* now) {
  OpBuilder builder(name);
  std::move(builder)
      .input("input: complex64")
      .output("output: complex64")
      .deprecated(15, fmt::format("Use {}", now))
      .doc(fmt::format("What {} was called for batches.", now))
      .shape([](ShapeContext& c) { return c.concrete() ? fft_shape(c) : unknown_shape(c); })
      .kernel<ComplexFft<std::complex<float>>>(kCpu);
  return builder;
}

OpBuilder rfft_op(const char* name, const char* doc) {
  OpBuilder builder(name);
  std::move(builder).input("input: float").input("fft_length: int32").output("output: complex64").doc(doc).shape(real_fft_shape).kernel<RealFft>(kCpu);
  return builder;
}

OpBuilder irfft_op(const char* name, const char* doc) {
  OpBuilder builder(name);
  std::move(builder).input("input: complex64").input("fft_length: int32").output("output: float").doc(doc).shape(real_fft_shape).kernel<RealFft>(kCpu);
  return builder;
}

const OpRegistrar kOps[] = {
    complex_op("FFT", "The discrete Fourier transform of the last dimension."),
    complex_op("IFFT", "The backward discrete Fourier transform of the last dimension."),
    complex_op("FFT2D", "The discrete Fourier transform of the last two dimensions."),
    complex_op("IFFT2D", "The backward discrete Fourier transform of the last two dimensions."),
    complex_op("FFT3D", "The discrete Fourier transform of the last three dimensions."),
    complex_op("IFFT3D", "The backward discrete Fourier transform of the last three dimensions."),
    rfft_op("RFFT", "The first fft_length / 2 + 1 elements of the Fourier transform of real numbers, the first fft_length of the "
                    "last dimension.").gradient(rfft_gradient),
    rfft_op("RFFT2D", "As RFFT for the last two dimensions.").gradient(rfft_gradient),
    rfft_op("RFFT3D", "As RFFT for the last three dimensions."),
    irfft_op("IRFFT", "The fft_length real numbers whose Fourier transform begins with input.").gradient(irfft_gradient),
    irfft_op("IRFFT2D", "As IRFFT for the last two dimensions.").gradient(irfft_gradient),
    irfft_op("IRFFT3D", "As IRFFT for the last three dimensions."),
    batch_op("BatchFFT", "FFT"),
    batch_op("BatchFFT2D", "FFT2D"),
    batch_op("BatchFFT3D", "FFT3D"),
    batch_op("BatchIFFT", "IFFT"),
    batch_op("BatchIFFT2D", "IFFT2D"),
    batch_op("BatchIFFT3D", "IFFT3D"),
};

}  // namespace
}  // namespace reflow::ops
