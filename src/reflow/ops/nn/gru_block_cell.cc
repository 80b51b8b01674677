// GRUBlockCell: a step of a gated recurrent unit in one op. Cho and others, arXiv 1406.1078.

#include <algorithm>
#include <utility>
#include <vector>

#include "reflow/op/gemm.h"
#include "reflow/op/op.h"
#include "reflow/op/vector_math.h"

namespace reflow::ops {
namespace {

using namespace op;

constexpr double kCellCostNs = 12;  // of one unit of one example: three activations

// x, h_prev, w_ru, w_c, b_ru and b_c are the first inputs of the cell and of its derivative.
Status check_inputs(ShapeContext& c) {
  Shape ranked;
  for (int i = 0; i < 4; ++i) RETURN_IF_ERROR(c.with_rank(c.input(i), 2, &ranked));
  for (int i = 4; i < 6; ++i) RETURN_IF_ERROR(c.with_rank(c.input(i), 1, &ranked));
  const int64_t batch = c.input(0).dim(0), depth = c.input(0).dim(1) + c.input(1).dim(1), cell = c.input(1).dim(1);
  const auto has = [&](int i, int dim, int64_t size, const char* name) -> Status {
    if (c.input(i).dim(dim) == size) return OkStatus();
    return invalid_argument("{}: {} vs. {}", name, c.input(i).dim(dim), size);
  };
  RETURN_IF_ERROR(has(1, 0, batch, "h_prev.dims(0) != batch_size"));
  RETURN_IF_ERROR(has(2, 0, depth, "w_ru.dim_size(0) != input_size + cell_size"));
  RETURN_IF_ERROR(has(2, 1, cell * 2, "w_ru.dim_size(1) != cell_size * 2"));
  RETURN_IF_ERROR(has(3, 0, depth, "w_c.dim_size(0) != input_size + cell_size"));
  RETURN_IF_ERROR(has(3, 1, cell, "w_c.dim_size(1) != cell_size"));
  RETURN_IF_ERROR(has(4, 0, cell * 2, "b_ru.dim_size(0) != cell_size * 2"));
  return has(5, 0, cell, "b_c.dim_size(0) != cell_size");
}

Status cell_shape(ShapeContext& c) {
  Shape x, h_prev;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 2, &x));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 2, &h_prev));
  if (c.concrete()) RETURN_IF_ERROR(check_inputs(c));
  for (int i = 0; i < 4; ++i) c.set_output(i, Shape{x.dim(0), h_prev.dim(1)});
  return OkStatus();
}

Status cell_grad_shape(ShapeContext& c) {
  Shape x, h_prev, w_ru;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 2, &x));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 2, &h_prev));
  RETURN_IF_ERROR(c.with_rank(c.input(2), 2, &w_ru));
  const Shape state{x.dim(0), h_prev.dim(1)};
  if (c.concrete()) {
    RETURN_IF_ERROR(check_inputs(c));
    for (int i = 6; i < 10; ++i) {
      if (!(c.input(i) == state)) {
        return invalid_argument("Input {} must be of shape [batch_size,cell_size]: {} vs. {}", i, c.input(i).str(),
                                state.str());
      }
    }
  }
  int64_t twice;
  RETURN_IF_ERROR(multiply_dims(h_prev.dim(1), 2, &twice));
  c.set_output(0, x);
  c.set_output(1, state);
  c.set_output(2, state);
  c.set_output(3, Shape{x.dim(0), twice});
  return OkStatus();
}

struct Sizes {
  explicit Sizes(KernelContext& c) : batch(c.input(0).dim(0)), input(c.input(0).dim(1)), cell(c.input(1).dim(1)) {}
  int64_t batch, input, cell;
};

// y = [x, h] * w, where w has `width` columns.
void product(ThreadPool& pool, const Sizes& s, const float* x, const float* h, const float* w, int64_t width, float* y) {
  if (s.input > 0) {
    op::gemm(pool, {.m = s.batch, .n = width, .k = s.input, .a = x, .lda = s.input, .b = w, .ldb = width, .c = y,
                    .ldc = width});
  }
  op::gemm(pool, {.m = s.batch, .n = width, .k = s.cell, .a = h, .lda = s.cell, .b = w + s.input * width, .ldb = width,
                  .c = y, .ldc = width, .accumulate = s.input > 0});
}

template <typename T>
class GRUBlockCell : public Kernel {
 public:
  explicit GRUBlockCell(KernelInit&) : sigmoid_(unary_f32(VecOp::kSigmoid)), tanh_(unary_f32(VecOp::kTanh)) {}
  Status compute(KernelContext& c) override {
    const Sizes s(c);
    if (s.batch == 0 || s.cell == 0) return OkStatus();
    const int64_t cell = s.cell;
    const auto in = [&](int i) { return c.input(i).template data<float>(); };
    const auto out = [&](int i) { return c.output(i).template data<float>(); };
    const float *x = in(0), *h_prev = in(1), *b_ru = in(4), *b_c = in(5);
    float *r = out(0), *u = out(1), *candidate = out(2), *h = out(3);
    ASSIGN_OR_RETURN(Tensor scratch, c.allocate_scratch(DType::kFloat32, Shape{s.batch, 3 * cell}));
    float *gates = scratch.data<float>(), *reset = gates + s.batch * 2 * cell;
    product(c.pool(), s, x, h_prev, in(2), 2 * cell, gates);
    const double cost = kCellCostNs * static_cast<double>(cell);
    c.pool().parallel_for(s.batch, cost, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        const float* g = gates + row * 2 * cell;
        const int64_t at = row * cell;
        for (int64_t j = 0; j < cell; ++j) {
          r[at + j] = g[j] + b_ru[j];
          u[at + j] = g[cell + j] + b_ru[cell + j];
        }
        sigmoid_(r + at, r + at, cell);
        sigmoid_(u + at, u + at, cell);
        for (int64_t j = 0; j < cell; ++j) reset[at + j] = h_prev[at + j] * r[at + j];
      }
    });
    product(c.pool(), s, x, reset, in(3), cell, candidate);
    c.pool().parallel_for(s.batch, cost, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        const int64_t at = row * cell;
        for (int64_t j = 0; j < cell; ++j) candidate[at + j] += b_c[j];
        tanh_(candidate + at, candidate + at, cell);
        for (int64_t j = at; j < at + cell; ++j) h[j] = u[j] * h_prev[j] + (1 - u[j]) * candidate[j];
      }
    });
    return OkStatus();
  }

 private:
  UnaryFn<float> sigmoid_, tanh_;
};

template <typename T>
class GRUBlockCellGrad : public Kernel {
 public:
  explicit GRUBlockCellGrad(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Sizes s(c);
    const int64_t batch = s.batch, input = s.input, cell = s.cell;
    const auto in = [&](int i) { return c.input(i).template data<float>(); };
    const auto out = [&](int i) { return c.output(i).template data<float>(); };
    const float *h_prev = in(1), *w_ru = in(2), *w_c = in(3), *r = in(6), *u = in(7), *candidate = in(8), *dh = in(9);
    float *d_x = out(0), *d_h_prev = out(1), *d_c_bar = out(2), *d_ru_bar = out(3);
    if (batch == 0 || cell == 0) {
      std::fill_n(d_x, c.output(0).num_elements(), 0.0f);
      return OkStatus();
    }
    ASSIGN_OR_RETURN(Tensor scratch, c.allocate_scratch(DType::kFloat32, Shape{batch, cell}));
    float* d_reset = scratch.data<float>();
    ThreadPool& pool = c.pool();
    for (int64_t row = 0; row < batch; ++row) {
      for (int64_t j = 0; j < cell; ++j) {
        const int64_t at = row * cell + j;
        d_c_bar[at] = dh[at] * (1 - u[at]) * (1 - candidate[at] * candidate[at]);
        d_ru_bar[row * 2 * cell + cell + j] = dh[at] * (h_prev[at] - candidate[at]) * u[at] * (1 - u[at]);
      }
    }
    op::gemm(pool, {.transpose_b = true, .m = batch, .n = cell, .k = cell, .a = d_c_bar, .lda = cell,
                    .b = w_c + input * cell, .ldb = cell, .c = d_reset, .ldc = cell});
    for (int64_t row = 0; row < batch; ++row) {
      for (int64_t j = 0; j < cell; ++j) {
        const int64_t at = row * cell + j;
        d_ru_bar[row * 2 * cell + j] = d_reset[at] * h_prev[at] * r[at] * (1 - r[at]);
        d_h_prev[at] = d_reset[at] * r[at] + dh[at] * u[at];
      }
    }
    const int64_t width = 2 * cell;
    op::gemm(pool, {.transpose_b = true, .m = batch, .n = cell, .k = width, .a = d_ru_bar, .lda = width,
                    .b = w_ru + input * width, .ldb = width, .c = d_h_prev, .ldc = cell, .accumulate = true});
    if (input == 0) return OkStatus();
    op::gemm(pool, {.transpose_b = true, .m = batch, .n = input, .k = cell, .a = d_c_bar, .lda = cell, .b = w_c, .ldb = cell,
                    .c = d_x, .ldc = input});
    op::gemm(pool, {.transpose_b = true, .m = batch, .n = input, .k = width, .a = d_ru_bar, .lda = width, .b = w_ru,
                    .ldb = width, .c = d_x, .ldc = input, .accumulate = true});
    return OkStatus();
  }
};

void cell_gradient(GradContext& g) {
  std::vector<OpInput> inputs;
  for (int i = 0; i < 6; ++i) inputs.emplace_back(g.x(i));
  for (int i = 0; i < 3; ++i) inputs.emplace_back(g.y(i));
  inputs.emplace_back(g.dy(3));
  Node* grad = g.ops("GRUBlockCellGrad", std::move(inputs));
  if (grad == nullptr) return;
  const auto joined = [&](Endpoint h) {
    GradContext::Scope scope(g.graph(), "concat");
    const std::vector<Endpoint> parts{g.x(0), h};
    return g.op("ConcatV2", {parts, g.constant(1, DType::kInt32, "axis")}, {}, scope.name());
  };
  const auto product = [&](Endpoint a, Endpoint b) {
    return g.op("MatMul", {a, b}, {{"transpose_a", true}, {"transpose_b", false}});
  };
  const Endpoint d_c_bar = grad->output(2), d_ru_bar = grad->output(3);
  g.dx(0) = grad->output(0);
  g.dx(1) = grad->output(1);
  g.dx(2) = product(joined(g.x(1)), d_ru_bar);
  g.dx(4) = g.op("BiasAddGrad", {d_ru_bar});
  g.dx(3) = product(joined(g.op("Mul", {g.x(1), g.y(0)}, {}, "mul")), d_c_bar);
  g.dx(5) = g.op("BiasAddGrad", {d_c_bar});
}

constexpr auto kFloat = Types<float>{};

REFLOW_OP("GRUBlockCell")
    .input("x: T").input("h_prev: T").input("w_ru: T").input("w_c: T").input("b_ru: T").input("b_c: T")
    .output("r: T").output("u: T").output("c: T").output("h: T").attr("T: {float}")
    .doc("A step of a gated recurrent unit: from x, [batch, input], and the last output, [batch, cell]. w_ru is "
         "[input + cell, 2 * cell], of the gates reset and update, w_c [input + cell, cell], of the candidate.")
    .shape(cell_shape).kernel<GRUBlockCell>(kCpu, kFloat).gradient(cell_gradient);

REFLOW_OP("GRUBlockCellGrad")
    .input("x: T").input("h_prev: T").input("w_ru: T").input("w_c: T").input("b_ru: T").input("b_c: T").input("r: T")
    .input("u: T").input("c: T").input("d_h: T")
    .output("d_x: T").output("d_h_prev: T").output("d_c_bar: T").output("d_r_bar_u_bar: T").attr("T: {float}")
    .doc("The derivatives of GRUBlockCell to x and h_prev, and to candidate and gates before their activations.")
    .shape(cell_grad_shape).kernel<GRUBlockCellGrad>(kCpu, kFloat);

}  // namespace
}  // namespace reflow::ops
