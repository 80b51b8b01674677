#include "reflow/tensor/tensor.h"

#include <algorithm>
#include <new>

namespace reflow {

Tensor::Tensor(DType type, Shape shape)
    : num_elements_(shape.num_elements()), shape_(std::move(shape)), type_(base_type(type)) {
  buffer_ = allocate_buffer(type_, num_elements_);
  if (!buffer_) throw std::bad_alloc();
  data_ = buffer_->data();
}

Tensor::Tensor(DType type, Shape shape, BufferRef buffer, void* data)
    : buffer_(std::move(buffer)),
      data_(data),
      num_elements_(shape.num_elements()),
      shape_(std::move(shape)),
      type_(base_type(type)) {}

Tensor Tensor::reshaped(Shape shape) const {
  assert(shape.num_elements() == num_elements_);
  return Tensor(type_, std::move(shape), buffer_, data_);
}

Tensor Tensor::rows(int64_t begin, int64_t end) const {
  assert(rank() >= 1 && 0 <= begin && begin <= end && end <= dim(0));
  const int64_t row_bytes = dim(0) == 0 ? 0 : size_bytes() / dim(0);
  Shape shape = shape_;
  shape.set_dim(0, end - begin);
  return Tensor(type_, std::move(shape), buffer_, static_cast<char*>(data_) + begin * row_bytes);
}

Tensor Tensor::bitcast(DType type) const {
  assert(is_plain(type) && is_plain(type_) && dtype_size(type) == dtype_size(type_));
  return Tensor(type, shape_, buffer_, data_);
}

Tensor Tensor::copy() const {
  if (!valid()) return {};
  Tensor result(type_, shape_);
  if (is_plain(type_)) {
    if (size_bytes() > 0) std::memcpy(result.data_, data_, size_bytes());
  } else {
    with_type(Types<std::string, ResourceHandle, Variant>{}, type_, [&]<typename T>() {
      std::copy_n(static_cast<const T*>(data_), num_elements_, static_cast<T*>(result.data_));
    });
  }
  return result;
}

}  // namespace reflow
