// Tables, run op by op on one device; values and errors are those of TensorFlow 1.15.

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <string>

#include "reflow/op/device.h"
#include "tests/kit/op_runner.h"

namespace reflow::ops {
namespace {

using testing::OpRunner;

class Tables : public ::testing::Test {
 protected:
  // Runs an op once; its status, and its outputs in outputs_.
  Status run(std::string_view op, std::vector<OpRunner::Input> inputs, graph::AttrMap attrs = {}) {
    OpRunner runner(op, std::move(inputs), std::move(attrs), &device_);
    const Status status = runner.run();
    outputs_.clear();
    for (int i = 0; i < runner.node().num_outputs() && status.ok(); ++i) outputs_.push_back(runner.output(i));
    return status;
  }
  std::string error(std::string_view op, std::vector<OpRunner::Input> inputs, graph::AttrMap attrs = {}) {
    return std::string(message_of(run(op, std::move(inputs), std::move(attrs))));
  }
  Tensor make(std::string_view op, DType key, DType value, std::string name, graph::AttrMap attrs = {},
              std::vector<OpRunner::Input> inputs = {}) {
    attrs.set("key_dtype", key);
    attrs.set("value_dtype", value);
    attrs.set("shared_name", std::move(name));
    const Status status = run(op, std::move(inputs), std::move(attrs));
    EXPECT_TRUE(status.ok()) << status;
    return status.ok() ? outputs_[0] : Tensor();
  }
  int64_t size(const Tensor& table) {
    EXPECT_TRUE(run("LookupTableSizeV2", {table}).ok());
    return outputs_[0].item<int64_t>();
  }
  std::string found(const Tensor& table, Tensor keys, Tensor otherwise) {
    const Status status = run("LookupTableFindV2", {table, std::move(keys), std::move(otherwise)});
    return status.ok() ? outputs_[0].shape().str() + " " + outputs_[0].summarize(-1) : std::string(message_of(status));
  }

  ThreadPool pool_{1};
  op::Device device_{"/job:localhost/replica:0/task:0/device:CPU:0", "CPU", &pool_};
  std::vector<Tensor> outputs_;
};

Tensor words(std::initializer_list<std::string> values) { return Tensor::vector(values); }
Tensor numbers(std::initializer_list<int64_t> values) { return Tensor::vector(values); }
constexpr DType kString = DType::kString, kInt64 = DType::kInt64;

TEST_F(Tables, HashTableIsInitializedOnce) {
  const Tensor table = make("HashTableV2", kString, kInt64, "t");
  EXPECT_EQ(size(table), 0);
  EXPECT_EQ(found(table, words({"a"}), Tensor::scalar<int64_t>(-1)), "Table not initialized.");
  EXPECT_TRUE(run("InitializeTableV2", {table, words({"a", "b"}), numbers({1, 2})}).ok());
  EXPECT_TRUE(run("InitializeTableV2", {table, words({"a", "b"}), numbers({1, 2})}).ok());
  EXPECT_EQ(error("InitializeTableV2", {table, words({"a"}), numbers({1})}),
            "Table was already initialized with different data.");
  EXPECT_EQ(found(table, Tensor::from<std::string>({"b", "z"}, {1, 2}), Tensor::scalar<int64_t>(-1)), "[1,2] [2 -1]");
  EXPECT_EQ(error("LookupTableInsertV2", {table, words({"q"}), numbers({2})}),
            "Insert not supported by InitializableLookupTable implementations");
  EXPECT_EQ(error("LookupTableRemoveV2", {table, words({"q"})}),
            "Remove not supported by InitializableLookupTable implementations");
}

TEST_F(Tables, OneKeyWithTwoValuesIsAnError) {
  const Tensor table = make("HashTableV2", kString, kInt64, "t");
  EXPECT_EQ(error("InitializeTableV2", {table, words({"a", "a"}), numbers({1, 2})}),
            "HashTable has different value for same key. Key a has 1 and trying to add value 2");
  EXPECT_TRUE(run("InitializeTableV2", {table, words({"a", "a"}), numbers({1, 1})}).ok());
  EXPECT_EQ(size(table), 1);
}

TEST_F(Tables, TypesAndShapesAreChecked) {
  const Tensor table = make("HashTableV2", kString, kInt64, "t");
  EXPECT_TRUE(run("InitializeTableV2", {table, words({"a"}), numbers({1})}).ok());
  EXPECT_EQ(found(table, words({"a"}), numbers({1})), "Expected shape [] for default value, got [1]");
  EXPECT_EQ(found(table, Tensor::vector<float>({1}), Tensor::scalar<int64_t>(1)),
            "Signature mismatch, have: resource, float, int64->int64 expected: resource, string, int64->int64");
  EXPECT_EQ(error("HashTableV2", {}, {{"key_dtype", kInt64}, {"value_dtype", kString}, {"shared_name", "t"}}),
            "Conflicting key/value dtypes int64->string with string-int64 for table t");
}

TEST_F(Tables, MutableTableChanges) {
  const Tensor table = make("MutableHashTableV2", kString, kInt64, "m");
  EXPECT_TRUE(run("LookupTableInsertV2", {table, words({"a", "b"}), numbers({1, 2})}).ok());
  EXPECT_TRUE(run("LookupTableInsertV2", {table, words({"b"}), numbers({3})}).ok());
  EXPECT_EQ(found(table, words({"a", "b", "c"}), Tensor::scalar<int64_t>(7)), "[3] 1 3 7");
  EXPECT_TRUE(run("LookupTableRemoveV2", {table, words({"a", "zz"})}).ok());
  EXPECT_EQ(size(table), 1);
  ASSERT_TRUE(run("LookupTableExportV2", {table}, {{"Tkeys", kString}, {"Tvalues", kInt64}}).ok());
  EXPECT_EQ(outputs_[0].summarize(-1) + " " + outputs_[1].summarize(-1), "b 3");
  EXPECT_TRUE(run("LookupTableImportV2", {table, words({"k"}), numbers({9})}).ok());
  EXPECT_EQ(found(table, words({"b", "k"}), Tensor::scalar<int64_t>(7)), "[2] 7 9");
  EXPECT_EQ(error("InitializeTableV2", {table, words({"a"}), numbers({1})}), "Table localhost m is not initializable");
  EXPECT_EQ(error("LookupTableInsertV2", {table, words({"a", "b"}), numbers({1})}),
            "Expected shape [2] for value, got [1]");
}

TEST_F(Tables, ValuesMayBeVectors) {
  const Tensor table =
      make("MutableHashTableOfTensorsV2", kString, DType::kFloat32, "v", {{"value_shape", Shape{2}}});
  const Tensor values = Tensor::from<float>({1, 2, 3, 4}, {2, 2});
  EXPECT_TRUE(run("LookupTableInsertV2", {table, words({"a", "b"}), values}).ok());
  EXPECT_EQ(found(table, words({"b", "q"}), Tensor::vector<float>({8, 9})), "[2,2] [3 4][8 9]");
  EXPECT_EQ(found(table, words({"b"}), Tensor::scalar(1.0f)), "Expected shape [2] for default value, got []");
}

TEST_F(Tables, DenseTableKeepsBuckets) {
  const std::vector<OpRunner::Input> marks = {Tensor::scalar<int64_t>(-1), Tensor::scalar<int64_t>(-2)};
  const Tensor table = make("MutableDenseHashTableV2", kInt64, kInt64, "d", {{"initial_num_buckets", 4}}, marks);
  EXPECT_TRUE(run("LookupTableInsertV2", {table, numbers({1, 2, 3, 4, 5}), numbers({11, 12, 13, 14, 15})}).ok());
  EXPECT_TRUE(run("LookupTableRemoveV2", {table, numbers({2, 77})}).ok());
  EXPECT_EQ(size(table), 4);
  EXPECT_EQ(found(table, numbers({1, 2}), Tensor::scalar<int64_t>(7)), "[2] 11 7");
  ASSERT_TRUE(run("LookupTableExportV2", {table}, {{"Tkeys", kInt64}, {"Tvalues", kInt64}}).ok());
  EXPECT_EQ(outputs_[0].summarize(-1), "[-1][1][-2][3][4][5][-1][-1]");
  EXPECT_EQ(outputs_[1].summarize(-1), "[0][11][12][13][14][15][0][0]");
  EXPECT_EQ(found(table, numbers({-1}), Tensor::scalar<int64_t>(7)), "Using the empty_key as a table key is not allowed");
  EXPECT_EQ(error("LookupTableInsertV2", {table, numbers({-2}), numbers({1})}),
            "Using the deleted_key as a table key is not allowed");
  const graph::AttrMap odd = {{"initial_num_buckets", 3}, {"value_dtype", kInt64}, {"key_dtype", kInt64}};
  EXPECT_EQ(error("MutableDenseHashTableV2", marks, odd),
            "Number of buckets must be at least 4 and a power of 2, got: 3");
}

TEST_F(Tables, OldFormOfHandlesIsAReference) {
  OpRunner maker("HashTable", {}, {{"key_dtype", kString}, {"value_dtype", kInt64}, {"shared_name", "old"}}, &device_);
  ASSERT_TRUE(maker.run().ok());
  EXPECT_EQ(maker.output().summarize(-1), "localhost old");
  op::Variable* handle = maker.ref();
  EXPECT_TRUE(run("InitializeTable", {handle, words({"a"}), numbers({1})}).ok());
  EXPECT_TRUE(run("LookupTableFind", {handle, words({"a", "b"}), Tensor::scalar<int64_t>(5)}).ok());
  EXPECT_EQ(outputs_[0].summarize(-1), "1 5");
  EXPECT_TRUE(run("LookupTableSize", {handle}).ok());
  EXPECT_EQ(outputs_[0].item<int64_t>(), 1);
  EXPECT_TRUE(run("LookupTableExport", {handle}, {{"Tkeys", kString}, {"Tvalues", kInt64}}).ok());
}

TEST_F(Tables, OldFormOfMutableTables) {
  for (const char* op : {"MutableHashTable", "MutableHashTableOfTensors", "MutableDenseHashTable"}) {
    graph::AttrMap attrs = {{"key_dtype", kInt64}, {"value_dtype", kInt64}, {"shared_name", op}};
    std::vector<OpRunner::Input> inputs;
    Tensor values = numbers({4});
    if (op == std::string("MutableHashTableOfTensors")) {
      attrs.set("value_shape", Shape{1});
      values = values.reshaped({1, 1});
    }
    if (op == std::string("MutableDenseHashTable")) inputs = {Tensor::scalar<int64_t>(-1), Tensor::scalar<int64_t>(-2)};
    OpRunner maker(op, inputs, attrs, &device_);
    ASSERT_TRUE(maker.run().ok()) << op;
    EXPECT_TRUE(run("LookupTableInsert", {maker.ref(), numbers({3}), values}).ok()) << op;
    EXPECT_TRUE(run("LookupTableSize", {maker.ref()}).ok()) << op;
    EXPECT_EQ(outputs_[0].item<int64_t>(), 1) << op;
    if (op == std::string("MutableHashTable")) {
      EXPECT_TRUE(run("LookupTableImport", {maker.ref(), numbers({3}), values}).ok()) << op;
    }
  }
}

class TextFiles : public Tables {
 protected:
  void SetUp() override { path_ = ::testing::TempDir() + "/reflow_text_file_table.txt"; }
  void TearDown() override { std::remove(path_.c_str()); }
  // Of a new table filled from a file with `text`.
  std::string initialize(const std::string& text, DType key, DType value, int key_index, int value_index,
                         int vocab_size = -1) {
    std::ofstream(path_) << text;
    table_ = make("HashTableV2", key, value, std::to_string(next_++));
    return error("InitializeTableFromTextFileV2", {table_, Tensor::scalar(path_)},
                 {{"key_index", key_index}, {"value_index", value_index}, {"vocab_size", vocab_size}});
  }
  std::string path_;
  Tensor table_;
  int next_ = 0;
};

TEST_F(TextFiles, LinesAndTheirNumbers) {
  EXPECT_EQ(initialize("a\nb\nc\n", kString, kInt64, -2, -1), "");
  EXPECT_EQ(found(table_, words({"c", "z"}), Tensor::scalar<int64_t>(-5)), "[2] 2 -5");
  EXPECT_EQ(initialize("a\nb\nc\n", kInt64, kString, -1, -2, 2), "");
  EXPECT_EQ(size(table_), 2);
}

TEST_F(TextFiles, Columns) {
  EXPECT_EQ(initialize("a\t1\nb\t2\n", kString, DType::kFloat32, 0, 1), "");
  EXPECT_EQ(found(table_, words({"b"}), Tensor::scalar(0.0f)), "[1] 2");
  EXPECT_EQ(initialize("a\t1\n", kString, kInt64, 0, 2),
            "Invalid number of columns in " + path_ + " line 0 (a\t1) : expected 2 got 2");
  EXPECT_EQ(initialize("a\t1\nb\tx\n", kString, kInt64, 0, 1), "Field x in line 1 is not a valid int64.");
}

TEST_F(TextFiles, BadFiles) {
  EXPECT_EQ(initialize("a\nb\nc\n", kString, kInt64, -2, -1, 5),
            "Invalid vocab_size in " + path_ + ": expected 5 but got 3");
  EXPECT_EQ(initialize("a\n\nb", kString, kInt64, -2, -1),
            "Invalid content in " + path_ + ": empty line found at position 3.");
  EXPECT_EQ(initialize("", kString, kInt64, -2, -1), "Read less bytes than requested");
  EXPECT_EQ(initialize("a\na\n", kString, kInt64, -2, -1),
            "HashTable has different value for same key. Key a has 0 and trying to add value 1");
  EXPECT_EQ(initialize("a\n", kString, kInt64, -1, -1),
            "Key index for line number requires table key dtype of int64, got string");
  const std::string missing = path_ + ".missing";
  EXPECT_EQ(error("InitializeTableFromTextFileV2", {table_, Tensor::scalar(missing)},
                  {{"key_index", -2}, {"value_index", -1}}),
            missing + "; No such file or directory");
}

TEST_F(TextFiles, OldFormOfHandles) {
  std::ofstream(path_) << "a\nb\n";
  OpRunner maker("HashTable", {}, {{"key_dtype", kString}, {"value_dtype", kInt64}, {"shared_name", "old"}}, &device_);
  ASSERT_TRUE(maker.run().ok());
  EXPECT_EQ(error("InitializeTableFromTextFile", {maker.ref(), Tensor::scalar(path_)},
                  {{"key_index", -2}, {"value_index", -1}}),
            "");
  EXPECT_TRUE(run("LookupTableSize", {maker.ref()}).ok());
  EXPECT_EQ(outputs_[0].item<int64_t>(), 2);
}

}  // namespace
}  // namespace reflow::ops
