#include "reflow/tensor/tensor.h"

#include <gtest/gtest.h>

#include <cmath>

#include "reflow/tensor/checked_size.h"

namespace reflow {
namespace {

TEST(Tensor, CopiesShareAndCopyDoesNot) {
  Tensor a = Tensor::vector<float>({1, 2, 3});
  const Tensor b = a, c = a.copy();
  a.data<float>()[0] = 9;
  EXPECT_TRUE(a.shares_buffer(b));
  EXPECT_EQ(b.item<float>(), 9);
  EXPECT_FALSE(a.shares_buffer(c));
  EXPECT_EQ(c.item<float>(), 1);
  EXPECT_FALSE(a.owns_alone());
  EXPECT_TRUE(c.owns_alone());
}

TEST(Tensor, StringsAreConstructedAndCopied) {
  Tensor a(DType::kString, {3});
  EXPECT_EQ(a.data<std::string>()[2], "");
  a.data<std::string>()[0] = std::string(100, 'x');
  const Tensor b = a.copy();
  a.data<std::string>()[0] = "";
  EXPECT_EQ(b.item<std::string>().size(), 100u);
}

TEST(Tensor, ViewsShareTheBuffer) {
  const Tensor a = Tensor::from<int>({1, 2, 3, 4, 5, 6}, {3, 2});
  EXPECT_EQ(a.rows(1, 3).debug_string(), "Tensor<type: int32 shape: [2,2] values: [3 4][5...]...>");
  EXPECT_EQ(a.reshaped({6}).summarize(-1), "1 2 3 4 5 6");
  EXPECT_EQ(a.bitcast(DType::kFloat32).dtype(), DType::kFloat32);
  EXPECT_TRUE(a.rows(0, 0).shares_buffer(a));
}

TEST(Tensor, LentBufferIsCopiedWhenRetained) {
  float values[2] = {1, 2};
  int released = 0;
  {
    const Tensor lent(DType::kFloat32, {2},
                      wrap_memory(values, sizeof(values), [](void* n) { ++*static_cast<int*>(n); }, &released, true),
                      values);
    EXPECT_FALSE(lent.owns_alone());
    const Tensor kept = lent.retained();
    values[0] = 5;
    EXPECT_EQ(kept.item<float>(), 1);
    EXPECT_EQ(released, 0);
  }
  EXPECT_EQ(released, 1);
}

TEST(Tensor, ImpossibleSizes) {
  EXPECT_EQ(message_of(allocate_tensor(DType::kFloat32, {1 << 20, 1 << 20, 16}).status()),
            "OOM when allocating tensor with shape[1048576,1048576,16] and type float");
  EXPECT_EQ(message_of(allocate_tensor(DType::kFloat32, {-1}).status()), "Dimension -1 must be >= 0");
  const int64_t huge = int64_t{1} << 40;
  EXPECT_EQ(message_of(checked_num_elements({huge, huge}).status()),
            "Shape [1099511627776,1099511627776] is too large (more than 2**63 - 1 entries)");
  EXPECT_THROW(Tensor(DType::kFloat32, {huge, huge}), std::bad_alloc);
}

TEST(TensorSummary, NestsDimensionsAsTensorFlowDoes) {
  const Tensor t = Tensor::from<int>({1, 2, 3, 4, 5, 6, 7, 8}, {2, 2, 2});
  EXPECT_EQ(t.summarize(1), "[[1...]]...");
  EXPECT_EQ(t.summarize(2), "[[1 2]]...");
  EXPECT_EQ(t.summarize(5), "[[1 2][3 4]][[5...]]...");
  EXPECT_EQ(t.summarize(8), "[[1 2][3 4]][[5 6][7 8]]");
  EXPECT_EQ(t.summarize(0), "...");
  EXPECT_EQ(Tensor::vector<int>({1, 2, 3, 4}).summarize(), "1 2 3...");
  EXPECT_EQ(Tensor::scalar(5.f).summarize(), "5");
  EXPECT_EQ(Tensor(DType::kFloat32, {2, 0}).summarize(), "");
}

TEST(TensorSummary, PrintsNumbersAsTensorFlowDoes) {
  const float inf = INFINITY;
  EXPECT_EQ(Tensor::vector<float>({1e20f, 1e-7f, NAN, inf, -inf, 0.1f, 1 / 3.f, 123456789.f, 1e5f, 1e6f}).summarize(-1),
            "1e+20 1e-07 nan inf -inf 0.1 0.333333343 123456792 100000 1e+06");
  EXPECT_EQ(Tensor::vector<double>({1 / 3., 123456789.}).summarize(), "0.33333333333333331 123456789");
  EXPECT_EQ(Tensor::vector<bool>({true, false}).summarize(), "1 0");
  EXPECT_EQ(Tensor::scalar(Half(1.5f)).summarize(), "1.5");
  EXPECT_EQ(Tensor::vector<int8_t>({-1, 65}).summarize(), "-1 65");
  EXPECT_EQ(Tensor::scalar(Bfloat16(1.5f)).summarize(), "?");
  EXPECT_EQ(Tensor::from<std::complex<float>>({1, 2, 3, 4}, {2, 2}).summarize(), "? ? ?...");
}

TEST(TensorSummary, EscapesStrings) {
  EXPECT_EQ(Tensor::scalar("a\x01\xc3\xbf\tb'\"\\\r").summarize(), "a\\001\\303\\277\\tb\\'\\\"\\\\\\r");
  EXPECT_EQ(Tensor::from<std::string>({"a", "b", "c", "d"}, {2, 2}).summarize(), "[a b][c...]...");
}

}  // namespace
}  // namespace reflow
