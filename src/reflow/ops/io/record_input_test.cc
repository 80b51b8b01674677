// RecordInput, ImmutableConst, HostConst and Timestamp: values that come from outside the graph.

#include <set>

#include "reflow/io/file.h"
#include "reflow/io/record_writer.h"
#include "tests/kit/session_fixture.h"
#include "tests/kit/temporary_folder.h"

namespace reflow::ops {
namespace {

using graph::Endpoint;

class OutsideValues : public reflow::testing::SessionFixture {
 protected:
  reflow::testing::TemporaryFolder folder_;
};

TEST_F(OutsideValues, AllRecordsOfAllFilesComeOnceInAnEpoch) {
  for (const std::string name : {"a", "b"}) {
    auto writer = *io::RecordWriter::open(folder_.path() + "/" + name + ".records");
    for (const char* record : {"1", "2", "3"}) ASSERT_TRUE(writer->write(name + record).ok());
    ASSERT_TRUE(writer->close().ok());
  }
  const Endpoint records = op("RecordInput", {}, {{"file_pattern", folder_.path() + "/*.records"}, {"batch_size", int64_t{3}}});
  for (int epoch = 0; epoch < 2; ++epoch) {
    std::set<std::string> seen;
    for (int i = 0; i < 2; ++i) {
      const Tensor batch = run({records}).at(0);
      for (const std::string& record : batch.flat<std::string>()) seen.insert(record);
    }
    EXPECT_EQ(seen, (std::set<std::string>{"a1", "a2", "a3", "b1", "b2", "b3"}));
  }
}

TEST_F(OutsideValues, RecordsWithoutFilesAreErrors) {
  const Endpoint records = op("RecordInput", {}, {{"file_pattern", folder_.path() + "/*.records"}});
  EXPECT_NE(error({records}).find("Found no files at"), std::string::npos);
}

TEST_F(OutsideValues, AFileIsATensor) {
  const float values[] = {1, 2, 3, 4};
  const std::string path = folder_.path() + "/values";
  ASSERT_TRUE(io::write_file(path, {reinterpret_cast<const char*>(values), sizeof(values)}).ok());
  const auto read = [&](Shape shape) {
    return op("ImmutableConst", {}, {{"dtype", DType::kFloat32}, {"shape", std::move(shape)}, {"memory_region_name", path}});
  };
  EXPECT_EQ(run({read({2, 2})})[0].summarize(-1), "[1 2][3 4]");
  EXPECT_NE(error({read({5})}).find("has 16 bytes, where a tensor of float needs 20"), std::string::npos);
}

TEST_F(OutsideValues, ConstantsOfTheHost) {
  EXPECT_EQ(run({op("HostConst", {}, {{"value", Tensor::scalar(3.0f)}, {"dtype", DType::kFloat32}})})[0].item<float>(), 3);
}

TEST_F(OutsideValues, TimeGoesOn) {
  const Endpoint now = op("Timestamp", {});
  const double before = run({now})[0].item<double>();
  EXPECT_GT(before, 1.5e9);
  EXPECT_LE(before, run({now})[0].item<double>());
}

}  // namespace
}  // namespace reflow::ops
