// QuantizedMaxPool and QuantizedAvgPool.

#include <algorithm>
#include <string>

#include "pooling.h"
#include "reflow/op/op.h"
#include "reflow/op/quantized.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

template <bool kMax>
class QuantizedPool : public Kernel {
 public:
  explicit QuantizedPool(KernelInit& c) : attrs_(PoolingAttrs::of(c, 2)) {
    if (attrs_.ksize.size() == 4 && attrs_.ksize[3] != 1) {
      c.fail(unimplemented("Depthwise {} pooling not supported for quantized numbers.", kMax ? "max" : "average"));
    }
  }
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const QuantizedRange range, range_at(c, 1));
    ASSIGN_OR_RETURN(const Pooling p, attrs_.sizes(c.input(0).shape()));
    const Quint8* x = c.input(0).data<Quint8>();
    Quint8* y = c.output(0).data<Quint8>();
    const int64_t area = p.out_area(), channels = p.channels, image = p.in_area() * channels;
    c.pool().parallel_for(p.batch * area, 1.0 * p.window_area() * channels, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        for (int64_t j = 0; j < channels; ++j) {
          int32_t result = 0, count = 0;
          for_each_tap(p, i % area, [&](int64_t offset) {
            const int32_t value = x[i / area * image + offset + j].value;
            result = kMax ? std::max(result, value) : result + value;
            ++count;
          });
          y[i * channels + j].value = static_cast<uint8_t>(kMax || count == 0 ? result : result / count);
        }
      }
    });
    put_range(c, 1, range);
    return OkStatus();
  }

 private:
  const PoolingAttrs attrs_;
};

Status pool_shape(ShapeContext& c) {
  RETURN_IF_ERROR(c.node().type() == "QuantizedMaxPool" ? max_pool_shape(c) : avg_pool_shape(c));
  RETURN_IF_ERROR(check_scalars(c, 1, 3));
  set_range_outputs(c);
  return OkStatus();
}

template <bool kMax>
OpBuilder pool_op(const char* name, const char* doc) {
  OpBuilder builder(name);
  std::move(builder)
      .input("input: T")
      .input("min_input: float")
      .input("max_input: float")
      .output("output: T")
      .output("min_output: float")
      .output("max_output: float")
      .attr("T: {qint8, quint8, qint32, qint16, quint16}")
      .attr("ksize: list(int)")
      .attr("strides: list(int)")
      .attr("padding: {'SAME', 'VALID'}")
      .doc(doc)
      .shape(pool_shape)
      .template kernel_for<QuantizedPool<kMax>>(kCpu, Types<Quint8>{});
  return builder;
}

const OpRegistrar kOps[] = {
    pool_op<true>("QuantizedMaxPool", "MaxPool of quantized images [batch, height, width, channels]."),
    pool_op<false>("QuantizedAvgPool", "AvgPool of quantized images [batch, height, width, channels]."),
};

}  // namespace
}  // namespace reflow::ops
