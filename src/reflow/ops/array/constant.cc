// Const, and tensors of one repeated value: Fill, ZerosLike, OnesLike, Empty.

#include <algorithm>
#include <cstring>
#include <memory>

#include "reflow/op/elements.h"
#include "reflow/op/indices.h"
#include "reflow/op/op.h"
#include "reflow/op/variant_ops.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class Const : public Kernel {
 public:
  explicit Const(KernelInit& c) : value_(c.attr<Tensor>("value")) {}
  Status compute(KernelContext& c) override {
    c.set_output(0, value_);
    return OkStatus();
  }
  const Tensor* constant() const override { return &value_; }

 private:
  Tensor value_;
};

Status const_shape(ShapeContext& c) {
  const AttrValue* value = c.node().find_attr("value");
  const Tensor* tensor = value ? value->get<Tensor>() : nullptr;
  if (tensor == nullptr) return invalid_argument("Const '{}' has no value", c.node().name());
  c.set_output(0, tensor->shape());
  return OkStatus();
}

REFLOW_OP("Const")
    .output("output: dtype")
    .attr("value: tensor")
    .attr("dtype: type")
    .doc("The tensor `value`.")
    .shape(const_shape)
    .kernel<Const>(kCpu)
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("HostConst")
    .output("output: dtype")
    .attr("value: tensor")
    .attr("dtype: type")
    .doc("The tensor `value`, in the memory of the CPU.")
    .shape(const_shape)
    .kernel<Const>(kCpu)
    .sets_outputs();

// Dimensions given as values. When the op runs, a negative one is an error in the words of its kernel.
Status shape_from_dims(ShapeContext& c, int i, std::string_view name, Shape* out) {
  if (!c.concrete() || c.value(i) == nullptr) return c.value_as_shape(i, out);
  const Tensor& dims = *c.value(i);
  if (dims.rank() != 1) {
    return invalid_argument("{} must be a vector, got shape {}", name, dims.shape().str());
  }
  const IndexReader sizes(dims);
  for (int64_t d = 0; d < sizes.size(); ++d) {
    if (sizes[d] < 0) return invalid_argument("Dimension {} must be >= 0", sizes[d]);
  }
  return c.value_as_shape(i, out);
}

class Fill : public Kernel {
 public:
  explicit Fill(KernelInit& c)
      : fill_(with_element(c.node().output_type(0), []<typename E>() -> FillFn {
          return [](KernelContext& c, Tensor& out, const Tensor& value) {
            E* to = static_cast<E*>(out.raw_data());
            const E& v = *static_cast<const E*>(value.raw_data());
            c.pool().parallel_for(out.num_elements(), kCopyCostNs<E>,
                                  [to, &v](int64_t begin, int64_t end) { std::fill(to + begin, to + end, v); });
          };
        })) {}

  Status compute(KernelContext& c) override {
    if (c.input(1).rank() != 0) {
      return invalid_argument("value must be a scalar, got shape {}", c.input(1).shape().str());
    }
    fill_(c, c.output(0), c.input(1));
    return OkStatus();
  }

 private:
  using FillFn = void (*)(KernelContext&, Tensor&, const Tensor&);
  FillFn fill_;
};

Status fill_shape(ShapeContext& c) {
  Shape out, scalar;
  if (!c.concrete()) {
    Shape vector;
    RETURN_IF_ERROR(c.with_rank(c.input(0), 1, &vector));
    RETURN_IF_ERROR(c.with_rank(c.input(1), 0, &scalar));
    if (const Tensor* dims = c.value(0)) {
      const IndexReader sizes(*dims);
      for (int64_t d = 0; d < sizes.size(); ++d) {
        if (sizes[d] < 0) {
          RETURN_IF_ERROR(c.value_as_shape(0, &out));  // so that the message shows the partial shape
          return invalid_argument("Fill dimensions must be >= 0");
        }
      }
    }
  }
  RETURN_IF_ERROR(shape_from_dims(c, 0, "dims", &out));
  c.set_output(0, std::move(out));
  return OkStatus();
}

REFLOW_OP("Fill")
    .input("dims: index_type")
    .input("value: T")
    .output("output: T")
    .attr("T: type")
    .attr("index_type: {int32, int64} = DT_INT32")
    .doc("A tensor of the shape `dims`, each element of which is the scalar `value`.")
    .shape(fill_shape)
    .kernel<Fill>(kCpu)
    .gradient([](GradContext& g) {
      const Shape& shape = g.dy(0).shape();
      if (shape.known_rank()) {
        std::vector<int64_t> axes(shape.rank());
        for (int d = 0; d < shape.rank(); ++d) axes[d] = d;
        g.dx(1) = g.reduce_sum(g.dy(0), g.constant_ints(axes));
        return;
      }
      const Endpoint rank = g.rank(g.dy(0));
      Endpoint axes;
      {
        GradContext::Scope scope(g.graph(), "range");
        const Endpoint start = g.constant(0, DType::kInt32, "start"), delta = g.constant(1, DType::kInt32, "delta");
        axes = g.op("Range", {start, rank, delta}, {}, scope.name());
      }
      g.dx(1) = g.reduce_sum(g.dy(0), axes);
    });

class ZerosLike : public Kernel {
 public:
  explicit ZerosLike(KernelInit&) {}
  Status compute(KernelContext& c) override {
    Tensor& out = c.output(0);
    if (is_plain(out.dtype())) {
      auto* to = static_cast<char*>(out.raw_data());
      c.pool().parallel_for(out.size_bytes(), 0.1, [to](int64_t begin, int64_t end) {
        std::memset(to + begin, 0, static_cast<size_t>(end - begin));
      });
    } else if (out.dtype() == DType::kString) {
      for (std::string& s : out.flat<std::string>()) s.clear();
    } else {
      ASSIGN_OR_RETURN(Tensor zeros, zeros_like(c.input(0)));
      for (int64_t i = 0; i < zeros.num_elements(); ++i) out.data<Variant>()[i] = zeros.data<Variant>()[i];
    }
    return OkStatus();
  }
};

REFLOW_OP("ZerosLike")
    .input("x: T")
    .output("y: T")
    .attr("T: type")
    .doc("Zeros in the shape and type of `x`.")
    .shape(unchanged_shape)
    .kernel_for<ZerosLike>(kCpu, kPlainTypes + Types<std::string, Variant>{})
    .in_place(0, 0)
    .not_differentiable();

template <typename T>
class OnesLike : public Kernel {
 public:
  explicit OnesLike(KernelInit&) {}
  Status compute(KernelContext& c) override {
    T* out = c.output(0).data<T>();
    c.pool().parallel_for(c.output(0).num_elements(), kCopyCostNs<T>,
                          [out](int64_t begin, int64_t end) { std::fill(out + begin, out + end, T(1)); });
    return OkStatus();
  }
};

REFLOW_OP("OnesLike")
    .input("x: T")
    .output("y: T")
    .attr("T: {bfloat16, half, float, double, int8, uint8, int16, uint16, int32, int64, complex64, complex128, bool}")
    .doc("Ones in the shape and type of `x`.")
    .shape(unchanged_shape)
    .kernel<OnesLike>(kCpu, kNumberTypes + Types<bool>{})
    .in_place(0, 0)
    .not_differentiable();

class Empty : public Kernel {
 public:
  explicit Empty(KernelInit& c) : init_(c.attr<bool>("init")) {}
  Status compute(KernelContext& c) override {
    Tensor& out = c.output(0);
    if (init_ && is_plain(out.dtype())) std::memset(out.raw_data(), 0, static_cast<size_t>(out.size_bytes()));
    return OkStatus();
  }

 private:
  bool init_;
};

Status empty_shape(ShapeContext& c) {
  Shape out;
  RETURN_IF_ERROR(shape_from_dims(c, 0, "shape", &out));
  c.set_output(0, std::move(out));
  return OkStatus();
}

REFLOW_OP("Empty")
    .input("shape: int32")
    .output("output: dtype")
    .attr("dtype: type")
    .attr("init: bool = false")
    .stateful()
    .doc("A tensor of the shape `shape` with elements of no particular value, or zeros if `init` is set.")
    .shape(empty_shape)
    .kernel<Empty>(kCpu);

}  // namespace
}  // namespace reflow::ops
