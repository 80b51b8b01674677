#pragma once

// Files of protocol buffers, as bytes or as text.

#include <string>

#include "reflow/base/status.h"

namespace google::protobuf {
class Message;
}

namespace reflow::graph {

// Binary or text format by content. NotFound: no such file. DataLoss: it can't be read, "PATH is no GraphDef: the field at
// byte 7 of 90 can't be read", "PATH is no GraphDef, neither binary nor text: LINE:COLUMN: ...".
Status read_proto(const std::string& path, google::protobuf::Message* proto);

// Writes beside `path` and renames. Binary format is deterministic: equal messages are equal bytes.
Status write_proto(const std::string& path, const google::protobuf::Message& proto, bool as_text);

// The message as bytes; equal messages give equal bytes.
std::string serialize(const google::protobuf::Message& proto);

}  // namespace reflow::graph
