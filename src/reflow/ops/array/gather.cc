// Rows of a tensor by their indices: Gather, GatherV2 along any axis, ResourceGather out of a variable.

#include <algorithm>
#include <limits>
#include <mutex>
#include <string>

#include "reflow/op/elements.h"
#include "reflow/op/indices.h"
#include "reflow/op/op.h"
#include "reflow/op/variable.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// out[o, i, :] = params[o, indices[b, i], :], where b is the batch that o lies in: params is [batches * outer, rows, inner].
struct GatherSizes {
  int64_t batches = 1, outer = 1, rows = 1, inner = 1, indices_in_batch = 1;
};

using GatherFn = void (*)(ThreadPool&, const GatherSizes&, const void* params, const Tensor& indices, void* out);

template <typename E, typename I>
void gather_rows(ThreadPool& pool, const GatherSizes& s, const E* params, const I* indices, E* out) {
  const int64_t n = s.indices_in_batch;
  pool.parallel_for(s.batches * s.outer * n, kCopyCostNs<E> * s.inner + 3, [&](int64_t begin, int64_t end) {
    int64_t o = begin / n, i = begin % n;
    for (int64_t at = begin; at < end; ++at) {
      const int64_t row = indices[o / s.outer * n + i];
      copy_elements(out + at * s.inner, params + (o * s.rows + row) * s.inner, s.inner);
      if (++i == n) {
        i = 0;
        ++o;
      }
    }
  });
}

GatherFn gather_fn(DType type) {
  return with_element(type, []<typename E>() -> GatherFn {
    return [](ThreadPool& pool, const GatherSizes& s, const void* params, const Tensor& indices, void* out) {
      const E* p = static_cast<const E*>(params);
      if (indices.dtype() == DType::kInt64) {
        gather_rows(pool, s, p, indices.data<int64_t>(), static_cast<E*>(out));
      } else {
        gather_rows(pool, s, p, indices.data<int32_t>(), static_cast<E*>(out));
      }
    };
  });
}

int64_t product(const Shape& shape, int begin, int end) {
  int64_t n = 1;
  for (int d = begin; d < end; ++d) n *= shape.dim(d);
  return n;
}

// Gathers along `axis` into `out`, which has the right shape.
Status gather(KernelContext& c, GatherFn fn, const Tensor& params, const Tensor& indices, int axis, int batch_dims,
              Tensor& out) {
  RETURN_IF_ERROR(check_rows(indices, params.dim(axis)));
  if (out.num_elements() == 0) return OkStatus();
  GatherSizes s;
  s.batches = product(params.shape(), 0, batch_dims);
  s.outer = product(params.shape(), batch_dims, axis);
  s.rows = params.dim(axis);
  s.inner = product(params.shape(), axis + 1, params.rank());
  s.indices_in_batch = product(indices.shape(), batch_dims, indices.rank());
  fn(c.pool(), s, params.raw_data(), indices, out.raw_data());
  return OkStatus();
}

Shape gathered_shape(const Shape& params, const Shape& indices, int axis, int batch_dims) {
  Shape out = params.sub_shape(0, axis);
  for (int d = batch_dims; d < indices.rank(); ++d) out.add_dim(indices.dim(d));
  for (int d = axis + 1; d < params.rank(); ++d) out.add_dim(params.dim(d));
  return out;
}

class Gather : public Kernel {
 public:
  explicit Gather(KernelInit& c)
      : batch_dims_(c.attr_or<int64_t>("batch_dims", 0)), gather_(gather_fn(c.node().output_type(0))) {}

  Status compute(KernelContext& c) override {
    const Tensor &params = c.input(0), &indices = c.input(1);
    int64_t axis = 0, batch_dims = batch_dims_;
    if (c.num_inputs() == 3) {
      axis = IndexReader(c.input(2))[0];
      if (axis < 0) axis += params.rank();
      if (batch_dims < 0) batch_dims += indices.rank();
    }
    return gather(c, gather_, params, indices, static_cast<int>(axis), static_cast<int>(batch_dims), c.output(0));
  }

 private:
  int64_t batch_dims_;
  GatherFn gather_;
};

Status gather_shape(ShapeContext& c) {
  if (c.concrete() && c.input(0).rank() < 1) {
    return invalid_argument("params must be at least 1 dimensional");
  }
  Shape params;
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), 1, &params));
  if (!params.known_rank() || !c.input(1).known_rank()) {
    c.set_output(0, Shape::unknown());
    return OkStatus();
  }
  c.set_output(0, gathered_shape(params, c.input(1), 0, 0));
  return OkStatus();
}

// How many dimensions there are at least where `axis` is one of them.
int rank_for(int64_t axis) {
  constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
  return static_cast<int>(axis < 0 ? -std::max(axis, -kMost) : std::min(axis, kMost - 1) + 1);
}

// What axis and batch_dims have to be.
Status check_gather(bool concrete, const Shape& params, const Shape& indices, int64_t axis, int64_t batch_dims) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  const int64_t rank = params.rank();
  const int64_t min_rank = axis < 0 ? -std::max(axis, -kMost) : std::min(axis, kMost - 1) + 1;
  const int64_t b = batch_dims < 0 ? batch_dims + indices.rank() : std::min(batch_dims, kMost - 1);
  if (concrete) {
    if (axis < -rank || axis >= rank) {
      return invalid_argument("Expected axis in the range [{}, {}), but got {}", -rank, rank, axis);
    }
    if (batch_dims != 0 && (batch_dims < -indices.rank() || batch_dims >= indices.rank())) {
      return invalid_argument("Expected batch_dims in the range [{}, {}), but got {}", -indices.rank(), indices.rank(),
                              batch_dims);
    }
    if (b >= rank) return invalid_argument("batch_dims ({}) must be less than rank(params) ({}).", b, rank);
    const int64_t at = axis < 0 ? axis + rank : axis;
    if (at < b) return invalid_argument("batch_dims ({}) must be less than or equal to axis ({}).", b, at);
  } else {
    if (rank < min_rank) return invalid_argument("Shape must be at least rank {} but is rank {}", min_rank, rank);
    if (rank < b + 1) return invalid_argument("Shape must be at least rank {} but is rank {}", b + 1, rank);
    if (b < 0 || b > indices.rank()) {
      return invalid_argument("Shape must be at least rank {} but is rank {}", b, indices.rank());
    }
  }
  for (int d = 0; d < b; ++d) {
    if (params.dim(d) >= 0 && indices.dim(d) >= 0 && params.dim(d) != indices.dim(d)) {
      return invalid_argument("params.shape[{}]: {} should be equal to indices.shape[{}]: {}", d, params.dim(d), d,
                              indices.dim(d));
    }
  }
  return OkStatus();
}

Status gather_v2_shape(ShapeContext& c) {
  Shape params, indices = c.input(1);
  if (c.concrete() && c.input(0).rank() < 1) return invalid_argument("params must be at least 1 dimensional");
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), 1, &params));
  const int64_t batch_dims = c.attr_or<int64_t>("batch_dims", 0);
  const Tensor* value = c.value(2);
  if (c.concrete()) {
    if (c.input(2).rank() != 0) return invalid_argument("axis must be scalar");
  } else {
    Shape scalar;
    RETURN_IF_ERROR(c.with_rank(c.input(2), 0, &scalar));
  }
  if (value == nullptr) {
    if (!params.known_rank() || !indices.known_rank()) {
      c.set_output(0, Shape::unknown());
    } else {
      // As TensorFlow has it, batch_dims doesn't count here.
      c.set_output(0, c.concrete() ? Shape::unknown() : Shape::unknown_of_rank(params.rank() + indices.rank() - 1));
    }
    return OkStatus();
  }
  int64_t axis = IndexReader(*value)[0];
  if (!params.known_rank() || !indices.known_rank()) {
    RETURN_IF_ERROR(c.with_rank_at_least(params, rank_for(axis), &params));
    c.set_output(0, Shape::unknown());
    return OkStatus();
  }
  RETURN_IF_ERROR(check_gather(c.concrete(), params, indices, axis, batch_dims));
  if (axis < 0) axis += params.rank();
  if (axis < batch_dims) {
    c.set_output(0, Shape::unknown());  // the kernel says what is wrong
    return OkStatus();
  }
  c.set_output(0, gathered_shape(params, indices, static_cast<int>(axis),
                                 static_cast<int>(batch_dims < 0 ? batch_dims + indices.rank() : batch_dims)));
  return OkStatus();
}

class ResourceGather : public Kernel {
 public:
  explicit ResourceGather(KernelInit& c)
      : batch_dims_(c.attr<int64_t>("batch_dims")), gather_(gather_fn(c.node().output_type(0))) {}

  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(Variable * variable, initialized_resource_variable(c, 0));
    Tensor params;
    {
      std::lock_guard lock(variable->mutex);
      params = variable->tensor;
    }
    const Tensor& indices = c.input(1);
    if (params.rank() < 1) return invalid_argument("params must be at least 1 dimensional");
    if (params.dtype() != c.node().output_type(0)) {
      return invalid_argument("Trying to read variable with wrong dtype. Expected {} got {}",
                              dtype_spec_name(params.dtype()), dtype_spec_name(c.node().output_type(0)));
    }
    RETURN_IF_ERROR(check_gather(true, params.shape(), indices.shape(), batch_dims_, batch_dims_));
    const int batch_dims = static_cast<int>(batch_dims_);
    RETURN_IF_ERROR(c.allocate_output(0, gathered_shape(params.shape(), indices.shape(), batch_dims, batch_dims)));
    return gather(c, gather_, params, indices, batch_dims, batch_dims, c.output(0));
  }

 private:
  int64_t batch_dims_;
  GatherFn gather_;
};

Status resource_gather_shape(ShapeContext& c) {
  Shape params;
  RETURN_IF_ERROR(handle_shape(c, 0, c.attr_or("dtype", DType::kInvalid), &params));
  RETURN_IF_ERROR(c.with_rank_at_least(params, 1, &params));
  const auto batch_dims = c.attr_or<int64_t>("batch_dims", 0);
  if (batch_dims < 0) return invalid_argument("batch_dims is negative ({})", batch_dims);
  const Shape& indices = c.input(1);
  if (!params.known_rank() || !indices.known_rank() || batch_dims >= params.rank() || batch_dims > indices.rank()) {
    c.set_output(0, Shape::unknown());
    return OkStatus();
  }
  c.set_output(0, gathered_shape(params, indices, static_cast<int>(batch_dims), static_cast<int>(batch_dims)));
  return OkStatus();
}

// x[begin:end] of a vector in a gradient; an endpoint without a node leaves the bound out.
Endpoint slice_vector(GradContext& g, Endpoint x, Endpoint begin, Endpoint end, int64_t first = 0) {
  GradContext::Scope scope(g.graph(), "strided_slice");
  const auto bound = [&](Endpoint at, int64_t otherwise, const char* name) {
    return at ? g.op("Pack", {std::vector<Endpoint>{at}}, {}, name)
              : g.constant_ints({otherwise}, DType::kInt32, name);
  };
  const Endpoint from = bound(begin, first, "stack"), to = bound(end, 0, "stack_1"),
                 step = g.constant_ints({1}, DType::kInt32, "stack_2");
  return g.op("StridedSlice", {x, from, to, step},
              {{"begin_mask", int64_t{!begin && first == 0}}, {"end_mask", int64_t{!end}}}, scope.name());
}

Endpoint one_of_vector(GradContext& g, Endpoint x, Endpoint index, Endpoint next) {
  GradContext::Scope scope(g.graph(), "strided_slice");
  const Endpoint from = g.op("Pack", {std::vector<Endpoint>{index}}, {}, "stack");
  const Endpoint to = g.op("Pack", {std::vector<Endpoint>{next}}, {}, "stack_1");
  const Endpoint step = g.constant_ints({1}, DType::kInt32, "stack_2");
  return g.op("StridedSlice", {x, from, to, step}, {{"shrink_axis_mask", 1}}, scope.name());
}

Endpoint expand_dims(GradContext& g, Endpoint x) {
  GradContext::Scope scope(g.graph(), "ExpandDims");
  const Endpoint dim = g.constant(0, DType::kInt32, "dim");
  return g.op("ExpandDims", {x, dim}, {}, scope.name());
}

Endpoint plus_one(GradContext& g, Endpoint x) {
  GradContext::Scope scope(g.graph(), "add");
  const Endpoint one = g.constant(1, DType::kInt32, "y");
  return g.op("AddV2", {x, one}, {}, scope.name());
}

// tf.range. Bounds that aren't given are the constant `otherwise`.
Endpoint range(GradContext& g, Endpoint start, Endpoint limit, int64_t otherwise = 0) {
  GradContext::Scope scope(g.graph(), "range");
  if (!start) start = g.constant(limit ? otherwise : 0, DType::kInt32, "start");
  if (!limit) limit = g.constant(otherwise, DType::kInt32, "limit");
  const Endpoint delta = g.constant(1, DType::kInt32, "delta");
  return g.op("Range", {start, limit, delta}, {}, scope.name());
}

// The shape of the rows' tensor as int32, placed with it: it may be large and elsewhere.
Endpoint params_shape(GradContext& g, Endpoint params) {
  auto& colocation = g.graph().scope().colocation;
  colocation.push_back({params.node, /*ignores_existing=*/false});
  const Endpoint shape = g.op("Cast", {g.shape(params, DType::kInt64)}, {{"DstT", DType::kInt32}});
  colocation.pop_back();
  return shape;
}

// One row of dy for each index: a sparse gradient, without touching the rest of params.
void gather_rows_gradient(GradContext& g, Endpoint shape, Endpoint indices, Endpoint num_indices) {
  const Endpoint tail = slice_vector(g, shape, {}, {}, 1);
  Endpoint values_shape;
  {
    GradContext::Scope scope(g.graph(), "concat");
    const Endpoint axis = g.constant(0, DType::kInt32, "axis");
    values_shape = g.op("ConcatV2", {std::vector<Endpoint>{num_indices, tail}, axis}, {}, scope.name());
  }
  const Endpoint values = g.reshape(g.dy(0), values_shape);
  g.dx(0) = Gradient(values, g.reshape(indices, num_indices), shape);
}

Endpoint joined(GradContext& g, std::vector<Endpoint> parts) {
  const Endpoint axis = g.constant(0, DType::kInt32, "axis");
  return g.op("ConcatV2", {std::move(parts), axis}, {}, "concat");
}

// Indices into rows of which all batches lie one after the other: those of a batch are moved by the rows before it.
Endpoint indices_of_all_batches(GradContext& g, Endpoint shape, Endpoint indices, int64_t batch_dims, Endpoint num_rows) {
  const DType type = base_type(indices.dtype());
  const auto of_type = [&](Endpoint x) { return type == DType::kInt32 ? x : g.op("Cast", {x}, {{"DstT", type}}); };
  Endpoint rows_before = num_rows;
  for (int64_t dim = batch_dims - 1; dim >= 0; --dim) {
    const Endpoint size = one_of_vector(g, shape, g.constant(dim, DType::kInt32), g.constant(dim + 1, DType::kInt32));
    const Endpoint offsets = g.op("Mul", {range(g, {}, size), rows_before}, {}, "mul");
    std::vector<Endpoint> sizes(static_cast<size_t>(indices.shape().rank()), g.constant(1, DType::kInt32));
    sizes[static_cast<size_t>(dim)] = size;
    indices = g.op("AddV2", {indices, of_type(g.reshape(offsets, g.op("Pack", {sizes}, {}, "stack")))}, {}, "add");
    rows_before = g.op("Mul", {rows_before, size}, {}, "mul");
  }
  return indices;
}

// The sums of `rows`, [batches, number of indices, inner], by their indices: [batches, num_rows, inner].
Endpoint sum_by_index(GradContext& g, Endpoint shape, Endpoint rows, Endpoint indices, int64_t batch_dims,
                      Endpoint num_rows) {
  const auto flat_indices = [&](Endpoint x) { return g.reshape(x, expand_dims(g, g.size(x))); };
  if (batch_dims == 0) return g.op("UnsortedSegmentSum", {rows, flat_indices(indices), num_rows});
  const Endpoint first = g.constant(batch_dims, DType::kInt32), rows_shape = g.shape(rows, DType::kInt32);
  const Endpoint batches = slice_vector(g, rows_shape, {}, first);
  const Endpoint inner = slice_vector(g, slice_vector(g, rows_shape, first, {}), {}, {}, 1);
  const Endpoint flat_shape = joined(g, {g.constant_ints({-1}, DType::kInt32), inner});
  const Endpoint num_batches = g.op("Prod", {batches, g.constant_ints({0}, DType::kInt32)});
  const Endpoint all = indices_of_all_batches(g, shape, indices, batch_dims, num_rows);
  const Endpoint total = g.op("Mul", {num_rows, num_batches}, {}, "mul");
  const Endpoint sums = g.op("UnsortedSegmentSum", {g.reshape(rows, flat_shape), flat_indices(all), total});
  return g.reshape(sums, joined(g, {batches, flat_shape}));
}

// Along another axis: it is brought behind the batches, summed by index, and brought back.
void gather_axis_gradient(GradContext& g, Endpoint shape, Endpoint indices, Endpoint axis, int64_t batch_dims) {
  const Endpoint outer_shape = slice_vector(g, shape, {}, axis);
  const Endpoint inner_shape = slice_vector(g, slice_vector(g, shape, axis, {}), {}, {}, 1);
  Endpoint values_shape;
  {
    GradContext::Scope scope(g.graph(), "concat");
    const Endpoint all = g.constant_ints({-1}, DType::kInt32, "values_1");
    values_shape = g.op("ConcatV2", {std::vector<Endpoint>{outer_shape, all, inner_shape},
                                     g.constant(0, DType::kInt32, "axis")}, {}, scope.name());
  }
  const Endpoint num_dims = g.size(values_shape), num_outer = g.size(outer_shape);
  const Endpoint batch_axes = range(g, {}, {}, batch_dims);
  const Endpoint outer_axes = range(g, {}, num_outer, batch_dims);
  const Endpoint inner_axes = range(g, plus_one(g, num_outer), num_dims);
  const Endpoint values = g.reshape(g.dy(0), values_shape);
  Endpoint to_front;
  {
    GradContext::Scope scope(g.graph(), "concat");
    const Endpoint at = g.op("Pack", {std::vector<Endpoint>{num_outer}}, {}, "values_1");
    to_front = g.op("ConcatV2", {std::vector<Endpoint>{batch_axes, at, outer_axes, inner_axes},
                                 g.constant(0, DType::kInt32, "axis")}, {}, scope.name());
  }
  const Endpoint rows = g.op("Transpose", {values, to_front}, {}, "transpose");
  const Endpoint num_rows = one_of_vector(g, shape, axis, plus_one(g, axis));
  const Endpoint sums = sum_by_index(g, shape, rows, indices, batch_dims, num_rows);
  const Endpoint shifted = plus_one(g, outer_axes);
  Endpoint back;
  {
    GradContext::Scope scope(g.graph(), "concat");
    const Endpoint front = g.constant_ints({batch_dims}, DType::kInt32, "values_2");
    back = g.op("ConcatV2", {std::vector<Endpoint>{batch_axes, shifted, front, inner_axes},
                             g.constant(0, DType::kInt32, "axis")}, {}, scope.name());
  }
  g.dx(0) = g.op("Transpose", {sums, back}, {}, "transpose");
}

Status gather_v2_gradient(GradContext& g) {
  const Endpoint indices = g.x(1), axis = g.x(2);
  int64_t batch_dims = g.attr<int64_t>("batch_dims");
  if (batch_dims != 0 && !indices.shape().known_rank()) {
    return invalid_argument("The gradient of '{}' needs the rank of its indices, because they have batches",
                            g.node().name());
  }
  if (batch_dims < 0) batch_dims += indices.shape().rank();
  const Endpoint shape = params_shape(g, g.x(0));
  const Endpoint num_indices = expand_dims(g, g.size(indices));
  const Tensor known_axis = constant_value(axis);
  if (known_axis.valid() && IndexReader(known_axis)[0] == 0) {
    gather_rows_gradient(g, shape, indices, num_indices);
  } else {
    gather_axis_gradient(g, shape, indices, axis, batch_dims);
  }
  return g.status();
}

REFLOW_OP("Gather")
    .input("params: Tparams")
    .input("indices: Tindices")
    .output("output: Tparams")
    .attr("validate_indices: bool = true")
    .attr("Tparams: type")
    .attr("Tindices: {int32, int64}")
    .doc("The rows of `params` that `indices` name: output[i, ...] = params[indices[i], ...].")
    .shape(gather_shape)
    .kernel<Gather>(kCpu)
    .gradient([](GradContext& g) {
      const Endpoint shape = params_shape(g, g.x(0));
      gather_rows_gradient(g, shape, g.x(1), expand_dims(g, g.size(g.x(1))));
    });

REFLOW_OP("GatherV2")
    .input("params: Tparams")
    .input("indices: Tindices")
    .input("axis: Taxis")
    .output("output: Tparams")
    .attr("batch_dims: int = 0")
    .attr("Tparams: type")
    .attr("Tindices: {int32, int64}")
    .attr("Taxis: {int32, int64}")
    .doc("The slices of `params` along `axis` that `indices` name. The first `batch_dims` dimensions of both go together.")
    .shape(gather_v2_shape)
    .kernel<Gather>(kCpu)
    .gradient(gather_v2_gradient);

REFLOW_OP("ResourceGather")
    .input("resource: resource")
    .input("indices: Tindices")
    .output("output: dtype")
    .attr("batch_dims: int = 0")
    .attr("validate_indices: bool = true")
    .attr("dtype: type")
    .attr("Tindices: {int32, int64}")
    .stateful()
    .doc("The rows of a resource variable that `indices` name.")
    .shape(resource_gather_shape)
    .kernel<ResourceGather>(kCpu)
    .sets_outputs()
    .gradient([](GradContext& g) {
      const Shape known = handle_data(g.node(), 0).shape;
      const Endpoint shape = known.fully_defined() ? g.constant_ints({known.begin(), known.end()})
                                                   : g.op("VariableShape", {g.x(0)});
      gather_rows_gradient(g, shape, g.x(1), expand_dims(g, g.size(g.x(1))));
    });

}  // namespace
}  // namespace reflow::ops
