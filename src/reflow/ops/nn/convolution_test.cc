// What TensorFlow's vectors don't have: images with channels first, which it refuses on CPUs.

#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

// Two channels of two by two.
Tensor image() { return Tensor::from<float>({1, 2, 3, 4, 5, 6, 7, 8}, {1, 2, 2, 2}); }

const OpCaseTest conv2d{{.op = "Conv2D",
                         .name = "ChannelsFirst",
                         .attrs = {{"strides", std::vector<int64_t>{1, 1, 1, 1}}, {"padding", "VALID"}, {"data_format", "NCHW"}},
                         .inputs = {image(), Tensor::from<float>({1, 10}, {1, 1, 2, 1})},
                         .outputs = {Tensor::from<float>({51, 62, 73, 84}, {1, 1, 2, 2})},
                         .shapes = {"[?,3,8,9];[2,3,3,5] -> [d0_0,5,7,7]"},
                         .bad_inputs = {Tensor::from<float>({1, 2, 3}, {1, 3, 1, 1}), Tensor::from<float>({1, 10}, {1, 1, 2, 1})},
                         .error = "input depth must be evenly divisible by filter depth: 3 vs 2"}};
const OpCaseTest conv2d_dilated{{.op = "Conv2D",
                                 .name = "DilatedGradient",
                                 .attrs = {{"strides", std::vector<int64_t>{1, 1, 1, 1}},
                                           {"padding", "SAME"},
                                           {"dilations", std::vector<int64_t>{1, 2, 1, 1}}},
                                 .inputs = {Tensor::from<float>({1, 2, 3, 4, 5, 6}, {1, 3, 2, 1}), Tensor::from<float>({1, 2, 3}, {3, 1, 1, 1})},
                                 .outputs = {Tensor::from<float>({17, 22, 6, 8, 11, 14}, {1, 3, 2, 1})}}};
const OpCaseTest depthwise{{.op = "DepthwiseConv2dNative",
                            .name = "ChannelsFirst",
                            .attrs = {{"strides", std::vector<int64_t>{1, 1, 1, 1}}, {"padding", "VALID"}, {"data_format", "NCHW"}},
                            .inputs = {image(), Tensor::from<float>({1, 10}, {1, 1, 2, 1})},
                            .outputs = {Tensor::from<float>({1, 2, 3, 4, 50, 60, 70, 80}, {1, 2, 2, 2})}}};
const OpCaseTest max_pool{{.op = "MaxPool",
                           .name = "ChannelsFirst",
                           .attrs = {{"ksize", std::vector<int64_t>{1, 1, 2, 2}},
                                     {"strides", std::vector<int64_t>{1, 1, 2, 2}},
                                     {"padding", "VALID"},
                                     {"data_format", "NCHW"}},
                           .inputs = {image()},
                           .outputs = {Tensor::from<float>({4, 8}, {1, 2, 1, 1})},
                           .shapes = {"[1,3,4,5] -> [1,3,2,2]"}}};
const OpCaseTest avg_pool{{.op = "AvgPool",
                           .name = "ChannelsFirst",
                           .attrs = {{"ksize", std::vector<int64_t>{1, 1, 2, 2}},
                                     {"strides", std::vector<int64_t>{1, 1, 2, 2}},
                                     {"padding", "SAME"},
                                     {"data_format", "NCHW"}},
                           .inputs = {Tensor::from<float>({1, 2, 3, 4, 5, 6}, {1, 1, 2, 3})},
                           .outputs = {Tensor::from<float>({3, 4.5f}, {1, 1, 1, 2})}}};
const OpCaseTest batch_norm{{.op = "FusedBatchNormV3",
                             .name = "ChannelsFirst",
                             .attrs = {{"epsilon", 0.0f}, {"data_format", "NCHW"}, {"is_training", false}},
                             .inputs = {image(), Tensor::vector<float>({1, 2}), Tensor::vector<float>({0, 1}), Tensor::vector<float>({1, 5}),
                                        Tensor::vector<float>({1, 4})},
                             .outputs = {Tensor::from<float>({0, 1, 2, 3, 1, 2, 3, 4}, {1, 2, 2, 2}), {}, {}, {}, {}, {}},
                             .has_gradient_check = false}};
const OpCaseTest space_to_depth{{.op = "SpaceToDepth",
                                 .name = "ChannelsFirst",
                                 .attrs = {{"block_size", int64_t{2}}, {"data_format", "NCHW"}},
                                 .inputs = {image()},
                                 .outputs = {Tensor::from<float>({1, 5, 2, 6, 3, 7, 4, 8}, {1, 8, 1, 1})}}};
const OpCaseTest conv3d_input{{.op = "Conv3DBackpropInputV2",
                               .name = "WideSizes",
                               .attrs = {{"strides", std::vector<int64_t>{1, 1, 1, 1, 1}}, {"padding", "VALID"}},
                               .inputs = {Tensor::vector<int64_t>({1, 1, 1, 2, 1}), Tensor::from<float>({3, 4}, {1, 1, 2, 1, 1}),
                                          Tensor::from<float>({2}, {1, 1, 1, 1, 1})},
                               .outputs = {Tensor::from<float>({6, 8}, {1, 1, 1, 2, 1})}}};
const OpCaseTest with_argmax{{.op = "MaxPoolGradGradWithArgmax",
                              .attrs = {{"ksize", std::vector<int64_t>{1, 2, 2, 1}},
                                        {"strides", std::vector<int64_t>{1, 2, 2, 1}},
                                        {"padding", "VALID"}},
                              .inputs = {Tensor::from<float>({1, 2, 4, 3}, {1, 2, 2, 1}), Tensor::from<float>({5, 6, 7, 8}, {1, 2, 2, 1}),
                                         Tensor::from<int64_t>({2}, {1, 1, 1, 1})},
                              .outputs = {Tensor::from<float>({7}, {1, 1, 1, 1})},
                              .bad_inputs = {Tensor::from<float>({1, 2, 4, 3}, {1, 2, 2, 1}), Tensor::from<float>({5, 6, 7, 8}, {1, 2, 2, 1}),
                                             Tensor::from<int64_t>({4}, {1, 1, 1, 1})},
                              .error = "Invalid output gradient index: 4 is not within image 0 of 4 elements"}};

}  // namespace
}  // namespace reflow::ops
