// The crosses of tf.contrib, with values of TensorFlow 1.15.5.

#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using graph::AttrMap;
using testing::CaseArgument;
using testing::OpCase;
using testing::OpCaseTest;

// a; b and c, with 1; -7, and f; g.
OpCase crosses(const char* op, const char* name, Tensor values, AttrMap attrs) {
  const DType out = values.dtype();
  attrs.set("hashed_output", out == DType::kInt64);
  attrs.set("out_type", out);
  attrs.set("internal_type", DType::kString);
  const auto rows = [](std::vector<Tensor> list) { return CaseArgument(std::move(list)); };
  return {.op = op,
          .name = name,
          .attrs = std::move(attrs),
          .inputs = {rows({Tensor::from<int64_t>({0, 0, 1, 0, 1, 1}, {3, 2}), Tensor::from<int64_t>({0, 0, 1, 0}, {2, 2})}),
                     rows({Tensor::vector<std::string>({"a", "b", "c"}), Tensor::vector<int64_t>({1, -7})}),
                     rows({Tensor::vector<int64_t>({2, 2}), Tensor::vector<int64_t>({2, 1})}),
                     rows({Tensor::from<std::string>({"f", "g"}, {2, 1})})},
          .outputs = {Tensor::from<int64_t>({0, 0, 1, 0, 1, 1}, {3, 2}), std::move(values), Tensor::vector<int64_t>({2, 2})}};
}

const OpCaseTest texts{crosses("SparseFeatureCross", "texts", Tensor::vector<std::string>({"a_X_1_X_f", "b_X_-7_X_g", "c_X_-7_X_g"}),
                               {{"num_buckets", int64_t{0}}})};
const OpCaseTest hashes{crosses("SparseFeatureCross", "hashes",
                                Tensor::vector<int64_t>({5382680474585787849, 8259902689302530725, 5779632415772523248}),
                                {{"num_buckets", int64_t{0}}})};
const OpCaseTest buckets{crosses("SparseFeatureCross", "buckets", Tensor::vector<int64_t>({56, 32, 48}), {{"num_buckets", int64_t{100}}})};
const OpCaseTest hashes_by_key{crosses("SparseFeatureCrossV2", "hashes",
                                       Tensor::vector<int64_t>({8616594003404086122, 8159591525075936332, 2124695560425483756}),
                                       {{"num_buckets", int64_t{0}}, {"hash_key", int64_t{5}}})};
const OpCaseTest buckets_by_key{crosses("SparseFeatureCrossV2", "buckets", Tensor::vector<int64_t>({325, 591, 73}),
                                        {{"num_buckets", int64_t{1000}}, {"hash_key", int64_t{0xDECAFCAFFE}}})};

}  // namespace
}  // namespace reflow::ops
