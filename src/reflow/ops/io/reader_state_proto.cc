#include "reflow/ops/io/reader.h"
#include "tensorflow/core/framework/reader_base.pb.h"

namespace reflow::ops {
namespace {

tensorflow::ReaderBaseState to_proto(const ReaderState& state) {
  tensorflow::ReaderBaseState proto;
  proto.set_work_started(state.work_started);
  proto.set_work_finished(state.work_finished);
  proto.set_num_records_produced(state.num_records_produced);
  proto.set_current_work(state.current_work);
  return proto;
}

}  // namespace

std::string serialize(const ReaderState& state) { return to_proto(state).SerializeAsString(); }
std::string debug_text(const ReaderState& state) { return to_proto(state).DebugString(); }

bool parse(const std::string& bytes, ReaderState* state) {
  tensorflow::ReaderBaseState proto;
  if (!proto.ParseFromString(bytes)) return false;
  *state = {proto.work_started(), proto.work_finished(), proto.num_records_produced(), proto.current_work()};
  return true;
}

}  // namespace reflow::ops
