// Transpose and ConjugateTranspose: dimensions in another order.

#include <algorithm>
#include <complex>
#include <string>
#include <type_traits>

#include "reflow/op/indices.h"
#include "reflow/op/op.h"
#include "reflow/op/strided_copy.h"
#include "transpose_block.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

struct Same {
  template <typename E>
  static const E& apply(const E& x) { return x; }
};
struct Conjugate {
  template <typename E>
  static E apply(const E& x) { return std::conj(x); }
};

template <typename F, typename E>
constexpr bool kBySquares = std::is_same_v<F, Same> && (std::is_same_v<E, uint32_t> || std::is_same_v<E, uint64_t>);

// How much of the output is written in one go.
struct BlockSize {
  int64_t rows, columns;
};
template <typename F, typename E>
constexpr BlockSize kBlock =
    kBySquares<F, E> ? BlockSize{128, 128} : sizeof(E) >= 8 ? BlockSize{16, 16} : BlockSize{32, 32};
// Outputs of so many bytes are written past the caches: long runs along rows of the input, which are read as they lie.
constexpr int64_t kPastCachesBytes = 16 << 20;
constexpr BlockSize kBlockPastCaches = {1024, 64};

// out[i * out_stride + j] = f(in[i + j * in_stride]) for a block: both sides touch few cache lines at a time.
template <typename F, typename E>
void transpose_block_of(const E* in, int64_t in_stride, E* out, int64_t out_stride, int64_t rows, int64_t columns,
                        bool past_caches) {
  if constexpr (kBySquares<F, E>) {
    transpose_block(in, in_stride, out, out_stride, rows, columns, past_caches);
  } else {
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < columns; ++j) out[i * out_stride + j] = F::apply(in[i + j * in_stride]);
    }
  }
}

// The output as `view` sees the input, where neither the innermost output dimension nor another one runs along memory in
// both. Dimension `along` of the view has stride 1: it and the innermost one are transposed in blocks.
template <typename F, typename E>
void transpose_blocked(ThreadPool& pool, const StridedView& view, int along, const E* in, E* out) {
  const int last = view.rank() - 1;
  const int64_t rows = view.size(along), columns = view.size(last), in_stride = view.stride(last);
  // Then all rows of the output begin with a cache line.
  const bool whole_lines = columns * sizeof(E) % 64 == 0 && reinterpret_cast<uintptr_t>(out) % 64 == 0;
  const bool past_caches = kBySquares<F, E> && whole_lines && view.num_elements() * sizeof(E) >= kPastCachesBytes;
  const BlockSize block = past_caches ? kBlockPastCaches : kBlock<F, E>;
  int64_t out_stride = 1;
  for (int d = along + 1; d <= last; ++d) out_stride *= view.size(d);
  const int64_t row_blocks = (rows + block.rows - 1) / block.rows;
  const int64_t column_blocks = (columns + block.columns - 1) / block.columns;
  const int64_t others = view.num_elements() / (rows * columns);
  const double element_ns = kBySquares<F, E> ? 0.05 * sizeof(E) : 0.6;
  const double cost_ns = element_ns * std::min(block.rows, rows) * std::min(block.columns, columns);
  pool.parallel_for(others * row_blocks * column_blocks, cost_ns, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) {
      const int64_t j = b % column_blocks * block.columns, i = b / column_blocks % row_blocks * block.rows;
      int64_t rest = b / (column_blocks * row_blocks), from = 0, to = 0, distance = columns;
      for (int d = last - 1; d >= 0; --d) {
        if (d == along) {
          distance *= rows;
          continue;
        }
        const int64_t index = rest % view.size(d);
        rest /= view.size(d);
        from += index * view.stride(d);
        to += index * distance;
        distance *= view.size(d);
      }
      transpose_block_of<F>(in + from + i + j * in_stride, in_stride, out + to + i * out_stride + j, out_stride,
                            std::min(block.rows, rows - i), std::min(block.columns, columns - j), past_caches);
    }
    if (past_caches) end_writes_past_caches();
  });
}

template <typename F, typename E>
void transpose(ThreadPool& pool, const StridedView& view, const void* from, void* to) {
  const E* in = static_cast<const E*>(from);
  E* out = static_cast<E*>(to);
  if (view.num_elements() == 0) return;
  if (view.rank() > 1 && view.stride(view.rank() - 1) != 1) {
    for (int d = 0; d < view.rank() - 1; ++d) {
      if (view.stride(d) == 1) return transpose_blocked<F>(pool, view, d, in, out);
    }
  }
  gather_strided(pool, view, out, in);
  if constexpr (!std::is_same_v<F, Same>) {
    for (int64_t i = 0; i < view.num_elements(); ++i) out[i] = F::apply(out[i]);
  }
}

// What the kernel says of a permutation that is none.
Status check_permutation(const Shape& in, const Tensor& perm) {
  if (perm.rank() != 1) return invalid_argument("perm must be a vector, not {}", perm.shape().str());
  const IndexReader dims(perm);
  const int rank = in.rank();
  if (dims.size() != rank) {
    return invalid_argument("transpose expects a vector of size {}. But input(1) is a vector of size {}", rank,
                            dims.size());
  }
  bool seen[Shape::kMaxRank] = {};
  for (int d = 0; d < rank; ++d) {
    if (dims[d] < 0 || dims[d] >= rank) return invalid_argument("{} is out of range [0 .. {})", dims[d], rank);
    seen[dims[d]] = true;
  }
  for (int d = 0; d < rank; ++d) {
    if (seen[d]) continue;
    std::string listed;
    for (int i = 0; i < rank; ++i) listed += (i ? "," : "") + std::to_string(dims[i]);
    return invalid_argument("{} is missing from {{{}}}.", d, listed);
  }
  return OkStatus();
}

using TransposeFn = void (*)(ThreadPool&, const StridedView&, const void*, void*);

class Transpose : public Kernel {
 public:
  explicit Transpose(KernelInit& c) {
    transpose_ = with_element(c.node().output_type(0),
                              []<typename E>() -> TransposeFn { return &transpose<Same, E>; });
    if (c.node().type() != "ConjugateTranspose") return;
    with_type(kComplexTypes, c.node().output_type(0), [this]<typename T>() { transpose_ = &transpose<Conjugate, T>; });
  }

  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    RETURN_IF_ERROR(check_permutation(in.shape(), c.input(1)));
    const IndexReader perm(c.input(1));
    int64_t strides[Shape::kMaxRank];
    int64_t stride = 1;
    for (int d = in.rank() - 1; d >= 0; --d) {
      strides[d] = stride;
      stride *= in.dim(d);
    }
    StridedView view;
    for (int d = 0; d < in.rank(); ++d) view.add_dim(in.dim(static_cast<int>(perm[d])), strides[perm[d]]);
    transpose_(c.pool(), view, in.raw_data(), c.output(0).raw_data());
    return OkStatus();
  }

 private:
  TransposeFn transpose_;
};

Status transpose_shape(ShapeContext& c) {
  const Shape& in = c.input(0);
  const Tensor* perm = c.value(1);
  if (c.concrete() && perm != nullptr) RETURN_IF_ERROR(check_permutation(in, *perm));
  Shape perm_shape = c.input(1);
  int64_t rank = in.rank();
  if (!c.concrete()) {
    if (perm != nullptr) {
      rank = perm->num_elements();
    } else if (perm_shape.known_rank() && perm_shape.rank() == 1) {
      rank = perm_shape.dim(0);
    }
    if (rank < 0) rank = in.rank();
  }
  if (rank < 0 && perm == nullptr) {
    c.set_output(0, Shape::unknown());
    return OkStatus();
  }
  if (!c.concrete()) {
    RETURN_IF_ERROR(c.with_rank(perm_shape, 1, &perm_shape));
    if (in.known_rank() && perm_shape.dim(0) >= 0 && perm_shape.dim(0) != in.rank()) {
      return invalid_argument("Dimension must be {} but is {}", in.rank(), perm_shape.dim(0));
    }
  }
  Shape known;
  RETURN_IF_ERROR(c.with_rank(in, static_cast<int>(rank), &known));
  Shape out = Shape::unknown_of_rank(static_cast<int>(rank));
  if (perm != nullptr) {
    const IndexReader dims(*perm);
    for (int d = 0; d < rank; ++d) {
      if (dims[d] < -rank || dims[d] >= rank) {
        return invalid_argument("perm dim {} is out of range of input rank {}", dims[d], rank);
      }
      out.set_dim(d, known.dim(static_cast<int>(dims[d] < 0 ? dims[d] + rank : dims[d])));
    }
  } else {
    // Sizes that are all the same stay where they are.
    for (int d = 0; d < rank; ++d) {
      const bool same = std::all_of(known.begin(), known.end(), [&](int64_t s) { return s == known.dim(0); });
      if (same) out.set_dim(d, known.dim(0));
    }
  }
  c.set_output(0, std::move(out));
  return OkStatus();
}

void transpose_gradient(GradContext& g) {
  const Endpoint inverse = g.op("InvertPermutation", {g.x(1)});
  if (g.node().type() == "ConjugateTranspose" && is_complex(g.dy(0).dtype())) {
    g.dx(0) = g.op("ConjugateTranspose", {g.dy(0), inverse}, {}, "transpose");
  } else {
    g.dx(0) = g.op("Transpose", {g.dy(0), inverse}, {}, "transpose");
  }
}

REFLOW_OP("Transpose")
    .input("x: T")
    .input("perm: Tperm")
    .output("y: T")
    .attr("T: type")
    .attr("Tperm: {int32, int64} = DT_INT32")
    .doc("`x` with its dimensions in the order `perm`: dimension i of `y` is dimension perm[i] of `x`.")
    .shape(transpose_shape)
    .kernel<Transpose>(kCpu)
    .gradient(transpose_gradient);

REFLOW_OP("ConjugateTranspose")
    .input("x: T")
    .input("perm: Tperm")
    .output("y: T")
    .attr("T: type")
    .attr("Tperm: {int32, int64} = DT_INT32")
    .doc("The complex conjugate of `x` with its dimensions in the order `perm`.")
    .shape(transpose_shape)
    .kernel<Transpose>(kCpu)
    .gradient(transpose_gradient);

}  // namespace
}  // namespace reflow::ops
