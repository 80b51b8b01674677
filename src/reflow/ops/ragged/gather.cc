// RaggedGather: rows of a ragged tensor by their numbers.

#include <algorithm>
#include <string>

#include "reflow/op/elements.h"
#include "reflow/op/gradient_ops.h"
#include "reflow/op/indices.h"
#include "reflow/op/late_slices.h"
#include "reflow/op/op.h"
#include "reflow/ops/ragged/row_splits.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

struct Range {
  int64_t begin, end;
};

// The splits in the first `levels` inputs. They may leave out rows at both ends of what they split; InvalidArgument, in
// TensorFlow's words: they go beyond these, or fall.
StatusOr<std::vector<RowSplits>> splits_within(KernelContext& c, int levels, int64_t num_values) {
  std::vector<RowSplits> nested(levels);
  for (int level = levels - 1; level >= 0; --level) {
    if (c.input(level).rank() != 1) return invalid_argument("Split tensors must be vectors");
    const IndexReader reader(c.input(level));
    RowSplits& splits = nested[level];
    for (int64_t i = 0; i < reader.size(); ++i) {
      splits.push_back(reader[i]);
      if (i > 0 && splits[i] < splits[i - 1]) return invalid_argument("Ragged splits must be sorted");
    }
    if (splits.empty()) continue;
    const int64_t below = level + 1 < levels ? std::ssize(nested[level + 1]) - 1 : num_values;
    if (splits.front() < 0) return invalid_argument("Ragged splits must be non-negative");
    if (splits.back() > std::max<int64_t>(below, 0)) return invalid_argument("Ragged splits must not point past values");
  }
  return nested;
}

class RaggedGather : public Kernel {
 public:
  explicit RaggedGather(KernelInit& c)
      : levels_(static_cast<int>(c.attr<int64_t>("PARAMS_RAGGED_RANK"))),
        out_levels_(static_cast<int>(c.attr<int64_t>("OUTPUT_RAGGED_RANK"))),
        splits_type_(c.attr<DType>("Tsplits")) {}

  Status compute(KernelContext& c) override {
    const Tensor &values = c.input(levels_), &indices = c.input(levels_ + 1);
    if (values.rank() == 0) return invalid_argument("params.rank must be nonzero");
    ASSIGN_OR_RETURN(const std::vector<RowSplits> nested, splits_within(c, levels_, values.dim(0)));
    if (out_levels_ != levels_ + indices.rank() - 1) {
      return invalid_argument("OUTPUT_RAGGED_RANK must be {}, got {}", levels_ + indices.rank() - 1, out_levels_);
    }
    const IndexReader index(indices);
    const int64_t num_rows = static_cast<int64_t>(nested[0].size()) - 1;
    std::vector<Range> rows;
    for (int64_t i = 0; i < index.size(); ++i) {
      if (index[i] < 0 || index[i] >= num_rows) {
        return invalid_argument("indices{} = {} is not in [0, {})", coordinates(indices.shape(), i), index[i], num_rows);
      }
      rows.push_back({index[i], index[i] + 1});
    }
    RETURN_IF_ERROR(put_index_splits(c, indices.shape()));
    // Level by level what is below: one row of a level is a range of rows below it.
    const int first = indices.rank() - 1;
    for (int level = 0; level < levels_; ++level) {
      RowSplits splits{0};
      std::vector<Range> below;
      for (const Range& range : rows) {
        for (int64_t row = range.begin; row < range.end; ++row) {
          below.push_back({nested[level][row], nested[level][row + 1]});
          splits.push_back(splits.back() + below.back().end - below.back().begin);
        }
      }
      rows = std::move(below);
      if (first + level < 0) continue;  // one index gives one row, which is no level
      ASSIGN_OR_RETURN(Tensor value, splits_tensor(splits, splits_type_));
      c.set_output(first + level, std::move(value));
    }
    return put_values(c, values, rows);
  }

 private:
  // All but the last dimension of the indices become levels of rows of equal lengths.
  Status put_index_splits(KernelContext& c, const Shape& indices) const {
    int64_t rows = 1;
    for (int d = 0; d + 1 < indices.rank(); ++d) {
      rows *= indices.dim(d);
      RowSplits splits(rows + 1);
      for (int64_t i = 0; i <= rows; ++i) splits[i] = i * indices.dim(d + 1);
      ASSIGN_OR_RETURN(Tensor value, splits_tensor(splits, splits_type_));
      c.set_output(d, std::move(value));
    }
    return OkStatus();
  }

  Status put_values(KernelContext& c, const Tensor& values, const std::vector<Range>& rows) const {
    Shape shape = values.shape();
    int64_t count = 0;
    for (const Range& range : rows) count += range.end - range.begin;
    shape.set_dim(0, count);
    ASSIGN_OR_RETURN(Tensor gathered, allocate_tensor(values.dtype(), shape));
    const int64_t row = values.dim(0) == 0 ? 0 : values.num_elements() / values.dim(0), bytes = row * dtype_size(values.dtype());
    const CopyElementsFn copy = copy_elements_fn(values.dtype());
    char* to = static_cast<char*>(gathered.raw_data());
    for (const Range& range : rows) {
      const int64_t n = range.end - range.begin;
      copy(to, static_cast<const char*>(values.raw_data()) + range.begin * bytes, n * row);
      to += n * bytes;
    }
    c.set_output(out_levels_, std::move(gathered));
    return OkStatus();
  }

  const int levels_, out_levels_;
  const DType splits_type_;
};

Status gather_shape(ShapeContext& c) {
  ASSIGN_OR_RETURN(const int64_t levels, c.attr<int64_t>("PARAMS_RAGGED_RANK"));
  ASSIGN_OR_RETURN(const int64_t out_levels, c.attr<int64_t>("OUTPUT_RAGGED_RANK"));
  const int values_at = static_cast<int>(levels);
  Shape checked, values;
  RETURN_IF_ERROR(c.with_rank(c.input(values_at + 1), static_cast<int>(out_levels - levels + 1), &checked));
  for (int i = 0; i < values_at; ++i) RETURN_IF_ERROR(c.with_rank(c.input(i), 1, &checked));
  for (int i = 0; i < static_cast<int>(out_levels); ++i) c.set_output(i, Shape{-1});
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(values_at), 1, &values));
  if (values.known_rank()) values.set_dim(0, -1);
  c.set_output(static_cast<int>(out_levels), std::move(values));
  return OkStatus();
}

// Rows of the values' gradient belong to the values that they came from: those are gathered too.
Status gather_gradient(GradContext& g) {
  const int levels = static_cast<int>(g.attr<int64_t>("PARAMS_RAGGED_RANK")), out = g.num_outputs() - 1;
  const Endpoint dy = dense_dy(g, out), values = g.x(levels);
  if (!dy) return g.status();
  const DType splits_type = g.attr<DType>("Tsplits");
  const Endpoint shape = g.shape(values, splits_type);
  Endpoint count;
  {
    GradContext::Scope scope(g.graph(), "strided_slice");
    const Endpoint begin = g.constant_ints({0}, DType::kInt32, "stack"), end = g.constant_ints({1}, DType::kInt32, "stack_1");
    const Endpoint step = g.constant_ints({1}, DType::kInt32, "stack_2");
    count = g.op("StridedSlice", {shape, begin, end, step}, {{"shrink_axis_mask", int64_t{1}}}, scope.name());
  }
  Endpoint numbers;
  {
    GradContext::Scope scope(g.graph(), "range");
    const Endpoint start = g.constant(0, splits_type, "start"), delta = g.constant(1, splits_type, "delta");
    numbers = g.op("Range", {start, count, delta}, {}, scope.name());
  }
  std::vector<Endpoint> splits;
  for (int i = 0; i < levels; ++i) splits.push_back(g.x(i));
  Node* gathered = g.ops("RaggedGather", {OpInput(std::move(splits)), OpInput(numbers), OpInput(g.x(levels + 1))},
                         {{"OUTPUT_RAGGED_RANK", int64_t{out}}});
  if (gathered == nullptr) return g.status();
  g.dx(levels) = Gradient(dy, gathered->output(out), g.shape(values));
  return g.status();
}

REFLOW_OP("RaggedGather")
    .input("params_nested_splits: PARAMS_RAGGED_RANK * Tsplits")
    .input("params_dense_values: Tvalues")
    .input("indices: Tindices")
    .output("output_nested_splits: OUTPUT_RAGGED_RANK * Tsplits")
    .output("output_dense_values: Tvalues")
    .attr("Tvalues: type")
    .attr("Tindices: {int32, int64}")
    .attr("Tsplits: {int32, int64} = DT_INT64")
    .attr("PARAMS_RAGGED_RANK: int >= 1")
    .attr("OUTPUT_RAGGED_RANK: int >= 0")
    .doc("The rows `indices` of the ragged tensor with these splits and values.")
    .shape(gather_shape)
    .kernel<RaggedGather>(kCpu)
    .sets_outputs()
    .gradient(gather_gradient);

}  // namespace
}  // namespace reflow::ops
