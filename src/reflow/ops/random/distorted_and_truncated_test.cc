// Values of TensorFlow 1.15.5.

#include <limits>

#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

const OpCaseTest distorted{{.op = "SampleDistortedBoundingBoxV2",
                            .attrs = {{"seed", int64_t{3}}, {"seed2", int64_t{7}}},
                            .inputs = {Tensor::vector<int32_t>({40, 50, 3}), Tensor::from<float>({.1f, .2f, .8f, .9f}, {1, 1, 4}),
                                       Tensor::scalar(0.1f)},
                            .outputs = {Tensor::vector<int32_t>({3, 22, 0}), Tensor::vector<int32_t>({15, 18, -1}),
                                        Tensor::from<float>({0.075f, 0.44f, 0.45f, 0.8f}, {1, 1, 4})},
                            .shapes = {"[3];[1,?,4];[] -> [3];[3];[1,1,4]"},
                            .has_gradient_check = false,
                            .bad_inputs = {Tensor::vector<int32_t>({40, 50, 3}), Tensor::from<float>({.1f, .2f, .8f, 1.9f}, {1, 1, 4}),
                                           Tensor::scalar(0.1f)},
                            .error = "All bounding box coordinates must be in [0.0, 1.0]: 1.9"}};
const OpCaseTest distorted_areas{
    {.op = "SampleDistortedBoundingBox",
     .attrs = {{"seed", int64_t{5}}, {"seed2", int64_t{11}}, {"min_object_covered", 0.5f}, {"area_range", std::vector<float>{0.2f, 0.8f}}},
     .inputs = {Tensor::vector<int32_t>({300, 500, 3}), Tensor::from<float>({.1f, .2f, .8f, .9f, .2f, .2f, .3f, .3f}, {1, 2, 4})},
     .outputs = {Tensor::vector<int32_t>({1, 23, 0}), Tensor::vector<int32_t>({255, 299, -1}),
                 Tensor::from<float>({0.00333333f, 0.046f, 0.85333335f, 0.644f}, {1, 1, 4})},
     .has_gradient_check = false}};

const OpCaseTest truncated{{.op = "ParameterizedTruncatedNormal",
                            .attrs = {{"seed", int64_t{3}}, {"seed2", int64_t{4}}},
                            .inputs = {Tensor::vector<int32_t>({6}), Tensor::scalar(1.0f), Tensor::scalar(2.0f), Tensor::scalar(-1.0f), Tensor::scalar(3.0f)},
                            .outputs = {Tensor::vector<float>({2.694946766f, 0.481721878f, 2.79279375f, 0.852167606f, 0.547537327f, 1.559808254f})},
                            .shapes = {"=[2,3];[];[?];[];[] -> [2,3]"},
                            .has_gradient_check = false}};
const OpCaseTest truncated_rows{
    {.op = "ParameterizedTruncatedNormal",
     .name = "Rows",
     .attrs = {{"seed", int64_t{3}}, {"seed2", int64_t{4}}},
     .inputs = {Tensor::vector<int32_t>({2, 4}), Tensor::vector<float>({0, 1}), Tensor::vector<float>({1, 2}),
                Tensor::vector<float>({3, -std::numeric_limits<float>::infinity()}), Tensor::vector<float>({9, 1.5f})},
     .outputs = {Tensor::from<float>({3.024018764f, 3.016105175f, 3.186810732f, 3.673536301f, 0.077860236f, 0.200126231f, 0.888956666f, 0.808157265f},
                                     {2, 4})},
     .has_gradient_check = false}};
const OpCaseTest truncated_below{
    {.op = "ParameterizedTruncatedNormal",
     .name = "BelowTheMean",
     .attrs = {{"seed", int64_t{3}}, {"seed2", int64_t{4}}},
     .inputs = {Tensor::vector<int32_t>({2, 3}), Tensor::vector<double>({0, 1}), Tensor::vector<double>({1, 2}), Tensor::vector<double>({-9, -100}),
                Tensor::vector<double>({-4, -5})},
     .outputs = {Tensor::from<double>({-4.222347758290976, -4.27157080858131, -4.611027551702381, -5.595975520126419, -5.142930561698967, -5.064055901876312},
                                      {2, 3})},
     .has_gradient_check = false}};

}  // namespace
}  // namespace reflow::ops
