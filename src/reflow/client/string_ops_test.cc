// Functions of strings and files: the graphs of TensorFlow 1.15, and errors.

#include <gtest/gtest.h>

#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
using reflow::testing::expect_golden_graph;

namespace {

TEST(StringOps, MakeTensorFlowsGraph) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Output s = tf::placeholder(tf::string, {3}, {.name = "s"});
  const tf::Output n = tf::placeholder(tf::int32, {3}, {.name = "n"});
  tf::as_string(n, {.width = 4, .fill = "0"}), tf::string_strip(s);
  tf::string_join({s, "-", s}, {.separator = " ", .name = "joined"});
  tf::string_to_hash_bucket(s, 10), tf::string_to_hash_bucket_fast(s, 10);
  tf::string_to_hash_bucket_strong(s, 10, {1, 2}), tf::string_to_number(s, {.out_type = tf::int64});
  tf::substr(s, 1, 2), tf::strings::substr(s, -2, 1, {.unit = "UTF8_CHAR"});
  tf::string_split(s), tf::string_split(s, ",", {.skip_empty = false});
  tf::reduce_join(s);
  tf::reduce_join({{"a", "b"}, {"c", "d"}}, {.axis = 0, .keepdims = true, .separator = ","});
  tf::regex_replace(s, "a+", "b", {.replace_global = false});
  tf::regex_replace(s, tf::constant("a+"), "b");
  tf::strings::regex_full_match(s, ".*"), tf::strings::regex_full_match(s, tf::constant(".*"));
  tf::strings::length(s, {.unit = "UTF8_CHAR"});
  tf::strings::lower(s), tf::strings::upper(s, {.encoding = "utf-8"});
  tf::strings::format("{} and {}", {n, s}, {.summarize = 5});
  tf::strings::unicode_script(n), tf::strings::unicode_transcode(s, "UTF-16-BE", "UTF-8");
  tf::strings::unsorted_segment_join(s, {0, 1, 0}, 2, {.separator = "+"});
  tf::strings::split(s, {.maxsplit = 1}), tf::strings::split(s, {.sep = ":", .name = "cut"});
  tf::strings::to_number(s);
  tf::read_file("name"), tf::write_file("name", "contents"), tf::matching_files("*.txt");
  tf::decode_compressed(s, {.compression_type = "ZLIB"}), tf::decode_base64(s), tf::encode_base64(s, {.pad = true});
  tf::serialize_tensor(n), tf::parse_tensor("", tf::int32), tf::decode_json_example(s);
  expect_golden_graph("string_functions", {.folder = "graphs"});
}

TEST(StringOps, FormatNeedsAsManyTensorsAsPlaceholders) {
  try {
    tf::strings::format("{} {}", {1});
    FAIL() << "no error";
  } catch (const tf::ValueError& e) {
    EXPECT_STREQ(e.what(), "2 placeholder(s) in template does not match 1 tensor(s) provided as input");
  }
}

}  // namespace
