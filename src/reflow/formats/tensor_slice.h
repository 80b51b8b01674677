#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/tensor/shape.h"

namespace reflow::formats {

// A part of a tensor: in each dimension a range, or all of it. Variables that lie in parts are saved as such.
class TensorSlice {
 public:
  struct Extent {
    static constexpr int64_t kFull = -1;
    int64_t start = 0, length = kFull;
    bool is_full() const { return length == kFull; }
    bool operator==(const Extent&) const = default;
  };

  TensorSlice() = default;
  explicit TensorSlice(std::vector<Extent> extents) : extents_(std::move(extents)) {}
  // All of a tensor of `rank` dimensions.
  static TensorSlice whole(int rank) { return TensorSlice(std::vector<Extent>(static_cast<size_t>(rank))); }
  // "-:0,3": all of dimension 0, elements 0 to 3 (excluded) of dimension 1. InvalidArgument in TensorFlow's words.
  static StatusOr<TensorSlice> parse(std::string_view text);

  int rank() const { return static_cast<int>(extents_.size()); }
  const std::vector<Extent>& extents() const { return extents_; }
  // The slice's own shape within a tensor of `shape`. Internal in TensorFlow's words: another rank, out of bounds.
  StatusOr<Shape> shape_within(const Shape& shape) const;
  // True for all of a tensor of `shape`, however it is said.
  bool is_whole(const Shape& shape) const;
  // With no extent that is full, of a tensor of `shape`. REQUIRES: fits into it.
  TensorSlice resolved(const Shape& shape) const;
  // "-:0,3".
  std::string str() const;
  bool operator==(const TensorSlice&) const = default;

 private:
  std::vector<Extent> extents_;
};

// What a "shape and slice" of Save and Restore ops says: "10 20 0,5:-" is the upper half of a [10,20].
struct ShapeAndSlice {
  Shape shape;
  TensorSlice slice;
  Shape slice_shape;
};
// InvalidArgument, Internal: in TensorFlow's words.
StatusOr<ShapeAndSlice> parse_shape_and_slice(std::string_view text);

// The key of a slice of tensor `name` in the tables of checkpoints: ordered by name, then by extents.
std::string slice_key(std::string_view name, const TensorSlice& slice);
// What a key of slice_key says; false: it is none.
bool parse_slice_key(std::string_view key, std::string* name, TensorSlice* slice);

// The number of elements that slices of a tensor of `shape` have in common. REQUIRES: both fit into `shape`.
int64_t count_common(const Shape& shape, const TensorSlice& a, const TensorSlice& b);
// Copies those elements from the ones of `source` to those of `target`, and returns their number. Elements are plain
// bytes, or strings where `element_size` is 0.
int64_t copy_common(const Shape& shape, const TensorSlice& source, const void* from, const TensorSlice& target, void* to,
                    int element_size);

}  // namespace reflow::formats
