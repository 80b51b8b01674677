// Parts and lengths of strings, in bytes or in characters of UTF-8.

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "reflow/op/broadcast.h"
#include "reflow/op/indices.h"
#include "reflow/op/op.h"
#include "reflow/ops/string/utf8.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// The part of `text` from byte `pos` (negative: from the back) on; a negative `length` means all. Nothing where `pos`
// isn't within the text.
std::optional<std::string_view> byte_part(std::string_view text, int64_t pos, int64_t length) {
  const auto size = static_cast<int64_t>(text.size());
  if (pos < 0) pos += size;
  if (pos < 0 || pos > size) return std::nullopt;
  return text.substr(static_cast<size_t>(pos), length < 0 ? text.npos : static_cast<size_t>(length));
}

// The same in characters. A negative length is nothing, and an error together with a negative `pos`, as in TensorFlow.
std::optional<std::string_view> utf8_part(std::string_view text, int64_t pos, int64_t length) {
  size_t begin = pos < 0 ? text.size() : 0;
  if (pos < 0) {
    if (length < 0 || !utf8_back(text, -pos, &begin)) return std::nullopt;
  } else if (!utf8_forward(text, pos, &begin)) {
    return std::nullopt;
  }
  size_t end = begin;
  utf8_forward(text, length, &end);
  return text.substr(begin, end - begin);
}

class Substr : public Kernel {
 public:
  explicit Substr(KernelInit& c) : in_characters_(c.attr<std::string>("unit") == "UTF8_CHAR") {}

  Status compute(KernelContext& c) override {
    const Tensor &in = c.input(0), &pos = c.input(1), &length = c.input(2);
    if (!(pos.shape() == length.shape())) {
      return invalid_argument("pos and len should have same shape, got: {} vs. {}", pos.shape().str(), length.shape().str());
    }
    const bool broadcasts = pos.rank() != 0 && !(pos.shape() == in.shape());
    Shape shape = in.shape();
    if (broadcasts) RETURN_IF_ERROR(broadcast(in.shape(), pos.shape(), &shape));
    RETURN_IF_ERROR(c.allocate_output(0, shape));
    const Broadcast walk(in.shape(), pos.shape());
    const std::string* from = in.data<std::string>();
    std::string* out = c.output(0).data<std::string>();
    const IndexReader positions(pos), lengths(length);
    const int64_t n = c.output(0).num_elements();
    const auto rank = static_cast<int>(walk.dims.size());
    for (int64_t i = 0; i < n; ++i) {
      int64_t a = 0, b = 0, rest = i;
      for (int d = rank - 1; d >= 0; --d) {
        const int64_t k = rest % walk.dims[d];
        rest /= walk.dims[d];
        a += k * walk.a_strides[d];
        b += k * walk.b_strides[d];
      }
      const auto part = in_characters_ ? utf8_part(from[a], positions[b], lengths[b])
                                       : byte_part(from[a], positions[b], lengths[b]);
      if (!part) return outside(positions[b], from[a], i, broadcasts ? shape : Shape{n});
      out[i].assign(part->data(), part->size());
    }
    return OkStatus();
  }

 private:
  static Status broadcast(const Shape& a, const Shape& b, Shape* out) {
    const int rank = std::max(a.rank(), b.rank());
    Shape shape = Shape::unknown_of_rank(rank);
    for (int i = 1; i <= rank; ++i) {
      const int64_t x = i <= a.rank() ? a.dim(a.rank() - i) : 1, y = i <= b.rank() ? b.dim(b.rank() - i) : 1;
      if (x != y && x != 1 && y != 1) return invalid_argument("Incompatible shapes: {} vs. {}", a.str(), b.str());
      shape.set_dim(rank - i, x == 1 ? y : x);
    }
    *out = std::move(shape);
    return OkStatus();
  }

  Status outside(int64_t pos, const std::string& text, int64_t i, const Shape& shape) const {
    if (in_characters_) return invalid_argument("pos {} out of range for string at index {}", pos, i);
    std::string place = std::to_string(i);
    if (shape.rank() > 1) {
      const std::string at = coordinates(shape, i);  // [0,1]
      place = "(";
      for (const char ch : at.substr(1, at.size() - 2)) place += ch == ',' ? std::string(", ") : std::string(1, ch);
      place += ")";
    }
    return invalid_argument("pos {} out of range for string b'{}' at index {}", pos, text, place);
  }

  bool in_characters_;
};

Status substr_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  const Shape &pos = c.input(1), &length = c.input(2);
  Shape checked;
  RETURN_IF_ERROR(c.with_rank(pos, length.rank(), &checked));
  for (int d = 0; d < pos.rank(); ++d) {
    if (pos.dim(d) != length.dim(d)) {
      return invalid_argument("pos and len shapes must match: {} vs. {}", pos.str(), length.str());
    }
  }
  return broadcast_shape_fn(c);
}

REFLOW_OP("Substr")
    .input("input: string")
    .input("pos: T")
    .input("len: T")
    .output("output: string")
    .attr("T: {int32, int64}")
    .attr("unit: {'BYTE', 'UTF8_CHAR'} = 'BYTE'")
    .doc("Of each string the part of `len` bytes or characters (`unit`) from `pos` on; a negative `pos` counts from the "
         "back. Strings and positions are broadcast.")
    .shape(substr_shape)
    .kernel<Substr>(kCpu);

class StringLength : public Kernel {
 public:
  explicit StringLength(KernelInit& c) : in_characters_(c.attr<std::string>("unit") == "UTF8_CHAR") {}
  Status compute(KernelContext& c) override {
    const std::string* in = c.input(0).data<std::string>();
    int32_t* out = c.output(0).data<int32_t>();
    for (int64_t i = 0; i < c.input(0).num_elements(); ++i) {
      out[i] = static_cast<int32_t>(in_characters_ ? utf8_length(in[i]) : static_cast<int64_t>(in[i].size()));
    }
    return OkStatus();
  }

 private:
  bool in_characters_;
};

REFLOW_OP("StringLength")
    .input("input: string")
    .output("output: int32")
    .attr("unit: {'BYTE', 'UTF8_CHAR'} = 'BYTE'")
    .doc("The length of each string in bytes or in characters of UTF-8 (`unit`).")
    .shape(unchanged_shape)
    .kernel<StringLength>(kCpu);

}  // namespace
}  // namespace reflow::ops
