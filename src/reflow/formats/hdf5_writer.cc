#include "reflow/formats/hdf5_writer.h"

#include <algorithm>

#include "reflow/formats/hdf5_layout.h"
#include "reflow/io/staged_file.h"

namespace reflow::formats {
namespace {

// Takes the first name of a path.
std::string_view first_name(std::string_view* path) {
  const size_t slash = std::min(path->find('/'), path->size());
  const std::string_view name = path->substr(0, slash);
  path->remove_prefix(std::min(slash + 1, path->size()));
  return name;
}

}  // namespace

Hdf5Writer::Hdf5Writer() : root_(std::make_unique<Node>()) {}
Hdf5Writer::~Hdf5Writer() = default;

StatusOr<Hdf5Writer::Node*> Hdf5Writer::node_at(std::string_view path, bool* made) {
  Node* node = root_.get();
  *made = false;
  while (!path.empty()) {
    const std::string_view name = first_name(&path);
    if (name.empty()) continue;
    if (name.find('\0') != std::string_view::npos) return invalid_argument("Names in HDF5 files have no NUL bytes");
    if (node->dataset) return invalid_argument("Unable to create '{}': what is around it is a dataset", name);
    auto member = node->members.find(name);
    *made = member == node->members.end();
    if (*made) member = node->members.emplace(std::string(name), std::make_unique<Node>()).first;
    node = member->second.get();
  }
  return node;
}

Status Hdf5Writer::create_group(std::string_view path) {
  bool made;
  RETURN_IF_ERROR(node_at(path, &made).status());
  return made ? OkStatus() : already_exists("Unable to create group (name already exists)");
}

Status Hdf5Writer::create_dataset(std::string_view path, Hdf5Value value) {
  RETURN_IF_ERROR(hdf5_type_of(value).status());
  bool made;
  ASSIGN_OR_RETURN(Node* node, node_at(path, &made));
  if (!made) return already_exists("Unable to create dataset (name already exists)");
  node->dataset = std::move(value);
  return OkStatus();
}

Status Hdf5Writer::set_attribute(std::string_view path, std::string_view name, Hdf5Value value) {
  RETURN_IF_ERROR(hdf5_type_of(value).status());
  Node* node = root_.get();
  while (!path.empty()) {
    const std::string_view part = first_name(&path);
    if (part.empty()) continue;
    const auto member = node->members.find(part);
    if (member == node->members.end()) return not_found("Unable to open object (object '{}' doesn't exist)", part);
    node = member->second.get();
  }
  node->attributes.insert_or_assign(std::string(name), std::move(value));
  return OkStatus();
}

Status Hdf5Writer::finish(std::string_view file) const {
  Hdf5Layout layout;
  RETURN_IF_ERROR(layout.add_root(*root_));
  ASSIGN_OR_RETURN(const std::unique_ptr<io::StagedFile> out, io::StagedFile::create(file));
  RETURN_IF_ERROR(out->write_at(0, layout.head()));
  uint64_t end = layout.head().size();
  for (const auto& [address, tensor] : layout.numbers()) {
    const auto size = static_cast<size_t>(tensor->size_bytes());
    RETURN_IF_ERROR(out->write_at(address, {static_cast<const char*>(tensor->raw_data()), size}));
    end = address + size;
  }
  const std::string_view filling("\0\0\0\0\0\0\0", (8 - end % 8) % 8);
  RETURN_IF_ERROR(out->write_at(end, filling));
  RETURN_IF_ERROR(out->close());
  return out->commit();
}

}  // namespace reflow::formats
