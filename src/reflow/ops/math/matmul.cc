// Products of matrices.

#include "gradient_ops.h"
#include "matmul_kernel.h"
#include "reflow/op/op.h"
#include "reflow/op/skipped_inputs.h"

namespace reflow::ops {
namespace {

Status matmul_shape(ShapeContext& c) {
  Shape a = c.input(0), b = c.input(1);
  const bool transpose_a = c.attr_or("transpose_a", false), transpose_b = c.attr_or("transpose_b", false);
  if (c.concrete()) {
    if (a.rank() != 2) return invalid_argument("In[0] is not a matrix. Instead it has shape {}", a.str());
    if (b.rank() != 2) return invalid_argument("In[1] is not a matrix. Instead it has shape {}", b.str());
    if (a.dim(transpose_a ? 0 : 1) != b.dim(transpose_b ? 1 : 0)) {
      return invalid_argument("Matrix size-incompatible: In[0]: {}, In[1]: {}", a.str(), b.str());
    }
  }
  RETURN_IF_ERROR(c.with_rank(a, 2, &a));
  RETURN_IF_ERROR(c.with_rank(b, 2, &b));
  int64_t inner;
  RETURN_IF_ERROR(c.merge_dim(a.dim(transpose_a ? 0 : 1), b.dim(transpose_b ? 1 : 0), &inner));
  c.set_output(0, Shape{a.dim(transpose_a ? 1 : 0), b.dim(transpose_b ? 0 : 1)});
  return OkStatus();
}

template <typename T>
class MatMul : public Kernel {
 public:
  explicit MatMul(KernelInit& c)
      : transpose_a_(c.attr<bool>("transpose_a")), transpose_b_(c.attr<bool>("transpose_b")) {}
  Status compute(KernelContext& c) override {
    const Tensor &a = c.input(0), &b = c.input(1);
    Tensor& y = c.output(0);
    const MatMulShape shape{y.dim(0), y.dim(1), a.dim(transpose_a_ ? 0 : 1), transpose_a_, transpose_b_};
    matmul<T>(c.pool(), shape, a.data<T>(), b.data<T>(), y.data<T>());
    return OkStatus();
  }

 private:
  bool transpose_a_, transpose_b_;
};

constexpr auto kMatMulTypes = kFloatTypes + kIndexTypes + kComplexTypes;

// The four cases of transposed operands, for MatMul and for BatchMatMulV2 by their attributes' names. Where a
// BatchMatMulV2 would have two matrices it is a MatMul, as tf.matmul chooses. Where `da` or `db` is null, nobody wants it.
void product_gradients(GradContext& g, std::string_view type, bool transposed_a, bool transposed_b, Endpoint a,
                       Endpoint b, const char* transpose_a, const char* transpose_b, Endpoint* da, Endpoint* db) {
  const Endpoint dy = g.dy(0);
  const auto product = [&](Endpoint p, Endpoint q, bool tp, bool tq) {
    if (!p || !q || type == "MatMul" || p.shape().rank() != 2 || q.shape().rank() != 2) {
      return g.op(type, {p, q}, {{transpose_a, tp}, {transpose_b, tq}}, "MatMul");
    }
    GradContext::Scope scope(g.graph(), "MatMul");
    if (tp) p = g.conj(p);
    if (tq) q = g.conj(q);
    return g.op("MatMul", {p, q}, {{"transpose_a", tp}, {"transpose_b", tq}}, scope.name());
  };
  if (da) *da = transposed_a ? product(b, dy, transposed_b, true) : product(dy, b, false, !transposed_b);
  if (db) *db = transposed_b ? product(dy, a, true, transposed_a) : product(a, dy, !transposed_a, false);
}

REFLOW_OP("MatMul")
    .input("a: T").input("b: T").output("product: T")
    .attr("transpose_a: bool = false").attr("transpose_b: bool = false")
    .attr("T: {bfloat16, half, float, double, int32, int64, complex64, complex128}")
    .doc("Multiplies matrix a, transposed if transpose_a is set, by matrix b, transposed if transpose_b is set.")
    .shape(matmul_shape).kernel<MatMul>(kCpu, kMatMulTypes)
    .gradient([](GradContext& g) {
      const bool transposed_a = g.attr<bool>("transpose_a"), transposed_b = g.attr<bool>("transpose_b");
      const bool only_a = skips(g, 1), only_b = skips(g, 0) && !only_a;
      const Endpoint a = only_a ? Endpoint() : g.conj(g.x(0)), b = only_b ? Endpoint() : g.conj(g.x(1));
      Endpoint da, db;
      product_gradients(g, "MatMul", transposed_a, transposed_b, a, b, "transpose_a", "transpose_b", only_b ? nullptr : &da,
                        only_a ? nullptr : &db);
      g.dx(0) = da;
      g.dx(1) = db;
    });

// [..., r, c] of both, and the batch dimensions before them.
Status batch_matmul_shape(ShapeContext& c, bool broadcasts) {
  Shape x = c.input(0), y = c.input(1);
  const bool adj_x = c.attr_or("adj_x", false), adj_y = c.attr_or("adj_y", false);
  if (c.concrete()) {
    if (broadcasts) {
      if (x.rank() < 2) return invalid_argument("In[0] ndims must be >= 2: {}", x.rank());
      if (y.rank() < 2) return invalid_argument("In[1] ndims must be >= 2: {}", y.rank());
    } else {
      if (x.rank() != y.rank()) {
        return invalid_argument("In[0] and In[1] has different ndims: {} vs. {}", x.str(), y.str());
      }
      if (x.rank() < 2) return invalid_argument("In[0] and In[1] ndims must be >= 2: {}", x.rank());
      for (int i = 0; i < x.rank() - 2; ++i) {
        if (x.dim(i) == y.dim(i)) continue;
        return invalid_argument("In[0].dim({}) and In[1].dim({}) must be the same: {} vs {}", i, i, x.str(), y.str());
      }
    }
  } else {
    RETURN_IF_ERROR(c.with_rank_at_least(x, 2, &x));
    RETURN_IF_ERROR(c.with_rank_at_least(y, 2, &y));
    if (broadcasts && !(x.known_rank() && y.known_rank())) {
      c.set_output(0, Shape::unknown());
      return OkStatus();
    }
  }
  const auto dim_from_end = [](const Shape& s, int i) { return s.known_rank() ? s.dim(s.rank() - i) : Shape::kUnknown; };
  const auto batch_of = [](const Shape& s) { return s.known_rank() ? s.sub_shape(0, s.rank() - 2) : Shape::unknown(); };
  const int64_t x_inner = dim_from_end(x, adj_x ? 2 : 1), y_inner = dim_from_end(y, adj_y ? 1 : 2);
  Shape batch;
  if (broadcasts) {
    const Status fits = broadcast_shapes(c, batch_of(x), batch_of(y), &batch);
    if (!fits.ok()) {
      if (!c.concrete()) return fits;
      return invalid_argument("In[0] and In[1] must have compatible batch dimensions: {} vs. {}", x.str(), y.str());
    }
  } else if (!c.concrete()) {
    RETURN_IF_ERROR(c.merge(batch_of(x), batch_of(y), &batch));
  } else {
    batch = batch_of(x);
  }
  if (c.concrete() && x_inner != y_inner) {
    return invalid_argument("In[0] mismatch In[1] shape: {} vs. {}: {} {} {:d} {:d}", x_inner, y_inner, x.str(), y.str(),
                            adj_x, adj_y);
  }
  int64_t inner;
  RETURN_IF_ERROR(c.merge_dim(x_inner, y_inner, &inner));
  if (batch.known_rank()) {
    batch.add_dim(dim_from_end(x, adj_x ? 1 : 2));
    batch.add_dim(dim_from_end(y, adj_y ? 2 : 1));
  }
  c.set_output(0, std::move(batch));
  return OkStatus();
}

template <typename T>
class BatchMatMul : public Kernel {
 public:
  explicit BatchMatMul(KernelInit& c) : adj_x_(c.attr<bool>("adj_x")), adj_y_(c.attr<bool>("adj_y")) {}
  Status compute(KernelContext& c) override {
    const Tensor &x = c.input(0), &y = c.input(1);
    Tensor& z = c.output(0);
    const int rank = z.rank();
    const MatMulShape shape{z.dim(rank - 2), z.dim(rank - 1), x.dim(x.rank() - (adj_x_ ? 2 : 1)), adj_x_, adj_y_, true};
    const int64_t z_size = shape.m * shape.n;
    if (z_size == 0) return OkStatus();
    const int64_t batches = z.num_elements() / z_size;
    const double cost_ns = shape.k * z_size * (std::is_same_v<T, float> ? 0.02 : 0.3) + 200;
    const auto multiply = [&](ThreadPool& pool, int64_t i) {
      matmul<T>(pool, shape, x.data<T>() + matrix_of(x, z, i) * shape.m * shape.k,
                y.data<T>() + matrix_of(y, z, i) * shape.k * shape.n, z.data<T>() + i * z_size);
    };
    if (batches < c.pool().num_threads()) {
      for (int64_t i = 0; i < batches; ++i) multiply(c.pool(), i);
      return OkStatus();
    }
    // Within a body of parallel_for the pool runs nested work on the thread itself.
    c.pool().parallel_for(batches, cost_ns, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) multiply(c.pool(), i);
    });
    return OkStatus();
  }

 private:
  // The matrix of operand x that belongs to matrix i of z.
  static int64_t matrix_of(const Tensor& x, const Tensor& z, int64_t i) {
    int64_t matrix = 0, stride = 1;
    for (int d = 3; d <= x.rank(); ++d) {
      const int64_t size = x.dim(x.rank() - d), z_size = z.dim(z.rank() - d);
      if (size != 1) matrix += i % z_size * stride;
      i /= z_size;
      stride *= size;
    }
    return matrix;
  }
  bool adj_x_, adj_y_;
};

// The gradients, without what broadcasting adds.
void batch_product_gradients(GradContext& g, Endpoint* dx, Endpoint* dy) {
  const bool adj_x = g.attr<bool>("adj_x"), adj_y = g.attr<bool>("adj_y");
  product_gradients(g, "BatchMatMulV2", adj_x, adj_y, g.x(0), g.x(1), "adj_x", "adj_y", dx, dy);
}

Endpoint batch_dims(GradContext& g, Endpoint shape) {
  GradContext::Scope scope(g.graph(), "strided_slice");
  const Endpoint begin = g.constant_ints({0}, DType::kInt32, "stack");
  const Endpoint end = g.constant_ints({-2}, DType::kInt32, "stack_1");
  const Endpoint strides = g.constant_ints({1}, DType::kInt32, "stack_2");
  return g.op("StridedSlice", {shape, begin, end, strides}, {{"begin_mask", 1}}, scope.name());
}

void batch_matmul_v2_gradient(GradContext& g) {
  Endpoint dx, dy;
  batch_product_gradients(g, &dx, &dy);
  const Shape &x = g.x(0).shape(), &y = g.x(1).shape();
  if (x.fully_defined() && x == y) {  // TensorFlow leaves the sums out for equal matrices only, not for equal batches
    g.dx(0) = dx;
    g.dx(1) = dy;
    return;
  }
  const Endpoint x_shape = g.shape(g.x(0)), y_shape = g.shape(g.x(1));
  const Endpoint x_dims = batch_dims(g, x_shape);
  Node* args = g.ops("BroadcastGradientArgs", {x_dims, batch_dims(g, y_shape)});
  if (args == nullptr) return;
  g.dx(0) = g.reshape(g.reduce_sum(dx, args->output(0)), x_shape);
  g.dx(1) = g.reshape(g.reduce_sum(dy, args->output(1)), y_shape);
}

constexpr auto kBatchTypes = Types<Half, float, double>{} + kIndexTypes + kComplexTypes;

REFLOW_OP("BatchMatMul")
    .input("x: T").input("y: T").output("output: T")
    .attr("T: {bfloat16, half, float, double, int32, int64, complex64, complex128}")
    .attr("adj_x: bool = false").attr("adj_y: bool = false")
    .doc("Multiplies the matrices of two batches [..., r, c] in pairs; adj_x and adj_y take the adjoint of each.")
    .shape([](ShapeContext& c) { return batch_matmul_shape(c, false); }).kernel<BatchMatMul>(kCpu, kBatchTypes)
    .gradient([](GradContext& g) {
      Endpoint dx, dy;
      batch_product_gradients(g, &dx, &dy);
      g.dx(0) = dx;
      g.dx(1) = dy;
    });

REFLOW_OP("BatchMatMulV2")
    .input("x: T").input("y: T").output("output: T")
    .attr("T: {bfloat16, half, float, double, int32, int64, complex64, complex128}")
    .attr("adj_x: bool = false").attr("adj_y: bool = false")
    .doc("Multiplies the matrices of two batches [..., r, c] in pairs, with broadcasting of the dimensions before; "
         "adj_x and adj_y take the adjoint of each.")
    .shape([](ShapeContext& c) { return batch_matmul_shape(c, true); }).kernel<BatchMatMul>(kCpu, kBatchTypes)
    .gradient(batch_matmul_v2_gradient);

}  // namespace
}  // namespace reflow::ops
