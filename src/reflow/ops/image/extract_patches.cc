// ExtractImagePatches and ExtractVolumePatches: what a sliding window sees, as the channels of its place.

#include <algorithm>
#include <string>
#include <vector>

#include "reflow/op/elements.h"
#include "reflow/op/gradient_ops.h"
#include "reflow/op/op.h"
#include "reflow/op/window.h"

namespace reflow::ops {
namespace {

using namespace op;

struct PatchAttrs {
  int rank = 2;
  Padding padding = Padding::kValid;
  std::vector<int64_t> ksizes, strides, rates;

  Status check() const {
    const size_t n = rank + 2;
    for (const auto& [name, values] : {std::pair{"ksizes", &ksizes}, {"strides", &strides}, {"rates", &rates}}) {
      if (values->size() != n) {
        return invalid_argument("Expected '{}' to be a list of {} positive values, but got {} values", name, n, values->size());
      }
      if (values->front() != 1 || values->back() != 1) {
        return unimplemented("Only support {} across space.", name);
      }
      for (const int64_t v : *values) {
        if (v < 1) return out_of_range("{} is out of range", name);
      }
    }
    return OkStatus();
  }

  Status fit(const Shape& x, WindowDim* dims) const {
    if (x.rank() != rank + 2) return invalid_argument("input must be {}-dimensional{}", rank + 2, x.str());
    for (int i = 0; i < rank; ++i) {
      dims[i] = {.in = x.dim(i + 1), .kernel = ksizes[i + 1], .stride = strides[i + 1], .dilation = rates[i + 1]};
      RETURN_IF_ERROR(dims[i].fit(padding));
    }
    return OkStatus();
  }
};

template <int kRank>
class ExtractPatches : public Kernel {
 public:
  explicit ExtractPatches(KernelInit& c) {
    attrs_.rank = kRank;
    attrs_.padding = padding_from(c.attr<std::string>("padding"));
    attrs_.ksizes = c.attr<std::vector<int64_t>>("ksizes");
    attrs_.strides = c.attr<std::vector<int64_t>>("strides");
    attrs_.rates = c.attr_or<std::vector<int64_t>>("rates", std::vector<int64_t>(kRank + 2, 1));
    c.fail(attrs_.check());
  }
  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    WindowDim d[3];
    RETURN_IF_ERROR(attrs_.fit(in.shape(), d));
    if (c.output(0).num_elements() == 0) return OkStatus();
    const int64_t depth = in.dim(kRank + 1);
    with_element(in.dtype(), [&]<typename E>() {
      const E* x = static_cast<const E*>(in.raw_data());
      E* y = static_cast<E*>(c.output(0).raw_data());
      const int64_t area = d[0].out * d[1].out * d[2].out, patch = d[0].kernel * d[1].kernel * d[2].kernel * depth;
      c.pool().parallel_for(in.dim(0) * area, kCopyCostNs<E> * patch, [&](int64_t begin, int64_t end) {
        for (int64_t o = begin; o < end; ++o) {
          const int64_t o2 = o % d[2].out, o1 = o / d[2].out % d[1].out, o0 = o % area / d[2].out / d[1].out;
          const E* image = x + o / area * d[0].in * d[1].in * d[2].in * depth;
          E* to = y + o * patch;
          for (int64_t i = 0; i < d[0].kernel; ++i) {
            const int64_t row = o0 * d[0].stride - d[0].before + i * d[0].dilation;
            for (int64_t j = 0; j < d[1].kernel; ++j) {
              const int64_t column = o1 * d[1].stride - d[1].before + j * d[1].dilation;
              for (int64_t k = 0; k < d[2].kernel; ++k, to += depth) {
                const int64_t plane = o2 * d[2].stride - d[2].before + k * d[2].dilation;
                if (row < 0 || row >= d[0].in || column < 0 || column >= d[1].in || plane < 0 || plane >= d[2].in) {
                  std::fill_n(to, depth, E());
                } else {
                  copy_elements(to, image + ((row * d[1].in + column) * d[2].in + plane) * depth, depth);
                }
              }
            }
          }
        }
      });
    });
    return OkStatus();
  }

 private:
  PatchAttrs attrs_;
};

Status patches_shape(ShapeContext& c) {
  const bool volume = c.node().type() == "ExtractVolumePatches";
  PatchAttrs attrs;
  attrs.rank = volume ? 3 : 2;
  const int rank = attrs.rank + 2;
  Shape x;
  if (!c.concrete()) RETURN_IF_ERROR(c.with_rank(c.input(0), rank, &x));
  ASSIGN_OR_RETURN(attrs.ksizes, c.attr<std::vector<int64_t>>("ksizes"));
  ASSIGN_OR_RETURN(attrs.strides, c.attr<std::vector<int64_t>>("strides"));
  attrs.rates = c.attr_or<std::vector<int64_t>>("rates", std::vector<int64_t>(rank, 1));
  ASSIGN_OR_RETURN(const std::string padding, c.attr<std::string>("padding"));
  attrs.padding = padding_from(padding);
  for (const auto& [name, values] : {std::pair{"ksizes", &attrs.ksizes}, {"stride", &attrs.strides}, {"rates", &attrs.rates}}) {
    if (static_cast<int>(values->size()) == rank) continue;
    return invalid_argument("{} requires the {} attribute to contain {} values, but got: {}", c.node().type(), name, rank,
                            values->size());
  }
  if (c.concrete()) {
    RETURN_IF_ERROR(attrs.check());
    x = c.input(0);
    if (x.rank() != rank) return invalid_argument("input must be {}-dimensional{}", rank, x.str());
  }
  int64_t depth = x.dim(rank - 1);
  for (int i = 1; i < rank - 1; ++i) RETURN_IF_ERROR(multiply_dims(depth, attrs.ksizes[i], &depth));
  Shape out{x.dim(0)};
  bool known = true;
  for (int i = 1; i < rank - 1; ++i) known &= x.dim(i) >= 0;
  WindowDim d[3];
  if (known) {
    for (int i = 0; i < attrs.rank; ++i) {
      d[i] = {.in = x.dim(i + 1), .kernel = attrs.ksizes[i + 1], .stride = attrs.strides[i + 1], .dilation = attrs.rates[i + 1]};
      RETURN_IF_ERROR(d[i].fit(attrs.padding));
    }
  }
  for (int i = 0; i < attrs.rank; ++i) out.add_dim(known ? d[i].out : Shape::kUnknown);
  out.add_dim(depth);
  c.set_output(0, out);
  return OkStatus();
}

// Patches are a convolution with a filter that copies: for each tap and channel one of its own, so that the gradient is
// that of the convolution to its input.
void patches_gradient(GradContext& g, int rank) {
  const Shape& x = g.x(0).shape();
  if (!is_floating(base_type(g.x(0).dtype()))) return;
  if (x.rank() != rank + 2 || x.dim(rank + 1) < 0) {
    g.fail(unimplemented("The gradient of {} needs to know the number of channels", g.node().type()));
    return;
  }
  const auto ksizes = g.attr<std::vector<int64_t>>("ksizes");
  if (!g.status().ok()) return;
  std::vector<int64_t> filter_shape(ksizes.begin() + 1, ksizes.end() - 1);
  filter_shape.push_back(x.dim(rank + 1));
  int64_t size = 1;
  for (const int64_t n : filter_shape) size *= n;
  filter_shape.push_back(size);
  const DType type = base_type(g.x(0).dtype());
  const Endpoint shape = g.shape(g.x(0));
  Endpoint ones;
  {
    GradContext::Scope scope(g.graph(), "ones");
    ones = g.op("Fill", {g.constant_ints({size}, DType::kInt32, "shape"), g.constant(1, type)}, {}, scope.name());
  }
  const Endpoint identity = g.op("MatrixDiag", {ones});
  const Endpoint filter = g.reshape(identity, g.constant_ints(filter_shape, DType::kInt32, "filter_shape"));
  AttrMap attrs = copied_attrs(g, {"strides", "padding"});
  if (const AttrValue* rates = g.node().find_attr("rates")) attrs.set("dilations", *rates);
  g.dx(0) = g.op(rank == 2 ? "Conv2DBackpropInput" : "Conv3DBackpropInputV2", {shape, filter, g.dy(0)}, std::move(attrs));
}

constexpr auto kPatchTypes = kFloatTypes + kAllIntTypes;

REFLOW_OP("ExtractImagePatches")
    .input("images: T")
    .output("patches: T")
    .attr("ksizes: list(int) >= 4")
    .attr("strides: list(int) >= 4")
    .attr("rates: list(int) >= 4")
    .attr("T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64}")
    .attr("padding: {'SAME', 'VALID'}")
    .doc("The elements that a window of ksizes, rates apart, sees at each of its places in images [batch, height, width, "
         "depth]: [batch, rows, columns, ksizes[1] * ksizes[2] * depth].")
    .shape(patches_shape)
    .kernel_for<ExtractPatches<2>>(kCpu, kPatchTypes)
    .gradient([](GradContext& g) { patches_gradient(g, 2); });

REFLOW_OP("ExtractVolumePatches")
    .input("input: T")
    .output("patches: T")
    .attr("ksizes: list(int) >= 5")
    .attr("strides: list(int) >= 5")
    .attr("T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64}")
    .attr("padding: {'SAME', 'VALID'}")
    .doc("The elements that a window of ksizes sees at each of its places in input [batch, depth, height, width, channels].")
    .shape(patches_shape)
    .kernel_for<ExtractPatches<3>>(kCpu, kPatchTypes)
    .gradient([](GradContext& g) { patches_gradient(g, 3); });

}  // namespace
}  // namespace reflow::ops
