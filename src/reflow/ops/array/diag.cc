// Diagonals: Diag and DiagPart of tensors taken twice, MatrixDiag and its kin of batches of matrices.

#include <algorithm>
#include <string>

#include "reflow/op/elements.h"
#include "reflow/op/indices.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

inline constexpr auto kDiagTypes = Types<Half, Bfloat16, float, double, int32_t, int64_t>{} + kComplexTypes;

Status diag_shape(ShapeContext& c) {
  Shape in;
  if (c.concrete() && c.input(0).rank() < 1) return invalid_argument("Input must be at least rank 1, got 0");
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), 1, &in));
  Shape out = in;
  for (int d = 0; d < in.rank(); ++d) out.add_dim(in.dim(d));
  c.set_output(0, std::move(out));
  return OkStatus();
}

class Diag : public Kernel {
 public:
  explicit Diag(KernelInit& c)
      : fill_(with_element(c.node().output_type(0), []<typename E>() -> FillFn {
          return [](const Tensor& in, Tensor& out) {
            const E* from = static_cast<const E*>(in.raw_data());
            E* to = static_cast<E*>(out.raw_data());
            const int64_t n = in.num_elements();
            std::fill(to, to + n * n, E{});
            for (int64_t i = 0; i < n; ++i) to[i * (n + 1)] = from[i];
          };
        })) {}
  Status compute(KernelContext& c) override {
    fill_(c.input(0), c.output(0));
    return OkStatus();
  }

 private:
  using FillFn = void (*)(const Tensor&, Tensor&);
  FillFn fill_;
};

REFLOW_OP("Diag")
    .input("diagonal: T")
    .output("output: T")
    .attr("T: {bfloat16, half, float, double, int32, int64, complex64, complex128}")
    .doc("The tensor of twice the rank that has `diagonal` where both halves of the index agree, and zeros elsewhere.")
    .shape(diag_shape)
    .kernel_for<Diag>(kCpu, kDiagTypes)
    .gradient([](GradContext& g) { g.dx(0) = g.op("DiagPart", {g.dy(0)}); });

Status diag_part_shape(ShapeContext& c) {
  const Shape& in = c.input(0);
  if (!in.known_rank()) {
    c.set_output(0, Shape::unknown());
    return OkStatus();
  }
  const int half = in.rank() / 2;
  if (in.rank() % 2 != 0 || (!c.concrete() && in.rank() <= 0)) {
    if (c.concrete()) {
      return invalid_argument(
          "The rank of the tensor should be                                          even and positive, got shape {}",
          in.str());
    }
    return invalid_argument("Input must have even and non-zero rank, input rank is {}", in.rank());
  }
  Shape out;
  for (int d = 0; d < half; ++d) {
    if (c.concrete() && in.dim(d) != in.dim(d + half)) {
      return invalid_argument("Invalid shape {}: dimensions {} and {} do not match.", in.str(), d, d + half);
    }
    int64_t size;
    RETURN_IF_ERROR(c.merge_dim(in.dim(d), in.dim(d + half), &size));
    out.add_dim(size);
  }
  c.set_output(0, std::move(out));
  return OkStatus();
}

class DiagPart : public Kernel {
 public:
  explicit DiagPart(KernelInit& c)
      : take_(with_element(c.node().output_type(0), []<typename E>() -> TakeFn {
          return [](const Tensor& in, Tensor& out) {
            const E* from = static_cast<const E*>(in.raw_data());
            E* to = static_cast<E*>(out.raw_data());
            const int64_t n = out.num_elements();
            for (int64_t i = 0; i < n; ++i) to[i] = from[i * (n + 1)];
          };
        })) {}
  Status compute(KernelContext& c) override {
    take_(c.input(0), c.output(0));
    return OkStatus();
  }

 private:
  using TakeFn = void (*)(const Tensor&, Tensor&);
  TakeFn take_;
};

REFLOW_OP("DiagPart")
    .input("input: T")
    .output("diagonal: T")
    .attr("T: {bfloat16, half, float, double, int32, int64, complex64, complex128}")
    .doc("The elements of `input` where both halves of the index agree.")
    .shape(diag_part_shape)
    .kernel_for<DiagPart>(kCpu, kDiagTypes)
    .gradient([](GradContext& g) { g.dx(0) = g.op("Diag", {g.dy(0)}); });

}  // namespace
}  // namespace reflow::ops
