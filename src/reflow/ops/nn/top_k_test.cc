#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

Tensor scores() { return Tensor::from<float>({3, 1, 4, 1, 5, 9, 2, 6, 5, 3}, {2, 5}); }

const OpCaseTest top_k{{.op = "TopKV2",
                        .inputs = {scores(), Tensor::scalar(int32_t{2})},
                        .outputs = {Tensor::from<float>({5, 4, 9, 6}, {2, 2}), Tensor::from<int32_t>({4, 2, 0, 2}, {2, 2})},
                        .shapes = {"[2,3];=2 -> [d0_0,2];[d0_0,2]", "[2,3];[] -> [2,?];[2,?]", "?;[] -> ?;?",
                                   "[3];=5 -> error: input must have last dimension >= k = 5 but is 3",
                                   "[3];=-1 -> error: Dimension size, given by scalar input 1, must be non-negative but is -1"},
                        .bad_inputs = {scores(), Tensor::scalar(int32_t{6})},
                        .error = "input must have at least k columns. Had 5, needed 6"}};
const OpCaseTest top_k_ties{{.op = "TopKV2",
                             .name = "TiesByIndex",
                             .inputs = {Tensor::vector<int32_t>({1, 3, 3, 1, 3}), Tensor::scalar(int32_t{4})},
                             .outputs = {Tensor::vector<int32_t>({3, 3, 3, 1}), Tensor::vector<int32_t>({1, 2, 4, 0})}}};
// The order in which TensorFlow 1.15 leaves its heap.
const OpCaseTest top_k_unsorted{
    {.op = "TopKV2",
     .name = "Unsorted",
     .attrs = {{"sorted", false}},
     .inputs = {Tensor::vector<float>({4, 0, 3, 3, 3, 1, 3, 2, 4, 0, 0, 4, 2, 1, 0, 1, 1, 0, 1, 4,
                                       3, 0, 3, 0, 2, 3, 0, 1, 3, 3, 3, 0, 1, 1, 1, 0, 2, 4, 3, 3}),
                Tensor::scalar(int32_t{12})},
     .outputs = {Tensor::vector<float>({3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4}),
                 Tensor::vector<int32_t>({25, 4, 22, 3, 2, 20, 6, 19, 8, 0, 37, 11})},
     .has_gradient_check = false}};

const OpCaseTest in_top_k{{.op = "InTopK",
                           .attrs = {{"k", 2}},
                           .inputs = {scores(), Tensor::vector<int32_t>({0, 2})},
                           .outputs = {Tensor::vector<bool>({false, true})},
                           .shapes = {"[3,?];[?] -> [d0_0]", "?;? -> [?]",
                                      "[3,3];[4] -> error: Dimensions must be equal, but are 3 and 4"},
                           .bad_inputs = {scores(), Tensor::vector<int32_t>({0})},
                           .error = "First dimension of predictions 2 must match length of targets 1"}};
const OpCaseTest in_top_k_v2{{.op = "InTopKV2",
                              .inputs = {scores(), Tensor::vector<int32_t>({0, 9}), Tensor::scalar(int32_t{3})},
                              .outputs = {Tensor::vector<bool>({true, false})},
                              .shapes = {"[3,?];[?];[] -> [d0_0]"},
                              .bad_inputs = {scores(), Tensor::vector<int32_t>({0, 1}), Tensor::vector<int32_t>({2})},
                              .error = "k must be 0-D, got shape [1]"}};

}  // namespace
}  // namespace reflow::ops
