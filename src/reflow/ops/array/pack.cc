// Pack and Unpack: tensors of one shape stacked along a new dimension, and taken apart again.

#include <string>

#include "reflow/op/elements.h"
#include "reflow/op/op.h"
#include "reflow/op/parts.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// `axis`, which may be negative, within a tensor of `rank`. The text is the shape function's or the kernel's.
Status resolve_axis(bool concrete, int64_t axis, int rank, int* out) {
  if (axis < -rank || axis >= rank) {
    return concrete ? invalid_argument("axis = {} not in [{}, {})", axis, -rank, rank)
                    : invalid_argument("Invalid axis: {}; must be in [{},{})", axis, -rank, rank);
  }
  *out = static_cast<int>(axis < 0 ? axis + rank : axis);
  return OkStatus();
}

int64_t product(const Shape& shape, int begin, int end) {
  int64_t n = 1;
  for (int d = begin; d < end; ++d) n *= shape.dim(d);
  return n;
}

Status pack_shape(ShapeContext& c) {
  const int n = c.num_inputs();
  Shape merged = c.input(n - 1);
  if (c.concrete()) {
    for (int i = 1; i < n; ++i) {
      if (!(c.input(i) == c.input(0))) {
        return invalid_argument("Shapes of all inputs must match: values[0].shape = {} != values[{}].shape = {}",
                                c.input(0).str(), i, c.input(i).str());
      }
    }
  }
  for (int i = n - 2; i >= 0; --i) {
    if (Status s = c.merge(c.input(i), merged, &merged); !s.ok()) {
      return append_message(s, fmt::format("\n\tFrom merging shape {} with other shapes.", i));
    }
  }
  if (merged.known_rank()) {
    int axis;
    RETURN_IF_ERROR(resolve_axis(c.concrete(), c.attr_or<int64_t>("axis", 0), merged.rank() + 1, &axis));
    merged.insert_dim(axis, n);
  }
  c.set_output(0, std::move(merged));
  return OkStatus();
}

// Writes input i to out[:, i, :], where out is [outer, N, inner].
template <typename E>
void pack(KernelContext& c, int64_t outer, int64_t inner) {
  const int n = c.num_inputs();
  E* out = static_cast<E*>(c.output(0).raw_data());
  if (outer == 1 && inner == 1) {
    for (int i = 0; i < n; ++i) out[i] = *static_cast<const E*>(c.input(i).raw_data());
    return;
  }
  c.pool().parallel_for(outer * n, kCopyCostNs<E> * inner + 2, [&](int64_t begin, int64_t end) {
    for (int64_t at = begin; at < end; ++at) {
      const E* in = static_cast<const E*>(c.input(static_cast<int>(at % n)).raw_data());
      copy_elements(out + at * inner, in + at / n * inner, inner);
    }
  });
}

class Pack : public Kernel {
 public:
  explicit Pack(KernelInit& c)
      : axis_(c.attr<int64_t>("axis")),
        pack_(with_element(c.node().output_type(0), []<typename E>() { return &pack<E>; })) {}

  Status compute(KernelContext& c) override {
    const Shape& in = c.input(0).shape();
    int axis;
    RETURN_IF_ERROR(resolve_axis(true, axis_, in.rank() + 1, &axis));
    pack_(c, product(in, 0, axis), product(in, axis, in.rank()));
    return OkStatus();
  }

 private:
  int64_t axis_;
  void (*pack_)(KernelContext&, int64_t, int64_t);
};

REFLOW_OP("Pack")
    .input("values: N * T")
    .output("output: T")
    .attr("N: int >= 1")
    .attr("T: type")
    .attr("axis: int = 0")
    .doc("The inputs, all of one shape, stacked along a new dimension at `axis`.")
    .shape(pack_shape)
    .kernel<Pack>(kCpu)
    .gradient([](GradContext& g) {
      Node* rows = g.ops("Unpack", {g.dy(0)}, {{"num", g.attr<int64_t>("N")}, {"axis", g.attr<int64_t>("axis")}},
                         "unstack");
      for (int i = 0; rows != nullptr && i < g.num_inputs(); ++i) g.dx(i) = rows->output(i);
    });

Status unpack_shape(ShapeContext& c) {
  Shape out = c.input(0);
  const int64_t num = c.num_outputs();
  if (out.known_rank()) {
    int axis;
    RETURN_IF_ERROR(resolve_axis(c.concrete(), c.attr_or<int64_t>("axis", 0), out.rank(), &axis));
    const int64_t size = out.dim(axis);
    if (size >= 0 && size != num) {
      return c.concrete()
                 ? invalid_argument("Input shape axis {} must equal {}, got shape {}", axis, num, c.input(0).str())
                 : invalid_argument("Dimension must be {} but is {}", num, size);
    }
    out.remove_dim(axis);
  }
  for (int i = 0; i < num; ++i) c.set_output(i, out);
  return OkStatus();
}

template <typename E>
void unpack(KernelContext& c, int64_t outer, int64_t inner) {
  const int n = c.num_outputs();
  const E* in = static_cast<const E*>(c.input(0).raw_data());
  c.pool().parallel_for(outer * n, kCopyCostNs<E> * inner + 2, [&](int64_t begin, int64_t end) {
    for (int64_t at = begin; at < end; ++at) {
      E* out = static_cast<E*>(c.output(static_cast<int>(at % n)).raw_data());
      copy_elements(out + at / n * inner, in + at * inner, inner);
    }
  });
}

class Unpack : public Kernel {
 public:
  explicit Unpack(KernelInit& c)
      : axis_(c.attr<int64_t>("axis")),
        unpack_(with_element(c.node().input(0).dtype(), []<typename E>() { return &unpack<E>; })) {}

  Status compute(KernelContext& c) override {
    const Shape& in = c.input(0).shape();
    int axis;
    RETURN_IF_ERROR(resolve_axis(true, axis_, in.rank(), &axis));
    unpack_(c, product(in, 0, axis), product(in, axis + 1, in.rank()));
    return OkStatus();
  }

 private:
  int64_t axis_;
  void (*unpack_)(KernelContext&, int64_t, int64_t);
};

const PartsRegistrar kUnpackParts("Unpack", [](const Node& node, std::span<const Shape> inputs, std::span<const Tensor* const>,
                                               std::span<const Shape> outputs, Parts* parts) {
  return consecutive_parts(inputs[0], 0, node.attr<int64_t>("axis").value_or(0), outputs, parts);
});

REFLOW_OP("Unpack")
    .input("value: T")
    .output("output: num * T")
    .attr("num: int >= 0")
    .attr("T: type")
    .attr("axis: int = 0")
    .doc("`value` taken apart along the dimension `axis`, of size `num`.")
    .shape(unpack_shape)
    .kernel<Unpack>(kCpu)
    .gradient([](GradContext& g) {
      std::vector<Endpoint> rows;
      for (int i = 0; i < g.num_outputs(); ++i) rows.push_back(g.dy(i));
      g.dx(0) = g.op("Pack", {rows}, {{"axis", g.attr<int64_t>("axis")}}, "stack");
    });

}  // namespace
}  // namespace reflow::ops
