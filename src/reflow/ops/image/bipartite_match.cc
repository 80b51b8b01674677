// BipartiteMatch: rows and columns paired by their distances, the nearest first.

#include <algorithm>
#include <functional>
#include <queue>
#include <vector>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

struct DistantPair {
  int32_t row, column;
  float distance;
  bool operator>(const DistantPair& other) const { return distance > other.distance; }
};

class BipartiteMatch : public Kernel {
 public:
  explicit BipartiteMatch(KernelInit& c) : most_(c.attr<int64_t>("top_k")) {}

  Status compute(KernelContext& c) override {
    const Tensor &distances = c.input(0), &valid = c.input(1);
    if (valid.num_elements() != 1) {
      return invalid_argument("num_valid_rows argument should be a tensor with 1 element, but got {}", valid.num_elements());
    }
    const int64_t num_rows = distances.dim(0), num_columns = distances.dim(1);
    const float wanted = valid.item<float>();
    const int64_t rows = wanted >= 0 ? static_cast<int64_t>(std::min(wanted + 0.1, 1e9)) : num_rows;
    if (rows > num_rows) {
      return invalid_argument("There should be at least {} rows in distance_mat, but only got {} rows.", rows, num_rows);
    }
    int32_t *of_row = c.output(0).data<int32_t>(), *of_column = c.output(1).data<int32_t>();
    std::fill_n(of_row, num_rows, -1);
    std::fill_n(of_column, num_columns, -1);
    std::priority_queue<DistantPair, std::vector<DistantPair>, std::greater<>> pairs;
    const float* distance = distances.data<float>();
    for (int32_t i = 0; i < rows; ++i) {
      for (int32_t j = 0; j < num_columns; ++j) pairs.push({i, j, *distance++});
    }
    for (int64_t n = 0; !pairs.empty() && (most_ <= 0 || n < most_); pairs.pop()) {
      const DistantPair& nearest = pairs.top();
      if (of_row[nearest.row] != -1 || of_column[nearest.column] != -1) continue;
      of_row[nearest.row] = nearest.column;
      of_column[nearest.column] = nearest.row;
      ++n;
    }
    return OkStatus();
  }

 private:
  const int64_t most_;  // 0 or less: as many as there are
};

Status match_shape(ShapeContext& c) {
  const Shape& distances = c.input(0);
  if (c.concrete() && distances.rank() != 2) {
    return invalid_argument("distance_mat should be 2-dimensional, but got {}", distances.str());
  }
  Shape matrix;
  RETURN_IF_ERROR(c.with_rank(distances, 2, &matrix));
  c.set_output(0, Shape{matrix.dim(0)});
  c.set_output(1, Shape{matrix.dim(1)});
  return OkStatus();
}

REFLOW_OP("BipartiteMatch")
    .input("distance_mat: float")
    .input("num_valid_rows: float")
    .output("row_to_col_match_indices: int32")
    .output("col_to_row_match_indices: int32")
    .attr("top_k: int = -1")
    .stateful()
    .doc("Pairs rows, of which the first num_valid_rows count (all, where that is negative), and columns by their distances [rows, "
         "columns]: the nearest first, each once, at most top_k pairs where that is positive. Gives the column of each row and the row "
         "of each column, -1 where there is none.")
    .shape(match_shape)
    .kernel<BipartiteMatch>(kCpu)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
