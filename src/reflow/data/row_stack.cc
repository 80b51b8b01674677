#include "reflow/data/row_stack.h"

#include <algorithm>

#include "reflow/op/elements.h"
#include "reflow/tensor/checked_size.h"

namespace reflow::data {

Status RowStack::make_room(const Element& element, int64_t rows) {
  for (size_t i = 0; i < element.size(); ++i) {
    Shape shape = row_shapes_[i];
    shape.insert_dim(0, rows);
    ASSIGN_OR_RETURN(Tensor larger, allocate_tensor(element[i].dtype(), shape));
    if (rows_ > 0) {
      op::copy_elements_fn(larger.dtype())(larger.raw_data(), stacked_[i].raw_data(), rows_ * row_shapes_[i].num_elements());
    }
    if (stacked_.size() <= i) stacked_.push_back(std::move(larger));
    else stacked_[i] = std::move(larger);
  }
  room_ = rows;
  return OkStatus();
}

Status RowStack::add(const Element& element) {
  if (rows_ == 0) {
    row_shapes_.clear();
    int64_t row_bytes = 1;
    for (const Tensor& component : element) {
      row_shapes_.push_back(component.shape());
      row_bytes += component.size_bytes();
    }
    constexpr int64_t kReserved = int64_t{64} << 20;
    RETURN_IF_ERROR(make_room(element, std::clamp<int64_t>(kReserved / row_bytes, 1, capacity_)));
  } else if (rows_ == room_) {
    RETURN_IF_ERROR(make_room(element, std::min(2 * room_, capacity_)));
  }
  for (size_t i = 0; i < element.size(); ++i) {
    const Tensor& component = element[i];
    if (!(component.shape() == row_shapes_[i]) || component.dtype() != stacked_[i].dtype()) {
      if (of_map_) {
        return invalid_argument("Cannot add tensor to the batch: number of elements does not match. Shapes are: [tensor]: "
                                "{}, [batch]: {}", component.shape().str(), row_shapes_[i].str());
      }
      return invalid_argument("Cannot batch tensors with different shapes in component {}. First element had shape {} and "
                              "element {} had shape {}.", i, row_shapes_[i].str(), rows_, component.shape().str());
    }
    const int64_t n = component.num_elements();
    char* const to = static_cast<char*>(stacked_[i].raw_data()) + rows_ * n * dtype_size(component.dtype());
    op::copy_elements_fn(component.dtype())(to, component.raw_data(), n);
  }
  ++rows_;
  return OkStatus();
}

StatusOr<Element> RowStack::take() {
  Element result = std::move(stacked_);
  stacked_.clear();
  if (rows_ < room_) {
    for (Tensor& component : result) component = component.rows(0, rows_);
  }
  rows_ = room_ = 0;
  return result;
}

}  // namespace reflow::data
