#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/data/dataset.h"

namespace reflow::data {

// Elements that become the rows of one element, each copied to its place as it comes. The memory is there for `capacity`
// rows from the first on, unless they are too large: then it grows.
class RowStack {
 public:
  explicit RowStack(int64_t capacity) : capacity_(capacity) {}
  int64_t rows() const { return rows_; }
  // InvalidArgument: "Cannot add tensor to the batch: number of elements does not match. Shapes are: [tensor]: [2],
  // [batch]: [1]".
  Status add(const Element& element);
  // The rows so far.
  StatusOr<Element> take();

 private:
  Status make_room(const Element& element, int64_t rows);

  int64_t capacity_, rows_ = 0, room_ = 0;
  std::vector<Shape> row_shapes_;
  Element stacked_;
};

}  // namespace reflow::data
