#include <gtest/gtest.h>

#include <string>

#include "matmul_kernel.h"
#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

Tensor a() { return Tensor::from<float>({1, 2, 3, 4, 5, 6}, {2, 3}); }
Tensor b() { return Tensor::from<float>({1, 0, 2, 1, 0, 3}, {3, 2}); }
Tensor product() { return Tensor::from<float>({5, 11, 14, 23}, {2, 2}); }

const OpCaseTest matmul{{.op = "MatMul",
                         .inputs = {a(), b()},
                         .outputs = {product()},
                         .shapes = {"[2,?];[3,4] -> [2,4]", "?;? -> [?,?]", "?;[3,4] -> [?,4]",
                                    "[2,3];[2,3] -> error: Dimensions must be equal, but are 3 and 2",
                                    "[3];[3,2] -> error: Shape must be rank 2 but is rank 1"},
                         .bad_inputs = {a(), a()},
                         .error = "Matrix size-incompatible: In[0]: [2,3], In[1]: [2,3]"}};
const OpCaseTest not_a_matrix{{.op = "MatMul",
                               .name = "NotAMatrix",
                               .bad_inputs = {a(), Tensor::vector<float>({1, 2, 3})},
                               .error = "In[1] is not a matrix. Instead it has shape [3]"}};
const OpCaseTest transposed{{.op = "MatMul",
                             .name = "BothTransposed",
                             .attrs = {{"transpose_a", true}, {"transpose_b", true}},
                             .inputs = {Tensor::from<float>({1, 4, 2, 5, 3, 6}, {3, 2}),
                                        Tensor::from<float>({1, 2, 0, 0, 1, 3}, {2, 3})},
                             .outputs = {product()},
                             .shapes = {"[2,?];[3,4] -> error: Dimensions must be equal, but are 2 and 4"}}};
const OpCaseTest nothing_inside{{.op = "MatMul",
                                 .name = "NothingInside",
                                 .inputs = {Tensor(DType::kFloat32, {2, 0}), Tensor(DType::kFloat32, {0, 2})},
                                 .outputs = {Tensor::from<float>({0, 0, 0, 0}, {2, 2})}}};
const OpCaseTest half{{.op = "MatMul",
                       .name = "Half",
                       .inputs = {Tensor::from<Half>({Half(1.f), Half(2.f)}, {1, 2}), Tensor::from<Half>({Half(3.f), Half(4.f)}, {2, 1})},
                       .outputs = {Tensor::from<Half>({Half(11.f)}, {1, 1})}}};
const OpCaseTest ints{{.op = "MatMul",
                       .name = "Int32Wraps",
                       .inputs = {Tensor::from<int32_t>({INT32_MAX, 1}, {1, 2}), Tensor::from<int32_t>({1, 1}, {2, 1})},
                       .outputs = {Tensor::from<int32_t>({INT32_MIN}, {1, 1})}}};

const OpCaseTest batch{{.op = "BatchMatMul",
                        .inputs = {Tensor::from<float>({1, 2, 3, 4}, {2, 1, 2}), Tensor::from<float>({5, 6, 7, 8}, {2, 2, 1})},
                        .outputs = {Tensor::from<float>({17, 53}, {2, 1, 1})},
                        .shapes = {"[?,2,3];[7,3,4] -> [7,2,4]", "?;[7,3,4] -> [7,?,4]"},
                        .bad_inputs = {Tensor::from<float>({1, 2}, {1, 1, 2}), Tensor::from<float>({5, 6, 7, 8}, {2, 2, 1})},
                        .error = "In[0].dim(0) and In[1].dim(0) must be the same: [1,1,2] vs [2,2,1]"}};
const OpCaseTest batch_broadcast{{.op = "BatchMatMulV2",
                                  .inputs = {Tensor::from<float>({1, 2, 3, 4}, {2, 1, 1, 2}),
                                             Tensor::from<float>({1, 1, 2, 0}, {1, 2, 2, 1})},
                                  .outputs = {Tensor::from<float>({3, 2, 7, 6}, {2, 2, 1, 1})},
                                  .shapes = {"[5,?,2,3];[?,3,4] -> [5,?,2,4]", "[?,2,3];[7,3,4] -> [7,2,4]", "?;[2,3] -> ?"},
                                  .bad_inputs = {Tensor::from<float>({1, 2, 3, 4}, {2, 1, 2}), Tensor::from<float>({1, 1, 1}, {3, 1, 1})},
                                  .error = "In[0] and In[1] must have compatible batch dimensions: [2,1,2] vs. [3,1,1]"}};
const OpCaseTest adjoint{{.op = "BatchMatMul",
                          .name = "Adjoint",
                          .attrs = {{"adj_x", true}},
                          .inputs = {Tensor::from<std::complex<float>>({{1, 2}}, {1, 1, 1}),
                                     Tensor::from<std::complex<float>>({{0, 1}}, {1, 1, 1})},
                          .outputs = {Tensor::from<std::complex<float>>({{2, 1}}, {1, 1, 1})},
                          .has_gradient_check = false}};
const OpCaseTest mismatch{{.op = "BatchMatMulV2",
                           .name = "Mismatch",
                           .attrs = {{"adj_x", true}},
                           .bad_inputs = {Tensor::from<float>({1, 2, 3}, {3, 1}), Tensor::from<float>({1, 2}, {2, 1})},
                           .error = "In[0] mismatch In[1] shape: 3 vs. 2: [3,1] [2,1] 1 0"}};

// Every path of the kernel: products of vectors, with few columns, and large ones.
TEST(MatMulKernel, PathsAgree) {
  ThreadPool pool(3);
  for (const int64_t m : {1, 3, 40}) {
    for (const int64_t n : {1, 10, 16, 50}) {
      for (const int64_t k : {1, 20, 1100}) {
        std::vector<float> a(m * k), b(k * n), c(m * n);
        std::vector<double> a64(m * k), b64(k * n), c64(m * n);
        for (int64_t i = 0; i < m * k; ++i) a64[i] = a[i] = static_cast<float>(i * 5 % 7 - 3);
        for (int64_t i = 0; i < k * n; ++i) b64[i] = b[i] = static_cast<float>(i * 3 % 5 - 2);
        for (int transposed = 0; transposed < 4; ++transposed) {
          const MatMulShape shape{m, n, k, (transposed & 1) != 0, (transposed & 2) != 0};
          ops::matmul<float>(pool, shape, a.data(), b.data(), c.data());
          ops::matmul<double>(pool, shape, a64.data(), b64.data(), c64.data());
          EXPECT_TRUE(std::equal(c.begin(), c.end(), c64.begin())) << m << " " << n << " " << k << " " << transposed;
        }
      }
    }
  }
}

}  // namespace
}  // namespace reflow::ops
