// Checkpoints V1: files of TensorFlow are read, and written again byte for byte.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reflow/formats/checkpoint_reader.h"
#include "reflow/formats/slice_file_writer.h"
#include "tests/kit/golden_file.h"
#include "tests/kit/golden_tensor.h"
#include "tests/kit/json_tensor.h"
#include "tests/kit/temporary_folder.h"

namespace reflow::formats {
namespace {

using testing::difference;
using testing::TemporaryFolder;

std::string golden(const std::string& name) { return testing::golden_path("checkpoints/" + name); }

TEST(SliceFile, HasTheValuesThatTensorFlowWrote) {
  const auto reader = *CheckpointReader::open(golden("v1/model.ckpt"));
  const nlohmann::json values = testing::read_golden_json("checkpoints/v1/values.json");
  EXPECT_EQ(reader->tensors().size(), values.size());
  for (const auto& tensor : reader->tensors()) {
    const auto read = reader->read(tensor.name);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(difference(*read, testing::tensor_from_json(values.at(tensor.name)), {0, 0}), "") << tensor.name;
  }
}

TEST(SliceFile, ReadsFilesByAPattern) {
  const auto reader = *CheckpointReader::open(golden("half_plus_two_v1/export-?\?\?\?\?-of-00001"));
  EXPECT_EQ(reader->read("a")->item<float>(), 0.5f);
  EXPECT_EQ(reader->read("b")->item<float>(), 2.f);
  EXPECT_EQ(reader->debug_string(), "a (DT_FLOAT) []\nb (DT_FLOAT) []\n");
}

TEST(SliceFile, DescribesItselfAsTensorFlowDoes) {
  const auto v1 = *CheckpointReader::open(golden("v1/model.ckpt"));
  EXPECT_EQ(v1->debug_string().substr(0, 63), "auto/a (DT_INT32) [6,4], 3 slices\ncolumns/c (DT_DOUBLE) [3,5], ");
  const auto v2 = *CheckpointReader::open(golden("partitioned/model.ckpt"));
  using std::string_literals::operator""s;
  EXPECT_EQ(v2->debug_string().substr(0, 33), "\0auto/a\0\1\1\2\x80\x82\x80\x84 (DT_INT32) [2,4]\n"s);
}

TEST(SliceFile, IsWrittenByteForByte) {
  const TemporaryFolder folder;
  const auto reader = *SliceFileReader::open(golden("v1/model.ckpt"));
  const auto writer = *SliceFileWriter::create(folder / "model");
  for (const auto& [name, tensor] : reader->tensors()) {
    for (const auto& [slice, file] : tensor.slices) {
      const auto value = reader->read(name, slice);
      ASSERT_TRUE(value.ok()) << value.status();
      ASSERT_TRUE(writer->add(name, tensor.shape, slice, *value).ok());
    }
  }
  ASSERT_TRUE(writer->finish().ok());
  EXPECT_EQ(*io::read_file(folder / "model"), *io::read_file(golden("v1/model.ckpt")));
}

TEST(SliceFile, EveryTypeComesBack) {
  const TemporaryFolder folder;
  const auto writer = *SliceFileWriter::create(folder / "model");
  const auto bundle = *CheckpointReader::open(golden("dtypes/model.ckpt-3"));
  for (const auto& tensor : bundle->tensors()) {
    const Tensor value = *bundle->read(tensor.name);
    const Status added = writer->add(tensor.name, value.shape(), TensorSlice::whole(value.rank()), value);
    if (tensor.dtype == DType::kBfloat16) {
      EXPECT_EQ(message_of(added), "Saving data type bfloat16 not yet supported");
    } else {
      ASSERT_TRUE(added.ok()) << added;
    }
  }
  ASSERT_TRUE(writer->finish().ok());
  const auto reader = *CheckpointReader::open(folder / "model");
  ASSERT_EQ(reader->tensors().size() + 1, bundle->tensors().size());
  for (const auto& tensor : reader->tensors()) {
    const auto read = reader->read(tensor.name);
    ASSERT_TRUE(read.ok()) << tensor.name << ": " << read.status();
    EXPECT_EQ(difference(*read, *bundle->read(tensor.name), {0, 0}), "") << tensor.name;
  }
}

TEST(SliceFile, ErrorsAreTensorFlows) {
  const TemporaryFolder folder;
  EXPECT_EQ(message_of(SliceFileReader::open(folder / "none").status()),
            "Unsuccessful TensorSliceReader constructor: Failed to find any matching files for " + (folder / "none"));
  ASSERT_TRUE(io::write_file(folder / "text", std::string(100, 'x')).ok());
  EXPECT_EQ(message_of(SliceFileReader::open(folder / "text").status()),
            "Unable to open table file " + (folder / "text") +
                ": Data loss: not an sstable (bad magic number): perhaps your file is in a different file format and you "
                "need to use a different restore operator?");
  const auto reader = *SliceFileReader::open(golden("v1/model.ckpt"));
  EXPECT_EQ(message_of(reader->read("x").status()),
            "Tensor name \"x\" not found in checkpoint files " + golden("v1/model.ckpt"));
}

}  // namespace
}  // namespace reflow::formats
