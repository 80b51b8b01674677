#include "reflow/ops/training/update_op.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "reflow/base/thread_pool.h"
#include "reflow/graph/graph.h"
#include "reflow/graph/node_builder.h"
#include "tests/kit/golden_file.h"
#include "tests/kit/golden_kernel_case.h"
#include "tests/kit/golden_tensor.h"
#include "tests/kit/graph_values.h"

namespace reflow::ops {
namespace {

using Json = nlohmann::json;

Tensor tensor_from(const Json& j, DType type) {
  const std::vector<int64_t> dims = j.at("shape");
  Tensor t(type, Shape(std::span<const int64_t>(dims)));
  for (int64_t i = 0; i < t.num_elements(); ++i) {
    with_type(kFloat32And64, type, [&]<typename T>() { t.data<T>()[i] = static_cast<T>(j["values"][i].get<double>()); });
  }
  return t;
}

Tensor scalar_of(double value, DType type) {
  return type == DType::kFloat32 ? Tensor::scalar(static_cast<float>(value)) : Tensor::scalar(value);
}

// One op on variables of its own, run as the executor runs it.
class UpdateRun {
 public:
  UpdateRun(std::string op, DType type) : op_(std::move(op)), type_(type) {}

  // Inputs in the op's order. An invalid tensor leaves the variable uninitialised.
  void add_variable(Tensor value) {
    const std::string name = "v" + std::to_string(variables_.size());
    auto variable = std::make_shared<Variable>(type_);
    variable->tensor = std::move(value);
    Value input;
    std::string_view type = "VariableV2";
    AttrMap attrs = {{"dtype", type_}, {"shape", Shape::unknown()}};
    if (is_resource()) {
      type = "VarHandleOp";
      ResourceHandle handle;
      handle.type_name = op::Variable::kTypeName;
      handle.container = "localhost";
      handle.name = name;
      handle.resource = variable;
      input.tensor = Tensor::scalar(std::move(handle));
    } else {
      input.ref = variable.get();
    }
    auto node = create_op(graph_, type, {}, std::move(attrs), {.name = name});
    ASSERT_TRUE(node.ok()) << node.status();
    endpoints_.emplace_back((*node)->output(0));
    variables_.push_back(std::move(variable));
    values_.push_back(std::move(input));
  }
  void add_tensor(Tensor value) {
    auto e = testing::make_placeholder(graph_, value.dtype(), Shape::unknown());
    ASSERT_TRUE(e.ok()) << e.status();
    endpoints_.emplace_back(*e);
    values_.push_back({std::move(value), nullptr});
  }

  Status run(AttrMap attrs = {}) {
    if (is_resource()) attrs.set("T", type_);
    ASSIGN_OR_RETURN(Node * node, create_op(graph_, op_, endpoints_, std::move(attrs), {.name = "op"}));
    ASSIGN_OR_RETURN(std::unique_ptr<Kernel> kernel, make_kernel(*node, &device_, nullptr));
    std::vector<Value*> inputs;
    for (Value& v : values_) inputs.push_back(&v);
    Value output;
    RunEnv env;
    env.device = &device_;
    env.pool = &pool_;
    KernelContext context(&env, node, inputs.data(), static_cast<int>(inputs.size()), &output, node->num_outputs());
    RETURN_IF_ERROR(kernel->compute(context));
    if (!is_resource() && output.ref != variables_[0].get()) return internal_error("The output isn't the variable");
    return OkStatus();
  }

  const Tensor& variable(int i) const { return variables_[i]->tensor; }
  bool is_resource() const { return op_.find("Resource") != op_.npos; }

 private:
  std::string op_;
  DType type_;
  Graph graph_;
  ThreadPool pool_{2};
  Device device_{"/job:localhost/replica:0/task:0/device:CPU:0", "CPU", &pool_};
  std::vector<OpInput> endpoints_;
  std::vector<Value> values_;
  std::vector<std::shared_ptr<Variable>> variables_;
};

// Runs the golden case `c` with the op in the form `op`.
void run_golden(const Json& c, const std::string& op, DType index_type) {
  const OpDef& def = *OpRegistry::global().find(op);
  const DType type = dtype_from_name(c["dtype"].get<std::string>());
  UpdateRun run(op, type);
  size_t variables = 0;
  for (const ArgDef& arg : def.inputs) {
    if (arg.is_ref || arg.type == DType::kResource) {
      run.add_variable(tensor_from(c["before"][variables++], type));
    } else if (arg.name == "grad" || arg.name == "delta") {
      run.add_tensor(tensor_from(c["gradient"], type));
    } else if (arg.name == "indices") {
      std::vector<int64_t> wide = c["indices"];
      std::vector<int32_t> narrow(wide.begin(), wide.end());
      const Shape shape{std::ssize(wide)};
      run.add_tensor(index_type == DType::kInt64 ? Tensor::from(std::span<const int64_t>(wide), shape)
                                                 : Tensor::from(std::span<const int32_t>(narrow), shape));
    } else if (arg.name == "global_step") {
      run.add_tensor(Tensor::scalar(c["scalars"]["global_step"].get<int64_t>()));
    } else {
      run.add_tensor(scalar_of(c["scalars"][arg.name], type));
    }
  }
  const Status status = run.run(testing::attrs_from_json(def, c["attrs"]));
  ASSERT_TRUE(status.ok()) << c["id"] << " as " << op << ": " << status;
  for (size_t i = 0; i < variables; ++i) {
    const std::string text = testing::difference(run.variable(static_cast<int>(i)), tensor_from(c["after"][i], type));
    EXPECT_EQ(text, "") << c["id"] << " as " << op << ", variable " << i;
  }
}

TEST(GoldenUpdates, AllForms) {
  const Json cases = testing::read_golden_json("tf-1.15/kernels/training.json");
  size_t runs = 0;
  for (const Json& c : cases) {
    for (const char* prefix : {"", "Resource"}) {
      const std::string op = prefix + c["op"].get<std::string>();
      if (OpRegistry::global().find(op) == nullptr) continue;
      for (const DType index_type : {DType::kInt32, DType::kInt64}) {
        if (index_type == DType::kInt64 && c["indices"].is_null()) continue;
        run_golden(c, op, index_type);
        ++runs;
      }
    }
  }
  EXPECT_GT(runs, 250u);
}

Tensor filled(const Shape& shape, float value) {
  Tensor t(DType::kFloat32, shape);
  for (float& v : t.flat<float>()) v = value;
  return t;
}

TEST(Update, ManyElementsOnSeveralThreads) {
  UpdateRun run("ApplyMomentum", DType::kFloat32);
  run.add_variable(filled({1000, 1001}, 1));
  run.add_variable(filled({1000, 1001}, 2));
  run.add_tensor(Tensor::scalar(0.5f));
  run.add_tensor(filled({1000, 1001}, 4));
  run.add_tensor(Tensor::scalar(0.25f));
  ASSERT_TRUE(run.run({{"use_locking", true}}).ok());
  EXPECT_EQ(testing::difference(run.variable(0), filled({1000, 1001}, -1.25f)), "");
  EXPECT_EQ(testing::difference(run.variable(1), filled({1000, 1001}, 4.5f)), "");
}

// All variables after `op` with the gradient `g`, and `scale` where the op has one.
std::vector<Tensor> after_update(const OpDef& op, const Tensor& g, float scale) {
  UpdateRun run(op.name, DType::kFloat32);
  int variables = 0;
  for (const ArgDef& arg : op.inputs) {
    if (arg.is_ref || arg.type == DType::kResource) run.add_variable(filled({40, 50}, 0.5f + 0.25f * static_cast<float>(variables++)));
    else if (arg.name == "grad" || arg.name == "delta") run.add_tensor(g);
    else if (arg.name == "global_step") run.add_tensor(Tensor::scalar<int64_t>(3));
    else if (arg.name == "lr_power") run.add_tensor(Tensor::scalar(-0.5f));
    else run.add_tensor(Tensor::scalar(arg.name == "scale" ? scale : 0.1f));
  }
  const Status status = run.run();
  EXPECT_TRUE(status.ok()) << op.name << ": " << status;
  std::vector<Tensor> values;
  for (int i = 0; i < variables; ++i) values.push_back(run.variable(i));
  return values;
}

TEST(Update, ScaledGradientsAreTheProduct) {
  constexpr float kScale = 0.3f;
  Tensor g = filled({40, 50}, 0), scaled = filled({40, 50}, 0);
  for (int64_t i = 0; i < g.num_elements(); ++i) {
    g.data<float>()[i] = 0.37f * static_cast<float>(i % 101 - 50);
    scaled.data<float>()[i] = g.data<float>()[i] * kScale;
  }
  int ops = 0;
  for (const OpDef* op : OpRegistry::global().all()) {
    if (!op->name.starts_with("_Scaled") || op->name.find("Apply") == op->name.npos) continue;
    const OpDef& plain = *OpRegistry::global().find(op->name.substr(7));
    const std::vector<Tensor> values = after_update(*op, g, kScale), expected = after_update(plain, scaled, 1);
    ASSERT_EQ(values.size(), expected.size());
    for (size_t v = 0; v < values.size(); ++v) {
      EXPECT_EQ(std::memcmp(values[v].raw_data(), expected[v].raw_data(), values[v].size_bytes()), 0) << op->name << ' ' << v;
    }
    ++ops;
  }
  EXPECT_GE(ops, 25);
}

TEST(Update, RowsThatComeTwiceAreUpdatedTwice) {
  UpdateRun run("SparseApplyMomentum", DType::kFloat32);
  run.add_variable(filled({100, 64}, 0));
  run.add_variable(filled({100, 64}, 0));
  run.add_tensor(Tensor::scalar(1.0f));
  run.add_tensor(filled({4000, 64}, 1));
  Tensor indices(DType::kInt32, {4000});
  for (int i = 0; i < 4000; ++i) indices.data<int32_t>()[i] = i % 50;
  run.add_tensor(indices);
  run.add_tensor(Tensor::scalar(0.0f));
  ASSERT_TRUE(run.run().ok());
  EXPECT_EQ(run.variable(0).data<float>()[0], -80);
  EXPECT_EQ(run.variable(0).data<float>()[49 * 64 + 63], -80);
  EXPECT_EQ(run.variable(0).data<float>()[50 * 64], 0);
}

TEST(Update, ResourceReadersKeepTheirValue) {
  UpdateRun run("ResourceApplyGradientDescent", DType::kFloat32);
  run.add_variable(filled({2}, 1));
  const Tensor read = run.variable(0);
  run.add_tensor(Tensor::scalar(1.0f));
  run.add_tensor(filled({2}, 3));
  ASSERT_TRUE(run.run().ok());
  EXPECT_EQ(testing::difference(read, filled({2}, 1)), "");
  EXPECT_EQ(testing::difference(run.variable(0), filled({2}, -2)), "");
}

TEST(Update, HalfIsComputedAsFloat) {
  UpdateRun run("ApplyGradientDescent", DType::kHalf);
  run.add_variable(Tensor::vector<Half>({Half(1)}));
  run.add_tensor(Tensor::scalar(Half(0.1f)));
  run.add_tensor(Tensor::vector<Half>({Half(3)}));
  ASSERT_TRUE(run.run().ok());
  EXPECT_EQ(float(run.variable(0).data<Half>()[0]), float(Half(1 - 3 * float(Half(0.1f)))));
}

// The error of `op` on variables [3, 2] and a gradient of `gradient`, `scalars` being its scalars in their order.
std::string error_of(const std::string& op, std::vector<Tensor> scalars, const Tensor& gradient,
                     Tensor indices = Tensor::vector<int32_t>({0, 2}), bool initialized = true) {
  const OpDef& def = *OpRegistry::global().find(op);
  UpdateRun run(op, DType::kFloat32);
  size_t next = 0;
  for (const ArgDef& arg : def.inputs) {
    if (arg.is_ref || arg.type == DType::kResource) run.add_variable(initialized ? filled({3, 2}, 1) : Tensor());
    else if (arg.name == "grad" || arg.name == "delta") run.add_tensor(gradient);
    else if (arg.name == "indices") run.add_tensor(indices);
    else run.add_tensor(scalars.at(next++));
  }
  return std::string(message_of(run.run()));
}

Tensor number(float v) { return Tensor::scalar(v); }
Tensor pair() { return Tensor::vector<float>({0.5f, 0.5f}); }

TEST(UpdateErrors, Shapes) {
  EXPECT_EQ(error_of("ApplyGradientDescent", {number(1)}, filled({2, 3}, 1)),
            "var and delta do not have the same shape[3,2] [2,3]");
  EXPECT_EQ(error_of("ApplyMomentum", {number(1), number(1)}, filled({2}, 1)),
            "var and grad do not have the same shape[3,2] [2]");
  EXPECT_EQ(error_of("SparseApplyAdagrad", {number(1)}, filled({2, 3}, 1)), "var and grad must match in dimension 1");
  EXPECT_EQ(error_of("SparseApplyAdagrad", {number(1)}, filled({1, 2}, 1)),
            "grad must be the same size as indices in the first dimension.");
}

TEST(UpdateErrors, Indices) {
  EXPECT_EQ(error_of("SparseApplyMomentum", {number(1), number(1)}, filled({2, 2}, 1), Tensor::vector<int32_t>({0, 3})),
            "Index 3 at offset 1 in indices is out of range");
  EXPECT_EQ(error_of("ResourceSparseApplyMomentum", {number(1), number(1)}, filled({2, 2}, 1),
                     Tensor::vector<int32_t>({-1, 0})),
            "Index -1 at offset 0 in indices is out of range");
  EXPECT_EQ(error_of("SparseApplyMomentum", {number(1), number(1)}, filled({2, 2}, 1),
                     Tensor::from<int32_t>({0, 1}, {1, 2})),
            "indices must be one-dimensional");
}

TEST(UpdateErrors, Scalars) {
  const Tensor g = filled({3, 2}, 1);
  EXPECT_EQ(error_of("ApplyGradientDescent", {pair()}, g), "alpha is not a scalar: [2]");
  EXPECT_EQ(error_of("ApplyAdam", {number(1), number(1), pair(), number(1), number(1), number(1)}, g),
            "lr is not a scalar : [2]");
  EXPECT_EQ(error_of("ApplyFtrl", {number(0), number(0), number(0), number(-0.5f)}, g), "lr is not a positive scalar: []");
  EXPECT_EQ(error_of("ApplyFtrl", {number(1), number(-1), number(0), number(-0.5f)}, g),
            "l1 regularization strength is not a non-negative scalar: []");
  EXPECT_EQ(error_of("ApplyFtrl", {number(1), number(0), number(0), number(0.5f)}, g),
            "lr_power is not a non-positive scalar: []");
  EXPECT_EQ(error_of("ApplyProximalGradientDescent", {number(1), pair(), number(0)}, g),
            "l1 regularization strength is not a scalar: [2]");
}

TEST(UpdateErrors, Uninitialized) {
  const Tensor g = filled({3, 2}, 1), none = Tensor::vector<int32_t>({0});
  EXPECT_EQ(error_of("ApplyGradientDescent", {number(1)}, g, none, false), "Attempting to use uninitialized value v0");
  EXPECT_EQ(error_of("ResourceApplyMomentum", {number(1), number(1)}, g, none, false), "Invalid variable reference.");
}

}  // namespace
}  // namespace reflow::ops
