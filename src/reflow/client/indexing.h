#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "reflow/client/output.h"
#include "reflow/client/tensor_like.h"

namespace reflow {

// begin:end:step of Python; std::nullopt is a part that was left out.
struct Slice {
  Slice() = default;  // all
  Slice(TensorLike begin, TensorLike end, TensorLike step = {})
      : begin(std::move(begin)), end(std::move(end)), step(std::move(step)) {}
  TensorLike begin, end, step;
};

struct Ellipsis {};
struct NewAxis {};
inline constexpr Ellipsis ellipsis{};
inline constexpr NewAxis newaxis{};

// One index of x[..]: a number, a scalar tensor, a slice, `ellipsis` or `newaxis`.
class Index {
 public:
  template <std::integral T>
  Index(T index) : kind_(kPosition), position_(index) {}
  Index(const Output& index) : kind_(kPosition), position_(index) {}
  explicit Index(TensorLike index) : kind_(kPosition), position_(std::move(index)) {}
  Index(Slice slice) : kind_(kSlice), slice_(std::move(slice)) {}
  Index(Ellipsis) : kind_(kEllipsis) {}
  Index(NewAxis) : kind_(kNewAxis) {}

  enum Kind { kPosition, kSlice, kEllipsis, kNewAxis };
  Kind kind() const { return kind_; }
  const TensorLike& position() const { return position_; }
  const Slice& slice() const { return slice_; }

 private:
  Kind kind_;
  TensorLike position_;
  Slice slice_;
};

// x[indices]: what operator[] does, for any number of indices.
Output slice_by(const TensorLike& tensor, std::span<const Index> indices);

}  // namespace reflow
