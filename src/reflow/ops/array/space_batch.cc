// Blocks of space moved to the batch and back: SpaceToBatchND, BatchToSpaceND and their first versions.

#include <algorithm>
#include <vector>

#include "reflow/op/elements.h"
#include "reflow/op/gradient_ops.h"
#include "reflow/op/indices.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

// Block sizes of the spatial dimensions 1.., and what is padded or cropped before and after each.
struct Blocks {
  std::vector<int64_t> sizes, margins;
  int rank() const { return static_cast<int>(sizes.size()); }
};

StatusOr<Blocks> blocks_of(const Tensor* sizes, int64_t block_size, const Tensor& margins, int input_rank, const char* what) {
  Blocks b;
  if (sizes != nullptr) {
    if (sizes->rank() != 1) return invalid_argument("block_shape rank should be 1 instead of {}", sizes->rank());
    const IndexReader reader(*sizes);
    for (int64_t i = 0; i < reader.size(); ++i) b.sizes.push_back(reader[i]);
  } else {
    b.sizes.assign(2, block_size);
  }
  if (input_rank < 1 + b.rank()) return invalid_argument("input rank should be >= {} instead of {}", 1 + b.rank(), input_rank);
  if (!(margins.shape() == Shape{b.rank(), 2})) {
    return invalid_argument("{} should have shape [{}, 2] instead of {}", what, b.rank(), margins.shape().str());
  }
  for (int i = 0; i < b.rank(); ++i) {
    if (b.sizes[i] < 1) return invalid_argument("All values in block_shape must be positive, got value, {} at index {}.", b.sizes[i], i);
  }
  const IndexReader reader(margins);
  for (int64_t i = 0; i < reader.size(); ++i) {
    if (reader[i] < 0) return invalid_argument("{} must be non-negative, but got {}", what, reader[i]);
    b.margins.push_back(reader[i]);
  }
  return b;
}

// The shape after the move; `to_batch` tells the direction.
StatusOr<Shape> moved_shape(const Shape& in, const Blocks& b, bool to_batch) {
  Shape out = in;
  int64_t product = 1;
  for (const int64_t size : b.sizes) {
    if (__builtin_mul_overflow(product, size, &product)) return invalid_argument("Product of block sizes is too large");
  }
  int64_t batch;
  if (to_batch ? __builtin_mul_overflow(in.dim(0), product, &batch) : false) {
    return invalid_argument("Batch of {} times the product of block sizes {} is too large", in.dim(0), product);
  }
  if (!to_batch && in.dim(0) % product != 0) {
    return invalid_argument("Input batch dimension ({}) is not divisible by product of block sizes ({})", in.dim(0), product);
  }
  out.set_dim(0, to_batch ? batch : in.dim(0) / product);
  for (int i = 0; i < b.rank(); ++i) {
    const int64_t size = in.dim(i + 1), margin = b.margins[2 * i] + b.margins[2 * i + 1];
    if (to_batch) {
      const int64_t padded = size + margin;
      if (padded % b.sizes[i] != 0) {
        return invalid_argument("padded_shape[{}]={} is not divisible by block_shape[{}]={}", i, padded, i, b.sizes[i]);
      }
      out.set_dim(i + 1, padded / b.sizes[i]);
    } else {
      int64_t grown;
      if (__builtin_mul_overflow(size, b.sizes[i], &grown)) return invalid_argument("Dimension {} grows too large", i + 1);
      if (grown < margin) {
        return invalid_argument("cropped_shape[{}]={} must be non-negative", i, grown - margin);
      }
      out.set_dim(i + 1, grown - margin);
    }
  }
  return out;
}

template <bool kToBatch>
class MoveBlocks : public Kernel {
 public:
  explicit MoveBlocks(KernelInit& c) : block_size_(c.attr_or<int64_t>("block_size", 0)) {}
  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    const bool nd = block_size_ == 0;
    ASSIGN_OR_RETURN(const Blocks b, blocks_of(nd ? &c.input(1) : nullptr, block_size_, c.input(nd ? 2 : 1), in.rank(),
                                               kToBatch ? "paddings" : "crops"));
    ASSIGN_OR_RETURN(const Shape shape, moved_shape(in.shape(), b, kToBatch));
    if (!c.output(0).valid()) RETURN_IF_ERROR(c.allocate_output(0, shape));
    with_element(in.dtype(), [&]<typename E>() {
      move<E>(c.pool(), b, in.shape(), shape, static_cast<const E*>(in.raw_data()), static_cast<E*>(c.output(0).raw_data()));
    });
    return OkStatus();
  }

 private:
  // Each row of the last block dimension of the output comes from one row of the input, or, from the batch, from as many
  // as a block has places there; what lies beyond its borders is padding. An element of a row is a run of the remaining dimensions.
  template <typename E>
  static void move(ThreadPool& pool, const Blocks& b, const Shape& in, const Shape& out, const E* from, E* to) {
    const int m = b.rank();
    if (m == 0) return copy_elements(to, from, in.num_elements());
    int64_t run = 1, rows = 1, image_rows = 1;
    for (int i = m + 1; i < in.rank(); ++i) run *= in.dim(i);
    for (int i = 0; i < m; ++i) rows *= out.dim(i);
    for (int i = 1; i < m; ++i) image_rows *= in.dim(i);
    const int64_t width = out.dim(m), in_width = in.dim(m), size = b.sizes[m - 1], before = b.margins[2 * m - 2];
    const int64_t small_batch = kToBatch ? in.dim(0) : out.dim(0);
    if (run == 0 || width == 0) return;
    pool.parallel_for(rows, (kCopyCostNs<E> * run + 2.0) * width + 4.0 * m, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        int64_t rest = row, coordinate[Shape::kMaxRank];
        for (int i = m - 1; i > 0; --i) {
          coordinate[i] = rest % out.dim(i);
          rest /= out.dim(i);
        }
        // The place within the block; that of the last block dimension varies fastest.
        const int64_t batch = rest % small_batch;
        int64_t phase = kToBatch ? rest / small_batch : 0;
        const int64_t last_phase = phase % size;
        phase /= size;
        int64_t source[Shape::kMaxRank];
        bool padding = false;
        for (int i = m - 2; i >= 0; --i) {
          if (kToBatch) {
            source[i] = coordinate[i + 1] * b.sizes[i] + phase % b.sizes[i] - b.margins[2 * i];
            phase /= b.sizes[i];
            padding |= source[i] < 0 || source[i] >= in.dim(i + 1);
          } else {
            source[i] = (coordinate[i + 1] + b.margins[2 * i]) / b.sizes[i];
          }
        }
        int64_t image_row = 0;
        for (int i = 0; i < m - 1; ++i) {
          image_row = image_row * in.dim(i + 1) + source[i];
          if (!kToBatch) phase = phase * b.sizes[i] + (coordinate[i + 1] + b.margins[2 * i]) % b.sizes[i];
        }
        E* run_to = to + row * width * run;
        if (kToBatch) {
          const E* row_from = from + (padding ? 0 : (batch * image_rows + image_row) * in_width * run);
          for (int64_t x = 0, at = last_phase - before; x < width; ++x, at += size, run_to += run) {
            if (padding || at < 0 || at >= in_width) {
              std::fill(run_to, run_to + run, E());
            } else {
              copy_elements(run_to, row_from + at * run, run);
            }
          }
        } else {
          const int64_t between = small_batch * image_rows * in_width * run;  // the same place of the next phase
          const E* row_from = from + ((phase * size * small_batch + batch) * image_rows + image_row) * in_width * run;
          int64_t at = before / size, place = before % size;
          for (int64_t x = 0; x < width; ++x, run_to += run) {
            copy_elements(run_to, row_from + place * between + at * run, run);
            if (++place == size) place = 0, ++at;
          }
        }
      }
    });
  }

  const int64_t block_size_;
};

// TensorFlow's shape function for both directions; `sizes` null: not known, of `m` block dimensions.
Status moved_static_shape(ShapeContext& c, Shape input, int64_t m, const std::vector<int64_t>* sizes, int margins_input,
                          bool to_batch) {
  RETURN_IF_ERROR(c.with_rank_at_least(input, static_cast<int>(m) + 1, &input));
  Shape margins_shape;
  RETURN_IF_ERROR(c.merge(c.input(margins_input), Shape{m, 2}, &margins_shape));
  int64_t batch = input.known_rank() ? input.dim(0) : Shape::kUnknown;
  if (sizes != nullptr) {
    for (const int64_t size : *sizes) {
      if (size < 1) return invalid_argument("block_shape must be positive");
      RETURN_IF_ERROR(to_batch ? multiply_dims(batch, size, &batch) : divide_dim(batch, size, /*evenly=*/true, &batch));
    }
  } else if (m > 0) {
    batch = Shape::kUnknown;
  }
  Shape out{batch};
  for (int64_t i = 0; i < m; ++i) out.add_dim(Shape::kUnknown);
  if (const Tensor* margins = c.value(margins_input); margins != nullptr && margins->num_elements() == 2 * m) {
    const IndexReader reader(*margins);
    for (int i = 0; i < m; ++i) {
      const int64_t before = reader[2 * i], after = reader[2 * i + 1];
      if (before < 0 || after < 0) return invalid_argument("{} cannot be negative", to_batch ? "paddings" : "crops");
      if (sizes == nullptr) continue;
      int64_t size = input.known_rank() ? input.dim(i + 1) : Shape::kUnknown;
      if (to_batch) {
        RETURN_IF_ERROR(add_dims(size, before, &size));
        RETURN_IF_ERROR(add_dims(size, after, &size));
        RETURN_IF_ERROR(divide_dim(size, (*sizes)[i], /*evenly=*/true, &size));
      } else {
        RETURN_IF_ERROR(multiply_dims(size, (*sizes)[i], &size));
        RETURN_IF_ERROR(subtract_dims(size, before, &size));
        RETURN_IF_ERROR(subtract_dims(size, after, &size));
      }
      out.set_dim(i + 1, size);
    }
  }
  Shape rest = Shape::unknown();
  if (input.known_rank()) rest = input.sub_shape(static_cast<int>(m) + 1, input.rank());
  RETURN_IF_ERROR(c.concatenate(out, rest, &out));
  c.set_output(0, out);
  return OkStatus();
}

template <bool kToBatch>
Status nd_shape(ShapeContext& c) {
  if (c.concrete()) {
    const Tensor* sizes = c.value(1);
    const Tensor* margins = c.value(2);
    if (sizes == nullptr || margins == nullptr) {
      c.set_output(0, Shape::unknown());
      return OkStatus();
    }
    ASSIGN_OR_RETURN(const Blocks b, blocks_of(sizes, 0, *margins, c.input(0).rank(), kToBatch ? "paddings" : "crops"));
    ASSIGN_OR_RETURN(const Shape shape, moved_shape(c.input(0), b, kToBatch));
    c.set_output(0, shape);
    return OkStatus();
  }
  if (c.input(1).rank() != 1) return invalid_argument("block_shape must have rank 1.");
  const int64_t m = c.input(1).dim(0);
  if (m < 0) return invalid_argument("block_shape must have known size.");
  if (m >= Shape::kMaxRank) return invalid_argument("block_shape has {} elements: no tensor has so many dimensions", m);
  // Values are looked at late: messages tell which of them were.
  Shape input;
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), static_cast<int>(m) + 1, &input));
  std::vector<int64_t> values;
  bool known = false;
  RETURN_IF_ERROR(c.value_as_ints(1, &values, &known));
  return moved_static_shape(c, c.input(0), m, known ? &values : nullptr, 2, kToBatch);
}

template <bool kToBatch>
Status two_dimensional_shape(ShapeContext& c) {
  ASSIGN_OR_RETURN(const int64_t size, c.attr<int64_t>("block_size"));
  if (c.concrete()) {
    if (c.input(0).rank() != 4) return invalid_argument("input rank should be 4 instead of: {}", c.input(0).rank());
    const Tensor* margins = c.value(1);
    if (margins == nullptr) {
      c.set_output(0, Shape::unknown());
      return OkStatus();
    }
    ASSIGN_OR_RETURN(const Blocks b, blocks_of(nullptr, size, *margins, 4, kToBatch ? "paddings" : "crops"));
    ASSIGN_OR_RETURN(const Shape shape, moved_shape(c.input(0), b, kToBatch));
    c.set_output(0, shape);
    return OkStatus();
  }
  Shape input;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 4, &input));
  const std::vector<int64_t> sizes(2, size);
  return moved_static_shape(c, input, 2, &sizes, 1, kToBatch);
}

// tf.batch_to_space and tf.space_to_batch, which make the ND op with a constant block shape.
void two_dimensional_gradient(GradContext& g, const char* type) {
  const int64_t size = g.attr<int64_t>("block_size");
  const Endpoint dy = g.dy(0);
  GradContext::Scope scope(g.graph(), type);
  const Endpoint block = g.constant_ints({size, size}, DType::kInt64, "block_shape");
  g.dx(0) = g.op(type, {dy, block, g.x(1)}, {}, scope.name());
}

REFLOW_OP("SpaceToBatchND")
    .input("input: T")
    .input("block_shape: Tblock_shape")
    .input("paddings: Tpaddings")
    .output("output: T")
    .attr("T: type")
    .attr("Tblock_shape: {int32, int64} = DT_INT32")
    .attr("Tpaddings: {int32, int64} = DT_INT32")
    .doc("Pads the spatial dimensions 1.. of input with zeros and cuts them into blocks: the output's batch has, for each place "
         "within a block, the elements of all blocks at that place.")
    .shape(nd_shape<true>)
    .kernel<MoveBlocks<true>>(kCpu)
    .gradient([](GradContext& g) { g.dx(0) = g.op("BatchToSpaceND", {g.dy(0), g.x(1), g.x(2)}); });

REFLOW_OP("BatchToSpaceND")
    .input("input: T")
    .input("block_shape: Tblock_shape")
    .input("crops: Tcrops")
    .output("output: T")
    .attr("T: type")
    .attr("Tblock_shape: {int32, int64} = DT_INT32")
    .attr("Tcrops: {int32, int64} = DT_INT32")
    .doc("Undoes SpaceToBatchND: puts blocks together from the batch, and crops the spatial dimensions.")
    .shape(nd_shape<false>)
    .kernel<MoveBlocks<false>>(kCpu)
    .gradient([](GradContext& g) { g.dx(0) = g.op("SpaceToBatchND", {g.dy(0), g.x(1), g.x(2)}); });

REFLOW_OP("SpaceToBatch")
    .input("input: T")
    .input("paddings: Tpaddings")
    .output("output: T")
    .attr("T: type")
    .attr("Tpaddings: {int32, int64} = DT_INT32")
    .attr("block_size: int >= 2")
    .doc("SpaceToBatchND for images [batch, height, width, depth] and square blocks.")
    .shape(two_dimensional_shape<true>)
    .kernel<MoveBlocks<true>>(kCpu)
    .gradient([](GradContext& g) { two_dimensional_gradient(g, "BatchToSpaceND"); });

REFLOW_OP("BatchToSpace")
    .input("input: T")
    .input("crops: Tidx")
    .output("output: T")
    .attr("T: type")
    .attr("block_size: int >= 2")
    .attr("Tidx: {int32, int64} = DT_INT32")
    .doc("BatchToSpaceND for images [batch, height, width, depth] and square blocks.")
    .shape(two_dimensional_shape<false>)
    .kernel<MoveBlocks<false>>(kCpu)
    .gradient([](GradContext& g) { two_dimensional_gradient(g, "SpaceToBatchND"); });

}  // namespace
}  // namespace reflow::ops
