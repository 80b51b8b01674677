#include "reflow/train/learning_rate_decay.h"

#include <functional>
#include <numbers>

#include "reflow/client/apply_op.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/random_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/train/update_ops.h"

#include <fmt/format.h>

namespace reflow::train {
namespace {

using client::apply_op;
using client::convert;

// The arguments of a schedule as tensors, made in its name scope. Everything has the type of the learning rate.
class Schedule {
 public:
  Schedule(const std::string& name, const char* default_name, const TensorLike& learning_rate)
      : scope_(name, default_name), rate_(convert(learning_rate, DType::kInvalid, "initial_learning_rate")) {}

  const Output& rate() const { return rate_; }
  Output cast(const TensorLike& value) const {
    return convert(cast_to(value, rate_.dtype()), DType::kInvalid, "");
  }
  const std::string& name() const { return scope_.name(); }

 private:
  name_scope scope_;
  Output rate_;
};

// 0.5 * (1 + cos(pi * fraction)), the first factor given.
Output half_cosine(const TensorLike& factor, const Output& fraction) {
  const Output angle = constant(std::numbers::pi) * fraction;
  const Output raised = 1.0 + apply_op("Cos", "", {angle});
  return apply_op("Mul", "mul", {factor, raised});
}

Output floor_of(const Output& x) { return apply_op("Floor", "", {x}); }

}  // namespace

Output exponential_decay(const TensorLike& learning_rate, const TensorLike& global_step, const TensorLike& decay_steps,
                         const TensorLike& decay_rate, const DecayOptions& options) {
  Schedule s(options.name, "ExponentialDecay", learning_rate);
  const Output steps = s.cast(decay_steps), rate = s.cast(decay_rate), step = s.cast(global_step);
  Output p = step / steps;
  if (options.staircase) p = floor_of(p);
  const Output power = apply_op("Pow", "", {rate, p});
  return apply_op("Mul", s.name(), {s.rate(), power});
}

Output natural_exp_decay(const TensorLike& learning_rate, const TensorLike& global_step, const TensorLike& decay_steps,
                         const TensorLike& decay_rate, const DecayOptions& options) {
  const Output negative = apply_op("Neg", "", {decay_rate});
  return exponential_decay(learning_rate, global_step, decay_steps, apply_op("Exp", "", {negative}), options);
}

Output inverse_time_decay(const TensorLike& learning_rate, const TensorLike& global_step, const TensorLike& decay_steps,
                          const TensorLike& decay_rate, const DecayOptions& options) {
  Schedule s(options.name, "InverseTimeDecay", learning_rate);
  const Output steps = s.cast(decay_steps), rate = s.cast(decay_rate), step = s.cast(global_step);
  Output p = step / steps;
  if (options.staircase) p = floor_of(p);
  const Output one = s.cast(constant(1));
  const Output growth = apply_op("Mul", "", {rate, p});
  const Output denominator = apply_op("Add", "", {one, growth});
  return apply_op("RealDiv", s.name(), {s.rate(), denominator});
}

namespace {

void check_types(const Output& x, std::vector<Output>& boundaries, const std::vector<Output>& values) {
  for (Output& boundary : boundaries) {
    const DType type = base_type(boundary.dtype()), wanted = base_type(x.dtype());
    if (type == wanted) continue;
    if (type != DType::kInt32 || wanted != DType::kInt64) {
      throw ValueError(fmt::format("Boundaries ({}) must have the same dtype as x ({}).", client::python_dtype(type),
                                   client::python_dtype(wanted)));
    }
    boundary = convert(cast_to(boundary, wanted), DType::kInvalid, "");
  }
  for (const Output& value : values) {
    if (base_type(value.dtype()) == base_type(values[0].dtype())) continue;
    throw ValueError(fmt::format("Values must have elements all with the same dtype ({} vs {}).",
                                 client::python_dtype(base_type(values[0].dtype())),
                                 client::python_dtype(base_type(value.dtype()))));
  }
}

// tf.case with exclusive=True: the value of the predicate that is true, else the first.
Output exclusive_case(const std::vector<Output>& predicates, const std::vector<Output>& results) {
  name_scope scope("case");
  const Output all = apply_op("Pack", "preds_c", {TensorLike(predicates)}, {{"axis", 0}});
  const Output counts = convert(cast_to(all, DType::kInt32), DType::kInvalid, "");
  const Output axes = constant(TensorLike(std::vector<int32_t>{0}));
  const Output true_ones = apply_op("Sum", "num_true_conds", {counts, axes});
  const Output limit = constant(1, {.name = "n_true_conds"});
  const Output right = apply_op("LessEqual", "", {true_ones, limit});
  std::string names;
  for (const Output& p : predicates) names += (names.empty() ? "" : ", ") + p.name();
  const Operation check = Assert(
      right, {"Input error: exclusive=True: more than 1 conditions (" + names + ") evaluated as True:", all},
      {.summarize = static_cast<int>(predicates.size())});
  control_dependencies after({check});
  const std::function<Output(size_t)> choose = [&](size_t i) -> Output {
    if (i == predicates.size()) return results[0];
    return cond(predicates[i], [&] { return results[i]; }, [&] { return choose(i + 1); });
  };
  return choose(0);
}

}  // namespace

Output piecewise_constant(const TensorLike& x, const std::vector<TensorLike>& boundaries,
                          const std::vector<TensorLike>& values, const NameOptions& options) {
  std::vector<Output> bounds, results;
  for (const TensorLike& b : boundaries) bounds.push_back(convert(b, DType::kInvalid, ""));
  for (const TensorLike& v : values) results.push_back(convert(v, DType::kInvalid, ""));
  check_types(convert(x, DType::kInvalid, ""), bounds, results);
  if (bounds.size() + 1 != results.size()) {
    throw ValueError("The length of boundaries should be 1 less than the length of values");
  }
  name_scope scope(options.name, "PiecewiseConstant");
  const Output step = convert(x, DType::kInvalid, "");
  std::vector<Output> predicates, chosen;
  predicates.push_back(apply_op("LessEqual", "", {step, bounds.front()}));
  chosen.push_back(results.front());
  predicates.push_back(apply_op("Greater", "", {step, bounds.back()}));
  chosen.push_back(results.back());
  for (size_t i = 0; i + 1 < bounds.size(); ++i) {
    const Output above = apply_op("Greater", "", {step, bounds[i]});
    const Output below = apply_op("LessEqual", "", {step, bounds[i + 1]});
    predicates.push_back(apply_op("LogicalAnd", "and", {above, below}));
    chosen.push_back(results[i + 1]);
  }
  return exclusive_case(predicates, chosen);
}

Output polynomial_decay(const TensorLike& learning_rate, const TensorLike& global_step, const TensorLike& decay_steps,
                        const PolynomialDecayOptions& options) {
  Schedule s(options.name, "PolynomialDecay", learning_rate);
  const Output end = s.cast(options.end_learning_rate), power = s.cast(options.power);
  Output step = s.cast(global_step), steps = s.cast(decay_steps);
  if (options.cycle) {
    const Output at_start = apply_op("Equal", "", {step, 0});
    const Output multiplier = cond(at_start, [] { return 1.0; }, [&] {
      return apply_op("Ceil", "", {apply_op("RealDiv", "truediv", {step, decay_steps})});
    });
    steps = apply_op("Mul", "", {steps, multiplier});
  } else {
    step = apply_op("Minimum", "", {step, decay_steps});
  }
  const Output p = step / steps;
  const Output range = s.rate() - end;
  const Output rest = 1 - p;
  const Output factor = apply_op("Pow", "", {rest, power});
  const Output above_end = apply_op("Mul", "", {range, factor});
  return apply_op("Add", s.name(), {above_end, end});
}

Output cosine_decay(const TensorLike& learning_rate, const TensorLike& global_step, const TensorLike& decay_steps,
                    const CosineDecayOptions& options) {
  Schedule s(options.name, "CosineDecay", learning_rate);
  const Output steps = s.cast(decay_steps);
  const Output step = apply_op("Minimum", "", {s.cast(global_step), steps});
  const Output decayed = (1 - options.alpha) * half_cosine(0.5, step / steps) + options.alpha;
  return apply_op("Mul", "", {s.rate(), decayed});
}

Output cosine_decay_restarts(const TensorLike& learning_rate, const TensorLike& global_step,
                             const TensorLike& first_decay_steps, const CosineDecayRestartsOptions& options) {
  Schedule s(options.name, "SGDRDecay", learning_rate);
  const Output steps = s.cast(first_decay_steps), alpha = s.cast(options.alpha);
  const Output t_mul = s.cast(options.t_mul), m_mul = s.cast(options.m_mul), step = s.cast(global_step);
  const Output fraction = step / steps;
  const auto power = [](const Output& x, const Output& y) { return apply_op("Pow", "pow", {x, y}); };
  const auto equal_periods = [&]() -> std::vector<Output> {
    const Output restarts = floor_of(fraction);
    return {restarts, fraction - restarts};
  };
  const auto growing_periods = [&]() -> std::vector<Output> {
    const Output growth = 1.0 - t_mul;
    const Output inner = apply_op("Log", "", {1.0 - fraction * growth});
    const Output restarts = floor_of(inner / apply_op("Log", "", {t_mul}));
    const Output above = 1.0 - power(t_mul, restarts);
    const Output below = 1.0 - t_mul;
    const Output passed = above / below;
    const Output rest = fraction - passed;
    return {restarts, rest / power(t_mul, restarts)};
  };
  const Output one_length = apply_op("Equal", "", {t_mul, 1.0});
  const std::vector<Output> parts = cond(one_length, equal_periods, growing_periods);
  const Output height = 0.5 * power(m_mul, parts[0]);
  const Output cosine = half_cosine(height, parts[1]);
  const Output decayed = (1 - alpha) * cosine + alpha;
  return apply_op("Mul", s.name(), {s.rate(), decayed});
}

Output linear_cosine_decay(const TensorLike& learning_rate, const TensorLike& global_step,
                           const TensorLike& decay_steps, const LinearCosineDecayOptions& options) {
  Schedule s(options.name, "LinearCosineDecay", learning_rate);
  const Output steps = s.cast(decay_steps), periods = s.cast(options.num_periods);
  const Output alpha = s.cast(options.alpha), beta = s.cast(options.beta);
  const Output step = apply_op("Minimum", "", {s.cast(global_step), steps});
  const Output line = (steps - step) / steps;
  const Output completed = step / steps;
  const Output cosine = half_cosine(0.5, 2.0 * periods * completed);
  const Output decayed = (alpha + line) * cosine + beta;
  return apply_op("Mul", s.name(), {s.rate(), decayed});
}

Output noisy_linear_cosine_decay(const TensorLike& learning_rate, const TensorLike& global_step,
                                 const TensorLike& decay_steps, const NoisyLinearCosineDecayOptions& options) {
  Schedule s(options.name, "NoisyLinearCosineDecay", learning_rate);
  const Output steps = s.cast(decay_steps);
  const Output initial_variance = s.cast(options.initial_variance), variance_decay = s.cast(options.variance_decay);
  const Output periods = s.cast(options.num_periods), alpha = s.cast(options.alpha), beta = s.cast(options.beta);
  const Output step = apply_op("Minimum", "", {s.cast(global_step), steps});
  const Output line = (steps - step) / steps;
  const Output damping = apply_op("Pow", "", {1.0 + step, variance_decay});
  const Output deviation = apply_op("Sqrt", "", {initial_variance / damping});
  const Output noisy = line + random_normal(line.shape(), {.stddev = deviation});
  const Output completed = step / steps;
  const Output cosine = half_cosine(0.5, 2.0 * periods * completed);
  const Output decayed = (alpha + noisy) * cosine + beta;
  return apply_op("Mul", s.name(), {s.rate(), decayed});
}

}  // namespace reflow::train
