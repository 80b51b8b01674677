// Slices of a tensor by index vectors: GatherNd takes them out, ScatterNd and TensorScatter* put them in.

#include <cstring>
#include <mutex>
#include <string>

#include "reflow/op/elements.h"
#include "reflow/op/indices.h"
#include "reflow/op/late_slices.h"
#include "reflow/op/op.h"
#include "reflow/op/scatter.h"
#include "reflow/op/variable.h"
#include "reflow/op/wrapping.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// ---- GatherNd

using GatherNdFn = void (*)(ThreadPool&, const NdIndices&, const void* params, void* out);
GatherNdFn gather_nd_fn(DType type) {
  return with_element(type, []<typename E>() -> GatherNdFn {
    return [](ThreadPool& pool, const NdIndices& at, const void* params, void* out) {
      const int64_t size = at.slice_size();
      pool.parallel_for(at.num_indices(), kCopyCostNs<E> * size + 5, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
          copy_elements(static_cast<E*>(out) + i * size, static_cast<const E*>(params) + at.offset(i), size);
        }
      });
    };
  });
}

Status gather_nd(KernelContext& c, GatherNdFn fn, const Tensor& params, const Tensor& indices, Tensor& out) {
  const NdIndices at(indices, params.shape());
  if (at.num_indices() > 0 && params.num_elements() == 0) {
    return invalid_argument("Requested more than 0 entries, but params is empty.  Params shape: {}",
                            params.shape().str());
  }
  RETURN_IF_ERROR(at.check("param shape"));
  if (out.num_elements() > 0) fn(c.pool(), at, params.raw_data(), out.raw_data());
  return OkStatus();
}

Status gathered_nd_shape(const Shape& params, const Shape& indices, Shape* out) {
  if (params.rank() < 1) return invalid_argument("params must be at least a vector");
  if (indices.rank() < 1) return invalid_argument("indices must be at least a vector");
  const int outer = indices.rank() - 1;
  const int64_t depth = indices.dim(outer);
  if (depth > params.rank()) {
    return invalid_argument("index innermost dimension length must be <= params rank; saw: {} vs. {}", depth,
                            params.rank());
  }
  *out = indices.sub_shape(0, outer);
  for (int d = static_cast<int>(depth); d < params.rank(); ++d) out->add_dim(params.dim(d));
  return OkStatus();
}

Status infer_gather_nd(ShapeContext& c, const Shape& params, const Shape& indices) {
  Shape out;
  if (c.concrete() && params.known_rank()) {
    RETURN_IF_ERROR(gathered_nd_shape(params, indices, &out));
    c.set_output(0, std::move(out));
    return OkStatus();
  }
  Shape p, i;
  RETURN_IF_ERROR(c.with_rank_at_least(indices, 1, &i));
  if (!i.known_rank() || !params.known_rank() || i.dim(i.rank() - 1) < 0) {
    c.set_output(0, Shape::unknown());
    return OkStatus();
  }
  if (i.dim(i.rank() - 1) > params.rank()) {
    return invalid_argument("indices.shape[-1] must be <= params.rank, but saw indices shape: {} and params shape: {}",
                            i.str(), params.str());
  }
  out = i.sub_shape(0, i.rank() - 1);
  for (int d = static_cast<int>(i.dim(i.rank() - 1)); d < params.rank(); ++d) out.add_dim(params.dim(d));
  c.set_output(0, std::move(out));
  return OkStatus();
}

Status gather_nd_shape(ShapeContext& c) { return infer_gather_nd(c, c.input(0), c.input(1)); }

class GatherNd : public Kernel {
 public:
  explicit GatherNd(KernelInit& c) : gather_(gather_nd_fn(c.node().output_type(0))) {}
  Status compute(KernelContext& c) override { return gather_nd(c, gather_, c.input(0), c.input(1), c.output(0)); }

 private:
  GatherNdFn gather_;
};

// Where each index names a whole row, the gradient is those rows.
void set_gather_nd_gradient(GradContext& g, Endpoint shape) {
  const Shape& indices = g.x(1).shape();
  if (indices.rank() == 2 && indices.dim(1) == 1) {
    g.dx(0) = Gradient(dense_dy(g, 0), g.op("Squeeze", {g.x(1)}, {{"squeeze_dims", std::vector<int64_t>{-1}}}), shape);
  } else {
    g.dx(0) = g.op("ScatterNd", {g.x(1), g.dy(0), shape});
  }
}

REFLOW_OP("GatherNd")
    .input("params: Tparams")
    .input("indices: Tindices")
    .output("output: Tparams")
    .attr("Tparams: type")
    .attr("Tindices: {int32, int64}")
    .doc("The slices of `params` that the index vectors in the last dimension of `indices` name.")
    .shape(gather_nd_shape)
    .kernel<GatherNd>(kCpu)
    .gradient([](GradContext& g) { set_gather_nd_gradient(g, g.shape(g.x(0), g.x(1).dtype())); });

class ResourceGatherNd : public Kernel {
 public:
  explicit ResourceGatherNd(KernelInit& c) : gather_(gather_nd_fn(c.node().output_type(0))) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(Variable * variable, initialized_resource_variable(c, 0));
    Tensor params;
    {
      std::lock_guard lock(variable->mutex);
      params = variable->tensor;
    }
    if (params.dtype() != c.node().output_type(0)) {
      return invalid_argument("Trying to read variable with wrong dtype. Expected {} got {}",
                              dtype_spec_name(params.dtype()), dtype_spec_name(c.node().output_type(0)));
    }
    Shape shape;
    RETURN_IF_ERROR(gathered_nd_shape(params.shape(), c.input(1).shape(), &shape));
    RETURN_IF_ERROR(c.allocate_output(0, shape));
    return gather_nd(c, gather_, params, c.input(1), c.output(0));
  }

 private:
  GatherNdFn gather_;
};

Status resource_gather_nd_shape(ShapeContext& c) {
  Shape params;
  RETURN_IF_ERROR(handle_shape(c, 0, c.attr_or("dtype", DType::kInvalid), &params));
  return infer_gather_nd(c, params, c.input(1));
}

REFLOW_OP("ResourceGatherNd")
    .input("resource: resource")
    .input("indices: Tindices")
    .output("output: dtype")
    .attr("dtype: type")
    .attr("Tindices: {int32, int64}")
    .stateful()
    .doc("The slices of a resource variable that the index vectors in the last dimension of `indices` name.")
    .shape(resource_gather_nd_shape)
    .kernel<ResourceGatherNd>(kCpu)
    .sets_outputs()
    .gradient([](GradContext& g) {
      const Shape known = handle_data(g.node(), 0).shape;
      const DType index = g.x(1).dtype();
      set_gather_nd_gradient(g, known.fully_defined() ? g.constant_ints({known.begin(), known.end()}, index)
                                                      : g.op("VariableShape", {g.x(0)}, {{"out_type", index}}));
    });

// ---- Scatter

// What the kernel demands of indices and updates for an output of `shape`.
Status check_scatter(const Shape& shape, const Shape& indices, const Shape& updates) {
  if (indices.rank() < 1) return invalid_argument("Indices shape must have rank at least one. Found:{}", indices.str());
  if (updates.rank() < 1) return invalid_argument("Updates shape must have rank at least one. Found:{}", updates.str());
  if (shape.num_elements() == 0 && (indices.num_elements() > 0 || updates.num_elements() > 0)) {
    return invalid_argument("Indices and updates specified for empty output.  indices shape: {}", indices.str());
  }
  const int outer = indices.rank() > 1 ? indices.rank() - 1 : 1;
  const int64_t depth = indices.rank() > 1 ? indices.dim(indices.rank() - 1) : 1;
  bool fits = updates.rank() >= outer;
  for (int d = 0; fits && d < outer; ++d) fits = indices.dim(d) == updates.dim(d);
  if (!fits) {
    return invalid_argument("Outer dimensions of indices and update must match. Indices shape: {}, updates shape:{}",
                            indices.str(), updates.str());
  }
  const int inner = updates.rank() - outer;
  fits = depth + inner == shape.rank();
  for (int d = 0; fits && d < inner; ++d) fits = updates.dim(outer + d) == shape.dim(static_cast<int>(depth) + d);
  if (fits) return OkStatus();
  return invalid_argument(
      "Inner dimensions of output shape must match inner dimensions of updates shape. Output: {} updates: {}",
      shape.str(), updates.str());
}

// The same with what is known while the graph is built; `what` names the shape in messages.
Status check_partial_scatter(ShapeContext& c, const Shape& shape, const Shape& indices, const Shape& updates,
                             std::string_view what) {
  if (!indices.known_rank() || !updates.known_rank()) return OkStatus();
  const int outer = indices.rank() - 1;
  if (updates.rank() < outer) return OkStatus();
  Shape merged;
  if (Status s = c.merge(indices.sub_shape(0, outer), updates.sub_shape(0, outer), &merged); !s.ok()) {
    return invalid_argument(
        "The outer {} dimensions of indices.shape={} must match the outer {} dimensions of updates.shape={}: {}", outer,
        indices.str(), outer, updates.str(), message_of(s));
  }
  const int64_t depth = indices.dim(outer);
  if (!shape.known_rank() || depth < 0 || depth > shape.rank()) return OkStatus();
  const Shape inner_shape = shape.sub_shape(static_cast<int>(depth), shape.rank());
  const Shape inner_updates = updates.sub_shape(outer, updates.rank());
  if (Status s = c.merge(inner_shape, inner_updates, &merged); !s.ok()) {
    return invalid_argument(
        "The inner {} dimensions of {}.shape={} must match the inner {} dimensions of updates.shape={}: {}",
        inner_shape.rank(), what, shape.str(), inner_updates.rank(), updates.str(), message_of(s));
  }
  return OkStatus();
}

// Combines the updates into `out`, which has its shape and what it had before.
template <typename F, typename T>
Status scatter(Tensor& out, const Tensor& indices, const Tensor& updates) {
  RETURN_IF_ERROR(check_scatter(out.shape(), indices.shape(), updates.shape()));
  if (indices.num_elements() == 0 || updates.num_elements() == 0) return OkStatus();
  const NdIndices at(indices, out.shape(), NdIndices::Vector::kIsScalars);
  RETURN_IF_ERROR(at.check("shape"));
  T* to = static_cast<T*>(out.raw_data());
  const T* from = static_cast<const T*>(updates.raw_data());
  const int64_t size = at.slice_size();
  for (int64_t i = 0; i < at.num_indices(); ++i) scatter_row<F>(to + at.offset(i), from + i * size, size, false);
  return OkStatus();
}

// Repeated indices add up; of bools and strings too, as TensorFlow has it.
struct Sum {
  template <typename T>
  static T apply(T a, T b) { return wrapping_sum(a, b); }
};
template <>
bool Sum::apply<bool>(bool a, bool b) { return a || b; }

template <typename T>
class ScatterNd : public Kernel {
 public:
  explicit ScatterNd(KernelInit&) {}
  Status compute(KernelContext& c) override {
    Tensor& out = c.output(0);
    const bool has_indices = c.input(0).num_elements() > 0, has_updates = c.input(1).num_elements() > 0;
    if ((has_indices || has_updates) && !(has_indices && has_updates && c.input(2).num_elements() > 0)) {
      return invalid_argument("Indices and updates specified for empty output shape");
    }
    if constexpr (std::is_same_v<T, std::string>) {
      for (std::string& s : out.flat<std::string>()) s.clear();
    } else {
      std::memset(out.raw_data(), 0, static_cast<size_t>(out.size_bytes()));
    }
    return scatter<Sum, T>(out, c.input(0), c.input(1));
  }
};

Status scatter_nd_shape(ShapeContext& c) {
  Shape indices = c.input(0), updates = c.input(1), out;
  if (c.concrete()) {
    if (const Tensor* sizes = c.value(2)) {
      if (sizes->rank() != 1) return invalid_argument("Shape must be a vector");
      const IndexReader size(*sizes);
      for (int64_t d = 0; d < size.size(); ++d) {
        if (size[d] < 0) return invalid_argument("Dimension {} must be >= 0", size[d]);
      }
    }
    RETURN_IF_ERROR(c.value_as_shape(2, &out));
    c.set_output(0, std::move(out));
    return OkStatus();
  }
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), 1, &indices));
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(1), 1, &updates));
  RETURN_IF_ERROR(c.value_as_shape(2, &out));
  if (out.fully_defined() && out.num_elements() == 0) {
    const auto has_elements = [](const Shape& s) { return s.fully_defined() && s.num_elements() > 0; };
    if (has_elements(indices) || has_elements(updates)) {
      return invalid_argument("Indices and updates specified for empty output shape");
    }
  }
  RETURN_IF_ERROR(check_partial_scatter(c, out, indices, updates, "output"));
  c.set_output(0, std::move(out));
  return OkStatus();
}

REFLOW_OP("ScatterNd")
    .input("indices: Tindices")
    .input("updates: T")
    .input("shape: Tindices")
    .output("output: T")
    .attr("T: type")
    .attr("Tindices: {int32, int64}")
    .doc("Zeros of the shape `shape`, to which `updates` are added at the slices that the index vectors in the last "
         "dimension of `indices` name.")
    .shape(scatter_nd_shape)
    .kernel<ScatterNd>(kCpu, kNumberTypes + Types<bool, std::string>{})
    .gradient([](GradContext& g) { g.dx(1) = g.op("GatherNd", {g.dy(0), g.x(0)}); });

Status tensor_scatter_shape(ShapeContext& c) {
  if (!c.concrete()) {
    Shape tensor, indices, updates;
    RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), 1, &tensor));
    RETURN_IF_ERROR(c.with_rank_at_least(c.input(1), 1, &indices));
    RETURN_IF_ERROR(c.with_rank_at_least(c.input(2), 1, &updates));
    RETURN_IF_ERROR(check_partial_scatter(c, tensor, indices, updates, "output"));
  }
  c.set_output(0, c.input(0));
  return OkStatus();
}

using ScatterFn = Status (*)(Tensor&, const Tensor&, const Tensor&);

Status scatter_into_copy(KernelContext& c, ScatterFn fn) {
  Tensor out = c.input(0).copy();
  RETURN_IF_ERROR(fn(out, c.input(1), c.input(2)));
  c.set_output(0, std::move(out));
  return OkStatus();
}

class TensorScatterUpdate : public Kernel {
 public:
  explicit TensorScatterUpdate(KernelInit& c)
      : scatter_(with_element(c.node().output_type(0),
                              []<typename E>() -> ScatterFn { return &scatter<ScatterAssign, E>; })) {}
  Status compute(KernelContext& c) override { return scatter_into_copy(c, scatter_); }

 private:
  ScatterFn scatter_;
};

template <typename F, typename T>
class TensorScatter : public Kernel {
 public:
  explicit TensorScatter(KernelInit&) {}
  Status compute(KernelContext& c) override { return scatter_into_copy(c, &scatter<F, T>); }
};
template <typename T>
using TensorScatterAdd = TensorScatter<Sum, T>;
template <typename T>
using TensorScatterSub = TensorScatter<ScatterSub, T>;

REFLOW_OP("TensorScatterUpdate")
    .input("tensor: T")
    .input("indices: Tindices")
    .input("updates: T")
    .output("output: T")
    .attr("T: type")
    .attr("Tindices: {int32, int64}")
    .doc("`tensor`, in which the slices that the index vectors in `indices` name are `updates`.")
    .shape(tensor_scatter_shape)
    .kernel<TensorScatterUpdate>(kCpu)
    .sets_outputs()
    .gradient([](GradContext& g) {
      const Endpoint updates = g.op("GatherNd", {g.dy(0), g.x(1)});
      const Endpoint rest = g.op("Identity", {g.dy(0)});
      g.dx(0) = g.op("TensorScatterUpdate", {rest, g.x(1), g.zeros_like(g.x(2))});
      g.dx(2) = updates;
    });

REFLOW_OP("TensorScatterAdd")
    .input("tensor: T")
    .input("indices: Tindices")
    .input("updates: T")
    .output("output: T")
    .attr("T: type")
    .attr("Tindices: {int32, int64}")
    .doc("`tensor`, with `updates` added to the slices that the index vectors in `indices` name.")
    .shape(tensor_scatter_shape)
    .kernel<TensorScatterAdd>(kCpu, kNumberTypes + Types<bool, std::string>{})
    .sets_outputs()
    .gradient([](GradContext& g) {
      g.dx(2) = g.op("GatherNd", {g.dy(0), g.x(1)});
      g.dx(0) = g.op("Identity", {g.dy(0)});
    });

REFLOW_OP("TensorScatterSub")
    .input("tensor: T")
    .input("indices: Tindices")
    .input("updates: T")
    .output("output: T")
    .attr("T: type")
    .attr("Tindices: {int32, int64}")
    .doc("`tensor`, with `updates` subtracted from the slices that the index vectors in `indices` name.")
    .shape(tensor_scatter_shape)
    .kernel<TensorScatterSub>(kCpu, kNumberTypes)
    .sets_outputs()
    .gradient([](GradContext& g) {
      const Endpoint updates = g.op("GatherNd", {g.dy(0), g.x(1)});
      g.dx(0) = g.op("Identity", {g.dy(0)});
      g.dx(2) = g.op("Neg", {updates});
    });

REFLOW_OP("ScatterNdNonAliasingAdd")
    .input("input: T")
    .input("indices: Tindices")
    .input("updates: T")
    .output("output: T")
    .attr("T: {float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, bfloat16, uint16, "
          "complex128, half, uint32, uint64, bool}")
    .attr("Tindices: {int32, int64}")
    .doc("`input`, with `updates` added to the slices that the index vectors in `indices` name.")
    .shape(tensor_scatter_shape)
    .kernel<TensorScatterAdd>(kCpu, kNumberTypes + Types<bool>{})
    .sets_outputs()
    .gradient([](GradContext& g) {
      g.dx(0) = g.dy(0);
      g.dx(2) = g.op("GatherNd", {g.dy(0), g.x(1)});
    });

}  // namespace
}  // namespace reflow::ops
