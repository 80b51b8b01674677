#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>

namespace reflow {

// The shape of a tensor: dimensions, some of which may be unknown (-1), or of unknown rank. What a tensor has is fully
// defined. A value type; up to six dimensions are stored in place.
class Shape {
 public:
  static constexpr int kMaxRank = 254;
  static constexpr int64_t kUnknown = -1;

  Shape() : rank_(0) {}  // a scalar: []
  Shape(std::initializer_list<int64_t> dims) : Shape(std::span(dims.begin(), dims.size())) {}
  explicit Shape(std::span<const int64_t> dims);
  static Shape unknown() { Shape s; s.rank_ = -1; return s; }
  static Shape unknown_of_rank(int rank);

  Shape(const Shape& other) : rank_(0) { *this = other; }
  Shape(Shape&& other) noexcept = default;
  Shape& operator=(const Shape& other) {
    if (other.rank_ > kInline) return assign_large(other);
    rank_ = other.rank_;
    for (int i = 0; i < kInline; ++i) inline_[i] = other.inline_[i];
    return *this;
  }
  Shape& operator=(Shape&& other) noexcept = default;

  bool known_rank() const { return rank_ >= 0; }
  int rank() const { return rank_; }  // -1: unknown
  // REQUIRES: 0 <= i < rank().
  int64_t dim(int i) const { return data()[i]; }
  void set_dim(int i, int64_t size) { data()[i] = size; }
  void add_dim(int64_t size);
  void remove_dim(int i);
  void insert_dim(int i, int64_t size);
  std::span<const int64_t> dims() const { return {data(), rank_ < 0 ? size_t{0} : static_cast<size_t>(rank_)}; }
  const int64_t* begin() const { return data(); }
  const int64_t* end() const { return data() + (rank_ < 0 ? 0 : rank_); }

  bool fully_defined() const;
  // Product of the dimensions; -1 where it isn't known, or doesn't fit in int64 (see checked_num_elements).
  int64_t num_elements() const;
  // The dimensions `begin` to `end` (end excluded); negative ones count from the back.
  Shape sub_shape(int begin, int end) const;

  bool operator==(const Shape& other) const;
  // True when some fully defined shape fits both.
  bool compatible_with(const Shape& other) const;
  // "[2,3]", "[?,3]", "<unknown>" ("?" for an unknown dim): the form of the runtime's messages.
  std::string str() const;

 private:
  static constexpr int kInline = 6;
  int64_t* data() { return rank_ > kInline ? heap_.get() : inline_; }
  const int64_t* data() const { return rank_ > kInline ? heap_.get() : inline_; }
  Shape& assign_large(const Shape& other);

  int64_t inline_[kInline] = {};
  std::unique_ptr<int64_t[]> heap_;
  int16_t rank_;
};

}  // namespace reflow
