// Blocks of space moved to the channels and back.

#include <string>

#include "reflow/op/gradient_ops.h"
#include "reflow/op/op.h"
#include "reflow/op/strided_copy.h"

namespace reflow::ops {
namespace {

using namespace op;

enum class Direction : uint8_t { kToDepth, kToSpace };

struct ImageDims {
  ImageDims(const Shape& s, bool channels_first)
      : batch(s.dim(0)),
        height(s.dim(channels_first ? 2 : 1)),
        width(s.dim(channels_first ? 3 : 2)),
        depth(s.dim(channels_first ? 1 : 3)) {}
  int64_t batch, height, width, depth;
};

// The output as a walk over the input. An output channel is (row in block, column in block, input channel).
StridedView walk(const ImageDims& d, int64_t block, bool channels_first, Direction direction) {
  StridedView v;
  v.offset = 0;
  v.add_dim(d.batch, d.height * d.width * d.depth);
  if (direction == Direction::kToDepth) {
    const int64_t row = channels_first ? d.width : d.width * d.depth, column = channels_first ? 1 : d.depth;
    const auto add_block = [&] {
      v.add_dim(block, row);
      v.add_dim(block, column);
      v.add_dim(d.depth, channels_first ? d.height * d.width : 1);
    };
    if (channels_first) add_block();
    v.add_dim(d.height / block, block * row);
    v.add_dim(d.width / block, block * column);
    if (!channels_first) add_block();
    return v;
  }
  const int64_t depth = d.depth / (block * block), channel = channels_first ? d.height * d.width : 1;
  const int64_t row = channels_first ? d.width : d.width * d.depth, column = channels_first ? 1 : d.depth;
  if (channels_first) v.add_dim(depth, channel);
  v.add_dim(d.height, row);
  v.add_dim(block, block * depth * channel);
  v.add_dim(d.width, column);
  v.add_dim(block, depth * channel);
  if (!channels_first) v.add_dim(depth, channel);
  return v;
}

template <Direction kDirection>
class SpaceAndDepth : public Kernel {
 public:
  explicit SpaceAndDepth(KernelInit& c) : block_(c.attr<int64_t>("block_size")) {
    const std::string format = c.attr<std::string>("data_format");
    channels_first_ = format == "NCHW";
    if (format == "NCHW_VECT_C") c.fail(unimplemented("{} doesn't support the data format NCHW_VECT_C on the CPU", c.node().type()));
  }
  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    if (in.num_elements() == 0) return OkStatus();
    const StridedView view = walk(ImageDims(in.shape(), channels_first_), block_, channels_first_, kDirection);
    with_element(in.dtype(), [&]<typename E>() {
      gather_strided(c.pool(), view, static_cast<E*>(c.output(0).raw_data()), static_cast<const E*>(in.raw_data()));
    });
    return OkStatus();
  }

 private:
  const int64_t block_;
  bool channels_first_;
};

template <Direction kDirection>
Status space_and_depth_shape(ShapeContext& c) {
  ASSIGN_OR_RETURN(const int64_t block, c.attr<int64_t>("block_size"));
  const std::string format = c.attr_or<std::string>("data_format", "NHWC");
  const bool first = format != "NHWC", vector = format == "NCHW_VECT_C";
  Shape in = c.input(0);
  if (c.concrete() && !vector) {
    if (in.rank() != 4) return invalid_argument("Input rank should be: 4 instead of: {}", in.rank());
    const ImageDims d(in, first);
    if (kDirection == Direction::kToDepth && (d.height % block != 0 || d.width % block != 0)) {
      return invalid_argument("Image width {} and height {} should be divisible by block_size: {}", d.width, d.height, block);
    }
    if (kDirection == Direction::kToSpace && d.depth % (block * block) != 0) {
      return invalid_argument("Input depth dimension {} should be divisible by: {}", d.depth, block * block);
    }
  }
  RETURN_IF_ERROR(c.with_rank(in, vector ? 5 : 4, &in));
  int64_t squared;
  if (__builtin_mul_overflow(block, block, &squared)) return invalid_argument("block_size {} is too large", block);
  const int height = first ? 2 : 1, depth = first ? 1 : 3;
  Shape out = in;
  for (int i : {height, height + 1}) {
    int64_t size;
    RETURN_IF_ERROR(kDirection == Direction::kToDepth ? divide_dim(in.dim(i), block, /*evenly=*/true, &size)
                                                      : multiply_dims(in.dim(i), block, &size));
    out.set_dim(i, size);
  }
  int64_t channels;
  RETURN_IF_ERROR(kDirection == Direction::kToDepth ? multiply_dims(in.dim(depth), squared, &channels)
                                                    : divide_dim(in.dim(depth), squared, /*evenly=*/true, &channels));
  out.set_dim(depth, channels);
  c.set_output(0, out);
  return OkStatus();
}

REFLOW_OP("SpaceToDepth")
    .input("input: T")
    .output("output: T")
    .attr("T: type")
    .attr("block_size: int >= 2")
    .attr("data_format: {'NHWC', 'NCHW', 'NCHW_VECT_C'} = 'NHWC'")
    .doc("Moves each block of block_size by block_size elements of an image to the channels, whose number grows as much as "
         "height and width shrink.")
    .shape(space_and_depth_shape<Direction::kToDepth>)
    .kernel<SpaceAndDepth<Direction::kToDepth>>(kCpu)
    .gradient([](GradContext& g) {
      g.dx(0) = g.op("DepthToSpace", {g.dy(0)}, copied_attrs(g, {"block_size", "data_format"}));
    });

REFLOW_OP("DepthToSpace")
    .input("input: T")
    .output("output: T")
    .attr("T: type")
    .attr("block_size: int >= 2")
    .attr("data_format: {'NHWC', 'NCHW', 'NCHW_VECT_C'} = 'NHWC'")
    .doc("Undoes SpaceToDepth: moves channels to blocks of block_size by block_size elements of the image.")
    .shape(space_and_depth_shape<Direction::kToSpace>)
    .kernel<SpaceAndDepth<Direction::kToSpace>>(kCpu)
    .gradient([](GradContext& g) {
      g.dx(0) = g.op("SpaceToDepth", {g.dy(0)}, copied_attrs(g, {"block_size", "data_format"}));
    });

}  // namespace
}  // namespace reflow::ops
