#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/io/staged_file.h"

namespace reflow::formats {

// Makes the folder that files of `prefix` lie in, where it doesn't exist; not those around it, as TensorFlow.
Status create_folder_of(std::string_view prefix);

// From where to where a file goes.
using Rename = std::pair<std::string, std::string>;

// Puts the files of a checkpoint in their places, the index last. Where a checkpoint of that prefix is there already, what
// is going to be renamed is noted down before (PREFIX.commit): a process that ends between two renames leaves neither
// the old checkpoint nor the new one, and finish_commit() makes the new one of what it left.
//
// `staged` are closed files, the index last; `renames` are made before them.
Status commit_staged(std::string_view prefix, const std::vector<io::StagedFile*>& staged, std::vector<Rename> renames = {});

// Makes the renames that a process which ended has noted down. For readers, before they open the index. Errors are left
// to the checksums: a folder that can't be written to may hold a checkpoint all the same.
void finish_commit(std::string_view prefix);

}  // namespace reflow::formats
