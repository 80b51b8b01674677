#pragma once

#include <cassert>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>

#include "reflow/tensor/buffer.h"
#include "reflow/tensor/dtype.h"
#include "reflow/tensor/shape.h"

namespace reflow {

// A value: an element type, a fully defined shape and a shared buffer, row major. Copies share the buffer; they don't
// copy elements. Not initialised (valid() is false) until it has a type. Thread-compatible, as a std::shared_ptr is.
class Tensor {
 public:
  Tensor() = default;
  // Uninitialised elements (strings, resources and variants: empty). An impossible size throws std::bad_alloc;
  // kernels allocate through their context, which gives ResourceExhausted instead.
  Tensor(DType type, Shape shape);
  // The elements at `data` within `buffer`.
  Tensor(DType type, Shape shape, BufferRef buffer, void* data);

  template <typename T>
  static Tensor scalar(T value) {
    Tensor t(dtype_of<T>, Shape{});
    t.data<T>()[0] = std::move(value);
    return t;
  }
  static Tensor scalar(const char* value) { return scalar(std::string(value)); }
  // values.size() has to be the number of elements of `shape`.
  template <typename T>
  static Tensor from(std::span<const T> values, const Shape& shape) {
    Tensor t(dtype_of<T>, shape);
    assert(static_cast<int64_t>(values.size()) == t.num_elements());
    for (size_t i = 0; i < values.size(); ++i) t.data<T>()[i] = values[i];
    return t;
  }
  template <typename T>
  static Tensor from(std::initializer_list<T> values, const Shape& shape) {
    return from(std::span<const T>(values.begin(), values.size()), shape);
  }
  template <typename T>
  static Tensor vector(std::initializer_list<T> values) { return from(values, {static_cast<int64_t>(values.size())}); }

  bool valid() const { return type_ != DType::kInvalid; }
  DType dtype() const { return type_; }
  const Shape& shape() const { return shape_; }
  int rank() const { return shape_.rank(); }
  int64_t dim(int i) const { return shape_.dim(i); }
  int64_t num_elements() const { return num_elements_; }
  int64_t size_bytes() const { return num_elements_ * dtype_size(type_); }

  // REQUIRES: T is the C++ type of dtype() (or any type, for raw_data()).
  template <typename T>
  const T* data() const { assert(dtype_of<T> == type_); return static_cast<const T*>(data_); }
  template <typename T>
  T* data() { assert(dtype_of<T> == type_); return static_cast<T*>(data_); }
  template <typename T>
  std::span<const T> flat() const { return {data<T>(), static_cast<size_t>(num_elements_)}; }
  template <typename T>
  std::span<T> flat() { return {data<T>(), static_cast<size_t>(num_elements_)}; }
  template <typename T>
  const T& item() const { assert(num_elements_ >= 1); return *data<T>(); }
  const void* raw_data() const { return data_; }
  void* raw_data() { return data_; }

  // The same elements with another shape of as many elements.
  Tensor reshaped(Shape shape) const;
  // Rows begin to end (excluded) of dimension 0, sharing the buffer.
  Tensor rows(int64_t begin, int64_t end) const;
  // The same bits seen as `type`, of the same size.
  Tensor bitcast(DType type) const;
  // Elements of its own.
  Tensor copy() const;
  // Itself, or a copy where the buffer is only lent for the current run.
  Tensor retained() const { return buffer_ && buffer_->transient() ? copy() : *this; }

  // True when no other tensor shares the buffer, and it isn't lent.
  bool owns_alone() const { return buffer_ && buffer_->unique() && !buffer_->transient(); }
  bool shares_buffer(const Tensor& other) const { return buffer_ && buffer_.get() == other.buffer_.get(); }
  const BufferRef& buffer() const { return buffer_; }

  // "1 2 3...", "[1 2][3...]...": the first elements as the runtime's messages print them, at most `max_elements`, all
  // where that is negative. Types that TensorFlow 1.15 cannot print (complex, bfloat16) give "?".
  std::string summarize(int max_elements = 3) const;
  // "Tensor<type: float shape: [2] values: 1 2>".
  std::string debug_string() const;

 private:
  BufferRef buffer_;
  void* data_ = nullptr;
  int64_t num_elements_ = 0;
  Shape shape_;
  DType type_ = DType::kInvalid;
};

}  // namespace reflow
