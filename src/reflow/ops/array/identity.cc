// Ops that pass their input on: Identity and its kin, and those that look at it on the way (EnsureShape, CheckNumerics).

#include <cmath>
#include <string>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// Of a reference the value goes on, in the variable's memory.
class Identity : public Kernel {
 public:
  explicit Identity(KernelInit&) {}
  Status compute(KernelContext& c) override {
    c.set_output(0, c.input(0));
    return OkStatus();
  }
};

REFLOW_OP("Identity")
    .input("input: T")
    .output("output: T")
    .attr("T: type")
    .doc("Its input.")
    .shape(unchanged_shape)
    .kernel<Identity>(kCpu)
    .sets_outputs()
    .alias(0, 0)
    .gradient([](GradContext& g) { g.dx(0) = g.dy_gradient(0); });

class RefIdentity : public Kernel {
 public:
  explicit RefIdentity(KernelInit&) {}
  Status compute(KernelContext& c) override {
    c.forward(0, 0);
    return OkStatus();
  }
};

REFLOW_OP("RefIdentity")
    .input("input: Ref(T)")
    .output("output: Ref(T)")
    .attr("T: type")
    .allows_uninitialized_input()
    .doc("Its input, a reference.")
    .shape(unchanged_shape)
    .kernel<RefIdentity>(kCpu)
    .sets_outputs()
    .gradient([](GradContext& g) { g.dx(0) = g.dy_gradient(0); });

class IdentityN : public Kernel {
 public:
  explicit IdentityN(KernelInit&) {}
  Status compute(KernelContext& c) override {
    for (int i = 0; i < c.num_inputs(); ++i) c.set_output(i, c.input(i));
    return OkStatus();
  }
};

Status identity_n_shape(ShapeContext& c) {
  for (int i = 0; i < c.num_inputs(); ++i) c.set_output(i, c.input(i));
  return OkStatus();
}

REFLOW_OP("IdentityN")
    .input("input: T")
    .output("output: T")
    .attr("T: list(type) >= 1")
    .doc("Its inputs, all together: none goes on before all are there.")
    .shape(identity_n_shape)
    .kernel<IdentityN>(kCpu)
    .sets_outputs()
    .gradient([](GradContext& g) {
      for (int i = 0; i < g.num_inputs(); ++i) g.dx(i) = g.dy_gradient(i);
    });

REFLOW_OP("StopGradient")
    .input("input: T")
    .output("output: T")
    .attr("T: type")
    .doc("Its input, which counts as a constant for gradients.")
    .shape(unchanged_shape)
    .kernel<Identity>(kCpu)
    .sets_outputs()
    .alias(0, 0)
    .not_differentiable();

REFLOW_OP("PreventGradient")
    .input("input: T")
    .output("output: T")
    .attr("T: type")
    .attr("message: string = ''")
    .doc("Its input, through which no gradient may be asked for: building one fails with `message`.")
    .shape(unchanged_shape)
    .kernel<Identity>(kCpu)
    .sets_outputs()
    .alias(0, 0)
    .gradient([](GradContext& g) -> Status {
      return not_found("Gradient explicitly disabled. Reason: {}", g.attr<std::string>("message"));
    });

REFLOW_OP("Snapshot")
    .input("input: T")
    .output("output: T")
    .attr("T: type")
    .doc("A copy of its input.")
    .shape(unchanged_shape)
    .kernel<Identity>(kCpu)
    .sets_outputs()
    .alias(0, 0);

REFLOW_OP("GuaranteeConst")
    .input("input: T")
    .output("output: T")
    .attr("T: type")
    .stateful()
    .doc("Its input, which the user promises never to change.")
    .shape(unchanged_shape)
    .kernel<Identity>(kCpu)
    .sets_outputs()
    .alias(0, 0);

class DeepCopy : public Kernel {
 public:
  explicit DeepCopy(KernelInit&) {}
  Status compute(KernelContext& c) override {
    c.set_output(0, c.input(0).copy());
    return OkStatus();
  }
};

REFLOW_OP("DeepCopy")
    .input("x: T")
    .output("y: T")
    .attr("T: type")
    .stateful()
    .doc("A copy of `x` in memory of its own.")
    .shape(unchanged_shape)
    .kernel<DeepCopy>(kCpu)
    .sets_outputs();

class EnsureShape : public Kernel {
 public:
  explicit EnsureShape(KernelInit& c) : shape_(c.attr<Shape>("shape")) {}
  Status compute(KernelContext& c) override {
    if (!shape_.compatible_with(c.input(0).shape())) {
      return invalid_argument("Shape of tensor {} {} is not compatible with expected shape {}.", input_name(c.node()),
                              c.input(0).shape().str(), shape_.str());
    }
    c.set_output(0, c.input(0));
    return OkStatus();
  }

 private:
  // What is fed has the name that TensorFlow gives the argument of the run.
  static std::string input_name(const Node& node) {
    const Endpoint& source = node.input(0);
    const bool fed = source.node->type().starts_with("Placeholder");
    return fed ? fmt::format("_arg_{}_{}_0", source.node->name(), source.index) : source.node->name();
  }

  Shape shape_;
};

Status ensure_shape_shape(ShapeContext& c) {
  Shape merged;
  if (c.concrete()) {
    merged = c.input(0);
  } else {
    const Shape wanted = c.attr_or("shape", Shape::unknown());
    // TensorFlow takes "any rank" for a rank here.
    if (c.input(0).known_rank() && c.input(0).rank() != wanted.rank()) {
      return invalid_argument("Shape must be rank {} but is rank {}", wanted.rank(), c.input(0).rank());
    }
    RETURN_IF_ERROR(c.merge(wanted, c.input(0), &merged));
  }
  c.set_output(0, std::move(merged));
  return OkStatus();
}

REFLOW_OP("EnsureShape")
    .input("input: T")
    .output("output: T")
    .attr("shape: shape")
    .attr("T: type")
    .doc("Its input, after it was checked to have the shape `shape`, which may be partial.")
    .shape(ensure_shape_shape)
    .kernel<EnsureShape>(kCpu)
    .sets_outputs()
    .gradient([](GradContext& g) { g.dx(0) = g.dy_gradient(0); });

template <typename T>
class CheckNumerics : public Kernel {
 public:
  explicit CheckNumerics(KernelInit& c) : message_(c.attr<std::string>("message")) {}

  Status compute(KernelContext& c) override {
    bool nan = false, inf = false;
    for (const T& value : c.input(0).flat<T>()) {
      const auto v = static_cast<std::conditional_t<sizeof(T) == 8, double, float>>(value);
      nan |= std::isnan(v);
      inf |= std::isinf(v);
    }
    if (nan || inf) {
      return invalid_argument("{} : Tensor had {} values", message_, nan ? (inf ? "Inf and NaN" : "NaN") : "Inf");
    }
    c.set_output(0, c.input(0));
    return OkStatus();
  }

 private:
  std::string message_;
};

REFLOW_OP("CheckNumerics")
    .input("tensor: T")
    .output("output: T")
    .attr("T: {bfloat16, half, float, double}")
    .attr("message: string")
    .stateful()
    .doc("Its input, after it was checked to have no infinity and no NaN; else an error that begins with `message`.")
    .shape(unchanged_shape)
    .kernel<CheckNumerics>(kCpu, kFloatTypes)
    .sets_outputs()
    .gradient([](GradContext& g) {
      g.dx(0) = g.op("CheckNumerics", {g.dy(0)},
                     {{"message", "Not a number (NaN) or infinity (Inf) values detected in gradient. b'" +
                                      g.attr<std::string>("message") + "'"}});  // as Python prints its bytes
    });

// Of types of different sizes the innermost dimension takes up the difference.
Status bitcast_shape(ShapeContext& c) {
  const DType in_type = c.attr_or("T", DType::kFloat32), out_type = c.attr_or("type", DType::kFloat32);
  const int from = dtype_size(in_type), to = dtype_size(out_type);
  Shape out = c.input(0);
  if (from > to) {
    if (out.known_rank()) out.add_dim(from / to);
  } else if (from < to) {
    if (c.concrete() && (out.rank() == 0 || out.dim(out.rank() - 1) != to / from)) {
      return invalid_argument("Cannot bitcast from {} to {}", static_cast<int>(in_type), static_cast<int>(out_type));
    }
    RETURN_IF_ERROR(c.with_rank_at_least(out, 1, &out));
    if (out.known_rank()) {
      const int64_t last = out.dim(out.rank() - 1);
      if (last >= 0 && last != to / from) {
        return invalid_argument("Cannot bitcast due to shape. {} does not match {}", last, to / from);
      }
      out.remove_dim(out.rank() - 1);
    }
  }
  c.set_output(0, std::move(out));
  return OkStatus();
}

class Bitcast : public Kernel {
 public:
  explicit Bitcast(KernelInit& c) : type_(c.attr<DType>("type")) {}
  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    const int from = dtype_size(in.dtype()), to = dtype_size(type_);
    Shape shape = in.shape();
    if (from > to) {
      shape.add_dim(from / to);
    } else if (from < to) {
      if (shape.rank() == 0 || shape.dim(shape.rank() - 1) != to / from) {
        return invalid_argument("Cannot bitcast from {} to {}", static_cast<int>(in.dtype()), static_cast<int>(type_));
      }
      shape.remove_dim(shape.rank() - 1);
    }
    c.set_output(0, Tensor(type_, std::move(shape), in.buffer(), const_cast<void*>(in.raw_data())));
    return OkStatus();
  }

 private:
  DType type_;
};

REFLOW_OP("Bitcast")
    .input("input: T")
    .output("output: type")
    .attr("T: {bfloat16, half, float, double, int64, int32, uint8, uint16, uint32, uint64, int8, int16, complex64, "
          "complex128, qint8, quint8, qint16, quint16, qint32}")
    .attr("type: {bfloat16, half, float, double, int64, int32, uint8, uint16, uint32, uint64, int8, int16, complex64, "
          "complex128, qint8, quint8, qint16, quint16, qint32}")
    .doc("The bits of `input` taken for elements of `type`. To a smaller type adds a dimension, to a larger one takes the "
         "last dimension away.")
    .shape(bitcast_shape)
    .kernel<Bitcast>(kCpu)
    .sets_outputs();

}  // namespace
}  // namespace reflow::ops
