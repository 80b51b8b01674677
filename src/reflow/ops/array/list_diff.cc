// What one list has and another hasn't.

#include <string>
#include <type_traits>
#include <unordered_set>
#include <vector>

#include "reflow/op/compute_type.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

template <typename T, typename Index>
class ListDiff : public Kernel {
 public:
  explicit ListDiff(KernelInit&) {}
  Status compute(KernelContext& c) override {
    using Key = ComputeType<T>;
    std::unordered_set<Key> excluded;
    for (const T& y : c.input(1).flat<T>()) excluded.insert(static_cast<Key>(y));
    const std::span<const T> x = c.input(0).flat<T>();
    std::vector<Index> kept;
    for (size_t i = 0; i < x.size(); ++i) {
      if (!excluded.contains(static_cast<Key>(x[i]))) kept.push_back(static_cast<Index>(i));
    }
    const Shape shape{std::ssize(kept)};
    RETURN_IF_ERROR(c.allocate_output(0, shape));
    RETURN_IF_ERROR(c.allocate_output(1, shape));
    for (size_t i = 0; i < kept.size(); ++i) c.output(0).data<T>()[i] = x[kept[i]];
    std::copy(kept.begin(), kept.end(), c.output(1).data<Index>());
    return OkStatus();
  }
};

Status list_diff_shape(ShapeContext& c) {
  Shape vector;
  for (int i = 0; i < 2; ++i) {
    if (c.concrete() && c.input(i).rank() != 1) return invalid_argument("{} should be a 1D vector.", i == 0 ? "x" : "y");
    RETURN_IF_ERROR(c.with_rank(c.input(i), 1, &vector));
    c.set_output(i, {Shape::kUnknown});
  }
  return OkStatus();
}

REFLOW_OP("ListDiff")
    .input("x: T")
    .input("y: T")
    .output("out: T")
    .output("idx: out_idx")
    .attr("T: type")
    .attr("out_idx: {int32, int64} = DT_INT32")
    .doc("The elements of the vector `x` that aren't in `y`, in their order, repetitions included, and their indices in "
         "`x`.")
    .shape(list_diff_shape)
    .kernel<ListDiff>(kCpu, kRealTypes + Types<std::string>{}, kIndexTypes, "T", "out_idx");

}  // namespace
}  // namespace reflow::ops
