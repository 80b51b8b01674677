// `reflow checkpoint`, on checkpoints of TensorFlow.

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "reflow/formats/bundle_writer.h"
#include "reflow/io/file.h"
#include "reflow/tools/command_line.h"
#include "tests/kit/golden_file.h"
#include "tests/kit/temporary_folder.h"

namespace reflow::tools {
namespace {

std::string golden(const std::string& name) { return testing::golden_path("checkpoints/" + name); }

class CheckpointCommand : public ::testing::Test {
 protected:
  int run(std::vector<std::string> arguments) {
    std::vector<const char*> argv{"reflow", "checkpoint"};
    for (const std::string& a : arguments) argv.push_back(a.c_str());
    out_.str("");
    err_.str("");
    return run_command_line(static_cast<int>(argv.size()), argv.data(), out_, err_);
  }
  std::string out() const { return out_.str(); }
  nlohmann::json json() const { return nlohmann::json::parse(out_.str()); }
  testing::TemporaryFolder folder_;
  std::ostringstream out_, err_;
};

TEST_F(CheckpointCommand, Lists) {
  ASSERT_EQ(run({"list", golden("sharded/model.ckpt"), "--verify"}), 0) << err_.str();
  EXPECT_NE(out().find("checkpoint V2, 3 shards"), std::string::npos) << out();
  EXPECT_NE(out().find("rows/w           float32  [7,4]      112 B  3 slices\n"), std::string::npos) << out();
  EXPECT_NE(out().find("\n7 tensors, "), std::string::npos) << out();
  ASSERT_EQ(run({"list", golden("sharded"), "--json"}), 0);
  EXPECT_EQ(json().at(0), nlohmann::json::parse(R"({"name": "auto/a", "dtype": "int32", "shape": [6, 4], "bytes": 96, "slices": 3})"));
}

TEST_F(CheckpointCommand, ListsV1) {
  ASSERT_EQ(run({"list", golden("v1/model.ckpt"), "--verify"}), 0) << err_.str();
  EXPECT_NE(out().find("checkpoint V1"), std::string::npos);
}

TEST_F(CheckpointCommand, ShowsValues) {
  ASSERT_EQ(run({"show", golden("embedding/embedding.ckpt"), "my_embedding"}), 0) << err_.str();
  EXPECT_EQ(out(), "my_embedding: float32 [3,2]\nmin 1, max 11, mean 4.833333\n[[1 2]\n [3 5]\n [7 11]]\n");
  ASSERT_EQ(run({"show", golden("embedding/embedding.ckpt"), "my_embedding", "--json"}), 0);
  EXPECT_EQ(json().at("values"), nlohmann::json::parse("[[1, 2], [3, 5], [7, 11]]"));
  ASSERT_EQ(run({"show", golden("dtypes/model.ckpt-3"), "string/matrix", "--json"}), 0);
  EXPECT_EQ(json().at("values"), nlohmann::json::parse(R"([["00", "01", ""], ["10", {"base64": "//4="}, "12"]])"));
  ASSERT_EQ(run({"show", golden("dtypes/model.ckpt-3"), "empty/float32", "--json"}), 0);
  EXPECT_EQ(json().at("values"), nlohmann::json::parse("[[], []]"));
  EXPECT_EQ(run({"show", golden("embedding/embedding.ckpt"), "embedding"}), 1);
  EXPECT_EQ(err_.str(), "reflow: Key embedding not found in checkpoint; there are my_embedding\n");
}

TEST_F(CheckpointCommand, ConvertsAndCompares) {
  ASSERT_EQ(run({"convert", golden("partitioned/model.ckpt"), folder_ / "v1", "--version", "1"}), 0) << err_.str();
  ASSERT_EQ(run({"convert", folder_ / "v1", folder_ / "v2", "--rename", "rows/=lines/", "--rename", "plain=simple",
                 "--without", "/Momentum"}), 0) << err_.str();
  EXPECT_EQ(out(), (folder_ / "v2") + ": 5 of 7 tensors, checkpoint V2\n");
  EXPECT_EQ(run({"diff", golden("partitioned/model.ckpt"), folder_ / "v1"}), 0);
  EXPECT_EQ(out(), "The 7 tensors are the same.\n");
  EXPECT_EQ(run({"diff", golden("partitioned/model.ckpt"), folder_ / "v2"}), 1);
  EXPECT_EQ(out(), "lines/w: only in B\nplain: only in A\nplain/Momentum: only in A\nrows/w: only in A\n"
                   "rows/w/Momentum: only in A\nsimple: only in B\n");
  EXPECT_EQ(run({"convert", golden("partitioned"), folder_ / "x", "--rename", "rows"}), 1);
  EXPECT_EQ(err_.str(), "reflow: --rename needs OLD=NEW, not rows\n");
}

TEST_F(CheckpointCommand, DiffSaysHowFarValuesAreOff) {
  for (const float v : {1.f, 1.5f}) {
    const auto writer = *formats::BundleWriter::create(folder_ / std::to_string(v));
    ASSERT_TRUE(writer->add("v", Tensor::vector<float>({v, 2, NAN})).ok() && writer->finish().ok());
  }
  EXPECT_EQ(run({"diff", folder_ / "1.000000", folder_ / "1.500000"}), 1);
  EXPECT_EQ(out(), "v: 1 of 3 elements differ, by 0.5 at most\n");
  EXPECT_EQ(run({"diff", folder_ / "1.000000", folder_ / "1.500000", "--tolerance", "0.5"}), 0);
  EXPECT_EQ(run({"diff", folder_ / "1.000000", folder_ / "1.500000", "--json"}), 1);
  EXPECT_EQ(json().at(0).at("difference"), "values");
}

TEST_F(CheckpointCommand, SaysWhereAFileIsDamaged) {
  std::string index = *io::read_file(golden("embedding/embedding.ckpt.index"));
  index[0x1e] ^= 1;
  ASSERT_TRUE(io::write_file(folder_ / "model.index", index).ok());
  EXPECT_EQ(run({"list", folder_ / "model"}), 1);
  EXPECT_NE(err_.str().find("block checksum mismatch (block at offset 0)"), std::string::npos) << err_.str();
  ASSERT_TRUE(io::write_file(folder_ / "model.index", *io::read_file(golden("embedding/embedding.ckpt.index"))).ok());
  ASSERT_TRUE(io::write_file(folder_ / "model.data-00000-of-00001", std::string(24, 'x')).ok());
  EXPECT_EQ(run({"list", folder_ / "model", "--verify"}), 1);
  EXPECT_NE(err_.str().find("(tensor my_embedding, 24 bytes at offset 0 of "), std::string::npos) << err_.str();
  EXPECT_EQ(run({"list", folder_ / "none"}), 1);
  EXPECT_NE(err_.str().find("Failed to find any matching files for "), std::string::npos);
}

}  // namespace
}  // namespace reflow::tools
