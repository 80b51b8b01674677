#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "reflow/base/env.h"
#include "reflow/formats/hdf5_reader.h"
#include "reflow/formats/hdf5_writer.h"
#include "tests/kit/damaged_file.h"
#include "tests/kit/golden_file.h"
#include "tests/kit/golden_tensor.h"
#include "tests/kit/temporary_folder.h"

namespace reflow::formats {
namespace {

std::unique_ptr<Hdf5Reader> open_golden(const std::string& name) {
  return *Hdf5Reader::open(testing::golden_path("hdf5/" + name));
}

Hdf5Value value_at(const Hdf5Reader& reader, const std::string& path) { return *reader.read(*reader.find(path)); }

// All of an attribute, or the code of its error.
std::string attribute(const Hdf5Object& object, const std::string& name) {
  for (const auto& [key, value] : object.attributes) {
    if (key != name) continue;
    if (!value.ok()) return std::string(message_of(value.status()));
    return value->tensor.debug_string() + (value->variable ? " variable" : "") + (value->utf8 ? " utf8" : "");
  }
  return "none";
}

TEST(Hdf5, ReadsTheWeightsOfKeras) {
  const auto reader = open_golden("keras.weights.h5");
  const Hdf5Object root = *reader->find("");
  EXPECT_EQ(root.members.size(), 6u);
  EXPECT_EQ(attribute(root, "backend"), "Tensor<type: string shape: [] values: tensorflow> variable");
  EXPECT_EQ(attribute(root, "layer_names"), "Tensor<type: string shape: [6] values: conv pool flat...>");
  EXPECT_EQ(attribute(*reader->find("conv"), "weight_names"),
            "Tensor<type: string shape: [2] values: conv/kernel:0 conv/bias:0>");
  EXPECT_EQ(attribute(*reader->find("pool"), "weight_names"), "Tensor<type: double shape: [0] values: >");
  const Hdf5Value kernel = value_at(*reader, "conv/conv/kernel:0");
  EXPECT_EQ(kernel.tensor.shape().str(), "[3,3,1,2]");
  EXPECT_FLOAT_EQ(kernel.tensor.data<float>()[0], 0.26774982f);
  EXPECT_EQ(value_at(*reader, "/out/out//bias:0").tensor.num_elements(), 3);
}

TEST(Hdf5, ReadsEachTypeOfNumber) {
  const auto reader = open_golden("types.h5");
  const Hdf5Object numbers = *reader->find("numbers");
  EXPECT_EQ(numbers.members.size(), 17u);
  for (const std::string name : {"i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "big-endian i4", "big-endian f8"}) {
    EXPECT_EQ(value_at(*reader, "numbers/" + name).tensor.summarize(), "1 2 100") << name;
  }
  EXPECT_EQ(value_at(*reader, "numbers/bool").tensor.debug_string(), "Tensor<type: bool shape: [2] values: 1 0>");
  EXPECT_EQ(value_at(*reader, "numbers/scalar").tensor.debug_string(), "Tensor<type: float shape: [] values: 7.5>");
  EXPECT_EQ(value_at(*reader, "numbers/empty").tensor.shape().str(), "[0,3]");
  EXPECT_EQ(value_at(*reader, "numbers/unwritten").tensor.summarize(-1), "[0 0 0][0 0 0]");
}

TEST(Hdf5, ReadsStrings) {
  const auto reader = open_golden("types.h5");
  const Hdf5Object root = *reader->find("/");
  EXPECT_EQ(attribute(root, "text"), "Tensor<type: string shape: [] values: gr\\303\\274\\303\\237> variable utf8");
  EXPECT_EQ(attribute(root, "bytes"), "Tensor<type: string shape: [] values: bytes> variable");
  EXPECT_EQ(attribute(root, "names"), "Tensor<type: string shape: [2] values: ab cde>");
  EXPECT_EQ(attribute(root, "texts"), "Tensor<type: string shape: [3] values: x  zz> variable utf8");
  EXPECT_EQ(attribute(root, "none"), "Tensor<type: string shape: [0] values: >");
  EXPECT_EQ(value_at(*reader, "string").tensor.item<std::string>(), "hello");
  EXPECT_EQ(value_at(*reader, "strings").tensor.summarize(), "ab c");
}

TEST(Hdf5, WhatNoTensorHoldsIsUnimplemented) {
  const auto reader = open_golden("types.h5");
  EXPECT_EQ(attribute(*reader->find(""), "complex"), "HDF5: Values of class 6 can't be read into a tensor");
  const Status chunks = reader->read(*reader->find("chunks")).status();
  EXPECT_EQ(chunks.code(), StatusCode::kUnimplemented);
  EXPECT_EQ(message_of(chunks), "HDF5: datasets in chunks can't be read");
}

TEST(Hdf5, ErrorsSayWhatIsMissing) {
  EXPECT_EQ(Hdf5Reader::open("/no/such/file").status().code(), StatusCode::kNotFound);
  const testing::TemporaryFolder folder;
  ASSERT_TRUE(io::write_file(folder / "text", std::string(2000, 'x')).ok());
  EXPECT_EQ(Hdf5Reader::open(folder / "text").status().code(), StatusCode::kDataLoss);
  const auto reader = open_golden("keras.weights.h5");
  const Status absent = reader->find("conv/absent").status();
  EXPECT_EQ(absent.code(), StatusCode::kNotFound);
  EXPECT_EQ(message_of(absent), "Unable to open object (object 'absent' doesn't exist)");
  EXPECT_EQ(reader->find("conv/conv/bias:0/more").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(reader->read(*reader->find("conv")).status().code(), StatusCode::kInvalidArgument);
}

// More members than one node of a group's tree has room for.
TEST(Hdf5, WhatIsWrittenIsRead) {
  const testing::TemporaryFolder folder;
  Hdf5Writer writer;
  for (int i = 0; i < 1000; ++i) {
    const Tensor number = Tensor::from({i, i + 1}, {2, 1});
    ASSERT_TRUE(writer.create_dataset("layers/layer" + std::to_string(i) + "/kernel:0", {number}).ok());
  }
  ASSERT_TRUE(writer.set_attribute("layers/layer7", "names", {Tensor::vector<std::string>({"a", "bcd"})}).ok());
  ASSERT_TRUE(writer.set_attribute("", "config", {Tensor::scalar(std::string(100000, 'x')), true, true}).ok());
  ASSERT_TRUE(writer.create_dataset("flags", {Tensor::vector<bool>({true, false})}).ok());
  ASSERT_TRUE(writer.create_group("empty").ok());
  ASSERT_TRUE(writer.finish(folder / "file.h5").ok());
  const auto reader = *Hdf5Reader::open(folder / "file.h5");
  EXPECT_EQ(reader->find("layers")->members.size(), 1000u);
  for (const int i : {0, 7, 31, 32, 255, 256, 500, 999}) {
    const Hdf5Value value = value_at(*reader, "layers/layer" + std::to_string(i) + "/kernel:0");
    EXPECT_EQ(value.tensor.summarize(), fmt::format("[{}][{}]", i, i + 1));
  }
  EXPECT_EQ(attribute(*reader->find("layers/layer7"), "names"), "Tensor<type: string shape: [2] values: a bcd>");
  EXPECT_EQ(reader->find("")->attributes[0].second->tensor.item<std::string>().size(), 100000u);
  EXPECT_EQ(value_at(*reader, "flags").tensor.summarize(), "1 0");
  EXPECT_TRUE(reader->find("empty")->is_group);
}

TEST(Hdf5, ErrorsOfTheWriter) {
  const testing::TemporaryFolder folder;
  Hdf5Writer writer;
  ASSERT_TRUE(writer.create_dataset("a/b", {Tensor::scalar(1)}).ok());
  EXPECT_EQ(writer.create_group("a").code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(writer.create_dataset("a/b", {Tensor::scalar(1)}).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(writer.create_group("a/b/c").code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(writer.set_attribute("a/absent", "x", {Tensor::scalar(1)}).code(), StatusCode::kNotFound);
  EXPECT_EQ(writer.create_dataset("c", {Tensor(DType::kBfloat16, {1})}).code(), StatusCode::kInvalidArgument);
  ASSERT_TRUE(writer.set_attribute("a", "large", {Tensor::scalar(std::string(70000, 'x'))}).ok());
  const Status large = writer.finish(folder / "file.h5");
  EXPECT_EQ(message_of(large),
            "Unable to create attribute (object header message is too large): large has 70032 bytes");
  EXPECT_FALSE(std::filesystem::exists(folder / "file.h5"));
}

// All that a file has, and that only errors come which mean damage. Numbers have no checksums, and may be others.
void read_all(const Hdf5Reader& reader, const std::string& path, int depth, const std::string& what) {
  const auto check = [&](const Status& status) {
    const StatusCode code = status.code();
    EXPECT_TRUE(status.ok() || code == StatusCode::kDataLoss || code == StatusCode::kInvalidArgument ||
                code == StatusCode::kOutOfRange || code == StatusCode::kNotFound || code == StatusCode::kUnimplemented)
        << what << ": " << status;
  };
  const auto object = reader.find(path);
  check(object.status());
  if (!object.ok()) return;
  for (const auto& attribute : object->attributes) check(attribute.second.status());
  if (!object->is_group) return check(reader.read(*object).status());
  if (depth == 0) return;
  for (const auto& member : object->members) read_all(reader, path + "/" + member.first, depth - 1, what);
}
void read_all(const std::string& path, const std::string& what) {
  const auto reader = Hdf5Reader::open(path);
  if (reader.ok()) return read_all(**reader, "", 3, what);
  EXPECT_TRUE(reader.status().code() == StatusCode::kDataLoss || reader.status().code() == StatusCode::kUnimplemented)
      << what << ": " << reader.status();
}

// Some points and bits; all points and 10,000 bits with REFLOW_DAMAGE_SWEEP=1.
TEST(Hdf5, DamagedFilesEndInErrors) {
  const bool sweep = EnvKnob("REFLOW_DAMAGE_SWEEP", "0", "").flag();
  const testing::TemporaryFolder folder;
  for (const std::string name : {"keras.weights.h5", "types.h5"}) {
    const std::string path = folder / name;
    std::filesystem::copy(testing::golden_path("hdf5/" + name), path);
    testing::DamagedFile file(path);
    std::mt19937 random(7);
    for (int i = 0; i < (sweep ? 10000 : 300); ++i) {
      const size_t bit = random() % (8 * file.size());
      file.flip(bit);
      read_all(path, name + " with bit " + std::to_string(bit) + " flipped");
      file.mend(bit);
    }
    for (size_t size = file.size(); size-- > 0;) {
      if (!sweep && size % 61 != 0) continue;
      file.cut(size);
      read_all(path, name + " cut at " + std::to_string(size));
    }
  }
}

}  // namespace
}  // namespace reflow::formats
