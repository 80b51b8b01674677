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
  // of_map: the rows are results of a map, of which TensorFlow, which does both at once, says mistakes in its own words.
  explicit RowStack(int64_t capacity, bool of_map = false) : capacity_(capacity), of_map_(of_map) {}
  int64_t rows() const { return rows_; }
  // InvalidArgument: "Cannot batch tensors with different shapes in component 0. First element had shape [1] and element 1
  // had shape [2].", or, of a map, "Cannot add tensor to the batch: number of elements does not match. Shapes are:
  // [tensor]: [2], [batch]: [1]".
  Status add(const Element& element);
  // The rows so far.
  StatusOr<Element> take();

 private:
  Status make_room(const Element& element, int64_t rows);

  int64_t capacity_, rows_ = 0, room_ = 0;
  bool of_map_;
  std::vector<Shape> row_shapes_;
  Element stacked_;
};

}  // namespace reflow::data
