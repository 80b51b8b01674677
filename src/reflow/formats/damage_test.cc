// Damaged checkpoints: cut at every point, and with flipped bits, they end in an error or in right values.

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <random>

#include "reflow/base/env.h"
#include "reflow/formats/checkpoint_reader.h"
#include "tests/kit/damaged_file.h"
#include "tests/kit/golden_file.h"
#include "tests/kit/golden_tensor.h"
#include "tests/kit/temporary_folder.h"

namespace reflow::formats {
namespace {

// A checkpoint whose files are damaged one by one, in copies.
class Damage : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const std::filesystem::path prefix = testing::golden_path("checkpoints/" + GetParam());
    for (const auto& file : std::filesystem::directory_iterator(prefix.parent_path())) {
      const std::string name = file.path().filename();
      if (!name.starts_with(prefix.filename().string())) continue;
      std::filesystem::copy(file.path(), folder_ / name);
      files_.push_back(name);
    }
    prefix_ = folder_ / prefix.filename().string();
    const auto whole = *CheckpointReader::open(prefix.string());
    for (const auto& tensor : whole->tensors()) whole_[tensor.name] = *whole->read(tensor.name);
  }

  // Reads what can be read. Only errors that mean damage may come, and values only as they were.
  void check(const std::string& what) {
    const auto reader = CheckpointReader::open(prefix_);
    if (!reader.ok()) return check_code(reader.status(), what);
    for (const auto& tensor : (*reader)->tensors()) {
      const auto value = (*reader)->read(tensor.name);
      if (!value.ok()) {
        check_code(value.status(), what);
      } else if (const auto whole = whole_.find(tensor.name); whole != whole_.end()) {
        EXPECT_EQ(testing::difference(*value, whole->second, {0, 0}), "") << what << ", " << tensor.name;
      }
    }
  }

  static void check_code(const Status& status, const std::string& what) {
    const StatusCode code = status.code();
    EXPECT_TRUE(code == StatusCode::kDataLoss || code == StatusCode::kInvalidArgument || code == StatusCode::kOutOfRange ||
                code == StatusCode::kNotFound)
        << what << ": " << status;
  }

  testing::TemporaryFolder folder_;
  std::vector<std::string> files_;
  std::string prefix_;
  std::map<std::string, Tensor> whole_;
};

// Every point of the smaller files, every so many of the larger; REFLOW_DAMAGE_SWEEP=1: all.
TEST_P(Damage, CutAtEveryPoint) {
  const bool sweep = EnvKnob("REFLOW_DAMAGE_SWEEP", "0", "").flag();
  for (const std::string& name : files_) {
    testing::DamagedFile file(folder_ / name);
    const size_t step = sweep ? 1 : file.size() / 400 + 1;
    for (size_t size = file.size(); size-- > 0;) {
      if (size % step != 0) continue;
      file.cut(size);
      check(name + " cut at " + std::to_string(size));
    }
    file.mend();
  }
}

// 200 flipped bits; 10,000 with REFLOW_DAMAGE_SWEEP=1.
TEST_P(Damage, FlippedBits) {
  const bool sweep = EnvKnob("REFLOW_DAMAGE_SWEEP", "0", "").flag();
  std::mt19937 random(7);
  for (const std::string& name : files_) {
    testing::DamagedFile file(folder_ / name);
    for (int i = 0; i < (sweep ? 10000 : 200); ++i) {
      const size_t bit = random() % (8 * file.size());
      file.flip(bit);
      check(name + " with bit " + std::to_string(bit) + " flipped");
      file.mend(bit);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Files, Damage,
                         ::testing::Values("dtypes/model.ckpt-3", "sharded/model.ckpt", "v1/model.ckpt", "two_shards/ckpt"),
                         [](const auto& info) { return info.param.substr(0, info.param.find('/')); });

}  // namespace
}  // namespace reflow::formats
