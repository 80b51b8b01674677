// RandomShuffle: the rows of a tensor in random order.

#include <numeric>
#include <utility>
#include <vector>

#include "reflow/op/distributions.h"
#include "reflow/op/elements.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

template <typename E>
void copy_rows(const Tensor& in, const std::vector<int64_t>& rows, Tensor& out) {
  const int64_t size = in.num_elements() / in.dim(0);
  const E* from = static_cast<const E*>(in.raw_data());
  E* to = static_cast<E*>(out.raw_data());
  for (size_t i = 0; i < rows.size(); ++i) copy_elements(to + i * size, from + rows[i] * size, size);
}

class RandomShuffle : public Kernel {
 public:
  explicit RandomShuffle(KernelInit& c)
      : stream_(c.attr<int64_t>("seed"), c.attr<int64_t>("seed2")),
        copy_(with_element(c.node().output_type(0), []<typename E>() { return &copy_rows<E>; })) {}

  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    Tensor& out = c.output(0);
    if (in.num_elements() == 0) return OkStatus();
    std::vector<int64_t> rows(in.rank() == 0 ? 1 : in.dim(0));
    std::iota(rows.begin(), rows.end(), 0);
    // As in TensorFlow a tensor of one row takes nothing from the stream.
    if (in.num_elements() > 1 && rows.size() > 1) {
      PhiloxWords words(stream_.reserve((rows.size() - 1 + 3) / 4));  // one word fewer than rows
      for (size_t i = 0; i + 1 < rows.size(); ++i) {
        std::swap(rows[i], rows[i + words() % static_cast<uint32_t>(rows.size() - i)]);
      }
    }
    if (in.rank() == 0) {
      c.set_output(0, in);
    } else {
      copy_(in, rows, out);
    }
    return OkStatus();
  }

 private:
  PhiloxStream stream_;
  void (*copy_)(const Tensor&, const std::vector<int64_t>&, Tensor&);
};

REFLOW_OP("RandomShuffle")
    .input("value: T")
    .output("output: T")
    .attr("seed: int = 0")
    .attr("seed2: int = 0")
    .attr("T: type")
    .stateful()
    .doc("The rows of `value` (along its first dimension) in random order.")
    .shape(unchanged_shape)
    .kernel<RandomShuffle>(kCpu);

}  // namespace
}  // namespace reflow::ops
