#include "reflow/formats/bundle_commit.h"

#include <sys/stat.h>

#include <cerrno>
#include <optional>

#include "reflow/formats/bundle_entry.h"
#include "reflow/io/crc32c.h"
#include "reflow/io/file.h"
#include "reflow/io/os_error.h"
#include "reflow/io/staged_file.h"
#include "reflow/io/varint.h"

namespace reflow::formats {
namespace {

std::string note_path(std::string_view prefix) { return fmt::format("{}.commit", prefix); }

std::string folder_of(std::string_view path) { return std::string(path.substr(0, path.rfind('/') + 1)); }

// Notes name files relative to their folder, and only such as belong to the checkpoint: a checkpoint from elsewhere must
// not rename anything else.
bool belongs_to(std::string_view prefix, std::string_view path) {
  return path.size() > prefix.size() && path.substr(0, prefix.size()) == prefix &&
         path.substr(prefix.size()).find("..") == std::string_view::npos;
}
bool is_part_of(std::string_view prefix, std::string_view path) {
  if (!belongs_to(prefix, path)) return false;
  const std::string_view rest = path.substr(prefix.size());
  return rest.find('/') == std::string_view::npos && (rest == ".index" || rest.substr(0, 6) == ".data-");
}

void append_string(std::string& to, std::string_view text) {
  io::append_varint(to, text.size());
  to += text;
}

bool take_string(std::string_view& from, std::string_view* text) {
  uint64_t size;
  if (!io::take_varint(from, &size) || size > from.size()) return false;
  *text = from.substr(0, size);
  from.remove_prefix(size);
  return true;
}

// The renames of a note; none where it is damaged or names what doesn't belong to the checkpoint.
std::vector<Rename> read_note(std::string_view prefix, std::string_view bytes) {
  if (bytes.size() < 4) return {};
  const std::string folder = folder_of(prefix);
  std::string_view rest = bytes.substr(0, bytes.size() - 4);
  if (io::unmask_crc(io::fixed32_at(bytes.data() + rest.size())) != io::crc32c(rest)) return {};
  std::vector<Rename> renames;
  while (!rest.empty()) {
    std::string_view from, to;
    if (!take_string(rest, &from) || !take_string(rest, &to)) return {};
    Rename rename(folder + std::string(from), folder + std::string(to));
    if (!belongs_to(prefix, rename.first) || !is_part_of(prefix, rename.second)) return {};
    renames.push_back(std::move(rename));
  }
  return renames;
}

// None where a file is elsewhere: the note couldn't name it.
std::optional<std::string> note_of(std::string_view prefix, const std::vector<Rename>& renames) {
  std::string note;
  const size_t folder_size = folder_of(prefix).size();
  for (const auto& [from, to] : renames) {
    if (!belongs_to(prefix, from) || !is_part_of(prefix, to)) return std::nullopt;
    append_string(note, std::string_view(from).substr(folder_size));
    append_string(note, std::string_view(to).substr(folder_size));
  }
  io::append_fixed32(note, io::mask_crc(io::crc32c(note)));
  return note;
}

Status rename_all(const std::vector<Rename>& renames) {
  for (const auto& [from, to] : renames) {
    const Status status = io::rename_file(from, to);
    // Another process may have finished what this one was about to do.
    if (!status.ok() && !(status.code() == StatusCode::kNotFound && io::file_exists(to))) return status;
  }
  return OkStatus();
}

}  // namespace

Status create_folder_of(std::string_view prefix) {
  const std::string folder = folder_of(prefix);
  if (folder.empty() || ::mkdir(folder.c_str(), 0755) == 0 || errno == EEXIST) return OkStatus();
  return io::os_error(folder.substr(0, folder.size() - 1), errno);
}

Status commit_staged(std::string_view prefix, const std::vector<io::StagedFile*>& staged, std::vector<Rename> renames) {
  for (const io::StagedFile* file : staged) renames.emplace_back(file->staged_path(), file->path());
  const std::optional<std::string> note = io::file_exists(bundle_index_path(prefix)) ? note_of(prefix, renames) : std::nullopt;
  if (note) {
    RETURN_IF_ERROR(io::replace_file(note_path(prefix), *note));
    for (io::StagedFile* file : staged) file->release();  // whatever happens now, finish_commit() needs them
  }
  RETURN_IF_ERROR(rename_all(renames));
  if (!note) return OkStatus();
  const Status deleted = io::delete_file(note_path(prefix));
  return deleted.code() == StatusCode::kNotFound ? OkStatus() : deleted;  // a reader was quicker
}

void finish_commit(std::string_view prefix) {
  const StatusOr<std::string> note = io::read_file(note_path(prefix));
  if (!note.ok()) return;
  (void)rename_all(read_note(prefix, *note));
  (void)io::delete_file(note_path(prefix));
}

}  // namespace reflow::formats
