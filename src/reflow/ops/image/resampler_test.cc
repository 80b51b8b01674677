// Resampler and BipartiteMatch, with values of TensorFlow 1.15.5.

#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

Tensor images() { return Tensor::from<float>({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, {1, 2, 3, 2}); }
// Between four pixels, beside the image on either side, a pixel outside, on a pixel.
Tensor points() { return Tensor::from<float>({0.25f, 0.5f, 2.5f, 0.75f, -0.5f, -0.25f, -1, 0, 3, 1, 1, 1}, {1, 6, 2}); }

const OpCaseTest resampler{{
    .op = "Resampler",
    .inputs = {images(), points()},
    .outputs = {Tensor::from<float>({3.5f, 4.5f, 4.25f, 4.75f, 0, 0.375f, 0, 0, 0, 0, 8, 9}, {1, 6, 2})},
    .shapes = {"[2,5,6,3];[2,4,2] -> [2,4,3]", "?;[2,4,2] -> [2,4,?]", "[2,5,6,3];? -> ?", "[2,?,?,3];[2,4,7,2] -> [2,4,7,3]"},
    .has_gradient_check = false,  // below: on the border of a pixel there are two slopes
    .bad_inputs = {images(), Tensor::from<float>({1, 2, 3}, {1, 3})},
    .error = "Only bilinear interpolation is supported, warping coordinates must be 2D; warp shape last entry should be 2, but shape "
             "vector is: [1,3]",
}};

const OpCaseTest resampler_slopes{{
    .op = "Resampler",
    .name = "slopes",
    .inputs = {images(), Tensor::from<float>({0.25f, 0.5f, 2.5f, 0.75f, -0.5f, -0.25f, 1.25f, 0.125f}, {1, 4, 2})},
}};

const OpCaseTest resampler_grad{{
    .op = "ResamplerGrad",
    .inputs = {images(), points(), Tensor::from<float>({1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, {1, 6, 2})},
    .outputs = {Tensor::from<float>({0.75f, 0.75f, 0.125f, 0.125f, 0.125f, 0.125f, 0.375f, 0.375f, 1.125f, 1.125f, 0.375f, 0.375f}, {1, 2, 3, 2}),
                Tensor::from<float>({4, 12, -18, 6, 0.75f, 0.5f, 0, 0, 0, 0, 4, -17}, {1, 6, 2})},
    .shapes = {"[2,5,6,3];[2,4,2];[2,4,3] -> in0;in1"},
    .has_gradient_check = false,
    .bad_inputs = {images(), points(), Tensor::from<float>({1, 1}, {1, 1, 2})},
    .error = "grad_output shape is not consistent with data and warp shapes; it should be [1,6,2] but is [1,1,2]",
}};

Tensor distances() { return Tensor::from<float>({0.5f, 0.1f, 0.8f, 0.3f, 0.05f, 0.9f, 0.2f, 0.7f, 0.4f, 0, 0, 0}, {4, 3}); }

const OpCaseTest match{{
    .op = "BipartiteMatch",
    .inputs = {distances(), Tensor::scalar(-1.0f)},
    .outputs = {Tensor::vector<int32_t>({-1, 1, 2, 0}), Tensor::vector<int32_t>({3, 1, 2})},
    .shapes = {"[3,4];[] -> [3];[4]", "?;[] -> [?];[?]", "[3,4,5];[] -> error: Shape must be rank 2 but is rank 3"},
    .bad_inputs = {distances(), Tensor::scalar(5.0f)},
    .error = "There should be at least 5 rows in distance_mat, but only got 4 rows.",
}};

const OpCaseTest match_of_two{{
    .op = "BipartiteMatch",
    .name = "top",
    .attrs = {{"top_k", int64_t{2}}},
    .inputs = {distances(), Tensor::scalar(-1.0f)},
    .outputs = {Tensor::vector<int32_t>({-1, 1, -1, 0}), Tensor::vector<int32_t>({3, 1, -1})},
}};

const OpCaseTest match_of_rows{{
    .op = "BipartiteMatch",
    .name = "rows",
    .inputs = {distances(), Tensor::vector<float>({2})},
    .outputs = {Tensor::vector<int32_t>({0, 1, -1, -1}), Tensor::vector<int32_t>({0, 1, -1})},
}};

}  // namespace
}  // namespace reflow::ops
