// The k largest entries of each row, and whether a given entry is among them.

#include <algorithm>
#include <cmath>
#include <vector>

#include "reflow/op/compute_type.h"
#include "reflow/op/late_slices.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

constexpr Types<float, double, int32_t, uint8_t, int16_t, int8_t, int64_t, Bfloat16, uint16_t, Half, uint32_t, uint64_t>
    kRealNumbers{};

// Larger values first, of equal ones the lower index; NaN is below everything.
template <typename T>
struct Better {
  const T* row;
  bool operator()(int32_t a, int32_t b) const {
    using C = ComputeType<T>;
    const C x = static_cast<C>(row[a]), y = static_cast<C>(row[b]);
    if (x > y) return true;
    if (x < y) return false;
    if (x == y || (x != x) == (y != y)) return a < b;
    return y != y;
  }
};

// One for all types: thread-local memory of a library that is loaded late is scarce.
std::vector<int32_t>& heap_entries() {
  thread_local std::vector<int32_t> entries;
  return entries;
}

template <typename T>
class TopK : public Kernel {
 public:
  explicit TopK(KernelInit& c)
      : sorted_(c.attr<bool>("sorted")), k_(c.node().type() == "TopK" ? c.attr<int64_t>("k") : -1) {}

  Status compute(KernelContext& c) override {
    const Tensor& input = c.input(0);
    const int64_t k = k_ >= 0 ? k_ : c.input(1).item<int32_t>();
    const int64_t columns = input.dim(input.rank() - 1);
    if (k == 0 || input.num_elements() == 0) return OkStatus();
    const int64_t rows = input.num_elements() / columns;
    const T* x = input.data<T>();
    T* values = c.output(0).data<T>();
    int32_t* indices = c.output(1).data<int32_t>();
    const double cost = columns * (1.5 + 0.3 * std::log2(static_cast<double>(k))) + (sorted_ ? 8.0 * k : 0);
    c.pool().parallel_for(rows, cost, [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; ++r) {
        top_of_row(x + r * columns, columns, static_cast<int32_t>(k), values + r * k, indices + r * k);
      }
    });
    return OkStatus();
  }

 private:
  void top_of_row(const T* row, int64_t columns, int32_t k, T* values, int32_t* indices) const {
    const Better<T> better{row};
    // indices[] is a heap with the worst of the best so far in front, once there are more than k entries. The order that
    // it is left in is what TensorFlow gives for sorted = false.
    const int32_t n = static_cast<int32_t>(columns);
    for (int32_t i = 0; i < k; ++i) indices[i] = i;
    if (k == 1) {
      for (int32_t i = 1; i < n; ++i) {
        if (better(i, indices[0])) indices[0] = i;
      }
    } else if (k < n) {
      first_heap(better, k, indices);
      for (int32_t i = k + 1; i < n; ++i) {
        if (better(i, indices[0])) replace_front(better, k, i, indices);
      }
    }
    if (sorted_) std::sort(indices, indices + k, better);
    for (int32_t i = 0; i < k; ++i) values[i] = row[indices[i]];
  }

  // The heap of the best k of the first k + 1 entries.
  static void first_heap(const Better<T>& better, int32_t k, int32_t* heap) {
    std::vector<int32_t>& entries = heap_entries();
    entries.resize(k + 1);
    for (int32_t i = 0; i <= k; ++i) entries[i] = i;
    std::make_heap(entries.begin(), entries.end(), better);
    std::pop_heap(entries.begin(), entries.end(), better);
    std::copy_n(entries.begin(), k, heap);
  }

  static void replace_front(const Better<T>& better, int32_t k, int32_t entry, int32_t* heap) {
    int32_t hole = 0;
    for (int32_t child = 1; child < k; child = 2 * hole + 1) {
      if (child + 1 < k && better(heap[child], heap[child + 1])) ++child;
      if (!better(entry, heap[child])) break;
      heap[hole] = heap[child];
      hole = child;
    }
    heap[hole] = entry;
  }

  const bool sorted_;
  const int64_t k_;
};

template <typename Label>
class InTopK : public Kernel {
 public:
  explicit InTopK(KernelInit& c) : k_(c.node().type() == "InTopK" ? c.attr<int64_t>("k") : -1) {}

  Status compute(KernelContext& c) override {
    const Tensor& predictions = c.input(0);
    const int64_t k = k_ >= 0 || c.num_inputs() == 2 ? k_ : static_cast<int64_t>(c.input(2).item<Label>());
    const int64_t rows = predictions.dim(0), classes = predictions.dim(1);
    const float* x = predictions.data<float>();
    const Label* targets = c.input(1).data<Label>();
    bool* result = c.output(0).data<bool>();
    c.pool().parallel_for(rows, 0.5 * classes, [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; ++r) result[r] = in_top(x + r * classes, classes, targets[r], k);
    });
    return OkStatus();
  }

 private:
  static bool in_top(const float* row, int64_t classes, Label target, int64_t k) {
    if (target < 0 || target >= classes || !std::isfinite(row[target])) return false;
    if (k <= 0) return false;
    int64_t better = 0;
    for (int64_t j = 0; j < classes; ++j) {
      if (!std::isfinite(row[j])) return false;
      better += row[j] > row[target];
      if (better >= k) return false;
    }
    return true;
  }
  const int64_t k_;
};

Status top_k_shape(ShapeContext& c) {
  const Shape& input = c.input(0);
  if (c.concrete() && input.rank() < 1) return invalid_argument("input must be >= 1-D, got shape {}", input.str());
  Shape shape;
  RETURN_IF_ERROR(c.with_rank_at_least(input, 1, &shape));
  int64_t k = Shape::kUnknown;
  if (c.num_inputs() == 1) {
    ASSIGN_OR_RETURN(k, c.attr<int64_t>("k"));
  } else {
    if (c.concrete() && c.input(1).rank() != 0) {
      return invalid_argument("k must be scalar, got shape {}", c.input(1).str());
    }
    Shape scalar;
    RETURN_IF_ERROR(c.with_rank(c.input(1), 0, &scalar));
    if (const Tensor* value = c.value(1); value != nullptr) {
      k = value->item<int32_t>();
      if (k < 0 && c.concrete()) return invalid_argument("Need k >= 0, got {}", k);
      if (k < 0) return invalid_argument("Dimension size, given by scalar input 1, must be non-negative but is {}", k);
    }
  }
  if (!shape.known_rank()) {
    c.set_output(0, shape);
    c.set_output(1, shape);
    return OkStatus();
  }
  const int last = shape.rank() - 1;
  const int64_t columns = shape.dim(last);
  if (columns != Shape::kUnknown && k > columns) {
    if (c.concrete()) return invalid_argument("input must have at least k columns. Had {}, needed {}", columns, k);
    return invalid_argument("input must have last dimension >= k = {} but is {}", k, columns);
  }
  shape.set_dim(last, k);
  c.set_output(0, shape);
  c.set_output(1, shape);
  return OkStatus();
}

Status in_top_k_shape(ShapeContext& c) {
  const Shape &predictions = c.input(0), &targets = c.input(1);
  if (c.concrete()) {
    if (predictions.rank() != 2) return invalid_argument("predictions must be 2-dimensional");
    if (targets.rank() != 1) return invalid_argument("targets must be 1-dimensional");
    if (predictions.dim(0) != targets.dim(0)) {
      return invalid_argument("First dimension of predictions {} must match length of targets {}", predictions.dim(0),
                              targets.dim(0));
    }
    if (c.num_inputs() == 3 && c.input(2).rank() != 0) {
      return invalid_argument("k must be 0-D, got shape {}", c.input(2).str());
    }
  }
  Shape rows, classes;
  RETURN_IF_ERROR(c.with_rank(predictions, 2, &rows));
  RETURN_IF_ERROR(c.with_rank(targets, 1, &classes));
  int64_t n;
  RETURN_IF_ERROR(c.merge_dim(rows.dim(0), classes.dim(0), &n));
  c.set_output(0, {n});
  return OkStatus();
}

Endpoint int_scalar(GradContext& g, int32_t value, std::string name) {
  return g.constant_tensor(Tensor::scalar(value), std::move(name));
}

// The last entry of the vector `shape`, as int64.
Endpoint last_dimension(GradContext& g, Endpoint shape) {
  const Endpoint wide = g.cast(shape, DType::kInt64);
  const Endpoint size = g.size(shape);
  Endpoint last;
  {
    GradContext::Scope scope(g.graph(), "sub");
    last = g.op("Sub", {size, int_scalar(g, 1, "y")}, {}, scope.name());
  }
  GradContext::Scope scope(g.graph(), "GatherV2");
  return g.op("GatherV2", {wide, last, int_scalar(g, 0, "axis")}, {}, scope.name());
}

Endpoint expand_last(GradContext& g, Endpoint x) {
  GradContext::Scope scope(g.graph(), "ExpandDims");
  return g.op("ExpandDims", {x, int_scalar(g, -1, "dim")}, {}, scope.name());
}

Endpoint flatten(GradContext& g, Endpoint x) {
  GradContext::Scope scope(g.graph(), "Reshape");
  x = as_argument(g, "Reshape", 0, x);
  return g.reshape(x, g.constant_ints({-1}, DType::kInt32, "shape"), scope.name());
}

// Scatters dy to the entries that were taken, of zeros in the shape of the input.
void top_k_gradient(GradContext& g) {
  const Endpoint in_shape = g.shape(g.x(0)), out_shape = g.shape(g.y(1));
  const Endpoint out_last = last_dimension(g, out_shape);
  Endpoint rows_of_indices;
  {
    Endpoint two;
    {
      GradContext::Scope scope(g.graph(), "stack");
      two = g.op("Pack", {OpInput(std::vector<Endpoint>{g.constant_tensor(Tensor::scalar(int64_t{-1}), "0"), out_last})},
                 {}, scope.name());
    }
    rows_of_indices = g.reshape(g.y(1), two);
  }
  const Endpoint in_last = last_dimension(g, in_shape);
  if (!g.status().ok()) return;
  const Endpoint rows_shape = g.shape(rows_of_indices);
  Endpoint rows;
  {
    GradContext::Scope scope(g.graph(), "strided_slice");
    const Endpoint begin = g.constant_ints({0}, DType::kInt32, "stack"),
                   end = g.constant_ints({1}, DType::kInt32, "stack_1"),
                   step = g.constant_ints({1}, DType::kInt32, "stack_2");
    rows = g.op("StridedSlice", {rows_shape, begin, end, step}, {{"shrink_axis_mask", 1}}, scope.name());
  }
  const Endpoint limit = g.op("Mul", {g.cast(rows, DType::kInt64), in_last}, {}, "mul");
  Endpoint offsets;
  {
    GradContext::Scope scope(g.graph(), "range");
    const Endpoint start = g.cast(int_scalar(g, 0, "start"), DType::kInt64);
    offsets = g.op("Range", {start, limit, in_last}, {}, scope.name());
  }
  const Endpoint column = g.cast(expand_last(g, offsets), DType::kInt32);
  const Endpoint flat = flatten(g, g.op("AddV2", {rows_of_indices, column}, {}, "add"));
  const Endpoint entries = expand_last(g, flat);
  const Endpoint updates = flatten(g, g.dy(0));
  const Endpoint total = g.op("Prod", {in_shape, g.constant_ints({0})});
  Endpoint scattered;
  {
    GradContext::Scope scope(g.graph(), "ScatterNd");
    const Endpoint shape = g.op("Pack", {OpInput(std::vector<Endpoint>{total})}, {}, "shape");
    scattered = g.op("ScatterNd", {entries, updates, shape}, {}, scope.name());
  }
  if (!g.status().ok()) return;
  g.dx(0) = g.reshape(scattered, in_shape);
  if (g.node().num_inputs() > 1) g.dx(1) = int_scalar(g, 0, "zeros");
}

REFLOW_OP("TopK")
    .input("input: T")
    .output("values: T")
    .output("indices: int32")
    .attr("k: int >= 0")
    .attr("sorted: bool = true")
    .attr("T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64}")
    .doc("Finds values and indices of the k largest entries of each row of the last dimension; of equal ones the first.")
    .deprecated(7, "Use TopKV2 instead")
    .shape(top_k_shape)
    .kernel<TopK>(kCpu, kRealNumbers)
    .gradient(top_k_gradient);

REFLOW_OP("TopKV2")
    .input("input: T")
    .input("k: int32")
    .output("values: T")
    .output("indices: int32")
    .attr("sorted: bool = true")
    .attr("T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64}")
    .doc("Finds values and indices of the k largest entries of each row of the last dimension; of equal ones the first.")
    .shape(top_k_shape)
    .kernel<TopK>(kCpu, kRealNumbers)
    .gradient(top_k_gradient);

REFLOW_OP("InTopK")
    .input("predictions: float")
    .input("targets: T")
    .output("precision: bool")
    .attr("k: int")
    .attr("T: {int32, int64} = DT_INT32")
    .doc("Says for each row of predictions [batch, classes] whether the class targets[i] is among the k largest. Classes "
         "that tie with the k-th are; where a prediction isn't finite, the row's answer is false.")
    .shape(in_top_k_shape)
    .kernel<InTopK>(kCpu, kIndexTypes);

REFLOW_OP("InTopKV2")
    .input("predictions: float")
    .input("targets: T")
    .input("k: T")
    .output("precision: bool")
    .attr("T: {int32, int64} = DT_INT32")
    .doc("As InTopK, with k as an input.")
    .shape(in_top_k_shape)
    .kernel<InTopK>(kCpu, kIndexTypes);

}  // namespace
}  // namespace reflow::ops
