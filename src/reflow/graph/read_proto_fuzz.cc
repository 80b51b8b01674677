// Files of graphs, binary or text: what is read survives being written and read again, in both formats.

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "reflow/graph/read_proto.h"
#include "reflow/io/file.h"
#include "tensorflow/core/framework/graph.pb.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace reflow;
  static const std::string path = "/tmp/reflow_fuzz_" + std::to_string(::getpid()) + ".pbtxt";
  if (!io::write_file(path, {reinterpret_cast<const char*>(data), size}).ok()) std::abort();
  tensorflow::GraphDef proto, again;
  if (!graph::read_proto(path, &proto).ok()) return 0;
  if (!graph::write_proto(path, proto, false).ok() || !graph::read_proto(path, &again).ok()) std::abort();
  if (graph::serialize(again) != graph::serialize(proto)) std::abort();
  return 0;
}
