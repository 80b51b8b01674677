// Ragged tensors: gradients, and values of several of them.

#include "tests/kit/op_case.h"
#include "tests/kit/session_fixture.h"

namespace reflow::ops {
namespace {

using graph::Endpoint;
using testing::OpCaseTest;

Tensor splits() { return Tensor::vector<int64_t>({0, 2, 2, 5}); }
Tensor values() { return Tensor::from<float>({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {5, 2}); }

const OpCaseTest gather{{.op = "RaggedGather",
                         .attrs = {{"OUTPUT_RAGGED_RANK", int64_t{1}}},
                         .inputs = {std::vector<Tensor>{splits()}, values(), Tensor::vector<int32_t>({2, 0, 2})},
                         .outputs = {Tensor::vector<int64_t>({0, 3, 5, 8}),
                                     Tensor::from<float>({5, 6, 7, 8, 9, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {8, 2})},
                         .bad_inputs = {std::vector<Tensor>{Tensor::vector<int64_t>({0, 2, 6})}, values(), Tensor::vector<int32_t>({0})},
                         .error = "Ragged splits must not point past values"}};
const OpCaseTest to_sparse{{.op = "RaggedTensorToSparse",
                            .inputs = {std::vector<Tensor>{splits()}, Tensor::vector<float>({1, 2, 3, 4, 5})},
                            .outputs = {Tensor::from<int64_t>({0, 0, 0, 1, 2, 0, 2, 1, 2, 2}, {5, 2}), Tensor::vector<float>({1, 2, 3, 4, 5}),
                                        Tensor::vector<int64_t>({3, 3})},
                            .bad_inputs = {std::vector<Tensor>{Tensor::vector<int64_t>({0, 3, 2})}, Tensor::vector<float>({1, 2})},
                            .error = "Ragged splits must not decrease, got 2 after 3"}};

class RaggedVariants : public reflow::testing::SessionFixture {
 protected:
  const AttrMap types = {{"Tvalues", DType::kFloat32}, {"Tsplits", DType::kInt64}};
  Endpoint encoded(std::vector<Tensor> nested, Tensor values, bool by_rows) {
    std::vector<Endpoint> inputs;
    for (Tensor& s : nested) inputs.push_back(constant(std::move(s)));
    return op("RaggedTensorToVariant", {inputs, constant(std::move(values))}, {{"batched_input", by_rows}});
  }
  // The splits from the outside inwards, and the values.
  std::string decoded(Endpoint e, int64_t in_levels, int64_t out_levels) {
    AttrMap attrs = types;
    attrs.set("input_ragged_rank", in_levels);
    attrs.set("output_ragged_rank", out_levels);
    Node* parts = node("RaggedTensorFromVariant", {e}, std::move(attrs));
    std::string text;
    for (int i = 0; i < parts->num_outputs(); ++i) text += run({parts->output(i)})[0].summarize(-1) + "; ";
    return text;
  }
};

TEST_F(RaggedVariants, OneValue) {
  EXPECT_EQ(decoded(encoded({splits()}, Tensor::vector<float>({1, 2, 3, 4, 5}), false), 1, 1), "0 2 2 5; 1 2 3 4 5; ");
}

TEST_F(RaggedVariants, OneValueForEachRow) {
  const Endpoint rows = encoded({Tensor::vector<int64_t>({0, 1, 3}), splits()}, Tensor::vector<float>({1, 2, 3, 4, 5}), true);
  EXPECT_EQ(decoded(rows, 1, 2), "0 1 3; 0 2 2 5; 1 2 3 4 5; ");
  EXPECT_EQ(decoded(rows, -1, 2), "0 1 3; 0 2 2 5; 1 2 3 4 5; ");
}

TEST_F(RaggedVariants, RowsInAnotherOrder) {
  const Endpoint rows = encoded({splits()}, Tensor::vector<float>({1, 2, 3, 4, 5}), true);
  const Endpoint reversed = op("GatherV2", {rows, constant(Tensor::vector<int32_t>({2, 1, 0})), constant(Tensor::scalar(int32_t{0}))});
  EXPECT_EQ(decoded(reversed, 0, 1), "0 3 3 5; 3 4 5 1 2; ");
}

TEST_F(RaggedVariants, OtherValuesAreErrors) {
  AttrMap attrs = {{"Tvalues", DType::kInt32}, {"Tsplits", DType::kInt64}, {"input_ragged_rank", int64_t{1}}, {"output_ragged_rank", int64_t{1}}};
  const Endpoint one = encoded({splits()}, Tensor::vector<float>({1, 2, 3, 4, 5}), false);
  EXPECT_NE(error({op("RaggedTensorFromVariant", {one}, attrs)}).find("Expected values Tensor dtype: int32, found: float"), std::string::npos);
}

}  // namespace
}  // namespace reflow::ops
