#include "reflow/io/staged_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <random>

#include "reflow/base/env.h"
#include "reflow/io/file.h"
#include "reflow/io/os_error.h"

namespace reflow::io {
namespace {

constexpr EnvKnob kSyncFiles("REFLOW_SYNC_FILES", "0",
                             "Waits until checkpoints are on the disk before they take their names, so that they "
                             "outlive a power cut, not only the end of the process.");
const EnvKnob::Registration registration(kSyncFiles);

uint64_t random_number() {
  std::random_device device;
  return uint64_t{device()} << 32 | device();
}

// A rename outlives a power cut when the folder is on the disk.
Status sync_folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return os_error(folder, errno);
  const int error = ::fsync(fd) == 0 || errno == EINVAL ? 0 : errno;
  ::close(fd);
  return error ? os_error(folder, error) : OkStatus();
}

}  // namespace

StagedFile::StagedFile(int fd, std::string path, std::string staged)
    : fd_(fd), path_(std::move(path)), staged_(std::move(staged)) {}

StatusOr<std::unique_ptr<StagedFile>> StagedFile::create(std::string_view path) {
  ASSIGN_OR_RETURN(std::string local, local_path(path));
  std::string staged = fmt::format("{}.tempstate{}", local, random_number());
  int fd;
  do {
    fd = ::open(staged.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return os_error(staged, errno);
  return std::unique_ptr<StagedFile>(new StagedFile(fd, std::move(local), std::move(staged)));
}

StagedFile::~StagedFile() {
  if (fd_ >= 0) ::close(fd_);
  if (!staged_.empty()) ::unlink(staged_.c_str());
}

Status StagedFile::reserve(uint64_t offset, uint64_t size) {
  int error;
  do {
    error = ::fallocate(fd_, 0, static_cast<off_t>(offset), static_cast<off_t>(size)) == 0 ? 0 : errno;
  } while (error == EINTR);
  // Only what writing would meet too is an error.
  return error == ENOSPC || error == EDQUOT || error == EFBIG ? os_error(staged_, error) : OkStatus();
}

Status StagedFile::write_at(uint64_t offset, std::string_view data) {
  while (!data.empty()) {
    const ssize_t n = ::pwrite(fd_, data.data(), data.size(), static_cast<off_t>(offset));
    if (n >= 0) {
      data.remove_prefix(static_cast<size_t>(n));
      offset += static_cast<uint64_t>(n);
    } else if (errno != EINTR) {
      return os_error(staged_, errno);
    }
  }
  return OkStatus();
}

Status StagedFile::close() {
  if (fd_ < 0) return failed_precondition("{} is closed", staged_);
  int error = kSyncFiles.flag() && ::fsync(fd_) != 0 ? errno : 0;
  if (::close(std::exchange(fd_, -1)) != 0 && error == 0) error = errno;
  return error ? os_error(staged_, error) : OkStatus();
}

Status StagedFile::commit() {
  RETURN_IF_ERROR(rename_file(staged_, path_));
  staged_.clear();
  return kSyncFiles.flag() ? sync_folder_of(path_) : OkStatus();
}

Status replace_file(std::string_view path, std::string_view content) {
  ASSIGN_OR_RETURN(const std::unique_ptr<StagedFile> file, StagedFile::create(path));
  RETURN_IF_ERROR(file->write_at(0, content));
  RETURN_IF_ERROR(file->close());
  return file->commit();
}

}  // namespace reflow::io
