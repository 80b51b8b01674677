#include "reflow/formats/checkpoint_state.h"

#include <gtest/gtest.h>

#include "tests/kit/golden_file.h"

namespace reflow::formats {
namespace {

// As Python's text_format.MessageToString of TensorFlow 1.15 writes it.
TEST(CheckpointState, TextIsPythons) {
  const CheckpointState state{"model \"1\"\n\xc3\xbc", {"a", "model \"1\"\n\xc3\xbc"}, {1574000000, 1574000000.25}, 0.1};
  const std::string text = R"(model_checkpoint_path: "model \"1\"\n\303\274"
all_model_checkpoint_paths: "a"
all_model_checkpoint_paths: "model \"1\"\n\303\274"
all_model_checkpoint_timestamps: 1574000000.0
all_model_checkpoint_timestamps: 1574000000.25
last_preserved_timestamp: 0.1
)";
  EXPECT_EQ(state.text(), text);
  const auto parsed = CheckpointState::parse(text);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->text(), text);
}

TEST(CheckpointState, FilesOfTensorFlowComeBack) {
  const std::string text = testing::read_golden("checkpoints/dtypes/checkpoint");
  const auto state = CheckpointState::parse(text);
  ASSERT_TRUE(state.ok());
  EXPECT_EQ(state->model_checkpoint_path, "model.ckpt-3");
  EXPECT_EQ(state->text(), text);
}

TEST(CheckpointState, SaysWhereTextIsWrong) {
  const auto state = CheckpointState::parse("model_checkpoint_path: \"a\"\nno_such_field: 1\n");
  ASSERT_FALSE(state.ok());
  EXPECT_EQ(message_of(state.status()).substr(0, 2), "2:");
}

}  // namespace
}  // namespace reflow::formats
