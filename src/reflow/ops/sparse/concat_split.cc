// Sparse tensors put together along a dimension, and taken apart.

#include <string>
#include <vector>

#include "reflow/op/elements.h"
#include "reflow/op/op.h"
#include "reflow/ops/sparse/sparse_tensor.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class SparseConcat : public Kernel {
 public:
  explicit SparseConcat(KernelInit& c) : axis_(c.attr<int64_t>("concat_dim")), n_(static_cast<int>(c.attr<int64_t>("N"))) {}

  Status compute(KernelContext& c) override {
    std::vector<int64_t> sizes;
    int axis = 0;
    RETURN_IF_ERROR(check(c, &axis, &sizes));
    const int rank = static_cast<int>(sizes.size());
    int64_t num_entries = 0;
    for (int i = 0; i < n_; ++i) num_entries += c.input(i).dim(0);
    ASSIGN_OR_RETURN(Tensor all, c.allocate_scratch(DType::kInt64, Shape{num_entries, rank}));
    std::vector<std::pair<int, int64_t>> sources;  // of each entry: which input, and which entry of it
    int64_t* out = all.data<int64_t>();
    int64_t offset = 0;
    for (int i = 0; i < n_; ++i) {
      const IndexRows rows(c.input(i));
      for (int64_t k = 0; k < rows.size(); ++k, out += rank) {
        std::copy_n(rows[k], rank, out);
        out[axis] = static_cast<int64_t>(static_cast<uint64_t>(out[axis]) + static_cast<uint64_t>(offset));
        sources.emplace_back(i, k);
      }
      offset += c.input(2 * n_ + i).data<int64_t>()[axis];
    }
    const IndexRows rows(all);
    const std::vector<int64_t> order = rows.sorted_order();
    RETURN_IF_ERROR(c.allocate_output(0, all.shape()));
    RETURN_IF_ERROR(c.allocate_output(1, Shape{num_entries}));
    RETURN_IF_ERROR(c.allocate_output(2, Shape{rank}));
    std::copy(sizes.begin(), sizes.end(), c.output(2).data<int64_t>());
    int64_t* to = c.output(0).data<int64_t>();
    for (const int64_t i : order) to = std::copy_n(rows[i], rank, to);
    with_element(c.output(1).dtype(), [&]<typename E>() {
      E* values = static_cast<E*>(c.output(1).raw_data());
      for (const int64_t i : order) {
        *values++ = static_cast<const E*>(c.input(n_ + sources[i].first).raw_data())[sources[i].second];
      }
    });
    return OkStatus();
  }

 private:
  Status check(KernelContext& c, int* axis, std::vector<int64_t>* sizes) const {
    for (int i = 0; i < n_; ++i) {
      const Tensor& indices = c.input(i);
      if (indices.rank() == 2) continue;
      return invalid_argument("Input indices should be a matrix but received shape {} at position {}", indices.shape().str(), i);
    }
    for (int i = 0; i < n_; ++i) {
      const Tensor& values = c.input(n_ + i);
      if (values.rank() == 1) continue;
      return invalid_argument("Input values should be a vector but received shape {} at position {}", values.shape().str(), i);
    }
    for (int i = 0; i < n_; ++i) {
      const Tensor& shape = c.input(2 * n_ + i);
      if (shape.rank() == 1) continue;
      return invalid_argument("Input shapes should be a vector but received shape {} at position {}", shape.shape().str(), i);
    }
    const int64_t rank = c.input(2 * n_).num_elements();
    if (axis_ < -rank || axis_ >= rank) {
      return invalid_argument("Concat dimension must be in range [{}, {}), got {}", -rank, rank, axis_);
    }
    *axis = static_cast<int>(axis_ < 0 ? axis_ + rank : axis_);
    for (int i = 0; i < n_; ++i) {
      const Tensor& shape = c.input(2 * n_ + i);
      if (shape.num_elements() != rank) {
        return invalid_argument("Ranks of all input tensors must match: expected {} but got {} at position {}", rank,
                                shape.num_elements(), i);
      }
      for (int64_t d = 0; d < rank; ++d) {
        const int64_t size = shape.data<int64_t>()[d];
        if (i == 0) {
          sizes->push_back(size);
        } else if (d == *axis) {
          RETURN_IF_ERROR(add_sizes((*sizes)[d], size, &(*sizes)[d]));
        } else if (size != (*sizes)[d]) {
          return invalid_argument("Input shapes must match: expected {} for dimension {} but got {} at position {}",
                                  (*sizes)[d], d, size, i);
        }
      }
    }
    for (int i = 0; i < n_; ++i) RETURN_IF_ERROR(check_sparse_sizes(c.input(i), c.input(n_ + i), c.input(2 * n_ + i)));
    return OkStatus();
  }

  static Status add_sizes(int64_t a, int64_t b, int64_t* sum) {
    if (a < 0 || b < 0 || __builtin_add_overflow(a, b, sum)) return invalid_argument("The sizes {} and {} can't be added", a, b);
    return OkStatus();
  }

  int64_t axis_;
  int n_;
};

Status concat_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  const int n = c.num_inputs() / 3;
  int64_t rows = 0, columns = Shape::kUnknown;
  Shape sizes = Shape::unknown();
  for (int i = 0; i < n; ++i) {
    Shape indices, values, shape;
    RETURN_IF_ERROR(c.with_rank(c.input(i), 2, &indices));
    RETURN_IF_ERROR(c.with_rank(c.input(n + i), 1, &values));
    RETURN_IF_ERROR(c.with_rank(c.input(2 * n + i), 1, &shape));
    int64_t entries;
    RETURN_IF_ERROR(c.merge_dim(indices.dim(0), values.dim(0), &entries));
    RETURN_IF_ERROR(add_dims(rows, entries, &rows));
    RETURN_IF_ERROR(c.merge_dim(columns, indices.dim(1), &columns));
    Shape merged;
    RETURN_IF_ERROR(c.merge(sizes, shape, &merged));
    sizes = std::move(merged);
  }
  c.set_output(0, Shape{rows, columns});
  c.set_output(1, Shape{rows});
  c.set_output(2, std::move(sizes));
  return OkStatus();
}

REFLOW_OP("SparseConcat")
    .input("indices: N * int64")
    .input("values: N * T")
    .input("shapes: N * int64")
    .output("output_indices: int64")
    .output("output_values: T")
    .output("output_shape: int64")
    .attr("concat_dim: int")
    .attr("N: int >= 2")
    .attr("T: type")
    .doc("The sparse tensors put together along dimension `concat_dim`, with the entries in order.")
    .shape(concat_shape)
    .kernel<SparseConcat>(kCpu)
    .not_differentiable();

// The first parts are by one longer where the dimension can't be divided.
class SparseSplit : public Kernel {
 public:
  explicit SparseSplit(KernelInit& c) : n_(static_cast<int>(c.attr<int64_t>("num_split"))) {}

  Status compute(KernelContext& c) override {
    const Tensor &axis_tensor = c.input(0), &indices = c.input(1), &values = c.input(2), &shape = c.input(3);
    if (axis_tensor.num_elements() != 1) {
      return invalid_argument("Input split_dim should be a scalar but received shape {}", axis_tensor.shape().str());
    }
    if (indices.rank() != 2) {
      return invalid_argument("Input indices should be a matrix but received shape {}", indices.shape().str());
    }
    // TensorFlow names the indices' shape here.
    if (values.rank() != 1) {
      return invalid_argument("Input values should be a vector but received shape {}", indices.shape().str());
    }
    if (shape.rank() != 1) return invalid_argument("Input shape should be a vector but received shape {}", shape.shape().str());
    const int64_t axis = axis_tensor.item<int64_t>(), rank = shape.num_elements();
    if (axis < 0) return invalid_argument("num_dim must be in the interval [0, {})", rank);
    if (axis >= rank) {
      return invalid_argument("Input split_dim should be between 0 and rank ({}), got {}", rank, axis);
    }
    const int64_t size = shape.data<int64_t>()[axis];
    if (n_ > size) {
      return invalid_argument("Input num_split should be between 1 and the splitting dimension size ({}), got {}", size, n_);
    }
    RETURN_IF_ERROR(check_sparse_sizes(indices, values, shape));
    return split(c, static_cast<int>(axis), size);
  }

 private:
  Status split(KernelContext& c, int axis, int64_t size) const {
    const Tensor &values = c.input(2), &shape = c.input(3);
    const IndexRows rows(c.input(1));
    RETURN_IF_ERROR(check_within(rows, shape.flat<int64_t>()));
    const int64_t part = size / n_, longer = size % n_;
    const auto begin_of = [&](int64_t i) { return i * part + std::min(i, longer); };
    const auto part_of = [&](int64_t at) {
      return at < longer * (part + 1) ? at / (part + 1) : (at - longer) / part;
    };
    std::vector<std::vector<int64_t>> entries(static_cast<size_t>(n_));
    for (int64_t k = 0; k < rows.size(); ++k) entries[part_of(rows[k][axis])].push_back(k);
    const int rank = rows.rank();
    for (int i = 0; i < n_; ++i) {
      const auto count = static_cast<int64_t>(entries[i].size());
      RETURN_IF_ERROR(c.allocate_output(i, Shape{count, rank}));
      RETURN_IF_ERROR(c.allocate_output(n_ + i, Shape{count}));
      RETURN_IF_ERROR(c.allocate_output(2 * n_ + i, Shape{rank}));
      int64_t* out = c.output(i).data<int64_t>();
      for (const int64_t k : entries[i]) {
        std::copy_n(rows[k], rank, out);
        out[axis] -= begin_of(i);
        out += rank;
      }
      with_element(values.dtype(), [&]<typename E>() {
        E* to = static_cast<E*>(c.output(n_ + i).raw_data());
        for (const int64_t k : entries[i]) *to++ = static_cast<const E*>(values.raw_data())[k];
      });
      int64_t* sizes = c.output(2 * n_ + i).data<int64_t>();
      std::copy_n(shape.data<int64_t>(), rank, sizes);
      sizes[axis] = begin_of(i + 1) - begin_of(i);
    }
    return OkStatus();
  }

  int n_;
};

Status split_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  const Shape& sizes = c.input(3);
  const int n = c.num_outputs() / 3;
  for (int i = 0; i < n; ++i) {
    c.set_output(i, Shape{Shape::kUnknown, sizes.num_elements()});
    c.set_output(n + i, Shape{Shape::kUnknown});
    c.set_output(2 * n + i, sizes);
  }
  return OkStatus();
}

REFLOW_OP("SparseSplit")
    .input("split_dim: int64")
    .input("indices: int64")
    .input("values: T")
    .input("shape: int64")
    .output("output_indices: num_split * int64")
    .output("output_values: num_split * T")
    .output("output_shape: num_split * int64")
    .attr("num_split: int >= 1")
    .attr("T: type")
    .doc("The sparse tensor taken apart along dimension `split_dim` into `num_split` parts.")
    .shape(split_shape)
    .kernel<SparseSplit>(kCpu);

}  // namespace
}  // namespace reflow::ops
