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
const std::vector<CaseArgument> kToSave{kPrefix, kName, kWhole, kTensors}, kToRestore{kPrefix, kName, kWhole};
const char kNotYet[] = "Saving and restoring checkpoints is not part of Reflow yet";

const OpCaseTest save{{.op = "SaveV2",
                       .attrs = {{"dtypes", std::vector<DType>{DType::kFloat32}}},
                       .inputs = kToSave,
                       .shapes = {"[];[1];[1];[2] -> ", "[];[1];[2];[2] -> error: Dimension 0 in both shapes must be "
                                                        "equal, but are 1 and 2. Shapes are [1] and [2]."},
                       .bad_inputs = kToSave,
                       .error = kNotYet}};
const OpCaseTest restore{{.op = "RestoreV2",
                          .attrs = {{"dtypes", std::vector<DType>{DType::kFloat32}}},
                          .inputs = kToRestore,
                          .shapes = {"[];[1];[1] -> ?", "[1];[1];[1] -> error: Shape must be rank 0 but is rank 1"},
                          .bad_inputs = kToRestore,
                          .error = kNotYet}};
const OpCaseTest merge{{.op = "MergeV2Checkpoints",
                        .inputs = {kName, kPrefix},
                        .shapes = {"[2];[] -> ", "[];[] -> error: Shape must be rank 1 but is rank 0"},
                        .bad_inputs = {kName, kPrefix},
                        .error = kNotYet}};
const OpCaseTest save_slices{{.op = "SaveSlices",
                              .attrs = {{"T", std::vector<DType>{DType::kFloat32}}},
                              .inputs = kToSave,
                              .shapes = {"[];[1];[1];[2] -> "},
                              .bad_inputs = kToSave,
                              .error = kNotYet}};
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
