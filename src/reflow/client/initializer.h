#pragma once

#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "reflow/client/output.h"
#include "reflow/client/tensor_like.h"

namespace reflow {

// What gives a variable its first value: a function of shape and type, a function without arguments, or a value.
// client/initializers.h has TensorFlow's.
// Where the part of a partitioned variable that is being initialised lies in the whole.
struct PartitionInfo {
  Shape full_shape;
  std::vector<int64_t> var_offset;
};

class Initializer {
 public:
  using ShapeFn = std::function<Output(const Shape&, DType)>;
  using PartFn = std::function<Output(const Shape&, DType, const PartitionInfo*)>;
  using ValueFn = std::function<TensorLike()>;

  Initializer() = default;  // none: the default one
  Initializer(std::nullptr_t) {}
  template <typename F>
    requires std::is_invocable_r_v<Output, F, const Shape&, DType>
  Initializer(F fn) : shape_fn_([fn = std::move(fn)](const Shape& shape, DType dtype, const PartitionInfo*) {
    return fn(shape, dtype);
  }) {}
  // A function that looks at the whole of a partitioned variable; null: it is none.
  template <typename F>
    requires std::is_invocable_r_v<Output, F, const Shape&, DType, const PartitionInfo*>
  Initializer(F fn) : shape_fn_(std::move(fn)) {}
  template <typename F>
    requires(std::is_invocable_r_v<TensorLike, F>)
  Initializer(F fn) : value_fn_(std::move(fn)) {}
  template <typename T>
    requires(std::is_convertible_v<T, TensorLike> && !std::is_same_v<std::remove_cvref_t<T>, Initializer>)
  Initializer(T&& value) : value_(TensorLike(std::forward<T>(value))) {}

  bool is_none() const { return !shape_fn_ && !value_fn_ && !value_; }
  const PartFn& shape_fn() const { return shape_fn_; }           // may be empty
  const ValueFn& value_fn() const { return value_fn_; }          // may be empty
  const std::optional<TensorLike>& value() const { return value_; }
  // Makes the value. REQUIRES: made from a function of shape and type.
  Output operator()(const Shape& shape, DType dtype = float32, const PartitionInfo* info = nullptr) const {
    return shape_fn_(shape, dtype, info);
  }

 private:
  PartFn shape_fn_;
  ValueFn value_fn_;
  std::optional<TensorLike> value_;
};

// A penalty on weights, added to the collection REGULARIZATION_LOSSES; a result that isn't valid() is none.
using Regularizer = std::function<Output(const TensorLike& weights)>;

}  // namespace reflow
