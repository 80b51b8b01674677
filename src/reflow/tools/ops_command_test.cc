#include "reflow/tools/ops_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reflow::tools {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(OpsCommand, ListsNamesWithTheFirstSentence) {
  const auto text = list_ops("l2LOSS");
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text, "L2Loss  Computes sum(t ** 2) / 2.\n");
}

TEST(OpsCommand, ListsAllWithoutAFilter) {
  const auto text = list_ops("");
  ASSERT_TRUE(text.ok());
  for (const char* name : {"\nMatMul ", "\nConst ", "\nVariableV2 "}) EXPECT_THAT(*text, HasSubstr(name));
}

TEST(OpsCommand, FilterWithoutAMatchIsNotFound) {
  EXPECT_EQ(list_ops("nosuchop").status().code(), StatusCode::kNotFound);
}

TEST(OpsCommand, DescribesDefinitionKernelsAndGradient) {
  const auto text = describe_op("MatMul");
  ASSERT_TRUE(text.ok());
  EXPECT_THAT(*text, StartsWith("MatMul\n\nMultiplies matrix a"));
  EXPECT_THAT(*text, HasSubstr("\nInputs:\n  a: T\n  b: T\n\nOutputs:\n  product: T\n"));
  EXPECT_THAT(*text, HasSubstr("  transpose_a: bool = false\n"));
  EXPECT_THAT(*text, HasSubstr("  T: {bfloat16, half, float, double, int32, int64, complex64, complex128}\n"));
  EXPECT_THAT(*text, HasSubstr("\nKernels:\n  CPU: T in {"));
  EXPECT_THAT(*text, HasSubstr("\nGradient: function\n"));
  EXPECT_THAT(*text, Not(HasSubstr("Flags:")));
}

TEST(OpsCommand, DescribesFlagsListsAndReferences) {
  const auto variable = describe_op("VariableV2"), assign = describe_op("Assign"), concat = describe_op("ConcatV2");
  ASSERT_TRUE(variable.ok() && assign.ok() && concat.ok());
  EXPECT_THAT(*variable, HasSubstr("\nFlags:\n  stateful\n"));
  EXPECT_THAT(*assign, HasSubstr("  ref: Ref(T)\n"));
  EXPECT_THAT(*concat, HasSubstr("  values: N * T\n"));
  EXPECT_THAT(*concat, HasSubstr("  N: int >= 2\n"));
}

TEST(OpsCommand, TellsKernelsTogetherThatDifferInTypesAlone) {
  const auto text = describe_op("ArgMax");
  ASSERT_TRUE(text.ok());
  EXPECT_THAT(*text,
              testing::ContainsRegex("Kernels:\n  CPU: T in [{]half, .*[}], output_type in [{]int32, int64[}]\n\n"));
}

TEST(OpsCommand, ListsTensorFlowsOpsThatAreMissing) {
  const std::string text = list_missing_ops();
  EXPECT_THAT(text, HasSubstr("\nTPUReplicateMetadata\n"));
  EXPECT_THAT(text, Not(HasSubstr("\nMatMul\n")));
  EXPECT_THAT(text, testing::EndsWith(" of the 1222 ops of TensorFlow 1.15 are missing\n"));
}

TEST(OpsCommand, SaysThatAnOpIsNotDifferentiable) {
  const auto text = describe_op("Const");
  ASSERT_TRUE(text.ok());
  EXPECT_THAT(*text, HasSubstr("\nGradient: none (not differentiable)\n"));
}

TEST(OpsCommand, AnUnknownOpComesWithNearNames) {
  EXPECT_THAT(std::string(message_of(describe_op("matmul").status())), HasSubstr("near: MatMul"));
  EXPECT_THAT(std::string(message_of(describe_op("Xyzzyxyzzy").status())), HasSubstr("`reflow ops` lists all"));
}

}  // namespace
}  // namespace reflow::tools
