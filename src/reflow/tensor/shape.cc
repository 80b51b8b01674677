#include "reflow/tensor/shape.h"

#include <algorithm>
#include <cassert>

namespace reflow {

Shape::Shape(std::span<const int64_t> dims) : rank_(static_cast<int16_t>(dims.size())) {
  if (rank_ > kInline) heap_ = std::make_unique<int64_t[]>(dims.size());
  std::copy(dims.begin(), dims.end(), data());
}

Shape Shape::unknown_of_rank(int rank) {
  if (rank < 0 || rank > kMaxRank) return unknown();
  Shape shape;
  shape.rank_ = static_cast<int16_t>(rank);
  if (rank > kInline) shape.heap_ = std::make_unique<int64_t[]>(rank);
  std::fill_n(shape.data(), rank, kUnknown);
  return shape;
}

Shape& Shape::assign_large(const Shape& other) {
  if (this != &other) {
    heap_ = std::make_unique<int64_t[]>(other.rank_);
    std::copy_n(other.heap_.get(), other.rank_, heap_.get());
    rank_ = other.rank_;
  }
  return *this;
}

void Shape::add_dim(int64_t size) { insert_dim(rank_, size); }

void Shape::insert_dim(int i, int64_t size) {
  if (rank_ < 0) return;  // unknown with one dimension more
  assert(i >= 0 && i <= rank_);
  if (rank_ >= kInline) {
    auto larger = std::make_unique<int64_t[]>(rank_ + 1);
    std::copy_n(data(), rank_, larger.get());
    heap_ = std::move(larger);
  }
  ++rank_;
  std::copy_backward(data() + i, data() + rank_ - 1, data() + rank_);
  data()[i] = size;
}

void Shape::remove_dim(int i) {
  assert(i >= 0 && i < rank_);
  std::copy(data() + i + 1, data() + rank_, data() + i);
  if (rank_ == kInline + 1) std::copy_n(heap_.get(), kInline, inline_);
  --rank_;
}

bool Shape::fully_defined() const {
  return rank_ >= 0 && std::none_of(begin(), end(), [](int64_t d) { return d < 0; });
}

int64_t Shape::num_elements() const {
  if (rank_ < 0) return -1;
  int64_t product = 1;
  for (const int64_t d : dims()) {
    if (d < 0 || __builtin_mul_overflow(product, d, &product)) return -1;
  }
  return product;
}

Shape Shape::sub_shape(int begin, int end) const {
  if (rank_ < 0) return unknown();
  const auto position = [this](int i) { return std::clamp(i < 0 ? i + rank_ : i, 0, int{rank_}); };
  const int first = position(begin), last = position(end);
  return Shape(dims().subspan(first, std::max(last - first, 0)));
}

bool Shape::operator==(const Shape& other) const {
  return rank_ == other.rank_ && std::equal(begin(), end(), other.begin());
}

bool Shape::compatible_with(const Shape& other) const {
  if (rank_ < 0 || other.rank_ < 0) return true;
  return rank_ == other.rank_ &&
         std::equal(begin(), end(), other.begin(), [](int64_t a, int64_t b) { return a < 0 || b < 0 || a == b; });
}

std::string Shape::str() const {
  if (rank_ < 0) return "<unknown>";
  std::string text = "[";
  for (const int64_t d : dims()) {
    if (text.size() > 1) text += ',';
    text += d < 0 ? "?" : std::to_string(d);
  }
  return text + "]";
}

}  // namespace reflow
