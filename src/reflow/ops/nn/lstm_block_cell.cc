// LSTMBlockCell: a step of an LSTM in one op.

#include <algorithm>
#include <utility>
#include <vector>

#include "lstm_shapes.h"
#include "lstm_step.h"
#include "with_floats.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

constexpr auto kHalfAndFloat = Types<Half, float>{};

Status cell_shape(ShapeContext& c) {
  Shape x, cs_prev;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 2, &x));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 2, &cs_prev));
  if (c.concrete()) RETURN_IF_ERROR(check_lstm_inputs(c, 0, c.attr_or("use_peephole", false)));
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, Shape{x.dim(0), cs_prev.dim(1)});
  return OkStatus();
}

Status cell_grad_shape(ShapeContext& c) {
  Shape x, cs_prev;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 2, &x));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 2, &cs_prev));
  const Shape state{x.dim(0), cs_prev.dim(1)};
  if (c.concrete()) {
    RETURN_IF_ERROR(check_lstm_inputs(c, 0, c.attr_or("use_peephole", false)));
    for (int i = 8; i < c.num_inputs(); ++i) {
      if (!(c.input(i) == state)) {
        return invalid_argument("Input {} must be of shape [batch_size,cell_size]: {} vs. {}", i, c.input(i).str(),
                                state.str());
      }
    }
  }
  int64_t gates;
  RETURN_IF_ERROR(multiply_dims(cs_prev.dim(1), 4, &gates));
  c.set_output(0, state);
  c.set_output(1, Shape{x.dim(0), gates});
  for (int i = 2; i < 5; ++i) c.set_output(i, Shape{cs_prev.dim(1)});
  return OkStatus();
}

LstmSizes sizes_of(KernelContext& c) { return {c.input(0).dim(0), c.input(0).dim(1), c.input(1).dim(1)}; }

LstmWeights weights_of(KernelContext& c, bool use_peephole, float forget_bias, float cell_clip) {
  const auto peephole = [&](int i) { return use_peephole ? c.input(i).data<float>() : nullptr; };
  return {c.input(3).data<float>(), peephole(4), peephole(5), peephole(6), c.input(7).data<float>(), forget_bias, cell_clip};
}

template <typename T>
class LSTMBlockCell : public Kernel {
 public:
  explicit LSTMBlockCell(KernelInit& c)
      : forget_bias_(c.attr<float>("forget_bias")), cell_clip_(c.attr<float>("cell_clip")),
        use_peephole_(c.attr<bool>("use_peephole")) {}
  Status compute(KernelContext& c) override {
    const LstmSizes sizes = sizes_of(c);
    ASSIGN_OR_RETURN(Tensor gates, c.allocate_scratch(DType::kFloat32, Shape{sizes.batch, 4 * sizes.cell}));
    const auto out = [&](int i) { return c.output(i).data<float>(); };
    lstm_step(c.pool(), sizes, weights_of(c, use_peephole_, forget_bias_, cell_clip_), c.input(0).data<float>(),
              c.input(1).data<float>(), c.input(2).data<float>(), gates.data<float>(),
              {out(0), out(1), out(2), out(3), out(4), out(5), out(6)});
    return OkStatus();
  }

 private:
  float forget_bias_, cell_clip_;
  bool use_peephole_;
};

template <typename T>
class LSTMBlockCellGrad : public Kernel {
 public:
  explicit LSTMBlockCellGrad(KernelInit& c) : use_peephole_(c.attr<bool>("use_peephole")) {}
  Status compute(KernelContext& c) override {
    const auto in = [&](int i) { return const_cast<float*>(c.input(i).data<float>()); };
    const auto out = [&](int i) { return c.output(i).data<float>(); };
    for (int i = 2; i < 5; ++i) std::fill_n(out(i), c.output(i).num_elements(), 0.0f);
    LstmPeepholeGrads peepholes{};
    if (use_peephole_) peepholes = {out(2), out(3), out(4)};
    lstm_step_grad(c.pool(), sizes_of(c), weights_of(c, use_peephole_, 0, 0), in(1),
                   {in(8), in(9), in(10), in(11), in(12), in(13), nullptr}, in(14), in(15), out(1), out(0), peepholes);
    return OkStatus();
  }

 private:
  bool use_peephole_;
};

template <typename T>
using LSTMBlockCellOf = FloatKernel<LSTMBlockCell, T>;
template <typename T>
using LSTMBlockCellGradOf = FloatKernel<LSTMBlockCellGrad, T>;

void cell_gradient(GradContext& g) {
  std::vector<OpInput> inputs;
  for (int i = 0; i < 8; ++i) inputs.emplace_back(g.x(i));
  for (int i = 0; i < 6; ++i) inputs.emplace_back(g.y(i));
  inputs.emplace_back(g.dy(1));
  inputs.emplace_back(g.dy(6));
  const Shape &x = g.x(0).shape(), &cs_prev = g.x(1).shape();
  if (!x.known_rank() || x.dim(1) < 0 || !cs_prev.known_rank() || cs_prev.dim(1) < 0) {
    g.fail(invalid_argument("input_size from `x` should not be None."));
    return;
  }
  Node* grad = g.ops("LSTMBlockCellGrad", std::move(inputs), {{"use_peephole", g.attr<bool>("use_peephole")}});
  if (grad == nullptr) return;
  const Endpoint gates = grad->output(1);
  const Endpoint xh = g.op("MatMul", {gates, g.x(3)}, {{"transpose_a", false}, {"transpose_b", true}});
  const int64_t batch = x.dim(0), input = x.dim(1), cell = cs_prev.dim(1);
  const auto slice = [&](int64_t begin, int64_t size) {
    GradContext::Scope scope(g.graph(), "Slice");
    return g.op("Slice", {xh, g.constant_ints({0, begin}, DType::kInt32, "begin"),
                          g.constant_ints({batch, size}, DType::kInt32, "size")}, {}, scope.name());
  };
  g.dx(0) = slice(0, input);
  g.dx(1) = grad->output(0);
  g.dx(2) = slice(input, cell);
  const std::vector<Endpoint> parts{g.x(0), g.x(2)};
  Endpoint both;
  {
    GradContext::Scope scope(g.graph(), "concat");
    both = g.op("ConcatV2", {parts, g.constant(1, DType::kInt32, "axis")}, {}, scope.name());
  }
  g.dx(3) = g.op("MatMul", {both, gates}, {{"transpose_a", true}, {"transpose_b", false}});
  for (int i = 0; i < 3; ++i) g.dx(4 + i) = grad->output(2 + i);
  g.dx(7) = g.op("BiasAddGrad", {gates});
}

REFLOW_OP("LSTMBlockCell")
    .input("x: T").input("cs_prev: T").input("h_prev: T").input("w: T").input("wci: T").input("wcf: T").input("wco: T")
    .input("b: T")
    .output("i: T").output("cs: T").output("f: T").output("o: T").output("ci: T").output("co: T").output("h: T")
    .attr("forget_bias: float = 1").attr("cell_clip: float = 3").attr("use_peephole: bool = false")
    .attr("T: {half, float}")
    .doc("A step of an LSTM: from x, [batch, input], the cell's state and its last output, both [batch, cell]. w is "
         "[input + cell, 4 * cell], with the gates in the order input, new input, forget, output.")
    .shape(cell_shape).kernel<LSTMBlockCellOf>(kCpu, kHalfAndFloat).gradient(cell_gradient);

REFLOW_OP("LSTMBlockCellGrad")
    .input("x: T").input("cs_prev: T").input("h_prev: T").input("w: T").input("wci: T").input("wcf: T").input("wco: T")
    .input("b: T").input("i: T").input("cs: T").input("f: T").input("o: T").input("ci: T").input("co: T")
    .input("cs_grad: T").input("h_grad: T")
    .output("cs_prev_grad: T").output("dicfo: T").output("wci_grad: T").output("wcf_grad: T").output("wco_grad: T")
    .attr("use_peephole: bool").attr("T: {half, float}")
    .doc("The derivatives of LSTMBlockCell to the state, to the gates before their activations and to the peepholes.")
    .shape(cell_grad_shape).kernel<LSTMBlockCellGradOf>(kCpu, kHalfAndFloat);

}  // namespace
}  // namespace reflow::ops
