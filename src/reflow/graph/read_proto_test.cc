#include "reflow/graph/read_proto.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflow/io/file.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::graph {
namespace {

using testing::HasSubstr;

std::string file() { return testing::TempDir() + "read_proto_test.pb"; }

tensorflow::GraphDef graph_def() {
  tensorflow::GraphDef graph;
  graph.add_node()->set_name("first");
  (*graph.add_node()->mutable_attr())["dtype"].set_type(tensorflow::DT_FLOAT);
  return graph;
}

std::string error_of(const std::string& content) {
  EXPECT_TRUE(io::write_file(file(), content).ok());
  tensorflow::GraphDef graph;
  return std::string(message_of(read_proto(file(), &graph)));
}

TEST(ReadProto, BytesAndText) {
  for (const bool as_text : {false, true}) {
    ASSERT_TRUE(write_proto(file(), graph_def(), as_text).ok());
    tensorflow::GraphDef graph;
    ASSERT_TRUE(read_proto(file(), &graph).ok());
    EXPECT_EQ(graph.SerializeAsString().size(), graph_def().SerializeAsString().size());
    EXPECT_FALSE(io::file_exists(file() + ".tmp"));
  }
}

TEST(ReadProto, SaysWhereAFileIsDamaged) {
  const std::string bytes = serialize(graph_def());
  EXPECT_THAT(error_of(bytes.substr(0, bytes.size() - 1)), HasSubstr("read_proto_test.pb is no GraphDef: the field at byte 9 of 23 can't be read"));
  std::string inner = bytes;
  inner[inner.size() - 1] = '\x80';  // a number that doesn't end, within the attribute
  EXPECT_THAT(error_of(inner), HasSubstr("the field at byte 22 of 24 can't be read"));
  EXPECT_THAT(error_of("node { nor"), HasSubstr("neither binary nor text: 1:"));
}

TEST(ReadProto, NoFile) {
  tensorflow::GraphDef graph;
  EXPECT_EQ(read_proto(file() + ".none", &graph).code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace reflow::graph
