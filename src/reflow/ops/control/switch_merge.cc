// Switch and Merge, the fork and the join of tf.cond, with the gradients of each by the other.

#include "reflow/graph/control_flow.h"
#include "reflow/graph/graph.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

Status switch_shape(ShapeContext& c) {
  if (c.concrete()) {
    if (c.input(1).rank() != 0) {
      return invalid_argument("The second input must be a scalar, but it has shape {}", c.input(1).str());
    }
  } else {
    Shape scalar;
    RETURN_IF_ERROR(c.with_rank(c.input(1), 0, &scalar));
  }
  c.set_output(0, c.input(0));
  c.set_output(1, c.input(0));
  return OkStatus();
}

class Switch : public Kernel {
 public:
  explicit Switch(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor& pred = c.input(1);
    if (pred.rank() != 0) {
      return invalid_argument("The second input must be a scalar, but it has shape {}", pred.shape().str());
    }
    const int taken = pred.item<bool>() ? 1 : 0;
    c.forward(0, taken);
    c.set_dead(1 - taken);
    return OkStatus();
  }
};

// What is common to all inputs: any of them may be the one that arrives.
Status merge_shape(ShapeContext& c) {
  Shape out = c.input(0);
  for (int i = 1; i < c.num_inputs() && out.known_rank(); ++i) {
    const Shape& in = c.input(i);
    if (in.rank() != out.rank()) {
      out = Shape::unknown();
      break;
    }
    for (int d = 0; d < out.rank(); ++d) {
      if (out.dim(d) != in.dim(d)) out.set_dim(d, Shape::kUnknown);
    }
  }
  c.set_output(0, std::move(out));
  c.set_output(1, Shape{});
  return OkStatus();
}

class Merge : public Kernel {
 public:
  explicit Merge(KernelInit&) {}
  Status compute(KernelContext& c) override {
    int arrived = -1;
    for (int i = 0; i < c.num_inputs(); ++i) {
      if (c.input_value(i) == nullptr) continue;
      if (arrived >= 0) return internal_error("Merge can not have more than one valid input.");
      arrived = i;
    }
    if (arrived < 0) return OkStatus();  // dead: the executor marks both outputs
    c.forward(arrived, 0);
    RETURN_IF_ERROR(c.allocate_output(1, Shape{}));
    *c.output(1).data<int32_t>() = arrived;
    return OkStatus();
  }
};

// While it lives, new ops are placed with the producer of `value` only.
class ColocatedWith {
 public:
  ColocatedWith(Graph& graph, Endpoint value) : stack_(graph.scope().colocation) {
    stack_.push_back({value.node, /*ignores_existing=*/true});
  }
  ~ColocatedWith() { stack_.pop_back(); }
  ColocatedWith(const ColocatedWith&) = delete;

 private:
  decltype(GraphScope::colocation)& stack_;
};

// Both sides of a Switch of `dy` by `pred`.
void switch_gradient(GradContext& g, const Gradient& dy, Endpoint pred, std::string name, Gradient* if_false,
                     Gradient* if_true) {
  ColocatedWith colocated(g.graph(), dy.values);
  if (!dy.is_slices()) {
    if (Node* s = g.ops(is_ref(dy.values.dtype()) ? "RefSwitch" : "Switch", {dy.values, pred}, {}, std::move(name))) {
      *if_false = s->output(0);
      *if_true = s->output(1);
    }
    return;
  }
  GradContext::Scope scope(g.graph(), name);
  Node* values = g.ops("Switch", {dy.values, pred}, {}, scope.name());
  Node* indices = g.ops("Switch", {dy.indices, pred}, {}, "indices");
  Node* shape = dy.dense_shape ? g.ops("Switch", {dy.dense_shape, pred}, {}, "dense_shape") : nullptr;
  if (!g.status().ok()) return;
  *if_false = Gradient(values->output(0), indices->output(0), shape ? shape->output(0) : Endpoint{});
  *if_true = Gradient(values->output(1), indices->output(1), shape ? shape->output(1) : Endpoint{});
}

Gradient merge_gradients(GradContext& g, const std::vector<Gradient>& dys, std::string name) {
  bool slices = true;
  for (const Gradient& dy : dys) slices = slices && dy.is_slices();
  std::vector<Endpoint> values, indices, shapes;
  for (size_t i = 0; i < dys.size(); ++i) {
    values.push_back(slices ? dys[i].values : g.dy(static_cast<int>(i)));
    if (slices) indices.push_back(dys[i].indices);
    if (slices && dys[i].dense_shape) shapes.push_back(dys[i].dense_shape);
  }
  if (!slices) return g.op("Merge", {values}, {}, std::move(name));
  GradContext::Scope scope(g.graph(), name);
  const Endpoint v = g.op("Merge", {values}, {}, scope.name());
  const Endpoint i = g.op("Merge", {indices}, {}, "indices");
  const Endpoint s = shapes.size() == dys.size() ? g.op("Merge", {shapes}, {}, "dense_shape") : Endpoint{};
  return Gradient(v, i, s);
}

Status loop_gradient(const Node& node) {
  return unimplemented("The gradient of a while loop isn't supported yet: {} '{}'", node.type(), node.name());
}

// The gradient of a branch's input comes from that branch, and is zero where the other one was taken.
Status switch_grad(GradContext& g) {
  const ControlFlowContext* context = g.node().context();
  if (context != nullptr && context->is_while()) return loop_gradient(g.node());
  if (context != nullptr) {
    const int branch = static_cast<const CondContext*>(context)->branch();
    const Gradient& bypass = g.dy_gradient(1 - branch);
    if (!bypass) {
      if (base_type(g.x(0).dtype()) == DType::kResource) {
        const Gradient dy = g.dy_gradient(branch);
        if (dy) g.dx(0) = merge_gradients(g, {dy, dy}, "cond_resource_grad");
      }
      return g.status();
    }
    if (g.dy_gradient(branch)) g.dx(0) = merge_gradients(g, {g.dy_gradient(0), g.dy_gradient(1)}, "cond_grad");
    return g.status();
  }
  if (!g.dy(0) || !g.dy(1)) return g.status();
  Node* if_false = g.ops("Switch", {g.dy(0), g.x(1)});
  Node* if_true = g.ops("Switch", {g.dy(1), g.x(1)});
  if (!g.status().ok()) return g.status();
  g.dx(0) = g.op("Merge", {std::vector<Endpoint>{if_false->output(0), if_true->output(1)}});
  return g.status();
}

// The gradient goes back along the branch that was taken.
Status merge_grad(GradContext& g) {
  if (!g.dy_gradient(0)) return OkStatus();
  const Node& source = *g.x(0).node;
  const ControlFlowContext* context = source.context();
  if (context != nullptr && (source.type() == "Exit" || source.type() == "RefExit")) context = context->outer();
  if (context != nullptr && context->is_while()) return loop_gradient(g.node());
  if (context != nullptr) {
    const Endpoint pred = static_cast<const CondContext*>(context)->pred();
    switch_gradient(g, g.dy_gradient(0), pred, "cond_grad", &g.dx(0), &g.dx(1));
    return g.status();
  }
  std::vector<Endpoint> taken;
  for (int i = 0; i < g.num_inputs(); ++i) {
    GradContext::Scope scope(g.graph(), "Equal");
    const Endpoint index = g.constant(i, DType::kInt32, "y");
    taken.push_back(g.op("Equal", {g.y(1), index}, {}, scope.name()));
  }
  for (int i = 0; i < g.num_inputs() && g.status().ok(); ++i) {
    Gradient other;
    switch_gradient(g, g.dy_gradient(0), taken[i], "Switch", &other, &g.dx(i));
  }
  return g.status();
}

REFLOW_OP("Switch")
    .input("data: T")
    .input("pred: bool")
    .output("output_false: T")
    .output("output_true: T")
    .attr("T: type")
    .doc("Passes `data` on to `output_true` when `pred` is true, else to `output_false`; the other output is dead.")
    .shape(switch_shape)
    .kernel<Switch>(kCpu)
    .sets_outputs()
    .control_flow()
    .gradient(switch_grad);

REFLOW_OP("RefSwitch")
    .input("data: Ref(T)")
    .input("pred: bool")
    .output("output_false: Ref(T)")
    .output("output_true: Ref(T)")
    .attr("T: type")
    .allows_uninitialized_input()
    .doc("Passes the reference `data` on to `output_true` when `pred` is true, else to `output_false`.")
    .shape(switch_shape)
    .kernel<Switch>(kCpu)
    .sets_outputs()
    .control_flow()
    .gradient(switch_grad);

REFLOW_OP("Merge")
    .input("inputs: N * T")
    .output("output: T")
    .output("value_index: int32")
    .attr("T: type")
    .attr("N: int >= 1")
    .doc("Passes on the one input that arrives, and its index: the end of branches, the start of a loop's iteration.")
    .shape(merge_shape)
    .kernel<Merge>(kCpu)
    .sets_outputs()
    .control_flow()
    .gradient(merge_grad);

REFLOW_OP("RefMerge")
    .input("inputs: Ref(N * T)")
    .output("output: Ref(T)")
    .output("value_index: int32")
    .attr("T: type")
    .attr("N: int >= 1")
    .doc("Passes on the one reference that arrives, and its index.")
    .shape(merge_shape)
    .kernel<Merge>(kCpu)
    .sets_outputs()
    .control_flow()
    .gradient(merge_grad);

}  // namespace
}  // namespace reflow::ops
