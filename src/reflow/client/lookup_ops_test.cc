// tf::lookup: the graph of TensorFlow 1.15, and tables that are run.

#include "reflow/client/lookup_ops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"
#include "tests/kit/temporary_folder.h"

namespace tf = reflow;
namespace lookup = tf::lookup;
using lookup::KeyValueTensorInitializer;
using lookup::StaticHashTable;
using lookup::StaticVocabularyTable;
using lookup::TextFileIndex;
using lookup::TextFileInitializer;
using reflow::testing::expect_golden_graph;
using ::testing::ThrowsMessage;

namespace {

class Tables : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(Tables, MakeTensorFlowsGraph) {
  const tf::Output words = tf::placeholder(tf::string, {-1}, {.name = "words"});
  const tf::SparseTensor few = tf::sparse_placeholder(tf::string, tf::Shape{2, 3}, {"few"});
  const tf::Output ids = tf::placeholder(tf::int64, {2, 2}, {.name = "ids"});
  const tf::Output small = tf::placeholder(tf::int32, {3}, {.name = "small"});
  const StaticHashTable table(
      KeyValueTensorInitializer({"a", "b"}, {0, 1}, {.key_dtype = tf::string, .value_dtype = tf::int64}), -1);
  table.lookup(words), table.lookup(few), table.size(), table.export_();
  {
    const tf::name_scope inner("inner");
    const StaticHashTable file(TextFileInitializer("words.txt", tf::int64, TextFileIndex::LINE_NUMBER, tf::string,
                                                   TextFileIndex::WHOLE_LINE),
                               "UNK", {"file"});
    file.lookup(ids, {"find"}), file.size({"count"}), file.export_({"all"});
  }
  const StaticHashTable csv(TextFileInitializer("table.csv", tf::string, 1, tf::float32, 0,
                                                {.vocab_size = 10, .delimiter = ",", .name = "csv"}),
                            0.5);
  csv.lookup(words);
  const tf::Output two = tf::constant({0, 1}, tf::int64);
  const StaticVocabularyTable vocabulary(KeyValueTensorInitializer({"x", "y"}, two), 3);
  vocabulary.lookup(words), vocabulary.lookup(few), vocabulary.size();
  const tf::Output numbers = tf::constant({7, 8}, tf::int64);
  const StaticVocabularyTable of_numbers(
      KeyValueTensorInitializer(numbers, tf::constant({0, 1}, tf::int64), {.name = "numbers"}), 2,
      {.lookup_key_dtype = tf::int32, .name = "numbers_"});
  of_numbers.lookup(small), of_numbers.size({"how_many"});
  const StaticVocabularyTable hashes(std::nullopt, 5, {.name = "scope/hashes"});
  hashes.lookup(words, {"hashed"}), hashes.size();
  tf::cond(
      tf::constant(true),
      [&] {
        const KeyValueTensorInitializer one({1}, {"one"}, {.key_dtype = tf::int64, .value_dtype = tf::string});
        return StaticHashTable(one, "").lookup(ids);
      },
      [&] { return tf::as_string(ids); });
  tf::tables_initializer();
  expect_golden_graph("tables", {.folder = "graphs"});
  EXPECT_EQ(tf::get_collection<tf::Operation>(tf::GraphKeys::TABLE_INITIALIZERS).size(), 6u);
  EXPECT_EQ(tf::get_collection(tf::GraphKeys::ASSET_FILEPATHS).size(), 2u);
}

TEST_F(Tables, GiveTheValuesOfKeysAndTheDefault) {
  const StaticHashTable table(KeyValueTensorInitializer({"a", "b"}, {1.5, 2.5}), -1.);
  const tf::Output values = table.lookup({"b", "c", "a"});
  tf::Session sess;
  EXPECT_THROW(sess.run(values), tf::errors::FailedPreconditionError);
  sess.run(tf::tables_initializer());
  const tf::Tensor found = sess.run(values);
  EXPECT_THAT(std::vector<float>(found.data<float>(), found.data<float>() + 3), ::testing::ElementsAre(2.5, -1, 1.5));
  EXPECT_EQ(sess.run(table.size()).item<int64_t>(), 2);
}

TEST_F(Tables, VocabulariesPutUnknownWordsIntoBuckets) {
  const tf::testing::TemporaryFolder folder;
  std::ofstream(folder.path() + "/words") << "red\ngreen\nblue\n";
  const TextFileInitializer lines(folder.path() + "/words", tf::string, TextFileIndex::WHOLE_LINE, tf::int64,
                                  TextFileIndex::LINE_NUMBER);
  const StaticVocabularyTable table(lines, 2);
  const tf::Output ids = table.lookup({"blue", "red", "violet"});
  tf::Session sess;
  sess.run(tf::tables_initializer());
  const auto [found, size] = sess.run<2>({ids, table.size()});
  EXPECT_EQ(found.data<int64_t>()[0], 2);
  EXPECT_EQ(found.data<int64_t>()[1], 0);
  EXPECT_GE(found.data<int64_t>()[2], 3);
  EXPECT_LT(found.data<int64_t>()[2], 5);
  EXPECT_EQ(size.item<int64_t>(), 5);
}

TEST_F(Tables, TypesThatDoNotFitAreErrors) {
  const StaticHashTable table(KeyValueTensorInitializer({"a"}, {1}), -1);
  EXPECT_THAT([&] { table.lookup(tf::constant({1})); },
              ThrowsMessage<tf::TypeError>("Signature mismatch. Keys must be dtype <dtype: 'string'>, got "
                                           "<dtype: 'int32'>."));
  EXPECT_THAT([] { TextFileInitializer("f", tf::string, TextFileIndex::LINE_NUMBER, tf::int64, 0); },
              ThrowsMessage<tf::ValueError>("Signature mismatch. Keys must be dtype <dtype: 'int64'>, got "
                                            "<dtype: 'string'>."));
  EXPECT_THROW(StaticVocabularyTable(std::nullopt, 0), tf::ValueError);
}

}  // namespace
