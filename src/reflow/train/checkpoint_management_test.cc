#include "reflow/train/checkpoint_management.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "reflow/client/errors.h"
#include "reflow/io/file.h"
#include "reflow/train/checkpoint_history.h"
#include "reflow/train/python_path.h"
#include "tests/kit/temporary_folder.h"

namespace reflow::train {
namespace {

using testing::TemporaryFolder;

TEST(CheckpointManagement, StateComesBackWithWholePaths) {
  const TemporaryFolder folder;
  update_checkpoint_state(folder.path(), {folder / "m-2", {folder / "m-1", folder / "m-2"}, {1, 2.5}, 0.5});
  EXPECT_EQ(*io::read_file(folder / "checkpoint"),
            "model_checkpoint_path: \"" + (folder / "m-2") + "\"\nall_model_checkpoint_paths: \"" + (folder / "m-1") +
                "\"\nall_model_checkpoint_paths: \"" + (folder / "m-2") +
                "\"\nall_model_checkpoint_timestamps: 1.0\nall_model_checkpoint_timestamps: 2.5\n"
                "last_preserved_timestamp: 0.5\n");
  update_checkpoint_state(folder.path(), {folder / "m-2", {}, {}, 0}, {"latest", true});
  EXPECT_EQ(*io::read_file(folder / "latest"), "model_checkpoint_path: \"m-2\"\nall_model_checkpoint_paths: \"m-2\"\n");
  EXPECT_EQ(get_checkpoint_state(folder.path(), "latest")->model_checkpoint_path, folder / "m-2");
  EXPECT_FALSE(get_checkpoint_state(folder.path(), "none").has_value());
}

TEST(CheckpointManagement, RelativePathsAreRelativeToTheFolder) {
  const CheckpointState state = generate_checkpoint_state("out/run", {"out/run/m-2", {"out/m-1", "out/run/m-2"}, {}, 0});
  EXPECT_EQ(state.model_checkpoint_path, "m-2");
  EXPECT_EQ(state.all_model_checkpoint_paths, (std::vector<std::string>{"../m-1", "m-2"}));
  EXPECT_EQ(generate_checkpoint_state("", {"m", {}, {}, 0}).all_model_checkpoint_paths, (std::vector<std::string>{"m"}));
}

TEST(CheckpointManagement, MistakesAreTensorFlows) {
  const TemporaryFolder folder;
  EXPECT_THROW(update_checkpoint_state(folder.path(), {folder / "checkpoint", {}, {}, 0}), RuntimeError);
  EXPECT_THROW(generate_checkpoint_state("", {"m", {"m"}, {1, 2}, 0}), ValueError);
  ASSERT_TRUE(io::write_file(folder / "checkpoint", "").ok());
  EXPECT_THROW(get_checkpoint_state(folder.path()), ValueError);
  ASSERT_TRUE(io::write_file(folder / "checkpoint", "no checkpoint").ok());
  EXPECT_FALSE(get_checkpoint_state(folder.path()).has_value());
}

TEST(CheckpointManagement, LatestNeedsItsFiles) {
  const TemporaryFolder folder;
  update_checkpoint_state(folder.path(), {"m", {}, {}, 0});
  EXPECT_EQ(latest_checkpoint(folder.path()), std::nullopt);
  ASSERT_TRUE(io::write_file(folder / "m.index", "").ok());
  EXPECT_EQ(latest_checkpoint(folder.path()), folder / "m");
  EXPECT_EQ(get_checkpoint_mtimes({folder / "m", folder / "none"}).size(), 1u);
}

TEST(CheckpointManagement, RemovesAllFilesOfACheckpoint) {
  const TemporaryFolder folder;
  for (const std::string name : {"m.index", "m.data-00000-of-00002", "m.data-00001-of-00002", "m.meta", "m-1.index", "v1"}) {
    ASSERT_TRUE(io::write_file(folder / name, "").ok());
  }
  remove_checkpoint(folder / "m");
  remove_checkpoint(folder / "v1", CheckpointFormat::V1);
  size_t left = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder.path())) {
    EXPECT_EQ(file.path().filename(), "m-1.index");
    ++left;
  }
  EXPECT_EQ(left, 1u);
}

TEST(CheckpointManagement, NameOfTheGraph) {
  EXPECT_EQ(meta_graph_filename("a/m-7"), "a/m-7.meta");
  EXPECT_EQ(meta_graph_filename("a/m-7-?\?\?\?\?-of-00005"), "a/m-7.meta");
  EXPECT_EQ(meta_graph_filename("a/m-7-00001-of-00002", "graph"), "a/m-7.graph");
  EXPECT_EQ(meta_graph_filename("m-of-2"), "m-of-2.meta");
}

TEST(CheckpointManagement, OneOfTheOldStaysEverySoOften) {
  const TemporaryFolder folder;
  CheckpointHistory keeps_all(1, 0, CheckpointFormat::V2), keeps_none(1, 1, CheckpointFormat::V2);
  for (const std::string name : {"kept", "deleted", "last"}) {
    ASSERT_TRUE(io::write_file(folder / (name + ".index"), "").ok());
  }
  keeps_all.record(folder / "kept");
  keeps_all.record(folder / "last");
  keeps_all.delete_old();
  keeps_none.record(folder / "deleted");
  keeps_none.record(folder / "last");
  keeps_none.delete_old();
  EXPECT_TRUE(io::file_exists(folder / "kept.index"));
  EXPECT_FALSE(io::file_exists(folder / "deleted.index"));
}

TEST(PythonPath, IsAsInOsPath) {
  EXPECT_EQ(folder_name("a/b"), "a");
  EXPECT_EQ(folder_name("/m"), "/");
  EXPECT_EQ(folder_name("m"), "");
  EXPECT_EQ(base_name("a/b"), "b");
  EXPECT_EQ(join_path("", "m"), "m");
  EXPECT_EQ(join_path("a", "/m"), "/m");
  EXPECT_EQ(relative_path("/a/b/c", "/a/d"), "../b/c");
}

}  // namespace
}  // namespace reflow::train
