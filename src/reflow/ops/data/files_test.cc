// Datasets of what files hold.

#include "reflow/io/file.h"
#include "reflow/io/record_format.h"
#include "tests/kit/session_fixture.h"
#include "tests/kit/temporary_folder.h"

namespace reflow::testing {
namespace {

using graph::OpInput;

class FileDatasets : public SessionFixture {
 protected:
  std::string file(std::string_view name, std::string_view content) {
    const std::string path = folder_ / name;
    EXPECT_TRUE(io::write_file(path, content).ok());
    return path;
  }
  Endpoint names(std::initializer_list<std::string> paths) { return constant(Tensor::vector<std::string>(paths)); }
  Endpoint text(const char* value) { return constant(Tensor::scalar(value)); }
  Endpoint number(int64_t value) { return constant(Tensor::scalar(value)); }

  // All records, each in brackets; an error ends them.
  std::string all(Endpoint dataset) {
    const AttrMap attrs{{"output_types", std::vector{DType::kString}}, {"output_shapes", std::vector<Shape>{{}}}};
    AttrMap named = attrs;
    named.set("shared_name", "");
    named.set("container", "");
    const Endpoint iterator = op("IteratorV2", {}, named), next = op("IteratorGetNext", {iterator}, attrs);
    const Status started = try_run({}, {}, {node("MakeIterator", {dataset, iterator})});
    if (!started.ok()) return first_line(started);
    std::string result;
    for (int i = 0; i < 100; ++i) {
      std::vector<Tensor> record;
      const Status status = try_run({next}, {}, {}, &record);
      if (status.code() == StatusCode::kOutOfRange) return result;
      if (!status.ok()) return result + first_line(status);
      result += "[" + record[0].item<std::string>() + "]";
    }
    return result + "...";
  }
  static std::string first_line(const Status& status) {
    return std::string(message_of(status).substr(0, message_of(status).find('\n')));
  }
  const TemporaryFolder folder_;
};

TEST_F(FileDatasets, LinesOfTextFiles) {
  const Endpoint files = names({file("a", "one\r\ntwo"), file("b", ""), file("c", "\nthree\n")});
  EXPECT_EQ(all(op("TextLineDataset", {files, text(""), number(0)})), "[one][two][][three]");
}

TEST_F(FileDatasets, MissingFilesAreErrorsAndPassedOver) {
  const Endpoint files = names({folder_ / "missing", file("a", "one")});
  const Endpoint lines = op("TextLineDataset", {files, text(""), number(0)});
  EXPECT_EQ(all(lines), (folder_ / "missing") + "; No such file or directory");
  const AttrMap attrs{{"output_types", std::vector{DType::kString}}, {"output_shapes", std::vector<Shape>{{}}}};
  EXPECT_EQ(all(op("IgnoreErrorsDataset", {lines}, attrs)), "[one]");
}

TEST_F(FileDatasets, CompressionHasToBeKnown) {
  EXPECT_EQ(all(op("TextLineDataset", {names({"a"}), text("X"), number(0)})), "Unsupported compression_type.");
}

TEST_F(FileDatasets, RecordsOfTfRecordFiles) {
  std::string bytes;
  io::append_record("one", &bytes);
  io::append_record("", &bytes);
  const std::string path = file("records", bytes);
  EXPECT_EQ(all(op("TFRecordDataset", {names({path, path}), text(""), number(0)})), "[one][][one][]");
  bytes[13] ^= 1;
  EXPECT_EQ(all(op("TFRecordDataset", {names({file("damaged", bytes)}), text(""), number(0)})), "corrupted record at 12");
}

TEST_F(FileDatasets, RecordsOfOneLength) {
  const std::string path = file("fixed", "0123456789abc");
  const auto records = [&](int64_t header, int64_t record, int64_t footer) {
    return all(op("FixedLengthRecordDatasetV2",
                  {names({path}), number(header), number(record), number(footer), number(0), text("")}));
  };
  EXPECT_EQ(records(1, 3, 0), "[123][456][789][abc]");
  EXPECT_EQ(records(1, 5, 2), "[12345][6789a]");
  EXPECT_EQ(records(0, 1000, 0), "Excluding the header (0 bytes) and footer (0 bytes), input file \"" + path +
                                     "\" has body length 13 bytes, which is not an exact multiple of the record length (1000 bytes).");
  EXPECT_EQ(records(0, 0, 0), "`record_bytes` must be > 0");
  EXPECT_EQ(all(op("FixedLengthRecordDataset", {names({path}), number(1), number(4), number(0), number(0)})), "[1234][5678][9abc]");
}

TEST_F(FileDatasets, ColumnsOfCsvFiles) {
  const auto column = [&](std::string_view content, int64_t number_of_column, const char* otherwise) {
    const Endpoint header = constant(Tensor::scalar(true)), quotes = constant(Tensor::scalar(true));
    const Endpoint columns = constant(Tensor::vector<int64_t>({number_of_column}));
    const std::vector<Endpoint> defaults{constant(Tensor::vector<std::string>({otherwise}))};
    const std::vector<OpInput> inputs{names({file("csv", content)}), text(""), number(64), header, text(","), quotes,
                                      text("NA"), columns, OpInput(defaults)};
    return all(op("CSVDataset", inputs, {{"output_types", std::vector{DType::kString}}, {"output_shapes", std::vector<Shape>{{}}}}));
  };
  constexpr std::string_view kRows = "a,b\r\n1,x\r\n\"2\",\"y \"\"z\"\", \n.\"\nNA,\n";
  EXPECT_EQ(column(kRows, 0, "none"), "[1][2][none]");
  EXPECT_EQ(column(kRows, 1, "none"), "[x][y \"z\", \n.][none]");
  EXPECT_EQ(column(kRows, 2, "none"), "Expect 3 fields but have 2 in record");
  EXPECT_EQ(column(kRows, -1, "none"), "select_cols should be non-negative indices");
  EXPECT_EQ(column("a\n1\"\"\n", 0, ""), "Unquoted fields cannot have quotes inside");
  EXPECT_EQ(column("a\n\"1", 0, ""), "Reached end of file without closing quoted field in record");
  EXPECT_EQ(column("", 0, ""), "Can't read header of file");
}

TEST_F(FileDatasets, AreWrittenToTfRecordFiles) {
  const Endpoint lines = op("TextLineDataset", {names({file("a", "one\n\nthree\n")}), text(""), number(0)});
  const std::string path = folder_ / "written";
  const Endpoint name = constant(Tensor::scalar(path));
  run({}, {}, {node("DatasetToTFRecord", {lines, name, text("GZIP")})});
  EXPECT_EQ(all(op("TFRecordDataset", {names({path}), text("GZIP"), number(0)})), "[one][][three]");
}

}  // namespace
}  // namespace reflow::testing
