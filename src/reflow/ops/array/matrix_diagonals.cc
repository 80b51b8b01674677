// Bands of diagonals of batches of matrices: MatrixDiagV2, MatrixDiagPartV2, MatrixSetDiagV2. Diagonal d begins in column
// d of the first row, or, below the main one, in row -d of the first column. A band is given as [.., diagonals, length],
// the uppermost diagonal first, shorter ones filled up at their end; one diagonal alone as [.., length].

#include <algorithm>
#include <string>

#include "reflow/op/elements.h"
#include "reflow/op/indices.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

struct Band {
  int64_t lower = 0, upper = 0;
  int64_t num_diagonals() const { return upper - lower + 1; }
  bool is_one() const { return lower == upper; }
  // The length of diagonal d, and of the longest one.
  static int64_t length(int64_t d, int64_t rows, int64_t columns) {
    return std::min(rows + std::min<int64_t>(d, 0), columns - std::max<int64_t>(d, 0));
  }
  int64_t max_length(int64_t rows, int64_t columns) const {
    return std::min(rows + std::min<int64_t>(upper, 0), columns - std::max<int64_t>(lower, 0));
  }
};

// Reads the band from the value `k` of a scalar or vector.
Status read_band(bool concrete, const Tensor& k, Band* band) {
  const int64_t n = k.num_elements();
  if (k.rank() > 1) return invalid_argument("diag_index must be a scalar or vector, received shape: {}", k.shape().str());
  if (n < 1 || n > 2) {
    return concrete ? invalid_argument("diag_index must have only one or two elements, received {} elements.", n)
                    : invalid_argument("diag_index must be a vector with one or two elements. It has {} elements.", n);
  }
  band->lower = k.data<int32_t>()[0];
  band->upper = k.data<int32_t>()[n - 1];
  if (band->lower <= band->upper) return OkStatus();
  return concrete ? invalid_argument("lower_diag_index must not be larger than upper_diag_index: {} > {}", band->lower, band->upper)
                  : invalid_argument("lower_diag_index is greater than upper_diag_index");
}

// Both ends of the band lie in a matrix of this size; an empty one has a diagonal 0.
Status check_band(bool concrete, const Band& band, int64_t rows, int64_t columns) {
  const auto is_outside = [&](int64_t d) { return d != 0 && (d <= -rows || d >= columns); };
  if (is_outside(band.lower)) {
    return concrete ? invalid_argument("lower_diag_index is out of bound: {}. It must be between {} and {}", band.lower, -rows, columns)
                    : invalid_argument("lower_diag_index is out of bound.");
  }
  if (is_outside(band.upper)) {
    return concrete ? invalid_argument("upper_diag_index is out of bound: {} It must be between {} and {}", band.upper, -rows, columns)
                    : invalid_argument("upper_diag_index is out of bound.");
  }
  return OkStatus();
}

// The ranks of the op's inputs: of `x`, in a kernel's words, and of the scalars that aren't `k`.
Status check_ranks(ShapeContext& c, const char* name, int min_rank, int k, Shape* x) {
  if (c.concrete() && c.input(0).rank() < min_rank) {
    return invalid_argument("{} must be at least {}-dim, received shape: {}", name, min_rank, c.input(0).str());
  }
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), min_rank, x));
  if (c.concrete()) return OkStatus();
  Shape checked;
  RETURN_IF_ERROR(c.with_rank_at_most(c.input(k), 1, &checked));
  for (int i = k + 1; i < c.num_inputs(); ++i) RETURN_IF_ERROR(c.with_rank(c.input(i), 0, &checked));
  return OkStatus();
}

// The first element of input i; -1 where it isn't known.
int64_t size_or_unknown(ShapeContext& c, int i) {
  const Tensor* value = c.value(i);
  return value != nullptr && value->num_elements() > 0 ? value->data<int32_t>()[0] : -1;
}

Status diag_shape(ShapeContext& c) {
  Shape in;
  RETURN_IF_ERROR(check_ranks(c, "diagonal", 1, 1, &in));
  const Tensor* k = c.value(1);
  int64_t rows = size_or_unknown(c, 2), columns = size_or_unknown(c, 3);
  if (!in.known_rank() || k == nullptr) {
    c.set_output(0, Shape::unknown());
    return OkStatus();
  }
  Band band;
  RETURN_IF_ERROR(read_band(c.concrete(), *k, &band));
  const int rank = in.rank();
  if (!band.is_one() && (rank < 2 || in.dim(rank - 2) != band.num_diagonals())) {
    if (c.concrete()) {
      return invalid_argument(
          "The number of diagonals provided in the input does not match the lower_diag_index and upper_diag_index range.");
    }
    return invalid_argument(
        "The number of rows of `diagonal` doesn't match the number of diagonals implied from `d_lower` and "
        "`d_upper`.\nnum_diags = {}, d_lower = {}, d_upper = {} {} {}",
        rank < 2 ? in.dim(0) : in.dim(rank - 2), band.lower, band.upper, rank, in.dim(rank - 1));
  }
  const int64_t length = in.dim(rank - 1);
  Shape out = in.sub_shape(0, band.is_one() ? rank - 1 : rank - 2);
  if (length >= 0) {
    const int64_t min_rows = length - std::min<int64_t>(band.upper, 0), min_columns = length + std::max<int64_t>(band.lower, 0);
    if (rows != -1 && rows < min_rows) {
      return c.concrete() ? invalid_argument("The number of rows is too small.") : invalid_argument("num_rows is too small");
    }
    if (columns != -1 && columns < min_columns) {
      return c.concrete() ? invalid_argument("The number of columns is too small.") : invalid_argument("num_cols is too small.");
    }
    if (rows == -1 && columns == -1) {
      rows = columns = std::max(min_rows, min_columns);
    } else if (rows == -1) {
      rows = min_rows;
    } else if (columns == -1) {
      columns = min_columns;
    }
    if (rows != min_rows && columns != min_columns) {
      return c.concrete() ? invalid_argument("The number of rows or columns is not consistent with the specified d_lower, "
                                             "d_upper, and diagonal.")
                          : invalid_argument("num_rows and num_cols are not consistent with lower_diag_index, "
                                             "upper_diag_index, and the length of the given diagonals.\nnum_rows = {} != "
                                             "min_num_rows = {}, num_cols = {} != min_num_cols = {}",
                                             rows, min_rows, columns, min_columns);
    }
  }
  out.add_dim(rows);
  out.add_dim(columns);
  c.set_output(0, std::move(out));
  return OkStatus();
}

Status diag_part_shape(ShapeContext& c) {
  Shape in;
  RETURN_IF_ERROR(check_ranks(c, "input", 2, 1, &in));
  const Tensor* k = c.value(1);
  if (!in.known_rank() || k == nullptr) {
    c.set_output(0, Shape::unknown());
    return OkStatus();
  }
  Band band;
  RETURN_IF_ERROR(read_band(c.concrete(), *k, &band));
  const int64_t rows = in.dim(in.rank() - 2), columns = in.dim(in.rank() - 1);
  const bool known = rows >= 0 && columns >= 0;
  if (known) RETURN_IF_ERROR(check_band(c.concrete(), band, rows, columns));
  Shape out = in.sub_shape(0, in.rank() - 2);
  if (!band.is_one()) out.add_dim(band.num_diagonals());
  out.add_dim(known ? band.max_length(rows, columns) : Shape::kUnknown);
  c.set_output(0, std::move(out));
  return OkStatus();
}

// What the kernel says of the shapes.
Status check_set_diag(const Shape& in, const Shape& diagonal, const Band& band) {
  if (diagonal.rank() < 1) return invalid_argument("diagonal must be at least 1-dim, received shape: {}", diagonal.str());
  const int64_t rows = in.dim(in.rank() - 2), columns = in.dim(in.rank() - 1);
  const auto is_outside = [&](int64_t d) { return d != 0 && (d <= -rows || d >= columns); };
  for (const auto& [name, d] : {std::pair{"lower", band.lower}, std::pair{"upper", band.upper}}) {
    if (is_outside(d)) {
      return invalid_argument("{}_diag_index is out of bound: {} It must be between {} and {}", name, d, -rows, columns);
    }
  }
  Shape expected = in.sub_shape(0, in.rank() - 2);
  if (!band.is_one()) expected.add_dim(band.num_diagonals());
  expected.add_dim(band.max_length(rows, columns));
  if (expected == diagonal) return OkStatus();
  return invalid_argument(
      "Either first dimensions of diagonal don't match input.shape[:-2], or diagonal.shape[:-1] is not equal to the "
      "longests diagonal in range [lower_diag_index:upper_diag_index].\nInput shape: {}\nDiagonal shape: {}\nExpected "
      "diagonal shape: {}",
      in.str(), diagonal.str(), expected.str());
}

Status set_diag_shape(ShapeContext& c) {
  Shape in, diagonal, checked;
  if (c.concrete() && c.input(0).rank() < 2) {
    return invalid_argument("input must be at least 2-dim, received shape: {}", c.input(0).str());
  }
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), 2, &in));
  if (!c.concrete()) {
    RETURN_IF_ERROR(c.with_rank_at_least(c.input(1), 1, &diagonal));
    RETURN_IF_ERROR(c.with_rank_at_most(c.input(2), 1, &checked));
  }
  diagonal = c.input(1);
  const Tensor* k = c.value(2);
  Band band;
  if (k != nullptr) {
    RETURN_IF_ERROR(read_band(c.concrete(), *k, &band));
    if (c.concrete()) RETURN_IF_ERROR(check_set_diag(in, diagonal, band));
    const bool one = band.is_one();
    if (in.known_rank()) {
      const int64_t rows = in.dim(in.rank() - 2), columns = in.dim(in.rank() - 1);
      if (rows >= 0 && columns >= 0) RETURN_IF_ERROR(check_band(false, band, rows, columns));
      RETURN_IF_ERROR(c.with_rank(diagonal, in.rank() - (one ? 1 : 0), &diagonal));
    }
    if (diagonal.known_rank()) {
      const int outer = one ? 1 : 2;
      if (diagonal.rank() < outer) {
        return invalid_argument("Subshape end out of bounds: {}, for shape with rank {}", -outer, diagonal.rank());
      }
      Shape batch = diagonal.sub_shape(0, diagonal.rank() - outer);
      if (in.known_rank()) {
        const Shape matrix = in.sub_shape(in.rank() - 2, in.rank());
        RETURN_IF_ERROR(c.merge(in.sub_shape(0, in.rank() - 2), batch, &batch));
        RETURN_IF_ERROR(c.concatenate(batch, matrix, &in));
      } else {
        in = batch;
        in.add_dim(Shape::kUnknown);
        in.add_dim(Shape::kUnknown);
      }
    }
  } else if (!in.known_rank() && diagonal.known_rank()) {
    // Whether the last dimension but one counts diagonals isn't known.
    in = Shape::unknown();
  }
  c.set_output(0, std::move(in));
  return OkStatus();
}

// Calls visit(matrix element, diagonal element or -1 behind a diagonal's end) for all elements of the bands.
template <typename Visit>
void for_band(const Shape& matrices, const Band& band, Visit&& visit) {
  const int64_t rows = matrices.dim(matrices.rank() - 2), columns = matrices.dim(matrices.rank() - 1);
  const int64_t max_length = band.max_length(rows, columns);
  const int64_t count = rows * columns == 0 ? 0 : matrices.num_elements() / (rows * columns);
  int64_t at = 0;
  for (int64_t b = 0; b < count; ++b) {
    for (int64_t d = band.upper; d >= band.lower; --d) {
      const int64_t length = Band::length(d, rows, columns);
      const int64_t first = b * rows * columns + (d < 0 ? -d * columns : d);
      for (int64_t i = 0; i < max_length; ++i, ++at) visit(i < length ? first + i * (columns + 1) : -1, at);
    }
  }
}

using DiagonalsFn = void (*)(const Band&, const Tensor& matrices_or_diagonals, const Tensor* other, Tensor& out);

class BandKernel : public Kernel {
 public:
  BandKernel(int k, int other, DiagonalsFn fn) : k_(k), other_(other), fn_(fn) {}
  Status compute(KernelContext& c) override {
    Band band;
    RETURN_IF_ERROR(read_band(true, c.input(k_), &band));
    if (c.output(0).num_elements() == 0) return OkStatus();
    if (c.input(other_).num_elements() == 0) {
      return invalid_argument("{} must not be empty", other_ == 1 ? "diagonal" : "padding_value");
    }
    fn_(band, c.input(0), &c.input(other_), c.output(0));
    return OkStatus();
  }

 private:
  int k_, other_;
  DiagonalsFn fn_;
};

class MatrixDiag : public BandKernel {
 public:
  explicit MatrixDiag(KernelInit& c)
      : BandKernel(1, 4, with_element(c.node().output_type(0), []<typename E>() -> DiagonalsFn {
          return [](const Band& band, const Tensor& in, const Tensor* padding, Tensor& out) {
            const E* from = static_cast<const E*>(in.raw_data());
            E* to = static_cast<E*>(out.raw_data());
            std::fill(to, to + out.num_elements(), *static_cast<const E*>(padding->raw_data()));
            for_band(out.shape(), band, [&](int64_t element, int64_t at) { if (element >= 0) to[element] = from[at]; });
          };
        })) {}
};

class MatrixDiagPart : public BandKernel {
 public:
  explicit MatrixDiagPart(KernelInit& c)
      : BandKernel(1, 2, with_element(c.node().output_type(0), []<typename E>() -> DiagonalsFn {
          return [](const Band& band, const Tensor& in, const Tensor* padding, Tensor& out) {
            const E* from = static_cast<const E*>(in.raw_data());
            E* to = static_cast<E*>(out.raw_data());
            const E& filler = *static_cast<const E*>(padding->raw_data());
            for_band(in.shape(), band, [&](int64_t element, int64_t at) { to[at] = element >= 0 ? from[element] : filler; });
          };
        })) {}
};

class MatrixSetDiag : public BandKernel {
 public:
  explicit MatrixSetDiag(KernelInit& c)
      : BandKernel(2, 1, with_element(c.node().output_type(0), []<typename E>() -> DiagonalsFn {
          return [](const Band& band, const Tensor& in, const Tensor* diagonals, Tensor& out) {
            const E* from = static_cast<const E*>(diagonals->raw_data());
            E* to = static_cast<E*>(out.raw_data());
            if (to != in.raw_data()) copy_elements(to, static_cast<const E*>(in.raw_data()), in.num_elements());
            for_band(in.shape(), band, [&](int64_t element, int64_t at) { if (element >= 0) to[element] = from[at]; });
          };
        })) {}

  // The shape function may have seen the shapes alone.
  Status compute(KernelContext& c) override {
    Band band;
    RETURN_IF_ERROR(read_band(true, c.input(2), &band));
    RETURN_IF_ERROR(check_set_diag(c.input(0).shape(), c.input(1).shape(), band));
    return BandKernel::compute(c);
  }
};

// The gradients are those of the same band. (TensorFlow 1.15 takes the main diagonal there, whatever `k` is.)
Endpoint zero_of(GradContext& g) { return g.constant(0, base_type(g.x(0).dtype()), "padding_value"); }

Endpoint diag_part(GradContext& g, Endpoint matrices, Endpoint k) {
  GradContext::Scope scope(g.graph(), "diag_part");
  return g.op("MatrixDiagPartV2", {matrices, k, zero_of(g)}, {}, scope.name());
}

REFLOW_OP("MatrixDiagV2")
    .input("diagonal: T")
    .input("k: int32")
    .input("num_rows: int32")
    .input("num_cols: int32")
    .input("padding_value: T")
    .output("output: T")
    .attr("T: type")
    .doc("Matrices with the vectors of `diagonal` on the diagonals `k`, one or from the first to the second, and "
         "`padding_value` elsewhere. Sizes of -1 are the smallest that fit.")
    .shape(diag_shape)
    .kernel_for<MatrixDiag>(kCpu, kNumberTypes + Types<bool>{})
    .gradient([](GradContext& g) { g.dx(0) = diag_part(g, g.dy(0), g.x(1)); });

REFLOW_OP("MatrixDiagPartV2")
    .input("input: T")
    .input("k: int32")
    .input("padding_value: T")
    .output("diagonal: T")
    .attr("T: type")
    .doc("The diagonals `k`, one or from the first to the second, of the matrices of `input`; shorter ones end with "
         "`padding_value`.")
    .shape(diag_part_shape)
    .kernel_for<MatrixDiagPart>(kCpu, kNumberTypes + Types<bool>{})
    .gradient([](GradContext& g) {
      g.dx(0) = g.op("MatrixSetDiagV2", {g.zeros_like(g.x(0)), g.dy(0), g.x(1)}, {}, "set_diag");
    });

REFLOW_OP("MatrixSetDiagV2")
    .input("input: T")
    .input("diagonal: T")
    .input("k: int32")
    .output("output: T")
    .attr("T: type")
    .doc("The matrices of `input` with `diagonal` on the diagonals `k`, one or from the first to the second.")
    .shape(set_diag_shape)
    .kernel_for<MatrixSetDiag>(kCpu, kNumberTypes + Types<bool>{})
    .in_place(0, 0)
    .gradient([](GradContext& g) {
      const Endpoint diagonal = diag_part(g, g.dy(0), g.x(2));
      g.dx(0) = g.op("MatrixSetDiagV2", {g.dy(0), g.op("ZerosLike", {diagonal}, {}, "zeros"), g.x(2)}, {}, "set_diag");
      g.dx(1) = diagonal;
    });

}  // namespace
}  // namespace reflow::ops
