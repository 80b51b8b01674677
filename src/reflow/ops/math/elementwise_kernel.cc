#include "elementwise_kernel.h"

#include <absl/container/inlined_vector.h>

#include <algorithm>
#include <type_traits>

#include "reflow/op/broadcast.h"
#include "reflow/op/for_ranges.h"

namespace reflow::ops {
namespace {

const char* at(const void* base, int64_t element, int size) { return static_cast<const char*>(base) + element * size; }
char* at(void* base, int64_t element, int size) { return static_cast<char*>(base) + element * size; }

constexpr int64_t kShortRow = 8, kTile = 512;  // elements

// Where the rows of an operand begin: runs of the innermost dimension, in the order of the result.
class Rows {
 public:
  Rows(const Broadcast& layout, const absl::InlinedVector<int64_t, 6>& strides, int64_t first)
      : dims_(layout.dims), strides_(strides), index_(dims_.size() - 1) {
    for (size_t i = index_.size(); i-- > 0; first /= dims_[i]) {
      index_[i] = first % dims_[i];
      offset_ += index_[i] * strides_[i];
    }
  }
  int64_t offset() const { return offset_; }
  void next() {
    for (size_t i = index_.size(); i-- > 0;) {
      offset_ += strides_[i];
      if (++index_[i] < dims_[i]) break;
      offset_ -= index_[i] * strides_[i];
      index_[i] = 0;
    }
  }

 private:
  const absl::InlinedVector<int64_t, 6>&dims_, &strides_;
  absl::InlinedVector<int64_t, 6> index_;
  int64_t offset_ = 0;
};

// Copies the next rows of an operand as the result has them.
template <typename Word>
void spread(const void* x, Rows& rows, int64_t count, int64_t inner, int64_t step, void* to) {
  auto* out = static_cast<Word*>(to);
  const auto copy = [&](auto size) {
    for (int64_t r = 0; r < count; ++r, rows.next(), out += size) {
      const Word* from = static_cast<const Word*>(x) + rows.offset();
      for (int64_t j = 0; j < size; ++j) out[j] = from[j * step];
    }
  };
  switch (inner) {
    case 2: return copy(std::integral_constant<int64_t, 2>());
    case 3: return copy(std::integral_constant<int64_t, 3>());
    case 4: return copy(std::integral_constant<int64_t, 4>());
    default: return copy(inner);
  }
}
using Spread = void (*)(const void*, Rows&, int64_t, int64_t, int64_t, void*);
// For elements of a size; null: there is none.
Spread find_spread(int size) {
  struct Wide {
    uint64_t words[2];
  };
  switch (size) {
    case 1: return spread<uint8_t>;
    case 2: return spread<uint16_t>;
    case 4: return spread<uint32_t>;
    case 8: return spread<uint64_t>;
    case 16: return spread<Wide>;
    default: return nullptr;
  }
}

}  // namespace

Status gradient_op_shape(ShapeContext& c) {
  // Programs give grad_ys of other shapes: [1, n] for [n]. What counts is how many elements there are, and y's shape.
  if (c.concrete() && c.input(0).num_elements() != c.input(1).num_elements()) {
    return invalid_argument("y and dy must be of the same shape. y shape: {}. dy shape: {}", c.input(0).str(),
                            c.input(1).str());
  }
  return unchanged_shape(c);
}

Status UnaryKernel::compute(KernelContext& c) {
  const void* x = c.input(0).raw_data();
  Tensor& y = c.output(0);
  void* out = y.raw_data();
  for_ranges(c.pool(), y.num_elements(), 16, spec_.cost_ns, [&](int64_t begin, int64_t end) {
    spec_.loop(at(x, begin, spec_.x_size), at(out, begin, spec_.y_size), end - begin);
  });
  return OkStatus();
}

Status BinaryKernel::compute(KernelContext& c) {
  const Tensor &a = c.input(0), &b = c.input(1);
  Tensor& y = c.output(0);
  const int64_t n = y.num_elements(), na = a.num_elements(), nb = b.num_elements();
  // As many elements as the result has: nothing is repeated, whatever the shapes.
  if ((na != n && na != 1) || (nb != n && nb != 1)) {
    broadcast(c, a, b, y);
    return OkStatus();
  }
  const int64_t a_step = na == n, b_step = nb == n;
  const void *p = a.raw_data(), *q = b.raw_data();
  void* out = y.raw_data();
  c.pool().parallel_for(n, spec_.cost_ns, [&](int64_t begin, int64_t end) {
    spec_.loop(at(p, begin * a_step, spec_.x_size), a_step, at(q, begin * b_step, spec_.x_size), b_step,
               at(out, begin, spec_.y_size), end - begin);
  });
  return OkStatus();
}

void BinaryKernel::broadcast(KernelContext& c, const Tensor& a, const Tensor& b, Tensor& y) const {
  if (y.num_elements() == 0) return;
  const Broadcast layout(a.shape(), b.shape());
  const int64_t inner = layout.dims.back(), a_step = layout.a_strides.back(), b_step = layout.b_strides.back();
  const void *p = a.raw_data(), *q = b.raw_data();
  void* out = y.raw_data();
  const int64_t num_rows = layout.num_elements / inner;
  if (const Spread spread = find_spread(spec_.x_size); spread != nullptr && inner < kShortRow && num_rows > 1) {
    // Many short rows at once, of operands that are repeated from copies.
    const bool a_whole = a.num_elements() == y.num_elements(), b_whole = b.num_elements() == y.num_elements();
    c.pool().parallel_for(num_rows, inner * (1 + spec_.cost_ns), [&](int64_t begin, int64_t end) {
      alignas(64) char copies[2][kTile * 16];
      Rows a_rows(layout, layout.a_strides, begin), b_rows(layout, layout.b_strides, begin);
      const int64_t at_once = kTile / inner;
      for (int64_t row = begin; row < end; row += at_once) {
        const int64_t count = std::min(at_once, end - row);
        const auto operand = [&](bool whole, const void* x, Rows& rows, int64_t step, char* copy) -> const void* {
          if (whole) return at(x, row * inner, spec_.x_size);
          spread(x, rows, count, inner, step, copy);
          return copy;
        };
        spec_.loop(operand(a_whole, p, a_rows, a_step, copies[0]), 1, operand(b_whole, q, b_rows, b_step, copies[1]), 1,
                   at(out, row * inner, spec_.y_size), count * inner);
      }
    });
    return;
  }
  c.pool().parallel_for(num_rows, 4 + inner * spec_.cost_ns, [&](int64_t begin, int64_t end) {
    Rows a_rows(layout, layout.a_strides, begin), b_rows(layout, layout.b_strides, begin);
    for (int64_t row = begin; row < end; ++row, a_rows.next(), b_rows.next()) {
      // In a row each operand goes on by one or stays.
      spec_.loop(at(p, a_rows.offset(), spec_.x_size), a_step, at(q, b_rows.offset(), spec_.x_size), b_step,
                 at(out, row * inner, spec_.y_size), inner);
    }
  });
}

}  // namespace reflow::ops
