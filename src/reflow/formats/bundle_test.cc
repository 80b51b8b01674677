// Checkpoints V2: files of TensorFlow are read, and written again byte for byte.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "reflow/formats/bundle_reader.h"
#include "reflow/formats/bundle_writer.h"
#include "tests/kit/golden_file.h"
#include "tests/kit/golden_tensor.h"
#include "tests/kit/json_tensor.h"
#include "tests/kit/temporary_folder.h"

namespace reflow::formats {
namespace {

using testing::difference;
using testing::TemporaryFolder;

std::string golden(const std::string& name) { return testing::golden_path("checkpoints/" + name); }

std::unique_ptr<BundleReader> open(const std::string& prefix) {
  auto reader = BundleReader::open(prefix);
  if (!reader.ok()) throw std::runtime_error(reader.status().ToString());
  return *std::move(reader);
}

std::string bytes_of(const std::string& path) {
  const auto bytes = io::read_file(path);
  if (!bytes.ok()) throw std::runtime_error(bytes.status().ToString());
  return *bytes;
}

// The parts of all tensors of one shard in the order of the file, as a Saver adds them.
struct Part {
  std::string name;
  BundleEntry entry, whole;
  std::optional<TensorSlice> slice;
};
std::vector<Part> parts_of_shard(const BundleReader& reader, int shard) {
  std::vector<Part> parts;
  const auto add = [&](const std::string& name, const BundleEntry& whole) {
    if (whole.slices.empty()) parts.push_back({name, whole, whole, std::nullopt});
    for (const TensorSlice& slice : whole.slices) parts.push_back({name, *reader.find(slice_key(name, slice)), whole, slice});
    return OkStatus();
  };
  if (!reader.for_each(add).ok()) throw std::runtime_error("damaged");
  std::erase_if(parts, [&](const Part& p) { return p.entry.shard != shard; });
  std::stable_sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) {
    return std::pair(a.entry.offset, a.entry.size_bytes) < std::pair(b.entry.offset, b.entry.size_bytes);
  });
  return parts;
}

Status write_shard(const BundleReader& reader, int shard, const std::string& prefix) {
  ASSIGN_OR_RETURN(const auto writer, BundleWriter::create(prefix));
  for (const Part& p : parts_of_shard(reader, shard)) {
    BundleReader::Request request{p.name, p.whole, p.slice, {}};
    RETURN_IF_ERROR(reader.read({&request, 1}));
    if (p.slice) {
      RETURN_IF_ERROR(writer->add_slice(p.name, p.whole.shape, *p.slice, request.value));
    } else {
      RETURN_IF_ERROR(writer->add(p.name, request.value));
    }
  }
  return writer->finish();
}

class GoldenBundle : public ::testing::TestWithParam<std::string> {};

TEST_P(GoldenBundle, HasTheValuesThatTensorFlowWrote) {
  const std::string folder = GetParam().substr(0, GetParam().find('/'));
  const auto reader = open(golden(GetParam()));
  const nlohmann::json values = testing::read_golden_json("checkpoints/" + folder + "/values.json");
  size_t count = 0;
  const Status all = reader->for_each([&](const std::string& name, const BundleEntry&) {
    ++count;
    const auto read = reader->read(name);
    if (!read.ok()) return read.status();
    EXPECT_EQ(difference(*read, testing::tensor_from_json(values.at(name)), {0, 0}), "") << name;
    return OkStatus();
  });
  EXPECT_TRUE(all.ok()) << all;
  EXPECT_EQ(count, values.size());
}

TEST_P(GoldenBundle, IsWrittenByteForByte) {
  const TemporaryFolder folder;
  const auto reader = open(golden(GetParam()));
  const int num_shards = reader->header().num_shards;
  std::vector<std::string> shards;
  for (int i = 0; i < num_shards; ++i) {
    shards.push_back(num_shards == 1 ? folder / "model" : folder / "model_temp/part-" + std::to_string(i));
    const Status written = write_shard(*reader, i, shards.back());
    ASSERT_TRUE(written.ok()) << written;
  }
  if (num_shards > 1) {
    ASSERT_TRUE(merge_bundles(shards, folder / "model").ok());
  }
  EXPECT_EQ(bytes_of(bundle_index_path(folder / "model")), bytes_of(bundle_index_path(golden(GetParam()))));
  for (int i = 0; i < num_shards; ++i) {
    EXPECT_EQ(bytes_of(bundle_data_path(folder / "model", i, num_shards)),
              bytes_of(bundle_data_path(golden(GetParam()), i, num_shards)));
  }
  for (const auto& file : std::filesystem::directory_iterator(folder.path())) {
    EXPECT_EQ(file.path().string().find("tempstate"), std::string::npos) << file.path();
  }
}

INSTANTIATE_TEST_SUITE_P(Files, GoldenBundle,
                         ::testing::Values("dtypes/model.ckpt-3", "partitioned/model.ckpt", "sharded/model.ckpt",
                                           "object/ckpt-1"),
                         [](const auto& info) { return info.param.substr(0, info.param.find('/')); });

TEST(Bundle, ReadsStringsOfOldVersions) {
  const auto reader = open(golden("old_strings/foo"));
  EXPECT_EQ(difference(*reader->read("scalar"), Tensor::vector<std::string>({"hello"})), "");
  EXPECT_EQ(difference(*reader->read("strs"), Tensor::vector<std::string>({"hello", "", "x01", std::string(1024, 'c')})), "");
  EXPECT_EQ(reader->read("floats")->flat<float>()[5], 16.18f);
}

TEST(Bundle, ReadsTwoShardsOfTensorFlow2) {
  const auto reader = open(golden("two_shards/ckpt"));
  int count = 0;
  const Status all = reader->for_each([&](const std::string& name, const BundleEntry&) {
    ++count;
    return reader->read(name).status();
  });
  EXPECT_TRUE(all.ok()) << all;
  EXPECT_GT(count, 10);
}

TEST(Bundle, ReadsACompressedIndex) {
  const auto reader = open(golden("snappy/model.ckpt-46900"));
  int count = 0;
  EXPECT_TRUE(reader->for_each([&](const std::string&, const BundleEntry&) { return ++count, OkStatus(); }).ok());
  EXPECT_EQ(count, 27);
  EXPECT_EQ(reader->find("global_step")->dtype, DType::kInt64);
}

TEST(Bundle, ReadsASliceOfWhatWasSavedInOthers) {
  const auto reader = open(golden("partitioned/model.ckpt"));
  const Tensor whole = *reader->read("columns/c");
  BundleReader::Request request{"columns/c", *reader->find("columns/c"), *TensorSlice::parse("1,2:1,3"), {}};
  ASSERT_TRUE(reader->read({&request, 1}).ok());
  ASSERT_EQ(request.value.shape(), (Shape{2, 3}));
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(request.value.flat<double>()[i], whole.flat<double>()[(1 + i / 3) * 5 + 1 + i % 3]);
  }
}

TEST(Bundle, LargeAndManyTensorsComeBack) {
  const TemporaryFolder folder;
  Tensor large(DType::kFloat32, {700, 1001});
  for (int64_t i = 0; i < large.num_elements(); ++i) large.data<float>()[i] = static_cast<float>(i);
  const auto writer = *BundleWriter::create(folder / "new/model");
  for (int i = 0; i < 3000; ++i) ASSERT_TRUE(writer->add("v" + std::to_string(i), Tensor::scalar(static_cast<int64_t>(i))).ok());
  ASSERT_TRUE(writer->add("large", large).ok());
  ASSERT_TRUE(writer->add("words", Tensor::vector<std::string>({std::string(600000, 'a'), "b"})).ok());
  ASSERT_TRUE(writer->finish().ok());
  const auto reader = open(folder / "new/model");
  for (int i = 0; i < 3000; i += 7) EXPECT_EQ(reader->read("v" + std::to_string(i))->item<int64_t>(), i);
  EXPECT_EQ(difference(*reader->read("large"), large), "");
  EXPECT_EQ(reader->read("words")->flat<std::string>()[0].size(), 600000u);
}

TEST(Bundle, ErrorsAreTensorFlows) {
  const TemporaryFolder folder;
  const auto writer = *BundleWriter::create(folder / "model");
  ASSERT_TRUE(writer->add("v", Tensor::scalar(1.f)).ok());
  EXPECT_EQ(message_of(writer->add("v", Tensor::scalar(1.f))), "Adding duplicate key: v");
  ASSERT_TRUE(writer->add_slice("w", {4}, *TensorSlice::parse("0,1"), Tensor::vector<float>({1})).ok());
  ASSERT_TRUE(writer->finish().ok());
  const auto reader = open(folder / "model");
  EXPECT_EQ(message_of(reader->find("x").status()), "Key x not found in checkpoint");
  EXPECT_EQ(message_of(reader->read("w").status()),
            "Does not have sufficient slices for partitioned tensor w to restore in slice_spec: -");
  EXPECT_EQ(BundleReader::open(folder / "none").status().code(), StatusCode::kNotFound);
}

TEST(Bundle, BytesOfAnotherOrderAreTurned) {
  const TemporaryFolder folder;
  const auto writer = *BundleWriter::create(folder / "model");
  ASSERT_TRUE(writer->add("v", Tensor::vector<int32_t>({0x01020304})).ok());
  ASSERT_TRUE(writer->add("z", Tensor::vector<std::complex<float>>({{1.f, 2.f}})).ok());
  ASSERT_TRUE(writer->finish().ok());
  // The same entries under the header of a machine with the other order.
  const auto table = *io::Table::open(folder / "model.index");
  const auto file = *io::StagedFile::create(folder / "model.index");
  io::TableWriter rewritten(file.get());
  BundleHeader header;
  header.big_endian = true;
  ASSERT_TRUE(rewritten.add("", header.encoded()).ok());
  io::TableCursor cursor(table);
  ASSERT_TRUE(cursor.seek("v").ok());
  while (cursor.valid()) {
    ASSERT_TRUE(rewritten.add(cursor.key(), cursor.value()).ok());
    ASSERT_TRUE(cursor.next().ok());
  }
  ASSERT_TRUE(rewritten.finish().ok() && file->close().ok() && file->commit().ok());
  EXPECT_EQ(open(folder / "model")->read("v")->item<int32_t>(), 0x04030201);
  const auto z = open(folder / "model")->read("z")->item<std::complex<float>>();
  EXPECT_EQ(std::bit_cast<uint32_t>(z.real()), __builtin_bswap32(std::bit_cast<uint32_t>(1.f)));
}

}  // namespace
}  // namespace reflow::formats
