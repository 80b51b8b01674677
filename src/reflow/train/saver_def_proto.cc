#include <tensorflow/core/protobuf/saver.pb.h>

#include "reflow/client/errors.h"
#include "reflow/train/saver_builder.h"

namespace reflow::train {

std::string SaverDef::serialize() const {
  tensorflow::SaverDef message;
  message.set_filename_tensor_name(filename_tensor_name);
  message.set_save_tensor_name(save_tensor_name);
  message.set_restore_op_name(restore_op_name);
  message.set_max_to_keep(max_to_keep);
  message.set_sharded(sharded);
  message.set_keep_checkpoint_every_n_hours(static_cast<float>(keep_checkpoint_every_n_hours));
  message.set_version(static_cast<tensorflow::SaverDef::CheckpointFormatVersion>(version));
  return message.SerializeAsString();
}

SaverDef SaverDef::parse(std::string_view saver_def, const std::string& import_scope) {
  tensorflow::SaverDef message;
  if (!message.ParseFromArray(saver_def.data(), static_cast<int>(saver_def.size()))) {
    throw ValueError("The bytes of a SaverDef can't be parsed");
  }
  const std::string scope = import_scope.empty() || import_scope.back() == '/' ? import_scope : import_scope + '/';
  return {.filename_tensor_name = scope + message.filename_tensor_name(),
          .save_tensor_name = scope + message.save_tensor_name(),
          .restore_op_name = scope + message.restore_op_name(),
          .max_to_keep = message.max_to_keep(),
          .sharded = message.sharded(),
          .keep_checkpoint_every_n_hours = message.keep_checkpoint_every_n_hours(),
          .version = static_cast<CheckpointFormat>(message.version())};
}

}  // namespace reflow::train
