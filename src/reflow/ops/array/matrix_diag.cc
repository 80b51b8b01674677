// Diagonals and bands of batches of matrices: MatrixDiag, MatrixDiagPart, MatrixSetDiag, MatrixBandPart.

#include <algorithm>
#include <string>

#include "reflow/op/elements.h"
#include "reflow/op/indices.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

struct Matrices {
  explicit Matrices(const Shape& shape)
      : rows(shape.dim(shape.rank() - 2)),
        columns(shape.dim(shape.rank() - 1)),
        diagonal(std::min(rows, columns)),
        count(shape.num_elements() / std::max<int64_t>(rows * columns, 1)) {}
  int64_t rows, columns, diagonal, count;
};

Status needs_rank(ShapeContext& c, int i, int rank, std::string_view name, Shape* out) {
  if (c.concrete() && c.input(i).rank() < rank) {
    return invalid_argument("{} must be at least {}-dim, received shape: {}", name, rank, c.input(i).str());
  }
  return c.with_rank_at_least(c.input(i), rank, out);
}

Status matrix_diag_shape(ShapeContext& c) {
  Shape out;
  RETURN_IF_ERROR(needs_rank(c, 0, 1, "diagonal", &out));
  if (out.known_rank()) out.add_dim(out.dim(out.rank() - 1));
  c.set_output(0, std::move(out));
  return OkStatus();
}

using DiagonalFn = void (*)(const Tensor& in, Tensor& out);

class MatrixDiag : public Kernel {
 public:
  explicit MatrixDiag(KernelInit& c)
      : fill_(with_element(c.node().output_type(0), []<typename E>() -> DiagonalFn {
          return [](const Tensor& in, Tensor& out) {
            const Matrices m(out.shape());
            const E* from = static_cast<const E*>(in.raw_data());
            E* to = static_cast<E*>(out.raw_data());
            std::fill(to, to + out.num_elements(), E{});
            for (int64_t b = 0; b < m.count; ++b, to += m.rows * m.columns) {
              for (int64_t i = 0; i < m.diagonal; ++i) to[i * (m.columns + 1)] = *from++;
            }
          };
        })) {}
  Status compute(KernelContext& c) override {
    if (c.output(0).num_elements() > 0) fill_(c.input(0), c.output(0));
    return OkStatus();
  }

 private:
  DiagonalFn fill_;
};

REFLOW_OP("MatrixDiag")
    .input("diagonal: T")
    .output("output: T")
    .attr("T: type")
    .doc("Square matrices with the vectors in the last dimension of `diagonal` on their diagonals, zeros elsewhere.")
    .shape(matrix_diag_shape)
    .kernel_for<MatrixDiag>(kCpu, kNumberTypes + Types<bool>{})
    .gradient([](GradContext& g) { g.dx(0) = g.op("MatrixDiagPart", {g.dy(0)}, {}, "diag_part"); });

Status matrix_diag_part_shape(ShapeContext& c) {
  Shape in;
  RETURN_IF_ERROR(needs_rank(c, 0, 2, "input", &in));
  if (!in.known_rank()) {
    c.set_output(0, Shape::unknown());
    return OkStatus();
  }
  const int64_t rows = in.dim(in.rank() - 2), columns = in.dim(in.rank() - 1);
  Shape out = in.sub_shape(0, in.rank() - 2);
  // The smaller one; nothing is smaller than 0.
  out.add_dim(rows == 0 || columns == 0 ? 0 : rows < 0 || columns < 0 ? Shape::kUnknown : std::min(rows, columns));
  c.set_output(0, std::move(out));
  return OkStatus();
}

class MatrixDiagPart : public Kernel {
 public:
  explicit MatrixDiagPart(KernelInit& c)
      : take_(with_element(c.node().output_type(0), []<typename E>() -> DiagonalFn {
          return [](const Tensor& in, Tensor& out) {
            const Matrices m(in.shape());
            const E* from = static_cast<const E*>(in.raw_data());
            E* to = static_cast<E*>(out.raw_data());
            for (int64_t b = 0; b < m.count; ++b, from += m.rows * m.columns) {
              for (int64_t i = 0; i < m.diagonal; ++i) *to++ = from[i * (m.columns + 1)];
            }
          };
        })) {}
  Status compute(KernelContext& c) override {
    if (c.output(0).num_elements() > 0) take_(c.input(0), c.output(0));
    return OkStatus();
  }

 private:
  DiagonalFn take_;
};

REFLOW_OP("MatrixDiagPart")
    .input("input: T")
    .output("diagonal: T")
    .attr("T: type")
    .doc("The diagonals of the matrices in the last two dimensions of `input`.")
    .shape(matrix_diag_part_shape)
    .kernel_for<MatrixDiagPart>(kCpu, kNumberTypes + Types<bool>{})
    .gradient([](GradContext& g) {
      const Shape& shape = g.x(0).shape();
      const int rank = shape.rank();
      if (rank >= 2 && shape.dim(rank - 2) >= 0 && shape.dim(rank - 2) == shape.dim(rank - 1)) {
        g.dx(0) = g.op("MatrixDiag", {g.dy(0)}, {}, "diag");
      } else {
        g.dx(0) = g.op("MatrixSetDiag", {g.zeros_like(g.x(0)), g.dy(0)}, {}, "set_diag");
      }
    });

Status matrix_set_diag_shape(ShapeContext& c) {
  Shape in, diagonal;
  RETURN_IF_ERROR(needs_rank(c, 0, 2, "input", &in));
  RETURN_IF_ERROR(needs_rank(c, 1, 1, "diagonal", &diagonal));
  if (in.known_rank()) {
    const int64_t rows = in.dim(in.rank() - 2), columns = in.dim(in.rank() - 1);
    const int64_t smaller = rows == 0 || columns == 0 ? 0 : rows < 0 || columns < 0 ? -1 : std::min(rows, columns);
    Shape expected = in.sub_shape(0, in.rank() - 2);
    expected.add_dim(smaller);
    if (c.concrete() && !(expected == diagonal)) {
      return invalid_argument(
          "Either first dimensions of diagonal don't match input.shape[:-2], or diagonal.shape[:-1] is not equal to the "
          "longests diagonal in range [lower_diag_index:upper_diag_index].\nInput shape: {}\nDiagonal shape: "
          "{}\nExpected diagonal shape: {}",
          in.str(), diagonal.str(), expected.str());
    }
    Shape ranked;
    RETURN_IF_ERROR(c.with_rank(diagonal, in.rank() - 1, &ranked));
    if (diagonal.known_rank()) {
      int64_t merged;
      RETURN_IF_ERROR(c.merge_dim(smaller, ranked.dim(ranked.rank() - 1), &merged));
      Shape outer = in.sub_shape(0, in.rank() - 2), given = diagonal.sub_shape(0, diagonal.rank() - 1);
      RETURN_IF_ERROR(c.merge(outer, given, &outer));
      outer.add_dim(rows);
      outer.add_dim(columns);
      in = std::move(outer);
    }
  } else if (diagonal.known_rank()) {
    in = diagonal.sub_shape(0, diagonal.rank() - 1);
    in.add_dim(Shape::kUnknown);
    in.add_dim(Shape::kUnknown);
  }
  c.set_output(0, std::move(in));
  return OkStatus();
}

class MatrixSetDiag : public Kernel {
 public:
  explicit MatrixSetDiag(KernelInit& c)
      : set_(with_element(c.node().output_type(0), []<typename E>() -> SetFn {
          return [](const Tensor& in, const Tensor& diagonal, Tensor& out) {
            const Matrices m(in.shape());
            const E* from = static_cast<const E*>(diagonal.raw_data());
            E* to = static_cast<E*>(out.raw_data());
            if (to != in.raw_data()) copy_elements(to, static_cast<const E*>(in.raw_data()), in.num_elements());
            for (int64_t b = 0; b < m.count; ++b, to += m.rows * m.columns) {
              for (int64_t i = 0; i < m.diagonal; ++i) to[i * (m.columns + 1)] = *from++;
            }
          };
        })) {}
  Status compute(KernelContext& c) override {
    if (c.output(0).num_elements() > 0) set_(c.input(0), c.input(1), c.output(0));
    return OkStatus();
  }

 private:
  using SetFn = void (*)(const Tensor&, const Tensor&, Tensor&);
  SetFn set_;
};

Status set_diag_gradient(GradContext& g) {
  const Shape& x = g.x(0).shape();
  const Shape& dy = g.dy(0).shape();
  const Shape& shape = x.fully_defined() ? x : dy;
  if (!shape.fully_defined()) {
    // Without static shapes: the diagonal of dy says what the zeros have to be like.
    const Endpoint diagonal = g.op("MatrixDiagPart", {g.dy(0)}, {}, "diag_part");
    g.dx(0) = g.op("MatrixSetDiag", {g.dy(0), g.op("ZerosLike", {diagonal}, {}, "zeros")}, {}, "set_diag");
    g.dx(1) = diagonal;
    return g.status();
  }
  Shape diagonal = shape.sub_shape(0, shape.rank() - 2);
  diagonal.add_dim(std::min(shape.dim(shape.rank() - 2), shape.dim(shape.rank() - 1)));
  Tensor zeros(base_type(g.x(0).dtype()), diagonal);
  std::memset(zeros.raw_data(), 0, static_cast<size_t>(zeros.size_bytes()));
  g.dx(0) = g.op("MatrixSetDiag", {g.dy(0), g.constant_tensor(std::move(zeros), "zeros")}, {}, "set_diag");
  g.dx(1) = g.op("MatrixDiagPart", {g.dy(0)}, {}, "diag_part");
  return g.status();
}

REFLOW_OP("MatrixSetDiag")
    .input("input: T")
    .input("diagonal: T")
    .output("output: T")
    .attr("T: type")
    .doc("The matrices of `input` with `diagonal` on their diagonals.")
    .shape(matrix_set_diag_shape)
    .kernel_for<MatrixSetDiag>(kCpu, kNumberTypes + Types<bool>{})
    .in_place(0, 0)
    .gradient(set_diag_gradient);

Status band_part_shape(ShapeContext& c) {
  Shape in;
  RETURN_IF_ERROR(needs_rank(c, 0, 2, "input", &in));
  static constexpr const char* kNames[] = {"", "num_lower", "num_upper"};
  for (int i = 1; i < 3; ++i) {
    Shape scalar;
    if (c.concrete() && c.input(i).rank() != 0) {
      return invalid_argument("{} must be scalar, got shape {}", kNames[i], c.input(i).str());
    }
    RETURN_IF_ERROR(c.with_rank(c.input(i), 0, &scalar));
  }
  c.set_output(0, c.input(0));
  return OkStatus();
}

class MatrixBandPart : public Kernel {
 public:
  explicit MatrixBandPart(KernelInit& c)
      : band_(with_element(c.node().output_type(0), []<typename E>() -> BandFn {
          return [](const Tensor& in, int64_t lower, int64_t upper, Tensor& out) {
            const Matrices m(in.shape());
            const E* from = static_cast<const E*>(in.raw_data());
            E* to = static_cast<E*>(out.raw_data());
            for (int64_t row = 0; row < m.count * m.rows; ++row, from += m.columns, to += m.columns) {
              const int64_t i = row % m.rows;
              const int64_t begin = lower < 0 ? 0 : std::clamp<int64_t>(i - lower, 0, m.columns);
              const int64_t end = upper < 0 ? m.columns : std::clamp<int64_t>(i + upper + 1, begin, m.columns);
              std::fill(to, to + begin, E{});
              if (to != from) copy_elements(to + begin, from + begin, end - begin);
              std::fill(to + end, to + m.columns, E{});
            }
          };
        })) {}

  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    const int64_t rows = in.dim(in.rank() - 2), columns = in.dim(in.rank() - 1);
    const int64_t lower = IndexReader(c.input(1))[0], upper = IndexReader(c.input(2))[0];
    if (lower > rows) {
      return invalid_argument("num_lower must be negative or less or equal to number of rows ({}) got: {}", rows, lower);
    }
    if (upper > columns) {
      return invalid_argument("num_upper must be negative or less or equal to number of columns ({}) got: {}", columns,
                              upper);
    }
    if (in.num_elements() > 0) band_(in, lower, upper, c.output(0));
    return OkStatus();
  }

 private:
  using BandFn = void (*)(const Tensor&, int64_t, int64_t, Tensor&);
  BandFn band_;
};

REFLOW_OP("MatrixBandPart")
    .input("input: T")
    .input("num_lower: Tindex")
    .input("num_upper: Tindex")
    .output("band: T")
    .attr("T: type")
    .attr("Tindex: {int32, int64} = DT_INT64")
    .doc("The matrices of `input` with zeros outside a band of `num_lower` diagonals below and `num_upper` above the main "
         "one; negative numbers keep all.")
    .shape(band_part_shape)
    .kernel_for<MatrixBandPart>(kCpu, kNumberTypes + Types<bool>{})
    .in_place(0, 0)
    .gradient([](GradContext& g) { g.dx(0) = g.op("MatrixBandPart", {g.dy(0), g.x(1), g.x(2)}); });

// The names that these ops had before all of TensorFlow's matrix ops took batches.
const OpRegistrar kOldNames[] = {
    OpBuilder("BatchMatrixDiag").input("diagonal: T").output("output: T").attr("T: type").deprecated(14, "Use MatrixDiag")
        .doc("As MatrixDiag.").shape(matrix_diag_shape).kernel_for<MatrixDiag>(kCpu, kNumberTypes + Types<bool>{}),
    OpBuilder("BatchMatrixDiagPart").input("input: T").output("diagonal: T").attr("T: type").deprecated(14, "Use MatrixDiagPart")
        .doc("As MatrixDiagPart.").shape(matrix_diag_part_shape).kernel_for<MatrixDiagPart>(kCpu, kNumberTypes + Types<bool>{}),
    OpBuilder("BatchMatrixSetDiag").input("input: T").input("diagonal: T").output("output: T").attr("T: type")
        .deprecated(14, "Use MatrixSetDiag").doc("As MatrixSetDiag.").shape(matrix_set_diag_shape)
        .kernel_for<MatrixSetDiag>(kCpu, kNumberTypes + Types<bool>{}).in_place(0, 0),
    OpBuilder("BatchMatrixBandPart").input("input: T").input("num_lower: int64").input("num_upper: int64").output("band: T")
        .attr("T: type").deprecated(14, "Use MatrixBandPart").doc("As MatrixBandPart.").shape(band_part_shape)
        .kernel_for<MatrixBandPart>(kCpu, kNumberTypes + Types<bool>{}).in_place(0, 0),
};

}  // namespace
}  // namespace reflow::ops
