// Values of TensorFlow 1.15.5 for seed = 3, seed2 = 4.

#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

Tensor true_classes() { return Tensor::from<int64_t>({1, 4, 2, 7}, {2, 2}); }

graph::AttrMap sampler_attrs(bool unique, int64_t num_sampled, int64_t range) {
  return {{"num_true", int64_t{2}}, {"num_sampled", num_sampled}, {"unique", unique}, {"range_max", range}, {"seed", int64_t{3}}, {"seed2", int64_t{4}}};
}

const OpCaseTest uniform{{.op = "UniformCandidateSampler",
                          .attrs = sampler_attrs(true, 5, 20),
                          .inputs = {true_classes()},
                          .outputs = {Tensor::vector<int64_t>({1, 5, 19, 9, 17}), Tensor::from<float>({.25f, .25f, .25f, .25f}, {2, 2}),
                                      Tensor::vector<float>({.25f, .25f, .25f, .25f, .25f})},
                          .shapes = {"[?,2] -> [5];[d0_0,2];[5]", "[3] -> error: Shape must be rank 2 but is rank 1"},
                          .bad_inputs = {Tensor::vector<int64_t>({1, 2})},
                          .error = "true_classes must be a matrix"}};
const OpCaseTest log_uniform{{.op = "LogUniformCandidateSampler",
                              .attrs = sampler_attrs(true, 5, 20),
                              .inputs = {true_classes()},
                              .outputs = {Tensor::vector<int64_t>({2, 4, 1, 12, 0}),
                                          Tensor::from<float>({0.6658928f, 0.29942554f, 0.47245845f, 0.19343434f}, {2, 2}),
                                          Tensor::vector<float>({0.47245845f, 0.29942554f, 0.6658928f, 0.12170706f, 1.138351202f})},
                              .shapes = {"[3,2] -> [5];[d0_0,2];[5]"}}};
const OpCaseTest fixed_unique{{.op = "FixedUnigramCandidateSampler",
                               .name = "Unique",
                               .attrs = {{"num_true", int64_t{2}},
                                         {"num_sampled", int64_t{5}},
                                         {"unique", true},
                                         {"range_max", int64_t{8}},
                                         {"unigrams", std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8}},
                                         {"distortion", 0.75f},
                                         {"seed", int64_t{3}},
                                         {"seed2", int64_t{4}}},
                               .inputs = {true_classes()},
                               .outputs = {Tensor::vector<int64_t>({4, 7, 1, 5, 3}),
                                           Tensor::from<float>({0.3529877f, 0.5930612f, 0.4501265f, 0.73384923f}, {2, 2}),
                                           Tensor::vector<float>({0.5930612f, 0.73384923f, 0.3529877f, 0.64757985f, 0.52831864f})},
                               .shapes = {"[3,2] -> [5];[d0_0,2];[5]"}}};
const OpCaseTest fixed_shard{{.op = "FixedUnigramCandidateSampler",
                              .name = "ReservedAndSharded",
                              .attrs = {{"num_true", int64_t{2}},
                                        {"num_sampled", int64_t{4}},
                                        {"unique", false},
                                        {"range_max", int64_t{5}},
                                        {"unigrams", std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8}},
                                        {"num_reserved_ids", int64_t{2}},
                                        {"num_shards", int64_t{2}},
                                        {"shard", int64_t{1}},
                                        {"seed", int64_t{3}},
                                        {"seed2", int64_t{4}}},
                              .inputs = {true_classes()},
                              .outputs = {Tensor::vector<int64_t>({4, 3, 4, 1}), Tensor::from<float>({.25f, 1.75f, .75f, 0}, {2, 2}),
                                          Tensor::vector<float>({1.75f, 1.25f, 1.75f, .25f})}}};
const OpCaseTest learned{{.op = "LearnedUnigramCandidateSampler",
                          .attrs = sampler_attrs(true, 5, 10),
                          .inputs = {true_classes()},
                          .outputs = {Tensor::vector<int64_t>({1, 0, 4, 9, 3}),
                                      Tensor::from<float>({0.5217031f, 0.5217031f, 0.5217031f, 0.5217031f}, {2, 2}),
                                      Tensor::vector<float>({0.5217031f, 0.5217031f, 0.5217031f, 0.5217031f, 0.5217031f})},
                          .shapes = {"[3,2] -> [5];[d0_0,2];[5]"}}};
const OpCaseTest thread_unsafe{{.op = "ThreadUnsafeUnigramCandidateSampler",
                                .attrs = sampler_attrs(false, 5, 10),
                                .inputs = {true_classes()},
                                .outputs = {Tensor::vector<int64_t>({1, 0, 1, 4, 9}), Tensor::from<float>({.5f, .5f, .5f, .5f}, {2, 2}),
                                            Tensor::vector<float>({.5f, .5f, .5f, .5f, .5f})}}};
const OpCaseTest all{{.op = "AllCandidateSampler",
                      .attrs = {{"num_true", int64_t{2}}, {"num_sampled", int64_t{3}}, {"unique", true}},
                      .inputs = {true_classes()},
                      .outputs = {Tensor::vector<int64_t>({0, 1, 2}), Tensor::from<float>({1, 1, 1, 1}, {2, 2}),
                                  Tensor::vector<float>({1, 1, 1})}}};
const OpCaseTest hits{{.op = "ComputeAccidentalHits",
                       .attrs = {{"num_true", int64_t{2}}},
                       .inputs = {true_classes(), Tensor::vector<int64_t>({4, 0, 2, 1, 4})},
                       .outputs = {Tensor::vector<int32_t>({0, 0, 1}), Tensor::vector<int64_t>({3, 4, 2}),
                                   Tensor::vector<float>({-3.4028235e38f, -3.4028235e38f, -3.4028235e38f})},
                       .shapes = {"[?,2];[5] -> [?];[?];[?]"},
                       .bad_inputs = {true_classes(), true_classes()},
                       .error = "sampled_candidates must be a vector, which is typically an output from CandidateSampler"}};

}  // namespace
}  // namespace reflow::ops
