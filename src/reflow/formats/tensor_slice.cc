#include "reflow/formats/tensor_slice.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "reflow/formats/ordered_code.h"

namespace reflow::formats {
namespace {

bool parse_int64(std::string_view text, int64_t* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size();
}

// The pieces of `text` between separators, empty ones left out where `skip_empty`.
std::vector<std::string_view> split(std::string_view text, char separator, bool skip_empty) {
  std::vector<std::string_view> pieces;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    if (end > begin || !skip_empty) pieces.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return pieces;
}

}  // namespace

StatusOr<TensorSlice> TensorSlice::parse(std::string_view text) {
  std::vector<Extent> extents;
  for (const std::string_view item : split(text, ':', true)) {
    Extent& extent = extents.emplace_back();
    if (item == "-") continue;
    const std::vector<std::string_view> numbers = split(item, ',', true);
    if (numbers.size() != 2 || !parse_int64(numbers[0], &extent.start) || !parse_int64(numbers[1], &extent.length)) {
      return invalid_argument("Expected a pair of numbers or '-' but got '{}': string = {}", item, text);
    }
    if (extent.start < 0 || extent.length <= 0) {
      return invalid_argument("Expected non-negative start and positive length but got start = {}, length = {}: string = {}",
                              extent.start, extent.length, text);
    }
  }
  if (extents.size() > Shape::kMaxRank) return invalid_argument("A slice of {} dimensions: {}", extents.size(), text);
  return TensorSlice(std::move(extents));
}

StatusOr<Shape> TensorSlice::shape_within(const Shape& shape) const {
  if (shape.rank() != rank()) {
    return internal_error("Mismatching ranks: shape = {}, slice = {}", shape.str(), str());
  }
  Shape result;
  for (int d = 0; d < rank(); ++d) {
    const Extent& e = extents_[static_cast<size_t>(d)];
    if (e.is_full()) {
      result.add_dim(shape.dim(d));
    } else if (e.start <= shape.dim(d) && e.length <= shape.dim(d) - e.start) {
      result.add_dim(e.length);
    } else {
      return internal_error("Extent in dimension {} out of bounds: shape = {}, slice = {}", d, shape.str(), str());
    }
  }
  return result;
}

bool TensorSlice::is_whole(const Shape& shape) const {
  if (std::all_of(extents_.begin(), extents_.end(), [](const Extent& e) { return e.is_full(); })) return true;
  const StatusOr<Shape> own = shape_within(shape);
  return own.ok() && *own == shape;
}

TensorSlice TensorSlice::resolved(const Shape& shape) const {
  TensorSlice result = *this;
  for (int d = 0; d < rank(); ++d) {
    Extent& e = result.extents_[static_cast<size_t>(d)];
    if (e.is_full()) e = {0, shape.dim(d)};
  }
  return result;
}

std::string TensorSlice::str() const {
  std::string text;
  for (const Extent& e : extents_) {
    if (!text.empty()) text += ':';
    text += e.is_full() ? "-" : fmt::format("{},{}", e.start, e.length);
  }
  return text;
}

StatusOr<ShapeAndSlice> parse_shape_and_slice(std::string_view text) {
  std::vector<std::string_view> pieces = split(text, ' ', false);
  if (pieces.size() < 2) {
    return invalid_argument("Need least two elements in shape_and_slice specification: {}", text);
  }
  ShapeAndSlice result;
  ASSIGN_OR_RETURN(result.slice, TensorSlice::parse(pieces.back()));
  pieces.pop_back();
  if (pieces.size() > Shape::kMaxRank) return invalid_argument("A shape of {} dimensions: {}", pieces.size(), text);
  for (const std::string_view piece : pieces) {
    int64_t dim;
    if (!parse_int64(piece, &dim)) return invalid_argument("Non numerical dimension in shape_and_slice: {}", text);
    if (dim < 0) return invalid_argument("Negative dimension in shape_and_slice: {}", text);
    result.shape.add_dim(dim);
  }
  ASSIGN_OR_RETURN(result.slice_shape, result.slice.shape_within(result.shape));
  return result;
}

std::string slice_key(std::string_view name, const TensorSlice& slice) {
  std::string key;
  append_ordered_unsigned(key, 0);
  append_ordered_string(key, name);
  append_ordered_unsigned(key, static_cast<uint64_t>(slice.rank()));
  for (const TensorSlice::Extent& e : slice.extents()) {
    append_ordered_signed(key, e.start);
    append_ordered_signed(key, e.length);
  }
  return key;
}

bool parse_slice_key(std::string_view key, std::string* name, TensorSlice* slice) {
  uint64_t zero, rank;
  if (!take_ordered_unsigned(key, &zero) || zero != 0 || !take_ordered_string(key, name) ||
      !take_ordered_unsigned(key, &rank) || rank > Shape::kMaxRank) {
    return false;
  }
  std::vector<TensorSlice::Extent> extents(rank);
  for (TensorSlice::Extent& e : extents) {
    if (!take_ordered_signed(key, &e.start) || !take_ordered_signed(key, &e.length)) return false;
  }
  *slice = TensorSlice(std::move(extents));
  return key.empty();
}

namespace {

// Copies a box of elements; one dimension a level, runs along the last.
class BoxCopier {
 public:
  BoxCopier(const Shape& shape, const TensorSlice& source, const TensorSlice& target, int element_size)
      : rank_(shape.rank()), size_(element_size) {
    const TensorSlice s = source.resolved(shape), t = target.resolved(shape);
    int64_t from_stride = 1, to_stride = 1;
    dims_.resize(static_cast<size_t>(rank_));
    for (int d = rank_ - 1; d >= 0; --d) {
      const auto& a = s.extents()[static_cast<size_t>(d)];
      const auto& b = t.extents()[static_cast<size_t>(d)];
      const int64_t begin = std::max(a.start, b.start);
      const int64_t end = std::min(a.start + a.length, b.start + b.length);
      dims_[static_cast<size_t>(d)] = {std::max<int64_t>(0, end - begin), from_stride, to_stride};
      from_begin_ += (begin - a.start) * from_stride;
      to_begin_ += (begin - b.start) * to_stride;
      from_stride *= a.length;
      to_stride *= b.length;
    }
  }

  int64_t count() const {
    int64_t count = 1;
    for (const Dim& d : dims_) count *= d.size;
    return count;
  }

  void copy(const void* from, void* to) const {
    if (count() > 0) copy_from(0, from, from_begin_, to, to_begin_);
  }

 private:
  struct Dim {
    int64_t size, from_stride, to_stride;
  };

  void copy_run(const void* from, int64_t from_at, void* to, int64_t to_at, int64_t n) const {
    if (size_ == 0) {
      const auto* source = static_cast<const std::string*>(from) + from_at;
      std::copy(source, source + n, static_cast<std::string*>(to) + to_at);
    } else {
      std::memcpy(static_cast<char*>(to) + to_at * size_, static_cast<const char*>(from) + from_at * size_,
                  static_cast<size_t>(n * size_));
    }
  }

  void copy_from(int d, const void* from, int64_t from_at, void* to, int64_t to_at) const {
    if (d >= rank_ - 1) return copy_run(from, from_at, to, to_at, rank_ == 0 ? 1 : dims_.back().size);
    const Dim& dim = dims_[static_cast<size_t>(d)];
    for (int64_t i = 0; i < dim.size; ++i) {
      copy_from(d + 1, from, from_at + i * dim.from_stride, to, to_at + i * dim.to_stride);
    }
  }

  int rank_, size_;
  std::vector<Dim> dims_;
  int64_t from_begin_ = 0, to_begin_ = 0;
};

}  // namespace

int64_t count_common(const Shape& shape, const TensorSlice& a, const TensorSlice& b) { return BoxCopier(shape, a, b, 0).count(); }

int64_t copy_common(const Shape& shape, const TensorSlice& source, const void* from, const TensorSlice& target, void* to,
                    int element_size) {
  const BoxCopier copier(shape, source, target, element_size);
  copier.copy(from, to);
  return copier.count();
}

}  // namespace reflow::formats
