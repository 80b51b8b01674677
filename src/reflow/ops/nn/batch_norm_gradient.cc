#include "batch_norm_gradient.h"

#include <string>

#include "reflow/op/gradient_ops.h"

namespace reflow::ops {

using namespace op;

namespace {

bool is_nchw(GradContext& g) { return g.attr<std::string>("data_format") == "NCHW"; }

Endpoint transposed(GradContext& g, Endpoint x, const std::vector<int64_t>& order) {
  GradContext::Scope scope(g.graph(), "transpose");
  const Endpoint perm = g.constant_ints(order, DType::kInt32, "perm");
  return g.op("Transpose", {x, perm}, {}, scope.name());
}

// Arithmetic on images and on their channels' values, which are kept as [1, 1, 1, channels] (or [1, channels, 1, 1]).
class ChannelMath {
 public:
  ChannelMath(GradContext& g, bool channels_first)
      : g_(g), axes_(channels_first ? std::vector<int64_t>{0, 2, 3} : std::vector<int64_t>{0, 1, 2}),
        vector_shape_(channels_first ? std::vector<int64_t>{1, -1, 1, 1} : std::vector<int64_t>{1, 1, 1, -1}) {}

  Endpoint mean(Endpoint x) { return g_.op("Mean", {x, g_.constant_ints(axes_)}, {{"keep_dims", true}}); }
  Endpoint sum(Endpoint x) { return g_.op("Sum", {x, g_.constant_ints(axes_)}, {{"keep_dims", true}}); }
  Endpoint from_vector(Endpoint v) { return g_.reshape(v, g_.constant_ints(vector_shape_)); }
  Endpoint to_vector(Endpoint v) { return g_.reshape(v, g_.constant_ints({-1})); }
  Endpoint times(Endpoint a, Endpoint b) { return mul(g_, a, b); }
  // a - b; -b where there is no a.
  Endpoint minus(Endpoint a, Endpoint b) { return a ? sub(g_, a, b) : g_.op("Neg", {b}); }
  // a + b, either of which may be missing.
  Endpoint plus(Endpoint a, Endpoint b) { return !a ? b : !b ? a : add(g_, a, b); }

 private:
  GradContext& g_;
  std::vector<int64_t> axes_, vector_shape_;
};

// x - mean(x) - n * mean(x * n): what is left of x when its parts along 1 and n, which is normalised, are taken out.
Endpoint projected(ChannelMath& m, Endpoint x, Endpoint n) {
  return m.minus(m.minus(x, m.mean(x)), m.times(n, m.mean(m.times(x, n))));
}

}  // namespace

void batch_norm_gradient(GradContext& g, std::string_view type) {
  const bool training = g.attr<bool>("is_training");
  Endpoint x = g.x(0), dy = g.dy(0);
  const bool moved = !training && is_nchw(g);
  if (moved) {
    x = transposed(g, x, {0, 2, 3, 1});
    dy = transposed(g, dy, {0, 2, 3, 1});
  }
  std::vector<OpInput> inputs{dy, x, g.x(1), training ? g.y(3) : g.x(3), training ? g.y(4) : g.x(4)};
  if (g.num_outputs() > 5) inputs.push_back(g.y(5));
  AttrMap attrs = copied_attrs(g, {"epsilon", "data_format", "is_training"});
  if (!training) attrs.set("data_format", std::string("NHWC"));
  Node* node = g.ops(type, std::move(inputs), std::move(attrs));
  if (node == nullptr) return;
  g.dx(0) = moved ? transposed(g, node->output(0), {0, 3, 1, 2}) : node->output(0);
  for (int i = 1; i < (training ? 5 : 3); ++i) g.dx(i) = node->output(i);
}

// With n = (x - mean) * r, r = 1 / sqrt(variance + epsilon) and N elements in a channel, the op computes
//   dx = scale r (dy - mean(dy) - n mean(dy n)),  dscale = sum(dy n),  doffset = sum(dy)
// (not in training: dx = scale r dy). Given the gradients a, b and c to these, what follows are their derivatives; in
// training those of mean and r are part of them.
void batch_norm_second_gradient(GradContext& g) {
  const bool training = g.attr<bool>("is_training");
  ChannelMath m(g, is_nchw(g));
  const DType type = base_type(g.x(1).dtype());
  const auto wide = [&](Endpoint e) { return e ? g.cast(e, DType::kFloat32) : e; };
  const Endpoint a = wide(g.dy(0)), b = g.dy(1) ? m.from_vector(g.dy(1)) : Endpoint(),
                 c = g.dy(2) ? m.from_vector(g.dy(2)) : Endpoint();
  const Endpoint dy = wide(g.x(0)), x = wide(g.x(1)), scale = m.from_vector(g.x(2));
  if (!g.status().ok()) return;
  const Endpoint mean = training ? m.mean(x) : m.from_vector(g.x(3));
  const Endpoint centred = m.minus(x, mean);
  const Endpoint variance = training ? m.mean(g.op("Square", {centred})) : m.from_vector(g.x(4));
  const Endpoint r = g.op("Rsqrt", {add(g, static_cast<double>(g.attr<float>("epsilon")), variance)});
  const Endpoint n = m.times(centred, r), factor = m.times(scale, r);

  Endpoint to_dy, to_x, to_scale;
  if (a) {
    to_dy = m.times(factor, training ? projected(m, a, n) : a);
    const Endpoint q = m.sum(m.times(a, training ? projected(m, dy, n) : dy));
    to_scale = m.to_vector(m.times(r, q));
    if (training) {
      // scale r (a . n mean(dy n) + dy . n mean(a n)) by n, and q scale by r.
      const Endpoint both = m.plus(m.times(a, m.mean(m.times(dy, n))), m.times(dy, m.mean(m.times(a, n))));
      const Endpoint to_n = m.minus(b ? m.times(b, dy) : Endpoint(), m.times(factor, both));
      const Endpoint mean_q = m.mean(m.times(a, projected(m, dy, n)));
      to_x = m.minus(m.times(r, projected(m, to_n, n)), m.times(n, m.times(m.times(factor, r), mean_q)));
    }
  } else if (b && training) {
    to_x = m.times(r, projected(m, m.times(b, dy), n));
  }
  if (b && !training) to_x = m.times(m.times(b, r), dy);
  if (b) to_dy = m.plus(to_dy, m.times(b, n));
  if (c) to_dy = m.plus(to_dy, m.plus(c, g.zeros_like(dy)));
  if (to_dy) g.dx(0) = g.cast(to_dy, type);
  if (to_x) g.dx(1) = g.cast(to_x, type);
  if (to_scale) g.dx(2) = to_scale;
}

}  // namespace reflow::ops
