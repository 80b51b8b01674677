// RandomCrop: a part of an image at a random place.

#include "reflow/base/philox.h"
#include "reflow/op/distributions.h"
#include "reflow/op/elements.h"
#include "reflow/op/indices.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class RandomCrop : public Kernel {
 public:
  explicit RandomCrop(KernelInit& c)
      : stream_(c.attr<int64_t>("seed"), c.attr<int64_t>("seed2")), copy_(copy_elements_fn(c.node().output_type(0))) {}

  Status compute(KernelContext& c) override {
    const Tensor& image = c.input(0);
    Tensor& out = c.output(0);
    // The column first; a block is set aside for both, whether the place is open or not.
    PhiloxWords words(stream_.reserve(1));
    const int64_t down = image.dim(0) - out.dim(0), right = image.dim(1) - out.dim(1);
    const int64_t left = right > 0 ? words() % (right + 1) : 0, top = down > 0 ? words() % (down + 1) : 0;
    const int64_t channels = image.dim(2), row = out.dim(1) * channels, size = dtype_size(image.dtype());
    for (int64_t y = 0; y < out.dim(0); ++y) {
      const int64_t from = ((top + y) * image.dim(1) + left) * channels;
      copy_(static_cast<char*>(out.raw_data()) + y * row * size, static_cast<const char*>(image.raw_data()) + from * size, row);
    }
    return OkStatus();
  }

 private:
  PhiloxStream stream_;
  CopyElementsFn copy_;
};

Status crop_shape(ShapeContext& c) {
  const Shape &image = c.input(0), &size = c.input(1);
  if (c.concrete()) {
    if (image.rank() != 3) return invalid_argument("input must be 3-dimensional{}", image.str());
    if (size.rank() != 1) return invalid_argument("shape_t must be 1-dimensional{}", size.str());
    if (size.dim(0) != 2) return invalid_argument("shape_t must have two elements{}", size.str());
    Shape out{-1, -1, image.dim(2)};
    for (int d = 0; d < 2 && c.value(1) != nullptr; ++d) {
      const char* name = d == 0 ? "height" : "width";
      const int64_t wanted = IndexReader(*c.value(1))[d];
      if (wanted < 0) return invalid_argument("target_{} must not be negative, but is {}", name, wanted);
      if (wanted > image.dim(d)) {
        return failed_precondition("{} must be >= target_{}: {} = {}, target_{} = {}", name, name, name, image.dim(d), name,
                                   wanted);
      }
      out.set_dim(d, wanted);
    }
    c.set_output(0, std::move(out));
    return OkStatus();
  }
  Shape known, two;
  RETURN_IF_ERROR(c.with_rank(image, 3, &known));
  RETURN_IF_ERROR(c.merge(size, Shape{2}, &two));
  c.set_output(0, Shape{-1, -1, known.dim(2)});
  return OkStatus();
}

REFLOW_OP("RandomCrop")
    .input("image: T")
    .input("size: int64")
    .output("output: T")
    .attr("T: {uint8, int8, int16, int32, int64, float, double}")
    .attr("seed: int = 0")
    .attr("seed2: int = 0")
    .stateful()
    .deprecated(8, "Random crop is now pure Python")
    .doc("A part of `image` [height, width, channels] with the height and width `size`, at a random place.")
    .shape(crop_shape)
    .kernel<RandomCrop>(kCpu)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
