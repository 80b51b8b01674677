// Crosses of features: every combination of one feature from each column, row by row.

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "reflow/base/string_hash.h"
#include "reflow/op/op.h"
#include "reflow/ops/sparse/sparse_tensor.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// The features of one column.
class Column {
 public:
  static StatusOr<Column> of_sparse(const Tensor& indices, const Tensor& values, int64_t num_rows, int position) {
    Column column(values);
    const IndexRows rows(indices);
    for (int64_t i = 0; i < rows.size(); ++i) {
      const int64_t row = rows[i][0];
      if (row < 0 || row >= num_rows || (i > 0 && row < rows[i - 1][0])) {
        return invalid_argument("Row {} of indices is out of order or not in [0, {}) at position {}", row, num_rows, position);
      }
      if (i == 0 || row > rows[i - 1][0]) {
        column.rows_.push_back(row);
        column.begins_.push_back(i);
      }
    }
    column.begins_.push_back(rows.size());
    return column;
  }
  static Column of_dense(const Tensor& matrix) {
    Column column(matrix);
    for (int64_t r = 0; r < matrix.dim(0) && matrix.dim(1) > 0; ++r) {
      column.rows_.push_back(r);
      column.begins_.push_back(r * matrix.dim(1));
    }
    column.begins_.push_back(matrix.num_elements());
    return column;
  }

  // The rows that have features, in order: those of rows()[i] from begin(i) to begin(i + 1).
  const std::vector<int64_t>& rows() const { return rows_; }
  int64_t begin(size_t i) const { return begins_[i]; }
  int64_t count(size_t i) const { return begins_[i + 1] - begins_[i]; }
  std::string text(int64_t i) const {
    return values_.dtype() == DType::kString ? values_.data<std::string>()[i] : std::to_string(values_.data<int64_t>()[i]);
  }
  uint64_t hash(int64_t i) const {
    return values_.dtype() == DType::kString ? fingerprint64(values_.data<std::string>()[i])
                                             : static_cast<uint64_t>(values_.data<int64_t>()[i]);
  }

 private:
  explicit Column(const Tensor& values) : values_(values) {}
  Tensor values_;
  std::vector<int64_t> rows_, begins_;
};

// Two fingerprints made one.
uint64_t concatenated(uint64_t a, uint64_t b) {
  constexpr uint64_t kFactor = 0xc6a4a7935bd1e995u;
  const auto mix = [](uint64_t v) { return v ^ (v >> 47); };
  const uint64_t result = (a ^ kFactor ^ (mix(b * kFactor) * kFactor)) * kFactor;
  return mix(mix(result) * kFactor);
}

// The same as the first version of tf.contrib's crosses did it.
uint64_t combined(uint64_t a, uint64_t b) {
  const auto quarter = static_cast<uint64_t>(static_cast<int64_t>(a) >> 4);  // with its sign
  return a ^ (b + 0x9e3779b97f4a7800u + (a << 10) + quarter);
}

// kCombine makes one hash of two.
template <uint64_t (*kCombine)(uint64_t, uint64_t)>
class CrossKernel : public Kernel {
 public:
  explicit CrossKernel(KernelInit& c)
      : n_(static_cast<int>(c.attr<int64_t>("N"))),
        hashes_(c.attr<DType>("out_type") == DType::kInt64),
        num_buckets_(static_cast<uint64_t>(c.attr<int64_t>("num_buckets"))),
        key_(static_cast<uint64_t>(c.attr_or<int64_t>("hash_key", 0xDECAFCAFFE))) {
    if (const size_t lists = c.attr<std::vector<DType>>("sparse_types").size(); lists != static_cast<size_t>(n_)) {
      c.fail(invalid_argument("There are {} columns of indices and {} of values", n_, lists));
    }
    if (num_buckets_ == 0) num_buckets_ = std::numeric_limits<int64_t>::max();
  }

  Status compute(KernelContext& c) override {
    std::vector<Column> columns;
    int64_t num_rows = 0;
    RETURN_IF_ERROR(read(c, &columns, &num_rows));
    int64_t total = 0, longest = 0;
    ASSIGN_OR_RETURN(const std::vector<Crossed> crossed, crossed_rows(columns));
    for (const Crossed& row : crossed) {
      if (__builtin_add_overflow(total, row.count, &total)) return invalid_argument("There are too many crosses");
      longest = std::max(longest, row.count);
    }
    RETURN_IF_ERROR(c.allocate_output(0, Shape{total, 2}));
    RETURN_IF_ERROR(c.allocate_output(1, Shape{total}));
    RETURN_IF_ERROR(c.allocate_output(2, Shape{2}));
    c.output(2).data<int64_t>()[0] = num_rows;
    c.output(2).data<int64_t>()[1] = longest;
    int64_t* index = c.output(0).data<int64_t>();
    std::vector<int64_t> chosen(columns.size());
    int64_t out = 0;
    for (const Crossed& row : crossed) {
      for (int64_t k = 0; k < row.count; ++k, ++out) {
        // The feature of the last column changes first.
        int64_t rest = k;
        for (size_t i = columns.size(); i-- > 0;) {
          const int64_t count = columns[i].count(row.places[i]);
          chosen[i] = columns[i].begin(row.places[i]) + rest % count;
          rest /= count;
        }
        *index++ = row.number;
        *index++ = k;
        put(c.output(1), out, columns, chosen);
      }
    }
    return OkStatus();
  }

 private:
  // A row with features in all columns.
  struct Crossed {
    int64_t number, count;
    std::vector<size_t> places;  // in each column's rows()
  };
  static StatusOr<std::vector<Crossed>> crossed_rows(const std::vector<Column>& columns) {
    std::vector<Crossed> crossed;
    if (columns.empty()) return crossed;
    std::vector<size_t> at(columns.size(), 0);
    for (const int64_t number : columns[0].rows()) {
      Crossed row{number, 1, {}};
      bool in_all = true;
      for (size_t i = 0; i < columns.size() && in_all; ++i) {
        const std::vector<int64_t>& rows = columns[i].rows();
        while (at[i] < rows.size() && rows[at[i]] < number) ++at[i];
        in_all = at[i] < rows.size() && rows[at[i]] == number;
        if (!in_all) break;
        if (__builtin_mul_overflow(row.count, columns[i].count(at[i]), &row.count)) {
          return invalid_argument("Row {} has too many crosses", number);
        }
      }
      if (!in_all) continue;
      row.places = at;
      crossed.push_back(std::move(row));
    }
    return crossed;
  }
  void put(Tensor& values, int64_t at, const std::vector<Column>& columns, const std::vector<int64_t>& chosen) const {
    if (hashes_) {
      uint64_t hash = key_;
      for (size_t i = 0; i < columns.size(); ++i) hash = kCombine(hash, columns[i].hash(chosen[i]));
      values.data<int64_t>()[at] = static_cast<int64_t>(hash % num_buckets_);
      return;
    }
    std::string text;
    for (size_t i = 0; i < columns.size(); ++i) text += (i > 0 ? "_X_" : "") + columns[i].text(chosen[i]);
    values.data<std::string>()[at] = std::move(text);
  }

  Status read(KernelContext& c, std::vector<Column>* columns, int64_t* num_rows) const {
    bool known = false;
    const auto check_rows = [&](int64_t rows, std::string_view where, int position) -> Status {
      if (!known) *num_rows = rows;
      known = true;
      if (rows == *num_rows) return OkStatus();
      return invalid_argument("Expected batch size {} got {} at {} {}", *num_rows, rows, where, position);
    };
    for (int i = 0; i < n_; ++i) {
      const Tensor &indices = c.input(i), &values = c.input(n_ + i), &sizes = c.input(2 * n_ + i);
      if (indices.rank() != 2) {
        return invalid_argument("Input indices should be a matrix but received shape {} at position {}",
                                indices.shape().str(), i);
      }
      if (indices.dim(1) != 2) {
        return invalid_argument("Expected D2 of index to be 2 got {} at position {}", indices.dim(1), i);
      }
      if (values.rank() != 1) {
        return invalid_argument("Input values should be a std::vector but received shape {} at position {}",
                                values.shape().str(), i);
      }
      if (values.num_elements() != indices.dim(0)) {
        return invalid_argument("Expected size of values to be {} got {} at position {}", indices.dim(0),
                                values.num_elements(), i);
      }
      if (sizes.rank() != 1) {
        return invalid_argument("Input shapes should be a std::vector but received shape {} at position {}",
                                sizes.shape().str(), i);
      }
      if (sizes.num_elements() != 2) {
        return invalid_argument("shape should imply a 2D tensor, but got shape {} at position {}",
                                row_text(sizes.flat<int64_t>()), i);
      }
      ASSIGN_OR_RETURN(const Shape shape, dense_shape(sizes));
      RETURN_IF_ERROR(check_rows(shape.dim(0), "position", i));
    }
    const int num_dense = c.num_inputs() - 3 * n_;
    for (int i = 0; i < num_dense; ++i) {
      const Tensor& dense = c.input(3 * n_ + i);
      if (dense.rank() != 2) {
        return invalid_argument("Dense inputs should be a matrix but received shape {} at position {}", dense.shape().str(), i);
      }
      RETURN_IF_ERROR(check_rows(dense.dim(0), "dense tensor", i));
    }
    for (int i = 0; i < n_; ++i) {
      ASSIGN_OR_RETURN(Column column, Column::of_sparse(c.input(i), c.input(n_ + i), *num_rows, i));
      columns->push_back(std::move(column));
    }
    for (int i = 0; i < num_dense; ++i) columns->push_back(Column::of_dense(c.input(3 * n_ + i)));
    return OkStatus();
  }

  int n_;
  bool hashes_;
  uint64_t num_buckets_, key_;
};

using SparseCross = CrossKernel<concatenated>;
using OldCross = CrossKernel<combined>;

Status cross_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  c.set_output(0, Shape{Shape::kUnknown, 2});
  c.set_output(1, Shape{Shape::kUnknown});
  c.set_output(2, Shape{2});
  return OkStatus();
}

REFLOW_OP("SparseCross")
    .input("indices: N * int64")
    .input("values: sparse_types")
    .input("shapes: N * int64")
    .input("dense_inputs: dense_types")
    .output("output_indices: int64")
    .output("output_values: out_type")
    .output("output_shape: int64")
    .attr("N: int >= 0")
    .attr("hashed_output: bool")
    .attr("num_buckets: int >= 0")
    .attr("hash_key: int")
    .attr("sparse_types: list({int64, string}) >= 0")
    .attr("dense_types: list({int64, string}) >= 0")
    .attr("out_type: {int64, string}")
    .attr("internal_type: {int64, string}")
    .doc("All combinations, row by row, of one feature from each column (sparse matrices first, then dense ones): joined with "
         "\"_X_\", or their hash modulo `num_buckets`.")
    .shape(cross_shape)
    .kernel<SparseCross>(kCpu);

REFLOW_OP("SparseFeatureCrossV2")
    .input("indices: N * int64")
    .input("values: sparse_types")
    .input("shapes: N * int64")
    .input("dense: dense_types")
    .output("output_indices: int64")
    .output("output_values: out_type")
    .output("output_shape: int64")
    .attr("N: int >= 0")
    .attr("hashed_output: bool")
    .attr("num_buckets: int >= 0")
    .attr("hash_key: int")
    .attr("sparse_types: list({int64, string}) >= 0")
    .attr("dense_types: list({int64, string}) >= 0")
    .attr("out_type: {int64, string}")
    .attr("internal_type: {int64, string}")
    .doc("The same as SparseCross.")
    .shape(cross_shape)
    .kernel<SparseCross>(kCpu)
    .not_differentiable();

REFLOW_OP("SparseFeatureCross")
    .input("indices: N * int64")
    .input("values: sparse_types")
    .input("shapes: N * int64")
    .input("dense: dense_types")
    .output("output_indices: int64")
    .output("output_values: out_type")
    .output("output_shape: int64")
    .attr("N: int >= 0")
    .attr("hashed_output: bool")
    .attr("num_buckets: int >= 0")
    .attr("sparse_types: list({int64, string}) >= 0")
    .attr("dense_types: list({int64, string}) >= 0")
    .attr("out_type: {int64, string}")
    .attr("internal_type: {int64, string}")
    .doc("SparseCross with other hashes, without a key.")
    .shape(cross_shape)
    .kernel<OldCross>(kCpu)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
