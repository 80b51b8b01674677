// Rows dealt out to several tensors and put together again: DynamicPartition and DynamicStitch.

#include <algorithm>
#include <string>
#include <vector>

#include "reflow/op/elements.h"
#include "reflow/op/indices.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

bool starts_with(const Shape& shape, const Shape& prefix) {
  if (shape.rank() < prefix.rank()) return false;
  return std::equal(prefix.begin(), prefix.end(), shape.begin());
}

Status partition_shape(ShapeContext& c) {
  const Shape &data = c.input(0), &partitions = c.input(1);
  Shape rest = Shape::unknown();
  if (c.concrete() && !starts_with(data, partitions)) {
    return invalid_argument("data.shape must start with partitions.shape, got data.shape = {}, partitions.shape = {}",
                            data.str(), partitions.str());
  }
  if (data.known_rank() && partitions.known_rank()) {
    Shape enough;
    RETURN_IF_ERROR(c.with_rank_at_least(data, partitions.rank(), &enough));
    for (int d = 0; d < partitions.rank(); ++d) {
      int64_t merged;
      RETURN_IF_ERROR(c.merge_dim(data.dim(d), partitions.dim(d), &merged));
    }
    rest = data.sub_shape(partitions.rank(), data.rank());
    rest.insert_dim(0, Shape::kUnknown);
  }
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, rest);
  return OkStatus();
}

class DynamicPartition : public Kernel {
 public:
  explicit DynamicPartition(KernelInit& c) : copy_(copy_elements_fn(c.node().output_type(0))) {}
  Status compute(KernelContext& c) override {
    const Tensor &data = c.input(0), &partitions = c.input(1);
    if (!starts_with(data.shape(), partitions.shape())) {
      return invalid_argument("data.shape must start with partitions.shape, got data.shape = {}, partitions.shape = {}",
                              data.shape().str(), partitions.shape().str());
    }
    const int num = c.num_outputs();
    const int64_t n = partitions.num_elements();
    const int32_t* part = partitions.data<int32_t>();
    std::vector<int64_t> sizes(num, 0);
    for (int64_t i = 0; i < n; ++i) {
      if (part[i] < 0 || part[i] >= num) {
        return invalid_argument("partitions{} = {} is not in [0, {})", coordinates(partitions.shape(), i), part[i], num);
      }
      ++sizes[part[i]];
    }
    Shape shape = data.shape().sub_shape(partitions.rank(), data.rank());
    const int64_t slice = shape.num_elements();
    shape.insert_dim(0, 0);
    const int64_t slice_bytes = slice * dtype_size(data.dtype());
    std::vector<char*> to(num);
    for (int p = 0; p < num; ++p) {
      shape.set_dim(0, sizes[p]);
      RETURN_IF_ERROR(c.allocate_output(p, shape));
      to[p] = static_cast<char*>(c.output(p).raw_data());
    }
    const char* from = static_cast<const char*>(data.raw_data());
    for (int64_t i = 0; i < n; ++i) {
      copy_(to[part[i]], from + i * slice_bytes, slice);
      to[part[i]] += slice_bytes;
    }
    return OkStatus();
  }

 private:
  CopyElementsFn copy_;
};

// The rows' numbers take the same ways as the rows: so they tell where each row of dy belongs.
void partition_gradient(GradContext& g) {
  const Endpoint data = g.x(0), partitions = g.x(1);
  const Endpoint prefix = g.shape(partitions);
  const Endpoint count = g.op("Prod", {prefix, g.constant_ints({0})});
  Endpoint numbers;
  {
    GradContext::Scope scope(g.graph(), "range");
    const Endpoint start = g.constant(0, DType::kInt32, "start"), delta = g.constant(1, DType::kInt32, "delta");
    numbers = g.op("Range", {start, count, delta}, {}, scope.name());
  }
  Node* parts = g.ops("DynamicPartition", {g.reshape(numbers, prefix), partitions},
                      {{"num_partitions", g.attr<int64_t>("num_partitions")}});
  if (parts == nullptr) return;
  std::vector<Endpoint> indices, dys;
  for (int i = 0; i < g.num_outputs(); ++i) {
    indices.push_back(parts->output(i));
    dys.push_back(g.dy(i));
  }
  const Endpoint rows = g.op("DynamicStitch", {indices, dys});
  g.dx(0) = g.reshape(rows, g.shape(data));
}

REFLOW_OP("DynamicPartition")
    .input("data: T")
    .input("partitions: int32")
    .output("outputs: num_partitions * T")
    .attr("num_partitions: int >= 1")
    .attr("T: type")
    .doc("The slices of `data` dealt out: slice i goes to output partitions[i], in order.")
    .shape(partition_shape)
    .kernel<DynamicPartition>(kCpu)
    .sets_outputs()
    .gradient(partition_gradient);

// Inputs 0 to n - 1 are indices, the rest is data.
Status stitch_shape(ShapeContext& c) {
  const int n = c.num_inputs() / 2;
  Shape rest = Shape::unknown();
  int64_t max_index = -1;
  bool all_known = true;
  for (int i = 0; i < n; ++i) {
    const Tensor* value = c.value(i);
    all_known &= value != nullptr;
    if (value != nullptr) {
      const IndexReader index(*value);
      for (int64_t k = 0; k < index.size(); ++k) max_index = std::max(max_index, index[k]);
    }
    const Shape &indices = c.input(i), &data = c.input(n + i);
    if (c.concrete()) {
      if (!starts_with(data, indices)) {
        return invalid_argument("data[{}].shape = {} does not start with indices[{}].shape = {}", i, data.str(), i,
                                indices.str());
      }
      const Shape &data0 = c.input(n), &indices0 = c.input(0);
      if (!(data.sub_shape(indices.rank(), data.rank()) == data0.sub_shape(indices0.rank(), data0.rank()))) {
        return invalid_argument(
            "Need data[0].shape[{}:] = data[{}].shape[{}:], got data[0].shape = {}, data[{}].shape = {}, "
            "indices[0].shape = {}, indices[{}].shape = {}",
            indices0.rank(), i, indices.rank(), data0.str(), i, data.str(), indices0.str(), i, indices.str());
      }
    }
    if (!indices.known_rank()) continue;
    if (data.known_rank()) {
      for (int d = 0; d < indices.rank() && d < data.rank(); ++d) {
        int64_t merged;
        RETURN_IF_ERROR(c.merge_dim(data.dim(d), indices.dim(d), &merged));
      }
    }
    Shape tail;
    RETURN_IF_ERROR(c.sub_shape(data, indices.rank(), INT32_MAX, &tail));
    RETURN_IF_ERROR(c.merge(rest, tail, &rest));
  }
  if (rest.known_rank()) rest.insert_dim(0, all_known ? max_index + 1 : Shape::kUnknown);
  c.set_output(0, std::move(rest));
  return OkStatus();
}

class DynamicStitch : public Kernel {
 public:
  explicit DynamicStitch(KernelInit& c) : copy_(copy_elements_fn(c.node().output_type(0))) {}
  Status compute(KernelContext& c) override {
    const int n = c.num_inputs() / 2;
    Tensor& out = c.output(0);
    const int64_t num_rows = out.dim(0), slice = num_rows > 0 ? out.num_elements() / num_rows : 0;
    const int64_t slice_bytes = slice * dtype_size(out.dtype());
    // Rows that no index names.
    if (is_plain(out.dtype())) std::memset(out.raw_data(), 0, static_cast<size_t>(out.size_bytes()));
    char* to = static_cast<char*>(out.raw_data());
    for (int i = 0; i < n; ++i) {
      const Tensor &indices = c.input(i), &data = c.input(n + i);
      const char* from = static_cast<const char*>(data.raw_data());
      const int32_t* index = indices.data<int32_t>();
      for (int64_t k = 0; k < indices.num_elements(); ++k) {
        if (index[k] < 0 || index[k] >= num_rows) {
          return invalid_argument("indices{} is out of range", coordinates(indices.shape(), k));
        }
        copy_(to + index[k] * slice_bytes, from + k * slice_bytes, slice);
      }
    }
    return OkStatus();
  }

 private:
  CopyElementsFn copy_;
};

// The whole that `slices` are rows of.
Endpoint summed_rows(GradContext& g, const Gradient& slices) {
  const Endpoint shape = g.shape(g.y(0));
  Endpoint rows;
  {
    GradContext::Scope scope(g.graph(), "strided_slice");
    const Endpoint begin = g.constant_ints({0}, DType::kInt32, "stack"), end = g.constant_ints({1}, DType::kInt32, "stack_1");
    const Endpoint step = g.constant_ints({1}, DType::kInt32, "stack_2");
    rows = g.op("StridedSlice", {shape, begin, end, step}, {{"shrink_axis_mask", 1}}, scope.name());
  }
  return g.op("UnsortedSegmentSum", {slices.values, slices.indices, rows});
}

void stitch_gradient(GradContext& g) {
  const int n = g.num_inputs() / 2;
  const Gradient& slices = g.dy_gradient(0);
  const Endpoint dy = slices.is_slices() ? summed_rows(g, slices) : g.dy(0);
  for (int i = 0; i < n; ++i) {
    GradContext::Scope scope(g.graph(), "GatherV2");
    const Endpoint axis = g.constant(0, DType::kInt32, "axis");
    g.dx(n + i) = g.op("GatherV2", {dy, g.x(i), axis}, {}, scope.name());
  }
}

REFLOW_OP("DynamicStitch")
    .input("indices: N * int32")
    .input("data: N * T")
    .output("merged: T")
    .attr("N: int >= 1")
    .attr("T: type")
    .doc("The slices of all `data` put together: slice i of data[m] becomes row indices[m][i]; the last one wins.")
    .shape(stitch_shape)
    .kernel<DynamicStitch>(kCpu)
    .gradient(stitch_gradient);

REFLOW_OP("ParallelDynamicStitch")
    .input("indices: N * int32")
    .input("data: N * T")
    .output("merged: T")
    .attr("N: int >= 1")
    .attr("T: type")
    .doc("DynamicStitch without a promise which slice wins where several go to the same row.")
    .shape(stitch_shape)
    .kernel<DynamicStitch>(kCpu)
    .gradient(stitch_gradient);

}  // namespace
}  // namespace reflow::ops
