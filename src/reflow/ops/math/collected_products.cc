// The sum of products a' b, one an iteration of a loop, when a plan is made (passes/product_sums.cc). What the loop carries
// is the sum and, behind it, rows of the a and b that are still to be multiplied: many at a time, which costs a fraction
// of as many products of few rows, each of which reads and writes the whole sum.

#include <algorithm>
#include <cstring>

#include "reflow/op/gemm.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

constexpr int64_t kMostWaiting = 256;  // rows
constexpr int64_t kCountFloats = 16;   // room for two numbers; what follows is aligned as the sum is

int64_t state_size(int64_t rows, int64_t columns) {
  return rows * columns + kCountFloats + kMostWaiting * (rows + columns);
}

// What is carried, for a sum of `rows` x `columns`.
class State {
 public:
  State(float* data, int64_t rows, int64_t columns) : rows_(rows), columns_(columns), sum_(data) {}

  int64_t waiting() const { return std::clamp<int64_t>(number(0), 0, kMostWaiting); }  // whatever a graph from a file feeds
  // Null: of zeros, which the first product doesn't read.
  void begin(const float* sum) {
    if (sum != nullptr) std::copy_n(sum, rows_ * columns_, sum_);
    set_number(0, 0);
    set_number(1, sum != nullptr);
  }

  // Adds what waits; the sum is all of it then.
  void finish(ThreadPool& pool) {
    if (waiting() > 0) add_product(pool, waiting(), a(), b());
    set_number(0, 0);
    if (!has_sum()) std::fill_n(sum_, rows_ * columns_, 0.0f);
    set_number(1, 1);
  }

  void collect(ThreadPool& pool, int64_t depth, const float* more_a, const float* more_b) {
    if (depth == 0) return;
    if (waiting() + depth > kMostWaiting) {
      add_product(pool, waiting(), a(), b());
      set_number(0, 0);
    }
    if (depth > kMostWaiting / 2) return add_product(pool, depth, more_a, more_b);
    const int64_t before = waiting();
    constexpr double kCopyNs = 0.4;  // a float of which another thread may have the memory in its cache
    pool.parallel_for(depth, kCopyNs * static_cast<double>(rows_ + columns_), [&](int64_t begin, int64_t end) {
      std::copy(more_a + begin * rows_, more_a + end * rows_, a() + (before + begin) * rows_);
      std::copy(more_b + begin * columns_, more_b + end * columns_, b() + (before + begin) * columns_);
    });
    set_number(0, before + depth);
  }

 private:
  bool has_sum() const { return number(1) != 0; }
  void add_product(ThreadPool& pool, int64_t depth, const float* a, const float* b) {
    if (depth == 0) return;
    op::gemm(pool, {.transpose_a = true, .m = rows_, .n = columns_, .k = depth, .a = a, .lda = rows_, .b = b,
                    .ldb = columns_, .c = sum_, .ldc = columns_, .accumulate = has_sum()});
    set_number(1, 1);
  }

  float* a() { return sum_ + rows_ * columns_ + kCountFloats; }
  float* b() { return a() + kMostWaiting * rows_; }
  // Behind the sum: 0: how many rows wait; 1: is there a sum.
  int64_t number(int i) const {
    int64_t value;
    std::memcpy(&value, sum_ + rows_ * columns_ + 2 * i, sizeof(value));
    return value;
  }
  void set_number(int i, int64_t value) { std::memcpy(sum_ + rows_ * columns_ + 2 * i, &value, sizeof(value)); }

  const int64_t rows_, columns_;
  float* const sum_;
};

// What the three kernels have in common.
class OfSum : public Kernel {
 public:
  explicit OfSum(KernelInit& c) : rows_(c.attr<int64_t>("rows")), columns_(c.attr<int64_t>("columns")) {}

 protected:
  State state_in(Tensor& t) const { return State(t.data<float>(), rows_, columns_); }
  // For kernels that set their outputs themselves: no shape function has seen the input.
  Status check_state(const Tensor& t) const {
    if (rows_ >= 0 && columns_ >= 0 && t.shape() == Shape{state_size(rows_, columns_)}) return OkStatus();
    return invalid_argument("Input 0 must have shape {} and not {}", Shape{state_size(rows_, columns_)}.str(), t.shape().str());
  }
  Tensor sum_in(const Tensor& t) const { return t.rows(0, rows_ * columns_).reshaped({rows_, columns_}); }

 private:
  const int64_t rows_, columns_;
};

// The shape of the sum, and of what is carried, as attributes say.
Status shapes_of(ShapeContext& c, Shape* sum, Shape* state) {
  constexpr int64_t kMost = int64_t{1} << 30;
  const auto rows = c.attr_or("rows", int64_t{0}), columns = c.attr_or("columns", int64_t{0});
  if (rows < 0 || columns < 0 || rows > kMost || columns > kMost) return invalid_argument("There is no matrix of {} x {}", rows, columns);
  *sum = Shape{rows, columns};
  *state = Shape{state_size(rows, columns)};
  return OkStatus();
}

Status check_input(ShapeContext& c, const Shape& wanted) {
  if (c.input(0).compatible_with(wanted)) return OkStatus();
  return invalid_argument("Input 0 must have shape {} and not {}", wanted.str(), c.input(0).str());
}

Status begin_shape(ShapeContext& c) {
  Shape sum, state;
  RETURN_IF_ERROR(shapes_of(c, &sum, &state));
  c.set_output(0, state);
  return check_input(c, sum);
}

Status collect_shape(ShapeContext& c) {
  Shape sum, state;
  RETURN_IF_ERROR(shapes_of(c, &sum, &state));
  c.set_output(0, state);
  RETURN_IF_ERROR(check_input(c, state));
  const Shape &a = c.input(1), &b = c.input(2);
  if (!a.known_rank() || !b.known_rank()) return OkStatus();
  if (a.rank() != 2 || b.rank() != 2) {
    return invalid_argument("In[{}] is not a matrix. Instead it has shape {}", a.rank() != 2 ? 0 : 1,
                            (a.rank() != 2 ? a : b).str());
  }
  if (a.dim(0) >= 0 && b.dim(0) >= 0 && a.dim(0) != b.dim(0)) {
    return invalid_argument("Matrix size-incompatible: In[0]: {}, In[1]: {}", a.str(), b.str());
  }
  const Shape product{a.dim(1), b.dim(1)};
  if (!product.compatible_with(sum)) return invalid_argument("Incompatible shapes: {} vs. {}", sum.str(), product.str());
  return OkStatus();
}

Status end_shape(ShapeContext& c) {
  Shape sum, state;
  RETURN_IF_ERROR(shapes_of(c, &sum, &state));
  c.set_output(0, sum);
  return check_input(c, state);
}

class BeginCollecting : public OfSum {
 public:
  explicit BeginCollecting(KernelInit& c) : OfSum(c), zeros_(c.attr<bool>("zeros")) {}
  Status compute(KernelContext& c) override {
    state_in(c.output(0)).begin(zeros_ ? nullptr : c.input(0).data<float>());
    return OkStatus();
  }

 private:
  const bool zeros_;
};

class CollectProduct : public OfSum {
 public:
  using OfSum::OfSum;
  Status compute(KernelContext& c) override {
    const Tensor &before = c.input(0), &a = c.input(1), &b = c.input(2);
    Tensor& after = c.output(0);
    if (after.raw_data() != before.raw_data()) std::memcpy(after.raw_data(), before.raw_data(), before.size_bytes());
    state_in(after).collect(c.pool(), a.dim(0), a.data<float>(), b.data<float>());
    return OkStatus();
  }
};

class EndCollecting : public OfSum {
 public:
  using OfSum::OfSum;
  Status compute(KernelContext& c) override {
    RETURN_IF_ERROR(check_state(c.input(0)));
    // Where nobody else holds the state, its memory becomes the sum's.
    Tensor state = c.input(0).owns_alone() ? c.input(0) : c.input(0).copy();
    state_in(state).finish(c.pool());
    c.set_output(0, sum_in(state));
    return OkStatus();
  }
};

REFLOW_OP("_BeginCollecting")
    .input("sum: float")
    .output("state: float")
    .attr("rows: int").attr("columns: int").attr("zeros: bool = false")
    .doc("What a loop carries that adds products to `sum`, of `rows` x `columns`, by `_CollectProduct`; `zeros`: the sum is "
         "known to be zeros. Made by the pass `product_sums`.")
    .shape(begin_shape)
    .kernel<BeginCollecting>(kCpu)
    .not_differentiable();

REFLOW_OP("_CollectProduct")
    .input("state: float")
    .input("a: float")
    .input("b: float")
    .output("next: float")
    .attr("rows: int").attr("columns: int")
    .doc("Adds the product of `a`, transposed, and `b` to the sum of `_BeginCollecting`, now or later. Made by the pass "
         "`product_sums`.")
    .shape(collect_shape)
    .kernel<CollectProduct>(kCpu)
    .in_place(0, 0)
    .not_differentiable();

REFLOW_OP("_EndCollecting")
    .input("state: float")
    .output("sum: float")
    .attr("rows: int").attr("columns: int")
    .doc("The sum of all that `_CollectProduct` was given, and of what it began with. Made by the pass `product_sums`.")
    .shape(end_shape)
    .kernel<EndCollecting>(kCpu)
    .sets_outputs()
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
