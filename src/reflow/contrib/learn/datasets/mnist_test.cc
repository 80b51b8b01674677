#include "reflow/contrib/learn/datasets/mnist.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>

#include "reflow/client/errors.h"
#include "reflow/client/graph.h"
#include "reflow/contrib/learn/datasets/idx_file.h"
#include "reflow/contrib/learn/datasets/input_data.h"
#include "reflow/contrib/learn/datasets/random_state.h"

namespace reflow::contrib::learn::datasets {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

const char* const kMnist = "data/mnist";  // tests run in the source tree

std::vector<int> digits(const Tensor& labels) { return {labels.flat<uint8_t>().begin(), labels.flat<uint8_t>().end()}; }

double sum(const Tensor& images) {
  double total = 0;
  for (const float v : images.flat<float>()) total += v;
  return total;
}

std::string big_endian(uint32_t v) {
  return {static_cast<char>(v >> 24), static_cast<char>(v >> 16), static_cast<char>(v >> 8), static_cast<char>(v)};
}

// A directory with `n` images of 2 x 3 for training and 4 for testing; pixel p of image i is 10 * i + p, its label i % 10.
class IdxFiles : public ::testing::Test {
 protected:
  IdxFiles() {
    std::string name = (std::filesystem::temp_directory_path() / "reflow_idx_XXXXXX").string();
    directory_ = mkdtemp(name.data());
    write_set("train", 20);
    write_set("t10k", 4);
  }
  ~IdxFiles() override { std::filesystem::remove_all(directory_); }

  static std::string images_file(int n) {
    std::string bytes = big_endian(2051) + big_endian(n) + big_endian(2) + big_endian(3);
    for (int i = 0; i < n; ++i) {
      for (int p = 0; p < 6; ++p) bytes += static_cast<char>(10 * i + p);
    }
    return bytes;
  }
  static std::string labels_file(int n) {
    std::string bytes = big_endian(2049) + big_endian(n);
    for (int i = 0; i < n; ++i) bytes += static_cast<char>(i % 10);
    return bytes;
  }
  void write_set(const std::string& prefix, int n) {
    write(prefix + "-images-idx3-ubyte", images_file(n));
    write(prefix + "-labels-idx1-ubyte", labels_file(n));
  }
  void write(const std::string& name, const std::string& bytes) { std::ofstream(directory_ + "/" + name) << bytes; }
  void write_gz(const std::string& name, const std::string& bytes) {
    gzFile file = gzopen((directory_ + "/" + name).c_str(), "wb");
    gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(file);
  }
  std::string read(const std::string& name) {
    std::ifstream file(directory_ + "/" + name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  Datasets read_sets() { return read_data_sets(directory_, {.validation_size = 5, .seed = 1}); }
  template <typename E>
  void expect_error(const std::string& text) {
    EXPECT_THAT([this] { read_sets(); }, ThrowsMessage<E>(HasSubstr(text)));
  }

  std::string directory_;
};

// Expected numbers: numpy.random.RandomState of NumPy 1.x.
TEST(RandomState, ShufflesAsNumPy) {
  const auto shuffled = [](uint32_t seed) {
    std::vector<int> values{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    RandomState(seed).shuffle(std::span(values));
    return values;
  };
  EXPECT_THAT(shuffled(42), ElementsAre(8, 1, 5, 0, 7, 2, 9, 4, 3, 6));
  EXPECT_THAT(shuffled(0), ElementsAre(2, 8, 4, 9, 1, 6, 7, 3, 0, 5));
  EXPECT_THAT(shuffled(4294967295), ElementsAre(6, 9, 5, 1, 8, 0, 7, 4, 2, 3));
}

// Expected labels and sums: TensorFlow 1.15.5 with the same files and seeds.
TEST(Mnist, BatchesOfASeedAreTensorFlows) {
  Datasets mnist = read_data_sets(kMnist, {.seed = 42});
  EXPECT_EQ(mnist.train.num_examples(), 55000);
  EXPECT_EQ(mnist.validation.num_examples(), 5000);
  EXPECT_EQ(mnist.test.num_examples(), 10000);
  EXPECT_THAT(digits(mnist.train.next_batch(10).labels), ElementsAre(8, 5, 5, 6, 3, 3, 2, 6, 6, 3));
  EXPECT_THAT(digits(mnist.train.next_batch(10).labels), ElementsAre(7, 2, 2, 9, 8, 3, 2, 8, 8, 2));
  EXPECT_THAT(digits(mnist.train.next_batch(10).labels), ElementsAre(1, 5, 1, 5, 4, 6, 9, 3, 8, 5));

  mnist.train.next_batch(54960);
  const auto [images, labels] = mnist.train.next_batch(20);  // across the end of the epoch
  EXPECT_THAT(digits(labels), ElementsAre(1, 5, 5, 3, 8, 3, 8, 9, 9, 7, 6, 6, 3, 9, 3, 3, 3, 1, 1, 3));
  EXPECT_NEAR(sum(images), 2029.478515625, 1e-3);
  EXPECT_EQ(mnist.train.epochs_completed(), 1);
  const Batch next = mnist.train.next_batch(10);
  EXPECT_THAT(digits(next.labels), ElementsAre(9, 3, 8, 6, 6, 6, 3, 1, 9, 5));
  EXPECT_NEAR(sum(next.images), 998.9882955751382, 1e-6);

  // The sets share one generator.
  EXPECT_THAT(digits(mnist.validation.next_batch(10).labels), ElementsAre(5, 0, 2, 3, 1, 3, 6, 7, 9, 5));
  EXPECT_THAT(digits(mnist.test.next_batch(10).labels), ElementsAre(0, 1, 2, 2, 8, 2, 8, 9, 9, 9));
  EXPECT_THAT(digits(mnist.test.next_batch(5, false).labels), ElementsAre(9, 6, 4, 1, 8));
}

TEST(Mnist, BytesOneHotAndUnshapedAsTensorFlows) {
  Datasets mnist = read_data_sets(
      kMnist, {.one_hot = true, .dtype = DType::kUint8, .reshape = false, .validation_size = 100, .seed = 7});
  const auto [images, labels] = mnist.train.next_batch(4);
  EXPECT_EQ(images.shape(), (Shape{4, 28, 28, 1}));
  EXPECT_EQ(labels.shape(), (Shape{4, 10}));
  EXPECT_EQ(labels.dtype(), DType::kFloat64);
  int64_t total = 0;
  for (const uint8_t v : images.flat<uint8_t>()) total += v;
  EXPECT_EQ(total, 115998);
  for (const auto& [row, digit] : {std::pair(0, 0), {1, 9}, {2, 0}, {3, 7}}) {
    EXPECT_EQ(labels.data<double>()[row * 10 + digit], 1) << row;
  }
}

TEST(Mnist, UnshuffledBatchesGoOnUnshuffled) {
  DataSet train = read_data_sets(kMnist, {.seed = 7}).train;
  const Batch first = train.next_batch(8, false);
  EXPECT_THAT(digits(first.labels), ElementsAre(7, 3, 4, 6, 1, 8, 1, 0));
  train.images();
  EXPECT_TRUE(train.next_batch(0, false).images.shares_buffer(train.images()));
  // As in TensorFlow, an epoch that began unshuffled stays so.
  EXPECT_THAT(digits(train.next_batch(8).labels), ElementsAre(9, 8, 0, 3, 1, 2, 7, 0));
}

TEST(Mnist, SeedOfTheGraphHoldsWhereThereIsNoOther) {
  const Graph graph;
  const auto scope = graph.as_default();
  set_random_seed(5);
  EXPECT_THAT(digits(read_data_sets(kMnist).train.next_batch(8).labels), ElementsAre(7, 2, 3, 2, 5, 9, 4, 8));
}

TEST_F(IdxFiles, FloatsAreTheScaledBytes) {
  const std::string path = directory_ + "/train-images-idx3-ubyte";
  const Tensor bytes = *read_idx_images(path), floats = *read_idx_images(path, DType::kFloat32);
  ASSERT_EQ(floats.shape(), bytes.shape());
  for (int64_t i = 0; i < bytes.num_elements(); ++i) {
    EXPECT_EQ(floats.data<float>()[i], static_cast<float>(bytes.data<uint8_t>()[i]) * static_cast<float>(1 / 255.0));
  }
}

TEST_F(IdxFiles, ImagesAreScaledAndSplit) {
  Datasets sets = read_sets();
  EXPECT_EQ(sets.validation.images().shape(), (Shape{5, 6}));
  EXPECT_EQ(sets.validation.images().data<float>()[7], 11 * float(1 / 255.));
  EXPECT_THAT(digits(sets.train.labels()), ElementsAre(5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
  EXPECT_THAT(digits(sets.test.labels()), ElementsAre(0, 1, 2, 3));
}

TEST_F(IdxFiles, CompressedAndPlainFilesGiveTheSame) {
  const Tensor plain = read_sets().train.images();
  write_gz("train-images-idx3-ubyte.gz", images_file(20));
  std::filesystem::remove(directory_ + "/train-images-idx3-ubyte");
  EXPECT_EQ(read_sets().train.images().summarize(-1), plain.summarize(-1));
}

TEST_F(IdxFiles, ImagesFollowTheOrderOfTheEpoch) {
  DataSet train = read_sets().train;
  const Batch batch = train.next_batch(15);
  EXPECT_EQ(train.images().summarize(-1), batch.images.summarize(-1));
  EXPECT_EQ(train.labels().summarize(-1), batch.labels.summarize(-1));
  for (int i = 0; i < 15; ++i) {
    EXPECT_EQ(static_cast<int>(batch.images.data<float>()[6 * i] * 255 + .5f) / 10 % 10, digits(batch.labels)[i]);
  }
}

TEST_F(IdxFiles, BatchLargerThanTheSetIsCutAsInTensorFlow) {
  DataSet train = read_data_sets(kMnist, {.validation_size = 59990, .seed = 1}).train;
  EXPECT_THAT(digits(train.next_batch(25).labels),
              ElementsAre(9, 8, 3, 1, 9, 5, 2, 5, 6, 8, 8, 5, 1, 9, 6, 9, 3, 8, 2, 5));
  EXPECT_THAT(digits(train.next_batch(3).labels), ElementsAre(2, 9, 9, 5, 8, 3, 5, 8));
  EXPECT_EQ(train.epochs_completed(), 2);
  EXPECT_THROW(train.next_batch(-1), ValueError);
}

TEST_F(IdxFiles, MissingFile) {
  std::filesystem::remove(directory_ + "/t10k-labels-idx1-ubyte");
  expect_error<errors::NotFoundError>("t10k-labels-idx1-ubyte.gz; No such file or directory");
}

TEST_F(IdxFiles, WrongMagicNumber) {
  write("train-images-idx3-ubyte", labels_file(20));
  expect_error<ValueError>("Invalid magic number 2049 in MNIST image file: " + directory_ + "/train-images-idx3-ubyte");
  write("train-images-idx3-ubyte", images_file(20));
  write("train-labels-idx1-ubyte", images_file(20));
  expect_error<ValueError>("Invalid magic number 2051 in MNIST label file: ");
}

TEST_F(IdxFiles, TruncatedFiles) {
  write("train-images-idx3-ubyte", images_file(20).substr(0, 100));
  expect_error<errors::DataLossError>("train-images-idx3-ubyte is truncated");
  write("train-images-idx3-ubyte", "\0\0");
  expect_error<errors::DataLossError>("train-images-idx3-ubyte is truncated: it ends after");
  write_gz("train-images-idx3-ubyte.gz", images_file(20));
  write("train-images-idx3-ubyte.gz", read("train-images-idx3-ubyte.gz").substr(0, 60));
  expect_error<errors::DataLossError>("train-images-idx3-ubyte.gz is truncated");
}

TEST_F(IdxFiles, CorruptFiles) {
  write("train-images-idx3-ubyte", images_file(20) + "more");
  expect_error<errors::DataLossError>("goes on after the 136 bytes that its header promises");
  write_gz("train-images-idx3-ubyte.gz", images_file(20));
  std::string bytes = read("train-images-idx3-ubyte.gz");
  bytes[bytes.size() - 6] ^= 1;  // within the checksum
  write("train-images-idx3-ubyte.gz", bytes);
  expect_error<errors::DataLossError>("train-images-idx3-ubyte.gz is corrupt: ");
}

TEST_F(IdxFiles, HeaderThatPromisesTooMuch) {
  std::string bytes = images_file(20);
  bytes.replace(4, 12, std::string(12, '\xff'));
  write("train-images-idx3-ubyte", bytes);
  expect_error<errors::DataLossError>("its header promises 4294967295 items");
  write_gz("train-images-idx3-ubyte.gz", bytes);
  expect_error<errors::DataLossError>("its header promises 4294967295 items");
}

TEST_F(IdxFiles, CountsThatDiffer) {
  write("train-labels-idx1-ubyte", labels_file(19));
  expect_error<ValueError>("images.shape: (20, 2, 3, 1) labels.shape: (19,)");
}

TEST_F(IdxFiles, BadArguments) {
  EXPECT_THAT([&] { read_data_sets(directory_, {.dtype = DType::kInt32}); },
              ThrowsMessage<TypeError>("Invalid image dtype tf.int32, expected uint8 or float32"));
  EXPECT_THAT([&] { read_data_sets(directory_, {.validation_size = 21}); },
              ThrowsMessage<ValueError>("Validation size should be between 0 and 20. Received: 21."));
  std::string bad = labels_file(20);
  bad[8] = 10;
  write("train-labels-idx1-ubyte", bad);
  EXPECT_THAT([&] { read_data_sets(directory_, {.one_hot = true}); }, ThrowsMessage<ValueError>(HasSubstr("Label 10")));
}

TEST_F(IdxFiles, TheTutorialsNameIt) {
  namespace input_data = examples::tutorials::mnist::input_data;
  EXPECT_EQ(input_data::read_data_sets(directory_, {.validation_size = 0}).train.num_examples(), 20);
}

}  // namespace
}  // namespace reflow::contrib::learn::datasets
