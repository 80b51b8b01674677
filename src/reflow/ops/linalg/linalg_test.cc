// Decompositions whose vectors are known up to a sign: what the vectors of TensorFlow can't be compared for.

#include <complex>
#include <limits>
#include <vector>

#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

Tensor diagonal() { return Tensor::from<float>({3, 0, 0, -2, 0, 0}, {3, 2}); }
Tensor general() { return Tensor::from<float>({3, 1, 0.5f, -2, 0.25f, 1}, {3, 2}); }

const OpCaseTest singular_values{{.op = "Svd",
                                  .name = "Values",
                                  .attrs = {{"compute_uv", false}},
                                  .inputs = {diagonal()},
                                  .outputs = {Tensor::vector<float>({3, 2}), Tensor(DType::kFloat32, {0}), Tensor(DType::kFloat32, {0})},
                                  .shapes = {"[3,2] -> [2];[0];[0]", "[4,?,2] -> [d0_0,?];[0];[0]", "[2] -> error: Shape must be at least rank 2 but is rank 1"}}};
const OpCaseTest singular_vectors{{.op = "Svd",
                                   .name = "Vectors",
                                   .inputs = {general()},
                                   .shapes = {"[3,2] -> [2];[3,2];[2,2]"},
                                   .gradient_outputs = {0, 1, 2},
                                   .gradient_tolerance = 1e-5}};
const OpCaseTest eigenvalues{{.op = "SelfAdjointEigV2",
                              .name = "Values",
                              .attrs = {{"compute_v", false}},
                              .inputs = {Tensor::from<float>({2, 1, 1, 2}, {2, 2})},
                              .outputs = {Tensor::vector<float>({1, 3}), Tensor(DType::kFloat32, {0})},
                              .shapes = {"[2,2] -> [2];[0]"}}};
const OpCaseTest eigenvectors{{.op = "SelfAdjointEigV2",
                               .name = "Vectors",
                               .inputs = {Tensor::from<float>({2, 1, 1, 4}, {2, 2})},
                               .gradient_outputs = {0, 1},
                               .gradient_tolerance = 1e-5}};
const OpCaseTest reduced_qr{{.op = "Qr", .inputs = {general()}, .shapes = {"[3,2] -> [3,2];[2,2]"}, .gradient_tolerance = 1e-5}};

const std::complex<double> kNan = std::numeric_limits<double>::quiet_NaN(), kInfinity = std::numeric_limits<double>::infinity();
// Of a singular matrix and of one with a number that isn't finite: TensorFlow's kernel doesn't come to an end.
const OpCaseTest logarithms_that_are_not_there{
    {.op = "MatrixLogarithm",
     .name = "NotThere",
     .inputs = {Tensor::from<std::complex<double>>({1, 2, 3, 2, 4, 6, 0, 0, 1, 1, 0, 0, 0, 1, kInfinity, 0, 0, 1}, {2, 3, 3})},
     .outputs = {Tensor::from<std::complex<double>>(std::vector<std::complex<double>>(18, kNan), {2, 3, 3})}}};

}  // namespace
}  // namespace reflow::ops
