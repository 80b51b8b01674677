// RaggedTensorToSparse.

#include <algorithm>
#include <string>

#include "reflow/op/elements.h"
#include "reflow/op/op.h"
#include "reflow/ops/ragged/row_splits.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class RaggedTensorToSparse : public Kernel {
 public:
  explicit RaggedTensorToSparse(KernelInit& c) : levels_(static_cast<int>(c.attr<int64_t>("RAGGED_RANK"))) {}

  Status compute(KernelContext& c) override {
    const Tensor& values = c.input(levels_);
    if (values.rank() == 0) return invalid_argument("Values tensor must not be scalar");
    ASSIGN_OR_RETURN(const std::vector<RowSplits> nested, nested_splits_at(c, 0, levels_, values.dim(0)));
    const int rank = levels_ + values.rank();
    ASSIGN_OR_RETURN(Tensor indices, allocate_tensor(DType::kInt64, Shape{values.num_elements(), rank}));
    ASSIGN_OR_RETURN(Tensor flat, allocate_tensor(values.dtype(), Shape{values.num_elements()}));
    copy_elements_fn(values.dtype())(flat.raw_data(), values.raw_data(), values.num_elements());
    put_indices(nested, values.shape(), rank, indices.data<int64_t>());
    Tensor shape(DType::kInt64, Shape{rank});
    int64_t* dims = shape.data<int64_t>();
    dims[0] = static_cast<int64_t>(nested[0].size()) - 1;
    for (int level = 0; level < levels_; ++level) {
      int64_t longest = 0;
      for (size_t i = 1; i < nested[level].size(); ++i) longest = std::max(longest, nested[level][i] - nested[level][i - 1]);
      dims[level + 1] = longest;
    }
    for (int d = 1; d < values.rank(); ++d) dims[levels_ + d] = values.dim(d);
    c.set_output(0, std::move(indices));
    c.set_output(1, std::move(flat));
    c.set_output(2, std::move(shape));
    return OkStatus();
  }

 private:
  // For all elements: in which row of each level they are, and where within a value.
  void put_indices(const std::vector<RowSplits>& nested, const Shape& values, int rank, int64_t* to) const {
    const int64_t inner = values.dim(0) == 0 ? 0 : values.num_elements() / values.dim(0);
    std::vector<int64_t> row(levels_), start(levels_);
    for (int64_t i = 0; i < values.dim(0); ++i) {
      int64_t child = i;
      for (int level = levels_ - 1; level >= 0; --level) {
        while (nested[level][row[level] + 1] <= child) ++row[level];
        start[level] = child - nested[level][row[level]];
        child = row[level];
      }
      for (int64_t j = 0; j < inner; ++j, to += rank) {
        to[0] = row[0];
        for (int level = 0; level < levels_; ++level) to[level + 1] = start[level];
        int64_t rest = j;
        for (int d = values.rank() - 1; d >= 1; --d) {
          to[levels_ + d] = rest % values.dim(d);
          rest /= values.dim(d);
        }
      }
    }
  }

  const int levels_;
};

Status to_sparse_shape(ShapeContext& c) {
  ASSIGN_OR_RETURN(const int64_t levels, c.attr<int64_t>("RAGGED_RANK"));
  Shape values, checked;
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(static_cast<int>(levels)), 1, &values));
  for (int i = 0; i < static_cast<int>(levels); ++i) RETURN_IF_ERROR(c.with_rank(c.input(i), 1, &checked));
  const int64_t rank = values.known_rank() ? levels + values.rank() : -1, count = values.known_rank() ? values.num_elements() : -1;
  c.set_output(0, Shape{count, rank});
  c.set_output(1, Shape{count});
  c.set_output(2, Shape{rank});
  return OkStatus();
}

REFLOW_OP("RaggedTensorToSparse")
    .input("rt_nested_splits: RAGGED_RANK * Tsplits")
    .input("rt_dense_values: T")
    .output("sparse_indices: int64")
    .output("sparse_values: T")
    .output("sparse_dense_shape: int64")
    .attr("RAGGED_RANK: int >= 1")
    .attr("T: type")
    .attr("Tsplits: {int32, int64} = DT_INT64")
    .doc("The ragged tensor with these splits and values as a sparse one, which is as large as the longest rows are.")
    .shape(to_sparse_shape)
    .kernel<RaggedTensorToSparse>(kCpu)
    .sets_outputs()
    .gradient([](GradContext& g) {
      const int values = g.num_inputs() - 1;
      const Endpoint dy = g.dy(1);
      if (dy) g.dx(values) = g.reshape(dy, g.shape(g.x(values)));
    });

}  // namespace
}  // namespace reflow::ops
