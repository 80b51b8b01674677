#include <string>

#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::CaseArgument;
using testing::OpCaseTest;

const Tensor kPrefix = Tensor::scalar<std::string>("model");
const Tensor kName = Tensor::vector<std::string>({"v"});
const Tensor kWhole = Tensor::vector<std::string>({""});
const CaseArgument kTensors(std::vector<Tensor>{Tensor::vector<float>({1, 2})});

const std::vector<CaseArgument> kMissing{Tensor::scalar("/no/such/folder/model"), kName, kWhole};
const char kNoFiles[] = "Unsuccessful TensorSliceReader constructor: Failed to find any matching files for "
                        "/no/such/folder/model";

const OpCaseTest save{{.op = "SaveV2",
                       .attrs = {{"dtypes", std::vector<DType>{DType::kFloat32}}},
                       .inputs = {kPrefix, kName, kWhole, kTensors},
                       .shapes = {"[];[1];[1];[2] -> ", "[];[1];[2];[2] -> error: Dimension 0 in both shapes must be "
                                                        "equal, but are 1 and 2. Shapes are [1] and [2]."},
                       .bad_inputs = {kPrefix, Tensor::vector<std::string>({"v", "w"}),
                                      Tensor::vector<std::string>({"", ""}), kTensors},
                       .error = "Got 2 tensor names but 1 tensors."}};
const OpCaseTest restore{{.op = "RestoreV2",
                          .attrs = {{"dtypes", std::vector<DType>{DType::kFloat32}}},
                          .inputs = {kPrefix, kName, kWhole},
                          .shapes = {"[];[1];[1] -> ?", "[1];[1];[1] -> error: Shape must be rank 0 but is rank 1"},
                          .bad_inputs = kMissing,
                          .error = kNoFiles}};
const OpCaseTest merge{{.op = "MergeV2Checkpoints",
                        .inputs = {kName, kPrefix},
                        .shapes = {"[2];[] -> ", "[];[] -> error: Shape must be rank 1 but is rank 0"},
                        .bad_inputs = {Tensor::vector<std::string>({"/no/such/folder/part"}), kPrefix},
                        .error = "/no/such/folder/part.index; No such file or directory"}};
const OpCaseTest save_slices{{.op = "SaveSlices",
                              .attrs = {{"T", std::vector<DType>{DType::kFloat32}}},
                              .inputs = {kPrefix, kName, kWhole, kTensors},
                              .shapes = {"[];[1];[1];[2] -> "},
                              .bad_inputs = {kPrefix, kName, Tensor::vector<std::string>({"2 0,1"}), kTensors},
                              .error = "Slice in shape_and_slice specification does not match the shape of the tensor to  "
                                       "save: 2 0,1, tensor: [2]"}};
const OpCaseTest save_v1{{.op = "Save",
                          .attrs = {{"T", std::vector<DType>{DType::kFloat32}}},
                          .inputs = {kPrefix, kName, kTensors},
                          .shapes = {"[];[1];[2] -> ", "[1];[1];[2] -> error: Shape must be rank 0 but is rank 1"},
                          .bad_inputs = {kPrefix, Tensor::vector<std::string>({"v", "w"}), kTensors},
                          .error = "Expected totally 4 inputs as input #1 (which is a string tensor of saved names) "
                                   "contains 2 names, but received 3 inputs"}};
const OpCaseTest restore_v1{{.op = "Restore",
                             .attrs = {{"dt", DType::kFloat32}},
                             .inputs = {kPrefix, kPrefix},
                             .shapes = {"[];[] -> ?", "[];[1] -> error: Shape must be rank 0 but is rank 1"},
                             .bad_inputs = {kMissing[0], Tensor::scalar("v")},
                             .error = kNoFiles}};
const OpCaseTest restore_slice{{.op = "RestoreSlice",
                                .attrs = {{"dt", DType::kFloat32}},
                                .inputs = {kPrefix, kPrefix, kPrefix},
                                .shapes = {"[];[];[] -> ?", "[];[];[1] -> error: Shape must be rank 0 but is rank 1"},
                                .bad_inputs = {kMissing[0], Tensor::scalar("v"), Tensor::scalar("")},
                                .error = kNoFiles}};
const OpCaseTest sharded_filename{
    {.op = "ShardedFilename",
     .inputs = {kPrefix, Tensor::scalar<int32_t>(1), Tensor::scalar<int32_t>(4)},
     .outputs = {Tensor::scalar<std::string>("model-00001-of-00004")},
     .shapes = {"[];[];[] -> []", "[1];[];[] -> error: Shape must be rank 0 but is rank 1"}}};
const OpCaseTest sharded_filespec{{.op = "ShardedFilespec",
                                   .inputs = {kPrefix, Tensor::scalar<int32_t>(4)},
                                   .outputs = {Tensor::scalar<std::string>("model-?\?\?\?\?-of-00004")},
                                   .shapes = {"?;? -> []"}}};

}  // namespace
}  // namespace reflow::ops
